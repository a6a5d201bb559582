"""What a response tells caches, browsers' and others', about being one of several variants.

RFC 9110, 12.5.5 (`Vary`), RFC 9111, 5.2.2 (`Cache-Control`), RFC 9213 (targeted fields). A response
is only ever made less cacheable than the app made it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

Headers = list[tuple[bytes, bytes]]

# `CDN-Cache-Control` and its like end in this as well: fields by which an app speaks to one kind of
# cache, which then ignores `Cache-Control`. `Surrogate-Control` is an older one.
_CACHE_CONTROL: Final = b"cache-control"
# A quote that nothing closes is a character like any other; so is, then, every one after it.
_PART: Final = re.compile(rb'[^,"]++|(?P<comma>,)|"(?:[^"\\]|\\.)*+"|(?P<open>".*+)', re.DOTALL)
_SAID_BY_PRIVATE: Final = frozenset({b"private", b"public", b"s-maxage"})


def with_vary(headers: Sequence[tuple[bytes, bytes]], tokens: tuple[bytes, ...]) -> Headers:
    """Add request header names to `Vary`, in one field with those that are there."""
    there = [value for name, value in headers if len(name) == 4 and name.lower() == b"vary"]
    if not there:
        return [*headers, _vary(tokens)]
    kept = [(name, value) for name, value in headers if name.lower() != b"vary"]
    members = [
        member.strip(b" \t")
        for value in there
        for member in value.split(b",")
        if member.strip(b" \t")
    ]
    present = {member.lower() for member in members}
    if b"*" in present:
        members = [b"*"]
    else:
        members += [t for t in dict.fromkeys(tokens) if t.lower() not in present]
    return [*kept, (b"vary", b", ".join(members))]


@lru_cache(maxsize=16)
def _vary(tokens: tuple[bytes, ...]) -> tuple[bytes, bytes]:
    return b"vary", b", ".join(dict.fromkeys(tokens))


def as_private(headers: Sequence[tuple[bytes, bytes]]) -> Headers:
    """Keep a response out of shared caches; what a browser may do with it stays as it was."""
    directives = [
        directive
        for name, value in headers
        if name.lower() == b"cache-control"
        for directive in _split(value)
    ]
    # `private="field"` and `public` say less than `private`; `s-maxage` is for shared caches alone.
    directives = [one for one in directives if _name(one) not in _SAID_BY_PRIVATE]
    if b"no-store" not in {_name(one) for one in directives}:
        directives.insert(0, b"private")
    return [*_without_cache_control(headers), (b"cache-control", b", ".join(directives))]


def unstored(headers: Sequence[tuple[bytes, bytes]]) -> Headers:
    """Keep an answer out of every cache."""
    return [*_without_cache_control(headers), (b"cache-control", b"no-store")]


def _without_cache_control(headers: Sequence[tuple[bytes, bytes]]) -> Headers:
    return [
        (name, value)
        for name, value in headers
        if not name.lower().endswith(_CACHE_CONTROL) and name.lower() != b"surrogate-control"
    ]


def _split(value: bytes) -> list[bytes]:
    """The directives of a `Cache-Control` field; a comma within quotes separates nothing."""
    directives = [b""]
    for part in _PART.finditer(value):
        if part["comma"]:
            directives.append(b"")
        elif part["open"]:
            first, *others = part[0].split(b",")
            directives[-1] += first
            directives += others
        else:
            directives[-1] += part[0]
    return [stripped for directive in directives if (stripped := directive.strip(b" \t"))]


def _name(directive: bytes) -> bytes:
    return directive.partition(b"=")[0].strip(b" \t").lower()
