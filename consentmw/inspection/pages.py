"""One response of a site as the tools see it: where it came from, its headers and its bytes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from consentmw.asgi.pages import PageType, page_type, sniff_syntax
from consentmw.html.charset import decode_page

if TYPE_CHECKING:
    from consentmw.inspection.cookies import SetCookie

_CLOSED_AT_ONCE: Final = re.compile(
    rb"<((script|style|iframe|noscript|title|textarea|object|video|audio)\b"
    rb"(?:[^<>\"'/]++|\"[^\"]*+\"|'[^']*+'|/(?!>))*+)/>"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedResource:
    """Something that a real browser requested while it showed a page.

    Args:
        url: Absolute.
        kind: What the browser wanted it for: ``script``, ``image``, ``fetch``, ….
    """

    url: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class FetchedPage:
    """A response, whatever served it.

    Args:
        url: The absolute URL that was asked for; redirects are pages of their own.
        status: The status code.
        headers: Name and value of each field line, names in lower case, in order.
        body: The content, with its content coding undone; empty where nobody needs it.
        loaded: What a browser requested for the page; empty where none has shown it.
        stored: The cookies that a browser held after the page; empty where none has shown it.
        cause: What the app raised, where that is known.
    """

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    loaded: tuple[LoadedResource, ...] = ()
    stored: tuple[SetCookie, ...] = ()
    cause: str = ""

    @property
    def problem(self) -> str:
        """Why this isn't the page that was asked for; empty where it is, or leads to it."""
        if self.status < 400:
            return ""
        return f"answers {self.status}" + (f" ({self.cause})" if self.cause else "")

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
        return self._type.charset if self._type is not None else None

    @cached_property
    def is_html(self) -> bool:
        """Whether a browser shows it as a page, also where nobody has said so."""
        if self._type is None or self._type.shown != "anywhere":
            return False
        if self._type.syntax != "unknown":
            return True
        told = "nosniff" in ",".join(self.values("x-content-type-options")).lower()
        return not told and sniff_syntax(self.body, complete=True) == "html"

    @cached_property
    def markup(self) -> bytes:
        """What an HTML scanner is given: in UTF-8, if it wasn't in something as easily read.

        XHTML closes a script with the slash of its start tag; by HTML's rules all that follows
        would be the script's text, and in it whatever is on the page.
        """
        xml = self._type is not None and self._type.syntax == "xml"
        text = decode_page(self.body, self.charset, xml=xml)
        if xml:
            return _CLOSED_AT_ONCE.sub(rb"<\1></\2>", text)
        return text

    @property
    def _type(self) -> PageType | None:
        return read_page_type(self.headers)


def read_page_type(headers: tuple[tuple[str, str], ...]) -> PageType | None:
    """How a response is to be read as a page, by its headers alone; `None` if it is none."""
    values = [
        value.encode("latin-1", "replace") for name, value in headers if name == "content-type"
    ]
    return page_type(values, html_types=frozenset())
