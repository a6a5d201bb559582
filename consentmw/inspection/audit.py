"""Does a site honour an opt-out? Visits each page as several visitors and names what is wrong.

Works on any site, whatever it runs on: only what is sent is looked at. The plain page is fetched
twice first. What differs between those two (tokens, times, rotating content) is unstable: it is
never counted as lost, and it never hides an advertising resource.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urljoin, urlsplit

from consentmw.errors import RewriteError, TargetError
from consentmw.inspection.cacheability import audit_caches
from consentmw.inspection.comparison import compare_pages
from consentmw.inspection.crawl import Progress, crawl
from consentmw.inspection.faults import Fault, FaultKind
from consentmw.inspection.findings import find_all
from consentmw.inspection.frontier import Frontier
from consentmw.inspection.gpc_support import GPC_SUPPORT_PATH, read_gpc_support_problem
from consentmw.inspection.states import NO_SIGNAL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from consentmw.inspection.crawl import Visited
    from consentmw.inspection.findings import Found
    from consentmw.inspection.pages import FetchedPage
    from consentmw.inspection.plan import AuditPlan
    from consentmw.inspection.sites import Site
    from consentmw.inspection.states import VisitorState

# Of what is on two pages in three, seven visits see it each time and six others never once in some
# ten thousand audits.
_MORE_VISITS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAudit:
    """What the visits to one page have shown."""

    url: str
    """The page's name."""
    faults: tuple[Fault, ...]
    unstable: tuple[str, ...] = ()
    """What differs from one plain visit to the next, by name."""
    suppressed: int = 0
    """How many resources of denied categories the plain page has and the others have not."""


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
                pages[visit.number] = await audit_page(site, visit.url, plan)
        except (TargetError, RewriteError) as error:
            problems[visit.number] = f"{site.name_of(visit.url)}: {error}"
            message = str(error)
        if visit.number not in pages:
            pages[visit.number] = _unreadable(site.name_of(visit.url), message)
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


async def audit_page(
    site: Site, url: str, plan: AuditPlan, *, now: datetime | None = None
) -> PageAudit:
    """Visit one page as each visitor and name what is wrong.

    Args:
        site: An open site.
        url: The page.
        plan: Who visits it, and what each of them must not get.
        now: Against which cookies' ``Expires`` counts; the present where left out.

    Raises:
        TargetError: The site did not answer.
        RewriteError: A page that can't be read.
    """
    now = now or datetime.now(tz=UTC)
    parts = urlsplit(url)
    zone_denied = plan.zone_denied(parts.netloc, unquote(parts.path))
    name = site.name_of(url)

    def found_on(page: FetchedPage) -> list[Found]:
        return find_all(page, plan.catalogue, tag_attributes=plan.tag_attributes, now=now)

    plain = [await site.fetch(url, plan.baseline.all_headers()) for _ in range(2)]
    if plain[0].status >= 500:
        return _unreadable(name, plain[0].problem)
    plain_found = [found_on(page) for page in plain]
    faults = list(_leaks(name, plain_found, plan.baseline, zone_denied))
    unstable: tuple[str, ...] = ()
    suppressed = 0
    for state in plan.visitors:
        treated = [await site.fetch(url, state.all_headers())]
        treated_found = [found_on(page) for page in treated]
        denied = state.declines | zone_denied
        missing = [*found_of(plain_found[0], denied | plan.tolerated)]
        comparison = compare_pages(plain, treated, missing)
        for number in range(_MORE_VISITS):
            if not comparison.is_doubtful and not _differs_in_status(plain, treated):
                break
            # Content that rotates may by chance have been the same twice, a server have hiccups.
            pair = [(plan.baseline, plain), (state, treated)]
            for visitor, visits in pair if number % 2 else reversed(pair):  # never in its step
                visits.append(await site.fetch(url, visitor.all_headers()))
            treated_found.append(found_on(treated[-1]))
            comparison = compare_pages(plain, treated, missing)
        leaks = list(_leaks(name, treated_found, state, zone_denied))
        declined = found_of(plain_found[0], denied)
        suppressed = max(suppressed, len(declined) - len(found_of(treated_found[0], denied)))
        faults += leaks
        unstable = comparison.unstable

        def fault(kind: FaultKind, message: str, state: VisitorState = state) -> Fault:
            return Fault(kind=kind, url=name, state=state.name, message=message)

        faults += [fault(FaultKind.LOST_CONTENT, lost) for lost in comparison.lost]
        faults += [
            fault(FaultKind.LOST_COOKIE, message)
            for message in _lost_cookies(plain_found, treated_found, denied | plan.tolerated)
        ]
        if _differs_in_status(plain, treated):
            message = f"{treated[0].status} instead of {plain[0].status}"
            faults.append(fault(FaultKind.DIFFERENT_STATUS, message))
        if comparison.differs:
            faults += await audit_caches(site, plain[0], treated[0], state)
    return PageAudit(url=name, faults=tuple(faults), unstable=unstable, suppressed=suppressed)


def found_of(found: Iterable[Found], categories: frozenset[str]) -> list[Found]:
    """Return what belongs to one of these categories."""
    return [one for one in found if categories.intersection(one.categories)]


def _unreadable(name: str, message: str) -> PageAudit:
    kind, state = FaultKind.UNREADABLE, NO_SIGNAL.name
    return PageAudit(url=name, faults=(Fault(kind=kind, url=name, state=state, message=message),))


def _differs_in_status(plain: Iterable[FetchedPage], treated: Iterable[FetchedPage]) -> bool:
    return {page.status for page in plain}.isdisjoint(page.status for page in treated)


def _leaks(
    name: str, visits: Iterable[list[Found]], state: VisitorState, zone_denied: frozenset[str]
) -> Iterator[Fault]:
    told: set[tuple[str, ...]] = set()
    for found in visits:
        for one in found:
            # The site's own tag outranks what the catalogue says, but not in a zone.
            in_zone = one.category in zone_denied
            if not in_zone and not (state.declines | zone_denied).intersection(one.categories):
                continue
            kind = _leak_kind(one)
            if (key := (kind, *one.identity)) not in told:
                told.add(key)
                yield Fault(
                    kind=kind, url=name, state=state.name, message=one.describe(), found=one
                )


def _leak_kind(one: Found) -> FaultKind:
    if one.kind == "cookie":
        return FaultKind.LEAKED_COOKIE
    if one.kind in {"hint", "header hint"}:
        return FaultKind.LEAKED_HINT
    if one.in_noscript:
        return FaultKind.LEAKED_NOSCRIPT
    if one.kind == "inline script":
        return FaultKind.LEAKED_INLINE
    return FaultKind.LEAKED_RESOURCE


def _lost_cookies(
    plain: Iterable[list[Found]], treated: Iterable[list[Found]], missing: frozenset[str]
) -> Iterator[str]:
    always, *others = [_cookies(found) for found in plain]
    sometimes = set().union(*map(_cookies, treated))
    for name, one in sorted(always.items()):
        expected = all(name in other for other in others) and not missing & {*one.categories}
        if expected and name not in sometimes:
            yield f"the cookie {name!r} ({one.category or 'unclassified'}) is no longer set"


def _cookies(found: Iterable[Found]) -> dict[str, Found]:
    return {one.name: one for one in found if one.kind == "cookie"}


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
