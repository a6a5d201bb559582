"""What a site is to whoever crawls or audits it, wherever its pages come from.

A live site, an app in this process, a folder of files and a browser all answer the same calls, so
that nobody who uses one knows which it is.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final, Protocol, Self

from consentmw.errors import TargetError
from consentmw.inspection.pages import read_page_type

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from consentmw.inspection.pages import FetchedPage

USER_AGENT: Final = "consentmw-scan/1 (+https://pypi.org/project/consentmw/)"
ROBOTS_NAME: Final = "consentmw-scan"
"""By which a site's robots.txt knows us."""

# The largest documents of real sites have a few megabytes; what is longer is no page for people.
MAX_PAGE_BYTES: Final = 10 * 1024 * 1024
_DECODERS: Final = {
    "br": ("brotli", "brotlicffi"),
    "zstd": ("zstandard",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteOptions:
    """How a site wants to be read, and as whom.

    Args:
        obey_robots: Whether ``/robots.txt`` is asked first (RFC 9309).
        delay_seconds: Between two requests; robots.txt may ask for more.
        headers: Sent with each request, such as a login's cookie; names in lower case.
        timeout_seconds: For each whole answer.
    """

    obey_robots: bool = True
    delay_seconds: float = 0.0
    headers: Mapping[str, str] = field(default_factory=dict)
    timeout_seconds: float = 30.0

    def sent_with(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Join these headers with those of one request; of cookies, both are sent."""
        cookies = [one["cookie"] for one in (self.headers, headers) if "cookie" in one]
        joined = {"cookie": "; ".join(cookies)} if cookies else {}
        return {"user-agent": USER_AGENT, **self.headers, **headers, **joined}


class Site(Protocol):
    """Something that answers requests for pages; to be opened with ``async with``."""

    origin: str
    """Scheme and host, without a slash at the end; known once the site is open."""
    start: tuple[str, ...]
    """The URLs from which a crawl sets out; known once the site is open."""

    async def fetch(self, url: str, headers: Mapping[str, str], /) -> FetchedPage:
        """Fetch one URL, without following redirects.

        Raises:
            TargetError: The site did not answer; why, without the URL.
        """
        ...

    def may_fetch(self, url: str, /) -> bool:
        """Whether the site lets a crawler have this URL."""
        ...

    def name_of(self, url: str, /) -> str:
        """How a report names the page at a URL."""
        ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None: ...


class StackedSite:
    """What sites share: all that one holds open is closed when it is, and a URL is its name."""

    def __init__(self) -> None:
        self._stack = AsyncExitStack()

    def may_fetch(self, _url: str) -> bool:
        """Whether this URL may be had: always, unless a site says otherwise."""
        return True

    def name_of(self, url: str) -> str:
        """How a report names the page: by its URL."""
        return url

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None:
        await self._stack.__aexit__(kind, error, trace)


def wants_body(headers: tuple[tuple[str, str], ...]) -> bool:
    """Whether a response has to be read: pages, what may be one, and JSON; no film, no stream."""
    if read_page_type(headers) is not None:
        return True
    return any(name == "content-type" and "json" in value.lower() for name, value in headers)


def check_coding(headers: tuple[tuple[str, str], ...]) -> None:
    """Hold that the body will be decoded; what isn't would be looked at in vain.

    Raises:
        TargetError: It has a coding that this installation can't undo.
    """
    values = ",".join(value for name, value in headers if name == "content-encoding")
    for coding in filter(None, (part.strip().lower() for part in values.split(","))):
        if coding in {"identity", "gzip", "deflate"}:
            continue
        modules = _DECODERS.get(coding, ())
        if not any(find_spec(module) for module in modules):
            how = f": install {modules[0]!r}" if modules else ""
            raise TargetError(f"sent in the coding {coding!r}, which can't be read{how}")
