"""In which encoding a page is, and what that means for reading its bytes as they are.

The order is the HTML standard's: a byte order mark, the ``Content-Type``, a ``meta`` within the
first 1,024 bytes, windows-1252. In every encoding that browsers know but UTF-16 and ISO-2022-JP,
the bytes of ``<``, ``>``, quotes, slash, equals sign and white space stand for nothing else, not
even in the second byte of a character: Shift_JIS, Big5, GBK and EUC-KR have trail bytes from 0x40
on, and GB18030 has digits besides. So a page is scanned as bytes, and only the text of a URL is
decoded. The two others are decoded first.
"""

from __future__ import annotations

import re
from codecs import getincrementaldecoder, getincrementalencoder
from typing import TYPE_CHECKING, Final, NamedTuple

from consentmw.html.attributes import TAG, Tag
from consentmw.html.encodings import ISO_2022_JP, REPLACEMENT, USER_DEFINED, UTF_16, read_codec
from consentmw.html.iso2022jp import Decoder, Encoder
from consentmw.html.tokens import comment_end

if TYPE_CHECKING:
    from codecs import IncrementalDecoder, IncrementalEncoder

PRESCAN_BYTES: Final = 1024
"""How much of a page is looked through for a ``meta``; the HTML standard's own number."""


class Charset(NamedTuple):
    """How a page is decoded."""

    codec: str
    """Python's name of it."""
    ascii_compatible: bool
    """Whether the page can be scanned as it is."""
    mark: bytes = b""
    """The byte order mark that it starts with."""
    declared: bool = True
    """Whether the page says so. Where it says nothing, browsers guess, and not all alike: UTF-8 is
    among their guesses."""


_DECODED_FIRST: Final = frozenset((*UTF_16, ISO_2022_JP))
# Of these a browser shows a single U+FFFD: nothing in them is markup, however it is read.
_SHOWS_NOTHING: Final = {REPLACEMENT: "cp1252"}


def _charset(codec: str, mark: bytes = b"") -> Charset:
    return Charset(codec, codec not in _DECODED_FIRST, mark)


_MARKS: Final = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xfe\xff", "utf-16-be"),
    (b"\xff\xfe", "utf-16-le"),
)
_CHARSET_IN_CONTENT: Final = re.compile(
    r"charset[\t\n\f\r ]*=[\t\n\f\r ]*(?:\"([^\"]*)\"|'([^']*)'|([^\t\n\f\r ;\"']+))", re.IGNORECASE
)
_XML_ENCODING: Final = re.compile(
    rb"<\?xml[^>]{0,200}?encoding[\t\n\r ]*=[\t\n\r ]*[\"']([A-Za-z0-9._:-]+)[\"']"
)


def read_charset(
    start: bytes, label: str | None, *, complete: bool, otherwise: str = "cp1252"
) -> Charset | None:
    """Tell how a page is decoded; None where more of its start has to be seen.

    Args:
        start: The page's first bytes.
        label: What the ``Content-Type`` says; None or unknown to look further.
        complete: Whether the page has no more bytes.
        otherwise: The codec that holds where nothing is said.
    """
    for mark, marked in _MARKS:
        if start.startswith(mark):
            return _charset(marked, mark)
    if not complete and any(mark.startswith(start) for mark, _ in _MARKS):
        return None
    codec = _read_codec(label) if label else None
    if codec is None:
        if not complete and len(start) < PRESCAN_BYTES:
            return None
        codec = _prescan(start[:PRESCAN_BYTES])
    return _charset(codec or otherwise)._replace(declared=codec is not None)


def _prescan(start: bytes) -> str | None:
    """HTML, "prescan a byte stream to determine its encoding"."""
    if start.startswith(b"<\x00?\x00x\x00"):
        return "utf-16-le"
    if start.startswith(b"\x00<\x00?\x00x"):
        return "utf-16-be"
    position = 0
    while (at := start.find(b"<", position)) >= 0:
        position = at + 1
        if start.startswith(b"<!--", at):
            # A `<!-->` is complete here too.
            found = comment_end(start, at + 2, opening=False)
            if not found.complete:
                break
            position = found.position
            continue
        match = TAG.match(start, at)
        if match is not None:
            position = match.end()
            if match[2].lower() == b"meta" and not match[1]:
                codec = _in_meta(Tag(match[0], b"meta"))
                if codec is not None:
                    return codec
    declared = _XML_ENCODING.match(start)
    return _as_declared(declared[1].decode("ascii")) if declared else None


def _in_meta(tag: Tag) -> str | None:
    direct = tag.get(b"charset")
    if direct is not None:
        return _as_declared(direct.text("latin-1"))
    content, equiv = tag.get(b"content"), tag.get(b"http-equiv")
    if content is None or equiv is None or equiv.text("latin-1").lower() != "content-type":
        return None
    match = _CHARSET_IN_CONTENT.search(content.text("latin-1"))
    return _as_declared(match[1] or match[2] or match[3] or "") if match else None


def _as_declared(label: str) -> str | None:
    codec = _read_codec(label)
    # What is read here is ASCII-compatible: it can't be UTF-16, whatever it says.
    return "utf-8" if codec in UTF_16 else "cp1252" if codec == USER_DEFINED else codec


def _read_codec(label: str) -> str | None:
    codec = read_codec(label)
    return _SHOWS_NOTHING.get(codec, codec) if codec is not None else None


def decode_page(page: bytes, label: str | None) -> bytes:
    """Return a page in bytes that can be scanned: as they are, or transcoded to UTF-8."""
    charset = read_charset(page, label, complete=True)
    assert charset is not None  # noqa: S101 - a complete page always has an answer
    body = page[len(charset.mark) :]
    if charset.ascii_compatible:
        return body
    if charset.codec == ISO_2022_JP:
        return Decoder().decode(body, final=True).encode()
    return body.decode(charset.codec, "replace").encode("utf-8", "replace")


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
