"""Sound shortcuts: proofs that nothing in some bytes can name a denied host.

Each knows less than the exact reading, never more: whatever is out of the ordinary (references,
backslashes, tabs, credentials, ports, per cent signs, letters beyond ASCII, capitals) is no proof.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from consentmw.html.urls import read_host

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from consentmw.core.catalogue import DeniedIndex
    from consentmw.html.sieve import Sought

_MAX_REMEMBERED: Final = 8192
"""Hosts whose answer is kept; a site's pages name a few hundred."""

# Where a host can hide from `_HOST`. Each expression starts with a plain byte, to which the engine
# jumps; an alternation would be tried at every byte.
_ODD: Final = (
    # a reference, which may stand for anything
    re.compile(rb"&(?:#|(?!amp;|quot;|apos;|nbsp;|lt;|gt;)[A-Za-z][A-Za-z0-9]*;)"),
    # `https:host`, `https:/host`; documents and programs in place
    re.compile(
        rb":(?:(?<=[tT][tT][pP]:)|(?<=[tT][tT][pP][sS]:)|(?<=[wW][sS]:)|(?<=[wW][sS][sS]:)"
        rb"|(?<=[fF][tT][pP]:))(?!//)"
        rb"|:(?<=[dD][aA][tT][aA]:)(?!image/)|:(?<=[sS][cC][rR][iI][pP][tT]:)"
    ),
    # anything but a plain host, and the end of it
    re.compile(rb"//(?![a-z0-9.-]++[/?#\"'> ,)])"),
)
# Tabs and line ends are removed inside URLs, so that what stands on both sides may be one.
_ODD_BLANKS: Final = re.compile(rb"/[\t\n\r]|[\t\n\r][A-Za-z]{0,5}+:(?!//)")
_HOST: Final = re.compile(rb"//([a-z0-9.-]+)")
_HOST_AND_REST: Final = re.compile(rb"//([a-z0-9.-]+)([^\"') ]*)")
_EXACT: Final = (b"<iframe", b"<frame", b"<embed", b"<object")

# In a style sheet only `url(…)`, a few other functions and `@import` load anything. Each expression
# starts with one plain byte, to which the engine jumps. What follows `url(` has to be a plain host,
# a path, an image or a font in place, or it is no proof.
_ODD_CSS: Final = (
    re.compile(
        rb"\((?:(?<=[uU][rR][lL]\()(?!\s*+[\"']?+(?:(?:https?:)?//[a-z0-9.-]++[/?#\"')]"
        rb"|data:(?:image|font|application)/|[#)]|/?+[A-Za-z0-9_.~-]++[/?#\"')]))"
        rb"|(?<=[sS][rR][cC]\()|(?<=-[sS][eE][tT]\()|(?<=[aA][gG][eE]\()|(?<=[aA][dD][eE]\()"
        rb"|(?<=[fF][iI][xX]\())"
    ),
    re.compile(rb"@(?:[iInN]|[A-Za-z-]*+\\)"),
    re.compile(rb"\\[0-9A-Za-z]{1,7}+[ \t\n\r\f]{0,2}+[A-Za-z-]*+\("),
)


class HostWatch(dict[bytes, "Sought | None"]):
    """For each host, in plain bytes: what to look for in a URL of it (`DeniedIndex.watch_for`)."""

    def __init__(self, index: DeniedIndex, own_host: str) -> None:
        super().__init__()
        self._index = index
        self._own_host = own_host

    def __missing__(self, host: bytes) -> Sought | None:
        read = read_host(host.decode("ascii"))
        sought = None if read is None else self._index.watch_for(read, own_host=self._own_host)
        if len(self) >= _MAX_REMEMBERED:
            self.clear()
        self[host] = sought
        return sought


def is_plain(raw: bytes, watched: Mapping[bytes, Sought | None], marks: Sequence[bytes]) -> bool:
    """Tell whether no URL in a start tag can be denied, and it bears no mark."""
    if b"\\" in raw or _is_odd(raw, _ODD):
        return False
    if (b"\n" in raw or b"\t" in raw or b"\r" in raw) and _ODD_BLANKS.search(raw) is not None:
        return False
    for host in _HOST.findall(raw):
        sought = watched[host]
        if sought is not None and (b"/." in raw or sought.search(raw, 0, len(raw))):
            return False
    lowered = raw.lower()
    return not lowered.startswith(_EXACT) and not any(mark in lowered for mark in marks)


def _is_odd(data: bytes, odds: Sequence[re.Pattern[bytes]]) -> bool:
    for odd in odds:  # noqa: SIM110 - `any` would take twice as long
        if odd.search(data) is not None:
            return True
    return False


def is_plain_css(text: bytes, watched: Mapping[bytes, Sought | None]) -> bool:
    """Tell whether no URL in a style sheet can be denied."""
    if _is_odd(text, _ODD_CSS):
        return False
    for host, rest in set(_HOST_AND_REST.findall(text)):
        sought = watched[host]
        if sought is not None and (
            b"/." in rest or b"\\" in rest or sought.search(rest, 0, len(rest))
        ):
            return False
    return True
