"""The stack of open elements, and the list of active formatting elements beside it.

Both are chains that only grow at their end: several readings of a page share what they have in
common, a copy costs nothing, and whether two have become one again shows at once. What the standard
asks of the stack ("has an element in scope") each link knows of all links below it, so that no tag
of a hostile page costs more than another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from consentmw.html.names import FOREIGN_SCOPES, FORMATTING, HEADINGS, SCOPES, SPECIAL

if TYPE_CHECKING:
    from consentmw.html.attributes import Tag
    from consentmw.html.names import Namespace

# The names of which somebody asks whether they are in scope: a bit for each.
BITS: Final[dict[bytes, int]] = {
    name: 1 << number
    for number, name in enumerate(
        sorted(SPECIAL.union(b"dialog nobr optgroup option ruby search".split()))
    )
}
FORMATTING_BITS: Final[dict[bytes, int]] = {
    name: 1 << number for number, name in enumerate(sorted(FORMATTING))
}
HEADING_BITS: Final = sum(BITS[name] for name in HEADINGS)
UNKNOWN_TEMPLATE: Final = b"template?"
"""What stands for a ``template`` where it is an element like any other."""
PARAGRAPH: Final = 1
"""In `Open.within`: a ``p`` is in button scope."""
ITEM: Final = 2
"""In `Open.within`: an ``li`` is in list item scope."""

_TABLE_SCOPES: Final = frozenset((b"html", b"table", b"template"))
_TEMPLATES: Final = frozenset((b"template", UNKNOWN_TEMPLATE))
_ITEMS: Final = frozenset((b"li", b"dd", b"dt"))
# "In body", a start tag of `li`, `dd` or `dt`: the special elements that don't end the loop.
_PASSED: Final = frozenset((b"address", b"div", b"p"))


_LONG_WAY: Final = 32
_MAX_MISSED: Final = 64


class Open:
    """One open element, and what it knows of those below it."""

    __slots__ = (
        "bare",
        "below",
        "covers",
        "depth",
        "fence",
        "firm",
        "foreign_reach",
        "formats",
        "ground",
        "inert",
        "items",
        "jump",
        "last_special",
        "led",
        "loses",
        "missed",
        "moves",
        "name",
        "own",
        "parent",
        "point",
        "reach",
        "scope",
        "second",
        "space",
        "special",
        "sure",
        "table",
        "table_scope",
        "tag",
        "tangled",
        "template",
        "within",
    )

    def __init__(
        self,
        below: Open | None,
        name: bytes,
        *,
        space: Namespace = "html",
        special: bool = False,
        parent: Open | None = None,
        own: object = None,
        tag: Tag | None = None,
        point: bool = False,
        ground: bool = False,
    ) -> None:
        """Put an element onto a stack.

        Args:
            below: The element under it.
            name: In lower case.
            space: Its namespace.
            special: Whether it is of the standard's special category.
            parent: Its parent in the tree, where that isn't the element below.
            own: What its tag says of everything inside it.
            tag: Its tag, where copies of it may be made.
            point: Whether it is an integration point, of either kind.
            ground: Whether it decides what insertion mode the mode is reset to.
        """
        self.below = below
        self.name = name
        self.space = space
        self.special = special
        self.parent = parent
        self.tag = tag
        self.point = point
        self.own = own
        html = space == "html"
        bit = BITS.get(name, 0) if html else 0
        ends = name in (SCOPES if html else FOREIGN_SCOPES[space])
        # A name is found again by its hash: a bit that is not set proves that it isn't there.
        mark = 1 << (hash(name) % 61)
        self.missed: set[object] | None = None
        if below is None:
            self.depth = self.fence = self.last_special = 0
            self.jump: Open = self
            self.scope = self.table_scope = bit
            self.within = self.items = 0
            self.reach = mark
            self.foreign_reach = 0
            self.inert = self.tangled = False
            self.second = b""
            self.table: Open | None = None
            self.template: Open | None = None
            self.ground: Open = self
            self.covers: tuple[object, ...] = ()
            self.firm: tuple[object, ...] = ()
            self.sure: tuple[object, ...] = ()
            self.bare: tuple[object, ...] = ()
            self.formats = self.led = self.moves = self.loses = False
        else:
            depth = self.depth = below.depth + 1
            # Links that lead far down, by which any depth is reached in a few steps (Myers).
            far = below.jump
            self.jump = far.jump if below.depth - far.depth == far.depth - far.jump.depth else below
            self.fence = depth if ends else below.fence
            self.scope = bit if ends else below.scope | bit
            self.table_scope = bit if html and name in _TABLE_SCOPES else below.table_scope | bit
            within = 0 if ends else below.within
            if html:
                if name == b"p":
                    within |= PARAGRAPH
                elif name == b"li":
                    within |= ITEM
                elif name == b"button":
                    within &= ~PARAGRAPH
                elif name == b"ol" or name == b"ul":
                    within &= ~ITEM
            self.within = within
            stops = special and not (html and name in _PASSED)
            self.items = (0 if stops else below.items) | (bit if name in _ITEMS else 0)
            self.last_special = depth if special else below.last_special
            self.foreign_reach = 0 if html else below.foreign_reach | mark
            self.reach = mark if special else below.reach | mark
            # Something on the stack makes it read otherwise: it is foreign, a `select`, or covers.
            self.tangled = below.tangled or not html or name == b"select"
            self.second = below.second if depth > 1 else name
            self.table = self if html and name == b"table" else below.table
            self.template = self if html and name == b"template" else below.template
            self.ground = self if ground else below.ground
            around = below if parent is None else parent
            self.inert = around.inert or (html and name in _TEMPLATES)
            self.covers = around.covers
            # What is said for good: here (`firm`), of something special (`bare`), and inside of
            # that (`sure`). The adoption agency: the end tag of a formatting element below takes
            # what is special out of what isn't, and out of the formatting element, of which a copy
            # goes around all that is inside. Across a fence it reaches nothing.
            self.formats = html and name in FORMATTING
            self.led = not ends and (below.led or self.formats)
            self.moves = special and not ends
            self.loses = below.led and not special
            self.firm = around.sure if self.moves else around.firm
            self.sure = self.firm if ends else around.sure
            self.bare = self.firm if ends else around.bare
        if own is not None:
            self.cover(own)

    def cover(self, meaning: object) -> None:
        """Take in what the element's tag says of everything inside it."""
        self.own = meaning
        self.tangled = True
        if meaning not in self.covers:
            self.covers = (*self.covers, meaning)
        if meaning not in self.firm:
            self.firm = (*self.firm, meaning)
        if meaning not in self.sure and not self.loses:
            self.sure = (*self.sure, meaning)
        if meaning not in self.bare and not (self.loses or self.formats):
            self.bare = (*self.bare, meaning)

    def lacks(self, sought: object) -> bool:
        """Tell whether something was looked for from here on down, in vain."""
        return self.missed is not None and sought in self.missed

    def miss(self, sought: object, reached: Open) -> int:
        """Note that something was looked for in vain, and return how long the way was, if it was.

        Two names may have one bit: without this, a deep stack is gone through for each end tag.
        """
        way = self.depth - reached.depth
        if way < _LONG_WAY:
            return 0
        if self.missed is None or len(self.missed) >= _MAX_MISSED:
            self.missed = set()
        self.missed.add(sought)
        return way

    def put_on(self, below: Open, *, parent: Open | None = None) -> Open:
        """Return the element, or a copy of it, on top of another stack."""
        return Open(
            below,
            self.name,
            space=self.space,
            special=self.special,
            parent=parent,
            own=self.own,
            tag=self.tag,
            point=self.point,
            ground=self.ground is self,
        )

    def at(self, depth: int) -> Open:
        """Return the element at a depth, which isn't greater than this one's."""
        node = self
        while node.depth > depth:
            node = node.jump if node.jump.depth >= depth else node.under
        return node

    def tables_around(self) -> frozenset[Open]:
        """Return the tables that the element is in, in the tree."""
        found = set()
        node: Open | None = self
        while node is not None:
            if node.name == b"table" and node.space == "html":
                found.add(node)
            node = node.parent or node.below
        return frozenset(found)

    @property
    def under(self) -> Open:
        """The element below, where there is one."""
        below = self.below
        assert below is not None  # noqa: S101 - nobody asks this of the root
        return below

    def holds(self, node: Open) -> bool:
        """Tell whether an element is in the stack up to this one."""
        return node.depth <= self.depth and self.at(node.depth) is node


def same_stack(one: Open, other: Open) -> bool:
    """Tell whether two stacks hold the same elements."""
    while one is not other:
        if (
            one.depth != other.depth
            or one.name != other.name
            or one.space != other.space
            or one.point is not other.point
            or one.own != other.own
            or one.covers != other.covers
            or one.firm != other.firm
            or one.sure != other.sure
            or one.bare != other.bare
            or one.inert is not other.inert
            or (one.ground is one) is not (other.ground is other)
            or one.below is None
            or other.below is None
        ):
            return False
        one, other = one.below, other.below
    return True


class Formatting(NamedTuple):
    """A link of the list of active formatting elements, which goes on to the older ones."""

    node: Open | None
    """The element as it stands, or stood, in the stack; None for a marker."""
    older: Formatting | None
    names: int
    """The names since the last marker, a bit for each."""
    length: int
    covered: bool
    """Whether an element of the list says something of what is inside it."""


def add_formatting(older: Formatting | None, node: Open | None) -> Formatting:
    """Return a list with one element more."""
    if node is None:
        names = 0
    else:
        names = (older.names if older is not None else 0) | FORMATTING_BITS[node.name]
    return Formatting(
        node,
        older,
        names,
        older.length + 1 if older is not None else 1,
        (older is not None and older.covered) or (node is not None and node.own is not None),
    )
