"""Where the pieces of markup end: the tokenizer's states as expressions, one for each kind.

Each function takes a buffer and a position inside the piece, and answers with the position behind
it, or with the position from which to look again once more bytes have come. What was looked at is
never looked at again, but for the few bytes that may be the start of an end.
"""

from __future__ import annotations

import re
import unicodedata
from enum import IntEnum
from typing import Final, NamedTuple

from consentmw.html.attributes import TAG, Tag
from consentmw.html.references import decode_references

# Behind a name: what makes `</script` an end tag and `</scriptx` text.
_NAME_END: Final = rb"(?=[\t\n\f\r />])"

_TAG_OPEN: Final = re.compile(rb"</?[A-Za-z]")
_COMMENT_END: Final = re.compile(rb"--!?>")
_SCRIPT_STEP: Final = re.compile(rb"<(?:!--|/[sS][cC][rR][iI][pP][tT]" + _NAME_END + rb")")
_ESCAPED_STEP: Final = re.compile(rb"-->|<(/?)[sS][cC][rR][iI][pP][tT]" + _NAME_END)
_DOUBLE_ESCAPED_STEP: Final = re.compile(rb"-->|</[sS][cC][rR][iI][pP][tT]" + _NAME_END)
_TEXT_ENDS: Final[dict[bytes, re.Pattern[bytes]]] = {}


class Found(NamedTuple):
    """How far a search came."""

    position: int
    complete: bool


class Escape(IntEnum):
    """The script data states that look for different ends."""

    NONE = 0
    ONCE = 1
    TWICE = 2


def comment_end(data: bytes, position: int, *, opening: bool) -> Found:
    """Find the end of a comment; `opening` at the first byte behind ``<!--``."""
    if opening:
        # Comment start state and comment start dash state: `<!-->` and `<!--->` are whole comments.
        if data.startswith(b">", position):
            return Found(position + 1, complete=True)
        if data.startswith(b"->", position):
            return Found(position + 2, complete=True)
    match = _COMMENT_END.search(data, position)
    if match is not None:
        return Found(match.end(), complete=True)
    return Found(max(position, len(data) - 3), complete=False)


def text_end(name: bytes, data: bytes, position: int) -> Found:
    """Find the ``</name`` that ends the text of an element other than a script."""
    pattern = _TEXT_ENDS.get(name)
    if pattern is None:
        letters = b"".join(b"[%c%c]" % (c, c - 32) for c in name)
        pattern = _TEXT_ENDS[name] = re.compile(b"</" + letters + _NAME_END)
    match = pattern.search(data, position)
    if match is not None:
        return Found(match.start(), complete=True)
    return Found(max(position, len(data) - len(name) - 2), complete=False)


def script_end(data: bytes, position: int, escape: Escape = Escape.NONE) -> tuple[Found, Escape]:
    """Find the ``</script`` that ends a script.

    HTML, script data states: behind ``<!--``, a ``<script`` hides the next ``</script``.
    """
    while True:
        if escape is Escape.NONE:
            match = _SCRIPT_STEP.search(data, position)
            if match is None:
                break
            if data[match.start() + 1] == 0x2F:
                return Found(match.start(), complete=True), escape
            # The two dashes count for the end of the escape: `<!-->` opens and closes it.
            position = match.start() + 2
            escape = Escape.ONCE
        elif escape is Escape.ONCE:
            match = _ESCAPED_STEP.search(data, position)
            if match is None:
                break
            position = match.end()
            if data[match.start()] == 0x2D:
                escape = Escape.NONE
            elif match[1]:
                return Found(match.start(), complete=True), escape
            else:
                escape = Escape.TWICE
        else:
            match = _DOUBLE_ESCAPED_STEP.search(data, position)
            if match is None:
                break
            position = match.end()
            escape = Escape.NONE if data[match.start()] == 0x2D else Escape.ONCE
    # `</script` is the longest start of an end.
    return Found(max(position, len(data) - 8), complete=False), escape


def markup_texts(name: bytes, data: bytes) -> tuple[Found, tuple[bytes, bytes]]:
    """Find the end tag of an element whose content is markup, and return the text inside.

    That is how ``script`` and ``style`` read within SVG: comments and tags are no part of their
    text, CDATA sections and what character references stand for are. The text is returned twice:
    with that of inner elements, up to the first end tag of the name, and as browsers take it,
    without, up to the element's own. Which elements are inner ones isn't always certain.
    """
    whole: list[bytes] = []
    direct: list[bytes] = []
    inner: list[bytes] = []
    end = -1
    position = 0
    while position >= 0:
        piece, tag, position = _next_piece(data, position)
        if end < 0:
            whole.append(piece)
        if not inner:
            direct.append(piece)
        if tag is None:
            continue
        named = tag[2].lower()
        if not tag[1]:
            if not Tag(tag[0], named).self_closing:
                inner.append(named)
            continue
        if named == name and end < 0:
            end = tag.start()
        if named in inner:
            del inner[len(inner) - 1 - inner[::-1].index(named) :]
        elif named == name:
            return Found(end, complete=True), (_decoded(whole), _decoded(direct))
    found = Found(end if end >= 0 else len(data), complete=False)
    return found, (_decoded(whole), _decoded(direct))


def _next_piece(data: bytes, position: int) -> tuple[bytes, re.Match[bytes] | None, int]:
    """Return the text up to the next tag or comment, the tag, and where to go on, or -1."""
    start = data.find(b"<", position)
    if start < 0:
        return data[position:], None, -1
    text = data[position:start]
    if data.startswith(b"<![CDATA[", start):
        at = data.find(b"]]>", start)
        within = data[start + 9 : at if at >= 0 else len(data)]
        return text + within, None, at + 3 if at >= 0 else -1
    if data.startswith(b"<!--", start):
        found = comment_end(data, start + 4, opening=True)
        return text, None, found.position if found.complete else -1
    tag = TAG.match(data, start)
    if tag is not None:
        return text, tag, tag.end()
    if _TAG_OPEN.match(data, start):
        return text, None, -1
    return text + b"<", None, start + 1


def _decoded(pieces: list[bytes]) -> bytes:
    """Join text and decode its references, in any encoding that goes on from ASCII."""
    text = b"".join(pieces)
    if b"&" not in text:
        return text
    # What no single byte can hold is taken for what it is compatible with: a host reads the same.
    decoded = decode_references(text.decode("latin-1"), attribute=False)
    plain = (c if c <= "\xff" else unicodedata.normalize("NFKC", c) for c in decoded)
    return "".join(plain).encode("latin-1", "replace")
