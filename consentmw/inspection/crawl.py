"""Follows a site's own links from page to page, several at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import anyio

from consentmw.errors import RewriteError, TargetError
from consentmw.inspection.addresses import read_address
from consentmw.inspection.links import read_links

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from consentmw.inspection.frontier import Frontier
    from consentmw.inspection.pages import FetchedPage
    from consentmw.inspection.sites import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Visited:
    """One URL of a crawl: its page, or why there is none, and where it leads."""

    number: int
    """Its place in the order of the crawl, from 1."""
    url: str
    page: FetchedPage | None
    links: tuple[str, ...]
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a crawl has come, in URLs."""

    url: str
    visited: int
    expected: int


async def crawl(
    site: Site,
    *,
    frontier: Frontier,
    headers: Mapping[str, str],
    visit: Callable[[Visited], Awaitable[None]],
    concurrency: int = 4,
) -> None:
    """Visit a site's pages.

    Args:
        site: An open site.
        frontier: Where to start; it is filled with the links that the pages hold.
        headers: Sent with each request.
        visit: Is given each page as it comes, several at once; what it does counts as part of the
            visit.
        concurrency: How many visits are under way at once.
    """
    under_way = begun = 0

    async def run(number: int, url: str) -> None:
        nonlocal under_way
        visited = await _fetch(site, number, url, headers)
        frontier.add(visited.links)
        fill()
        await visit(visited)
        under_way -= 1
        fill()

    def fill() -> None:
        nonlocal under_way, begun
        while under_way < concurrency and (url := frontier.take()) is not None:
            under_way += 1
            begun += 1
            tasks.start_soon(run, begun, url)

    async with anyio.create_task_group() as tasks:
        fill()


async def _fetch(site: Site, number: int, url: str, headers: Mapping[str, str]) -> Visited:
    try:
        page = await site.fetch(url, headers)
        links = [read_address(place, url) for place in page.values("location")]
        if page.is_html:
            links += read_links(page)
    except (TargetError, RewriteError) as error:
        return Visited(number=number, url=url, page=None, links=(), error=str(error))
    return Visited(number=number, url=url, page=page, links=tuple(filter(None, links)))
