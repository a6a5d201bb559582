"""Where a URL in a page leads: read by ada, the URL parser of Node.js, not by the engine."""

from __future__ import annotations

import base64
import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote_to_bytes

import ada_url

if TYPE_CHECKING:
    from collections.abc import Iterator

Bases = tuple[str, ...]
"""A page's base URL, once for each scheme that it may have come by.

A page doesn't know under which scheme it left, for a proxy may speak TLS for the server; and
`https:host/x` is a path on an https page and another host on an http page.
"""


class Place(NamedTuple):
    """Where a URL leads."""

    host: str
    """Lower-case ASCII, without a trailing dot; empty where the scheme asks no host."""
    target: str
    """Path and query."""


def resolve(value: str, base: str) -> str | None:
    """Resolve a URL as the standard does; None where it can't be."""
    try:
        return str(ada_url.URL(value, base).href)
    except ValueError:
        return None


def place_of(url: str) -> Place:
    """Read an absolute URL."""
    read = ada_url.URL(url)
    if read.protocol not in {"http:", "https:", "ftp:", "ws:", "wss:"}:
        return Place("", "")
    return Place(read.hostname.removesuffix("."), read.pathname + read.search)


@lru_cache(maxsize=4096)
def places(value: str, bases: Bases) -> frozenset[Place]:
    """Every place that a browser may ask when it reads ``value``."""
    resolved = {resolve(value, base) for base in bases}
    return frozenset(place_of(url) for url in resolved if url is not None)


def candidates(srcset: str) -> Iterator[str]:
    """Yield the URLs of a ``srcset`` (HTML, "parse a srcset attribute")."""
    position = 0
    space = " \t\n\f\r"
    while True:
        while position < len(srcset) and srcset[position] in space + ",":
            position += 1
        if position >= len(srcset):
            return
        start = position
        while position < len(srcset) and srcset[position] not in space:
            position += 1
        url = srcset[start:position]
        if url.endswith(","):
            yield url.rstrip(",")
            continue
        yield url
        in_parentheses = False
        while position < len(srcset) and (in_parentheses or srcset[position] != ","):
            in_parentheses = srcset[position] == "(" or (in_parentheses and srcset[position] != ")")
            position += 1


class Page(NamedTuple):
    """A page inside another one."""

    text: str
    xml: bool = False
    undeclared: bool = False
    """Whether neither a mark nor a label says how it is encoded."""


# MIME Sniffing, "XML MIME type".
_XML_TYPE = re.compile(r"(?:text|application)/xml|text/xsl|[^/\s<>]+/[^/\s<>]+\+xml")


def pages_in(url: str) -> list[Page]:
    """The page that a ``data:`` URL carries, in each way in which a browser may decode it."""
    # Fetch, "data: URL processor": the fragment is no part of it.
    whole = (resolve(url, "https://site.example/") or "").partition("#")[0]
    head, comma, body = whole.partition(",")
    if not head.startswith("data:") or not comma:
        return []
    kind, *parameters = head[5:].split(";")
    kind = kind.strip().lower()
    xml = _XML_TYPE.fullmatch(kind) is not None
    if not xml and kind != "text/html":
        return []
    content = unquote_to_bytes(body)
    if parameters and parameters[-1].strip().lower() == "base64":
        try:
            content = _forgiving_base64(content)
        except ValueError:
            return []
    label = next((p.partition("=")[2] for p in parameters if p.strip().startswith("charset=")), "")
    marked = any(content.startswith(mark) for mark, _ in _MARKS)
    undeclared = not marked and label.strip().strip("\"'").lower() not in LABELS
    texts = dict.fromkeys(_decodings(content, label, xml=xml))
    return [Page(text, xml, undeclared) for text in texts]


def _forgiving_base64(text: bytes) -> bytes:
    """Infra, "forgiving-base64 decode"; `ValueError` where it fails."""
    text = re.sub(rb"[ \t\n\f\r]", b"", text)
    if len(text) % 4 == 0:
        text = re.sub(rb"={1,2}\Z", b"", text)
    if b"=" in text:
        raise ValueError("padding")
    return base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)


def _decodings(content: bytes, label: str, *, xml: bool) -> Iterator[str]:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            yield content[len(mark) :].decode(encoding, "replace")
            return
    label = label.strip().strip("\"'").lower()
    declared = _META.search(content[:1024])
    if label in LABELS:
        yield content.decode(LABELS[label], "replace")
    elif not xml and declared and declared[1].decode().lower() in LABELS:
        named = LABELS[declared[1].decode().lower()]
        yield content.decode("utf-8" if named.startswith("utf-16") else named, "replace")
    else:
        yield content.decode("utf-8", "replace")
        if not xml:
            # HTML, "determining the character encoding": an implementation-defined default.
            yield content.decode("cp1252", "replace")


_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xfe\xff", "utf-16-be"), (b"\xff\xfe", "utf-16-le"))
_META = re.compile(rb"<meta\s+charset=([\w-]+)", re.IGNORECASE)
LABELS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "utf-16": "utf-16-le",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
    "iso-8859-1": "cp1252",
    "windows-1252": "cp1252",
    "shift_jis": "cp932",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "big5": "big5hkscs",
    "euc-jp": "euc_jp",
    "euc-kr": "cp949",
    "iso-2022-jp": "iso2022_jp",
}
"""Labels of encodings, with Python's names of what browsers understand by them."""
