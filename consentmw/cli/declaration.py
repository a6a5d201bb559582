"""``consentmw declaration``: writes the table of cookies for a privacy notice."""

from __future__ import annotations

import html
import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from consentmw.cli.output import OutputOption, write_report
from consentmw.cli.scanning import scan_target
from consentmw.cli.target import Target, on_target
from consentmw.inspection.cookies import lifetime_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from consentmw.inspection.inventory import Inventory

_SECONDS_A_DAY = 86_400
_HEADINGS = ("Name", "Set by", "Category", "Lifetime")


class DeclarationFormat(StrEnum):
    """How the table is written."""

    MARKDOWN = "markdown"
    HTML = "html"
    JSON = "json"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredCookie:
    """One row of the table."""

    name: str
    vendor: str
    category: str
    lifetime: str


@on_target(limit=500)
def declaration(
    target: Target,
    *,
    format: Annotated[  # noqa: A002 (the option's name)
        DeclarationFormat, typer.Option("--format", "-f", help="How the table is written.")
    ] = DeclarationFormat.MARKDOWN,
    output: OutputOption = None,
) -> None:
    """Write the table of cookies for a privacy notice, from the configuration and a scan.

    Cookies that the configuration declares are in it whether or not the scan has met them. With
    --browser those that scripts set are met, too.
    """
    cookies = _declared(target, scan_target(target))
    writers = {
        DeclarationFormat.MARKDOWN: _as_markdown,
        DeclarationFormat.HTML: _as_html,
        DeclarationFormat.JSON: _as_json,
    }
    write_report(writers[format](cookies), output)


def _declared(target: Target, inventory: Inventory) -> list[DeclaredCookie]:
    order = list(target.config.categories) if target.config else []
    own_name = _own_name(target)
    cookies = {
        entry.found.name: DeclaredCookie(
            name=entry.found.name,
            vendor=entry.found.vendor or own_name,
            category=", ".join(entry.found.categories) or "unclassified",
            lifetime=entry.found.lifetime,
        )
        for entry in inventory.entries()
        if entry.found.kind == "cookie"
    }
    for own in _kept_choices(target):
        cookies.setdefault(own.name, own)
    for rule in target.config.declared if target.config else ():
        if (
            rule.kind == "cookie"
            and rule.pattern not in cookies
            and not _is_met(rule.pattern, cookies)
        ):
            cookies[rule.pattern] = DeclaredCookie(
                name=rule.pattern,
                vendor=rule.vendor or own_name,
                category=rule.category,
                lifetime="",
            )

    def place(cookie: DeclaredCookie) -> tuple[int, str]:
        known = cookie.category in order
        return (order.index(cookie.category) if known else len(order), cookie.name)

    return sorted(cookies.values(), key=place)


def _kept_choices(target: Target) -> Iterator[DeclaredCookie]:
    """The cookies of the preference centre, which no scan meets: it makes no choice."""
    config = target.config
    if config is None or config.choice_signer is None:
        return
    host = urlsplit(target.name).hostname or "example.com"
    lifetimes: dict[str, int | None] = {
        config.cookie.name_for(host): config.cookie.max_age_days * _SECONDS_A_DAY
    }
    if config.signals.navigator:
        lifetimes[config.cookie.report_name_for(host)] = None
    for name, seconds in lifetimes.items():
        yield DeclaredCookie(
            name=name,
            vendor=_own_name(target),
            category="consent",
            lifetime=lifetime_words(seconds),
        )


def _own_name(target: Target) -> str:
    """What a notice calls the site itself."""
    named = target.config.preferences.site_name if target.config else ""
    return named or urlsplit(target.name).hostname or "this site"


def _is_met(pattern: str, cookies: dict[str, DeclaredCookie]) -> bool:
    prefix = pattern.removesuffix("*")
    return prefix != pattern and any(name.startswith(prefix) for name in cookies)


def _rows(cookies: list[DeclaredCookie]) -> list[tuple[str, str, str, str]]:
    return [(one.name, one.vendor, one.category, one.lifetime) for one in cookies]


def _as_markdown(cookies: list[DeclaredCookie]) -> str:
    lines = ["| " + " | ".join(_HEADINGS) + " |", "|" + " --- |" * len(_HEADINGS)]
    for name, *rest in _rows(cookies):
        cells = [f"`{name.replace('`', '')}`", *rest]
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines)


def _as_html(cookies: list[DeclaredCookie]) -> str:
    head = "".join(f'<th scope="col">{heading}</th>' for heading in _HEADINGS)
    rows = "\n".join(
        "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>"
        for row in _rows(cookies)
    )
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>"


def _as_json(cookies: list[DeclaredCookie]) -> str:
    return json.dumps([asdict(one) for one in cookies], indent=2, ensure_ascii=False)
