"""Which codings an app may choose from, where its answer will have to be read here.

RFC 9110, section 12.5.3, with its weights and its `*`: a coding that the visitor didn't accept is
never added, and one that this installation can't decode is taken out.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from consentmw.asgi.encoding import READABLE

_HARMLESS: Final = READABLE | {"identity", "x-gzip"}
_REFUSED: Final = re.compile(rb";[ \t]*[qQ]=0(?:\.0{0,3})?[ \t]*\Z")
# Browsers send a handful of values.
_REMEMBERED: Final = 256
_MAX_REMEMBERED_BYTES: Final = 256


def readable_codings(value: bytes) -> bytes:
    """`Accept-Encoding` without what can't be decoded here; the same object where all can be."""
    if len(value) > _MAX_REMEMBERED_BYTES:
        return _filter(value)
    return _remembered(value)


def _filter(value: bytes) -> bytes:
    members = [member.strip(b" \t") for member in value.split(b",")]
    names = [_name(member) for member in members]
    if all(name in _HARMLESS for name in names):
        return value
    kept: list[bytes] = []
    for member, name in zip(members, names, strict=True):
        if name in _HARMLESS or (name == "*" and _REFUSED.search(member)):
            kept.append(member)
        elif name == "*":
            # What it stands for among the codings that can be read, at the same weight.
            others = sorted(READABLE.difference(names))
            kept += [other.encode("ascii") + member[1:] for other in others]
    # An empty field would say the same by RFC 9110, but not to everyone who reads it.
    return b", ".join(kept) or b"identity"


def _name(member: bytes) -> str:
    return member.partition(b";")[0].rstrip(b" \t").lower().decode("latin-1")


_remembered: Final = lru_cache(_REMEMBERED)(_filter)
