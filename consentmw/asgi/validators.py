"""How a rewritten page is told from the app's own and from other variants in conditional requests.

A rewritten page leaves with the app's entity tag and a marker in it, ``"abc~<digest>"``, the digest
being of all that shaped its bytes. When the tag comes back, the marker decides: the current one is
taken off for the app, which knows its own tag; a tag with another one stands for bytes that would
not be sent now, and is dropped. RFC 9110, sections 8.8 and 13.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Headers = list[tuple[bytes, bytes]]

MARKER_DIGITS: Final = 12
# RFC 9110, 8.8.3.
_TAG: Final = re.compile(rb'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"')
_MARKED: Final = re.compile(rb'((?:W/)?"[\x21\x23-\x7e\x80-\xff]*)~([0-9a-f]{%d})"' % MARKER_DIGITS)
_WITH_TAGS: Final = (b"if-none-match", b"if-match", b"if-range")
# The fields that are looked at here; a request without any of them needs no translation.
CONDITIONS: Final = frozenset({*_WITH_TAGS, b"if-modified-since", b"range"})
# What describes bytes that are no longer those of the app: times and digests of them, and the offer
# to send parts of them.
_DESCRIBE_BYTES: Final = frozenset({
    b"last-modified", b"content-md5", b"digest", b"content-digest", b"repr-digest",
    b"accept-ranges",
})  # fmt: skip


class Expected(NamedTuple):
    """What a request can be answered with, as far as conditions depend on it."""

    marker: bytes
    """Of the variant that the visitor would be sent; empty where pages leave as the app's own."""
    page_possible: bool
    """Whether the browser may show the answer as a page, or hand it to a script."""
    page_certain: bool
    """Whether the browser will show it as one."""
    safe_method: bool
    """Whether it is GET or HEAD, which a condition only spares a transfer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """A request's fields in the terms of the app."""

    headers: Headers
    unmarked: frozenset[bytes]
    """The app's tags that came with the current marker, without `W/`."""


def needs_translation(conditions: Iterable[tuple[bytes, bytes]], *, pages_differ: bool) -> bool:
    """Whether a request's conditions may have to be different for the app.

    Args:
        conditions: The request's fields that are among `CONDITIONS`.
        pages_differ: Whether the answer may be a page, and not as the app makes it.
    """
    if pages_differ:
        return True
    return bool([name for name, value in conditions if b"~" in value and name in _WITH_TAGS])


def translate_conditions(headers: Iterable[tuple[bytes, bytes]], expected: Expected) -> Translation:
    """Take markers off the conditions of a request, and take away what would answer for others.

    `If-Match` and `If-Unmodified-Since` always stay: without them, writers lose one another's
    updates. A marker of whatever variant is taken off `If-Match`, which asks for the app's version
    of a thing and not for the bytes that were shown of it.
    """
    reader = _Reader(expected)
    kept = [
        (name, reader.read(name, value) if name in CONDITIONS else value) for name, value in headers
    ]
    pages_differ = bool(expected.marker) and expected.page_possible and expected.safe_method
    # A date and a tag come from one stored answer: where the tag is worth nothing, so is the date.
    dropped = {b"if-modified-since"} if pages_differ or reader.dropped_tag else set()
    # RFC 9110, 13.1.5: without its `If-Range`, a `Range` would be joined to anything.
    if reader.dropped_range or (expected.marker and expected.page_certain):
        dropped |= {b"range", b"if-range"}
    return Translation(
        headers=[
            (name, value) for name, value in kept if value is not None and name not in dropped
        ],
        unmarked=frozenset(reader.unmarked),
    )


class _Reader:
    """Goes through the conditions of one request and notes what has become of them."""

    def __init__(self, expected: Expected) -> None:
        self._expected = expected
        self.unmarked: set[bytes] = set()
        self.dropped_tag = False
        self.dropped_range = False

    def read(self, name: bytes, value: bytes) -> bytes | None:
        """The field's value for the app; `None` where nothing is left of it."""
        if name == b"if-none-match":
            return self._none_match(value)
        if name == b"if-match":
            return _MARKED.sub(rb'\1"', value)
        if name == b"if-range" and (match := _MARKED.fullmatch(value.strip(b" \t"))):
            if match[2] != self._expected.marker:
                self.dropped_range = True
                return None
            return self._unmark(match)
        return value

    def _none_match(self, value: bytes) -> bytes | None:
        expected = self._expected
        if not expected.safe_method:  # it asks for the app's version, as `If-Match` does
            return _MARKED.sub(rb'\1"', value)
        tags = _TAG.findall(value)
        if not tags:  # "*", or nothing that could match
            return value
        kept = []
        for tag in tags:
            match = _MARKED.fullmatch(tag)
            if match is None:
                other = expected.marker and expected.page_possible
            else:
                other = match[2] != expected.marker
            if other:
                self.dropped_tag = True
            else:
                kept.append(self._unmark(match) if match else tag)
        return value if kept == tags else b", ".join(kept) or None

    def _unmark(self, match: re.Match[bytes]) -> bytes:
        tag = match[1] + b'"'
        self.unmarked.add(_opaque(tag))
        return tag


def with_marker(headers: Iterable[tuple[bytes, bytes]], marker: bytes) -> Headers:
    """Mark the entity tag of a page; one that isn't a tag, and so can't be marked, is dropped."""
    return list(_marked(headers, marker))


def without_descriptions(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    """Leave out what describes the bytes of a page before it was rewritten."""
    return [(name, value) for name, value in headers if name.lower() not in _DESCRIBE_BYTES]


def has_tag(headers: Iterable[tuple[bytes, bytes]], tags: frozenset[bytes]) -> bool:
    """Whether a response's entity tag is one of these, by weak comparison."""
    return any(name.lower() == b"etag" and _opaque(value) in tags for name, value in headers)


def _marked(headers: Iterable[tuple[bytes, bytes]], marker: bytes) -> Iterator[tuple[bytes, bytes]]:
    for name, value in headers:
        if name.lower() != b"etag":
            yield name, value
        elif _TAG.fullmatch(tag := value.strip(b" \t")):
            yield name, tag[:-1] + b"~" + marker + b'"'


def _opaque(tag: bytes) -> bytes:
    return tag.strip(b" \t").removeprefix(b"W/")
