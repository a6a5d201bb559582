"""Where a page's relative URLs start from: for each browser that may read it, by itself.

What is only a ``base`` with scripting off changes nothing for what is only an element with it on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from consentmw.errors import RewriteError
from consentmw.html.urls import Base, read_url

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from consentmw.html.readers import Reader, Readers

MAX_BASES: Final = 16
"""Bases of one reader; only where nobody knows what is open around can there be several."""


class PageBases:
    """The bases of one page."""

    __slots__ = ("_of", "all", "differ", "own")

    def __init__(self, own: tuple[Base, ...], readers: Readers) -> None:
        """Start with the page's own, for all who may read it."""
        self.own = own
        self._of = dict.fromkeys(readers, own)
        self.all = own
        """Those of all readers."""
        self.differ = False
        """Whether some readers have others than some."""

    def of(self, readers: Collection[Reader] | None) -> tuple[Base, ...]:
        """Return the bases of some readers; None for all of them."""
        if readers is None or not self.differ:
            return self.all
        found = (base for reader, bases in self._of.items() if reader in readers for base in bases)
        return tuple(dict.fromkeys(found))

    def take(self, texts: Iterable[str], counting: Mapping[Reader, bool]) -> None:
        """Take in what a ``base`` says.

        Args:
            texts: Its URL, in each way in which it can be decoded.
            counting: For whom it counts, and whether it surely does.
        """
        found: dict[Base, None] = {}
        certain = True
        for text in texts:
            # Of a host beyond ASCII it isn't certain that a browser can read it.
            certain = certain and text.isascii() and "%" not in text
            for own in self.own:
                for each in _by_scheme(own):
                    urls = [url for url in read_url(text, each) if url.host]
                    # `http:>` is a path on a page of http, and nothing on one of https.
                    certain = certain and bool(urls)
                    for url in urls:
                        scheme = url.scheme or own.scheme
                        found[Base(url.host, url.target.partition("?")[0], scheme)] = None
        for reader, surely in counting.items():
            before = () if certain and surely else self._of[reader]
            bases = tuple(dict.fromkeys((*before, *found)))
            if len(bases) > MAX_BASES:
                raise RewriteError("relative URLs can start from too many bases")
            # HTML, "set the frozen base URL": one that can't be read leaves the page's own.
            self._of[reader] = bases or self.own
        self.differ = len(set(self._of.values())) > 1
        self.all = tuple(dict.fromkeys(base for bases in self._of.values() for base in bases))


def _by_scheme(base: Base) -> tuple[Base, ...]:
    """Return a base by each scheme that the page may have come by."""
    if base.scheme or not base.host:
        return (base,)
    return base._replace(scheme="http"), base._replace(scheme="https")
