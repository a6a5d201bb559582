"""All browsers that may read a page, as tree builders: one for those that read it alike so far.

Where they differ, for scripts run or don't, or for a ``select`` is read as today or as before, the
builder is copied; where the copies have become alike again, they are joined.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from consentmw.errors import RewriteError
from consentmw.html.readers import Age, Reader, Readers
from consentmw.html.tree import modes
from consentmw.html.tree.builder import Builder
from consentmw.html.tree.insertion import Insertion

if TYPE_CHECKING:
    from collections.abc import Callable

    from consentmw.html.attributes import Tag

Builders = tuple[Builder, ...]

MAX_BUILDERS: Final = 64
"""Ways to read a page that are followed side by side, each of which is compared with the others.
Where nobody knows what is open around there are a dozen for each kind of browser."""

_PLAIN: Final = frozenset(Insertion) - {
    Insertion.IN_SELECT,
    Insertion.IN_SELECT_IN_TABLE,
    Insertion.IN_FRAMESET,
    Insertion.AFTER_FRAMESET,
    Insertion.AFTER_AFTER_FRAMESET,
}


def open_all(readers: Readers, *, srcdoc: bool) -> Builders:
    """Return the builders at the start of a page, for those who may read it.

    The document of an ``iframe``'s ``srcdoc`` never is in quirks mode.
    """
    older = frozenset(reader for reader in readers if reader.age is Age.OF_2012)
    alike = [each for each in (readers - older, older) if each]
    return tuple(Builder(_age_of(each), each, quirks=not srcdoc) for each in alike)


def is_in_body(builder: Builder) -> bool:
    """Tell whether there is a body, and no ``frameset`` can take its place any more."""
    return not builder.takes_frames


def is_plain(builder: Builder) -> bool:
    """Tell whether the tags that follow mean what they nearly always do.

    Nothing foreign and no ``select`` is open, and nothing that says anything of what is inside;
    nor a ``template`` in the head, which says nothing of whether there is a body.
    """
    return (
        not builder.top.tangled
        and not builder.in_head_template
        and builder.mode in _PLAIN
        and not builder.lasting
        and (builder.formatting is None or not builder.formatting.covered)
    )


# Where somewhere in a page may be: what is open around decides what some tags do.
_CONTEXTS: Final = (
    (),
    (b"p",),
    (b"ul", b"li"),
    (b"button",),
    (b"table", b"caption"),
    (b"table", b"tbody", b"tr", b"td"),
)


def reopen(builders: Builders) -> Builders:
    """Return builders that stand somewhere in the body of a page, nobody knows where."""
    reopened: list[Builder] = []
    for age in dict.fromkeys(builder.age for builder in builders):
        alike = [builder for builder in builders if builder.age is age]
        readers = Readers().union(*(builder.readers for builder in alike))
        based = all(builder.based is not None for builder in alike)
        reopened += (_reopened(age, readers, names, based=based) for names in _CONTEXTS)
    return tuple(reopened)


def _reopened(age: Age, readers: Readers, names: tuple[bytes, ...], *, based: bool) -> Builder:
    builder = Builder(age, readers)
    builder.based = frozenset() if based else None
    builder.shut_frames()
    for name in (b"head", b"body", *names):
        node = builder.push(name)
        if name == b"head":
            builder.head = node
            builder.pop()
    builder.reset_mode()
    builder.known = builder.top.depth
    return builder


def start(builders: Builders, tag: Tag) -> Builders:
    """Process a start tag in every builder."""
    if tag.name == b"noscript":
        builders = _split(builders, lambda reader: reader.scripting)
    elif tag.name == b"select":
        builders = _split(builders, lambda reader: reader.age is Age.OF_2024)
    elif tag.name == b"frameset":
        builders = _settle_doubts(builders)
    for builder in builders:
        modes.start(builder, tag)
    return builders


def end(builders: Builders, name: bytes) -> Builders:
    """Process an end tag in every builder."""
    lost = [builder for builder in builders if builder.may_leave(name)]
    for builder in builders:
        modes.end(builder, name)
    # It may end something around that nobody knows of, and all that is open inside it.
    left = (_reopened(each.age, each.readers, (), based=each.based is not None) for each in lost)
    return join((*builders, *left))


def text(builders: Builders, run: Run) -> None:
    """Process a run of text in every builder."""
    run.finish()
    if run.blank or run.other or run.null:
        for builder in builders:
            modes.text(builder, blank=run.blank, other=run.other, null=run.null)


def open_section(builders: Builders) -> tuple[Builders, Builders]:
    """Tell for which builders ``<![CDATA[`` opens a section, and for which a comment."""
    if any(builder.top.point for builder in builders):
        builders = _split(builders, lambda reader: reader.age is Age.OF_2024)
    section = tuple(
        builder
        for builder in builders
        if builder.top.space != "html" and not (builder.top.point and builder.age is Age.OF_2024)
    )
    return section, tuple(builder for builder in builders if builder not in section)


def _split(builders: Builders, differs: Callable[[Reader], bool]) -> Builders:
    """Give the readers that differ a builder of their own."""
    parted: list[Builder] = []
    for builder in builders:
        apart = frozenset(filter(differs, builder.readers))
        if apart and apart != builder.readers:
            twin = builder.copy(apart)
            twin.age = _age_of(apart)
            builder.readers -= apart
            builder.age = _age_of(builder.readers)
            parted.append(twin)
    return (*builders, *parted) if parted else builders


def _settle_doubts(builders: Builders) -> Builders:
    """Go on by the standard and by what browsers do, where a ``frameset`` is one in these only."""
    parted: list[Builder] = []
    for builder in builders:
        if builder.frames_doubted:
            builder.frames_doubted = False
            twin = builder.copy()
            twin.frames_ok = True
            parted.append(twin)
    return (*builders, *parted) if parted else builders


def _age_of(readers: Readers) -> Age:
    ages = {reader.age for reader in readers}
    return Age.TODAY if Age.TODAY in ages else next(iter(ages))


def join(builders: Builders) -> Builders:
    """Make one of the builders that have become alike."""
    if len(builders) == 1:
        return builders
    joined: list[Builder] = []
    for builder in builders:
        for other in joined:
            if other.meets(builder):
                other.readers |= builder.readers
                other.age = _age_of(other.readers)
                break
        else:
            joined.append(builder)
    if len(joined) > MAX_BUILDERS:
        raise RewriteError("the page can be read in too many ways")
    return tuple(joined)


# A reference to white space, as text decodes it.
_BLANK_REFERENCE: Final = re.compile(
    rb"&(?:#(?:0*(?:9|1[023]|32)(?![0-9])|[xX]0*(?:[9aAcCdD]|20)(?![0-9a-fA-F]));?"
    rb"|Tab;|NewLine;)"
)
_UNFINISHED: Final = re.compile(rb"&(?:#(?:[xX][0-9a-fA-F]*+|[0-9]*+)|[A-Za-z]*+)\Z")
_ZEROS: Final = re.compile(rb"(&#[xX]?)0+")
_LONGEST_NAME: Final = 8
_BLANK: Final = b"\t\n\f\r "


class Run:
    """A run of text, as far as it matters what it consists of."""

    __slots__ = ("_started", "_tail", "blank", "null", "other")

    def __init__(self) -> None:
        self.blank = False
        """Whether it begins with white space."""
        self.other = False
        """Whether there is anything else in it but white space and NUL."""
        self.null = False
        self._tail = b""
        """The start of a reference, whose end has yet to come."""
        self._started = False

    def add(self, raw: bytes) -> None:
        """Take in more text."""
        if self.other and self.null:
            return
        raw = self._tail + raw
        self._tail = b""
        unfinished = _UNFINISHED.search(raw, max(0, raw.rfind(b"&")))
        if unfinished is not None:
            tail = _ZEROS.sub(rb"\g<1>0", unfinished[0])
            if len(tail) <= _LONGEST_NAME:
                self._tail = tail
                raw = raw[: unfinished.start()]
        self._add(_BLANK_REFERENCE.sub(b" ", raw))

    def add_literally(self, raw: bytes) -> None:
        """Take in more text, in which there are no references."""
        self._end_reference()
        self._add(raw)

    def finish(self) -> None:
        """Take the run as complete."""
        self._end_reference()

    def _end_reference(self) -> None:
        tail, self._tail = self._tail, b""
        self._add(_BLANK_REFERENCE.sub(b" ", tail))

    def _add(self, raw: bytes) -> None:
        if not raw:
            return
        if not self._started:
            self._started = True
            self.blank = raw[0] in _BLANK
        self.null = self.null or b"\0" in raw
        self.other = self.other or bool(raw.translate(None, _BLANK + b"\0"))
