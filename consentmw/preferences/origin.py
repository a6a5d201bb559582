"""Where a request came from, and where its visitor may be sent back to.

There is no token: a form needs no cookie before it, and nothing has to be stored for it.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final
from urllib.parse import quote_plus, urlsplit

if TYPE_CHECKING:
    from starlette.datastructures import Headers

_DEFAULT_PORTS: Final = {"https": 443, "http": 80}
# nginx holds the head of an answer in one page of memory (`proxy_buffer_size`, 4 KiB), where this
# stands beside the choice itself; a larger head is a 502, and the choice is lost with it.
_LONGEST_WAY_BACK: Final = 2048


class Origin(Enum):
    """What a request says of the page that sent it."""

    OURS = "ours"
    """One of this very origin: it may change anything."""
    UNKNOWN = "unknown"
    """Nothing that could be relied on: it may decline, which costs a visitor little if forged."""
    FOREIGN = "foreign"
    """Another site's, by the browser's own word: it may change nothing."""


def read_origin(headers: Headers) -> Origin:
    """Read it from `Sec-Fetch-Site`, and from `Origin` where a browser doesn't send that."""
    # Fetch Metadata: scripts can't set or change the field, and it says what the browser knows.
    sites = headers.getlist("sec-fetch-site")
    if sites:
        if set(sites) == {"same-origin"}:
            return Origin.OURS
        # "none" is the person's own doing, by an extension for instance.
        return Origin.UNKNOWN if set(sites) == {"none"} else Origin.FOREIGN
    origins = headers.getlist("origin")
    hosts = headers.getlist("host")
    # The scheme isn't compared: behind a proxy that ends TLS it is http here. An origin of another
    # host is no proof either: the proxy may have put a host of its own in place of the visitor's.
    if len(origins) == 1 and len(hosts) == 1 and _same_host(origins[0], hosts[0]):
        return Origin.OURS
    return Origin.UNKNOWN


def is_own_path(target: str) -> bool:
    """Whether a redirect to this stays on the site, however a browser reads it."""
    return (
        target.startswith("/")
        and not target.startswith(("//", "/\\"))
        # WHATWG URL: tabs and line ends are removed, so that "/\t/host" would be "//host".
        and target.isprintable()
    )


def way_back(target: str) -> str:
    """Where a visitor may be sent back to; empty where that isn't on the site, or too long."""
    # No character gets shorter by being written into an address.
    short = len(target) <= _LONGEST_WAY_BACK and len(quote_plus(target)) <= _LONGEST_WAY_BACK
    return target if short and is_own_path(target) else ""


def _same_host(origin: str, host: str) -> bool:
    try:
        parts = urlsplit(origin)
        own = urlsplit(f"{parts.scheme}://{host}")
        default = _DEFAULT_PORTS[parts.scheme]
        ports = (parts.port or default, own.port or default)
    except (ValueError, KeyError):  # no such port, no such address, no such scheme: "null"
        return False
    return bool(parts.hostname) and parts.hostname == own.hostname and ports[0] == ports[1]
