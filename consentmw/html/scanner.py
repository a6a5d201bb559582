"""One reading of a page: the tokenizer's state, where the tree builder stands, what is being cut.

A page is nearly always read in one way only. Where it can be read in two, with scripting or
without, by the older or the newer rules for ``select``, with a foreign element closed or still
open, the scanner makes a copy of itself at the point where the two readings part; the rewriter
keeps both in step and joins them where they meet again.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, Final, NamedTuple

from consentmw.errors import RewriteError
from consentmw.html import tokens, tree
from consentmw.html.attributes import TAG, Tag
from consentmw.html.covers import MAX_COVERS, Cover, closed, opened
from consentmw.html.searching import EndSearch
from consentmw.html.sieve import KEEP, KEEP_TEXT, Edit
from consentmw.html.stretches import Stretch
from consentmw.html.tokens import Escape, Found

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Hashable

    from consentmw.html.sieve import Sieve, TextVerdict, Verdict
    from consentmw.html.tree import Place, Step, TextKind

MAX_TAG_BYTES: Final = 8 << 20
"""The longest tag that is waited for. Images written into their own tag as ``data:`` URLs reach a
few megabytes; a longer tag is no page that anybody meant."""
MAX_NESTING: Final = 512
"""Open elements inside a foreign one. Blink closes elements at a depth of 512."""
MAX_PLACES: Final = 64
"""Positions of the tree builder that are followed at once; pages need one or two."""
MAX_TRIAL_BYTES: Final = 65_536
"""How far an element with two readings is looked through in advance, to see if both end alike."""

INERT: Final = b" type=text/plain"
"""Keeps a script from running and a style sheet from applying. It comes first in the tag, so that a
later ``type`` doesn't count, and has no quotes, which might mean something in another reading."""
INVALID_URL: Final = b"about:invalid#"
"""In front of a URL, makes one that nothing is loaded from."""


class Mode(Enum):
    """What the tokenizer is in the middle of."""

    DATA = auto()
    COMMENT = auto()
    BOGUS = auto()
    """Anything that ends at the next ``>``: a doctype, ``<?…>``, ``</3>``."""
    CDATA = auto()
    TEXT = auto()
    """The text of ``style``, ``title`` and their like, until their end tag."""
    SCRIPT = auto()
    PLAINTEXT = auto()


_ENDED_BY_TAG: Final = frozenset((Mode.TEXT, Mode.SCRIPT, Mode.PLAINTEXT))


class Frames(Enum):
    """Whether a ``frameset`` may still take the body's place."""

    OPEN = auto()
    SHUT_BY_DROPPED = auto()
    """Not in the page as it came; in the page as it leaves, what shut the door is missing."""
    SHUT = auto()
    INSIDE = auto()


# HTML, "in body": the start tags that set the frameset-ok flag to "not ok".
SHUTS_FRAMES: Final = frozenset(
    b"body pre listing li dd dt button applet marquee object table area br embed img keygen wbr"
    b" input hr image textarea xmp iframe select template".split()
)
_AJAR: Final = (Frames.OPEN, Frames.SHUT_BY_DROPPED)
_BLANK: Final = b"\t\n\f\r \0"
# What ends a comment, a CDATA section or raw text may start with one of these.
_MAY_END: Final = frozenset((b"", b"-", b"!", b"]", b"<", b"/"))


class Token(NamedTuple):
    """One piece of markup, as `tokenize` lists them."""

    kind: str
    """``start``, ``end``, ``comment`` (all that is no element), ``text`` or ``cdata``."""
    start: int
    end: int
    name: bytes = b""
    tag: Tag | None = None
    namespaces: tuple[tree.Namespace, ...] = ()


class Job:
    """What all readings of one page share."""

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
    ) -> None:
        """Remember a stretch, with the edits and notes that were filed since there were so many."""
        stretches = self.sieve.memory.stretches
        if not stretches.wants(data, start, end):
            return
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
        stretches.keep(stretch)


class Scanner:
    """Reads one token after the other and files the edits that the sieve's verdicts ask for."""

    __slots__ = (
        "_dropping",
        "_escape",
        "_in_reference",
        "_name",
        "covers",
        "forked",
        "frames",
        "job",
        "mode",
        "opaque_end",
        "opaque_start",
        "parted_at",
        "places",
        "position",
        "scripting",
    )

    def __init__(self, job: Job) -> None:
        self.job = job
        self.position = 0
        self.mode = Mode.DATA
        self.places: tuple[Place, ...] = (tree.IN_HTML,)
        self.scripting: bool | None = None
        """None: both, as long as they read the same."""
        self.frames = Frames.OPEN
        self.covers: tuple[Cover, ...] = ()
        self.parted_at = -1
        """Where this reading and another one parted: they can't have met again before that."""
        self.forked = False
        """Whether another reading of the same bytes is under way: then nothing is cut out."""
        self._name = b""
        self._escape = Escape.NONE
        self._dropping = False
        self._in_reference = False
        # Where the last bytes lie that this reading took for the inside of a comment or of text.
        self.opaque_start = 0
        self.opaque_end = 0

    def copy(self) -> Scanner:
        """Return a second reading that starts where this one stands."""
        self.parted_at = self.position
        twin = Scanner(self.job)
        for name in self.__slots__:
            setattr(twin, name, getattr(self, name))
        return twin

    def meets(self, other: Scanner) -> bool:
        """Tell whether two readings have become one again, but for what a set can hold."""
        return (
            self.mode is Mode.DATA is other.mode
            and self.position == other.position > max(self.parted_at, other.parted_at)
            and self.frames is other.frames
            and self.covers == other.covers
        )

    def join(self, other: Scanner) -> None:
        """Take over what another reading, which met this one, holds possible."""
        self.places = tuple(dict.fromkeys(self.places + other.places))
        if self.scripting is not other.scripting:
            self.scripting = None

    def shift(self, count: int) -> None:
        """Forget the buffer's first bytes."""
        self.position -= count
        self.parted_at -= count
        self.opaque_start -= count
        self.opaque_end -= count

    # ---- one step ----

    def step(self, data: bytes, *, final: bool) -> Scanner | bool:
        """Read one token; return False where its end has yet to come, or the reading that parts."""
        mode = self.mode
        if mode is Mode.DATA:
            return self._data(data, final=final)
        start = self.position
        if start >= len(data):
            return False
        if mode is Mode.TEXT:
            found = tokens.text_end(self._name, data, start)
        elif mode is Mode.SCRIPT:
            found, self._escape = tokens.script_end(data, start, self._escape)
        elif mode is Mode.COMMENT:
            found = tokens.comment_end(data, start, opening=False)
        elif mode is Mode.BOGUS:
            at = data.find(b">", start)
            found = Found(at + 1, complete=True) if at >= 0 else Found(len(data), complete=False)
        elif mode is Mode.CDATA:
            at = data.find(b"]]>", start)
            end = at + 3 if at >= 0 else max(start, len(data) - 2)
            found = Found(end, complete=at >= 0)
        else:
            found = Found(len(data), complete=False)
        end = found.position if found.complete or not final else len(data)
        # An end of three or four bytes is no part of the inside.
        self.opaque_end = end - 4 if found.complete and mode not in _ENDED_BY_TAG else end
        if self._dropping:
            self._cut(start, end)
        self.position = end
        if found.complete:
            if mode is Mode.TEXT or mode is Mode.SCRIPT:
                return self._end_of_text(data, final=final)
            self.mode = Mode.DATA
            return True
        return end > start

    def _end_of_text(self, data: bytes, *, final: bool) -> bool:
        """Read the end tag that closes an element's text."""
        start = self.position
        match = TAG.match(data, start)
        if match is None:
            # Found again, at no cost, when there is more.
            if not final:
                _check_length(len(data) - start)
                return False
            end = len(data)
        else:
            end = match.end()
        if self._dropping:
            self._cut(start, end)
            self._dropping = False
        self.position = end
        self.mode = Mode.DATA
        if match is not None:
            self._tell("end", start, end, self._name)
            self._close_covers(self._name)
        return True

    def _data(self, data: bytes, *, final: bool) -> Scanner | bool:
        position = self.position
        start = data.find(b"<", position)
        if start < 0:
            start = len(data)
        if start > position:
            if self.frames is not Frames.SHUT:
                self._text_shuts_frames(data[position:start])
            self._tell("text", position, start)
            self.position = start
            return True
        if start == len(data):
            return False
        self._in_reference = False
        following = data[start + 1 : start + 2]
        if not following:
            return self._rest_is_text(data, final=final)
        if following.isalpha():
            return self._tag(data, start, final=final)
        if following == b"/":
            letter = data[start + 2 : start + 3]
            if letter.isalpha():
                return self._tag(data, start, final=final)
            if not letter:
                return self._rest_is_text(data, final=final)
            return self.read_bogus(data, start, start + 2)
        if following == b"!":
            return self._declaration(data, start, final=final)
        if following == b"?":
            return self.read_bogus(data, start, start + 1)
        # A run of "<" is one step.
        end = start + 1
        while data.startswith(b"<<<<<<<<", end):
            end += 7
        while data.startswith(b"<<", end):
            end += 1
        if self.frames is not Frames.SHUT:
            self._text_shuts_frames(b"<")
        self._tell("text", start, end)
        self.position = end
        return True

    def _rest_is_text(self, data: bytes, *, final: bool) -> bool:
        if final:
            self.position = len(data)
        return final

    def read_bogus(self, data: bytes, start: int, position: int) -> bool:
        """Read what ends at the next ``>``, whatever it is."""
        at = data.find(b">", position)
        if at < 0:
            self.mode = Mode.BOGUS
            self.position = len(data)
        else:
            self.position = at + 1
        self.opaque_start, self.opaque_end = position, self.position - 1
        if at >= 0:
            self._tell("comment", start, at + 1)
        return True

    def _declaration(self, data: bytes, start: int, *, final: bool) -> Scanner | bool:
        if data.startswith(b"<!--", start):
            if len(data) < start + 6 and not final:
                return False
            found = tokens.comment_end(data, start + 4, opening=True)
            self.position = found.position if found.complete or not final else len(data)
            self.opaque_start, self.opaque_end = start + 4, self.position - 4
            if found.complete:
                self._tell("comment", start, self.position)
            else:
                self.mode = Mode.COMMENT
            return True
        opening = b"<![CDATA["
        if not final and len(data) < start + 9 and opening.startswith(data[start:]):
            return False
        if not final and len(data) < start + 4:
            return False
        if data.startswith(opening, start) and any(map(tree.allows_cdata, self.places)):
            within = tuple(place for place in self.places if tree.allows_cdata(place))
            other = None
            if within != self.places:
                other = self.copy()
                other.places = tuple(p for p in self.places if p not in within)
                other.read_bogus(data, start, start + 2)
            self.places = within
            self.mode = Mode.CDATA
            self.position = start + 9
            self.opaque_start = self.opaque_end = start + 9
            self._tell("cdata", start, start + 9)
            return other or True
        return self.read_bogus(data, start, start + 2)

    # ---- tags ----

    def _tag(self, data: bytes, start: int, *, final: bool) -> Scanner | bool:
        match = TAG.match(data, start)
        if match is None:
            if final:
                # HTML, eof-in-tag: the tag never comes to be.
                self.position = len(data)
                return True
            _check_length(len(data) - start)
            return False
        if match[1]:
            return self._end_tag(match)
        return self._start_tag(data, Tag(match[0], match[2].lower()), start, final=final)

    def _end_tag(self, match: re.Match[bytes]) -> bool:
        name = match[2].lower()
        if self.places != (tree.IN_HTML,):
            self.set_places(
                tuple(dict.fromkeys(p for place in self.places for p in tree.end(place, name)))
            )
        self._close_covers(name)
        self.position = match.end()
        self._tell("end", match.start(), match.end(), name)
        return True

    def _start_tag(self, data: bytes, tag: Tag, start: int, *, final: bool) -> Scanner | bool:
        job = self.job
        if job.insertion and tag.name != b"html":
            at = start + len(tag.raw) if tag.name == b"head" else start
            job.edits.append(Edit(at, at, job.insertion))
            job.insertion = b""
        if self.frames is Frames.INSIDE:
            return self._element(data, tag, start, [_step_inside_frames(tag)], final=final)
        if tag.name == b"frameset" and any(map(tree.follows_html, self.places)):
            if self.frames is Frames.SHUT_BY_DROPPED:
                self._cut(start, start + len(tag.raw))
                self.position = start + len(tag.raw)
                return True
            if self.frames is Frames.OPEN:
                self.frames = Frames.SHUT
                inside = self.copy()
                inside.frames = Frames.INSIDE
                inside.places = (tree.IN_HTML,)
                return inside
        scripting = self.scripting is not False
        steps = {place: tree.start(place, tag, scripting=scripting) for place in self.places}
        kinds = {step.text for taken in steps.values() for step in taken}
        if len(kinds) > 1 or (
            tag.name == b"noscript" and self.scripting is None and kinds == {"rawtext"}
        ):
            return self._two_readings(data, tag, start, steps, final=final)
        taken = [step for some in steps.values() for step in some]
        return self._element(data, tag, start, taken, final=final)

    def _element(
        self, data: bytes, tag: Tag, start: int, steps: list[Step], *, final: bool
    ) -> bool:
        """Ask the sieve about an element, file the edits, and go behind the tag."""
        job = self.job
        end = start + len(tag.raw)
        text = steps[0].text
        covers = [cover.meaning for cover in self.covers]
        namespaces = _namespaces(steps)
        verdict = job.sieve.judge(tag, namespaces, covers) if namespaces else KEEP
        places = tuple(dict.fromkeys(step.place for step in steps))
        empty = tag.name in tree.VOID or ("html" not in namespaces and tag.self_closing)
        judged = KEEP_TEXT
        if verdict.content and not verdict.drop and not empty:
            seen = self._judge_text(data, tag, end, text, covers, final=final)
            if seen is None:
                return False
            judged = seen
        # Where a tag closes what is open around it, it has to stay, or that would stay open.
        drop = (verdict.drop or judged.drop) and namespaces == ("html",) and places == self.places
        cutting = True
        if self.forked and (drop or verdict.edits or judged is not KEEP_TEXT):
            extent = self._extent(data, tag, end, text, final=final) if drop else end
            if extent is None:
                return False
            certain = self._is_text_to_others(data, start, extent, final=final)
            if certain is None:
                return False
            cutting = certain
            if not cutting and drop:
                drop = False
        self._file_notes(start, verdict.notes, judged.notes)
        shuts = self.frames in _AJAR and self.places == (tree.IN_HTML,) and _shuts(tag)
        if drop:
            self._cut(start, end)
            self._dropping = text in {"script", "rawtext"}
            if shuts:
                self.frames = Frames.SHUT_BY_DROPPED
        else:
            self._file_edits(tag, start, text, verdict, judged, cutting=cutting)
            if shuts:
                self.frames = Frames.SHUT
        if not empty:
            self.open_covers(tag.name, verdict.cover)
        self._tell("start", start, end, tag.name, tag, namespaces)
        self.set_places(places)
        self.position = end
        self._enter(text, tag.name)
        return True

    def _file_notes(self, start: int, *several: tuple[object, ...]) -> None:
        for notes in several:
            if notes:
                self.job.notes.append((self.job.base + start, notes))

    def _file_edits(
        self,
        tag: Tag,
        start: int,
        text: TextKind,
        verdict: Verdict,
        judged: TextVerdict,
        *,
        cutting: bool,
    ) -> None:
        """File what makes an element harmless that has to stay."""
        edits = self.job.edits
        for edit in verdict.edits if cutting else verdict.guards:
            edits.append(Edit(start + edit.start, start + edit.end, edit.replacement))
        if judged.drop or (judged.edits and not text):
            at = start + tag.attributes_start
            edits.append(Edit(at, at, INERT))
            return
        behind = start + len(tag.raw)
        for edit in judged.edits:
            at = behind + edit.start
            end = at if self.forked else behind + edit.end
            edits.append(Edit(at, end, edit.replacement))

    # ---- other readings of the same bytes ----

    def _extent(
        self, data: bytes, tag: Tag, end: int, text: TextKind, *, final: bool
    ) -> int | None:
        """Return where an element to be dropped ends; None where more has to come first."""
        if text not in {"script", "rawtext"}:
            return end
        found = self._find_end(tag.name, text, data, end)
        match = TAG.match(data, found.position) if found.complete else None
        if match is not None:
            return match.end()
        return None if not final and len(data) - end <= MAX_TRIAL_BYTES else len(data) + 1

    def _is_text_to_others(self, data: bytes, start: int, end: int, *, final: bool) -> bool | None:
        """Tell whether every other reading takes these bytes for the inside of text or a comment.

        Then they can be cut out, if what stands before them can't become the end of it together
        with what stands behind. None where another reading has to go on first.
        """
        before = data[start - 1 : start] if start else self.job.before
        if not self.job.readings or before in _MAY_END:
            return False
        for other in self.job.readings:
            if other is self or (other.opaque_start <= start and end <= other.opaque_end):
                continue
            if other.mode is Mode.DATA or other.opaque_start > start:
                return False
            return False if final and other.position >= len(data) else None
        return True

    def _enter(self, text: TextKind, name: bytes) -> None:
        """Go on reading as an element's start tag demands."""
        self._name = name
        if text:
            self.opaque_start = self.opaque_end = self.position
        if text == "script":
            self.mode = Mode.SCRIPT
            self._escape = Escape.NONE
        elif text == "plaintext":
            self.mode = Mode.PLAINTEXT
        elif text:
            self.mode = Mode.TEXT

    # ---- an element's text ----

    def _judge_text(
        self,
        data: bytes,
        tag: Tag,
        start: int,
        text: TextKind,
        covers: list[object],
        *,
        final: bool,
    ) -> TextVerdict | None:
        """Judge an element's text, or what was seen of it; None where more has to come first."""
        limit = self.job.max_text_bytes
        contents: tuple[bytes, ...]
        if not text:
            found, contents = tokens.markup_texts(tag.name, data[start : start + limit + 1])
            length = found.position
        else:
            found = self._find_end(tag.name, text, data, start)
            length = (found.position if found.complete else len(data)) - start
            contents = (data[start : start + min(length, limit)],)
        if not found.complete and not final and len(data) - start <= limit:
            return None
        judged = KEEP_TEXT
        for content in dict.fromkeys(contents):
            seen = self.job.sieve.judge_text(tag, content, covers, complete=length <= limit)
            if judged is KEEP_TEXT or seen.drop or seen.edits:
                judged = seen
        return judged

    def _find_end(self, name: bytes, text: TextKind, data: bytes, start: int) -> Found:
        job = self.job
        return job.search.find(name, data, start, job.base, script=text == "script")

    # ---- two readings ----

    def _two_readings(
        self,
        data: bytes,
        tag: Tag,
        start: int,
        steps: dict[Place, tuple[Step, ...]],
        *,
        final: bool,
    ) -> Scanner | bool:
        """Read an element whose content is text in one reading and markup in the other.

        In nearly every page both agree on where it ends: then the markup inside is rewritten as
        such, which changes nothing but text for the other reading.
        """
        as_text = tuple(place for place, taken in steps.items() if taken[0].text)
        as_markup = tuple(place for place in steps if place not in as_text)
        text = steps[as_text[0]][0].text
        begin = start + len(tag.raw)
        found = self._find_end(tag.name, text, data, begin)
        if not found.complete and not final and len(data) - begin <= MAX_TRIAL_BYTES + 16:
            return False
        if found.complete and found.position - begin <= MAX_TRIAL_BYTES:
            by_scripting = tag.name == b"noscript" and self.scripting is None
            content = data[begin : found.position]
            trial = self._trial(tag, start, steps, content, by_scripting=by_scripting)
            if trial is not None:
                places = [p for place in trial.places for p in tree.end(place, tag.name)]
                self.set_places(tuple(dict.fromkeys([*as_text, *places])))
                self.position = found.position
                self._enter(text, tag.name)
                return True
        parted = self.copy()
        if as_markup:
            self.places, parted.places = as_text, as_markup
        else:
            self.scripting, parted.scripting = True, False
        return parted

    def _trial(
        self,
        tag: Tag,
        start: int,
        steps: dict[Place, tuple[Step, ...]],
        content: bytes,
        *,
        by_scripting: bool,
    ) -> Scanner | None:
        """Read an element's content as markup; return the reading if it ends as the text does."""
        job = self.job
        covers = [cover.meaning for cover in self.covers]
        namespaces = _namespaces([step for taken in steps.values() for step in taken])
        verdict = job.sieve.judge(tag, namespaces, covers)
        if verdict.drop or verdict.guards or verdict.content:
            return None
        offset = start + len(tag.raw)
        parted_at = self.parted_at
        trial = self.copy()
        self.parted_at = parted_at
        trial.job = Job(job.sieve, max_text_bytes=job.max_text_bytes)
        trial.job.base = job.base + offset
        trial.position = 0
        trial.open_covers(tag.name, verdict.cover)
        if by_scripting:
            trial.scripting = False
            taken = [s for place in steps for s in tree.start(place, tag, scripting=False)]
        else:
            taken = [s for some in steps.values() for s in some if not s.text]
        trial.set_places(tuple(dict.fromkeys(step.place for step in taken)))
        outset = trial.covers
        parted: Scanner | bool = True
        while parted is True:
            parted = trial.step(content, final=False)
        if (
            parted is not False
            or trial.mode is not Mode.DATA
            or trial.position != len(content)
            or trial.covers != outset
        ):
            return None
        job.edits.extend(
            edit._replace(start=edit.start + offset, end=edit.end + offset)
            for edit in trial.job.edits
        )
        if verdict.notes:
            job.notes.append((job.base + start, verdict.notes))
        job.notes.extend(trial.job.notes)
        self.open_covers(tag.name, verdict.cover)
        self._tell("start", start, offset, tag.name, tag, namespaces)
        return trial

    # ---- small steps ----

    def set_places(self, places: tuple[Place, ...]) -> None:
        """Take up what the tree builder may stand at."""
        if len(places) > MAX_PLACES or max(map(len, places)) > MAX_NESTING:
            raise RewriteError("foreign elements are nested too deeply to be followed")
        self.places = places

    def open_covers(self, name: bytes, meaning: object) -> None:
        """Count an open element, and what it says of everything inside it."""
        if self.covers:
            self.covers = opened(self.covers, name)
        if meaning is not None and len(self.covers) < MAX_COVERS:
            self.covers = (*self.covers, Cover(name, meaning))

    def _close_covers(self, name: bytes) -> None:
        if self.covers:
            self.covers = closed(self.covers, name)

    def _text_shuts_frames(self, text: bytes) -> None:
        # What follows a reference in the same text isn't looked at: it may be half of one.
        if self._in_reference or self.frames not in _AJAR:
            return
        plain, reference, _ = text.partition(b"&")
        self._in_reference = bool(reference)
        if plain.strip(_BLANK) and self.places == (tree.IN_HTML,):
            self.frames = Frames.SHUT

    def _cut(self, start: int, end: int) -> None:
        if end > start:
            self.job.edits.append(Edit(start, end, b"", apart=True))

    def _tell(
        self,
        kind: str,
        start: int,
        end: int,
        name: bytes = b"",
        tag: Tag | None = None,
        namespaces: tuple[tree.Namespace, ...] = (),
    ) -> None:
        if self.job.on_token is not None:
            base = self.job.base
            self.job.on_token(Token(kind, base + start, base + end, name, tag, namespaces))


def _namespaces(steps: list[Step]) -> tuple[tree.Namespace, ...]:
    return tuple(dict.fromkeys(s.namespace for s in steps if s.namespace is not None))


def _step_inside_frames(tag: Tag) -> Step:
    # HTML, "in frameset" and "after frameset": all other tags are ignored.
    if tag.name == b"noframes":
        return tree.Step(tree.IN_HTML, "html", "rawtext")
    known = tag.name in {b"frame", b"frameset", b"html"}
    return tree.Step(tree.IN_HTML, "html" if known else None)


def _shuts(tag: Tag) -> bool:
    if tag.name == b"input":
        kind = tag.get(b"type")
        return kind is None or kind.text("latin-1").lower() != "hidden"
    return tag.name in SHUTS_FRAMES


def _check_length(length: int) -> None:
    if length > MAX_TAG_BYTES:
        raise RewriteError(f"a tag is longer than {MAX_TAG_BYTES} bytes")
