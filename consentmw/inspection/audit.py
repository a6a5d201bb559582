"""Does a site honour an opt-out? Crawls it and names what is wrong, on each page and of the whole.

Works on any site, whatever it runs on: only what is sent is looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from consentmw.errors import RewriteError, TargetError
from consentmw.inspection.crawl import Progress, crawl
from consentmw.inspection.faults import Fault, FaultKind
from consentmw.inspection.frontier import Frontier
from consentmw.inspection.gpc_support import GPC_SUPPORT_PATH, read_gpc_support_problem
from consentmw.inspection.page_audit import PageAudit, audit_page
from consentmw.inspection.states import NO_SIGNAL

if TYPE_CHECKING:
    from collections.abc import Callable

    from consentmw.inspection.crawl import Visited
    from consentmw.inspection.plan import AuditPlan
    from consentmw.inspection.sites import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteAudit:
    """What the visits to a site's pages have shown."""

    pages: tuple[PageAudit, ...]
    faults: tuple[Fault, ...]
    """Those of all pages and those of the site itself."""
    is_cut_short: bool = False
    """Whether there are pages that only the limit kept from being visited."""


async def audit_site(
    site: Site,
    plan: AuditPlan,
    *,
    limit: int = 50,
    concurrency: int = 4,
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> SiteAudit:
    """Crawl a site and audit each of its pages.

    Args:
        site: An open site.
        plan: Who visits it, and what each of them must not get.
        limit: How many pages at the most.
        concurrency: How many pages are under way at once.
        on_progress: Called after each page.

    Raises:
        TargetError: Not one page could be read.
    """
    frontier = Frontier(
        site.origin, limit=limit, leave_out=plan.leave_out, may_fetch=site.may_fetch
    )
    frontier.add(site.start)
    site_faults = await _audit_gpc_support(site)
    pages: dict[int, PageAudit] = {}
    problems: dict[int, str] = {}

    async def visit(visit: Visited) -> None:
        message = visit.page.problem if visit.page is not None else visit.error
        if message:
            problems[visit.number] = f"{site.name_of(visit.url)}: {message}"
        try:
            if visit.page is not None:
                pages[visit.number] = await audit_page(site, visit.url, plan, first=visit.page)
        except (TargetError, RewriteError) as error:
            problems[visit.number] = f"{site.name_of(visit.url)}: {error}"
            message = str(error)
        if visit.number not in pages:
            pages[visit.number] = PageAudit.unreadable(site.name_of(visit.url), message)
        on_progress(Progress(url=visit.url, visited=len(pages), expected=frontier.expected))

    await crawl(
        site,
        frontier=frontier,
        headers=plan.baseline.all_headers(),
        visit=visit,
        concurrency=concurrency,
    )
    if len(problems) == len(pages):
        raise TargetError(problems[min(problems)] if problems else f"{site.origin}: no page")
    ordered = tuple(pages[number] for number in sorted(pages))
    return SiteAudit(
        pages=ordered,
        faults=(*site_faults, *(fault for page in ordered for fault in page.faults)),
        is_cut_short=frontier.is_cut_short,
    )


async def _audit_gpc_support(site: Site) -> list[Fault]:
    url = urljoin(f"{site.origin}/", GPC_SUPPORT_PATH)
    missing = False
    try:
        page = await site.fetch(url, NO_SIGNAL.all_headers())
        missing = page.status != 200
        message = read_gpc_support_problem(page)
    except TargetError as error:
        missing, message = True, str(error)
    if message is None:
        return []
    kind = FaultKind.GPC_SUPPORT_MISSING if missing else FaultKind.GPC_SUPPORT_INVALID
    name = site.name_of(url)
    return [Fault(kind=kind, url=name, state=NO_SIGNAL.name, message=message)]
