"""Does a site honour an opt-out? Visits a page as several visitors and names what is wrong.

Works on any site, whatever it runs on: only what is sent is looked at. The plain page is fetched
twice first. What differs between those two (tokens, times, rotating content) is unstable: it is
never counted as lost, and it never hides an advertising resource.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from consentmw.errors import TargetError
from consentmw.inspection.comparison import compare_pages
from consentmw.inspection.crawl import Frontier, Progress, Visited, crawl
from consentmw.inspection.findings import find_all
from consentmw.inspection.states import NO_SIGNAL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from consentmw.core.catalogue import Catalogue
    from consentmw.inspection.findings import Found
    from consentmw.inspection.pages import FetchedPage
    from consentmw.inspection.sites import Site
    from consentmw.inspection.states import VisitorState


class FaultKind(StrEnum):
    """What can be wrong; the values are stable names for reports and CI."""

    LEAKED_RESOURCE = "leaked-resource"
    LEAKED_INLINE = "leaked-inline"
    LEAKED_NOSCRIPT = "leaked-noscript"
    LEAKED_COOKIE = "leaked-cookie"
    LEAKED_HINT = "leaked-hint"
    LOST_CONTENT = "lost-content"
    LOST_COOKIE = "lost-cookie"
    DIFFERENT_STATUS = "different-status"
    MISSING_VARY = "missing-vary"
    SHARED_VALIDATOR = "shared-validator"
    STALE_NOT_MODIFIED = "stale-not-modified"
    MORE_CACHEABLE = "more-cacheable"
    GPC_SUPPORT_MISSING = "gpc-support-missing"
    GPC_SUPPORT_INVALID = "gpc-support-invalid"
    UNREADABLE = "unreadable"


_CONFIRMATIONS = 3
LEAKS = frozenset(kind for kind in FaultKind if kind.value.startswith("leaked-"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong on one page for one visitor."""

    kind: FaultKind
    url: str
    state: str
    message: str
    found: Found | None = None

    @property
    def is_leak(self) -> bool:
        """Whether something reached a visitor who had declined it."""
        return self.kind in LEAKS

    def __str__(self) -> str:
        return f"{self.url} [{self.state}] {self.kind}: {self.message}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAudit:
    """What the visits to one page have shown."""

    url: str
    faults: tuple[Fault, ...]
    unstable: tuple[str, ...]
    """What differs from one plain visit to the next, by name."""
    suppressed: int
    """How many resources of denied categories the plain page has and the others have not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteAudit:
    """What the visits to a site's pages have shown."""

    pages: tuple[PageAudit, ...]
    faults: tuple[Fault, ...]
    """Those of all pages and those of the site itself."""


async def audit_site(
    site: Site,
    *,
    states: Iterable[VisitorState],
    catalogue: Catalogue,
    tolerated: frozenset[str] = frozenset(),
    tag_attributes: tuple[str, ...] = ("data-consent",),
    limit: int = 50,
    concurrency: int = 4,
    delay_seconds: float = 0.0,
    leave_out: str | None = None,
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> SiteAudit:
    """Crawl a site and audit each of its pages; the arguments are those of `audit_page` and `scan`.

    Raises:
        TargetError: The site does not answer at all.
    """
    states = tuple(states)
    frontier = Frontier(site.origin, limit=limit, leave_out=leave_out)
    frontier.add(site.start)
    pages: list[PageAudit] = []
    site_faults = await audit_gpc_support(site)
    async for visit in crawl(
        site,
        frontier=frontier,
        headers=NO_SIGNAL.all_headers(),
        concurrency=concurrency,
        delay_seconds=delay_seconds,
    ):
        pages.append(
            await _audit_visited(
                site,
                visit,
                states=states,
                catalogue=catalogue,
                tolerated=tolerated,
                tag_attributes=tag_attributes,
            )
        )
        on_progress(Progress(url=visit.url, visited=len(pages), known=len(frontier)))
    faults = (*site_faults, *(fault for page in pages for fault in page.faults))
    return SiteAudit(pages=tuple(pages), faults=faults)


async def _audit_visited(
    site: Site,
    visit: Visited,
    *,
    states: tuple[VisitorState, ...],
    catalogue: Catalogue,
    tolerated: frozenset[str] = frozenset(),
    tag_attributes: tuple[str, ...],
) -> PageAudit:
    message = visit.error
    if not message:
        try:
            return await audit_page(
                site,
                visit.url,
                states=states,
                catalogue=catalogue,
                tolerated=tolerated,
                tag_attributes=tag_attributes,
            )
        except TargetError as error:
            message = str(error)
    fault = Fault(kind=FaultKind.UNREADABLE, url=visit.url, state=NO_SIGNAL.name, message=message)
    return PageAudit(url=visit.url, faults=(fault,), unstable=(), suppressed=0)


async def audit_page(
    site: Site,
    url: str,
    *,
    states: Iterable[VisitorState],
    catalogue: Catalogue,
    tolerated: frozenset[str] = frozenset(),
    tag_attributes: tuple[str, ...] = ("data-consent",),
    now: datetime | None = None,
) -> PageAudit:
    """Visit one page as each visitor and name what is wrong.

    Args:
        site: An open site.
        url: The page.
        states: The visitors who have opted out, one way or another.
        catalogue: Says what is advertising.
        tolerated: Categories that may go missing without having been declined: a site need not
            tell them apart.
        tag_attributes: The attributes with which the site tags elements.
        now: Against which cookies' ``Expires`` counts; the present where left out.

    Raises:
        TargetError: The site did not answer.
    """
    now = now or datetime.now(tz=UTC)

    def found_on(page: FetchedPage) -> list[Found]:
        return find_all(page, catalogue, tag_attributes=tag_attributes, now=now)

    plain = [await site.fetch(url, NO_SIGNAL.all_headers()) for _ in range(2)]
    plain_found = found_on(plain[0])
    faults: list[Fault] = []
    unstable: tuple[str, ...] = ()
    suppressed = 0
    for state in states:
        treated = [await site.fetch(url, state.all_headers())]
        treated_found = found_on(treated[0])
        declined = found_of(plain_found, state.declines)
        missing_too = found_of(plain_found, tolerated)
        leaked = found_of(treated_found, state.declines)
        suppressed = max(suppressed, len(declined) - len(leaked))
        faults += _leaks(url, leaked, state.name)
        comparison = compare_pages(plain, treated, [*declined, *missing_too])
        for _ in range(_CONFIRMATIONS if comparison.lost else 0):
            # Content that rotates may by chance have been the same twice.
            plain.append(await site.fetch(url, NO_SIGNAL.all_headers()))
            treated.append(await site.fetch(url, state.all_headers()))
        comparison = compare_pages(plain, treated, [*declined, *missing_too])
        unstable = comparison.unstable
        faults += [
            Fault(kind=FaultKind.LOST_CONTENT, url=url, state=state.name, message=lost)
            for lost in comparison.lost
        ]
        cookies = (_cookies(plain_found), _cookies(found_on(plain[1])), _cookies(treated_found))
        faults += _lost_cookies(
            *cookies, known=state.declines | tolerated, url=url, state=state.name
        )
        faults += _header_faults(plain[0], treated[0], state.name)
        faults += await _validator_faults(site, plain[0], treated[0], state)
    return PageAudit(url=url, faults=tuple(faults), unstable=unstable, suppressed=suppressed)


def found_of(found: Iterable[Found], categories: frozenset[str]) -> list[Found]:
    """Return what belongs to one of these categories."""
    return [one for one in found if categories.intersection(one.categories)]


def _leaks(url: str, leaked: Iterable[Found], state: str) -> Iterator[Fault]:
    for one in leaked:
        if one.kind == "cookie":
            kind = FaultKind.LEAKED_COOKIE
        elif one.kind in {"hint", "header hint"}:
            kind = FaultKind.LEAKED_HINT
        elif one.in_noscript:
            kind = FaultKind.LEAKED_NOSCRIPT
        elif one.kind == "inline script":
            kind = FaultKind.LEAKED_INLINE
        else:
            kind = FaultKind.LEAKED_RESOURCE
        yield Fault(kind=kind, url=url, state=state, message=one.describe(), found=one)


def _cookies(found: Iterable[Found]) -> dict[str, Found]:
    return {one.name: one for one in found if one.kind == "cookie"}


def _lost_cookies(
    plain: dict[str, Found],
    again: dict[str, Found],
    treated: dict[str, Found],
    *,
    known: frozenset[str],
    url: str,
    state: str,
) -> Iterator[Fault]:
    for name in sorted((plain.keys() & again.keys()) - treated.keys()):
        one = plain[name]
        if not known.intersection(one.categories):
            yield Fault(
                kind=FaultKind.LOST_COOKIE,
                url=url,
                state=state,
                message=f"the cookie {name!r} ({one.category or 'unclassified'}) is no longer set",
                found=one,
            )


def _header_faults(plain: FetchedPage, treated: FetchedPage, state: str) -> Iterator[Fault]:
    def fault(kind: FaultKind, message: str) -> Fault:
        return Fault(kind=kind, url=plain.url, state=state, message=message)

    if plain.status != treated.status:
        yield fault(FaultKind.DIFFERENT_STATUS, f"{treated.status} instead of {plain.status}")
    if plain.body == treated.body:
        return
    carrier = "cookie" if state in {"opted-out", "allowed"} else "sec-gpc"
    for page, whose in ((plain, "the plain page"), (treated, "the page under the opt-out")):
        # RFC 9111, section 4.1: without Vary a shared cache hands one variant to everyone.
        if not _is_shared_cache_safe(page, carrier):
            yield fault(
                FaultKind.MISSING_VARY,
                f"{whose} differs by {carrier}, but says neither 'Vary: {carrier}' nor 'private'",
            )
    validators = [value for value in plain.values("etag") if value in treated.values("etag")]
    if validators:
        yield fault(
            FaultKind.SHARED_VALIDATOR, f"both variants carry the same ETag {validators[0]}"
        )
    if _shared_seconds(treated) > _shared_seconds(plain):
        yield fault(
            FaultKind.MORE_CACHEABLE,
            f"Cache-Control is {_cache_control(treated)!r}, and {_cache_control(plain)!r} without",
        )


def _cache_control(page: FetchedPage) -> str:
    return ", ".join(page.values("cache-control")).lower()


def _directives(page: FetchedPage) -> dict[str, str]:
    directives = {}
    for part in _cache_control(page).split(","):
        name, _, value = part.strip().partition("=")
        if name:
            directives[name] = value.strip('"')
    return directives


def _shared_seconds(page: FetchedPage) -> int:
    """How long a shared cache may keep the page (RFC 9111, section 4.2.1)."""
    directives = _directives(page)
    if directives.keys() & {"private", "no-store", "no-cache"}:
        return 0
    value = directives.get("s-maxage", directives.get("max-age", "0"))
    return int(value) if value.isdecimal() else 0


def _is_shared_cache_safe(page: FetchedPage, carrier: str) -> bool:
    if _directives(page).keys() & {"private", "no-store"}:
        return True
    varied = {name.strip().lower() for value in page.values("vary") for name in value.split(",")}
    return "*" in varied or carrier in varied


async def _validator_faults(
    site: Site, plain: FetchedPage, treated: FetchedPage, state: VisitorState
) -> list[Fault]:
    if plain.body == treated.body:
        return []
    faults = []
    for name, field in (("etag", "if-none-match"), ("last-modified", "if-modified-since")):
        for value in plain.values(name)[:1]:
            # A browser that has the plain page in its cache asks with what that page carried.
            answer = await site.fetch(plain.url, {**state.all_headers(), field: value})
            if answer.status == 304:
                faults.append(
                    Fault(
                        kind=FaultKind.STALE_NOT_MODIFIED,
                        url=plain.url,
                        state=state.name,
                        message=f"304 to the {field} of the plain page: the browser goes on "
                        "showing that one",
                    )
                )
    return faults


async def audit_gpc_support(site: Site) -> list[Fault]:
    """Look at ``/.well-known/gpc.json`` (W3C GPC, GPC Support Resource)."""
    url = urljoin(f"{site.origin}/", "/.well-known/gpc.json")
    page = await site.fetch(url, NO_SIGNAL.all_headers())
    message = read_gpc_support_problem(page)
    if message is None:
        return []
    missing = page.status != 200
    kind = FaultKind.GPC_SUPPORT_MISSING if missing else FaultKind.GPC_SUPPORT_INVALID
    return [Fault(kind=kind, url=url, state=NO_SIGNAL.name, message=message)]


def read_gpc_support_problem(page: FetchedPage) -> str | None:
    """Say what is wrong with a site's GPC support resource; None where nothing is."""
    if page.status != 200:
        return f"answered {page.status}: the site doesn't say that it honours GPC"
    if page.media_type != "application/json":
        return f"served as {page.media_type or 'no type'!r} instead of 'application/json'"
    try:
        content = json.loads(page.body)
    except ValueError as error:
        return f"no JSON: {error}"
    if not isinstance(content, dict) or content.get("gpc") is not True:
        return "its member 'gpc' is not true"
    date = content.get("lastUpdate")
    if not isinstance(date, str):
        return "its member 'lastUpdate' is missing"
    try:
        datetime.fromisoformat(date)
    except ValueError:
        return f"its member 'lastUpdate' is no date: {date!r}"
    return None
