"""What was decided about tags and texts that come again, for all pages that are judged alike."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from consentmw.html.sieve import TextVerdict, Verdict
    from consentmw.html.stretches import Stretches

MAX_TAG_BYTES: Final = 4096
"""The longest tag whose verdict is remembered; images with many sources come close."""
MAX_TAGS_BYTES: Final = 2 << 20
"""All of them together; a page has a few hundred different ones."""
MAX_TEXTS: Final = 4096
"""Scripts and style sheets, of which only a digest is kept."""


class Memory:
    """What the rewriter need not ask again."""

    __slots__ = ("_tags_bytes", "_texts", "circumstances", "stretches", "tags")

    def __init__(self, stretches: Stretches) -> None:
        """Start with nothing known but stretches, which may be shared with other memories."""
        self.tags: dict[bytes, Verdict] = {}
        """Verdicts about elements of HTML that nothing covers, by the whole start tag."""
        self._tags_bytes = 0
        self._texts: dict[bytes, TextVerdict] = {}
        self.stretches = stretches
        self.circumstances = object()
        """Tells the stretches of this memory from those of others."""

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

    def find_text(self, element: memoryview) -> TextVerdict | None:
        """Return the verdict about an element by its text, from its start tag on."""
        return self._texts.get(sha256(element).digest())

    def keep_text(self, element: memoryview, verdict: TextVerdict) -> None:
        """Remember the verdict about an element by its text."""
        if len(self._texts) >= MAX_TEXTS:
            for digest in [*self._texts][::2]:
                del self._texts[digest]
        self._texts[sha256(element).digest()] = verdict
