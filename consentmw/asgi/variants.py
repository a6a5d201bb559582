"""In which form a page leaves: what is kept out of it, what is put in, and the marker of both."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from consentmw.asgi.validators import MARKER_DIGITS

if TYPE_CHECKING:
    from consentmw.core.decision import Decision
    from consentmw.suppression.page import PagePolicy

# The packages whose code decides about the bytes of a page.
_SHAPING: Final = ("consentmw.html", "consentmw.suppression")


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One form of every page of a site."""

    denies: bool
    """Whether anything is denied, so that a page that can't be read may not leave."""
    insertion: bytes
    """What is put into the head, as far as it is the same for every response."""
    policy: PagePolicy | None
    """What decides about a page's elements; `None` where pages leave as the app made them."""
    marker: bytes
    """A digest of all that shapes the bytes; empty where nothing does."""


def build_marker(decision: Decision, insertion: bytes, *, shaped_by: str) -> bytes:
    """The marker of a variant.

    Args:
        decision: What is denied, and what of it outranks a page's tags.
        insertion: What is put into the head.
        shaped_by: What else the bytes depend on: configuration, catalogue, engine.
    """
    digest = hashlib.sha256(shaped_by.encode())
    for names in (decision.denied, decision.zone_denied):
        digest.update(b"\0" + " ".join(sorted(names)).encode())
    digest.update(b"\0" + insertion)
    return digest.hexdigest()[:MARKER_DIGITS].encode("ascii")


@cache
def engine_version() -> str:
    """A digest of the code that shapes pages, which nobody can forget to raise."""
    digest = hashlib.sha256()
    for package in _SHAPING:
        for file in sorted(files(package).iterdir(), key=lambda file: file.name):
            if file.is_file():
                digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]
