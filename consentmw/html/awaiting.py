"""Elements whose text is markup: a script or a style sheet within ``svg``.

Tags and comments are no part of their text, CDATA sections and what references stand for are, and
only what stands directly inside counts. It is collected while the reading goes on, and nothing from
the start tag on leaves until it is judged.
"""

from __future__ import annotations

import sys
from copy import copy
from typing import TYPE_CHECKING, Final, NamedTuple

from consentmw.html.references import decode_references
from consentmw.html.sieve import make_inert

if TYPE_CHECKING:
    from collections.abc import Sequence

    from consentmw.html.attributes import Tag
    from consentmw.html.job import Job
    from consentmw.html.stack import Open
    from consentmw.html.standing import Standing

_NOWHERE: Final = sys.maxsize


class Piece(NamedTuple):
    """A piece of text, which goes on to the ones in front of it."""

    raw: bytes
    literal: bool
    """Whether there are no references in it."""
    continues: bool
    """Whether nothing stands between it and the one in front."""
    before: Piece | None


class Awaited:
    """One such element."""

    __slots__ = ("at", "begin", "continues", "covers", "depth", "tag", "tags", "text")

    def __init__(
        self, tag: Tag, at: int, tops: Sequence[Open], covers: Sequence[Sequence[object]]
    ) -> None:
        self.tag = tag
        self.at = at
        """Where in the buffer its start tag begins."""
        self.begin = at + len(tag.raw)
        self.covers = covers
        self.tags: tuple[Tag, ...] = (tag,)
        """By which it is known again on the stacks."""
        self.depth = max((top.depth for top in tops if top.tag is tag), default=0)
        self.text: Piece | None = None
        self.continues = False
        """Whether nothing would stand between more text and the last piece."""

    def is_at(self, tops: Sequence[Open]) -> bool:
        """Tell whether text stands directly inside."""
        return any(each is top.tag for top in tops for each in self.tags)

    def is_open(self, tops: Sequence[Open]) -> bool:
        """Tell whether it may still be open."""
        if self.is_at(tops):
            self.depth = min(self.depth, *(top.depth for top in tops))
            return True
        return any(top.depth >= self.depth for top in tops)


class Awaiting:
    """What one reading waits for."""

    __slots__ = ("_job", "entries")

    def __init__(self, job: Job) -> None:
        self._job = job
        self.entries: list[Awaited] = []

    @property
    def start(self) -> int:
        """Where in the buffer the first of the elements begins."""
        return self.entries[0].at if self.entries else _NOWHERE

    def copy(self) -> Awaiting:
        """Return the same for another reading."""
        twin = Awaiting(self._job)
        twin.entries = [copy(entry) for entry in self.entries]
        return twin

    def join(self, other: Awaiting) -> None:
        """Wait for what another reading waits for, too."""
        self.entries = sorted((*self.entries, *other.entries), key=lambda entry: entry.at)

    def shift(self, count: int) -> None:
        """Forget the buffer's first bytes."""
        for entry in self.entries:
            entry.at -= count
            entry.begin -= count

    def add(
        self, tag: Tag, at: int, standing: Standing, covers: Sequence[Sequence[object]]
    ) -> None:
        """Wait for the text of an element that has just been opened."""
        self.entries.append(Awaited(tag, at, standing.tops(), covers))

    def text(self, raw: bytes, standing: Standing, *, literal: bool = False) -> None:
        """Take in some text."""
        if not self.entries:
            return
        tops = standing.tops()
        for entry in self.entries:
            if not entry.is_at(tops):
                continue
            entry.text = Piece(raw, literal, entry.continues, entry.text)
            entry.continues = True

    def end_text(self) -> None:
        """End a run of text."""
        for entry in self.entries:
            entry.continues = False

    def find_again(self, standing: Standing) -> None:
        """Find the elements on the stacks of the builders, which have read them by themselves."""
        if not self.entries:
            return
        found: dict[int, list[Open]] = {}
        for top in standing.tops():
            node = top
            number = len(self.entries)
            while node.below is not None and number:
                if node.tag is not None and node.space != "html":
                    number -= 1
                    found.setdefault(number, []).append(node)
                node = node.below
        for number, nodes in found.items():
            entry = self.entries[number]
            entry.tags = tuple(node.tag for node in nodes if node.tag is not None)
            entry.depth = min(node.depth for node in nodes)

    def judge(self, standing: Standing, position: int, *, final: bool) -> None:
        """Judge what is complete, or too long to be waited for any longer."""
        tops = standing.tops()
        limit = self._job.max_text_bytes
        for entry in [*self.entries]:
            too_long = position - entry.begin > limit
            if too_long or final or not entry.is_open(tops):
                self.entries.remove(entry)
                self._judge(entry, complete=not too_long)

    def _judge(self, entry: Awaited, *, complete: bool) -> None:
        job = self._job
        runs = _join(entry.text)
        for encoding in job.sieve.encodings:
            text = "".join(
                written if literal else decode_references(written, attribute=False)
                for written, literal in (
                    (raw.decode(encoding, "replace"), literal) for raw, literal in runs
                )
            )
            judged = job.sieve.judge_text(
                entry.tag,
                text.encode("utf-8", "replace"),
                entry.covers,
                complete=complete,
                encoding="utf-8",
            )
            job.note(entry.at, judged.notes)
            if judged.drop or judged.edits:
                edit = make_inert(entry.tag)
                start = entry.at + edit.start
                job.edits.append(edit._replace(start=start, end=start))
                return


def _join(last: Piece | None) -> list[tuple[bytes, bool]]:
    """Join pieces to runs, in which not even half a character is left to itself."""
    runs: list[tuple[bytes, bool]] = []
    raws: list[bytes] = []
    piece = last
    while piece is not None:
        raws.append(piece.raw)
        before = piece.before
        if before is None or not piece.continues or before.literal is not piece.literal:
            runs.append((b"".join(reversed(raws)), piece.literal))
            raws.clear()
        piece = before
    runs.reverse()
    return runs
