"""``consentmw audit``: visits each page as several visitors and fails on any leak."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import anyio
import typer

from consentmw.cli.progress import crawl_progress
from consentmw.cli.reports.as_json import audit_as_json
from consentmw.cli.reports.as_junit import audit_as_junit
from consentmw.cli.reports.as_sarif import audit_as_sarif
from consentmw.cli.reports.as_tables import print_audit
from consentmw.cli.target import (
    ConcurrencyOption,
    ConfigOption,
    DelayOption,
    LimitOption,
    OutputOption,
    RobotsOption,
    TargetArgument,
    read_target,
)
from consentmw.inspection.audit import SiteAudit, audit_site
from consentmw.inspection.browser import open_browser_site
from consentmw.inspection.states import GPC, build_states

if TYPE_CHECKING:
    from consentmw.cli.target import Target
    from consentmw.inspection.states import VisitorState


class AuditFormat(StrEnum):
    """How the result is written."""

    TABLE = "table"
    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"


def audit(
    target: TargetArgument,
    *,
    config: ConfigOption = None,
    limit: LimitOption = 50,
    concurrency: ConcurrencyOption = 4,
    delay: DelayOption = 0.0,
    robots: RobotsOption = True,
    opt_out: Annotated[
        list[str] | None,
        typer.Option(
            "--opt-out-with",
            metavar="NAME=VALUE",
            help="A cookie with which a visitor of this site is opted out; made from the "
            "configuration where it has a secret.",
            show_default=False,
        ),
    ] = None,
    category: Annotated[
        list[str] | None,
        typer.Option(
            "--category",
            help="What must not come through; by default what each visitor "
            "has declined: advertising, or what the configuration says.",
            show_default=False,
        ),
    ] = None,
    browser: Annotated[
        bool,
        typer.Option(
            "--browser",
            help="Load each page in Chromium as well and count the requests that really leave.",
        ),
    ] = False,
    format: Annotated[  # noqa: A002 (the option's name)
        AuditFormat, typer.Option("--format", "-f", help="How the result is written.")
    ] = AuditFormat.TABLE,
    output: OutputOption = None,
) -> None:
    """Visit each page without a signal, with GPC and opted out, and name what is wrong.

    Works on any site, whatever it runs on. Reports advertising that came through, everything else
    that went missing, caches that would mix the variants up, and /.well-known/gpc.json. Exits
    with 1 on any leak.
    """
    opened = read_target(target, config, obey_robots=robots)
    states = _states(opened, opt_out)
    if category:
        states = [replace(state, declines=frozenset(category)) for state in states]
    # Of a site whose configuration isn't known, nobody can say whether it keeps the two apart.
    tolerated = frozenset[str]() if opened.config else frozenset({"analytics"})

    async def run() -> SiteAudit:
        with crawl_progress("audit", limit) as on_progress:
            site = open_browser_site(opened.site) if browser else opened.site
            async with site:
                return await audit_site(
                    site,
                    states=states,
                    catalogue=opened.catalogue,
                    tolerated=tolerated,
                    tag_attributes=opened.tag_attributes,
                    leave_out=opened.preference_centre,
                    limit=limit,
                    concurrency=concurrency,
                    delay_seconds=delay,
                    on_progress=on_progress,
                )

    result = anyio.run(run)
    if format is AuditFormat.TABLE:
        print_audit(result, target, output)
    else:
        writers = {
            AuditFormat.JSON: audit_as_json,
            AuditFormat.SARIF: audit_as_sarif,
            AuditFormat.JUNIT: audit_as_junit,
        }
        text = writers[format](result, target)
        if output is None:
            typer.echo(text)
        else:
            output.write_text(text, encoding="utf-8")
    if any(fault.is_leak for fault in result.faults):
        raise typer.Exit(1)


def _states(target: Target, cookies: list[str] | None) -> list[VisitorState]:
    if cookies:
        pairs: dict[str, str] = {}
        for cookie in cookies:
            name, equals, value = cookie.partition("=")
            if not equals or not name:
                raise typer.BadParameter(
                    f"{cookie!r} is not 'NAME=VALUE'", param_hint="--opt-out-with"
                )
            pairs[name] = value
        return [GPC, replace(GPC, name="opted-out", headers={}, cookies=pairs)]
    states = build_states(target.config, host=target.site.origin.partition("://")[2])
    return [state for name, state in states.items() if name in {"gpc", "opted-out"}]
