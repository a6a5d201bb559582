"""In which encoding a page is, and what that means for reading its bytes as they are.

The order is the HTML standard's: a byte order mark, the ``Content-Type``, what the page itself
declares. In every encoding that browsers know but UTF-16 and ISO-2022-JP, the bytes of ``<``,
``>``, quotes, slash, equals sign and white space stand for nothing else, not even in the second
byte of a character: Shift_JIS, Big5, GBK and EUC-KR have trail bytes from 0x40 on, and GB18030 has
digits besides. So a page is scanned as bytes, and only the text of a URL is decoded. The two others
are decoded first.

Where a page declares nothing, or not the same to all, browsers guess, and not all alike. Such a
page is read in all encodings at once: its bytes are the same markup in each, once those are gone
that would make it ISO-2022-JP or UTF-16, and the text of a URL is judged by each.
"""

from __future__ import annotations

from codecs import getincrementaldecoder, getincrementalencoder
from typing import TYPE_CHECKING, Final, NamedTuple

from consentmw.html.doublebytes import DOUBLE_BYTES, as_browsers
from consentmw.html.encodings import (
    ASCII_COMPATIBLE,
    ISO_2022_JP,
    REPLACEMENT,
    UTF_16,
    read_codec,
)
from consentmw.html.iso2022jp import Decoder, Encoder
from consentmw.html.prescan import PRESCAN_BYTES, read_declaration, read_xml_declaration

if TYPE_CHECKING:
    from codecs import IncrementalDecoder, IncrementalEncoder

__all__ = ["PRESCAN_BYTES", "Charset", "Transcoder", "decode_page", "read_charset"]

_DECODED_FIRST: Final = frozenset((*UTF_16, ISO_2022_JP))
_UNDECLARED: Final = "cp1252"
# Encoding standard, 12.2.1: in ISO-2022-JP the first of them starts an escape sequence, and without
# one ASCII stands for itself. In every other encoding they are control characters that show
# nothing, so nothing is lost with them.
_SHIFTS: Final = b"\x0e\x0f\x1b"
_MAX_HELD_BYTES: Final = 8 * PRESCAN_BYTES
"""How much is looked at where most of it is taken out; no page is like that."""


class Charset(NamedTuple):
    """How a page is decoded."""

    codec: str
    """Python's name of it."""
    ascii_compatible: bool
    """Whether the page can be scanned as it is."""
    mark: bytes = b""
    """The byte order mark that it starts with."""
    others: tuple[str, ...] = ()
    """Python's names of all others in which a browser may read it, each ASCII-compatible."""
    foreign: bytes = b""
    """Bytes that may not be left where something is denied: in what a browser may guess for the
    page, they would make other markup of it."""


def _charset(codec: str, mark: bytes = b"", *, foreign: bytes = b"") -> Charset:
    return Charset(codec, codec not in _DECODED_FIRST, mark, foreign=foreign)


_MARKS: Final = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xfe\xff", "utf-16-be"),
    (b"\xff\xfe", "utf-16-le"),
)


def read_charset(
    start: bytes, label: str | None, *, complete: bool, xml: bool = False
) -> Charset | None:
    """Tell how a page is decoded; None where more of its start has to be seen.

    Args:
        start: The page's first bytes.
        label: What the ``Content-Type`` says; None or unknown to look further.
        complete: Whether the page has no more bytes.
        xml: Whether it is read by XML's rules.
    """
    for mark, marked in _MARKS:
        if start.startswith(mark):
            return _charset(marked, mark)
    if not complete and any(mark.startswith(start) for mark, _ in _MARKS):
        return None
    labelled = read_codec(label) if label else None
    if labelled not in (None, REPLACEMENT):
        return _charset(labelled)
    read = read_xml_declaration if xml else read_declaration
    # As the page leaves, for what is taken out may stand in the middle of a `meta`.
    left = start.translate(None, _SHIFTS)
    complete = complete or len(start) > _MAX_HELD_BYTES
    declared = read(left, complete=complete)
    if declared is None:
        return None
    codec = declared.codec
    # Of `replacement` a browser shows nothing, if it knows that encoding.
    if codec is not None and declared.certain and labelled is None:
        if codec not in _DECODED_FIRST:
            return _charset(codec, foreign=_SHIFTS)
        if read(start, complete=complete) == declared:
            return _charset(codec)
    if not complete and len(left) < PRESCAN_BYTES:
        return None
    return _in_any(codec if codec in ASCII_COMPATIBLE else _UNDECLARED, start)


def _in_any(first: str, start: bytes) -> Charset:
    """Read a page in whatever a browser may take it for."""
    looked_at = start[:PRESCAN_BYTES]
    # Firefox takes a page for UTF-16 of which every second byte is NUL, others go by the first
    # character. HTML ignores NUL, so that it is missed in neither.
    zeros = b"\0" if b"\0" in start[:4] or looked_at.count(0) * 4 > len(looked_at) else b""
    others = tuple(other for other in ASCII_COMPATIBLE if other != first)
    return Charset(first, ascii_compatible=True, others=others, foreign=_SHIFTS + zeros)


def decode_page(page: bytes, label: str | None, *, xml: bool = False) -> bytes:
    """Return a page in bytes that can be scanned: as they are, or transcoded to UTF-8."""
    charset = read_charset(page, label, complete=True, xml=xml)
    assert charset is not None  # noqa: S101 - a complete page always has an answer
    body = page[len(charset.mark) :]
    if charset.ascii_compatible:
        return body
    return _decode(body, charset.codec).encode("utf-8", "replace")


def decode_text(text: bytes, label: str | None) -> tuple[str, ...]:
    """Decode what is no page, a script or a style sheet: by its mark, its label, or in any way.

    Without them, what loads it may say how it is encoded, or it may itself.
    """
    declared = label is not None and read_codec(label) not in (None, REPLACEMENT)
    charset = read_charset(text, label if declared else "utf-8", complete=True)
    assert charset is not None  # noqa: S101 - of a known label there always is an answer
    found = _decode(text[len(charset.mark) :], charset.codec)
    if declared or charset.mark or text.isascii():
        return (found,)
    others = (_UNDECLARED, *sorted(DOUBLE_BYTES))
    return tuple(dict.fromkeys((found, *(_decode(text, codec) for codec in others))))


def _decode(text: bytes, codec: str) -> str:
    if codec == ISO_2022_JP:
        return Decoder().decode(text, final=True)
    return text.decode(as_browsers(codec), "replace")


class Transcoder:
    """Takes a page's bytes to UTF-8 and what is left of it back.

    Lone surrogates and an odd byte at the end survive.
    """

    def __init__(self, codec: str) -> None:
        japanese = codec == ISO_2022_JP
        self._from_page: IncrementalDecoder | Decoder = (
            Decoder() if japanese else getincrementaldecoder(codec)("surrogatepass")
        )
        self._to_page: IncrementalEncoder | Encoder = (
            Encoder() if japanese else getincrementalencoder(codec)("surrogatepass")
        )
        self._from_utf8: IncrementalDecoder = getincrementaldecoder("utf-8")("surrogatepass")

    def decode(self, chunk: bytes) -> bytes:
        """Return the page's next bytes in UTF-8."""
        return self._from_page.decode(chunk).encode("utf-8", "surrogatepass")

    def encode(self, chunk: bytes) -> bytes:
        """Return what is left, as the page has it."""
        return self._to_page.encode(self._from_utf8.decode(chunk))

    def rest(self) -> bytes:
        """Return what ends an escape sequence, and the bytes of a character that the end cut."""
        return self._to_page.encode("", final=True) + self._from_page.getstate()[0]
