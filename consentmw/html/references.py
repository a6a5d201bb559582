"""Character references in attribute values, read as the HTML standard's tokenizer reads them.

`html.unescape` follows the rules for text: it turns ``&not=1`` into ``¬=1``. In an attribute a
reference without its semicolon stays as it is where a letter, a digit or ``=`` follows.
"""

from __future__ import annotations

import re
from html.entities import html5
from string import ascii_letters, digits
from typing import Final

_REFERENCE: Final = re.compile(r"&(?:#(?:[xX]([0-9a-fA-F]+)|([0-9]+));?|([A-Za-z][A-Za-z0-9]*);?)")

# The names that need no semicolon; the longest has six letters.
_BARE: Final = {name: text for name, text in html5.items() if not name.endswith(";")}
_HOLDS_BACK: Final = frozenset("=" + ascii_letters + digits)
_LONGEST_BARE: Final = max(map(len, _BARE))


def decode_references(text: str, *, attribute: bool = True) -> str:
    """Replace the character references of an attribute's value, or of text."""
    if "&" not in text:
        return text

    def decoded(match: re.Match[str]) -> str:
        figures = match[1] or match[2]
        if figures:
            return _numbered(figures, 16 if match[1] else 10)
        return _named(match, text if attribute else "")

    return _REFERENCE.sub(decoded, text)


def _named(match: re.Match[str], text: str) -> str:
    whole, name = match[0], match[3]
    known = html5.get(name + ";") if whole[-1] == ";" else None
    if known is not None:
        return known
    for length in range(min(len(name), _LONGEST_BARE), 1, -1):
        known = _BARE.get(name[:length])
        if known is not None:
            following = whole[1 + length :] or text[match.end() : match.end() + 1]
            # HTML, named character reference state: "for historical reasons".
            if text and following and following[0] in _HOLDS_BACK:
                return whole
            return known + whole[1 + length :]
    return whole


def _numbered(figures: str, base: int) -> str:
    # No more digits than any code point has: int() takes quadratic time on long runs.
    figures = figures.lstrip("0")
    number = int(figures or "0", base) if len(figures) <= 8 else 0
    if 0x80 <= number <= 0x9F:
        return bytes([number]).decode("cp1252", "replace").replace("\ufffd", chr(number))
    if number == 0 or number > 0x10FFFF or 0xD800 <= number <= 0xDFFF:
        return "\ufffd"
    return chr(number)
