"""Whether a response is a page that a browser would show, and by which rules it is read.

Asks for its media type as browsers do, which is not as the specification of HTTP does: what has no
type is looked at, and what is badly written is read nevertheless.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

Syntax = Literal["html", "xml", "unknown"]

_CHARSET: Final = re.compile(
    rb";[ \t]*charset[ \t]*=[ \t]*(?:\"([^\"]*)\"|([^\s;,\"]+))", re.IGNORECASE
)
# Browsers end a media type where any of these stands, and so read `text/html charset=utf-8`.
_MEDIA_TYPE_END: Final = re.compile(rb"[ \t;(]")
# MIME Sniffing, 7: these count as no type at all.
_NO_TYPES: Final = frozenset({b"unknown/unknown", b"application/unknown", b"*/*"})
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
_LONGEST_BEGINNING: Final = max(map(len, _HTML_BEGINNINGS))
_REMEMBERED: Final = 256
_MAX_REMEMBERED_BYTES: Final = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class PageType:
    """How a page is to be read."""

    syntax: Syntax
    """`unknown` where the body has to tell whether it is HTML."""
    charset: str | None = None
    """The label that the header field gives, as it stands there."""
    only_as_document: bool = False
    """Whether it is a page only where it is shown by itself, as SVG is."""


def page_type(content_types: Sequence[bytes], *, html_types: frozenset[bytes]) -> PageType | None:
    """How a response is to be read as a page, or `None` if it isn't one.

    Args:
        content_types: The values of `Content-Type`; where any of them says HTML, it may be that.
        html_types: Further media types to be read as pages.
    """
    if len(content_types) == 1 and len(content_types[0]) <= _MAX_REMEMBERED_BYTES:
        return _remembered(content_types[0], html_types)
    return _read(b",".join(content_types), html_types)


def looks_like_html(beginning: bytes, *, complete: bool) -> bool | None:
    """Whether a browser takes a body without a type for HTML; `None` where more has to be seen."""
    text = beginning[:SNIFFED_BYTES].lstrip(_WHITE_SPACE)[:_LONGEST_BEGINNING].lower()
    if text.startswith(_HTML_BEGINNINGS):
        return True
    # A stream without a type is not held for longer than it takes to see that it is none.
    if complete or len(beginning) >= SNIFFED_BYTES:
        return False
    return None if any(one.startswith(text) for one in _HTML_BEGINNINGS) else False


def _read(value: bytes, html_types: frozenset[bytes]) -> PageType | None:
    unknown = True
    for member in value.split(b","):
        media_type = _MEDIA_TYPE_END.split(member.strip(b" \t\r\n"), maxsplit=1)[0].lower()
        if b"/" not in media_type or media_type in _NO_TYPES:
            continue
        unknown = False
        if media_type == b"text/html":
            return PageType(syntax="html", charset=_read_charset(member))
        if media_type in (_XHTML, _SVG):
            only_as_document = media_type == _SVG
            charset = _read_charset(member)
            return PageType(syntax="xml", charset=charset, only_as_document=only_as_document)
        if media_type in html_types:
            syntax: Syntax = "xml" if media_type.endswith((b"+xml", b"/xml")) else "html"
            return PageType(syntax=syntax, charset=_read_charset(member))
    return PageType(syntax="unknown") if unknown else None


def _read_charset(member: bytes) -> str | None:
    match = _CHARSET.search(member)
    return (match[1] or match[2] or b"").decode("latin-1") or None if match else None


_remembered: Final = lru_cache(_REMEMBERED)(_read)
