"""Whether caches, shared ones and the browser's own, keep the two forms of a page apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from consentmw.inspection.faults import Fault, FaultKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from consentmw.inspection.pages import FetchedPage
    from consentmw.inspection.sites import Site
    from consentmw.inspection.states import VisitorState

# RFC 9111, section 1.2.2: what is more than 2^31 is that.
_DIGITS: Final = 10


async def audit_caches(
    site: Site, plain: FetchedPage, treated: FetchedPage, state: VisitorState
) -> list[Fault]:
    """Name what would mix up two forms of a page that differ.

    Args:
        site: An open site.
        plain: The page as it is without an opt-out.
        treated: The page as this visitor gets it.
        state: The visitor.

    Raises:
        TargetError: The site did not answer.
    """
    url = site.name_of(plain.url)
    faults = [
        Fault(kind=kind, url=url, state=state.name, message=message)
        for kind, message in _header_faults(plain, treated, state)
    ]
    for name, field in (("etag", "if-none-match"), ("last-modified", "if-modified-since")):
        for value in plain.values(name)[:1]:
            # A browser that has the plain page in its cache asks with what that page carried.
            answer = await site.fetch(plain.url, {**state.all_headers(), field: value})
            if answer.status == 304:
                message = (
                    f"304 to the {field} of the plain page: the browser goes on showing that one"
                )
                kind = FaultKind.STALE_NOT_MODIFIED
                faults.append(Fault(kind=kind, url=url, state=state.name, message=message))
    return faults


def _header_faults(
    plain: FetchedPage, treated: FetchedPage, state: VisitorState
) -> Iterator[tuple[FaultKind, str]]:
    carrier = "cookie" if state.cookies else "sec-gpc"
    for page, whose in ((plain, "the plain page"), (treated, "the page under the opt-out")):
        # RFC 9111, section 4.1: without Vary a shared cache hands one variant to everyone.
        if not _is_shared_cache_safe(page, carrier):
            yield (
                FaultKind.MISSING_VARY,
                f"{whose} differs by {carrier}, but says neither 'Vary: {carrier}' nor 'private'",
            )
    validators = [value for value in plain.values("etag") if value in treated.values("etag")]
    if validators:
        yield (FaultKind.SHARED_VALIDATOR, f"both variants carry the same ETag {validators[0]}")
    if _shared_seconds(treated) > _shared_seconds(plain):
        yield (
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
    return int(value[:_DIGITS]) if value.isdecimal() else 0


def _is_shared_cache_safe(page: FetchedPage, carrier: str) -> bool:
    if _directives(page).keys() & {"private", "no-store"}:
        return True
    varied = {name.strip().lower() for value in page.values("vary") for name in value.split(",")}
    return "*" in varied or carrier in varied
