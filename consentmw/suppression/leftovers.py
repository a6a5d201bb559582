"""How cookies that a browser still holds from before an opt-out are made to expire.

A browser deletes a cookie only where domain, path and partition are those with which it was set,
and a request tells none of the three. So each name is tried in rounds: for the host and each parent
domain; should it come back, in the partitioned jar; then for the directories of the path; and after
that it is left alone, since something sets it anew. What has been tried is handed out as a short
text for the browser to keep until it closes. Which response may carry the fields is the shell's
affair.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

# Proxies refuse large headers (nginx: 4 or 8 kB for all of them), and an app has its own to send.
MAX_EXPIRY_BYTES: Final = 2048
# For the field in which the browser keeps `Expiry.tried`.
_MEMORY_BYTES: Final = 400
# What a field costs beside its value: `set-cookie: ` and the line's end.
_FIELD_OVERHEAD: Final = len(b"set-cookie: \r\n")
# A visitor's words are echoed into a response here, so only what is surely a name or a path is.
_SAFE_NAME: Final = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}")
_SAFE_DIRECTORY: Final = re.compile(r"[A-Za-z0-9._~-]{1,64}", re.ASCII)
_SAFE_HOST: Final = re.compile(r"(?:[a-z0-9_-]{1,63}\.)+[a-z0-9_-]{1,63}", re.ASCII)
# Deeper hosts and paths would fill the header with attempts that hardly ever match.
_MAX_DOMAINS: Final = 5
_MAX_DIRECTORIES: Final = 3
# Some 300 bytes in the browser; a visitor with more leftovers than this has the first ones expired.
_MAX_TRIED: Final = 60
_DIGEST_LENGTH: Final = 4
_TRIED: Final = re.compile(rf"(?:[A-Za-z0-9_-]{{{_DIGEST_LENGTH}}}[1-9])+", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiry:
    """The `Set-Cookie` values for one response, and what has been tried after it."""

    fields: tuple[bytes, ...]
    tried: str
    """To be handed back with the browser's next request; names no cookie and no visitor."""


def expire_cookies(names: Iterable[str], *, host: str, path: str, tried: str) -> Expiry:
    """Expire denied cookies that a browser still sends; what doesn't fit is left to the next time.

    Args:
        names: The cookies' names as the request has them.
        host: The request's host, in lower case and without a port.
        path: The request's path.
        tried: `Expiry.tried` of the last time; what isn't one counts as none.
    """
    rounds = _read_tried(tried)
    domains = _domains(host)
    fields: list[bytes] = []
    room = MAX_EXPIRY_BYTES - _MEMORY_BYTES
    for name in dict.fromkeys(names):
        raw = name.encode("latin-1", "ignore")
        digest = _digest(raw)
        done = rounds.get(digest, 0)
        settled = done == len(_ROUNDS) or (digest not in rounds and len(rounds) == _MAX_TRIED)
        if settled or not _SAFE_NAME.fullmatch(raw):
            continue
        wanted = list(_ROUNDS[done](raw.decode("ascii"), domains, path))
        if not wanted:
            continue
        cost = sum(len(field) + _FIELD_OVERHEAD for field in wanted)
        if cost > room and fields:
            break
        while cost > room:  # One name alone is too much, so its last fields are never sent.
            cost -= len(wanted.pop()) + _FIELD_OVERHEAD
        room -= cost
        fields += wanted
        rounds[digest] = done + 1
    return Expiry(
        fields=tuple(fields),
        tried="".join(f"{digest}{done}" for digest, done in rounds.items()),
    )


def _everywhere(name: str, domains: Sequence[str], _path: str) -> Iterator[bytes]:
    for domain in _domains_for(name, domains):
        yield _field(name, domain)


def _partitioned(name: str, domains: Sequence[str], _path: str) -> Iterator[bytes]:
    # CHIPS: the partitioned jar is another one, and its cookies are all `Secure`.
    for domain in _domains_for(name, domains):
        yield _field(name, domain, more="; Secure; Partitioned")


def _in_directories(name: str, domains: Sequence[str], path: str) -> Iterator[bytes]:
    if name.lower().startswith("__host-"):
        return
    directory = ""
    # RFC 6265bis, 5.1.4: a cookie comes with what is below its path, and with that path itself.
    for segment in path.split("/")[1 : _MAX_DIRECTORIES + 1]:
        if not _SAFE_DIRECTORY.fullmatch(segment):
            return
        directory = f"{directory}/{segment}"
        for domain in domains:
            yield _field(name, domain, path=directory)


_ROUNDS: Final[tuple[Callable[[str, Sequence[str], str], Iterator[bytes]], ...]] = (
    _everywhere,
    _partitioned,
    _in_directories,
)


def _field(name: str, domain: str, *, path: str = "/", more: str = "") -> bytes:
    attributes = f"; Domain={domain}" if domain else ""
    # RFC 6265bis, 4.1.3: browsers refuse fields that lack what the name's prefix asks for, in any
    # case of its letters. Elsewhere `Secure` would make a page without TLS unable to delete.
    lowered = name.lower()
    if lowered.startswith(("__secure-", "__host-", "__http-")) and "Secure" not in more:
        attributes += "; Secure"
    if lowered.startswith(("__http-", "__host-http-")):
        attributes += "; HttpOnly"
    return f"{name}=; Max-Age=0; Path={path}{attributes}{more}".encode("ascii")


def _domains_for(name: str, domains: Sequence[str]) -> Sequence[str]:
    return domains[:1] if name.lower().startswith("__host-") else domains


def _domains(host: str) -> tuple[str, ...]:
    """The values of `Domain` to try: none at all first, then the host and its parents.

    A public suffix among them (`co.uk`) is refused by the browser and costs a line.
    """
    host = host.removesuffix(".")
    if not _SAFE_HOST.fullmatch(host) or _is_address(host):
        return ("",)
    labels = host.split(".")
    parents = [".".join(labels[start:]) for start in range(len(labels) - 1)]
    return ("", *parents[-_MAX_DOMAINS:])


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _digest(name: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(name).digest())[:_DIGEST_LENGTH].decode("ascii")


def _read_tried(tried: str) -> dict[str, int]:
    if len(tried) > _MAX_TRIED * (_DIGEST_LENGTH + 1) or not _TRIED.fullmatch(tried):
        return {}
    step = _DIGEST_LENGTH + 1
    entries = (tried[start : start + step] for start in range(0, len(tried), step))
    return {entry[:-1]: min(int(entry[-1]), len(_ROUNDS)) for entry in entries}
