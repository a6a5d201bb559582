"""What the `Host` of a request says, as far as the configuration's own rules need it."""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from typing import Final

# RFC 1035, 2.3.4: 253 characters as a name is written, and a port of five digits.
MAX_HOST_LENGTH: Final = 259


def bare_host(host: str) -> str:
    """A host as `Host` gives it, lower-case, without port and without the root's dot."""
    name = host.lower()
    if name.startswith("["):  # an IPv6 address has colons of its own
        return name[: name.find("]") + 1]
    return name.partition(":")[0].removesuffix(".")


def is_local(host: str) -> bool:
    """Whether a host is this machine itself, where there is no TLS during development.

    Browsers take it for a secure context over plain HTTP, yet not all store `Secure` cookies.
    """
    return len(host) <= MAX_HOST_LENGTH and _is_local(host)


@lru_cache(1024)
def _is_local(host: str) -> bool:
    name = bare_host(host).strip("[]")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
