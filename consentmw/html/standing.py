"""Where a reading of a page stands among the elements, known as late as possible.

In nearly all of a page nothing depends on it: tags mean what they say, whatever is open around
them. Such markup is only kept, for tree builders to read when something does depend on it
(`consult`). Foreign elements (``svg``) are followed by themselves, as long as no tag reaches out of
them: an islet. From the first tag on that may mean different things, `builders` hold the truth,
until nothing unusual is open any more.
"""

from __future__ import annotations

from copy import copy
from itertools import chain
from typing import TYPE_CHECKING, Final

from consentmw.errors import RewriteError
from consentmw.html.names import SHAPES
from consentmw.html.replay import follow
from consentmw.html.sieve import HTML_ONLY
from consentmw.html.tree import browsers, foreign
from consentmw.html.tree.browsers import Run
from consentmw.html.tree.builder import MAX_OPEN
from consentmw.html.tree.insertion import BEFORE_BODY
from consentmw.html.tree.stack import Open

if TYPE_CHECKING:
    from consentmw.html.attributes import Tag
    from consentmw.html.names import Namespace, TextKind
    from consentmw.html.readers import Reader, Readers
    from consentmw.html.sieve import Verdict
    from consentmw.html.tree.browsers import Builders
    from consentmw.html.tree.builder import Builder

MAX_PASSED_BYTES: Final = 1 << 20
"""How much plain markup is kept. Behind more of it the builders can't be told where they stand, and
have to hold everything possible that matters; few pages are that long, and fewer of them ask."""


class Blind(Exception):  # noqa: N818 - no error: whoever looks ahead gives up
    """Something depends on what is open around, and here nobody can tell."""


class Standing:
    """Where one reading stands."""

    __slots__ = (
        "_informed",
        "_kept",
        "_outset",
        "_readers",
        "_run",
        "_srcdoc",
        "barred",
        "blind",
        "builders",
        "choosing",
        "consulted",
        "frames_shut",
        "islet",
        "misplaced",
        "plain",
    )

    def __init__(self, readers: Readers, *, srcdoc: bool = False) -> None:
        self.plain = True
        """Whether tags mean what they say; then the builders need not know of them yet."""
        self.islet: Open | None = None
        """In plain markup: the innermost open foreign element."""
        self.choosing = False
        """In plain markup: whether a ``select`` is open with nothing but options in it."""
        self.builders: Builders = ()
        """None before they were first asked."""
        self.misplaced = False
        """Whether an element of HTML may have the name of a shape."""
        self.frames_shut = False
        """Whether a ``frameset`` surely can't take the body's place any more; else only the
        builders know. There surely is a body then."""
        self.barred = False
        """Whether one was kept out in the page as it came."""
        self.consulted = 0
        """How often the builders were asked: what was found since depends on all of the page."""
        self.blind = False
        """Whether they can't be asked."""
        self._kept: list[bytes] = []
        self._informed = 0
        """Up to where in the buffer the builders know the page, or what is kept for them."""
        self._outset = 0
        """Up to where they know it."""
        self._run = Run()
        self._readers = readers
        self._srcdoc = srcdoc

    def copy(self) -> Standing:
        """Return the same standing, to go on from in another way."""
        twin = copy(self)
        twin.separate()
        return twin

    def separate(self) -> None:
        """Have what changes in place for itself alone."""
        self.builders = tuple(builder.copy() for builder in self.builders)
        self._kept = [*self._kept]
        self._run = copy(self._run)

    # ---- what was passed ----

    def shift(self, data: bytes, count: int, passed: int) -> None:
        """Forget the buffer's first bytes.

        Args:
            data: The buffer.
            count: How many leave it.
            passed: Up to where what was read has to be kept for the builders: inside a comment or
                a text nothing has.
        """
        if self.plain and not self.blind:
            passed = min(passed, count)
            if passed > self._informed:
                self._kept.append(data[self._informed : passed])
                self._informed = passed
            if count - self._outset > MAX_PASSED_BYTES:
                self._kept.clear()
            self._informed = max(self._informed, count)
        self._informed -= count
        self._outset -= count

    def skip_to(self, position: int, *, since: int) -> None:
        """Leave out the rest of a comment or text of which some was left out since a position."""
        if self._informed > since:
            self._informed = max(self._informed, position)

    def consult(self, data: bytes, position: int) -> None:
        """Have the builders read up to a tag that starts at a position."""
        if not self.plain:
            return
        if self.blind:
            raise Blind
        if not self.builders:
            self.builders = browsers.open_all(self._readers, srcdoc=self._srcdoc)
        if position - self._outset > MAX_PASSED_BYTES:
            self.builders = browsers.reopen(self.builders)
        elif position > self._outset:
            self._kept.append(data[self._informed : position])
            self.builders = follow(self.builders, b"".join(self._kept))
        for builder in self.builders:
            builder.barred = self.barred
        self._kept = []
        self.plain = False
        self.islet = None
        self.choosing = False
        self._run = Run()
        self.consulted += 1

    def settle(self, position: int) -> None:
        """Find out whether everything behind a position is plain again."""
        if self.plain:
            return
        if len(self.builders) > 1:
            self.builders = browsers.join(self.builders)
        builders = self.builders
        self.frames_shut = all(map(browsers.is_in_body, builders))
        self.barred = any(builder.barred for builder in builders)
        if all(map(browsers.is_plain, builders)):
            self.plain = True
            self._informed = self._outset = position

    # ---- what comes ----

    def text(self, raw: bytes, *, literal: bool = False) -> None:
        """Pass some text."""
        if not self.plain:
            if literal:
                self._run.add_literally(raw)
            else:
                self._run.add(raw)

    def end_text(self) -> None:
        """Take the text so far as one run."""
        if not self.plain:
            browsers.text(self.builders, self._run)
            self._run = Run()

    def start(self, tag: Tag) -> list[tuple[TextKind, Builders]]:
        """Process a start tag in the builders; return them by how they go on."""
        self.end_text()
        for builder in self.builders:
            builder.save(tag)
        self.builders = browsers.start(self.builders, tag)
        self._note_shape(tag.name, self.spaces())
        kinds: dict[TextKind, list[Builder]] = {}
        for builder in self.builders:
            kinds.setdefault(builder.text, []).append(builder)
        # Those that take what follows for text come first.
        return [(kind, tuple(kinds[kind])) for kind in sorted(kinds, reverse=True)]

    def end(self, name: bytes) -> None:
        """Process an end tag in the builders."""
        self.end_text()
        self.builders = browsers.end(self.builders, name)

    def ends_plainly(self, name: bytes) -> bool:
        """Process an end tag in plain markup; return whether that could be done alone."""
        if self.choosing:
            self.choosing = name != b"select"
            return not self.choosing or name in _CHOICES
        return self.islet is None or self._leave_islet(name)

    def starts_plainly(self, name: bytes) -> bool:
        """Process a start tag in plain HTML; return whether that could be done alone."""
        if self.choosing:
            return name in _CHOICES
        if not self.frames_shut and name in _DOUBTFUL_IN_HEADS:
            return False
        self._note_shape(name, HTML_ONLY)
        self.choosing = name == b"select"
        return name not in _ASKED

    def _note_shape(self, name: bytes, spaces: tuple[Namespace, ...]) -> None:
        if name in SHAPES and "html" in spaces:
            self.misplaced = True

    def spaces(self) -> tuple[Namespace, ...]:
        """Return the namespaces in which the last start tag's element may stand."""
        placed = (builder.placed for builder in self.builders)
        return tuple(dict.fromkeys(each.space for each in placed if each is not None))

    def covers_here(self) -> tuple[tuple[object, ...], ...]:
        """Return what is said of the last start tag's element: in each reading, and by the text.

        What may only be said of it for now is left out once.
        """
        if self.plain:
            return ()
        said = {each: None for builder in self.builders for each in builder.covers_here()}
        return tuple(said) if any(said) else ()

    def cover(self, name: bytes, verdict: Verdict) -> None:
        """Count the last start tag, and take in what it says of everything inside its element."""
        if self.plain:
            return
        meaning = verdict.cover
        for builder in self.builders:
            builder.start_lasting(name, meaning if verdict.cover_lasts else None)
            if meaning is not None:
                builder.cover(meaning)

    def counts(self) -> bool:
        """Tell whether the last start tag is an element for all, or adds to one."""
        return all(builder.counts for builder in self.builders)

    def readers(self) -> Readers:
        """Return the readers for whom the last start tag is an element, or adds to one."""
        counting = (builder.readers for builder in self.builders if builder.counts)
        return frozenset(chain.from_iterable(counting))

    def take_base(self, *, alone: bool) -> dict[Reader, bool]:
        """Return for which readers the last start tag, a ``base``, counts, and if it surely does.

        It may do so only where this reading is the only one (`alone`).
        """
        counting: set[Reader] = set()
        others: set[Reader] = set()
        for builder in self.builders:
            surely = builder.take_base()
            if surely is not None:
                counting |= builder.readers
            if not surely:
                others |= builder.readers
        return {reader: alone and reader not in others for reader in counting}

    def leave_base(self) -> None:
        """Have the next ``base`` count in the place of the last start tag, whose URL goes."""
        for builder in self.builders:
            builder.leave_base()

    def has_body(self) -> bool:
        """Tell whether there is a body already where the last start tag stands, in any reading."""
        return any(builder.mode not in BEFORE_BODY for builder in self.builders)

    def tops(self) -> tuple[Open, ...]:
        """Return the innermost open elements that are followed, in every reading."""
        if self.plain:
            return () if self.islet is None else (self.islet,)
        return tuple(builder.top for builder in self.builders)

    def leave_out(self, data: bytes, start: int, end: int) -> None:
        """Have the builders never hear of a part of the buffer, in plain markup: it is cut out."""
        if self.plain and not self.blind:
            if start > self._informed:
                self._kept.append(data[self._informed : start])
            self._informed = max(self._informed, end)

    def undo(self, tag: Tag) -> None:
        """Take the last start tag back, whose element is cut out."""
        if not self.plain:
            self.builders = tuple(builder.undo() for builder in self.builders)
        elif not self.frames_shut and tag.name not in _IN_HEADS:
            self.barred = True

    def begins_body(self) -> bool:
        """Tell whether the last start tag began the body, for a reader that runs scripts."""
        return not self.plain and any(
            builder.scripting and builder.began_body for builder in self.builders
        )

    def takes_frames(self) -> bool:
        """Tell whether a ``frameset`` may still take the body's place behind the last start tag."""
        return not self.plain and any(builder.takes_frames for builder in self.builders)

    def bars(self) -> bool:
        """Tell whether a ``frameset`` was kept out here only by what is cut out."""
        takers = [builder for builder in self.builders if builder.takes_frames]
        return bool(takers) and all(builder.barred for builder in takers)

    def close_cover(self, name: bytes) -> None:
        """Count an end tag, and forget what was said up to it."""
        if not self.plain:
            for builder in self.builders:
                builder.end_lasting(name)

    # ---- islets ----

    def enter_islet(self, tag: Tag) -> Namespace | None:
        """Process a start tag in plain markup by itself; None where the builders have to.

        The namespace is ``html`` where a foreign element ends, and all is as before.
        """
        islet = self.islet
        if islet is None:
            space: Namespace = "svg" if tag.name == b"svg" else "math"
            below = _OUTSIDE
        elif not foreign.is_foreign(islet, tag):
            return None
        elif foreign.breaks_out(tag):
            if foreign.leave(islet).point:
                return None
            self.islet = None
            return "html"
        else:
            space, below = islet.space, islet
        if not tag.self_closing:
            self.islet = foreign.make(below, tag, space)
            if self.islet.depth > MAX_OPEN:
                raise RewriteError("elements are nested too deeply to be followed")
        return space

    def _leave_islet(self, name: bytes) -> bool:
        """Process an end tag by itself; return whether that was possible."""
        node = self.islet
        if node is None or name in {b"p", b"br"}:
            return False
        found, _ = foreign.find_open(node, name)
        if found is not None:
            self.islet = None if found.under is _OUTSIDE else found.under
            return True
        # Where no element of HTML has the name, no rule knows the tag.
        return name in SHAPES and not self.misplaced

    # ---- other readings ----

    def join(self, other: Standing) -> None:
        """Hold with this one what another one holds, too; neither is in plain markup."""
        self.end_text()
        other.end_text()
        self.builders = browsers.join((*self.builders, *other.builders))
        self.misplaced = self.misplaced or other.misplaced


# Start tags of which the builders have to say what they mean, even in plain markup.
_ASKED: Final = frozenset((b"frameset", b"base"))
# What may be cut out without a difference to framesets.
_IN_HEADS: Final = frozenset((b"link", b"script"))
# A `template` keeps a `frameset` out, but not in all browsers; the others begin the body and don't.
_DOUBTFUL_IN_HEADS: Final = frozenset((b"template", b"source", b"track"))
# As long as a `select` holds nothing else, all browsers read it alike.
_CHOICES: Final = frozenset((b"option", b"optgroup"))
_OUTSIDE: Final = Open(None, b"")
