"""Where pages come from: a live site, an ASGI app in this process, or a folder of HTML files.

All three answer the same calls, so that whoever crawls or audits doesn't know which it is.
"""

from __future__ import annotations

import importlib
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self
from urllib.parse import quote, unquote, urljoin, urlsplit
from urllib.robotparser import RobotFileParser

import anyio
import httpx

from consentmw.errors import TargetError
from consentmw.inspection.lifespan import running_lifespan
from consentmw.inspection.pages import FetchedPage

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from starlette.types import ASGIApp

USER_AGENT = "consentmw-scan/1 (+https://pypi.org/project/consentmw/)"
_APP_ORIGIN = "https://testserver"
_FOLDER_ORIGIN = "https://folder.invalid"  # RFC 6761, section 6.4: never a real host
_PAGE_SUFFIXES = (".html", ".htm", ".xhtml")
_ROBOTS_TIMEOUT_SECONDS = 10.0


class Site(Protocol):
    """Something that answers requests for pages."""

    origin: str
    """Scheme and host, without a slash at the end."""
    start: tuple[str, ...]
    """The URLs from which a crawl sets out."""
    delay_seconds: float
    """How long the site wants a crawler to wait between requests."""

    async def fetch(self, url: str, headers: Mapping[str, str], /) -> FetchedPage:
        """Fetch one URL, without following redirects.

        Raises:
            TargetError: The site did not answer.
        """
        ...

    def may_fetch(self, url: str, /) -> bool:
        """Whether the site lets a crawler have this URL."""
        ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None: ...


class StackedSite:
    """What sites share that hold something open: all of it is closed when they are."""

    def __init__(self) -> None:
        self.delay_seconds = 0.0
        self._stack = AsyncExitStack()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None:
        await self._stack.__aexit__(kind, error, trace)


class LiveSite(StackedSite):
    """A site behind a real server, read politely: one host, one pool, its robots.txt.

    Args:
        url: Where to start.
        obey_robots: Whether ``/robots.txt`` is asked first (RFC 9309).
        timeout_seconds: For each request.
    """

    def __init__(
        self, url: str, *, obey_robots: bool = True, timeout_seconds: float = 30.0
    ) -> None:
        super().__init__()
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise TargetError(f"{url!r} is no http or https URL")
        self.origin = f"{parts.scheme}://{parts.netloc}"
        self.start: tuple[str, ...] = (url if parts.path else f"{url}/",)
        self._obey_robots = obey_robots
        self._robots: RobotFileParser | None = None
        self._client = httpx.AsyncClient(
            headers={"user-agent": USER_AGENT}, timeout=timeout_seconds, follow_redirects=False
        )

    async def __aenter__(self) -> Self:
        await self._stack.enter_async_context(self._client)
        if self._obey_robots:
            await self._read_robots()
        return self

    async def _read_robots(self) -> None:
        try:
            answer = await self._client.get(
                f"{self.origin}/robots.txt",
                timeout=_ROBOTS_TIMEOUT_SECONDS,
                follow_redirects=True,
            )
        except httpx.HTTPError as error:
            raise TargetError(f"{self.origin} does not answer: {error}") from error
        robots = RobotFileParser()
        # RFC 9309, section 2.3.1: 4xx means that anything may be fetched, 5xx that nothing may.
        if answer.status_code >= 500:
            robots.parse(["User-agent: *", "Disallow: /"])
        elif answer.status_code < 400:
            robots.parse(answer.text.splitlines())
        else:
            robots.parse([])
        self.delay_seconds = float(robots.crawl_delay("consentmw") or 0)
        self._robots = robots

    def may_fetch(self, url: str) -> bool:
        """Whether robots.txt lets us have this URL."""
        return self._robots is None or self._robots.can_fetch("consentmw", url)

    async def fetch(self, url: str, headers: Mapping[str, str]) -> FetchedPage:
        """Fetch one URL.

        Raises:
            TargetError: The server did not answer in time, or not in HTTP.
        """
        return await _fetched(self._client, url, headers)


class AppSite(StackedSite):
    """An ASGI app in this process; its lifespan runs while the site is open.

    Args:
        app: Any ASGI app.
        start: Paths from which a crawl sets out.
    """

    def __init__(self, app: ASGIApp, *, start: tuple[str, ...] = ("/",)) -> None:
        super().__init__()
        self.origin = _APP_ORIGIN
        self.start = tuple(urljoin(_APP_ORIGIN, path) for path in start)
        self.app = app

    async def __aenter__(self) -> Self:
        await self._stack.enter_async_context(running_lifespan(self.app))
        self._client = await self._stack.enter_async_context(
            httpx.AsyncClient(
                # An app's 500 is a page to be looked at, as a browser would get it.
                transport=httpx.ASGITransport(app=self.app, raise_app_exceptions=False),
                follow_redirects=False,
            )
        )
        return self

    def may_fetch(self, _url: str) -> bool:
        """Whether this URL may be had: always, for nobody asks one's own app for a robots.txt."""
        return True

    async def fetch(self, url: str, headers: Mapping[str, str]) -> FetchedPage:
        """Ask the app for one URL."""
        return await _fetched(self._client, url, headers)


class FolderSite:
    """A folder of HTML files, each a page of one site; headers other than the type it has none.

    Args:
        folder: Read through all its levels.
    """

    def __init__(self, folder: Path) -> None:
        self.origin = _FOLDER_ORIGIN
        self.delay_seconds = 0.0
        self._folder = folder.resolve()
        files = sorted(
            path for path in self._folder.rglob("*") if path.suffix.lower() in _PAGE_SUFFIXES
        )
        if not files:
            raise TargetError(f"{folder}: no {', '.join(_PAGE_SUFFIXES)} file in this folder")
        self.start = tuple(
            f"{_FOLDER_ORIGIN}/{quote(path.relative_to(self._folder).as_posix())}" for path in files
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None:
        return None

    def may_fetch(self, url: str) -> bool:
        """Whether it is a page of the folder: no other link leads anywhere."""
        return self._path_of(url) is not None

    async def fetch(self, url: str, _headers: Mapping[str, str]) -> FetchedPage:
        """Read one file; 404 where it is none of the folder's pages."""
        path = self._path_of(url)
        if path is None:
            return FetchedPage(url=url, status=404, headers=(), body=b"")
        body = await anyio.Path(path).read_bytes()
        kind = "application/xhtml+xml" if path.suffix.lower() == ".xhtml" else "text/html"
        return FetchedPage(url=url, status=200, headers=(("content-type", kind),), body=body)

    def _path_of(self, url: str) -> Path | None:
        path = (self._folder / unquote(urlsplit(url).path).lstrip("/")).resolve()
        inside = path.is_relative_to(self._folder) and path.suffix.lower() in _PAGE_SUFFIXES
        return path if inside and path.is_file() else None


async def _fetched(client: httpx.AsyncClient, url: str, headers: Mapping[str, str]) -> FetchedPage:
    try:
        answer = await client.get(url, headers=dict(headers))
    except httpx.HTTPError as error:
        raise TargetError(f"{url}: {error or type(error).__name__}") from error
    finally:
        # Each request states all of its cookies itself; what one visitor got is not the next one's.
        client.cookies.clear()
    return FetchedPage(
        url=url,
        status=answer.status_code,
        headers=tuple(
            (name.decode("latin-1").lower(), value.decode("latin-1"))
            for name, value in answer.headers.raw
        ),
        body=answer.content,
    )


def load_app(name: str) -> Any:
    """Import an ASGI app by ``module:attribute``, as servers do.

    Raises:
        TargetError: There is no such module or attribute.
    """
    module_name, _, attribute = name.partition(":")
    working_folder = str(Path.cwd())
    if working_folder not in sys.path:
        sys.path.insert(0, working_folder)
    try:
        found: Any = importlib.import_module(module_name)
    except ImportError as error:
        raise TargetError(f"{name!r}: can't import {module_name!r} ({error})") from error
    try:
        for part in attribute.split("."):
            found = getattr(found, part)
    except AttributeError as error:
        raise TargetError(f"{name!r}: {error}") from error
    return found


def open_site(target: str, *, obey_robots: bool = True) -> Site:
    """Say what a target is: a URL, a folder, or ``module:app``.

    Raises:
        TargetError: It is none of the three.
    """
    if target.startswith(("http://", "https://")):
        return LiveSite(target, obey_robots=obey_robots)
    if Path(target).is_dir():
        return FolderSite(Path(target))
    if ":" in target:
        return AppSite(load_app(target))
    raise TargetError(
        f"{target!r} is neither a URL (https://…), nor a folder, nor an app (module:app)"
    )
