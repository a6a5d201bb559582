"""``consentmw explain``: why a URL, a cookie or an inline script is what it is."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import anyio
import typer
from rich.console import Console
from rich.table import Table

from consentmw.cli.reports.as_tables import findings_table
from consentmw.cli.target import ConfigOption
from consentmw.config import load_config
from consentmw.data import load_catalogue
from consentmw.inspection.findings import find_all
from consentmw.inspection.sites import LiveSite

if TYPE_CHECKING:
    from consentmw.core.catalogue import Catalogue
    from consentmw.core.rules import Classification
    from consentmw.inspection.findings import Found

_NO_ANSWER = "unclassified: no rule matches"


def explain(
    url: Annotated[
        str | None, typer.Argument(help="Of a script, pixel, frame, …", show_default=False)
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
        bool, typer.Option("--page", help="Fetch the URL and explain each resource of the page.")
    ] = False,
    config: ConfigOption = None,
) -> None:
    """Print category, vendor, the rule that matched and where the rule comes from.

    Exits with 1 where nothing matches.
    """
    if sum(value is not None for value in (url, cookie, inline)) != 1:
        raise typer.BadParameter("give one of: a URL, --cookie NAME, --inline FILE")
    if page and url is None:
        raise typer.BadParameter("--page goes with a URL")
    catalogue = load_config(config).catalogue if config is not None else load_catalogue()
    if page and url is not None:
        table = findings_table(anyio.run(_find_on_page, url, catalogue), title=url)
        Console().print(table)
        return
    answers = _answers(catalogue, url=url, cookie=cookie, inline=inline)
    if not answers:
        typer.echo(_NO_ANSWER)
        raise typer.Exit(1)
    for answer in answers:
        Console().print(_table(answer))


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
    absolute = url if "//" in url else f"https://{url}"
    if not urlsplit(absolute).hostname:
        raise typer.BadParameter(f"{url!r} names no host")
    return absolute


async def _find_on_page(url: str, catalogue: Catalogue) -> list[Found]:
    async with LiveSite(url, obey_robots=False) as site:
        fetched = await site.fetch(url, {})
    return find_all(fetched, catalogue, now=datetime.now(tz=UTC))


def _table(answer: Classification) -> Table:
    table = Table(show_header=False, box=None)
    rule = answer.rule
    table.add_row("category", f"[bold]{answer.category}[/]")
    table.add_row("vendor", answer.vendor)
    table.add_row("rule", f"{rule.kind} {rule.pattern}")
    table.add_row("source", rule.source)
    if rule.note:
        table.add_row("why", rule.note)
    if rule.kind == "cookie" and not rule.distinctive:
        table.add_row(
            "note", "a name that many use: it says nothing about a cookie that the site itself sets"
        )
    return table
