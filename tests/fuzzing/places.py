"""Where a URL in a page leads: read by ada, the URL parser of Node.js, not by the engine."""

from __future__ import annotations

import base64
import re
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


def places(value: str, bases: Bases) -> set[Place]:
    """Every place that a browser may ask when it reads ``value``."""
    resolved = {resolve(value, base) for base in bases}
    return {place_of(url) for url in resolved if url is not None}


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


_PAGES = frozenset({"text/html", "image/svg+xml", "application/xhtml+xml", "text/xml"})


def page_in(url: str) -> str | None:
    """The page that a ``data:`` URL carries; None for anything else."""
    head, comma, body = (resolve(url, "https://site.example/") or "").partition(",")
    if not head.startswith("data:") or not comma:
        return None
    kind, *parameters = head[5:].split(";")
    if kind.strip().lower() not in _PAGES:
        return None
    content = unquote_to_bytes(body.partition("#")[0])
    if parameters and parameters[-1].strip().lower() == "base64":
        try:
            content = base64.b64decode(re.sub(rb"[ \t\n\f\r]", b"", content) + b"==")
        except ValueError:
            return None
    return content.decode("utf-8", "replace")
