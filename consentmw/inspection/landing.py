"""The page at which a browser ends up that is sent somewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from consentmw.errors import TargetError
from consentmw.inspection.addresses import read_address

if TYPE_CHECKING:
    from collections.abc import Mapping

    from consentmw.inspection.pages import FetchedPage
    from consentmw.inspection.sites import Site

# Fetch, "HTTP-redirect fetch": browsers follow twenty.
_MAX_REDIRECTS: Final = 20


async def fetch_landing_page(site: Site, headers: Mapping[str, str]) -> FetchedPage:
    """Fetch the first page of a site, wherever it redirects to.

    Args:
        site: An open site.
        headers: Sent with each request.

    Raises:
        TargetError: It can't be read, or what answers is no page.
    """
    url = site.start[0]
    for _ in range(_MAX_REDIRECTS):
        try:
            page = await site.fetch(url, headers)
        except TargetError as error:
            raise TargetError(f"{url}: {error}") from error
        location = next(iter(page.values("location")), "")
        target = read_address(location, url) if page.status in range(300, 400) else None
        if target is None:
            if page.is_html and not page.problem:
                return page
            kind = page.media_type or "no type"
            problem = page.problem or f"answers {page.status} with {kind}: no page"
            raise TargetError(f"{site.name_of(url)}: {problem}")
        url = target
    raise TargetError(f"{site.name_of(site.start[0])}: {_MAX_REDIRECTS} redirects in a row")
