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

_MAX_REMEMBERED: Final = 8192
"""Hosts whose answer is kept; a site's pages name a few hundred."""

# Where a host can hide from `_HOST`: see each line.
_ODD: Final = re.compile(
    rb"\\"
    # a reference, which may stand for anything
    rb"|&(?:#|(?!amp;|quot;|apos;|nbsp;|lt;|gt;)[A-Za-z][A-Za-z0-9]*;)"
    # `https:host`, `https:/host`
    rb"|[hH][tT][tT][pP][sS]?:(?!//)|[wW][sS]{1,2}:(?!//)|[fF][tT][pP]:(?!//)"
    # removed inside URLs, so that what stands on both sides may be one
    rb"|/[\t\n\r]|[\t\n\r][A-Za-z]{0,5}+:(?!//)"
    # anything but a plain host, and the end of it
    rb"|//(?![a-z0-9.-]++[/?#\"'> ,)])"
    # documents and programs in place
    rb"|[dD][aA][tT][aA]:(?!image/)|[jJ][aA][vV][aA][sS][cC][rR][iI][pP][tT]:"
)
_HOST: Final = re.compile(rb"//([a-z0-9.-]+)")
_EXACT: Final = (b"<iframe", b"<frame", b"<embed", b"<object")

_ODD_CSS: Final = re.compile(
    rb"\\[0-9A-Za-z]{1,7}+[ \t\n]?[A-Za-z-]*+\(|@[A-Za-z-]*+\\"
    rb"|[hH][tT][tT][pP][sS]?:(?!//)|/\t|[uU][rR][lL]\([^)]*?\\"
    rb"|(?<=[:(\"' \t])//(?![a-z0-9.-]++[/?#\"') ])"
    rb"|@[iI][mM][pP][oO][rR][tT][^;]{0,200}\\|[dD][aA][tT][aA]:text"
)


class HostWatch(dict[bytes, bool]):
    """For each host, in plain bytes: whether anything of it could be denied."""

    def __init__(self, index: DeniedIndex, own_host: str) -> None:
        super().__init__()
        self._index = index
        self._own_host = own_host

    def __missing__(self, host: bytes) -> bool:
        read = read_host(host.decode("ascii"))
        watched = read is not None and (
            self._index.may_deny(read) or (self._index.site_paths and read == self._own_host)
        )
        if len(self) >= _MAX_REMEMBERED:
            self.clear()
        self[host] = watched
        return watched


def is_plain(raw: bytes, watched: Mapping[bytes, bool], marks: Sequence[bytes]) -> bool:
    """Tell whether no URL in a start tag can name a watched host, and it bears no mark."""
    if _ODD.search(raw) is not None:
        return False
    for host in _HOST.findall(raw):
        if watched[host]:
            return False
    lowered = raw.lower()
    return not lowered.startswith(_EXACT) and not any(mark in lowered for mark in marks)


def is_plain_css(text: bytes, watched: Mapping[bytes, bool]) -> bool:
    """Tell whether no URL in a style sheet can name a watched host."""
    if _ODD_CSS.search(text) is not None:
        return False
    return not any(watched[host] for host in set(_HOST.findall(text)))
