"""Which encoding a page's own first bytes declare, as the HTML standard and as Chromium read them.

The standard looks for a ``meta`` in bytes that it takes for tags wherever they stand; Chromium's
tokenizer knows text when it sees it, decodes character references, lets the last of several
attributes count, and may look further. Where not all agree, nobody knows what a page declares.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from consentmw.html.attributes import ATTRIBUTES, TAG, Tag
from consentmw.html.encodings import REPLACEMENT, USER_DEFINED, UTF_16, read_codec
from consentmw.html.tokens import comment_end, script_end, text_end

if TYPE_CHECKING:
    from collections.abc import Iterable

PRESCAN_BYTES: Final = 1024
"""How much of a page is looked through for a ``meta``; the HTML standard's own number."""

# HTML, "prescan a byte stream": what starts a comment, a tag, and what ends at the next `>`.
_PIECE: Final = re.compile(
    rb"<(?:(!--)|([mM][eE][tT][aA])(?=[\t\n\f\r /])|(/?[A-Za-z][^\t\n\f\r >]*+)|[!/?])"
)
# "Get an attribute" takes the same bytes for one that the tokenizer does, up to the `>`.
_REST_OF_TAG: Final = re.compile(ATTRIBUTES + rb">")
_TAG_START: Final = re.compile(rb"</?[A-Za-z]")
_BOGUS_START: Final = re.compile(rb"<[!/?]")
# HTML, "extracting a character encoding from a meta element"; a quote that is never closed ends it.
_CHARSET: Final = re.compile(
    r"charset[\t\n\f\r ]*+=[\t\n\f\r ]*+(?:\"([^\"]*+)\"|'([^']*+)'|[\"']|([^\t\n\f\r ;]*+))"
)
# `ExtractCharset` of Blink.
_BLINK_CHARSET: Final = re.compile(
    r"charset[\0- ]*+=[\0- ]*+(?:\"([^\"]*+)\"|'([^']*+)'|[\"']|([^\0- ;\"']*+))"
)
# HTML, "get an XML encoding", and `FindXMLEncoding` of Blink.
_XML_ENCODING: Final = re.compile(
    rb"(?=[^>]*+>)<\?xml(?:(?!encoding)[^>])*+encoding[\0- ]*+=[\0- ]*+"
    rb"(?:\"([^\">]*+)\"|'([^'>]*+)')"
)
_XML_DECLARATION: Final = re.compile(rb"<\?xml[\t\n\r ]")
_WIDE_XML: Final = ((b"<\0?\0x\0", UTF_16[0]), (b"\0<\0?\0x", UTF_16[1]))

_TEXTS: Final = frozenset((b"title", b"textarea", b"style", b"xmp", b"iframe", b"noframes"))
_TEXTS_IF_SCRIPTED: Final = _TEXTS | {b"noscript", b"noembed"}


class Declaration(NamedTuple):
    """What a page says of its encoding."""

    codec: str | None
    """What the standard reads."""
    certain: bool
    """Whether Chromium reads the same."""


def read_declaration(start: bytes, *, complete: bool) -> Declaration | None:
    """Tell what an HTML page declares; None where more of its start has to be seen.

    Args:
        start: The page's first bytes.
        complete: Whether the page has no more bytes.
    """
    looked_at = start[:PRESCAN_BYTES]
    codec = _prescan(looked_at)
    # Whether Chromium takes the inside of `noscript` for text depends on its version.
    others = {_read_as_chromium(looked_at, texts) for texts in (_TEXTS, _TEXTS_IF_SCRIPTED)}
    if codec is not None and others == {codec}:
        # Not every browser takes `replacement` for an encoding.
        return Declaration(codec, certain=codec != REPLACEMENT)
    if not complete and len(start) < PRESCAN_BYTES:
        return None
    if codec is None and others == {None}:
        codec = _xml_encoding(looked_at)
        # In a longer page Chromium may find a `meta` yet.
        certain = codec not in (None, REPLACEMENT) and len(start) < PRESCAN_BYTES
        return Declaration(codec, certain=certain)
    return Declaration(codec, certain=False)


def read_xml_declaration(start: bytes, *, complete: bool) -> Declaration | None:
    """Tell what an XML page declares; None where more of its start has to be seen.

    XML 1.0, 4.3.3: nothing but the declaration at its very start counts, and without it it is
    UTF-8.
    """
    for wide, codec in _WIDE_XML:
        if start.startswith(wide):
            return Declaration(codec, certain=True)
    known = complete or len(start) >= PRESCAN_BYTES or b">" in start
    openings = (b"<?xml", *(wide for wide, _ in _WIDE_XML))
    may_declare = any(
        start.startswith(opening) or opening.startswith(start) for opening in openings
    )
    if not known and may_declare:
        return None
    declared = _xml_encoding(start[:PRESCAN_BYTES])
    # Blink takes `<?xml-stylesheet` for a declaration, too.
    real = _XML_DECLARATION.match(start) is not None
    certain = declared != REPLACEMENT and (real or declared is None)
    codec = declared if declared is not None and certain else "utf-8"
    return Declaration(codec, certain=certain)


# ---- as the standard reads it ----


def _prescan(start: bytes) -> str | None:
    """HTML, "prescan a byte stream to determine its encoding", but for its last step."""
    for wide, wide_codec in _WIDE_XML:
        if start.startswith(wide):
            return wide_codec
    position = 0
    while (piece := _PIECE.search(start, position)) is not None:
        at = piece.start()
        if piece[1]:
            # The dashes may be those of `<!--`.
            end = start.find(b"-->", at + 2)
            position = end + 3
        elif piece[2] or piece[3]:
            rest = _REST_OF_TAG.match(start, piece.end())
            end = -1 if rest is None else at
            position = piece.end() if rest is None else rest.end()
            if rest is not None and piece[2]:
                codec = _in_meta(Tag(start[at:position], b"meta"))
                if codec is not None:
                    return codec
        else:
            end = start.find(b">", at)
            position = end + 1
        if end < 0:
            return None
    return None


def _in_meta(tag: Tag) -> str | None:
    """Return what a ``meta`` declares, references undecoded."""
    has_pragma = needs_pragma = has_charset = False
    codec: str | None = None
    read: set[bytes] = set()
    for attribute in tag.attributes:
        name = attribute.name
        if name in read:
            continue
        read.add(name)
        value = attribute.value.decode("latin-1")
        if name == b"http-equiv":
            has_pragma = _folded(value) == "content-type"
        elif name == b"charset":
            codec, has_charset, needs_pragma = read_codec(value), True, False
        elif name == b"content" and not has_charset:
            codec = _extracted(_CHARSET, value)
            needs_pragma = codec is not None
    return None if needs_pragma and not has_pragma else _of_meta(codec)


def _extracted(pattern: re.Pattern[str], content: str) -> str | None:
    found = pattern.search(_folded(content))
    return read_codec(found[1] or found[2] or found[3] or "") if found is not None else None


def _of_meta(codec: str | None) -> str | None:
    # What is read here is ASCII-compatible: it can't be UTF-16, whatever it says.
    return "utf-8" if codec in UTF_16 else "cp1252" if codec == USER_DEFINED else codec


def _xml_encoding(start: bytes) -> str | None:
    found = _XML_ENCODING.match(start)
    if found is None:
        return None
    label = (found[1] or found[2] or b"").decode("latin-1")
    codec = read_codec(label) if label == label.strip() else None
    return "utf-8" if codec in UTF_16 else codec


# ---- as Chromium reads it ----


def _read_as_chromium(start: bytes, texts: frozenset[bytes]) -> str | None:
    """Return the same as `html_meta_charset_parser.cc` finds it.

    Args:
        start: The page's first bytes.
        texts: The elements whose inside is text, beside ``script``.
    """
    for wide, codec in _WIDE_XML:
        if start.startswith(wide):
            return codec
    position = 0
    while (at := start.find(b"<", position)) >= 0:
        tag = TAG.match(start, at)
        if tag is not None:
            position = tag.end()
            name = tag[2].lower()
            if tag[1]:
                continue
            if name == b"meta":
                found = _in_blinks_meta(Tag(tag[0], name))
                if found is not None:
                    return found
            elif name == b"plaintext":
                return None
            elif name == b"script" or name in texts:
                inside = (
                    script_end(start, position)[0]
                    if name == b"script"
                    else text_end(name, start, position)
                )
                if not inside.complete:
                    return None
                position = inside.position
        elif start.startswith(b"<!--", at):
            comment = comment_end(start, at + 4, opening=True)
            if not comment.complete:
                return None
            position = comment.position
        elif _TAG_START.match(start, at):
            return None
        elif _BOGUS_START.match(start, at):
            end = start.find(b">", at)
            if end < 0:
                return None
            position = end + 1
        else:
            position = at + 1
    return None


def _in_blinks_meta(tag: Tag) -> str | None:
    """Return what a ``meta`` declares; of several attributes of a name, the last counts."""
    return _of_meta(_in_attributes((each.name, each.text("latin-1")) for each in tag.attributes))


def _in_attributes(attributes: Iterable[tuple[bytes, str]]) -> str | None:
    has_pragma = needs_pragma = has_charset = False
    codec: str | None = None
    for name, value in attributes:
        if name == b"http-equiv":
            has_pragma = has_pragma or _folded(value) == "content-type"
        elif name == b"charset":
            codec, has_charset, needs_pragma = read_codec(value), True, False
        elif name == b"content" and not has_charset:
            codec, needs_pragma = _extracted(_BLINK_CHARSET, value), True
    return None if needs_pragma and not has_pragma else codec


def _folded(text: str) -> str:
    """Fold what is ASCII; of other letters none is the same as one of these."""
    return text.encode("utf-8", "surrogatepass").lower().decode("utf-8", "surrogatepass")
