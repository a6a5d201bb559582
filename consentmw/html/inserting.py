"""Putting something at the start of a page's head, where nothing else of the page changes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from consentmw.html.attributes import ATTRIBUTES

if TYPE_CHECKING:
    from collections.abc import Callable

    from consentmw.html.rewriter import Rewriter

_SPACE: Final = rb"[\t\n\f\r ]*+"
_COMMENTS: Final = rb"(?:<!--(?!-?>)[^-]*+(?:-(?!-)[^-]*+)*+-->" + _SPACE + rb")*+"
# Nothing but a doctype, comments and `<html>` in front of `<head>`.
PROLOGUE: Final = re.compile(
    _SPACE
    + rb"(?:<![dD][oO][cC][tT][yY][pP][eE][^>]*+>"
    + _SPACE
    + rb")?+"
    + _COMMENTS
    + rb"(?:(?P<html><[hH][tT][mM][lL](?=[\t\n\f\r />])"
    + ATTRIBUTES
    + rb">)"
    + _SPACE
    + rb")?"
    + _COMMENTS
    + rb"(?P<head><[hH][eE][aA][dD](?=[\t\n\f\r />])"
    + ATTRIBUTES
    + rb">)"
)


class Inserter:
    """Passes one page through, with something put into it.

    Args:
        insertion: What that is.
        build: Gives what does the same for any page, to be asked where the head isn't found at
            first sight.
    """

    def __init__(self, insertion: bytes, build: Callable[[], Rewriter]) -> None:
        self._insertion = insertion
        self._build = build
        self._rewriter: Rewriter | None = None

    def feed(self, chunk: bytes) -> bytes:
        """Take the next bytes and return what can leave."""
        if self._rewriter is not None:
            return self._rewriter.feed(chunk)
        if not self._insertion:
            return chunk
        prologue = PROLOGUE.match(chunk)
        if prologue is None:
            self._rewriter = self._build()
            return self._rewriter.feed(chunk)
        at = prologue.end()
        insertion, self._insertion = self._insertion, b""
        page = memoryview(chunk)
        return b"".join((page[:at], insertion, page[at:]))

    def close(self) -> bytes:
        """Return what is left at the end of the page."""
        return b"" if self._rewriter is None else self._rewriter.close()
