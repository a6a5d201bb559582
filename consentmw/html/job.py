"""What all readings of one page share: the edits, the notes, and who is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from consentmw.html.searching import EndSearch
from consentmw.html.sieve import Edit
from consentmw.html.stretches import Stretch

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from consentmw.html.attributes import Tag
    from consentmw.html.names import Namespace
    from consentmw.html.scanner import Scanner
    from consentmw.html.sieve import Sieve


class Token(NamedTuple):
    """One piece of markup, as `tokenize` lists them."""

    kind: str
    """``start``, ``end``, ``comment`` (all that is no element), ``text`` or ``cdata``."""
    start: int
    end: int
    name: bytes = b""
    tag: Tag | None = None
    namespaces: tuple[Namespace, ...] = ()


class Job:
    """One page."""

    def __init__(self, sieve: Sieve, *, max_text_bytes: int, insertion: bytes = b"") -> None:
        self.sieve = sieve
        self.max_text_bytes = max_text_bytes
        self.insertion = insertion
        """What still has to be put at the start of the head."""
        self.edits: list[Edit] = []
        self.notes: list[tuple[int, tuple[object, ...]]] = []
        self.base = 0
        """The offset in the page of the buffer's first byte."""
        self.before = b""
        """The byte in front of it."""
        self.readings: list[Scanner] = []
        """All of the page's readings; more than one only where they have parted."""
        self.search = EndSearch()
        self.on_token: Callable[[Token], None] | None = None

    def insert(self, at: int) -> None:
        """Put what is to be inserted."""
        self.edits.append(Edit(at, at, self.insertion))
        self.insertion = b""

    def cut(self, start: int, end: int) -> None:
        """Cut out a part of an element."""
        if end > start:
            self.edits.append(Edit(start, end, b"", apart=True))

    def note(self, start: int, notes: tuple[object, ...]) -> None:
        """Keep what the sieve wants to hear of an element."""
        if notes:
            self.notes.append((self.base + start, notes))

    def adopt(self, inner: Job, start: int) -> None:
        """File what was filed for a part of the buffer by itself."""
        self.edits += (
            edit._replace(start=start + edit.start, end=start + edit.end) for edit in inner.edits
        )
        self.notes += ((self.base + start + at, said) for at, said in inner.notes)

    def tell(
        self,
        kind: str,
        start: int,
        end: int,
        name: bytes = b"",
        tag: Tag | None = None,
        namespaces: tuple[Namespace, ...] = (),
    ) -> None:
        """Report a token to whoever listens."""
        if self.on_token is not None:
            base = self.base
            self.on_token(Token(kind, base + start, base + end, name, tag, namespaces))

    def repeat(self, known: Stretch, start: int) -> None:
        """File what came of a stretch when it was read before."""
        if known.edits:
            self.edits += (
                edit._replace(start=start + edit.start, end=start + edit.end)
                for edit in known.edits
            )
        if known.notes:
            offset = self.base + start
            self.notes += ((offset + at, said) for at, said in known.notes)

    def remember(
        self, data: bytes, start: int, end: int, outset: Hashable, *, since: tuple[int, int]
    ) -> bool:
        """Remember a stretch, with the edits and notes that were filed since there were so many.

        Returns whether it is kept.
        """
        stretches = self.sieve.memory.stretches
        if not stretches.wants(data, start, end):
            return False
        edits, notes = since
        offset = self.base + start
        stretch = Stretch(
            data[start:end],
            outset,
            tuple(
                edit._replace(start=edit.start - start, end=edit.end - start)
                for edit in self.edits[edits:]
            ),
            tuple((at - offset, said) for at, said in self.notes[notes:]),
        )
        return stretches.keep(stretch)
