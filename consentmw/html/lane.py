"""The fast lane: takes a page as far as nothing in it needs the scanner.

Its expression (`skipping`) runs over what can't be of interest. Where it stops, one look-up mostly
decides: at a host that nobody asks about, at a tag or a script that was judged before. What the
lane can't tell it leaves to the scanner, which takes its exact step; the lane goes on behind it.

The lane is sound because it knows less than the scanner, not more: what it jumps over it has
matched completely, in a shape of which the exact reading is certain.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from consentmw.html.attributes import TAG, Tag
from consentmw.html.memory import digest_of
from consentmw.html.names import SHUTS_FRAMES, TEXT_KINDS, VOID
from consentmw.html.sieve import HTML_ONLY, JUDGE_TEXT, KEEP, KEEP_TEXT, Edit
from consentmw.html.skipping import TURNING, build_expression, build_inside
from consentmw.html.tokens import Mode, comment_end, text_end

if TYPE_CHECKING:
    from collections.abc import Hashable

    from consentmw.html.job import Job
    from consentmw.html.scanner import Scanner
    from consentmw.html.sieve import Sought, TextVerdict
    from consentmw.html.stretches import Stretch


# Up to the quote: no backslash, nothing that is removed from URLs, and of references only `&amp;`;
# before "=" no name without semicolon is one.
_PLAIN_REST: Final = re.compile(rb"(?:[ !#-%'-\[\]-~]++|&(?:amp;|[A-Za-z0-9]++=))*+(?=\")")
_PLAIN_REST_SINGLE: Final = re.compile(rb"(?:[ -%(-\[\]-~]++|&(?:amp;|[A-Za-z0-9]++=))*+(?=')")
_NOTHING: Final = re.compile(rb"")
_WAITS: Final = -2
_PART_BYTES: Final = 32_768
"""How much is read at once: what has no script in it is remembered by pieces of this size."""
_LONG_BYTES: Final = 16_384
"""Behind so many, what was passed is joined. A page that differs a little is read anew there."""


class Parts:
    """What the lane has passed since some place."""

    __slots__ = ("known", "new", "since", "start")

    def __init__(self, start: int, since: tuple[int, int]) -> None:
        self.start = start
        self.since = since
        """How many edits and notes were filed before."""
        self.known: list[Stretch] = []
        """Of the parts, those that were kept."""
        self.new = False
        """Whether one is from now on."""


class Lane:
    """Takes one page's single reading as far as nothing of interest comes."""

    def __init__(self, job: Job) -> None:
        self._job = job
        sieve = job.sieve
        self._sieve = sieve
        self._watches_relative: bool | None = None
        self._in_head = self._in_body = _NOTHING
        self._parts = Parts(0, (0, 0))

    def _choose(self) -> None:
        """Choose the expressions: a ``base`` may turn relative URLs into something of interest."""
        self._watches_relative = self._sieve.watches_relative
        relative = not self._watches_relative
        marks = self._sieve.marks
        self._in_head = build_expression(marks, relative=relative, head=True)
        self._in_body = build_expression(marks, relative=relative, head=False)

    def open_to(self, reading: Scanner) -> bool:
        """Tell whether a reading stands where the lane may be taken."""
        return (
            reading.opened
            and reading.mode is Mode.DATA
            and reading.plain
            and not self._job.insertion
        )

    def pass_inside(self, reading: Scanner, data: bytes) -> None:
        """Jump over what changes nothing within an ``svg`` or ``select`` that is open."""
        standing = reading.standing
        if not (
            reading.mode is Mode.DATA
            and reading.begun is None
            and standing.plain
            and standing.frames_shut
            and not reading.awaiting.entries
        ):
            return
        islet = standing.islet
        if standing.choosing:
            expression = build_inside(self._sieve.marks).select
        elif islet is not None and islet.space == "svg" and not islet.point:
            expression = build_inside(self._sieve.marks).svg
        else:
            return
        found = expression.match(data, reading.position)
        assert found is not None  # noqa: S101 - an expression that matches the empty text
        reading.position = found.end()

    def run(self, reading: Scanner, data: bytes) -> bool:
        """Move a reading to the next piece that the scanner has to look at.

        Returns:
            Whether there is none, or only a script or style sheet whose end has yet to come: then
            the scanner couldn't do anything but wait either.
        """
        job, sieve = self._job, self._sieve
        if self._watches_relative is not sieve.watches_relative:
            self._choose()
        in_body = reading.standing.frames_shut
        stretches = sieve.memory.stretches
        outset = self.outset(reading)
        end = len(data)
        position = reading.position
        parts = self._parts = Parts(position, (len(job.edits), len(job.notes)))
        while True:
            # From one script to the next a site's pages often are the same.
            known = stretches.find(data, position, outset)
            if known is not None:
                job.repeat(known, position)
                position += len(known.raw)
                parts.known.append(known)
                continue
            if position - parts.start > _LONG_BYTES:
                self._join(data, position, outset)
                parts = self._parts = Parts(position, (len(job.edits), len(job.notes)))
            since = len(job.edits), len(job.notes)
            limit = min(position + _PART_BYTES, end)
            reached, behind = self._advance(data, position, limit, in_body=in_body, cutting=True)
            if reached == position and not behind and limit < end:
                # What stands here is longer than a part.
                reached, behind = self._advance(data, position, end, in_body=in_body, cutting=True)
            if reached > position:
                self._remember(data, position, reached, outset, since=since)
            if behind:
                behind = self._text_element(data, reached, behind, end, cutting=True)
            if behind > 0:
                position = behind
            elif behind == _WAITS:
                position = reached
                break
            elif reached > position:
                # The scanner may have been here before.
                position = reached
            else:
                break
        self._join(data, position, outset)
        reading.position = position
        return behind == _WAITS or position == end

    def _remember(
        self, data: bytes, start: int, end: int, outset: Hashable, *, since: tuple[int, int]
    ) -> None:
        """Remember a part, if it is met again."""
        if self._job.remember(data, start, end, outset, since=since):
            self._parts.new = True

    def _join(self, data: bytes, end: int, outset: Hashable) -> None:
        """Remember as one stretch what was passed in parts, all of which were known."""
        parts = self._parts
        if (
            len(parts.known) > 1
            and not parts.new
            and self._job.remember(data, parts.start, end, outset, since=parts.since)
        ):
            # Other pages in which they stand have them kept again.
            for part in parts.known:
                self._sieve.memory.stretches.forget(part)

    def outset(self, reading: Scanner) -> Hashable:
        """Return all that decides how a reading goes on, beside the bytes that follow."""
        sieve = self._sieve
        circumstances = sieve.memory.circumstances
        standing = reading.standing
        known = standing.frames_shut, standing.barred, standing.misplaced
        return circumstances, known, reading.audience

    def _passes(self, data: bytes, position: int, end: int) -> bool:
        """Tell whether markup can stay as it is up to a position."""
        while True:
            reached, behind = self._advance(data, position, end, in_body=True, cutting=False)
            if not behind:
                return reached == end
            position = self._text_element(data, reached, behind, end, cutting=False)
            if position < 0:
                return False

    def _advance(
        self, data: bytes, position: int, end: int, *, in_body: bool, cutting: bool
    ) -> tuple[int, int]:
        """Go on to a script or style sheet with a text, or to what the scanner has to look at.

        Returns where that is and, for the former, where its start tag ends; 0 for the latter.
        """
        expression = self._in_body if in_body else self._in_head
        index = expression.groupindex
        at, inline, tag = index["at"], index["inline"], index.get("tag", -1)
        watched = self._sieve.watched
        known = self._sieve.memory.tags
        match = expression.match
        while True:
            found = match(data, position, end)
            assert found is not None  # noqa: S101 - an expression that matches the empty text
            position = found.end()
            stop = found.lastindex
            if stop is None or stop == at:
                behind = self._plain_step(data, position, end, in_body=in_body, cutting=cutting)
                if behind < 0:
                    return position, 0
                position = behind
                continue
            start = found.end(at)
            if stop == inline:
                return start, position
            if stop == tag:
                if known.get(data[start:position]) is KEEP:
                    continue
            else:
                sought = watched[found[stop]]
                if sought is None or self._lacks(sought, data, found.end(stop)):
                    continue
            behind = self._element(data, start, position, cutting=cutting)
            if behind < 0:
                return start, 0
            position = behind

    def _element(self, data: bytes, start: int, behind: int, *, cutting: bool) -> int:
        """Keep or cut an element that ends where its tag does; return its end, or -1 for neither.

        A ``script`` or ``iframe`` may come with its end tag, right behind.
        """
        match = TAG.match(data, start, behind)
        if match is None:
            return -1
        name = match[2].lower()
        if name == b"frame":
            return behind  # no element outside of a frameset
        verdict = self._sieve.judge(Tag(match[0], name), HTML_ONLY, ())
        if verdict is KEEP:
            return behind
        whole = name in VOID or name in TEXT_KINDS
        if not (cutting and whole and verdict.drop and verdict.cover is None):
            return -1
        self._cut(start, behind, verdict.notes)
        return behind

    def _cut(self, start: int, end: int, notes: tuple[object, ...]) -> None:
        job = self._job
        job.edits.append(Edit(start, end, b"", apart=True))
        if notes:
            job.notes.append((job.base + start, notes))

    def _plain_step(
        self, data: bytes, position: int, end: int, *, in_body: bool, cutting: bool
    ) -> int:
        """Return the end of a piece that can be kept or cut as it stands, or -1."""
        match = TAG.match(data, position, end)
        if match is None:
            if data.startswith(b"<!--", position) and end > position + 5:
                comment = comment_end(data, position + 4, opening=True)
                if comment.complete and comment.position <= end:
                    return comment.position
            return -1
        if match[1]:
            return match.end()
        name = match[2].lower()
        behind = match.end()
        if name in TURNING or (not in_body and name in SHUTS_FRAMES):
            return -1
        if name not in TEXT_KINDS:
            return self._element(data, position, behind, cutting=cutting and in_body)
        if self._sieve.judge(Tag(match[0], name), HTML_ONLY, ()) is not KEEP:
            return -1
        found = text_end(name, data, behind)
        inside = behind
        behind = found.position + len(name) + 3
        if not found.complete or behind > end or data[behind - 1] != 0x3E:
            return -1
        if name == b"noscript":
            # It may stay as it is in both readings if its markup may.
            return behind if self._passes(data, inside, found.position) else -1
        return behind

    @staticmethod
    def _lacks(sought: Sought, data: bytes, position: int) -> bool:
        """Tell whether what is sought is surely not in the rest of a URL."""
        rest = _PLAIN_REST.match(data, position) or _PLAIN_REST_SINGLE.match(data, position)
        if rest is None:
            return False
        end = rest.end()
        return data.find(b"/.", position, end) < 0 and not sought.search(data, position, end)

    def _text_element(
        self, data: bytes, start: int, position: int, limit: int, *, cutting: bool
    ) -> int:
        """Keep or cut a script without ``src``, or a style sheet.

        Returns the end of the element; for neither -1, or `_WAITS` where its end has yet to come.
        """
        job = self._job
        memory = self._sieve.memory
        known = memory.stretches.find(data, start, memory.circumstances)
        if known is not None:
            behind = start + len(known.raw)
            if behind > limit or (known.edits and not cutting):
                return -1
            job.repeat(known, start)
            self._parts.known.append(known)
            return behind
        is_script = data.startswith(b"<script", start)
        name = b"script" if is_script else b"style"
        end = job.search.find(name, data, position, job.base, script=is_script)
        behind = end.position + len(name) + 3
        if not end.complete and limit == len(data) <= position + job.max_text_bytes:
            tag = Tag(data[start:position], name)
            return _WAITS if self._sieve.judge(tag, HTML_ONLY, ()) == JUDGE_TEXT else -1
        # `</script>` and nothing else; the scanner reads what has spaces or attributes.
        if not end.complete or behind > limit or data[behind - 1] != 0x3E:
            return -1
        since = len(job.edits), len(job.notes)
        judged = self._judge_text(data, start, position, end.position, name)
        if judged is not KEEP_TEXT:
            if not (cutting and judged is not None and judged.drop):
                return -1
            self._cut(start, behind, judged.notes)
        self._remember(data, start, behind, memory.circumstances, since=since)
        return behind

    def _judge_text(
        self, data: bytes, start: int, position: int, end: int, name: bytes
    ) -> TextVerdict | None:
        """Judge an element by its text; None where the scanner has to."""
        memory = self._sieve.memory
        digest = digest_of(data, start, end)
        judged = memory.texts.get(digest)
        if judged is None:
            tag = Tag(data[start:position], name)
            verdict = self._sieve.judge(tag, HTML_ONLY, ())
            if verdict is KEEP:
                return KEEP_TEXT
            if verdict != JUDGE_TEXT or end - position > self._job.max_text_bytes:
                return None
            judged = self._sieve.judge_text(tag, data[position:end], (), complete=True)
            memory.keep_text(digest, judged)
        return judged
