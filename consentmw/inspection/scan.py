"""Lists what is on a site: a crawl whose pages are read and gathered in an inventory."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from consentmw.inspection.crawl import Frontier, Progress, crawl
from consentmw.inspection.findings import find_all
from consentmw.inspection.inventory import CrawlLog, Inventory, read_crawl_log
from consentmw.inspection.states import NO_SIGNAL

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from consentmw.core.catalogue import Catalogue
    from consentmw.inspection.sites import Site


async def scan(
    site: Site,
    *,
    catalogue: Catalogue,
    tag_attributes: tuple[str, ...] = ("data-consent",),
    limit: int = 500,
    concurrency: int = 4,
    delay_seconds: float = 0.0,
    headers: Mapping[str, str] | None = None,
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
        delay_seconds: A pause between requests; robots.txt may ask for a longer one.
        headers: Sent with each request, such as a login's cookie.
        leave_out: A path that isn't scanned, nor what is below it.
        log_path: Where each visited page is noted; a scan that finds pages there goes on from them.
        on_progress: Called after each page.
    """
    inventory = Inventory()
    frontier = Frontier(site.origin, limit=limit, leave_out=leave_out)
    visited = 0
    if log_path is not None:
        for logged in read_crawl_log(log_path):
            frontier.pass_over([logged.url])
            frontier.add(logged.links)
            inventory.add(logged.url, logged.found, logged.error)
            visited += 1
    frontier.add(site.start)
    log = CrawlLog(log_path) if log_path is not None else None
    now = datetime.now(tz=UTC)
    try:
        async for visit in crawl(
            site,
            frontier=frontier,
            headers={**NO_SIGNAL.all_headers(), **(headers or {})},
            concurrency=concurrency,
            delay_seconds=delay_seconds,
        ):
            found = (
                find_all(visit.page, catalogue, tag_attributes=tag_attributes, now=now)
                if visit.page is not None
                else []
            )
            inventory.add(visit.url, found, visit.error)
            if log is not None:
                log.write(visit.url, visit.links, found, visit.error)
            visited += 1
            on_progress(Progress(url=visit.url, visited=visited, known=len(frontier)))
    finally:
        if log is not None:
            log.close()
    return inventory
