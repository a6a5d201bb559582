"""Whether a response is a page that a browser would show, and by which rules it is read.

Asks for its media type as browsers do, which is not as the specification of HTTP does: what has no
type is looked at, and what is badly written is read nevertheless.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal

from consentmw.html.encodings import read_label
from consentmw.html.mime import is_xml, read_parameters

if TYPE_CHECKING:
    from collections.abc import Sequence

Syntax = Literal["html", "xml", "unknown"]
Sniffed = Literal["html", "xml", "neither"]
Shown = Literal["anywhere", "outside-images", "documents"]

_TOKEN: Final = rb"[!#$%&*+.^_`|~0-9A-Za-z-]++"
# A media type that no two parsers read differently: Chromium's passes over blanks behind `=`, in
# front of a quote too, and takes a first `charset` that isn't valid for the one that counts; others
# have given apostrophes a meaning.
_PLAIN: Final = re.compile(
    rb"[ \t]*" + _TOKEN + rb"/" + _TOKEN
    + rb"(?:[ \t]*;[ \t]*" + _TOKEN + rb"=(?:" + _TOKEN + rb'|"[^"\\,;]*+"))*+[ \t]*;?[ \t]*'
)  # fmt: skip
# Fetch, "get, decode, and split": a comma within quotes separates nothing.
_MEMBER: Final = re.compile(rb'(?:[^,"]++|"(?:[^"\\]|\\.)*+"?)++', re.DOTALL)
# Browsers end a media type where any of these stands, and so read `text/html charset=utf-8`.
_MEDIA_TYPE_END: Final = re.compile(rb"[ \t;(]")
# MIME Sniffing, 7: these count as no type at all.
_NO_TYPES: Final = frozenset({b"unknown/unknown", b"application/unknown", b"*/*"})
_HTML: Final = b"text/html"
_XHTML: Final = b"application/xhtml+xml"
_SVG: Final = b"image/svg+xml"

# MIME Sniffing, 5.2 and 7.1: how much of a body is looked at, and for which beginnings. There the
# name has to end as well (`<p>`, not `<pre`); Chromium doesn't ask for that, and so reads more.
SNIFFED_BYTES: Final = 1445
_WHITE_SPACE: Final = b"\t\n\x0c\r "
_HTML_BEGINNINGS: Final = (
    b"<!doctype html", b"<!--", b"<a", b"<b", b"<div", b"<font", b"<h1", b"<head", b"<html",
    b"<iframe", b"<p", b"<script", b"<style", b"<table", b"<title",
)  # fmt: skip
_XML_BEGINNING: Final = b"<?xml"
_LONGEST_BEGINNING: Final = max(map(len, _HTML_BEGINNINGS))
_VARIES_BY: Final[dict[Shown, tuple[bytes, ...]]] = {
    "anywhere": (),
    "outside-images": (b"Sec-Fetch-Dest",),
    "documents": (b"Sec-Fetch-Dest", b"Accept"),
}
_REMEMBERED: Final = 256
_MAX_REMEMBERED_BYTES: Final = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class PageType:
    """How a page is to be read."""

    syntax: Syntax
    """`unknown` where the body has to tell whether it is a page."""
    charset: str | None = None
    """The label that the header field gives, as it stands there."""
    shown: Shown = "anywhere"
    """Where it counts as a page: SVG not within an image, and XML, which is data elsewhere, only
    where a browser shows it by itself."""
    content_type: bytes | None = None
    """What to send where browsers read the charset of the app's field in several ways; empty for no
    field at all."""

    @property
    def varies_by(self) -> tuple[bytes, ...]:
        """The request's fields that tell whether it is shown."""
        return _VARIES_BY[self.shown]


def page_type(content_types: Sequence[bytes], *, html_types: frozenset[bytes]) -> PageType | None:
    """How a response is to be read as a page, or `None` if it isn't one.

    Args:
        content_types: The values of `Content-Type`; where any of them says HTML, it may be that.
        html_types: Further media types to be read as pages.
    """
    if len(content_types) == 1 and len(content_types[0]) <= _MAX_REMEMBERED_BYTES:
        return _remembered(content_types[0], html_types)
    return _read(b",".join(content_types), html_types)


def sniff_syntax(beginning: bytes, *, complete: bool) -> Sniffed | None:
    """What a browser takes a body without a type for; `None` where more has to be seen."""
    text = beginning[:SNIFFED_BYTES].lstrip(_WHITE_SPACE)[:_LONGEST_BEGINNING]
    lowered = text.lower()
    if lowered.startswith(_HTML_BEGINNINGS):
        return "html"
    if text.startswith(_XML_BEGINNING):
        return "xml"
    # A stream without a type is not held for longer than it takes to see that it is none.
    if complete or len(beginning) >= SNIFFED_BYTES:
        return "neither"
    may_follow = _XML_BEGINNING.startswith(text) or any(
        one.startswith(lowered) for one in _HTML_BEGINNINGS
    )
    return None if may_follow else "neither"


def _read(value: bytes, html_types: frozenset[bytes]) -> PageType | None:
    page: PageType | None = None
    charset: str | None = None
    named = b""
    typed: list[bytes] = []
    untyped: list[bytes] = []
    for member in _MEMBER.findall(value):
        media_type = _MEDIA_TYPE_END.split(member.strip(b" \t\r\n"), maxsplit=1)[0].lower()
        if b"/" not in media_type:
            continue
        if media_type in _NO_TYPES:
            untyped.append(media_type)
            continue
        # Fetch, "extract a MIME type": the last one counts; a charset holds for others like it.
        charset = _read_charset(member) or (charset if media_type == named else None)
        named = media_type
        page = _page_of(media_type, charset, html_types) or page
        typed.append(_write_plainly(media_type, charset))
    if not typed:
        page = PageType(syntax="unknown")
    lowered = value.lower()
    if page is None or b"charset" not in lowered:
        return page
    if lowered.count(b"charset") == len(typed) == 1 and _PLAIN.fullmatch(value):
        return page
    return replace(page, content_type=b", ".join(typed or untyped))


def _page_of(
    media_type: bytes, charset: str | None, html_types: frozenset[bytes]
) -> PageType | None:
    if media_type == _HTML:
        return PageType(syntax="html", charset=charset)
    if is_xml(media_type.decode("latin-1")):
        # Which of them a browser shows differs (`text/xsl` Chromium, `application/rdf+xml`
        # Firefox), and in all that it shows the scripts of XHTML and SVG elements run.
        shown: Shown = "documents"
        if media_type == _XHTML or media_type in html_types:
            shown = "anywhere"
        elif media_type == _SVG:
            shown = "outside-images"
        return PageType(syntax="xml", charset=charset, shown=shown)
    return PageType(syntax="html", charset=charset) if media_type in html_types else None


def _read_charset(member: bytes) -> str | None:
    _, mark, parameters = member.decode("latin-1").partition(";")
    return read_parameters(mark + parameters).get("charset") or None


def _write_plainly(media_type: bytes, charset: str | None) -> bytes:
    """Write a media type so that nobody can misread it; a charset that nobody knows goes."""
    label = read_label(charset) if charset is not None else None
    return media_type if label is None else b'%s; charset="%s"' % (media_type, label.encode())


_remembered: Final = lru_cache(_REMEMBERED)(_read)
