"""Debian's Chromium, driven by Playwright.

Playwright's synchronous interface leaves an event loop running in the thread that uses it, which
would break every later test that starts one; so it lives in a thread of its own.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, TypeVar

from playwright.sync_api import BrowserContext, Page, Playwright, sync_playwright
from playwright.sync_api import ConsoleMessage as PlaywrightMessage

from .browsers import Browser, BrowserCookie, BrowserOptions, ConsoleMessage
from .network import Network

EXECUTABLE = Path("/usr/bin/chromium")

# Hosts that earlier visits to a site led to would be connected to on the next, in another test.
# The rest is what Playwright switches off: of several such lists only the last one counts.
_OFF = [
    "LoadingPredictorUseLocalPredictions",
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
]
_FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-extensions",
    f"--disable-features={','.join(_OFF)}",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-pings",
    # Reports are sent within a second instead of a minute.
    "--short-reporting-delay",
    # Nothing is looked up: the proxy takes host names as they are.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
_LEVELS = {"warning": "warning", "error": "error", "assert": "error", "debug": "debug"}
_GPC_PROPERTY = """
Object.defineProperty(Navigator.prototype, "globalPrivacyControl",
    {get: () => true, configurable: true, enumerable: true});
"""
# What pages keep beside cookies; everything there is would take ten times as long to clear.
_STORES = "cache_storage,file_systems,indexeddb,local_storage,service_workers"
_BLOCK_COOKIES = {"profile": {"default_content_setting_values": {"cookies": 2}}}
T = TypeVar("T")


class PlaywrightThread:
    """Playwright in a thread of its own; `run` is the only way in."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="playwright")
        self._manager = sync_playwright()
        self.playwright: Playwright = self.run(self._manager.start)

    def run(self, function: Callable[[], T]) -> T:
        return self._executor.submit(function).result()

    def close(self) -> None:
        self.run(self.playwright.stop)
        self._executor.shutdown()


class Chromium(Browser):
    """Chromium has no Global Privacy Control of its own: header and property are given to it
    as the extensions of its users give them."""

    name = "chromium"
    FIXED = frozenset({"javascript", "cookies", "language"})

    def __init__(
        self, thread: PlaywrightThread, *, network: Network, profile: Path, options: BrowserOptions
    ) -> None:
        super().__init__(network=network, profile=profile, options=options)
        self._thread = thread
        self._gpc = options.gpc
        self._property: AbstractContextManager[Any] | None = None
        self._console: list[ConsoleMessage] = []
        self._context: BrowserContext

    def playwright(self, function: Callable[[Page], T]) -> T:
        """Do what only Playwright can with its own page, in its thread."""
        return self._thread.run(lambda: function(self._page))

    def start(self) -> None:
        self._thread.run(self._start)

    def _start(self) -> None:
        options = self.options
        authority = self.network.authority.public_key_digest
        preferences = self.profile / "Default" / "Preferences"
        if not options.cookies and not preferences.exists():
            preferences.parent.mkdir(parents=True)
            preferences.write_text(json.dumps(_BLOCK_COOKIES))
        self._context = self._thread.playwright.chromium.launch_persistent_context(
            self.profile,
            executable_path=EXECUTABLE,
            headless=True,
            args=[*_FLAGS, f"--ignore-certificate-errors-spki-list={authority}"],
            proxy={"server": f"http://127.0.0.1:{self.network.port}", "bypass": "<-loopback>"},
            java_script_enabled=options.javascript,
            locale=options.language,
        )
        self._context.on("console", self._note)
        self._context.on("weberror", lambda error: self._add("error", str(error.error)))
        self._page = self._context.pages[0]
        self._become()

    def become(self, options: BrowserOptions) -> None:
        self.options, self._gpc = options, options.gpc
        self._thread.run(self._become)

    def _become(self) -> None:
        options = self.options
        self._page.emulate_media(color_scheme="dark" if options.dark else "light")
        self._page.set_viewport_size({"width": options.width, "height": options.height})
        self._set_gpc()

    def forget(self) -> None:
        self._thread.run(self._forget)

    def _forget(self) -> None:
        used = self._context.pages
        self._page = self._context.new_page()
        for page in used:
            page.close()
        self._context.clear_cookies()
        session = self._context.new_cdp_session(self._page)
        session.send("Network.clearBrowserCache")
        for origin in {r.origin for r in self.network.requests if r.method != "CONNECT"}:
            data = {"origin": origin, "storageTypes": _STORES}
            session.send("Storage.clearDataForOrigin", data)
        session.detach()
        self._console.clear()

    def stop(self) -> None:
        self._thread.run(self._context.close)

    def navigate(self, url: str) -> None:
        self._thread.run(lambda: self._page.goto(url))

    def reload(self) -> None:
        self._thread.run(self._page.reload)

    def back(self) -> None:
        self._thread.run(self._page.go_back)

    def evaluate(self, script: str, *arguments: Any) -> Any:
        # One way to pass arguments in both browsers: as a call of the function.
        source = f"(args) => ({script})(...args)"
        return self._thread.run(lambda: self._page.evaluate(source, list(arguments)))

    def click(self, selector: str) -> None:
        self._thread.run(lambda: self._page.click(selector, timeout=5_000))

    def fill(self, selector: str, value: str) -> None:
        self._thread.run(lambda: self._page.fill(selector, value, timeout=5_000))

    def press(self, *keys: str) -> None:
        for key in keys:
            self._thread.run(lambda key=key: self._page.keyboard.press(key))

    def resize(self, width: int, height: int) -> None:
        self._thread.run(lambda: self._page.set_viewport_size({"width": width, "height": height}))

    def screenshot(self, *, full_page: bool = False) -> bytes:
        return self._thread.run(lambda: self._page.screenshot(full_page=full_page))

    def cookies(self) -> list[BrowserCookie]:
        return [
            BrowserCookie(
                name=cookie["name"],
                value=cookie["value"],
                domain=cookie["domain"],
                path=cookie["path"],
                secure=cookie["secure"],
                http_only=cookie["httpOnly"],
                same_site=cookie["sameSite"],
                session=cookie["expires"] < 0,
            )
            for cookie in self._thread.run(self._context.cookies)
        ]

    def set_cookie(self, url: str, name: str, value: str) -> None:
        self._thread.run(
            lambda: self._context.add_cookies([{"name": name, "value": value, "url": url}])
        )

    def set_gpc(self, gpc: bool) -> None:
        self._gpc = gpc
        self._thread.run(self._set_gpc)

    def _set_gpc(self) -> None:
        self._context.set_extra_http_headers({"Sec-GPC": "1"} if self._gpc else {})
        if self._property is not None:
            self._property.__exit__(None, None, None)
            self._property = None
        if self._gpc:
            self._property = self._context.add_init_script(_GPC_PROPERTY)

    def console(self) -> list[ConsoleMessage]:
        # Events arrive while Playwright runs, so it is given a moment to.
        self._thread.run(lambda: self._page.wait_for_timeout(20))
        return list(self._console)

    def _note(self, message: PlaywrightMessage) -> None:
        self._add(_LEVELS.get(message.type, "log"), message.text)

    def _add(self, level: Any, text: str) -> None:
        self._console.append(ConsoleMessage(level=level, text=text))
