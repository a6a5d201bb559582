"""Visits one page as several visitors and names what is wrong.

The plain page is fetched twice first. What differs between those two (tokens, times, rotating
content) is unstable: it is never counted as lost, and it never hides an advertising resource.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import unquote, urlsplit

from consentmw.inspection.cacheability import audit_caches
from consentmw.inspection.comparison import compare_pages
from consentmw.inspection.faults import Fault, FaultKind
from consentmw.inspection.findings import find_all, found_of
from consentmw.inspection.states import NO_SIGNAL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from consentmw.inspection.comparison import Comparison
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

    @classmethod
    def unreadable(cls, name: str, message: str) -> Self:
        """Return the audit of a page that could not be read, with the reason."""
        kind, state = FaultKind.UNREADABLE, NO_SIGNAL.name
        return cls(url=name, faults=(Fault(kind=kind, url=name, state=state, message=message),))


async def audit_page(
    site: Site,
    url: str,
    plan: AuditPlan,
    *,
    first: FetchedPage | None = None,
    now: datetime | None = None,
) -> PageAudit:
    """Visit one page as each visitor and name what is wrong.

    Args:
        site: An open site.
        url: The page.
        plan: Who visits it, and what each of them must not get.
        first: What the plan's baseline got on a visit that has been made already.
        now: Against which cookies' ``Expires`` counts; the present where left out.

    Raises:
        TargetError: The site did not answer.
        RewriteError: A page that can't be read.
    """
    now = now or datetime.now(tz=UTC)
    name, parts = site.name_of(url), urlsplit(url)
    zone_denied = plan.zone_denied(parts.netloc, unquote(parts.path))
    plain = _Visits(site, url, plan, plan.baseline, now)
    await plain.add(first)
    await plain.add()
    if plain.pages[0].status >= 500:
        return PageAudit.unreadable(name, plain.pages[0].problem)
    faults = list(_leaks(name, plain, zone_denied))
    unstable: tuple[str, ...] = ()
    suppressed = 0
    for state in plan.visitors:
        treated = _Visits(site, url, plan, state, now)
        await treated.add()
        denied = state.declines | zone_denied
        may_miss = denied | plan.tolerated
        comparison = await _compared(plain, treated, may_miss)
        unstable = comparison.unstable
        kept_out = len(found_of(plain.found[0], denied)) - len(found_of(treated.found[0], denied))
        suppressed = max(suppressed, kept_out)
        faults += _leaks(name, treated, zone_denied)
        faults += [
            Fault(kind=kind, url=name, state=state.name, message=message)
            for kind, message in _losses(plain, treated, comparison, may_miss)
        ]
        if comparison.differs:
            faults += await audit_caches(site, plain.pages[0], treated.pages[0], state)
    return PageAudit(url=name, faults=tuple(faults), unstable=unstable, suppressed=suppressed)


class _Visits:
    """The visits of one visitor to a page, and what each has shown."""

    def __init__(
        self, site: Site, url: str, plan: AuditPlan, state: VisitorState, now: datetime
    ) -> None:
        self.state = state
        self.plan = plan
        self.pages: list[FetchedPage] = []
        self.found: list[list[Found]] = []
        self._site = site
        self._url = url
        self._now = now

    async def add(self, page: FetchedPage | None = None) -> None:
        """Visit the page once more, or take a visit that has been made."""
        if page is None:
            page = await self._site.fetch(self._url, self.state.all_headers())
        self.pages.append(page)
        attributes = self.plan.tag_attributes
        self.found.append(
            find_all(page, self.plan.catalogue, tag_attributes=attributes, now=self._now)
        )

    @property
    def statuses(self) -> set[int]:
        """How the visits were answered."""
        return {page.status for page in self.pages}


async def _compared(plain: _Visits, treated: _Visits, may_miss: frozenset[str]) -> Comparison:
    """Compare the two, with as many visits more as it takes to be sure."""
    missing = found_of(plain.found[0], may_miss)
    number = 0
    while True:
        comparison = compare_pages(
            plain.pages,
            treated.pages,
            missing,
            categories=may_miss,
            tag_attributes=plain.plan.tag_attributes,
        )
        sure = not comparison.is_doubtful and not plain.statuses.isdisjoint(treated.statuses)
        if sure or number == _MORE_VISITS:
            return comparison
        # Content that rotates may by chance have been the same twice, a server may have hiccups;
        # and a visitor whose turn is always the same may see one part of a rotation only.
        for visits in (treated, plain) if number % 2 else (plain, treated):
            await visits.add()
        number += 1


def _losses(
    plain: _Visits, treated: _Visits, comparison: Comparison, may_miss: frozenset[str]
) -> Iterator[tuple[FaultKind, str]]:
    for lost in comparison.lost:
        yield FaultKind.LOST_CONTENT, lost
    for one in _lost_cookies(plain.found, treated.found):
        if may_miss.isdisjoint(one.categories):
            what = f"the cookie {one.name!r} ({one.category or 'unclassified'})"
            yield FaultKind.LOST_COOKIE, f"{what} is no longer set"
    if plain.statuses.isdisjoint(treated.statuses):
        message = f"{treated.pages[0].status} instead of {plain.pages[0].status}"
        yield FaultKind.DIFFERENT_STATUS, message


def _lost_cookies(plain: Iterable[list[Found]], treated: Iterable[list[Found]]) -> Iterator[Found]:
    """What every plain visit sets and no other."""
    always, *others = [_cookies(found) for found in plain]
    sometimes = set().union(*map(_cookies, treated))
    for name, one in sorted(always.items()):
        if name not in sometimes and all(name in other for other in others):
            yield one


def _cookies(found: Iterable[Found]) -> dict[str, Found]:
    return {one.name: one for one in found if one.kind == "cookie"}


def _leaks(name: str, visits: _Visits, zone_denied: frozenset[str]) -> Iterator[Fault]:
    denied = visits.state.declines | zone_denied
    told: set[tuple[str, ...]] = set()
    for found in visits.found:
        # The site's own tag outranks what the catalogue says, but not in a zone.
        leaked = [
            one
            for one in found
            if not denied.isdisjoint(one.categories) or one.category in zone_denied
        ]
        # All of one visit, an element of several addresses once; of the next, what is new in it.
        for message, one in {one.describe(): one for one in leaked}.items():
            if one.identity not in told:
                kind, state = _leak_kind(one), visits.state.name
                yield Fault(kind=kind, url=name, state=state, message=message, found=one)
        told.update(one.identity for one in leaked)


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
