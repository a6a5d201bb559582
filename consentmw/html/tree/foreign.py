"""What a tag does within ``svg`` and ``math``: the rules for parsing tokens in foreign content."""

from __future__ import annotations

from typing import TYPE_CHECKING

from consentmw.html.names import BREAKS_OUT, BREAKS_OUT_FONT, FOREIGN_SCOPES, TEXT_POINTS
from consentmw.html.readers import Age
from consentmw.html.tree.builder import Placed
from consentmw.html.tree.stack import Open

if TYPE_CHECKING:
    from consentmw.html.attributes import Tag
    from consentmw.html.names import Namespace
    from consentmw.html.tree.builder import Builder


def is_foreign(top: Open, tag: Tag) -> bool:
    """Tell whether a start tag is read by the rules for foreign content.

    HTML standard, "tree construction dispatcher".
    """
    if top.space == "html":
        return False
    if top.point:
        return (
            top.space == "math"
            and top.name in TEXT_POINTS
            and tag.name in {b"mglyph", b"malignmark"}
        )
    return not (top.space == "math" and top.name == b"annotation-xml" and tag.name == b"svg")


def breaks_out(tag: Tag) -> bool:
    """Tell whether a start tag ends foreign elements."""
    return tag.name in BREAKS_OUT or (
        tag.name == b"font" and any(tag.get(name) is not None for name in BREAKS_OUT_FONT)
    )


def leave(top: Open) -> Open:
    """Return what is left of a stack when such a tag has closed what it does."""
    while top.space != "html" and not top.point:
        top = top.under
    return top


def make(below: Open, tag: Tag, space: Namespace, *, parent: Open | None = None) -> Open:
    """Return a foreign element on top of a stack."""
    name = tag.name
    if name in FOREIGN_SCOPES[space]:
        point = name != b"annotation-xml" or _holds_html(tag)
        special = True
    else:
        point = special = False
    return Open(
        below,
        name,
        space=space,
        special=special,
        parent=parent,
        point=point,
        # Its text may be waited for.
        tag=tag if name in {b"script", b"style"} else None,
    )


def _holds_html(tag: Tag) -> bool:
    encoding = tag.get(b"encoding")
    return encoding is not None and encoding.text("latin-1").lower() in {
        "text/html",
        "application/xhtml+xml",
    }


def insert_foreign(builder: Builder, tag: Tag, space: Namespace) -> None:
    """Insert a foreign element."""
    parent = builder.foster_parent()
    around = parent or builder.top
    if tag.self_closing:
        builder.placed = Placed(space, around, None)
        return
    node = make(builder.top, tag, space, parent=parent)
    if builder.age is Age.OF_2012 and node.special and node.name != b"foreignobject":
        node.special = False
        node.last_special = builder.top.last_special
        node.items = builder.top.items
        node.reach |= builder.top.reach
    builder.put(node)
    builder.placed = Placed(space, around, node)


def start(builder: Builder, tag: Tag) -> bool:
    """Process a start tag; return whether HTML's rules have to go on with it."""
    if breaks_out(tag):
        top = builder.top
        builder.top = leave(top)
        builder.turned = builder.turned or builder.top is not top
        return True
    insert_foreign(builder, tag, builder.top.space)
    return False


def find_open(top: Open, name: bytes) -> tuple[Open | None, int]:
    """Return the innermost foreign element of a name, above all that is of HTML.

    Where there is none, also how long the way was that had to be gone to find that out.
    """
    if not top.foreign_reach & 1 << (hash(name) % 61):
        return None, 0
    node = top
    while node.space != "html" and not node.lacks(name):
        if node.name == name:
            return node, 0
        node = node.under
    return None, top.miss(name, node)


def end(builder: Builder, name: bytes) -> bool:
    """Process an end tag; return whether HTML's rules have to go on with it."""
    if name in {b"p", b"br"} and builder.age is not Age.OF_2012:
        builder.top = leave(builder.top)
        return True
    node = builder.top
    found, way = find_open(node, name)
    if found is None:
        builder.spend(way)
        return True
    builder.top = found.under
    return False
