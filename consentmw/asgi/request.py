"""What a request says, read from its header list once."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from consentmw.asgi.validators import CONDITIONS
from consentmw.config.hosts import bare_host

if TYPE_CHECKING:
    from consentmw.asgi.site import Site
    from consentmw.config import CookieSettings

# The fields that anything here asks for; a site adds the one that its CDN sends.
READ_FIELDS: Final = CONDITIONS | {
    b"host", b"cookie", b"sec-gpc", b"dnt", b"sec-fetch-dest", b"accept-encoding",
    b"available-dictionary", b"hx-request", b"turbo-frame", b"x-up-target",
}  # fmt: skip
# Scripts that put a piece of a page into another one say so (htmx, Turbo, Unpoly).
_FRAGMENT_FIELDS: Final = (b"hx-request", b"turbo-frame", b"x-up-target")
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
_REMEMBERED_HOSTS: Final = 256


class HostNames(NamedTuple):
    """A host and the names that this package's cookies have on it."""

    host: str
    """In lower case, without a port."""
    choice: bytes
    report: bytes
    expired: bytes
    """Keeps for the session which leftovers have been expired already."""
    own: frozenset[str]


@lru_cache(_REMEMBERED_HOSTS)
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


class Request:
    """One request or websocket handshake, as far as consent depends on it."""

    __slots__ = ("dest", "fields", "insertable", "names", "path", "scope")

    def __init__(self, scope: Any, site: Site, *, nested: bool) -> None:
        self.scope = scope
        self.path: str = scope["path"]
        wanted = site.read_fields
        fields: dict[bytes, list[bytes]] = {}
        for name, value in scope["headers"]:
            if name in wanted:
                if name in fields:
                    fields[name].append(value)
                else:
                    fields[name] = [value]
        self.fields = fields
        hosts = fields.get(b"host")
        self.names = read_host_names(hosts[0] if hosts else b"", site.config.cookie)
        dests = fields.get(b"sec-fetch-dest")
        self.dest = dests[0].lower() if dests else b""
        # A piece of a page belongs into a page that has been inserted into already, and an outer
        # instance inserts what it has to insert.
        self.insertable = not (nested or self.dest == b"empty") and not any(
            name in fields for name in _FRAGMENT_FIELDS
        )

    @property
    def full_path(self) -> str:
        """The path with the prefix under which the app is mounted.

        ASGI has it in `path` already; servers older than that rule left it out.
        """
        root = self.root_path
        return self.path if self.path.startswith(root) else root + self.path

    @property
    def root_path(self) -> str:
        """The prefix under which the app is mounted; empty or starting with a slash."""
        return str(self.scope.get("root_path") or "").rstrip("/")

    @property
    def route_path(self) -> str:
        """The path below the prefix."""
        root = self.root_path
        if root and (self.path == root or self.path.startswith(root + "/")):
            return self.path[len(root) :]
        return self.path

    @property
    def page_possible(self) -> bool:
        """Whether the browser may show the answer as a page, or hand its text to a script."""
        return self.dest not in _NEVER_PAGES

    @property
    def page_certain(self) -> bool:
        """Whether the browser will show the answer as a page."""
        return self.dest in _SURELY_PAGES
