"""What a browser says by itself, read from the raw header pairs of a request.

Which of it counts is the site's setting (`SignalSettings`) and the decision's affair.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """The opt-out preferences that one request carries."""

    gpc: bool = False
    """`Sec-GPC: 1`."""
    navigator: bool = False
    """The page's script has reported `navigator.globalPrivacyControl`; no header says this."""
    dnt: bool = False
    """`DNT: 1`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalSettings:
    """Which signals a site listens to, and what a signal does to an earlier "allow"."""

    gpc: bool = True
    navigator: bool = True
    dnt: bool = False
    conflict: Literal["signal-wins", "ask"] = "signal-wins"


NO_SIGNALS: Final = Signals()
_BY_HEADER: Final = {
    (gpc, dnt): Signals(gpc=gpc, dnt=dnt) for gpc in (False, True) for dnt in (False, True)
}


def read_signals(headers: Iterable[tuple[bytes, bytes]]) -> Signals:
    """Collect the opt-out preferences from raw header pairs with lower-case names, as in ASGI."""
    gpc = dnt = False
    for name, value in headers:
        # W3C GPC: of several fields, one that says "1" is enough, whatever the others say.
        if name == b"sec-gpc":
            gpc = gpc or _says_one(value)
        elif name == b"dnt":
            dnt = dnt or _says_one(value)
    return _BY_HEADER[gpc, dnt]


def _says_one(value: bytes) -> bool:
    # W3C GPC: a server must ignore the field unless its value is exactly the character "1". A proxy
    # may have joined several fields into "1, 1" (w3c/gpc#114), so each member is looked at; what
    # surrounds a member is optional whitespace by RFC 9110, section 5.6.1, and no part of it.
    return value == b"1" or any(member.strip(b" \t") == b"1" for member in value.split(b","))
