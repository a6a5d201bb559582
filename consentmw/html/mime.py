"""What a media type says, with its parameters, by the rules that browsers follow.

Which types a browser shows as pages isn't known here.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

# MIME Sniffing, 2: "HTTP white space", "HTTP token code points", "HTTP quoted-string token ...".
_WHITE_SPACE: Final = "\t\n\r "
_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_QUOTABLE: Final = re.compile(r"[\t -~\x80-\xff]*")
_PARAMETER: Final = re.compile(
    r";[\t\n\r ]*+([^;=]*+)(?:=(?:\"((?:[^\"\\]|\\.|\\\Z)*+)[^;]*+|([^;]*+)))?+", re.DOTALL
)
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)


class MimeType(NamedTuple):
    """A media type, taken apart."""

    essence: str
    """Type and subtype in lower case; empty where the text is no media type."""
    parameters: Mapping[str, str] = MappingProxyType({})
    """Names in lower case; of several of one name, the first."""


def read_mime_type(text: str) -> MimeType:
    """MIME Sniffing, "parse a MIME type"; of a header field, bytes are characters (Latin-1)."""
    text = text.strip(_WHITE_SPACE)
    essence, mark, rest = text.partition(";")
    kind, _, subtype = essence.rstrip(_WHITE_SPACE).partition("/")
    if _TOKEN.fullmatch(kind) is None or _TOKEN.fullmatch(subtype) is None:
        return MimeType("")
    return MimeType(f"{kind}/{subtype}".lower(), read_parameters(mark + rest))


def is_xml(essence: str) -> bool:
    """Tell whether a media type in lower case is XML (MIME Sniffing, 4.6, and Chromium's own)."""
    return essence in {"text/xml", "application/xml", "text/xsl"} or essence.endswith("+xml")


def read_parameters(text: str) -> dict[str, str]:
    """Read what follows a media type's essence: nothing, or text that starts with a semicolon."""
    found: dict[str, str] = {}
    for parameter in _PARAMETER.finditer(text.rstrip(_WHITE_SPACE)):
        name, quoted, bare = parameter.groups()
        value = _ESCAPED.sub(r"\1", quoted) if quoted is not None else bare
        value = value.rstrip(_WHITE_SPACE) if quoted is None and value else value
        # A name with blanks behind it is another name, and so none.
        if (value or quoted is not None) and _TOKEN.fullmatch(name) and _QUOTABLE.fullmatch(value):
            found.setdefault(name.lower(), value)
    return found
