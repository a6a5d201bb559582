"""One response of a site as the tools see it: where it came from, its headers and its bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from consentmw.inspection.cookies import SetCookie

_HTML_TYPES = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedResource:
    """Something that a real browser requested while it showed a page.

    Args:
        url: Absolute.
        kind: What the browser wanted it for: ``script``, ``image``, ``fetch``, ….
    """

    url: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedPage:
    """A response, whatever served it.

    Args:
        url: The absolute URL that was asked for; redirects are pages of their own.
        status: The status code.
        headers: Name and value of each field line, names in lower case, in order.
        body: The content, with its content coding undone.
        loaded: What a browser requested for the page; empty where none has shown it.
        stored: The cookies that a browser held after the page; empty where none has shown it.
    """

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    loaded: tuple[LoadedResource, ...] = ()
    stored: tuple[SetCookie, ...] = ()

    @property
    def host(self) -> str:
        """The host of the URL, lower case, without port and trailing dot."""
        return (urlsplit(self.url).hostname or "").rstrip(".")

    @property
    def path(self) -> str:
        """Path and query, as a report names the page."""
        parts = urlsplit(self.url)
        return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")

    def values(self, name: str) -> list[str]:
        """Return the value of each field line of that name, in order."""
        return [value for key, value in self.headers if key == name]

    @property
    def media_type(self) -> str:
        """The media type without its parameters, lower case; empty where none is named."""
        return ",".join(self.values("content-type")).partition(";")[0].strip().lower()

    @property
    def charset(self) -> str | None:
        """The charset that the ``Content-Type`` names."""
        for parameter in ",".join(self.values("content-type")).split(";")[1:]:
            key, _, value = parameter.partition("=")
            if key.strip().lower() == "charset":
                return value.strip(" \t\"'") or None
        return None

    @property
    def is_html(self) -> bool:
        """Whether a browser shows it as a page."""
        return self.media_type in _HTML_TYPES
