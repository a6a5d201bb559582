"""XML's start tags, taken apart: names, the namespaces that they belong to, attributes.

What an element means and what is to become of it is not known here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from consentmw.html.attributes import Attribute, Tag
from consentmw.html.references import decode_references

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from consentmw.html.names import Namespace

SPACE: Final = rb"[\t\n\r ]"
_NAME: Final = rb"[A-Za-z_:\x80-\xff][A-Za-z0-9_:.\x80-\xff-]*+"
_VALUE: Final = rb"(?:\"[^\"<]*+\"|'[^'<]*+')"
START_TAG: Final = re.compile(
    rb"<("
    + _NAME
    + rb")((?:"
    + SPACE
    + rb"++"
    + _NAME
    + SPACE
    + rb"*+="
    + SPACE
    + rb"*+"
    + _VALUE
    + rb")*+)"
    + SPACE
    + rb"*+(/?)>"
)
END_TAG: Final = re.compile(rb"</(" + _NAME + rb")" + SPACE + rb"*+>")
# Something between "<" and a ">" outside of quotes.
CLOSED: Final = re.compile(rb"<[^>\"']*+(?:(?:\"[^\"]*+\"|'[^']*+')[^>\"']*+)*+>")
_ATTRIBUTE: Final = re.compile(
    rb"(" + _NAME + rb")" + SPACE + rb"*+=" + SPACE + rb"*+(?:\"([^\"<]*+)\"|'([^'<]*+)')"
)
STYLE_SHEET: Final = b"<?xml-stylesheet"
_BLANKS: Final = frozenset((b"\t", b"\n", b"\r", b" "))
_HREF: Final = re.compile(rb"href" + SPACE + rb"*+=" + SPACE + rb"*+([\"'])")

_NAMESPACES: Final[dict[str, Namespace]] = {
    "http://www.w3.org/1999/xhtml": "html",
    "http://www.w3.org/2000/svg": "svg",
    "http://www.w3.org/1998/Math/MathML": "math",
}
_XLINK: Final = "http://www.w3.org/1999/xlink"
# Tables of names are in lower case, and here a name that isn't is another name, but for SVG's own.
_IN_TABLES: Final = {
    b"feImage": b"feimage",
    b"feimage": b"{}feimage",
    b"attributeName": b"attributename",
    b"attributename": b"{}attributename",
}


class XmlTag(Tag):
    """A start tag read by XML's rules; its name is the local one."""

    __slots__ = ()

    def __init__(
        self, raw: bytes, name: bytes, attributes: tuple[Attribute, ...], start: int
    ) -> None:
        super().__init__(raw, name)
        self.attributes_start = start
        self._attributes = attributes

    @property
    def repeats(self) -> bool:
        """Whether an attribute is there twice (Namespaces in XML, 6.3), if by two prefixes."""
        return len({each.name for each in self.attributes}) < len(self.attributes)

    def reduced(self, names: Collection[bytes]) -> XmlTag:
        """Return the tag of an element without a meaning, with no other attributes than these."""
        kept = tuple(each for each in self.attributes if each.name in names)
        return XmlTag(self.raw, b"", kept, self.attributes_start)


def read_tag(raw: bytes, prefixes: Mapping[bytes, str]) -> XmlTag | None:
    """Take a start tag apart; None where it isn't one."""
    match = START_TAG.match(raw)
    if match is None:
        return None
    name = match[1].rpartition(b":")[2]
    name = _IN_TABLES.get(name, name)
    attributes = []
    for part in _ATTRIBUTE.finditer(raw, match.end(1)):
        written = part[1]
        prefix, colon, rest = written.rpartition(b":")
        if colon and prefixes.get(prefix) == _XLINK:
            written = b"xlink:" + rest
        elif prefix == b"xlink" and prefix in prefixes:
            written = b"{}" + rest  # of a namespace in which nothing loads
        else:
            written = _IN_TABLES.get(written, written)
        value = part[2] if part[2] is not None else part[3]
        # XML 1.0, 3.3.3: white space in a value is a space, unless a reference stands for it.
        for blank in (b"\t", b"\n", b"\r"):
            value = value.replace(blank, b" ")
        start = part.start(2) if part[2] is not None else part.start(3)
        attributes.append(Attribute(written, value, part.start(), part.end(), start))
    return XmlTag(raw, name, tuple(attributes), match.end(1))


def read_declarations(attributes: bytes) -> dict[bytes, str]:
    """Return what prefixes a tag declares, and for what; the default one under no name."""
    if b"xmlns" not in attributes:
        return {}
    prefixes = {}
    for part in _ATTRIBUTE.finditer(attributes):
        if part[1] == b"xmlns" or (part[1].startswith(b"xmlns:") and part[1] != b"xmlns:"):
            value = part[2] if part[2] is not None else part[3]
            prefixes[part[1][6:]] = decode_references(value.decode("utf-8", "replace"))
    return prefixes


def namespace_of(name: bytes, prefixes: Mapping[bytes, str]) -> Namespace | None:
    """Return the namespace of an element by its name as written; None for one of no interest."""
    return _NAMESPACES.get(prefixes.get(name.rpartition(b":")[0], ""))


def read_style_sheet(raw: bytes) -> list[XmlTag]:
    """Return the ``link`` that an ``<?xml-stylesheet …?>`` amounts to.

    Where its data aren't the attributes that they should be, one for each URL that a browser might
    find in them.
    """
    data = raw[len(STYLE_SHEET) : -2]
    if data[:1] not in _BLANKS:
        return []  # of another name
    written = b'<link rel="stylesheet"' + data + b"/>"
    tag = read_tag(written, {}) if START_TAG.fullmatch(written) else None
    if tag is not None:
        return [tag]
    # xml-stylesheet, 3, has the grammar of a start tag. Gecko reads pair by pair, needs no blanks
    # between them and gives up behind the one that it wants; Blink has the data parsed as a start
    # tag, in which they may end it and begin another.
    found = []
    for match in _HREF.finditer(data):
        end = data.find(match[1], match.end())
        if end >= 0:
            value = data[match.end() : end].replace(b"<", b"&lt;").replace(b'"', b"&quot;")
            tag = read_tag(b'<link rel="stylesheet" href="' + value + b'"/>', {})
            if tag is not None:
                found.append(tag)
    return found
