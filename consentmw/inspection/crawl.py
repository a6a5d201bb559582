"""Follows a site's own links from page to page, within one host and a limit."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urljoin, urlsplit

import anyio

from consentmw.errors import TargetError
from consentmw.inspection.links import read_links

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Mapping

    from consentmw.inspection.pages import FetchedPage
    from consentmw.inspection.sites import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Visited:
    """One URL of a crawl: its page, or why there is none, and where it leads."""

    url: str
    page: FetchedPage | None
    links: tuple[str, ...]
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a crawl has come, in URLs."""

    url: str
    visited: int
    known: int


class Frontier:
    """The URLs that are known, and those still to be visited, in the order of their discovery.

    Args:
        origin: Only URLs of this scheme and host are taken.
        limit: How many URLs are taken at the most.
        leave_out: A path that isn't taken, nor what is below it: the preference centre, whose
            pages say what was chosen.
    """

    def __init__(self, origin: str, *, limit: int, leave_out: str | None = None) -> None:
        self._origin = origin
        self._limit = limit
        self._leave_out = leave_out
        self._known: set[str] = set()
        self._waiting: deque[str] = deque()

    def add(self, urls: Iterable[str]) -> None:
        """Take the URLs that are new, of this site and within the limit."""
        for url in urls:
            bare = urldefrag(url).url
            parts = urlsplit(bare)
            if f"{parts.scheme}://{parts.netloc}" != self._origin or bare in self._known:
                continue
            if self._leave_out and f"{parts.path}/".startswith(f"{self._leave_out}/"):
                continue
            if len(self._known) >= self._limit:
                return
            self._known.add(bare)
            self._waiting.append(bare)

    def take(self) -> str | None:
        """Return the next URL to visit; None where none is waiting."""
        return self._waiting.popleft() if self._waiting else None

    def pass_over(self, urls: Iterable[str]) -> None:
        """Count these as visited: an earlier run has been there."""
        done = set(urls)
        self._known |= done
        self._waiting = deque(url for url in self._waiting if url not in done)

    def __len__(self) -> int:
        """Return how many URLs are known, visited ones included."""
        return len(self._known)


async def crawl(
    site: Site,
    *,
    frontier: Frontier,
    headers: Mapping[str, str],
    concurrency: int = 4,
    delay_seconds: float = 0.0,
) -> AsyncIterator[Visited]:
    """Visit a site's pages and yield each as it comes.

    Args:
        site: An open site.
        frontier: Where to start; it is filled with the links that the pages hold.
        headers: Sent with each request.
        concurrency: How many requests are under way at once.
        delay_seconds: A pause of each worker between two requests; the site's own wish where that
            is longer, and then one request at a time.
    """
    wait = max(delay_seconds, site.delay_seconds)
    workers = 1 if site.delay_seconds else concurrency
    while True:
        batch: list[str] = []
        while len(batch) < workers and (url := frontier.take()) is not None:
            if site.may_fetch(url):
                batch.append(url)
        if not batch:
            return
        visits: dict[str, Visited] = {}

        async def visit(url: str, visits: dict[str, Visited] = visits) -> None:
            visits[url] = await _visit(site, url, headers)

        async with anyio.create_task_group() as tasks:
            for url in batch:
                tasks.start_soon(visit, url)
        for url in batch:
            frontier.add(visits[url].links)
            yield visits[url]
        if wait:
            await anyio.sleep(wait)


async def _visit(site: Site, url: str, headers: Mapping[str, str]) -> Visited:
    try:
        page = await site.fetch(url, headers)
    except TargetError as error:
        return Visited(url=url, page=None, links=(), error=str(error))
    links = [urljoin(url, place) for place in page.values("location")]
    if page.is_html:
        links += read_links(page)
    return Visited(url=url, page=page, links=tuple(links))
