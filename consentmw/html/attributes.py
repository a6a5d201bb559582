"""A start tag, taken apart: its name and its attributes with their places in the bytes.

The grammar is the tokenizer's of the HTML standard, "before attribute name state" and after.
Which attributes mean anything is not known here.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from consentmw.html.references import decode_references

NAME: Final = rb"[A-Za-z][^\t\n\f\r />]*+"
_SPACE: Final = rb"[\t\n\f\r ]"
_ATTRIBUTE_NAME: Final = rb"[^\t\n\f\r />][^\t\n\f\r />=]*+"
# After "=" a value has to come: where a quote is never closed, the tag has no end.
ATTRIBUTES: Final = (
    rb"(?:[\t\n\f\r /]++|" + _ATTRIBUTE_NAME + rb"(?:" + _SPACE + rb"*+=" + _SPACE + rb"*+"
    rb"(?:\"[^\"]*+\"|'[^']*+'|(?![\"'])[^\t\n\f\r >]*+)|(?!" + _SPACE + rb"*+=)))*+"
)
TAG: Final = re.compile(rb"<(/?)(" + NAME + rb")(" + ATTRIBUTES + rb")>")
_ATTRIBUTE: Final = re.compile(
    rb"[\t\n\f\r /]*+(" + _ATTRIBUTE_NAME + rb")"
    rb"(?:" + _SPACE + rb"*+=" + _SPACE + rb"*+"
    rb"(?:\"([^\"]*+)\"|'([^']*+)'|(?![\"'])([^\t\n\f\r >]*+)))?+"
)


class Attribute(NamedTuple):
    """One attribute as it stands in the tag; offsets count from the tag's ``<``."""

    name: bytes
    """In lower case; only ASCII letters fold."""
    value: bytes
    """As written, references and all; empty where there is none."""
    start: int
    end: int
    value_start: int
    """Where the value's own bytes start, inside its quotes; `end` where there is none."""

    def text(self, encoding: str) -> str:
        """The value as the browser has it."""
        text = self.value.decode(encoding, "replace").replace("\0", "\ufffd")
        if "\r" in text:
            # HTML, "preprocessing the input stream".
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        return decode_references(text)


class Tag:
    """A complete start tag."""

    __slots__ = ("_attributes", "_first", "attributes_start", "name", "raw")

    def __init__(self, raw: bytes, name: bytes) -> None:
        self.raw = raw
        self.name = name
        """In lower case."""
        self.attributes_start = 1 + len(name)
        self._attributes: tuple[Attribute, ...] | None = None
        self._first: dict[bytes, Attribute] | None = None

    @property
    def attributes(self) -> tuple[Attribute, ...]:
        """Every attribute in the order of the source, repeated ones too."""
        if self._attributes is None:
            self._attributes = tuple(_read_attributes(self.raw, self.attributes_start))
        return self._attributes

    def get(self, name: bytes) -> Attribute | None:
        """The attribute that counts: of several with one name, the first."""
        if self._first is None:
            first: dict[bytes, Attribute] = {}
            self._first = first
            for attribute in self.attributes:
                first.setdefault(attribute.name, attribute)
        return self._first.get(name)

    @property
    def self_closing(self) -> bool:
        """Whether the tag ends in ``/>``, and the slash is not part of a bare value."""
        if self.raw[-2:] != b"/>":
            return False
        return not self.attributes or self.attributes[-1].end < len(self.raw) - 1


def _read_attributes(raw: bytes, position: int) -> list[Attribute]:
    found = []
    match = _ATTRIBUTE.match
    end = len(raw) - 1
    while (part := match(raw, position, end)) is not None:
        position = part.end()
        value = part.lastindex
        if value is None or value == 1:
            found.append(Attribute(part[1].lower(), b"", part.start(1), position, position))
        else:
            found.append(
                Attribute(
                    part[1].lower(),
                    part[value],
                    part.start(1),
                    position,
                    part.start(value),
                )
            )
    return found
