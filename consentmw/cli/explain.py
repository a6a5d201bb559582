"""``consentmw explain``: why a URL, a cookie or an inline script is what it is."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import anyio
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from consentmw.cli.exits import EXIT_FAILED, interruptible
from consentmw.cli.reports.as_tables import findings_table
from consentmw.config import load_config
from consentmw.data import load_catalogue
from consentmw.inspection.findings import find_all
from consentmw.inspection.landing import fetch_landing_page
from consentmw.inspection.sites import SiteOptions
from consentmw.inspection.targets import open_site

if TYPE_CHECKING:
    from consentmw.core.catalogue import Catalogue
    from consentmw.core.rules import Classification
    from consentmw.inspection.findings import Found

_HAS_SCHEME = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
_NO_ANSWER = "unclassified: no rule matches"


@interruptible
def explain(
    url: Annotated[
        str | None,
        typer.Argument(
            help="Of a script, pixel, frame, …; '/path' is one on the site itself.",
            show_default=False,
        ),
    ] = None,
    *,
    cookie: Annotated[
        str | None, typer.Option("--cookie", help="The name of a cookie.", show_default=False)
    ] = None,
    inline: Annotated[
        Path | None,
        typer.Option(
            "--inline",
            help="A file with the text of an inline script.",
            exists=True,
            dir_okay=False,
            show_default=False,
        ),
    ] = None,
    page: Annotated[
        bool,
        typer.Option("--page", help="Fetch the page there and explain what is on it."),
    ] = False,
    config: Annotated[
        Path | None,
        typer.Option(
            "--config", "-c", help="The site's consent.toml.", exists=True, dir_okay=False
        ),
    ] = None,
) -> None:
    """Print category, vendor, the rule that matched and where the rule comes from.

    Exits with 1 where nothing matches.
    """
    if sum(value is not None for value in (url, cookie, inline)) != 1:
        raise typer.BadParameter("give one of: a URL, --cookie NAME, --inline FILE")
    if page and url is None:
        raise typer.BadParameter("--page goes with a URL")
    own = load_config(config) if config is not None else None
    catalogue = own.catalogue if own else load_catalogue()
    console = Console()
    if page and url is not None:
        tag_attributes = own.tag_attributes if own else ("data-consent",)
        shown, found = anyio.run(_find_on_page, url, catalogue, tag_attributes)
        console.print(findings_table(found, title=shown))
        return
    answers = _answers(catalogue, url=url, cookie=cookie, inline=inline)
    if not answers:
        typer.echo(_NO_ANSWER)
        raise typer.Exit(EXIT_FAILED)
    for answer in answers:
        console.print(_table(answer))


def _answers(
    catalogue: Catalogue, *, url: str | None, cookie: str | None, inline: Path | None
) -> list[Classification]:
    if inline is not None:
        return list(catalogue.classify_inline(inline.read_text("utf-8", "replace")))
    if cookie is not None:
        answer = catalogue.classify_cookie(cookie, set_by_site=False)
    else:
        answer = catalogue.classify_url(_absolute(url or ""))
    return [] if answer is None else [answer]


def _absolute(url: str) -> str:
    if url.startswith("/") and not url.startswith("//"):
        return url  # what only a site's own configuration knows
    absolute = url if _HAS_SCHEME.match(url) else f"https://{url}"
    try:
        host = urlsplit(absolute).hostname
    except ValueError:
        host = None
    if not host:
        raise typer.BadParameter(f"{url!r} names no host")
    return absolute


async def _find_on_page(
    url: str, catalogue: Catalogue, tag_attributes: tuple[str, ...]
) -> tuple[str, list[Found]]:
    async with open_site(url, SiteOptions(obey_robots=False)) as site:
        page = await fetch_landing_page(site, {})
        name = site.name_of(page.url)
    now = datetime.now(tz=UTC)
    return name, find_all(page, catalogue, tag_attributes=tag_attributes, now=now)


def _table(answer: Classification) -> Table:
    table = Table(show_header=False, box=None)
    rule = answer.rule
    table.add_row("category", f"[bold]{escape(answer.category)}[/]")
    table.add_row("vendor", escape(answer.vendor or "the site itself"))
    table.add_row("rule", escape(f"{rule.kind} {rule.pattern}"))
    table.add_row("source", escape(rule.source))
    if rule.note:
        table.add_row("why", escape(rule.note))
    if rule.kind == "cookie" and not rule.distinctive:
        table.add_row(
            "note", "a name that many use: it says nothing about a cookie that the site itself sets"
        )
    return table
