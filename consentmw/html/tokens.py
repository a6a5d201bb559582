"""Where the pieces of markup end: the tokenizer's states as expressions, one for each kind.

Each function takes a buffer and a position inside the piece, and answers with the position behind
it, or with the position from which to look again once more bytes have come. What was looked at is
never looked at again, but for the few bytes that may be the start of an end.
"""

from __future__ import annotations

import re
from enum import Enum, IntEnum, auto
from typing import Final, NamedTuple

# Behind a name: what makes `</script` an end tag and `</scriptx` text.
_NAME_END: Final = rb"(?=[\t\n\f\r />])"

_COMMENT_END: Final = re.compile(rb"--!?>")
_SCRIPT_STEP: Final = re.compile(rb"<(?:!--|/[sS][cC][rR][iI][pP][tT]" + _NAME_END + rb")")
_ESCAPED_STEP: Final = re.compile(rb"-->|<(/?)[sS][cC][rR][iI][pP][tT]" + _NAME_END)
_DOUBLE_ESCAPED_STEP: Final = re.compile(rb"-->|</[sS][cC][rR][iI][pP][tT]" + _NAME_END)
_TEXT_ENDS: Final[dict[bytes, re.Pattern[bytes]]] = {}


class Mode(Enum):
    """What the tokenizer is in the middle of."""

    DATA = auto()
    COMMENT = auto()
    BOGUS = auto()
    """Anything that ends at the next ``>``: a doctype, ``<?…>``, ``</3>``."""
    CDATA = auto()
    TEXT = auto()
    """The text of ``style``, ``title`` and their like, until their end tag."""
    SCRIPT = auto()
    PLAINTEXT = auto()


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


def end_of(mode: Mode, name: bytes, data: bytes, position: int) -> Found:
    """Find the end of what the tokenizer is in the middle of, other than a script.

    Args:
        mode: What that is.
        name: The element's, if it is a text.
        data: The buffer.
        position: From where to look.
    """
    if mode is Mode.TEXT:
        return text_end(name, data, position)
    if mode is Mode.COMMENT:
        return comment_end(data, position, opening=False)
    end = {Mode.BOGUS: b">", Mode.CDATA: b"]]>"}.get(mode)
    if end is None:
        return Found(len(data), complete=False)
    at = data.find(end, position)
    if at < 0:
        return Found(max(position, len(data) + 1 - len(end)), complete=False)
    return Found(at + len(end), complete=True)


def inside_end(data: bytes, end: int, mode: Mode) -> int:
    """Return where the inside of a comment or a CDATA section ends, whose end is known."""
    if mode is Mode.BOGUS:
        return end - 1
    return end - 4 if data.endswith(b"--!>", 0, end) else end - 3
