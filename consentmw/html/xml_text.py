"""An element's own text by XML's rules, and where in the page each part of it stands.

What the text says is not known here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from consentmw.html.references import decode_references
from consentmw.html.xml_tags import CLOSED, END_TAG, START_TAG

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from consentmw.html.sieve import Edit

_REFERENCE: Final = re.compile(rb"(&[#A-Za-z0-9]++;?+)")


class Piece(NamedTuple):
    """Part of a text."""

    text: bytes
    start: int
    """Where in the page's buffer it stands."""
    verbatim: bool
    """Whether it stands there as it is, and not as a reference."""


class OwnText(NamedTuple):
    """DOM, "child text content": without comments, and without what elements inside contain."""

    pieces: tuple[Piece, ...]
    complete: bool
    """Whether the element's end is there."""

    @property
    def text(self) -> bytes:
        """The whole of it."""
        return b"".join(piece.text for piece in self.pieces)

    @property
    def has_references(self) -> bool:
        """Whether any is to a character beyond ASCII."""
        return any(not piece.verbatim and not piece.text.isascii() for piece in self.pieces)

    def in_utf_8(self, encoding: str) -> bytes:
        """Return the text of a page in an encoding, which references aren't."""
        return b"".join(
            piece.text.decode(encoding, "replace").encode() if piece.verbatim else piece.text
            for piece in self.pieces
        )

    def place(self, edits: Iterable[Edit]) -> list[Edit] | None:
        """Return edits to the page that change the text; None where they can't be made there.

        `edits` are counted from the text's start, and sorted.
        """
        placed = []
        pieces = iter(self.pieces)
        piece = Piece(b"", 0, verbatim=False)
        behind = 0  # in the text, of this piece
        for edit in edits:
            while behind < edit.end:
                following = next(pieces, None)
                if following is None:
                    return None
                piece = following
                behind += len(piece.text)
            before = behind - len(piece.text)
            if not piece.verbatim or edit.start < before:
                return None
            shift = piece.start - before
            placed.append(edit._replace(start=edit.start + shift, end=edit.end + shift))
        return placed


def read_own_text(data: bytes, position: int, limit: int) -> OwnText:
    """Read an element's own text from behind its start tag up to its end tag or a limit."""
    pieces: list[Piece] = []
    depth = 0
    while True:
        start = data.find(b"<", position, limit)
        if depth == 0:
            pieces += _characters(data, position, start if start >= 0 else limit)
        if start < 0:
            return OwnText(tuple(pieces), complete=False)
        if data.startswith(b"<![CDATA[", start):
            end = data.find(b"]]>", start + 9, limit)
            if depth == 0:
                text = data[start + 9 : end if end >= 0 else limit]
                pieces.append(Piece(text, start + 9, verbatim=True))
            position = end + 3
        elif data.startswith(b"<!--", start):
            end = data.find(b"-->", start + 4, limit)
            position = end + 3
        elif data.startswith(b"<?", start):
            end = data.find(b"?>", start + 2, limit)
            position = end + 2
        else:
            is_end = data.startswith(b"</", start)
            if is_end and depth == 0:
                return OwnText(tuple(pieces), complete=True)
            match = (END_TAG if is_end else START_TAG).match(data, start, limit)
            if match is None:
                # Where it isn't well-formed, no browser comes to the element's end.
                complete = CLOSED.match(data, start, limit) is not None
                return OwnText(tuple(pieces), complete=complete)
            if is_end:
                depth -= 1
            elif not match[3]:
                depth += 1
            end = position = match.end()
        if end < 0:
            return OwnText(tuple(pieces), complete=False)


def _characters(data: bytes, start: int, end: int) -> Iterator[Piece]:
    if start >= end:
        return
    text = data[start:end]
    if b"&" not in text:
        yield Piece(text, start, verbatim=True)
        return
    for number, part in enumerate(_REFERENCE.split(text)):
        if number % 2:
            meant = decode_references(part.decode("ascii"), attribute=False)
            yield Piece(meant.encode("utf-8"), start, verbatim=False)
        elif part:
            yield Piece(part, start, verbatim=True)
        start += len(part)
