"""One reading of a page: which of its bytes are tags, which are text, which are comments.

A page is nearly always read in one way only. Where browsers divide it differently, with scripting
or without, by the older or the newer rules for ``select``, the scanner makes a copy of itself at
the point where the two readings part; the rewriter keeps both in step and joins them where they
meet again. Where a reading stands among the elements is known to `standing`; what becomes of an
element, to `filing`.
"""

from __future__ import annotations

import re
from copy import copy
from typing import TYPE_CHECKING, Final, NamedTuple

from consentmw.errors import RewriteError
from consentmw.html import filing, tokens
from consentmw.html.attributes import TAG, Tag
from consentmw.html.awaiting import Awaiting
from consentmw.html.job import Job
from consentmw.html.names import TEXT_KINDS, Namespace, TextKind
from consentmw.html.readers import EVERYBODY, run_scripts, without_scripts
from consentmw.html.sieve import HTML_ONLY, KEEP
from consentmw.html.standing import Blind, Standing
from consentmw.html.tokens import Escape, Mode
from consentmw.html.tree.browsers import open_section

if TYPE_CHECKING:
    from consentmw.html.readers import Readers
    from consentmw.html.sieve import Verdict
    from consentmw.html.tree.browsers import Builders

MAX_TAG_BYTES: Final = 8 << 20
"""The longest tag that is waited for. Images written into their own tag as ``data:`` URLs reach a
few megabytes; a longer tag is no page that anybody meant."""
MAX_TRIAL_BYTES: Final = 65_536
"""How far a ``noscript`` is looked through in advance, to see if both readings end alike."""
_MAX_KEPT_DOCTYPE: Final = 1024


_ENDED_BY_TAG: Final = frozenset((Mode.TEXT, Mode.SCRIPT, Mode.PLAINTEXT))
_SPACES: Final = b"\t\n\f\r "
_BLANK: Final = _SPACES + b"\0"
_CODE: Final = frozenset((b"script", b"style"))
# "<" again and again, of which none begins anything.
_NO_MARKUP: Final = re.compile(rb"(?:<(?=[^A-Za-z/!?])[^<]*+)++")
_CDATA: Final = b"<![CDATA["
_DOCTYPE: Final = b"<!doctype"


class Begun(NamedTuple):
    """A start tag that was read, and whose element has to be judged."""

    tag: Tag
    text: TextKind
    namespaces: tuple[Namespace, ...]
    """Where the element may stand; nothing where the tag is ignored."""
    turned: bool
    """Whether the tag did something besides adding an element."""


class Scanner:
    """Reads one token after the other."""

    __slots__ = (
        "_escape",
        "_in_reference",
        "_left_out",
        "_name",
        "audience",
        "awaiting",
        "begun",
        "dropping",
        "forked",
        "job",
        "mode",
        "opaque_code",
        "opaque_end",
        "opaque_start",
        "opened",
        "parted_at",
        "position",
        "rebased",
        "scripting",
        "standing",
    )

    def __init__(self, job: Job, *, readers: Readers = EVERYBODY, srcdoc: bool = False) -> None:
        self.job = job
        self.position = 0
        self.mode = Mode.DATA
        self.audience = readers
        """All who may read the page."""
        self.scripting = run_scripts(readers)
        """How ``noscript`` is read; None: in both ways."""
        self.standing = Standing(readers, srcdoc=srcdoc)
        self.begun: Begun | None = None
        self.awaiting = Awaiting(job)
        """Elements whose text is markup, and has to be seen before they may leave."""
        self.parted_at = -1
        """Where this reading and another one parted: they can't have met again before that."""
        self.opened = False
        """Whether there was anything yet behind which a document type counts for nothing."""
        self.forked = False
        """Whether another reading of the same bytes is under way: then nothing is cut out."""
        self._name = b""
        self._escape = Escape.NONE
        self.dropping = False
        self.rebased: tuple[Begun, Verdict] | None = None
        """The last ``base``, and what becomes of it."""
        self._in_reference = False
        self._left_out = 0
        """How many of the edits the builders know of."""
        # Where the last bytes lie that this reading took for the inside of a comment or of text.
        self.opaque_start = 0
        self.opaque_end = 0
        self.opaque_code = False
        """Whether it is the text of a script or a style sheet."""

    def copy(self) -> Scanner:
        """Return a second reading that starts where this one stands."""
        self.parted_at = self.position
        twin = copy(self)
        twin.standing = self.standing.copy()
        twin.awaiting = self.awaiting.copy()
        return twin

    @property
    def plain(self) -> bool:
        """Whether tags mean what they say here, outside of everything that is read otherwise."""
        standing = self.standing
        return (
            standing.plain
            and standing.islet is None
            and not standing.choosing
            and self.begun is None
        )

    @property
    def reads_text(self) -> bool:
        """Whether what follows is text in this reading, or the inside of a comment."""
        return self.mode is not Mode.DATA or (self.begun is not None and bool(self.begun.text))

    @property
    def readers(self) -> Readers | None:
        """Who reads what was begun as this reading does; None for everybody."""
        standing = self.standing
        if standing.plain or (not self.forked and standing.counts()):
            return None if self.audience is EVERYBODY else self.audience
        return standing.readers()

    @property
    def ready(self) -> int:
        """Up to where what was read may leave."""
        return min(self.position, self.awaiting.start)

    def meets(self, other: Scanner) -> bool:
        """Tell whether two readings have become one again."""
        return (
            self.mode is Mode.DATA is other.mode
            and self.begun is None is other.begun
            and self.position == other.position > max(self.parted_at, other.parted_at)
        )

    def join(self, other: Scanner) -> None:
        """Take over what another reading, which met this one, holds possible."""
        self.standing.join(other.standing)
        self.awaiting.join(other.awaiting)

    def shift(self, data: bytes, count: int) -> None:
        """Forget the buffer's first bytes, of which the edits are still filed."""
        if self.job.edits:
            self._leave_out(data)
        self._left_out = 0
        passed = self.position
        if self.mode is Mode.BOGUS:
            passed = self.opaque_start + _MAX_KEPT_DOCTYPE
        elif self.mode is not Mode.DATA and self.mode is not Mode.CDATA:
            passed = self.opaque_start
        self.standing.shift(data, count, passed)
        self.position -= count
        self.parted_at -= count
        self.opaque_start -= count
        self.opaque_end -= count
        if self.awaiting.entries:
            self.awaiting.shift(count)

    def _leave_out(self, data: bytes) -> None:
        """Have the builders read the page as it leaves."""
        if self.standing.plain:
            edits = self.job.edits
            for edit in sorted(edit for edit in edits[self._left_out :] if edit.apart):
                self.standing.leave_out(data, edit.start, edit.end)
            self._left_out = len(edits)

    def finish(self) -> None:
        """Judge what is still waited for at the end of the page."""
        self.awaiting.judge(self.standing, self.position, final=True)

    # ---- one step ----

    def step(self, data: bytes, *, final: bool) -> Scanner | bool:
        """Read one token; return False where its end has yet to come, or the reading that parts."""
        if self.begun is not None:
            return self._go_on(data, final=final)
        if self.awaiting.entries:
            self.awaiting.judge(self.standing, self.position, final=False)
        mode = self.mode
        if mode is Mode.DATA:
            return self._data(data, final=final)
        start = self.position
        if start >= len(data):
            return False
        if mode is Mode.SCRIPT:
            found, self._escape = tokens.script_end(data, start, self._escape)
        else:
            found = tokens.end_of(mode, self._name, data, start)
        end = found.position if found.complete or not final else len(data)
        if mode is Mode.CDATA:
            self._section_text(data[start : end - 3 if found.complete else end])
        self.opaque_end = end
        if found.complete and mode not in _ENDED_BY_TAG:
            self.opaque_end = tokens.inside_end(data, end, mode)
        if self.dropping:
            self.job.cut(start, end)
        self.position = end
        if found.complete:
            if mode is Mode.TEXT or mode is Mode.SCRIPT:
                self.standing.skip_to(end, since=self.opaque_start)
                return self._end_of_text(data, final=final)
            if mode is not Mode.CDATA:
                kept = _MAX_KEPT_DOCTYPE if mode is Mode.BOGUS else 0
                self.standing.skip_to(self.opaque_end, since=self.opaque_start + kept)
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
        if self.dropping:
            self.job.cut(start, end)
            self.dropping = False
        self.position = end
        self.mode = Mode.DATA
        if match is not None:
            self.job.tell("end", start, end, self._name)
            self.standing.close_cover(self._name)
            self._settle()
        return True

    def _settle(self) -> None:
        if self.awaiting.entries:
            self.awaiting.judge(self.standing, self.position, final=False)
        if not self.forked:
            self.standing.settle(self.position)

    def _data(self, data: bytes, *, final: bool) -> Scanner | bool:
        position = self.position
        start = data.find(b"<", position)
        if start < 0:
            start = len(data)
        if start > position:
            self._text(data, position, start)
            return True
        if start == len(data):
            return False
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
        match = _NO_MARKUP.match(data, start)
        assert match is not None  # noqa: S101 - the byte that follows makes sure
        self._text(data, start, match.end())
        return True

    def _text(self, data: bytes, start: int, end: int) -> None:
        raw = data[start:end]
        standing = self.standing
        self.opened = self.opened or bool(raw.strip(_SPACES))
        if not standing.plain:
            standing.text(raw)
        elif not standing.frames_shut:
            self._shut_frames_by_text(raw)
        self.awaiting.text(raw, standing)
        self.job.tell("text", start, end)
        self.position = end

    def _section_text(self, raw: bytes) -> None:
        self.standing.text(raw, literal=True)
        self.awaiting.text(raw, self.standing, literal=True)

    def _shut_frames_by_text(self, text: bytes) -> None:
        # What follows a reference in the same text isn't looked at: it may be half of one.
        if self._in_reference:
            return
        plain, reference, _ = text.partition(b"&")
        self._in_reference = bool(reference)
        if plain.strip(_BLANK):
            self.standing.frames_shut = True

    def _rest_is_text(self, data: bytes, *, final: bool) -> bool:
        if final:
            self.position = len(data)
        return final

    def _end_run(self) -> None:
        """End a run of text at what is neither text nor a tag."""
        self._in_reference = False
        self.standing.end_text()
        self.awaiting.end_text()

    def read_bogus(self, data: bytes, start: int, position: int) -> bool:
        """Read what ends at the next ``>``, whatever it is."""
        self._end_run()
        at = data.find(b">", position)
        if at < 0:
            self.mode = Mode.BOGUS
            self.position = len(data)
        else:
            self.position = at + 1
        self.opaque_start, self.opaque_end = position, self.position - 1
        self.opaque_code = False
        if at >= 0:
            self.job.tell("comment", start, at + 1)
        return True

    def _declaration(self, data: bytes, start: int, *, final: bool) -> Scanner | bool:
        if data.startswith(b"<!--", start):
            if len(data) < start + 6 and not final:
                return False
            self._end_run()
            found = tokens.comment_end(data, start + 4, opening=True)
            self.position = found.position if found.complete or not final else len(data)
            self.opaque_start = start + 4
            self.opaque_end = self.position
            self.opaque_code = False
            if found.complete:
                self.opaque_end = tokens.inside_end(data, self.position, Mode.COMMENT)
                self.job.tell("comment", start, self.position)
            else:
                self.mode = Mode.COMMENT
            return True
        if not final and len(data) < start + 9 and _CDATA.startswith(data[start:]):
            return False
        if not self.opened:
            beginning = data[start : start + len(_DOCTYPE)].lower()
            if not final and _DOCTYPE.startswith(beginning) and beginning != _DOCTYPE:
                return False
            self.opened = beginning == _DOCTYPE
        if not final and len(data) < start + 4:
            return False
        if data.startswith(_CDATA, start):
            standing = self.standing
            if standing.plain and standing.islet is not None and standing.islet.point:
                self._consult(data, start)
            if not standing.plain:
                return self._section_by_builders(data, start)
            if standing.islet is not None:
                return self._open_section(start)
        return self.read_bogus(data, start, start + 2)

    def _section_by_builders(self, data: bytes, start: int) -> Scanner | bool:
        """Read ``<![CDATA[`` where only the builders know what it is."""
        section, comment = open_section(self.standing.builders)
        if not section:
            return self.read_bogus(data, start, start + 2)
        other: Scanner | bool = True
        if comment:
            self.standing.builders = section
            other = self.copy()
            other.standing.builders = comment
            other.read_bogus(data, start, start + 2)
        self._open_section(start)
        return other

    def _open_section(self, start: int) -> bool:
        self._in_reference = False
        self.mode = Mode.CDATA
        self.position = start + len(_CDATA)
        self.opaque_start = self.opaque_end = self.position
        self.opaque_code = False
        self.job.tell("cdata", start, self.position)
        return True

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
        self._in_reference = False
        self.awaiting.end_text()
        if match[1]:
            return self._end_tag(data, match)
        return self._start_tag(data, Tag(match[0], match[2].lower()), final=final)

    def _end_tag(self, data: bytes, match: re.Match[bytes]) -> bool:
        name = match[2].lower()
        standing = self.standing
        if standing.plain and not standing.ends_plainly(name):
            self._consult(data, match.start())
        if not standing.plain:
            standing.end(name)
        standing.close_cover(name)
        self.opened = True
        self.position = match.end()
        self.job.tell("end", match.start(), match.end(), name)
        self._settle()
        return True

    def _start_tag(self, data: bytes, tag: Tag, *, final: bool) -> Scanner | bool:
        job = self.job
        start = self.position
        if job.insertion and tag.name != b"html":
            self.opened = True
            job.insert(start + len(tag.raw) if tag.name == b"head" else start)
        if self.standing.plain:
            begun = self._begin_plainly(tag)
            if begun is not None:
                self.begun = begun
                return self._go_on(data, final=final)
        return self._ask_builders(data, tag, final=final)

    def _begin_plainly(self, tag: Tag) -> Begun | None:
        """Read a start tag in plain markup; None where only the builders know what it does."""
        standing = self.standing
        name = tag.name
        turned = False
        if standing.islet is not None or (
            (name == b"svg" or name == b"math") and not standing.choosing
        ):
            space = standing.enter_islet(tag)
            if space is None:
                return None
            if space != "html":
                return Begun(tag, "", (space,), turned=False)
            turned = True
        if not standing.starts_plainly(name):
            return None
        text = TEXT_KINDS.get(name, "")
        if name == b"noscript" and self.scripting is False:
            text = ""
        # Outside of a frameset no `frame` is an element.
        return Begun(tag, text, () if name == b"frame" else HTML_ONLY, turned)

    def _ask_builders(self, data: bytes, tag: Tag, *, final: bool) -> Scanner | bool:
        """Have the builders read a start tag."""
        self._consult(data, self.position)
        standing = self.standing
        if tag.name == b"frameset" and standing.bars():
            # What kept it out stood in front of it, and is gone.
            start = self.position
            self.position += len(tag.raw)
            self.job.cut(start, self.position)
            self._settle()
            return True
        groups = standing.start(tag)
        parted: Scanner | bool = True
        for text, builders in groups[1:]:
            parted = self.copy()
            parted.take(tag, text, builders)
        self.take(tag, *groups[0])
        return parted if len(groups) > 1 else self._go_on(data, final=final)

    def take(self, tag: Tag, text: TextKind, builders: Builders) -> None:
        """Go on with some of the builders, which have read a start tag alike."""
        standing = self.standing
        standing.builders = builders
        turned = any(builder.turned for builder in builders)
        self.begun = Begun(tag, text, standing.spaces(), turned)

    def _consult(self, data: bytes, position: int) -> None:
        if self.standing.plain:
            self._leave_out(data)
            self.standing.consult(data, position)
            self.awaiting.find_again(self.standing)

    def _go_on(self, data: bytes, *, final: bool) -> Scanner | bool:
        """Go on with an element whose start tag was read."""
        begun = self.begun
        assert begun is not None  # noqa: S101 - whoever calls has made sure
        tag = begun.tag
        plain = self.standing.plain
        if plain and tag.name == b"noscript" and begun.text and self.scripting is None:
            return self._noscript(data, tag, final=final)
        outcome = filing.file_element(self, data, begun, final=final)
        if outcome is None:
            # Its tag says something of what is inside it: only the builders know what that is.
            self.begun = None
            return self._ask_builders(data, tag, final=final)
        if outcome:
            self.begun = None
            self.opened = True
            self.position += len(tag.raw)
            self.enter(begun.text, tag.name)
            if not begun.text:
                self._settle()
        elif plain and not begun.turned and self.standing.islet is None:
            # Nothing was done yet: when there is more, the lane may take the whole element.
            self.begun = None
        return outcome

    def _noscript(self, data: bytes, tag: Tag, *, final: bool) -> Scanner | bool:
        """Read an element whose content is text with scripting, and markup without.

        In nearly every page both agree on where it ends: then the markup inside is rewritten as
        such, which changes nothing but text for the other reading.
        """
        begin = self.position + len(tag.raw)
        found = self.job.search.find(tag.name, data, begin, self.job.base, script=False)
        if not found.complete and not final and len(data) - begin <= MAX_TRIAL_BYTES + 16:
            return False
        self.begun = None
        if found.complete and found.position - begin <= MAX_TRIAL_BYTES:
            trial = self._try(tag, data[begin : found.position])
            if trial is not None:
                self.job.adopt(trial.job, begin)
                self.standing.misplaced = self.standing.misplaced or trial.standing.misplaced
                self.job.tell("start", self.position, begin, tag.name, tag, HTML_ONLY)
                self.position = found.position
                self.enter("rawtext", tag.name)
                self.opaque_start = begin
                return True
        return self._ask_builders(data, tag, final=final)

    def _try(self, tag: Tag, content: bytes) -> Scanner | None:
        """Read an element's content as markup; return the reading if it ends as the text does."""
        job = self.job
        verdict = job.sieve.judge(tag, HTML_ONLY, ())
        if verdict != KEEP:
            return None
        inner = Job(job.sieve, max_text_bytes=job.max_text_bytes)
        trial = Scanner(inner, readers=without_scripts(self.audience))
        trial.opened = True
        trial.standing.blind = True
        trial.standing.frames_shut = self.standing.frames_shut
        outcome: Scanner | bool = True
        try:
            while outcome is True:
                outcome = trial.step(content, final=False)
        except Blind:
            return None
        ended = trial.plain and trial.mode is Mode.DATA and trial.position == len(content)
        return trial if ended and outcome is False else None

    def enter(self, text: TextKind, name: bytes) -> None:
        """Go on reading as an element's start tag demands."""
        self._name = name
        if text:
            self.opaque_start = self.opaque_end = self.position
            self.opaque_code = name in _CODE
        if text == "script":
            self.mode = Mode.SCRIPT
            self._escape = Escape.NONE
        elif text == "plaintext":
            self.mode = Mode.PLAINTEXT
        elif text:
            self.mode = Mode.TEXT


def _check_length(length: int) -> None:
    if length > MAX_TAG_BYTES:
        raise RewriteError(f"a tag is longer than {MAX_TAG_BYTES} bytes")
