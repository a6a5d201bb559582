"""Formatting elements: what is opened again behind a block, and what an end tag moves.

HTML standard, "the list of active formatting elements" and "the adoption agency algorithm".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from consentmw.html.names import TABLE_MISFITS
from consentmw.html.readers import Age
from consentmw.html.tree.stack import FORMATTING_BITS, add_formatting

if TYPE_CHECKING:
    from consentmw.html.attributes import Tag
    from consentmw.html.tree.builder import Builder
    from consentmw.html.tree.stack import Formatting, Open

_ADOPTIONS: Final = 8
_INNER_STEPS: Final = 3
_ALIKE: Final = 3


def reconstruct(builder: Builder) -> None:
    """Open again what was closed only because the element around it was."""
    entry = builder.formatting
    top = builder.top
    if entry is None or entry.node is None or top.holds(entry.node):
        return
    closed: list[Open] = []
    while entry is not None and entry.node is not None and not top.holds(entry.node):
        closed.append(entry.node)
        entry = entry.older
    builder.spend(len(closed))
    for node in reversed(closed):
        again = node.put_on(builder.top, parent=builder.foster_parent())
        builder.put(again)
        entry = add_formatting(entry, again)
    builder.formatting = entry


def push_formatting(builder: Builder, node: Open) -> None:
    """Push onto the list; of elements with equal attributes only the last three count."""
    alike: list[Open] = []
    entry = builder.formatting
    if entry is not None and entry.names & FORMATTING_BITS[node.name]:
        while entry is not None and entry.node is not None:
            if entry.node.name == node.name and _same_attributes(entry.node.tag, node.tag):
                alike.append(entry.node)
            entry = entry.older
    if len(alike) >= _ALIKE:
        remove(builder, alike[-1])
    builder.add_formatting(node)


def _same_attributes(one: Tag | None, other: Tag | None) -> bool:
    if one is other:
        return True
    if one is None or other is None:
        return False
    return one.raw == other.raw or _attributes(one) == _attributes(other)


def _attributes(tag: Tag) -> dict[bytes, str]:
    found: dict[bytes, str] = {}
    for attribute in tag.attributes:
        if attribute.name not in found:
            found[attribute.name] = attribute.text("latin-1")
    return found


def find(formatting: Formatting | None, name: bytes) -> Open | None:
    """Return the last element of a name since the last marker."""
    entry = formatting
    while entry is not None and entry.node is not None:
        if not entry.names & FORMATTING_BITS[name]:
            return None
        if entry.node.name == name:
            return entry.node
        entry = entry.older
    return None


def remove(builder: Builder, node: Open) -> None:
    """Take an element out of the list, if it is there."""
    builder.follow({node: None})


def _is_listed(builder: Builder, node: Open) -> bool:
    entry = builder.formatting
    while entry is not None:
        if entry.node is node:
            return True
        entry = entry.older
    return False


def adopt(builder: Builder, name: bytes) -> bool:
    """Run the adoption agency algorithm; return whether "any other end tag" applies instead."""
    modern = builder.age is not Age.OF_2012
    top = builder.top
    if modern and top.name == name and top.space == "html" and not _is_listed(builder, top):
        builder.top = top.under
        return False
    for _ in range(_ADOPTIONS):
        node = find(builder.formatting, name)
        if node is None:
            return True
        if not builder.top.holds(node):
            remove(builder, node)
            return False
        if node.depth <= builder.top.fence:
            return not modern
        if builder.top.last_special <= node.depth:
            builder.top = node.under
            remove(builder, node)
            return False
        _adopt_once(builder, node, modern=modern)
    return False


def _adopt_once(builder: Builder, node: Open, *, modern: bool) -> None:
    """Move the furthest block out of a formatting element, and a copy of that into the block."""
    above: list[Open] = []
    each = builder.top
    while each is not node:
        above.append(each)
        each = each.under
    above.reverse()
    builder.spend(len(above))
    at = next(place for place, each in enumerate(above) if each.special)
    block = above[at]
    common = node.under

    # What stands between: copied where it is active, left out where it isn't.
    dropped: dict[Open, Open | None] = {}
    copied: list[Open] = []
    kept: list[Open] = []
    listed = {each for each in above[:at] if _is_listed(builder, each)} if at else set()
    for step, each in enumerate(reversed(above[:at]), start=1):
        if not modern and step > _INNER_STEPS:
            kept.append(each)
        elif each not in listed:
            continue
        elif modern and step > _INNER_STEPS:
            dropped[each] = None
        else:
            copied.append(each)
    bookmark = copied[0] if copied else None

    instead: dict[Open, Open | None] = dict(dropped)
    below = common
    for each in reversed(kept):
        instead[each] = below = each.put_on(below)
    parent = _foster_parent(builder, common, modern=modern) or (common if kept else None)
    for each in (*reversed(copied), block):
        instead[each] = below = each.put_on(below, parent=parent)
        parent = None
    clone = below = node.put_on(below)
    for each in above[at + 1 :]:
        instead[each] = below = each.put_on(below, parent=each.parent)
    builder.put(below)
    if builder.form is not None and builder.form in instead:
        builder.form = instead[builder.form]
    _relist(builder, instead, node, clone, instead[bookmark] if bookmark is not None else None)


def _foster_parent(builder: Builder, common: Open, *, modern: bool) -> Open | None:
    if common.space != "html" or common.name not in TABLE_MISFITS:
        return None
    if modern and not builder.fostering:
        return None
    top, fostering = builder.top, builder.fostering
    builder.top, builder.fostering = common, True
    parent = builder.foster_parent()
    builder.top, builder.fostering = top, fostering
    return parent


def _relist(
    builder: Builder,
    instead: dict[Open, Open | None],
    node: Open,
    clone: Open,
    bookmark: Open | None,
) -> None:
    """Put the copies into the list; that of the element itself behind the bookmark."""
    newer: list[Open | None] = []
    entry = builder.formatting
    while entry is not None:
        each = entry.node
        if each is None:
            newer.append(None)
        elif each is node:
            if bookmark is None:
                newer.append(clone)
        elif each in instead:
            other = instead[each]
            if other is not None:
                if other is bookmark:
                    newer.append(clone)
                newer.append(other)
        else:
            newer.append(each)
        entry = entry.older
    builder.spend(len(newer) // 8)
    builder.formatting = None
    for other in reversed(newer):
        builder.formatting = add_formatting(builder.formatting, other)
