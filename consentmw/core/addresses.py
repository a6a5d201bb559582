"""Reading a URL as a browser does, as far as the catalogue needs: its host and what follows it.

Not a URL parser: there is no base URL beyond the site's own host, and nothing is normalised that
no rule looks at.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote

# WHATWG URL: leading and trailing C0 controls and spaces are cut, tabs and line ends removed
# anywhere, and in special schemes a backslash is a slash.
_EDGES: Final = "".join(map(chr, range(0x21)))
_REMOVED: Final = str.maketrans("", "", "\t\n\r")
_ADDRESS: Final = re.compile(
    r"(?:(?:https?|wss?):/*|//+)([^/?#]*)([^#]*)", re.IGNORECASE | re.DOTALL
)
# Most URLs of most pages need none of that.
_PLAIN: Final = re.compile(r"(?:https?:)?//([a-z0-9.-]*[a-z0-9])(/[^#\\\x00-\x20]*)?", re.ASCII)
_OTHER_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def read_address(url: str, own_host: str = "") -> tuple[str, str] | None:
    """Split a URL into ``(host, "/path?query")``, or return `None` where no host is asked.

    The host is lower-case ASCII without a trailing dot, port and credentials. A relative URL is the
    site's own, taken from its root. ``data:``, ``blob:``, ``javascript:`` and their like have none.
    """
    plain = _PLAIN.fullmatch(url)
    if plain is not None:
        return plain[1], plain[2] or "/"
    text = url.strip(_EDGES).translate(_REMOVED)
    if "\\" in text:
        before, mark, query = text.partition("?")
        text = before.replace("\\", "/") + mark + query
    match = _ADDRESS.match(text)
    if match is None:
        if _OTHER_SCHEME.match(text):
            return None
        target = text.partition("#")[0]
        return own_host, target if target.startswith("/") else "/" + target
    host = match[1]
    if "@" in host:
        host = host.rpartition("@")[2]
    target = match[2]
    return read_host(host), target if target.startswith("/") else "/" + target


def read_host(authority: str) -> str:
    """Return the host of ``host:port``, as the catalogue keys it; what is none comes back as is."""
    host = authority.lower()
    if ":" in host and not host.startswith("["):
        host = host.partition(":")[0]
    if "%" in host:
        host = unquote(host).lower()
    if not host.isascii():
        try:
            # Full-width letters and ideographic dots lead to ASCII hosts, as they do in browsers.
            host = host.encode("idna").decode("ascii").lower()
        except UnicodeError:
            return host
    return host.removesuffix(".")
