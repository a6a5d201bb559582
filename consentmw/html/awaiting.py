"""Elements whose text is markup: a script or a style sheet within ``svg``.

Tags and comments are no part of their text, CDATA sections and what references stand for are, and
only what stands directly inside counts. It is collected while the reading goes on, and nothing from
the start tag on leaves until it is judged.
"""

from __future__ import annotations

import sys
from copy import copy
from typing import TYPE_CHECKING, Final, NamedTuple

from consentmw.errors import RewriteError
from consentmw.html.references import decode_references
from consentmw.html.sieve import make_inert

if TYPE_CHECKING:
    from collections.abc import Sequence

    from consentmw.html.attributes import Tag
    from consentmw.html.job import Job
    from consentmw.html.scanner import Scanner
    from consentmw.html.standing import Standing
    from consentmw.html.tree.stack import Open

MAX_AWAITED: Final = 512
"""Such elements inside one another; as deep as Blink nests elements."""
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

    __slots__ = ("at", "begin", "covers", "depth", "readers", "run", "tag", "tags", "text")

    def __init__(
        self, tag: Tag, at: int, scanner: Scanner, covers: Sequence[Sequence[object]]
    ) -> None:
        self.tag = tag
        self.at = at
        """Where in the buffer its start tag begins."""
        self.begin = at + len(tag.raw)
        self.covers = covers
        self.readers = scanner.readers
        self.tags: tuple[Tag, ...] = (tag,)
        """By which it is known again on the stacks."""
        tops = scanner.standing.tops()
        self.depth = max((top.depth for top in tops if top.tag is tag), default=0)
        self.text: Piece | None = None
        self.run = -1
        """In which run of text the last piece stood."""

    def is_open(self, tops: Sequence[Open]) -> bool:
        """Tell whether it may still be open."""
        for top in tops:
            if top.tag in self.tags:
                # What is below it on the stack may have become less.
                self.depth = min(self.depth, top.depth)
        return any(top.depth >= self.depth for top in tops)


class Awaiting:
    """What one reading waits for."""

    __slots__ = ("_by_tag", "_job", "_run", "entries")

    def __init__(self, job: Job) -> None:
        self._job = job
        self.entries: list[Awaited] = []
        """In the order of the page: a later one is inside an earlier one."""
        self._by_tag: dict[Tag, Awaited] = {}
        self._run = 0

    @property
    def start(self) -> int:
        """Where in the buffer the first of the elements begins."""
        return self.entries[0].at if self.entries else _NOWHERE

    def copy(self) -> Awaiting:
        """Return the same for another reading."""
        twin = Awaiting(self._job)
        twin._run = self._run
        twin._take([copy(entry) for entry in self.entries])
        return twin

    def join(self, other: Awaiting) -> None:
        """Wait for what another reading waits for, too."""
        if other.entries:
            self._take(sorted((*self.entries, *other.entries), key=lambda entry: entry.at))

    def _take(self, entries: list[Awaited]) -> None:
        self.entries = entries
        self._by_tag = {tag: entry for entry in entries for tag in entry.tags}

    def shift(self, count: int) -> None:
        """Forget the buffer's first bytes."""
        for entry in self.entries:
            entry.at -= count
            entry.begin -= count

    def add(self, tag: Tag, at: int, scanner: Scanner, covers: Sequence[Sequence[object]]) -> None:
        """Wait for the text of an element that has just been opened."""
        if len(self.entries) >= MAX_AWAITED:
            raise RewriteError("scripts or style sheets are nested too deeply within svg")
        self.entries.append(Awaited(tag, at, scanner, covers))
        self._by_tag[tag] = self.entries[-1]

    def text(self, raw: bytes, standing: Standing, *, literal: bool = False) -> None:
        """Take in some text."""
        if not self.entries:
            return
        for tag in dict.fromkeys(top.tag for top in standing.tops()):
            entry = self._by_tag.get(tag) if tag is not None else None
            if entry is not None:
                entry.text = Piece(raw, literal, entry.run == self._run, entry.text)
                entry.run = self._run

    def end_text(self) -> None:
        """End a run of text."""
        self._run += 1

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
        self._take(self.entries)

    def judge(self, standing: Standing, position: int, *, final: bool) -> None:
        """Judge what is complete, or too long to be waited for any longer."""
        entries = self.entries
        limit = self._job.max_text_bytes
        while entries and position - entries[0].begin > limit:
            self._judge(entries.pop(0), complete=False)
        tops = standing.tops()
        while entries and (final or not entries[-1].is_open(tops)):
            self._judge(entries.pop(), complete=True)

    def _judge(self, entry: Awaited, *, complete: bool) -> None:
        for tag in entry.tags:
            self._by_tag.pop(tag, None)
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
                readers=entry.readers,
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
