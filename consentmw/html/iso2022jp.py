"""ISO-2022-JP, the one encoding of the web in which bytes mean what escape sequences in front say.

Decoded as the Encoding standard does, with one difference that brings the bytes back: what isn't
valid, U+FFFD to a browser, becomes a character of a private plane that stands for these very bytes.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

_PRIVATE: Final = 0xF0000
"""Single bytes from here on, pairs of bytes behind them."""
_PRIVATE_PAIRS: Final = _PRIVATE + 0x100
_ROMAN: Final = {0x5C: "\u00a5", 0x7E: "\u203e"}
_ROMAN_BYTES: Final = {text: byte for byte, text in _ROMAN.items()}
_KATAKANA: Final = 0xFF61 - 0x21


class _Set(Enum):
    """The character sets between which escape sequences switch."""

    ASCII = b"\x1b(B"
    ROMAN = b"\x1b(J"
    KATAKANA = b"\x1b(I"
    KANJI = b"\x1b$B"


_ESCAPES: Final = {each.value: each for each in _Set} | {b"\x1b$@": _Set.KANJI}
# Never valid, whatever the set.
_CONTROLS: Final = frozenset((0x0E, 0x0F, 0x1B))


def _kanji(lead: int, trail: int) -> str:
    """Look a pair up as the standard's index jis0208 has it, which is that of Shift_JIS."""
    row, cell = lead - 0x21, trail - 0x21
    first = row // 2 + (0x81 if row < 62 else 0xC1)
    second = cell + (0x9F if row % 2 else 0x40 if cell < 63 else 0x41)
    try:
        text = bytes((first, second)).decode("cp932")
    except UnicodeDecodeError:
        return ""
    return text if _kanji_bytes(text) == bytes((lead, trail)) else ""


def _kanji_bytes(text: str) -> bytes:
    try:
        pair = text.encode("cp932")
    except UnicodeEncodeError:
        return b""
    if len(pair) != 2 or pair[0] > 0xEF:
        return b""
    first, second = pair
    row = (first - (0x81 if first < 0xA0 else 0xC1)) * 2
    if second >= 0x9F:
        return bytes((row + 1 + 0x21, second - 0x9F + 0x21))
    return bytes((row + 0x21, second - (0x40 if second < 0x7F else 0x41) + 0x21))


class Decoder:
    """Takes the bytes of a page to text."""

    def __init__(self) -> None:
        self._set = _Set.ASCII
        self._escaped = False
        """Whether nothing has come since the last escape sequence: another one isn't valid then."""
        self._held = b""

    def decode(self, chunk: bytes, *, final: bool = False) -> str:
        """Return the next bytes as text."""
        data = self._held + chunk
        self._held = b""
        out: list[str] = []
        position = 0
        while position < len(data):
            byte = data[position]
            if byte == 0x1B:
                if len(data) < position + 3 and not final:
                    break
                escaped = _ESCAPES.get(data[position : position + 3])
                if escaped is not None:
                    if self._escaped:
                        out.append(chr(_PRIVATE + 0xFF))
                    self._set, self._escaped = escaped, True
                    position += 3
                    continue
            self._escaped = False
            if self._set is _Set.KANJI and 0x21 <= byte <= 0x7E:
                if len(data) < position + 2 and not final:
                    break
                trail = data[position + 1] if position + 1 < len(data) else 0
                if 0x21 <= trail <= 0x7E:
                    found = _kanji(byte, trail) or chr(_PRIVATE_PAIRS + (byte << 8 | trail))
                    out.append(found)
                    position += 2
                    continue
            out.append(self._single(byte))
            position += 1
        self._held = data[position:]
        return "".join(out)

    def getstate(self) -> tuple[bytes, int]:
        """Return the bytes of a character that has yet to be completed, as codecs do."""
        return self._held, 0

    def _single(self, byte: int) -> str:
        if byte >= 0x80 or byte in _CONTROLS or self._set is _Set.KANJI:
            return chr(_PRIVATE + byte)
        if self._set is _Set.KATAKANA:
            return chr(_KATAKANA + byte) if 0x21 <= byte <= 0x5F else chr(_PRIVATE + byte)
        if self._set is _Set.ROMAN:
            return _ROMAN.get(byte, chr(byte))
        return chr(byte)


class Encoder:
    """Takes text back to the bytes of the page."""

    def __init__(self) -> None:
        self._set = _Set.ASCII

    def encode(self, text: str, *, final: bool = False) -> bytes:
        """Return the bytes of some text; what has none is written as a character reference."""
        out: list[bytes] = []
        for character in text:
            number = ord(character)
            if number < 0x80:
                self._switch(out, _Set.ASCII)
                out.append(bytes((number,)))
            elif character in _ROMAN_BYTES:
                self._switch(out, _Set.ROMAN)
                out.append(bytes((_ROMAN_BYTES[character],)))
            elif 0xFF61 <= number <= 0xFF9F:
                self._switch(out, _Set.KATAKANA)
                out.append(bytes((number - _KATAKANA,)))
            elif _PRIVATE <= number < _PRIVATE_PAIRS:
                byte = number - _PRIVATE
                # Among other characters a letter would be valid, or half of one that is.
                never = byte >= 0x80 or byte in _CONTROLS
                out.append(bytes((byte,)) if never else b"\xff")
            elif _PRIVATE_PAIRS <= number < _PRIVATE_PAIRS + 0x8000:
                self._switch(out, _Set.KANJI)
                out.append((number - _PRIVATE_PAIRS).to_bytes(2, "big"))
            elif number == 0xFFFD:
                # Never valid: a browser makes the same of it again.
                out.append(b"\xff")
            elif pair := _kanji_bytes(character):
                self._switch(out, _Set.KANJI)
                out.append(pair)
            else:
                self._switch(out, _Set.ASCII)
                out.append(b"&#%d;" % number)
        if final:
            self._switch(out, _Set.ASCII)
        return b"".join(out)

    def _switch(self, out: list[bytes], wanted: _Set) -> None:
        if self._set is not wanted:
            out.append(wanted.value)
            self._set = wanted
