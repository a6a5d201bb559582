"""Loads pages in a real Chromium, so that what scripts insert later is seen as well.

A page is first fetched as any crawler would; only if it is HTML is it opened in the browser, whose
requests and cookies are then added to what was fetched. Needs the extra ``browser``.
"""

from __future__ import annotations

import os
import shutil
import threading
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

import anyio

from consentmw.errors import TargetError
from consentmw.inspection.cookies import SetCookie
from consentmw.inspection.in_process import AppSite
from consentmw.inspection.live import LiveSite
from consentmw.inspection.pages import LoadedResource
from consentmw.inspection.sites import StackedSite

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from playwright.async_api import (
        Browser,
        BrowserContext,
        HttpCredentials,
        Playwright,
        Request,
        Route,
    )
    from starlette.types import ASGIApp

    from consentmw.inspection.pages import FetchedPage
    from consentmw.inspection.sites import Site

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Chromium's own traffic has nothing to do with the site.
_FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
_QUIET_MILLISECONDS = 10_000
_START_SECONDS = 10.0
_GPC_SCRIPT = (
    "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', "
    "{configurable: true, enumerable: true, get: () => true})"
)
_SIGNAL = {"sec-gpc": "1"}
_CONDITIONS = frozenset({"if-none-match", "if-modified-since"})


def find_chromium() -> str | None:
    """Return the path of an installed Chromium; None leaves the choice to Playwright."""
    named = os.environ.get("CONSENTMW_CHROMIUM")
    return named or next((path for name in _NAMES if (path := shutil.which(name))), None)


class BrowserSite(StackedSite):
    """A live site whose pages are also opened in Chromium, each in a fresh profile.

    Args:
        inner: Fetches what the server sends. An app is served on a loopback port meanwhile.
    """

    def __init__(self, inner: LiveSite | AppSite) -> None:
        super().__init__()
        self._named = inner
        self._live: LiveSite
        self.origin = inner.origin
        self.start = inner.start

    async def __aenter__(self) -> Self:
        try:
            from playwright.async_api import async_playwright
        except ModuleNotFoundError as error:
            raise TargetError(
                "--browser needs Playwright, which the extra 'browser' brings: "
                'pip install "consentmw[cli,browser]"'
            ) from error
        try:
            if isinstance(self._named, AppSite):
                origin = await self._stack.enter_async_context(_serving(self._named.app))
                options = replace(self._named.options, obey_robots=False)
                self._live = await self._stack.enter_async_context(LiveSite(origin, options))
                starts = (url.replace(self._named.origin, origin, 1) for url in self._named.start)
                self.start = tuple(starts)
            else:
                self._live = await self._stack.enter_async_context(self._named)
                self.start = self._live.start
            self.origin = self._live.origin
            playwright = await self._stack.enter_async_context(async_playwright())
            self._browser = await _launch(playwright)
            self._stack.push_async_callback(self._browser.close)
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    def may_fetch(self, url: str) -> bool:
        """Whether the site lets a crawler have this URL."""
        return self._live.may_fetch(url)

    def name_of(self, url: str) -> str:
        """How a report names the page: of an app, without the port that it has this time."""
        return url.replace(self.origin, self._named.origin, 1)

    async def fetch(self, url: str, headers: Mapping[str, str]) -> FetchedPage:
        """Fetch one URL, and open it in the browser if it is a page."""
        page = await self._live.fetch(url, headers)
        is_shown = page.is_html and page.status not in range(300, 400)
        is_download = any("attachment" in one for one in page.values("content-disposition"))
        if not is_shown or is_download or _CONDITIONS & headers.keys():
            return page
        return await self._opened(page, headers)

    async def _opened(self, fetched: FetchedPage, headers: Mapping[str, str]) -> FetchedPage:
        from playwright.async_api import Error
        from playwright.async_api import TimeoutError as BrowserTimeout

        sent = self._live.options.sent_with(headers)
        held = _read_cookies(sent.get("cookie", ""))
        loaded: dict[str, LoadedResource] = {}

        def note(request: Request) -> None:
            if request.url.startswith(("http:", "https:", "ws:", "wss:")):
                kind = request.resource_type
                loaded.setdefault(request.url, LoadedResource(url=request.url, kind=kind))

        context = await self._context(headers)
        try:
            await context.add_cookies(
                [{"name": name, "value": value, "url": self.origin} for name, value in held.items()]
            )
            tab = await context.new_page()
            tab.on("request", note)
            try:
                await tab.goto(fetched.url, wait_until="load")
                await tab.wait_for_load_state("networkidle", timeout=_QUIET_MILLISECONDS)
            except BrowserTimeout:
                pass  # a page that never falls silent has shown what it loads by now
            now = datetime.now(tz=UTC).timestamp()
            stored = tuple(
                _as_set_cookie(cookie, now)
                for cookie in await context.cookies()
                if cookie.get("name") not in held
            )
        except Error as error:
            raise TargetError(error.message.splitlines()[0]) from error
        finally:
            await context.close()
        loaded.pop(fetched.url, None)
        return replace(fetched, loaded=tuple(loaded.values()), stored=stored)

    async def _context(self, headers: Mapping[str, str]) -> BrowserContext:
        """A fresh profile that sends a visitor's signal to everyone, and the rest to the site."""
        credentials: HttpCredentials | None = None
        if self._live.credentials:
            name, password = self._live.credentials
            credentials = {"username": name, "password": password, "origin": self.origin}
        context = await self._browser.new_context(
            extra_http_headers=dict(_SIGNAL) if _SIGNAL.items() <= headers.items() else {},
            http_credentials=credentials,
            ignore_https_errors=True,
            service_workers="block",
        )
        if headers.get("sec-gpc") == "1":
            await context.add_init_script(_GPC_SCRIPT)
        own = {
            name: value
            for name, value in self._live.options.headers.items()
            if name not in {"cookie", "user-agent"}
        }

        async def add(route: Route) -> None:
            await route.continue_(headers={**route.request.headers, **own})

        if own:  # a login's token, for instance, is nothing for the hosts of advertisers
            await context.route(f"{self.origin}/**", add)
        return context


async def _launch(playwright: Playwright) -> Browser:
    from playwright.async_api import Error

    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    try:
        return await playwright.chromium.launch(
            executable_path=find_chromium(),
            # Chromium's sandbox refuses to start for root, as in most CI containers.
            args=[*_FLAGS, *(["--no-sandbox"] if is_root else [])],
        )
    except Error as error:
        raise TargetError(
            f"Chromium does not start ({error.message.splitlines()[0]}): install it, with "
            "'playwright install chromium' for instance, or name it in CONSENTMW_CHROMIUM"
        ) from error


def open_browser_site(site: Site) -> BrowserSite:
    """Return the site as a browser sees it.

    Raises:
        TargetError: It is a folder, which no browser can be sent to.
    """
    if not isinstance(site, (LiveSite, AppSite)):
        raise TargetError("--browser needs a URL or an app: a folder has no server")
    return BrowserSite(site)


def _read_cookies(header: str) -> dict[str, str]:
    pairs = (part.strip().partition("=") for part in header.split(";") if part.strip())
    return {name: value for name, _, value in pairs}


def _as_set_cookie(cookie: Mapping[str, Any], now: float) -> SetCookie:
    expires = cookie["expires"]
    return SetCookie(
        name=cookie["name"],
        lifetime_seconds=None if expires < 0 else round(expires - now),
        http_only=cookie["httpOnly"],
        secure=cookie["secure"],
        same_site=cookie["sameSite"].lower(),
        domain=cookie["domain"].lstrip("."),
    )


@asynccontextmanager
async def _serving(app: ASGIApp) -> AsyncIterator[str]:
    """Serve an app on a free loopback port, in a thread with a loop of its own."""
    try:
        import uvicorn
    except ModuleNotFoundError as error:
        raise TargetError(
            "--browser needs uvicorn to serve an app, which the extra 'browser' brings: "
            'pip install "consentmw[cli,browser]"'
        ) from error
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    with anyio.move_on_after(_START_SECONDS):
        while thread.is_alive() and not server.started:  # noqa: ASYNC110 (uvicorn has no event)
            await anyio.sleep(0.02)
    if not server.started:
        raise TargetError("the app did not start")
    try:
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await anyio.to_thread.run_sync(thread.join)
