"""What was decided about bytes that come again: a site's pages repeat most of their markup.

One memory serves all pages that are judged alike. What it holds is exact, never likely: an answer
is given only for the very bytes for which it was found.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Hashable

    from consentmw.html.sieve import Edit, TextVerdict, Verdict

MAX_TAG_BYTES: Final = 4096
"""The longest tag whose verdict is remembered; images with many sources come close."""
MAX_TAGS_BYTES: Final = 2 << 20
"""All of them together; a page has a few hundred different ones."""
MAX_STRETCH_BYTES: Final = 65_536
"""The longest stretch; an SVG sprite with a site's icons comes close. It is no longer than what the
scanner looks ahead (`MAX_TRIAL_BYTES`), so that none depends on what stands behind it."""
MAX_STRETCHES_BYTES: Final = 4 << 20
"""All stretches together."""
MAX_TEXTS: Final = 4096
"""Longer scripts and style sheets, of which only a digest is kept."""
_KEY_BYTES: Final = 64
"""By how many bytes a stretch is looked up; what is shorter is read again as quickly."""
_MAX_ALIKE: Final = 8
"""Stretches that begin alike; each is compared in turn."""


class Stretch(NamedTuple):
    """Bytes that were read before, and what came of it."""

    raw: bytes
    outset: Hashable
    """All that decides about them beside the bytes, and that is the same behind them."""
    edits: tuple[Edit, ...] = ()
    """Counted from the start."""
    notes: tuple[tuple[int, tuple[object, ...]], ...] = ()
    """Likewise."""


class Memory:
    """What the rewriter need not find out again.

    Where it is full, it forgets every other thing: a site that is larger than the memory still
    finds some of it, which it wouldn't if the oldest had to go.
    """

    __slots__ = ("_stretches", "_stretches_bytes", "_tags_bytes", "_texts", "tags")

    def __init__(self) -> None:
        self.tags: dict[bytes, Verdict] = {}
        """Verdicts about elements of HTML that nothing covers, by the whole start tag."""
        self._tags_bytes = 0
        self._stretches: dict[bytes, list[Stretch]] = {}
        self._stretches_bytes = 0
        self._texts: dict[bytes, TextVerdict] = {}

    def keep_tag(self, raw: bytes, verdict: Verdict) -> None:
        """Remember the verdict about an element."""
        if len(raw) > MAX_TAG_BYTES:
            return
        if self._tags_bytes + len(raw) > MAX_TAGS_BYTES:
            for each in [*self.tags][::2]:
                del self.tags[each]
                self._tags_bytes -= len(each)
        self._tags_bytes += len(raw)
        self.tags[raw] = verdict

    def find_stretch(self, data: bytes, position: int, outset: Hashable) -> Stretch | None:
        """Return the stretch that begins at a position, if it was read before."""
        for stretch in self._stretches.get(data[position : position + _KEY_BYTES], ()):
            if stretch.outset == outset and data.startswith(stretch.raw, position):
                return stretch
        return None

    def keep_stretch(self, stretch: Stretch) -> None:
        """Remember a stretch."""
        size = len(stretch.raw)
        if not _KEY_BYTES <= size <= MAX_STRETCH_BYTES:
            return
        if self._stretches_bytes + size > MAX_STRETCHES_BYTES:
            for key in [*self._stretches][::2]:
                self._stretches_bytes -= sum(len(each.raw) for each in self._stretches.pop(key))
        alike = self._stretches.setdefault(stretch.raw[:_KEY_BYTES], [])
        if len(alike) < _MAX_ALIKE:
            alike.append(stretch)
            self._stretches_bytes += size

    def find_text(self, element: memoryview) -> TextVerdict | None:
        """Return the verdict about a text too long for a stretch, from its start tag on."""
        if len(element) <= MAX_STRETCH_BYTES:
            return None
        return self._texts.get(sha256(element).digest())

    def keep_text(self, element: memoryview, verdict: TextVerdict) -> None:
        """Remember the verdict about a text too long for a stretch."""
        if len(element) <= MAX_STRETCH_BYTES:
            return
        if len(self._texts) >= MAX_TEXTS:
            for digest in [*self._texts][::2]:
                del self._texts[digest]
        self._texts[sha256(element).digest()] = verdict
