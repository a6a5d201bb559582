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
MAX_TEXTS: Final = 8192
"""Scripts and style sheets whose verdict is remembered, all but the shortest by their digest."""
MAX_DETOUR_BYTES: Final = 65_536
"""The longest detour; an SVG sprite with a site's icons comes close. It is no longer than what the
scanner looks ahead (`MAX_TRIAL_BYTES`), so that no detour depends on what stands behind it."""
MAX_DETOURS_BYTES: Final = 1 << 20
"""All detours together."""
_KEY_BYTES: Final = 24
"""By how many bytes a detour is looked up; what is shorter is read again as quickly."""
_MAX_ALIKE: Final = 16
"""Detours that begin alike; each is compared in turn."""
_WORTH_A_DIGEST: Final = 128


class Detour(NamedTuple):
    """A stretch that only the scanner can read, and what it found."""

    raw: bytes
    outset: Hashable
    """All that the scanner knew when it started, and again at the end."""
    edits: tuple[Edit, ...]
    """Counted from the stretch's start."""
    notes: tuple[tuple[int, tuple[object, ...]], ...]
    """Likewise."""


def text_key(data: bytes, start: int, end: int) -> bytes:
    """Return what stands for an element, from its start tag to the end of its text."""
    if end - start < _WORTH_A_DIGEST:
        return data[start:end]
    return sha256(memoryview(data)[start:end]).digest()


class Memory:
    """What the rewriter need not find out again."""

    __slots__ = ("_detours", "_detours_bytes", "_tags_bytes", "tags", "texts")

    def __init__(self) -> None:
        self.tags: dict[bytes, Verdict] = {}
        """Verdicts about elements of HTML that nothing covers, by the whole start tag."""
        self._tags_bytes = 0
        self.texts: dict[bytes, TextVerdict] = {}
        """Verdicts about their texts, by `text_key`."""
        self._detours: dict[bytes, list[Detour]] = {}
        self._detours_bytes = 0

    def keep_tag(self, raw: bytes, verdict: Verdict) -> None:
        """Remember the verdict about an element."""
        if len(raw) > MAX_TAG_BYTES:
            return
        self._tags_bytes += len(raw)
        if self._tags_bytes > MAX_TAGS_BYTES:
            self.tags.clear()
            self._tags_bytes = len(raw)
        self.tags[raw] = verdict

    def keep_text(self, key: bytes, verdict: TextVerdict) -> None:
        """Remember the verdict about a whole text."""
        if len(self.texts) >= MAX_TEXTS:
            self.texts.clear()
        self.texts[key] = verdict

    def find_detour(self, data: bytes, position: int, outset: Hashable) -> Detour | None:
        """Return the detour that starts with these bytes, if it was made before."""
        for detour in self._detours.get(data[position : position + _KEY_BYTES], ()):
            if detour.outset == outset and data.startswith(detour.raw, position):
                return detour
        return None

    def keep_detour(self, detour: Detour) -> None:
        """Remember a detour."""
        size = len(detour.raw)
        if not _KEY_BYTES <= size <= MAX_DETOUR_BYTES:
            return
        if self._detours_bytes + size > MAX_DETOURS_BYTES:
            self._detours.clear()
            self._detours_bytes = 0
        alike = self._detours.setdefault(detour.raw[:_KEY_BYTES], [])
        if len(alike) < _MAX_ALIKE:
            alike.append(detour)
            self._detours_bytes += size
