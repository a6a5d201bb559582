"""Taking attributes out of a start tag without changing what the rest of it says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from consentmw.html.sieve import Edit

if TYPE_CHECKING:
    from collections.abc import Collection

    from consentmw.html.attributes import Attribute, Tag

_BLANK: Final = b"\t\n\f\r "
_EQUALS: Final = re.compile(rb"[\t\n\f\r ]*+=")
_SEPARATING: Final = b"\t\n\f\r /"
RENAMED: Final = b"suppressed-"
"""In front of an attribute's name, makes one that nobody reads."""


def cut_attributes(tag: Tag, names: Collection[bytes]) -> tuple[Edit, ...]:
    """Cut every attribute of these names: where the first is gone, the next one would count."""
    raw = tag.raw
    edits: list[Edit] = []
    behind = 0
    bare = False
    cut: list[tuple[Attribute, int, bool]] = []
    for attribute, previous in zip(tag.attributes, _ends_before(tag), strict=True):
        if attribute.name in names:
            cut.append((attribute, previous, bare))
        else:
            bare = attribute.end - attribute.start == len(attribute.name)
    for attribute, previous, behind_bare in reversed(cut):
        start = attribute.start
        instead = b""
        if not edits or edits[-1].start > attribute.end:
            behind = attribute.end
            if behind_bare and _EQUALS.match(raw, behind):
                # It begins the next one's name, and would be followed by the value of this one.
                instead = b" /"
        # What separated the attribute goes with it, unless it now has to separate others: a slash
        # would become part of a bare value, or end the element, and another attribute part of a
        # name.
        if raw[behind] in _BLANK or behind == len(raw) - 1 or instead:
            while start > previous and raw[start - 1] in _SEPARATING:
                start -= 1
        edits.append(Edit(start, attribute.end, instead))
    return tuple(reversed(edits))


def _ends_before(tag: Tag) -> list[int]:
    """Return where what stands in front of each attribute ends."""
    return [tag.attributes_start, *(attribute.end for attribute in tag.attributes)][:-1]


def rename_attributes(tag: Tag, names: Collection[bytes]) -> tuple[Edit, ...]:
    """Make every attribute of these names one that means nothing, by insertions only."""
    return tuple(
        Edit(attribute.start, attribute.start, RENAMED)
        for attribute in tag.attributes
        if attribute.name in names
    )
