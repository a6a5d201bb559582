"""One browser's tree builder: what it makes of each tag, without the tree.

It follows the standard's insertion modes as far as they decide how the bytes after a tag are read,
whether a tag becomes an element, in which namespace, and inside of what. Only names are kept, never
text or attributes, but for what has to be copied later on.

HTML standard, "tree construction". The rules of the single modes are in `modes`, `body`, `tables`,
`foreign` and `adoption`; this module holds what they share.
"""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Final, NamedTuple

from consentmw.errors import RewriteError
from consentmw.html.names import CUT, SPECIAL, TABLE_MISFITS, TABLE_PARTS
from consentmw.html.readers import Age, Readers
from consentmw.html.tree.insertion import BEFORE_BODY, FOSTERING, MODES, Insertion
from consentmw.html.tree.stack import Open, add_formatting, same_stack

if TYPE_CHECKING:
    from consentmw.html.attributes import Tag
    from consentmw.html.names import Namespace, TextKind
    from consentmw.html.tree.stack import Formatting

MAX_OPEN: Final = 16_384
"""Open elements that are followed. Pages need hundreds; Blink nests no deeper than 512."""
MAX_FORMATTING: Final = 512
"""Active formatting elements that are followed; of equal ones the standard keeps three."""
MAX_LASTING: Final = 64
"""Tags on elements inside one another that are told apart by their end tags."""
MAX_WORK: Final = 500_000
"""Copies of elements that one page may ask for: misnested tags can ask for any number of them."""


class Lasting(NamedTuple):
    """What a tag says of everything up to its end tag, wherever a browser closes the element."""

    name: bytes
    meaning: object
    nested: int = 0
    """Elements of the same name that were opened inside and not yet closed."""


class Placed(NamedTuple):
    """Where a start tag's element has gone."""

    space: Namespace
    around: Open
    """Its parent; of the root, the root."""
    node: Open | None
    """The element, where it is open."""


# Even where they are ignored: a second `body` or `html` adds its attributes to those of the first,
# and a cell is no element of a page without a table, but may be one of a page that is put together
# from fragments.
COUNTING: Final = TABLE_PARTS | {b"body", b"html"}
_NEVER_ENDED: Final = frozenset((b"body", b"html"))
_OLD_SPECIAL: Final = SPECIAL - frozenset(
    b"figcaption hgroup keygen main search source summary template track".split()
)


class Builder:
    """A tree builder's state. What is shared with its copies is never changed."""

    __slots__ = (
        "_work",
        "age",
        "barred",
        "based",
        "based_by",
        "before",
        "form",
        "formatting",
        "fostering",
        "frames_doubted",
        "frames_ok",
        "head",
        "known",
        "lasting",
        "mode",
        "placed",
        "quirks",
        "readers",
        "template_modes",
        "text",
        "token",
        "top",
        "turned",
    )

    def __init__(self, age: Age, readers: Readers, *, quirks: bool = True) -> None:
        self.age = age
        """Whose rules hold; of several readers that still agree, the newest."""
        self.readers = readers
        self.mode = Insertion.INITIAL
        self.template_modes: tuple[Insertion, ...] = ()
        self.top = Open(None, b"html", special=True)
        self.formatting: Formatting | None = None
        self.head: Open | None = None
        self.based: frozenset[Open] | None = None
        """Around the ``base`` from which relative URLs start, the tables; another base changes
        nothing."""
        self.based_by: Tag | None = None
        """The tag of that ``base``."""
        self.form: Open | None = None
        self.quirks = quirks
        """Whether a ``table`` may stand in a paragraph."""
        self.fostering = False
        self.frames_ok = True
        """The standard's frameset-ok flag."""
        self.frames_doubted = False
        """Whether Chromium and Firefox have the flag at "ok" again, other than the standard."""
        self.barred = False
        """Whether a ``frameset`` was kept out by something that is cut out: it has to go, too."""
        self.before: Builder | None = None
        """The state that `undo` returns to."""
        self.token: Tag | None = None
        self.placed: Placed | None = None
        """What became of the last start tag; None where it was ignored."""
        self.text: TextKind = ""
        """How the bytes after it are read."""
        self.turned = False
        """Whether it did something besides adding an element: what it closed would stay open."""
        self.lasting: tuple[Lasting, ...] = ()
        self.known = 0
        """From which depth on the stack is known to be complete."""
        self._work = MAX_WORK

    def copy(self, readers: Readers | None = None) -> Builder:
        """Return a builder that stands where this one does."""
        twin = copy(self)
        if readers is not None:
            twin.readers = readers
        return twin

    def meets(self, other: Builder) -> bool:
        """Tell whether two builders go on alike from here."""
        return (
            self.mode is other.mode
            and self.template_modes == other.template_modes
            and self.frames_ok is other.frames_ok
            and self.frames_doubted is other.frames_doubted
            and self.barred is other.barred
            and self.quirks is other.quirks
            and (self.based is None) is (other.based is None)
            and self.known == other.known
            and self.lasting == other.lasting
            and (self.head is None) is (other.head is None)
            and (self.form is None) is (other.form is None)
            and (self.form is None or other.form is None or self.form.depth == other.form.depth)
            and (Age.OF_2012 is self.age) is (Age.OF_2012 is other.age)
            and self._same_formatting(other)
            and same_stack(self.top, other.top)
        )

    def _same_formatting(self, other: Builder) -> bool:
        one, two = self.formatting, other.formatting
        while one is not two:
            if one is None or two is None or one.length != two.length:
                return False
            node, twin = one.node, two.node
            if node is not twin:
                if (
                    node is None
                    or twin is None
                    or node.name != twin.name
                    or node.own != twin.own
                    or (node.tag is not twin.tag and _raw(node) != _raw(twin))
                ):
                    return False
                held = self.top.holds(node)
                if held is not other.top.holds(twin) or (held and node.depth != twin.depth):
                    return False
            one, two = one.older, two.older
        return True

    # ---- the stack ----

    def insert(self, tag: Tag, *, parent: Open | None = None) -> Open:
        """Insert an HTML element for a tag, and leave it open."""
        node = self.push(tag.name, tag=tag, parent=parent or self.foster_parent())
        if tag is self.token:
            self.placed = Placed("html", node.parent or node.under, node)
        return node

    def insert_closed(self, text: TextKind = "", *, parent: Open | None = None) -> None:
        """Insert an HTML element that is closed at once, or when its text has been read."""
        around = parent or self.foster_parent() or self.top
        self.placed = Placed("html", around, None)
        self.text = text

    def push(
        self,
        name: bytes,
        *,
        tag: Tag | None = None,
        parent: Open | None = None,
        own: object = None,
    ) -> Open:
        """Put an HTML element on the stack."""
        old = self.age is Age.OF_2012
        node = Open(
            self.top,
            name,
            special=name in (_OLD_SPECIAL if old else SPECIAL),
            parent=parent,
            own=own,
            tag=tag,
            ground=name in _GROUND[self.age],
        )
        self.put(node)
        return node

    def place_root(self) -> None:
        """Take the tag of ``html`` itself for the root's."""
        self.top = Open(None, b"html", special=True)
        self.placed = Placed("html", self.top, self.top)

    def put(self, node: Open) -> None:
        """Make an element the current node."""
        if node.depth > MAX_OPEN:
            raise RewriteError("elements are nested too deeply to be followed")
        self.top = node

    def foster_parent(self) -> Open | None:
        """Return the parent of what doesn't belong into a table; None where that is no matter.

        HTML, "appropriate place for inserting a node".
        """
        top = self.top
        if not self.fostering or top.space != "html" or top.name not in TABLE_MISFITS:
            return None
        table, template = top.table, top.template
        if template is not None and (table is None or template.depth > table.depth):
            return template
        if table is None:
            return top.at(0)
        return table.parent or table.under

    def pop(self) -> None:
        """Close the current node."""
        self.top = self.top.under

    def pop_until(self, *names: bytes) -> None:
        """Close elements up to and including one of these names, which has to be there."""
        node = self.top
        while node.name not in names or node.space != "html":
            node = node.under
        self.top = node.under

    def clear_back_to(self, *names: bytes) -> None:
        """Clear the stack back to a table, table body or table row context."""
        node = self.top
        while (node.name not in names or node.space != "html") and node.below is not None:
            node = node.below
        self.top = node

    def is_at(self, *names: bytes) -> bool:
        """Tell whether the current node is an HTML element of one of these names."""
        return self.top.name in names and self.top.space == "html"

    def imply_ends(self, besides: bytes = b"") -> None:
        """Generate implied end tags."""
        implied = _OLD_IMPLIED if self.age is Age.OF_2012 else _IMPLIED
        node = self.top
        while node.name in implied and node.name != besides and node.space == "html":
            node = node.under
        self.top = node

    def shut_frames(self) -> None:
        """Set the frameset-ok flag to "not ok"."""
        self.frames_ok = self.frames_doubted = False

    @property
    def takes_frames(self) -> bool:
        """Whether a ``frameset`` can be the body, or take its place."""
        return self.frames_ok or self.frames_doubted or self.mode in BEFORE_BODY

    @property
    def began_body(self) -> bool:
        """Whether the last start tag began the body, if it may be cut out."""
        before = self.before
        return (
            before is not None
            and before.mode in BEFORE_BODY
            and self.mode not in BEFORE_BODY
            and not self.in_head_template
        )

    @property
    def in_head_template(self) -> bool:
        """Whether a ``template`` is open in front of the body."""
        return self.top.template is not None and self.top.second == b"head"

    @property
    def scripting(self) -> bool:
        """Whether scripts run; of readings that still agree, whether in any."""
        return any(reader.scripting for reader in self.readers)

    def reset_mode(self) -> None:
        """Reset the insertion mode appropriately."""
        node = self.top.ground
        name = node.name
        if name == b"template":
            self.mode = self.template_modes[-1]
        elif name == b"select":
            table, template = node.table, node.template
            in_table = table is not None and (template is None or template.depth < table.depth)
            self.mode = Insertion.IN_SELECT_IN_TABLE if in_table else Insertion.IN_SELECT
        elif name == b"html":
            self.mode = Insertion.BEFORE_HEAD if self.head is None else Insertion.AFTER_HEAD
        else:
            self.mode = MODES[name]

    def may_leave(self, name: bytes) -> bool:
        """Tell whether an end tag may be that of an element of which nobody knows."""
        node = self.top
        if not self.known:
            return False
        while node.depth > self.known:
            if node.name == name:
                return False
            node = node.under
        return True

    def save(self, tag: Tag) -> None:
        """Keep the state before a start tag, if its element may be cut out."""
        self.before = None
        if tag.name in CUT:
            self.before = copy(self)

    def undo(self) -> Builder:
        """Return the state without the last start tag, whose element is cut out."""
        before = self.before
        if before is None:
            return self
        before.readers = self.readers
        before.age = self.age
        shut = before.takes_frames and not self.takes_frames
        # Behind a template in the head, a `frameset` can still be the body.
        before.barred = before.barred or (shut and not self.in_head_template)
        return before

    def take_base(self) -> bool | None:
        """Tell whether relative URLs surely start from the last start tag, a ``base``, from now on.

        None where they surely don't.
        """
        placed = self.placed
        if placed is None or placed.around.inert or placed.space != "html":
            return None
        if self.based is not None:
            # Foster parenting puts it in front of one that counted so far, if that is in the table.
            return False if self.mode in FOSTERING and self.top.table in self.based else None
        self.based = placed.around.tables_around()
        self.based_by = self.token
        # A `frameset` that takes the body's place takes the `base` with it.
        return self.mode in BEFORE_BODY or not self.takes_frames

    def leave_base(self) -> None:
        """Have the next ``base`` count, if the last start tag did."""
        if self.based_by is self.token:
            self.based = None

    def cover(self, meaning: object) -> None:
        """Take in what the last start tag says of everything inside its element."""
        placed = self.placed
        if placed is None or placed.node is None or placed.node is not self.top:
            return
        if self.age is not Age.OF_2012 and self.token is not None and is_shadow(self.token):
            # A shadow root takes the place of the element, attributes and all.
            return
        placed.node.cover(meaning)
        entry = self.formatting
        if entry is not None and entry.node is placed.node:
            self.formatting = entry._replace(covered=True)

    @property
    def counts(self) -> bool:
        """Whether the last start tag is an element, or adds to one."""
        return self.placed is not None or (self.token is not None and self.token.name in COUNTING)

    def covers_here(self) -> tuple[tuple[object, ...], ...]:
        """Return what is said of the last start tag's element, and of where it may be moved to.

        Nothing where there is no element.
        """
        lasting = tuple(each.meaning for each in self.lasting)
        placed = self.placed
        if placed is None:
            return (lasting,) if lasting and self.counts else ()
        around = placed.around
        moves = placed.node is not None and placed.node.moves
        firm = around.bare if moves else around.firm
        return (*around.covers, *lasting), (*firm, *lasting)

    def start_lasting(self, name: bytes, meaning: object) -> None:
        """Count the last start tag, and what it says of everything up to its end tag."""
        if self.lasting:
            self.lasting = tuple(
                each._replace(nested=each.nested + 1) if each.name == name else each
                for each in self.lasting
            )
        if meaning is not None and len(self.lasting) < MAX_LASTING and self.counts:
            self.lasting = (*self.lasting, Lasting(name, meaning))

    def end_lasting(self, name: bytes) -> None:
        """Count an end tag, and forget what was said up to it."""
        if self.lasting and name not in _NEVER_ENDED:
            self.lasting = tuple(
                each if each.name != name else each._replace(nested=each.nested - 1)
                for each in self.lasting
                if each.name != name or each.nested
            )

    # ---- active formatting elements ----

    def add_formatting(self, node: Open | None) -> None:
        """Push onto the list of active formatting elements; None for a marker."""
        self.formatting = add_formatting(self.formatting, node)
        if self.formatting.length > MAX_FORMATTING:
            raise RewriteError("there are too many formatting elements to be followed")

    def clear_formatting(self) -> None:
        """Clear the list of active formatting elements up to the last marker."""
        entry = self.formatting
        while entry is not None and entry.node is not None:
            entry = entry.older
        self.formatting = entry.older if entry is not None else None

    def follow(self, instead: dict[Open, Open | None]) -> None:
        """Hold to the elements that have taken the place of others."""
        newer: list[Open | None] = []
        entry = self.formatting
        left = len(instead)
        while entry is not None and left:
            node = entry.node
            if node is not None and node in instead:
                left -= 1
                node = instead[node]
                if node is not None:
                    newer.append(node)
            else:
                newer.append(node)
            entry = entry.older
        self.spend(len(newer) // 8)
        for each in reversed(newer):
            entry = add_formatting(entry, each)
        self.formatting = entry
        if self.form is not None and self.form in instead:
            self.form = instead[self.form]

    def spend(self, work: int) -> None:
        """Count what is more than a step for each tag: copies made, deep stacks gone through."""
        self._work -= work
        if self._work < 0:
            raise RewriteError("elements are misnested too often to be followed")


def is_shadow(tag: Tag) -> bool:
    """Tell whether a tag is a ``template`` that becomes a shadow root."""
    mode = tag.get(b"shadowrootmode") if tag.name == b"template" else None
    return mode is not None and mode.text("latin-1").lower() in {"open", "closed"}


def _raw(node: Open) -> bytes:
    return node.tag.raw if node.tag is not None else b""


_GROUND: Final = {
    Age.TODAY: frozenset((*MODES, b"html", b"template")),
    Age.OF_2024: frozenset((*MODES, b"html", b"template", b"select")),
    Age.OF_2012: frozenset((*MODES, b"html", b"select")),
}
_OLD_IMPLIED: Final = frozenset(b"dd dt li optgroup option p rp rt".split())
_IMPLIED: Final = _OLD_IMPLIED.union((b"rb", b"rtc"))
