"""A start tag says the same without the attributes that are cut out, however it is written."""

from __future__ import annotations

from itertools import product

import pytest

from consentmw.html.attributes import TAG, Tag
from consentmw.html.cutting import cut_attributes

_BETWEEN = (b" ", b"/", b"\n/ ", b"")
_ATTRIBUTES = (b'style="x"', b"style", b"style=x", b'a="y"', b"a", b"b=z", b"=x")


def _read(raw: bytes) -> Tag:
    match = TAG.match(raw)
    assert match is not None
    assert match[0] == raw
    return Tag(raw, match[2].lower())


def _cut(tag: Tag) -> bytes:
    out, copied = b"", 0
    for edit in cut_attributes(tag, {b"style"}):
        out += tag.raw[copied : edit.start] + edit.replacement
        copied = edit.end
    return out + tag.raw[copied:]


def _says(tag: Tag) -> tuple[bytes, bool, list[bytes]]:
    kept = [tag.raw[a.start : a.end] for a in tag.attributes if a.name != b"style"]
    return tag.name, tag.self_closing, kept


@pytest.mark.parametrize("first", _ATTRIBUTES)
def test_says_the_same(first: bytes) -> None:
    for before, between, behind in product(_BETWEEN[:3], _BETWEEN, _BETWEEN):
        for second, third in product(_ATTRIBUTES, _ATTRIBUTES):
            tag = _read(b"<svg" + before + first + between + second + behind + third + b">")
            assert _says(_read(_cut(tag))) == _says(tag), tag.raw


@pytest.mark.parametrize(
    ("raw", "cut"),
    [
        (b'<svg/style="x"style>', b"<svg>"),
        (b'<svg/style="x"/>', b"<svg//>"),
        (b'<svg a=b style="x"src=y>', b"<svg a=b src=y>"),
        (b'<svg a style="x" >', b"<svg a >"),
        (b'<svg a style="x"=y>', b"<svg a /=y>"),
    ],
)
def test_takes_along_what_separated_them(raw: bytes, cut: bytes) -> None:
    assert _cut(_read(raw)) == cut
