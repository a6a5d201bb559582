"""What a browser says again with each request of a visit, read once.

The same host, signals and codings come with everything that a browser asks for, and with what many
others do. The last few are remembered as they stand; their number and their size bound the memory.
Cookies are not among them: each browser has others. What belongs to one request is in `request`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from consentmw.asgi.accept_encoding import readable_codings
from consentmw.asgi.request_cookies import join_fields
from consentmw.asgi.validators import CONDITIONS
from consentmw.config.hosts import MAX_HOST_LENGTH, bare_host
from consentmw.core.signals import NO_SIGNALS, read_signals

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from consentmw.config import CookieSettings

# The fields that tell what a visit is; a site adds the one that its CDN sends.
VISIT_FIELDS: Final = frozenset({
    b"host", b"sec-gpc", b"dnt", b"sec-fetch-dest", b"accept-encoding",
    b"available-dictionary", b"dictionary-id", b"hx-request", b"turbo-frame", b"x-up-target",
    b"sec-purpose",
})  # fmt: skip
# RFC 9842: what a browser offers to have an answer compressed against.
DICTIONARY_FIELDS: Final = frozenset({b"available-dictionary", b"dictionary-id"})
# Scripts that put a piece of a page into another one say so (htmx, Turbo, Unpoly).
_FRAGMENT_FIELDS: Final = frozenset({b"hx-request", b"turbo-frame", b"x-up-target"})
# By what a fragment differs from the page of the same address, into which something is inserted.
FRAGMENT_VARY: Final = (b"Sec-Fetch-Dest", b"HX-Request", b"Turbo-Frame", b"X-Up-Target")
# Fetch, 2.2.5: what a browser does with an answer to these, it never shows as a page nor hands to a
# script as text. A destination that isn't known here may be a page.
_NEVER_PAGES: Final = frozenset({
    b"audio", b"audioworklet", b"font", b"image", b"json", b"manifest", b"paintworklet", b"report",
    b"script", b"serviceworker", b"sharedworker", b"speculationrules", b"style", b"text", b"track",
    b"video", b"webidentity", b"worker", b"xslt",
})  # fmt: skip
_SURELY_PAGES: Final = frozenset({
    b"document", b"embed", b"fencedframe", b"frame", b"iframe", b"object",
})  # fmt: skip

# Some hundred browsers at a time, each for scripts, images, pages and data: a few megabytes, and
# twenty at the very most.
_MAX_VISITS: Final = 1024
_MAX_VISIT_BYTES: Final = 4096
_MAX_HOSTS: Final = 256

_TELLING, _COOKIE, _CONDITION = range(3)

Fields = tuple[tuple[bytes, bytes], ...]


class HostNames(NamedTuple):
    """A host and the names that this package's cookies have on it."""

    host: str
    """In lower case, without a port."""
    choice: bytes
    report: bytes
    expired: bytes
    """Keeps for the session which leftovers have been expired already."""
    own: frozenset[str]


def read_host_names(raw_host: bytes, cookie: CookieSettings) -> HostNames:
    """The names for a `Host` field as it stands."""
    host = raw_host.decode("latin-1")
    choice, report = cookie.name_for(host), cookie.report_name_for(host)
    expired = f"{cookie.name}_expired"
    return HostNames(
        bare_host(host),
        choice.encode("ascii"),
        report.encode("ascii"),
        expired.encode("ascii"),
        frozenset({choice, report, expired}),
    )


class Visit:
    """The fields of a request that it has in common with the others of a visit."""

    __slots__ = (
        "_fields", "dest", "fragment", "names", "page_certain", "page_possible", "prefetches",
        "readable_codings", "salt", "signals", "size_bytes",
    )  # fmt: skip

    def __init__(self, fields: Fields, *, names: HostNames) -> None:
        """Read fields.

        Args:
            fields: Those of `VISIT_FIELDS`, and whatever else a site asks for.
            names: Those for the host among them.
        """
        found: dict[bytes, list[bytes]] = {}
        size = 0
        for name, value in fields:
            size += len(value)
            if name in found:
                found[name].append(value)
            else:
                found[name] = [value]
        self._fields = fields
        self.salt = hash(fields)
        self.size_bytes = size
        self.names = names
        self.signals = NO_SIGNALS
        if b"sec-gpc" in found or b"dnt" in found:
            self.signals = read_signals(fields)
        self.dest = found[b"sec-fetch-dest"][0].lower() if b"sec-fetch-dest" in found else b""
        self.page_possible = self.dest not in _NEVER_PAGES
        """Whether the browser may show the answer as a page, or hand its text to a script."""
        self.page_certain = self.dest in _SURELY_PAGES
        """Whether the browser will show the answer as a page."""
        # `<link rel=prefetch>` has no destination, and the next navigation shows what it brought,
        # without asking again. No script can set a `Sec-` field.
        self.prefetches = self.dest == b"empty" and any(
            purpose.startswith(b"prefetch") for purpose in found.get(b"sec-purpose", ())
        )
        """Whether the answer is kept to be shown as a page later."""
        self.fragment = not _FRAGMENT_FIELDS.isdisjoint(found) or (
            self.dest == b"empty" and not self.prefetches
        )
        """Whether the answer belongs into a page that has been inserted into already."""
        self.readable_codings = DICTIONARY_FIELDS.isdisjoint(found)
        for value in found.get(b"accept-encoding", ()):
            self.readable_codings = self.readable_codings and readable_codings(value) == value
        """Whether this installation can read whatever coding the answer may have."""

    def values(self, name: bytes) -> list[bytes]:
        """The values of one field, in their order."""
        return [value for own_name, value in self._fields if own_name == name]


class Visits:
    """Reads the fields of requests, and remembers the visits among which they are.

    Args:
        cookie: How this package's own cookies are called.
        also: Further fields to be read, in lower case.
    """

    def __init__(self, cookie: CookieSettings, *, also: Iterable[bytes] = ()) -> None:
        self._cookie = cookie
        # What is done with a field of each name; the others are passed over at one look.
        self._kinds = {
            **dict.fromkeys((*VISIT_FIELDS, *also), _TELLING),
            **dict.fromkeys(CONDITIONS, _CONDITION),
            b"cookie": _COOKIE,
        }
        self._visits: dict[Fields, Visit] = {}
        self._names: dict[bytes, HostNames] = {}

    def read(self, headers: Iterable[tuple[bytes, bytes]]) -> tuple[Visit, bytes, Fields]:
        """The visit to which a request belongs, and its cookies and conditions, its own both."""
        kinds = self._kinds
        fields: list[tuple[bytes, bytes]] = []
        cookies: list[bytes] = []
        conditions: Fields = ()
        for field in headers:
            kind = kinds.get(field[0])
            if kind is None:
                continue
            if kind == _TELLING:
                fields.append(field)
            elif kind == _COOKIE:
                cookies.append(field[1])
            else:
                conditions = (*conditions, field)
        key = tuple(fields)
        try:
            visit = self._visits.get(key)
        except TypeError:  # ASGI has any pairs, lists among them
            key, conditions = _as_tuples(fields), _as_tuples(conditions)
            visit = self._visits.get(key)
        return visit or self._read(key), join_fields(cookies) if cookies else b"", conditions

    def _read(self, fields: Fields) -> Visit:
        raw_host = next((value for name, value in fields if name == b"host"), b"")
        visit = Visit(fields, names=self._names_for(raw_host))
        if visit.size_bytes <= _MAX_VISIT_BYTES:
            if len(self._visits) >= _MAX_VISITS:
                self._visits.clear()
            self._visits[fields] = visit
        return visit

    def _names_for(self, raw_host: bytes) -> HostNames:
        names = self._names.get(raw_host)
        if names is None:
            names = read_host_names(raw_host, self._cookie)
            if len(raw_host) <= MAX_HOST_LENGTH:
                if len(self._names) >= _MAX_HOSTS:
                    self._names.clear()
                self._names[raw_host] = names
        return names


def _as_tuples(fields: Iterable[Sequence[bytes]]) -> Fields:
    return tuple([(name, value) for name, value in fields])
