"""Applying edits to bytes that otherwise leave as they came."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from consentmw.html.sieve import Edit

# What a cut must not join to the bytes behind it: "<" and "img" to a tag, "&" and "lt;" to another
# character, CR and LF to one line end, "<pre>" and a line end that it would swallow.
_JOINS: Final = re.compile(rb"(?:<|&[#A-Za-z0-9]*+|\r|<(?:pre|listing)[^<>]*+>)\Z", re.IGNORECASE)
XML_JOINS: Final = re.compile(rb"(?:[<\]]|&[#A-Za-z0-9]*+|\r)\Z")
"""The same by XML's rules. "]]" and ">" end a CDATA section, and stand nowhere else."""
_SEPARATOR: Final = b"<!---->"
_TAIL_BYTES: Final = 64


class Writer:
    """Writes a page, buffer by buffer."""

    __slots__ = ("_joins", "_tail")

    def __init__(self, joins: re.Pattern[bytes] = _JOINS) -> None:
        """Start a page in which the two sides of a cut must not meet behind one of `joins`."""
        self._joins = joins
        self._tail = b""
        """The last bytes written."""

    def write(self, data: bytes, end: int, edits: list[Edit]) -> bytes:
        """Return a buffer up to `end` with its edits applied, which are sorted."""
        if not edits:
            self._remember(data[max(0, end - _TAIL_BYTES) : end])
            return data[:end]
        out: list[bytes | memoryview] = []
        page = memoryview(data)
        copied = 0
        for edit in edits:
            if edit.start < copied:
                # Of two readings, one cuts what the other changes.
                copied = max(copied, edit.end)
                continue
            if edit.start > copied:
                out.append(page[copied : edit.start])
                self._remember(data[max(copied, edit.start - _TAIL_BYTES) : edit.start])
            replacement = edit.replacement
            if edit.apart and self._joins.search(self._tail):
                replacement = _SEPARATOR
            if replacement:
                out.append(replacement)
                self._remember(replacement)
            copied = edit.end
        if copied < end:
            out.append(page[copied:end])
            self._remember(data[max(copied, end - _TAIL_BYTES) : end])
        return b"".join(out)

    def _remember(self, piece: bytes) -> None:
        long = len(piece) >= _TAIL_BYTES
        self._tail = piece[-_TAIL_BYTES:] if long else (self._tail + piece)[-_TAIL_BYTES:]
