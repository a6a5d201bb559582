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
    """What the rewriter need not ask again.

    Threads may share it: what one forgets while another one remembers is only found out again.
    """

    __slots__ = ("_tags_bytes", "circumstances", "stretches", "tags", "texts")

    def __init__(self, stretches: Stretches) -> None:
        """Start with nothing known but stretches, which may be shared with other memories."""
        self.tags: dict[bytes, Verdict] = {}
        """Verdicts about elements of HTML that nothing covers, by the whole start tag."""
        self._tags_bytes = 0
        self.texts: dict[bytes, TextVerdict] = {}
        """Verdicts about their texts, by `digest_of`."""
        self.stretches = stretches
        self.circumstances = object()
        """Tells the stretches of this memory from those of others."""

    def keep_tag(self, raw: bytes, verdict: Verdict) -> None:
        """Remember the verdict about an element."""
        if len(raw) > MAX_TAG_BYTES:
            return
        if self._tags_bytes + len(raw) > MAX_TAGS_BYTES:
            for each in [*self.tags][::2]:
                if self.tags.pop(each, None) is not None:
                    self._tags_bytes -= len(each)
        self._tags_bytes += len(raw)
        self.tags[raw] = verdict

    def keep_text(self, digest: bytes, verdict: TextVerdict) -> None:
        """Remember the verdict about an element by its text."""
        if len(self.texts) >= MAX_TEXTS:
            for each in [*self.texts][::2]:
                self.texts.pop(each, None)
        self.texts[digest] = verdict


def digest_of(data: bytes, start: int, end: int) -> bytes:
    """Return what stands for an element, from its start tag to the end of its text."""
    return sha256(memoryview(data)[start:end]).digest()
