"""Where a URL in a page leads: host, path and query as the WHATWG URL standard reads them.

Only what finding a resource needs is read. What a page can't know, the scheme under which it was
sent, is answered with both readings: ``https:ads.example`` is a path on a page that came by https
and a host on one that came by http.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final, NamedTuple
from urllib.parse import quote, unquote_to_bytes

_EDGES: Final = "".join(map(chr, range(0x21)))
_ASCII: Final = "".join(map(chr, range(0x21, 0x7F)))
_REMOVED: Final = str.maketrans("", "", "\t\n\r")
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_SPECIAL: Final = frozenset({"http", "https", "ws", "wss", "ftp"})
_PAGE_SCHEMES: Final = frozenset({"http", "https"})
_AUTHORITY_END: Final = re.compile(r"[/\\?#]")
_DOT_SEGMENT: Final = re.compile(r"(?:\.|%2[eE]){1,2}\Z")
# UTS 46: code points that are mapped to nothing.
_IGNORED: Final = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u2060-\u2064\u206a-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\U0001d173-\U0001d17a\U0001bca0-\U0001bca3\U000e0100-\U000e01ef]"
)
_DOTS: Final = str.maketrans({"\u3002": ".", "\uff0e": ".", "\uff61": "."})
# Compatibility forms that Unicode 16 has and older Pythons don't.
_NEW_FORMS: Final = {
    0xA7F1: "s",
    **{0x1CCD6 + n: chr(ord("a") + n) for n in range(26)},
    **{0x1CCF0 + n: str(n) for n in range(10)},
}
_FORBIDDEN: Final = re.compile(r"[\x00-\x20\x7f#%/:<>?@\[\\\]^|]")
_LONGEST_HOST: Final = 254
"""DNS knows no longer name, a trailing dot included: no browser gets an answer for one."""
_NUMBER: Final = re.compile(r"(?:0[xX][0-9a-fA-F]*|[0-9]+)\Z")
_PORT: Final = re.compile(r":[0-9]*\Z")


class Url(NamedTuple):
    """What a URL asks for."""

    scheme: str
    """In lower case; empty where it is the page's own, which is http or https."""
    host: str
    """Lower-case ASCII without a trailing dot or port; empty for a scheme without hosts."""
    target: str
    """Path and query, dot segments resolved; for a scheme without hosts, all behind the colon."""


class Base(NamedTuple):
    """What relative URLs start from."""

    host: str
    path: str = "/"
    """The page's own path; its last segment doesn't count."""
    scheme: str = ""
    """Empty where it is the page's own, which is http or https."""


def read_url(text: str, base: Base) -> tuple[Url, ...]:
    """Return where a URL may lead, in every reading of it; nothing where it leads nowhere."""
    text = text.strip(_EDGES).translate(_REMOVED)
    match = _SCHEME.match(text)
    if match is None:
        return _relative(text, base)
    scheme = match[1].lower()
    rest = text[match.end() :]
    if scheme not in _SPECIAL:
        return () if scheme == "file" else (Url(scheme, "", rest),)
    if len(rest) < 2 or rest[:2].strip("/\\"):
        # Fewer than two slashes: relative to a base of the same scheme.
        if scheme == base.scheme:
            return _relative(rest or "#", base)
        if not base.scheme and scheme in _PAGE_SCHEMES:
            with_host = _with_host(scheme, rest.lstrip("/\\"))
            return (*with_host, *_relative(rest or "#", base))
    return _with_host(scheme, rest.lstrip("/\\"))


def _relative(text: str, base: Base) -> tuple[Url, ...]:
    head = text[:2]
    if len(head) == 2 and not head.strip("/\\"):
        return _with_host("", text.lstrip("/\\"))
    path, _, query = text.partition("#")[0].partition("?")
    path = path.replace("\\", "/")
    if path.startswith("/"):
        path = _resolve_dots(path)
    elif path:
        path = _resolve_dots(base.path.rpartition("/")[0] + "/" + path)
    elif text:
        # A query or a fragment alone: of the base itself.
        path = base.path
    else:
        return ()
    return (Url("", base.host, _target(path, query)),) if base.host else ()


def _with_host(scheme: str, text: str) -> tuple[Url, ...]:
    end = _AUTHORITY_END.search(text)
    authority, rest = (text[: end.start()], text[end.start() :]) if end else (text, "")
    host = read_host(authority.rpartition("@")[2])
    if host is None:
        return ()
    path, _, query = rest.partition("#")[0].partition("?")
    path = _resolve_dots(path.replace("\\", "/") or "/")
    return (Url(scheme, host, _target(path, query)),)


def _target(path: str, query: str) -> str:
    if not path.isascii():
        path = quote(path, safe=_ASCII)
    return f"{path}?{query}" if query else path


def _resolve_dots(path: str) -> str:
    if "/." not in path and "/%2" not in path:
        return path
    out: list[str] = []
    segments = path.split("/")[1:]
    for number, segment in enumerate(segments, start=1):
        last = number == len(segments)
        if not _DOT_SEGMENT.match(segment):
            out.append(segment)
            continue
        if len(segment.lower().replace("%2e", ".")) == 2 and out:
            out.pop()
        if last:
            out.append("")
    return "/" + "/".join(out)


def read_host(authority: str) -> str | None:
    """Read ``host:port`` into the host as a catalogue keys it; None where no host is asked."""
    if authority.startswith("["):
        host, _, rest = authority.partition("]")
        return host.lower() + "]" if not rest or _is_port(rest) else None
    host = authority.partition(":")[0]
    if len(host) < len(authority) and not _is_port(authority[len(host) :]):
        return None
    if "%" in host:
        host = unquote_to_bytes(host).decode("utf-8", "replace")
    host = host.lower() if host.isascii() else _mapped(host)
    if not host or len(host) > _LONGEST_HOST or _FORBIDDEN.search(host):
        return None
    host = host.removesuffix(".")
    last = host.rpartition(".")[2]
    if _NUMBER.match(last):
        return _read_ipv4(host)
    return host


def _is_port(text: str) -> bool:
    # URL standard, "port state": anything but digits, or a number beyond 16 bits, is a failure.
    if not _PORT.match(text):
        return False
    figures = text[1:].lstrip("0")
    return len(figures) <= 5 and int(figures or "0") <= 0xFFFF


def _mapped(host: str) -> str:
    # UTS 46 as the URL standard uses it, approximated by NFKC: it knows no table of disallowed
    # code points, so that it reads a host in some URLs that a browser refuses, and never another.
    host = _IGNORED.sub("", host).translate(_NEW_FORMS)
    host = unicodedata.normalize("NFKC", host).casefold().translate(_DOTS)
    host = unicodedata.normalize("NFKC", _IGNORED.sub("", host))
    return ".".join(
        label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii")
        for label in host.split(".")
    )


def _read_ipv4(host: str) -> str | None:
    parts = host.split(".")
    if len(parts) > 4:
        return None
    numbers = []
    for part in parts:
        number = _read_number(part)
        if number is None:
            return None
        numbers.append(number)
    *front, last = numbers
    if any(number > 255 for number in front) or last >= 256 ** (5 - len(numbers)):
        return None
    address = last + sum(number << (8 * (3 - place)) for place, number in enumerate(front))
    return ".".join(str(address >> shift & 255) for shift in (24, 16, 8, 0))


def _read_number(part: str) -> int | None:
    if not _NUMBER.match(part) or len(part.lstrip("0xX")) > 16:
        return None
    if part[:2] in {"0x", "0X"}:
        return int(part[2:] or "0", 16)
    if part[0] == "0" and len(part) > 1:
        return int(part, 8) if part.strip("01234567") == "" else None
    return int(part)


def read_candidates(srcset: str) -> list[str]:
    """Return the URLs of a ``srcset`` (HTML, "parse a srcset attribute")."""
    urls = []
    position = 0
    while match := _CANDIDATE.match(srcset, position):
        url = match[1]
        position = match.end()
        if url.endswith(","):
            url = url.rstrip(",")
        else:
            described = _DESCRIPTORS.match(srcset, position)
            position = described.end() if described else position
        urls.append(url)
    return urls


_CANDIDATE: Final = re.compile(r"[\t\n\f\r ,]*+([^\t\n\f\r ]++)")
_DESCRIPTORS: Final = re.compile(r"(?:[^,(]++|\([^)]*+(?:\)|\Z))*+")
