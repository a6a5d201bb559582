"""Where a link of a page leads, in the one spelling by which a crawl knows a URL."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import httpx

# WHATWG URL, 4.4 "URL parsing": what stands around a URL, and line ends within it, don't count.
_EDGES: Final = "".join(map(chr, range(0x21)))
_REMOVED: Final = str.maketrans("", "", "\t\n\r")
# The links that every page of a site has are read once.
_REMEMBERED: Final = 4096


@lru_cache(_REMEMBERED)
def read_address(text: str, base: str = "") -> str | None:
    """Return the absolute http(s) URL without its fragment; `None` where it leads nowhere.

    Args:
        text: As a page or a header field has it.
        base: The URL of the page.
    """
    bare = text.translate(_REMOVED).strip(_EDGES)
    try:
        url = httpx.URL(base).join(bare) if base else httpx.URL(bare)
    except (httpx.InvalidURL, ValueError):
        return None
    # httpx writes what can't be a host, such as "[", as it would write it in a path.
    if url.scheme not in {"http", "https"} or not url.host or "%" in url.host:
        return None
    # The path of a URL without one is "/", which `raw_path` says.
    return str(url.copy_with(fragment=None, raw_path=url.raw_path))


def origin_of(url: str) -> str:
    """Scheme and host of a URL as `read_address` gives it, without a slash at the end."""
    parsed = httpx.URL(url)
    return f"{parsed.scheme}://{parsed.netloc.decode('ascii')}"
