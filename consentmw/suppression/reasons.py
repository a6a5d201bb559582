"""Why a URL may not be loaded: the catalogue is asked, for everything that it may be read as."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import unquote

from consentmw.html.charset import decode_text
from consentmw.html.css import read_css_urls
from consentmw.html.urls import read_url
from consentmw.suppression.nested import read_data_url

if TYPE_CHECKING:
    from collections.abc import Iterable

    from consentmw.core.catalogue import DeniedIndex
    from consentmw.core.rules import Classification, Rule
    from consentmw.html.resources import Role
    from consentmw.html.urls import Base
    from consentmw.suppression.nested import DataUrl

MAX_SHEETS: Final = 8
"""Style sheets inside style sheets (``data:``) that are looked into; deeper ones are denied."""


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
                elif read.scheme == "data":
                    reason = self._of_data(url, element, bases)
                    if reason is not None:
                        return reason
                if found is not None:
                    return Reason.by(found)
        return None

    def _of_data(self, url: str, element: bytes, bases: Iterable[Base]) -> Reason | None:
        for data in read_data_url(url):
            if element == b"script":
                for text in decode_text(data.content, data.charset):
                    found = self._index.inline(text, own_host=self._own_host)
                    if found is not None:
                        return Reason.by(found)
            elif element == b"link" and data.media_type == "text/css":
                reason = self._of_css(data, bases, 1)
                if reason is not None:
                    return reason
        return None

    def of_url_in_css(self, url: str, bases: Iterable[Base], depth: int = 0) -> Reason | None:
        """Return why what a style sheet names may not be loaded.

        Args:
            url: As it is meant, without escapes.
            bases: Where relative URLs may start from.
            depth: How many style sheets it stands in that URLs carry.
        """
        for base in bases:
            for read in read_url(url, base):
                if read.host:
                    found = self._index.target(read.host, read.target, own_host=self._own_host)
                    if found is not None:
                        return Reason.by(found)
        for data in read_data_url(url):
            if data.media_type == "text/css":
                if depth == MAX_SHEETS:
                    return Reason("", "too many style sheets inside one another")
                reason = self._of_css(data, bases, depth + 1)
                if reason is not None:
                    return reason
        return None

    def _of_css(self, data: DataUrl, bases: Iterable[Base], depth: int) -> Reason | None:
        for css in decode_text(data.content, data.charset):
            for url in read_css_urls(css):
                reason = self.of_url_in_css(url.text, bases, depth)
                if reason is not None:
                    return reason
        return None
