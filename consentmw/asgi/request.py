"""What a request says, read from its header list once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from consentmw.asgi.cookie_fields import NO_COOKIES, read_cookie_fields
from consentmw.asgi.validators import CONDITIONS
from consentmw.config.hosts import bare_host

if TYPE_CHECKING:
    from consentmw.asgi.pages import PageType
    from consentmw.asgi.site import Site
    from consentmw.config import CookieSettings

# The fields that anything here asks for; a site adds the one that its CDN sends.
READ_FIELDS: Final = CONDITIONS | {
    b"host", b"cookie", b"sec-gpc", b"dnt", b"sec-fetch-dest", b"accept-encoding",
    b"available-dictionary", b"dictionary-id", b"hx-request", b"turbo-frame", b"x-up-target",
    b"sec-purpose",
}  # fmt: skip
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


class Request:
    """One request or websocket handshake, as far as consent depends on it."""

    __slots__ = (
        "cookies", "dest", "fields", "fragment", "full_path", "insertable",
        "names", "nested", "path", "root_path", "route_path", "scope",
    )  # fmt: skip

    def __init__(self, scope: Any, site: Site, *, nested: bool) -> None:
        self.scope = scope
        self.nested = nested
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
        self.names = site.host_names(hosts[0] if hosts else b"")
        dests = fields.get(b"sec-fetch-dest")
        self.dest = dests[0].lower() if dests else b""
        cookies = fields.get(b"cookie")
        self.cookies = NO_COOKIES if cookies is None else read_cookie_fields(cookies)
        # A piece of a page belongs into a page that has been inserted into already, and an outer
        # instance inserts what it has to insert.
        self.fragment = not _FRAGMENT_FIELDS.isdisjoint(fields) or (
            self.dest == b"empty" and not _is_prefetch(fields)
        )
        self.insertable = not nested and not self.fragment
        self.path: str = scope["path"]
        self.root_path: str = scope.get("root_path") or ""
        if self.root_path:
            self.root_path = self.root_path.rstrip("/")
            self.full_path, self.route_path = _with_and_without(self.root_path, self.path)
        else:
            self.full_path = self.route_path = self.path

    def without_conditions(self, site: Site) -> Request:
        """The same request as if nothing of its answer were known to the browser."""
        headers = [field for field in self.scope["headers"] if field[0] not in CONDITIONS]
        return Request({**self.scope, "headers": headers}, site, nested=self.nested)

    @property
    def safe_method(self) -> bool:
        """Whether it is GET or HEAD, which change nothing and may be asked again."""
        return self.scope.get("method") in ("GET", "HEAD")

    @property
    def page_possible(self) -> bool:
        """Whether the browser may show the answer as a page, or hand its text to a script."""
        return self.dest not in _NEVER_PAGES

    @property
    def page_certain(self) -> bool:
        """Whether the browser will show the answer as a page."""
        return self.dest in _SURELY_PAGES

    def shows(self, page: PageType) -> bool:
        """Whether the browser may show the answer as a page, if it is of this type."""
        if page.shown == "documents":
            return (
                self.page_certain
                or (not self.dest and self._accepts_html)
                or (self.dest == b"empty" and _is_prefetch(self.fields))
            )
        return page.shown == "anywhere" or self.dest != b"image"

    @property
    def _accepts_html(self) -> bool:
        # Browsers that don't tell destinations (older ones, and all without TLS) ask so for what
        # they show, and not so for what a script asks for; readers of feeds and tools don't.
        return any(
            name == b"accept" and b"text/html" in value.lower()
            for name, value in self.scope["headers"]
        )


def _with_and_without(root_path: str, path: str) -> tuple[str, str]:
    """A path with the prefix under which the app is mounted, and without it.

    ASGI has the prefix in the path; servers and tools older than that rule leave it out.
    """
    if path == root_path or path.startswith(root_path + "/"):
        return path, path[len(root_path) :]
    return root_path + path, path


def _is_prefetch(fields: dict[bytes, list[bytes]]) -> bool:
    # `<link rel=prefetch>` has no destination, and the next navigation shows what
    # it brought, without asking again. No script can set a `Sec-` field.
    return any(value.startswith(b"prefetch") for value in fields.get(b"sec-purpose", ()))
