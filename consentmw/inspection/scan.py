"""Lists what is on a site: a crawl whose pages are read and gathered in an inventory."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from consentmw.errors import TargetError
from consentmw.inspection.crawl import Progress, crawl
from consentmw.inspection.findings import find_all
from consentmw.inspection.frontier import Frontier
from consentmw.inspection.inventory import Inventory
from consentmw.inspection.log import CrawlLog, read_crawl_log
from consentmw.inspection.states import NO_SIGNAL

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from consentmw.core.catalogue import Catalogue
    from consentmw.inspection.crawl import Visited
    from consentmw.inspection.sites import Site


async def scan(
    site: Site,
    *,
    catalogue: Catalogue,
    tag_attributes: tuple[str, ...] = ("data-consent",),
    limit: int = 500,
    concurrency: int = 4,
    leave_out: str | None = None,
    log_path: Path | None = None,
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> Inventory:
    """Crawl a site as a visitor without a signal and list what its pages hold.

    Args:
        site: An open site.
        catalogue: Classifies what is found.
        tag_attributes: The attributes with which the site tags elements.
        limit: How many pages at the most.
        concurrency: How many requests are under way at once.
        leave_out: A path that isn't scanned, nor what is below it.
        log_path: Where each visited page is noted; a scan that finds pages there goes on from them.
        on_progress: Called after each page.

    Raises:
        TargetError: Not one page could be read, or the log is of something else.
    """
    inventory = Inventory()
    frontier = Frontier(site.origin, limit=limit, leave_out=leave_out, may_fetch=site.may_fetch)
    visited = 0
    now = datetime.now(tz=UTC)
    whole = site.name_of(f"{site.origin}/")
    if log_path is not None:
        for logged in read_crawl_log(log_path, whole):
            frontier.pass_over([logged.url])
            frontier.add(logged.links)
            inventory.add(site.name_of(logged.url), logged.found, logged.error)
            visited += 1
    frontier.add(site.start)
    log = CrawlLog(log_path, whole) if log_path is not None else None

    async def visit(visit: Visited) -> None:
        nonlocal visited
        page = visit.page
        error = page.problem if page is not None else visit.error
        found = (
            find_all(page, catalogue, tag_attributes=tag_attributes, now=now)
            if page is not None
            else []
        )
        inventory.add(site.name_of(visit.url), found, error)
        if log is not None:
            log.write(visit.url, visit.links, found, error)
        visited += 1
        on_progress(Progress(url=visit.url, visited=visited, expected=frontier.expected))

    try:
        await crawl(
            site,
            frontier=frontier,
            headers=NO_SIGNAL.all_headers(),
            visit=visit,
            concurrency=concurrency,
        )
    finally:
        if log is not None:
            log.close()
    inventory.is_cut_short = frontier.is_cut_short
    if not inventory.page_count:
        url, error = next(iter(inventory.errors.items()), (site.origin, "no page"))
        raise TargetError(f"{url}: {error}")
    return inventory
