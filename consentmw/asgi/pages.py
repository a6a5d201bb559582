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

# MIME Sniffing, 5.2 and 7.1: how much of a body is looked at, and for which beginnings.
SNIFFED_BYTES: Final = 1445
_HTML_BEGINNING: Final = re.compile(
    rb"[\t\n\x0c\r ]*+<(?:!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title"
    rb"|b|body|br|p|!--)[ >]",
    re.IGNORECASE,
)
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
    if _HTML_BEGINNING.match(beginning[:SNIFFED_BYTES]):
        return True
    return False if complete or len(beginning) >= SNIFFED_BYTES else None


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
