"""One request: what it asks for, on which conditions, and the visit that it belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from consentmw.asgi.validators import CONDITIONS

if TYPE_CHECKING:
    from consentmw.asgi.pages import PageType
    from consentmw.asgi.site import Site
    from consentmw.asgi.treatment import Treatment
    from consentmw.suppression.cookies import DeniedCookie


class Request:
    """One request or websocket handshake, as far as consent depends on it."""

    __slots__ = (
        "conditions", "cookies", "denied_cookies", "full_path", "nested", "path", "root_path",
        "route_path", "scope", "treatment", "visit",
    )  # fmt: skip

    def __init__(self, scope: Any, site: Site, *, nested: bool) -> None:
        self.scope = scope
        self.treatment: Treatment | None = None
        """As the site has decided."""
        self.denied_cookies: tuple[DeniedCookie, ...] = ()
        """By that decision, of those that the browser has sent."""
        self.nested = nested
        self.visit, self.cookies, self.conditions = site.read_visit(scope["headers"])
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
    def host(self) -> str:
        """The host, in lower case and without a port."""
        return self.visit.names.host

    def cookies_denied_by(self, treatment: Treatment) -> tuple[DeniedCookie, ...]:
        """The cookies of denied categories that the browser has sent."""
        if treatment is self.treatment:
            return self.denied_cookies
        return treatment.denied_cookies(self.cookies, own_names=self.visit.names.own)

    @property
    def insertable(self) -> bool:
        """Whether something may be put into the answer, should it be a page."""
        # An outer instance inserts what it has to insert.
        return not self.nested and not self.visit.fragment

    @property
    def safe_method(self) -> bool:
        """Whether it is GET or HEAD, which change nothing and may be asked again."""
        return self.scope.get("method") in ("GET", "HEAD")

    def shows(self, page: PageType) -> bool:
        """Whether the browser may show the answer as a page, if it is of this type."""
        visit = self.visit
        if page.shown == "documents":
            return visit.page_certain or visit.prefetches or (not visit.dest and self._accepts_html)
        return page.shown == "anywhere" or visit.dest != b"image"

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
