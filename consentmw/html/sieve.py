"""What the rewriter asks, and what it is answered: the line between HTML and whoever judges it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from consentmw.html.attributes import Tag
    from consentmw.html.memory import Memory
    from consentmw.html.names import Namespace
    from consentmw.html.readers import Reader, Readers


class Edit(NamedTuple):
    """Bytes to put in place of others; with `start` equal to `end`, an insertion."""

    start: int
    end: int
    replacement: bytes
    apart: bool = False
    """Whether an element is cut out of text, whose two sides must not become markup together."""


INVALID_URL: Final = b"about:invalid#"
"""In front of a URL, makes one that nothing is loaded from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is to happen to an element."""

    drop: bool = False
    """The element goes: a void one whole, ``script`` and ``iframe`` with content and end tag."""
    edits: tuple[Edit, ...] = ()
    """Changes to the start tag, counted from its ``<``, where the element has to stay."""
    guards: tuple[Edit, ...] = ()
    """Insertions into the tag that make it harmless. They are taken instead of the above where the
    same bytes are something else in another reading, so that nothing may be cut out of them."""
    content: bool = False
    """The element's text has to be judged before it may leave."""
    cover: object = None
    """What the element says of everything inside it."""
    cover_lasts: bool = False
    """Whether that holds up to the end tag, wherever a browser closes the element."""
    notes: tuple[object, ...] = ()
    """What the sieve wants to hear for each occurrence of the tag."""


HTML_ONLY: Final[tuple[Namespace, ...]] = ("html",)


def make_inert(tag: Tag) -> Edit:
    """Keep a script from running and a style sheet from applying.

    The attribute comes first in the tag, so that a later ``type`` doesn't count, and has no quotes,
    which might mean something in another reading of the page.
    """
    at = tag.attributes_start
    # A slash would become part of the value.
    space = b" " if tag.raw[at : at + 1] == b"/" else b""
    return Edit(at, at, b" type=text/plain" + space)


def make_hidden(tag: Tag) -> Edit:
    """Keep an element that loads nothing any more from taking up room, or showing its text."""
    at = tag.attributes_start
    # Where an attribute's name begins so, it would become the value.
    end = b" /" if any(each.name.startswith(b"=") for each in tag.attributes) else b""
    return Edit(at, at, b" hidden" + end)


KEEP: Final = Verdict()
JUDGE_TEXT: Final = Verdict(content=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextVerdict:
    """What is to happen to an element because of its text."""

    drop: bool = False
    """The element goes, or is made inert where it has to stay."""
    edits: tuple[Edit, ...] = ()
    """Changes to the text, counted from its start. Each starts where a URL starts."""
    notes: tuple[object, ...] = ()


KEEP_TEXT: Final = TextVerdict()


class Sought(Protocol):
    """What may stand in a URL that is of interest."""

    def search(self, data: bytes, start: int, end: int, /) -> bool:
        """Tell whether any of it stands between two positions."""
        ...


class Sieve(Protocol):
    """Decides about elements; the rewriter does the rest."""

    @property
    def memory(self) -> Memory:
        """What need not be asked; another one where the page changed what its bytes mean."""
        ...

    @property
    def watched(self) -> Mapping[bytes, Sought | None]:
        """For a host in plain lower case: what to look for in a URL of it, plainly written.

        None where no URL of the host is of interest; nor is one in which nothing is found.
        """
        ...

    @property
    def watches_relative(self) -> bool:
        """Whether a URL that names no host may be of interest."""
        ...

    @property
    def marks(self) -> tuple[bytes, ...]:
        """Names of attributes that are always of interest, in lower case."""
        ...

    @property
    def encodings(self) -> tuple[str, ...]:
        """Python's names of the encodings in which a browser may read the page."""
        ...

    def judge(
        self,
        tag: Tag,
        namespaces: Collection[Namespace],
        covers: Sequence[Sequence[object]],
        *,
        readers: Readers | None = None,
    ) -> Verdict:
        """Decide about an element that may stand in one of these namespaces.

        `covers` is what the elements around it say: in one reading of the page, in another one, and
        by the text alone. Empty where none says anything in any. `readers`: for whom it is an
        element; None for everybody.
        """
        ...

    def judge_text(
        self,
        tag: Tag,
        text: bytes,
        covers: Sequence[Sequence[object]],
        *,
        complete: bool,
        encoding: str | None = None,
        readers: Readers | None = None,
    ) -> TextVerdict:
        """Decide about the text of an element whose verdict asked for it.

        `encoding` is the text's, if it isn't the page's.
        """
        ...

    def rebase(self, tag: Tag, counting: Mapping[Reader, bool], *, late: bool) -> Verdict:
        """Hear of a ``base``: for whom relative URLs start from it, and if they surely do.

        A `late` one stands in the body. Blink resolves ``background``, the ``poster`` of a video
        and the ``data`` of an object only when it needs them, and so from a later base, too.
        """
        ...

    def note(self, notes: Sequence[object], offset: int) -> None:
        """Hear what a verdict carried, and where in the page the element starts."""
        ...
