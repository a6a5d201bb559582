"""``consentmw audit``: visits each page as several visitors and fails on any leak."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import anyio
import typer

from consentmw.cli.exits import EXIT_FAILED
from consentmw.cli.output import OutputOption, write_report
from consentmw.cli.progress import crawl_progress
from consentmw.cli.reports.as_json import audit_as_json
from consentmw.cli.reports.as_junit import audit_as_junit
from consentmw.cli.reports.as_sarif import audit_as_sarif
from consentmw.cli.reports.as_tables import print_audit
from consentmw.cli.scanning import tell_cut_short
from consentmw.cli.target import Target, on_target
from consentmw.inspection.audit import SiteAudit, audit_site
from consentmw.inspection.plan import AuditPlan, plan_audit
from consentmw.inspection.states import GPC

if TYPE_CHECKING:
    from collections.abc import Mapping

    from consentmw.inspection.faults import Fault


class AuditFormat(StrEnum):
    """How the result is written."""

    TABLE = "table"
    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"


@on_target(limit=50)
def audit(
    target: Target,
    *,
    opt_out: Annotated[
        list[str] | None,
        typer.Option(
            "--opt-out-with",
            metavar="NAME=VALUE",
            help="A cookie with which a visitor of this site is opted out; made from the "
            "configuration where it has a secret. Can be given several times.",
            show_default=False,
        ),
    ] = None,
    category: Annotated[
        list[str] | None,
        typer.Option(
            "--category",
            help="What must not come through; by default what each visitor has declined: "
            "advertising, or what the configuration says. Can be given several times.",
            show_default=False,
        ),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 1 on any fault, not on leaks alone.")
    ] = False,
    format: Annotated[  # noqa: A002 (the option's name)
        AuditFormat, typer.Option("--format", "-f", help="How the result is written.")
    ] = AuditFormat.TABLE,
    output: OutputOption = None,
) -> None:
    """Visit each page without a signal, with GPC and opted out, and name what is wrong.

    Works on any site, whatever it runs on. Reports advertising that came through, everything else
    that went missing, caches that would mix the variants up, and /.well-known/gpc.json. Exits
    with 1 on any leak. With --browser the requests that really leave are counted.
    """
    target.check_categories(category or (), "--category")
    cookies = _read_cookies(opt_out or ())

    async def run() -> SiteAudit:
        async with target.site as site:
            host = site.origin.partition("://")[2]
            plan = _narrowed(plan_audit(target.config, host=host), cookies, category)
            with crawl_progress("audit") as on_progress:
                return await audit_site(
                    site,
                    plan,
                    limit=target.limit,
                    concurrency=target.concurrency,
                    on_progress=on_progress,
                )

    def fails(fault: Fault) -> bool:
        return strict or fault.is_leak

    result = anyio.run(run)
    if result.is_cut_short:
        tell_cut_short(target)
    if format is AuditFormat.TABLE:
        print_audit(result, target.name, output)
    elif format is AuditFormat.JUNIT:
        write_report(audit_as_junit(result, target.name, fails=fails), output)
    else:
        writers = {AuditFormat.JSON: audit_as_json, AuditFormat.SARIF: audit_as_sarif}
        write_report(writers[format](result, target.name), output)
    if any(map(fails, result.faults)):
        raise typer.Exit(EXIT_FAILED)


def _read_cookies(options: list[str] | tuple[()]) -> dict[str, str]:
    cookies: dict[str, str] = {}
    for option in options:
        name, equals, value = option.partition("=")
        if not equals or not name.strip():
            raise typer.BadParameter(f"{option!r} is not 'NAME=VALUE'", param_hint="--opt-out-with")
        cookies[name.strip()] = value
    return cookies


def _narrowed(
    plan: AuditPlan, cookies: Mapping[str, str], categories: list[str] | None
) -> AuditPlan:
    """The plan with the cookies and the categories that the command names."""
    if cookies:
        visitors = {one.name: one for one in plan.visitors}
        known = visitors.get("opted-out") or visitors.get(GPC.name, GPC)
        opted_out = replace(known, name="opted-out", headers={}, cookies=dict(cookies))
        plan = replace(plan, visitors=tuple({**visitors, "opted-out": opted_out}.values()))
    if categories:
        declines = frozenset(categories)
        plan = replace(
            plan,
            visitors=tuple(replace(one, declines=declines) for one in plan.visitors),
            baseline=replace(plan.baseline, declines=frozenset()),
            zone_denied=lambda _host, _path: frozenset(),
        )
    return plan
