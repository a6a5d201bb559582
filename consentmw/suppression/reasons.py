"""Why a URL may not be loaded: the catalogue is asked, for everything that it may be read as."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import unquote

from consentmw.html.css import read_css_urls
from consentmw.html.urls import read_url
from consentmw.suppression.nested import read_data_url

if TYPE_CHECKING:
    from collections.abc import Iterable

    from consentmw.core.catalogue import DeniedIndex
    from consentmw.core.rules import Classification, Rule
    from consentmw.html.resources import Role
    from consentmw.html.urls import Base

_MAX_NESTED_CSS: Final = 8192
"""The longest ``data:`` style sheet that is looked into."""


class Reason(NamedTuple):
    """Why something may not be loaded."""

    category: str
    vendor: str = ""
    rule: Rule | None = None

    @classmethod
    def by(cls, found: Classification) -> Reason:
        """Return what the catalogue gives for one."""
        return cls(found.category, found.vendor, found.rule)


class Reasons:
    """Asks the catalogue for one page.

    Args:
        index: What is denied.
        own_host: The page's host.
    """

    __slots__ = ("_index", "_own_host")

    def __init__(self, index: DeniedIndex, own_host: str) -> None:
        self._index = index
        self._own_host = own_host

    def of_url(self, url: str, element: bytes, role: Role, bases: Iterable[Base]) -> Reason | None:
        """Return why what an element names may not be loaded."""
        index, own_host = self._index, self._own_host
        for base in bases:
            for read in read_url(url, base):
                found = None
                if read.host:
                    found = index.target(read.host, read.target, own_host=own_host)
                elif read.scheme == "javascript" and role == "frame":
                    found = index.inline(unquote(read.target), own_host=own_host)
                elif read.scheme == "data" and (data := read_data_url(url)) is not None:
                    text = data.content.decode("utf-8", "replace")
                    if element == b"script":
                        found = index.inline(text, own_host=own_host)
                    elif element == b"link" and data.media_type == "text/css":
                        return self._of_css(text, bases)
                if found is not None:
                    return Reason.by(found)
        return None

    def of_url_in_css(self, url: str, bases: Iterable[Base]) -> Reason | None:
        """Return why what a style sheet names may not be loaded."""
        for base in bases:
            for read in read_url(url, base):
                if read.host:
                    found = self._index.target(read.host, read.target, own_host=self._own_host)
                    if found is not None:
                        return Reason.by(found)
        data = read_data_url(url)
        if data is not None and data.media_type == "text/css" and len(url) < _MAX_NESTED_CSS:
            return self._of_css(data.content.decode("utf-8", "replace"), bases)
        return None

    def _of_css(self, css: str, bases: Iterable[Base]) -> Reason | None:
        found = (self.of_url_in_css(url.text, bases) for url in read_css_urls(css))
        return next((reason for reason in found if reason is not None), None)
