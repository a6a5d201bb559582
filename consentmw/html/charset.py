"""In which encoding a page is, and what that means for reading its bytes as they are.

The order is the HTML standard's: a byte order mark, the ``Content-Type``, a ``meta`` within the
first 1,024 bytes, windows-1252. In every encoding that browsers know but UTF-16 and ISO-2022-JP,
the bytes of ``<``, ``>``, quotes, slash, equals sign and white space stand for nothing else, not
even in the second byte of a character: Shift_JIS, Big5, GBK and EUC-KR have trail bytes from 0x40
on, and GB18030 has digits besides. So a page is scanned as bytes, and only the text of a URL is
decoded. The others are decoded first, and so are UTF-32, UTF-7, HZ and their like, which browsers
have given up.
"""

from __future__ import annotations

import re
from codecs import getincrementaldecoder, getincrementalencoder
from typing import TYPE_CHECKING, Final, NamedTuple

from consentmw.html.attributes import TAG, Tag
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


_ISO_2022_JP: Final = "iso2022_jp"
_DECODED_FIRST: Final = frozenset(
    {
        *("utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "utf-7", "hz"),
        *(_ISO_2022_JP, "iso2022_kr", "iso2022_jp_2"),
    }
)


def _charset(codec: str, mark: bytes = b"") -> Charset:
    return Charset(codec, codec not in _DECODED_FIRST, mark)


# Encoding standard, "names and labels": the labels that pages use, by Python's name of what a
# browser reads. Not Python's own aliases: `hex`, `idna` and `undefined` would be among them.
_CODECS: Final[dict[str, str]] = {
    label: codec
    for codec, labels in {
        "utf-8": "utf-8 utf8 unicode-1-1-utf-8 unicode11utf8 unicode20utf8 x-unicode20utf8",
        "cp1252": "windows-1252 cp1252 x-cp1252 iso-8859-1 iso8859-1 iso88591 iso_8859-1 latin1 l1"
        " ascii us-ascii ansi_x3.4-1968 cp819 ibm819 iso-ir-100 iso_8859-1:1987 csisolatin1",
        "cp1250": "windows-1250 cp1250 x-cp1250",
        "cp1251": "windows-1251 cp1251 x-cp1251",
        "cp1253": "windows-1253 cp1253 x-cp1253",
        "cp1254": "windows-1254 cp1254 x-cp1254 iso-8859-9 iso8859-9 latin5 l5 iso_8859-9",
        "cp1255": "windows-1255 cp1255 x-cp1255",
        "cp1256": "windows-1256 cp1256 x-cp1256",
        "cp1257": "windows-1257 cp1257 x-cp1257",
        "cp1258": "windows-1258 cp1258 x-cp1258",
        "cp874": "windows-874 dos-874 iso-8859-11 iso8859-11 tis-620",
        "cp866": "ibm866 866 cp866 csibm866",
        "koi8-r": "koi8-r koi koi8 koi8_r cskoi8r",
        "koi8-u": "koi8-u koi8-ru",
        "mac-roman": "macintosh mac x-mac-roman csmacintosh",
        "mac-cyrillic": "x-mac-cyrillic x-mac-ukrainian",
        **{
            f"iso8859-{part}": f"iso-8859-{part} iso8859-{part} iso_8859-{part}"
            for part in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)
        },
        "gb18030": "gb18030 gbk gb2312 gb_2312 gb_2312-80 x-gbk chinese csgb2312 iso-ir-58",
        "big5hkscs": "big5 big5-hkscs cn-big5 csbig5 x-x-big5",
        "euc_jp": "euc-jp x-euc-jp cseucpkdfmtjapanese",
        "cp932": "shift_jis shift-jis sjis x-sjis ms_kanji ms932 windows-31j csshiftjis",
        "cp949": "euc-kr euckr windows-949 ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 korean",
        _ISO_2022_JP: "iso-2022-jp csiso2022jp",
        "iso2022_kr": "iso-2022-kr csiso2022kr",
        "iso2022_jp_2": "iso-2022-jp-2 iso-2022-cn iso-2022-cn-ext",
        "hz": "hz-gb-2312 hz",
        "utf-16-le": "utf-16 utf-16le ucs-2 unicode unicodefeff iso-10646-ucs-2 csunicode",
        "utf-16-be": "utf-16be unicodefffe",
        "utf-32": "utf-32",
        "utf-32-le": "utf-32le",
        "utf-32-be": "utf-32be",
        "utf-7": "utf-7 utf7 unicode-1-1-utf-7",
    }.items()
    for label in labels.split()
}
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
    start: bytes, label: str | None, *, complete: bool, otherwise: str = "windows-1252"
) -> Charset | None:
    """Tell how a page is decoded; None where more of its start has to be seen.

    Args:
        start: The page's first bytes.
        label: What the ``Content-Type`` says; None or unknown to look further.
        complete: Whether the page has no more bytes.
        otherwise: The label that holds where nothing is said.
    """
    for mark, marked in _MARKS:
        if start.startswith(mark):
            return _charset(marked, mark)
    if not complete and any(mark.startswith(start) for mark, _ in _MARKS):
        return None
    codec = _CODECS.get(label.strip().lower()) if label else None
    if codec is None:
        if not complete and len(start) < PRESCAN_BYTES:
            return None
        codec = _prescan(start[:PRESCAN_BYTES])
    return _charset(codec or _CODECS[otherwise])._replace(declared=codec is not None)


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
    label = label.strip().lower()
    if label == "x-user-defined":
        return "cp1252"
    codec = _CODECS.get(label)
    # What is read here is ASCII-compatible: it can't be UTF-16, whatever it says.
    return "utf-8" if codec is not None and codec.startswith(("utf-16", "utf-32")) else codec


def decode_page(page: bytes, label: str | None) -> bytes:
    """Return a page in bytes that can be scanned: as they are, or transcoded to UTF-8."""
    charset = read_charset(page, label, complete=True)
    assert charset is not None  # noqa: S101 - a complete page always has an answer
    body = page[len(charset.mark) :]
    if charset.ascii_compatible:
        return body
    if charset.codec == _ISO_2022_JP:
        return Decoder().decode(body, final=True).encode()
    return body.decode(charset.codec, "replace").encode("utf-8", "replace")


class Transcoder:
    """Takes a page's bytes to UTF-8 and what is left of it back.

    Lone surrogates and an odd byte at the end survive. In the encodings that browsers don't know
    what isn't valid becomes U+FFFD.
    """

    def __init__(self, codec: str) -> None:
        errors = "surrogatepass" if codec.startswith(("utf-16", "utf-32")) else "replace"
        japanese = codec == _ISO_2022_JP
        self._from_page: IncrementalDecoder | Decoder = (
            Decoder() if japanese else getincrementaldecoder(codec)(errors)
        )
        self._to_page: IncrementalEncoder | Encoder = (
            Encoder() if japanese else getincrementalencoder(codec)(errors)
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
