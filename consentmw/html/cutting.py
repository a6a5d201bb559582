"""Taking attributes out of a start tag without changing what the rest of it says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from consentmw.html.sieve import Edit

if TYPE_CHECKING:
    from collections.abc import Collection

    from consentmw.html.attributes import Tag

_BLANK: Final = b"\t\n\f\r "
_SEPARATING: Final = b"\t\n\f\r /"
RENAMED: Final = b"suppressed-"
"""In front of an attribute's name, makes one that nobody reads."""


def cut_attributes(tag: Tag, names: Collection[bytes]) -> tuple[Edit, ...]:
    """Cut every attribute of these names: where the first is gone, the next one would count."""
    raw = tag.raw
    edits: list[Edit] = []
    behind = 0
    for attribute, previous in reversed([*zip(tag.attributes, _ends_before(tag), strict=True)]):
        if attribute.name not in names:
            continue
        start = attribute.start
        instead = b""
        if not edits or edits[-1].start > attribute.end:
            behind = attribute.end
            if raw[behind:].lstrip(_BLANK).startswith(b"=") and _lacks_value(tag, start, names):
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


def _lacks_value(tag: Tag, end: int, names: Collection[bytes]) -> bool:
    """Tell whether the last attribute in front of a place that isn't cut has a name only."""
    kept = [each for each in tag.attributes if each.start < end and each.name not in names]
    return bool(kept) and kept[-1].end - kept[-1].start == len(kept[-1].name)


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
