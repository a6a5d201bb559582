"""One way to drive a real browser, whichever it is.

A `Browser` has one window. `open(url)` shows a page in it and returns a `Page`, the handle for
what is asked of it; all its requests are in the browser's `network`.
"""

from __future__ import annotations

import abc
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

from .network import Network, Request

# On a busy machine a page may sit between an answer and what it makes of it.
_IDLE = "() => new Promise((done) => requestIdleCallback(() => done(), { timeout: 2000 }))"


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserOptions:
    """How the person before the browser has set it."""

    gpc: bool = False
    javascript: bool = True
    cookies: bool = True
    dark: bool = False
    width: int = 1280
    height: int = 900
    language: str = "en-US"


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserCookie:
    """A cookie that the browser holds, whoever set it."""

    name: str
    value: str
    domain: str
    path: str
    secure: bool
    http_only: bool
    same_site: str
    session: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleMessage:
    """A line of the page's console; an uncaught exception has the level `error`."""

    level: Literal["debug", "info", "log", "warning", "error"]
    text: str


class Browser(abc.ABC):
    """A browser with a profile of its own."""

    name: str
    FIXED: ClassVar[frozenset[str]] = frozenset()
    """The options that it heeds only when it starts."""

    def __init__(self, *, network: Network, profile: Path, options: BrowserOptions) -> None:
        self.network = network
        self.profile = profile
        self.options = options

    def open(self, url: str, *, settle: bool = True) -> Page:
        """Show a page; `settle` waits until it has loaded and requests have stopped coming."""
        page = Page(self, since=len(self.network.requests))
        self.navigate(url)
        if settle:
            self.settle()
        return page

    def settle(self) -> None:
        """Wait until requests have stopped coming and the page has nothing left to do."""
        seen = -1
        while seen != len(self.network.requests):
            self.network.settle()
            seen = len(self.network.requests)
            if self.options.javascript:
                self.evaluate(_IDLE)

    @property
    def page(self) -> Page:
        """A handle for what is shown now, with requests counted from now on."""
        return Page(self, since=len(self.network.requests))

    def restart(self) -> None:
        """Quit and start again with the same profile, as after a night."""
        self.stop()
        self.start()

    @abc.abstractmethod
    def start(self) -> None: ...

    @abc.abstractmethod
    def stop(self) -> None: ...

    @abc.abstractmethod
    def forget(self) -> None:
        """Be as a browser that was never used, with nothing open."""

    @abc.abstractmethod
    def become(self, options: BrowserOptions) -> None:
        """Be another person's, who differs in no `FIXED` option."""

    @abc.abstractmethod
    def navigate(self, url: str) -> None:
        """Show a URL and return when it has loaded."""

    @abc.abstractmethod
    def reload(self) -> None: ...

    @abc.abstractmethod
    def back(self) -> None: ...

    @abc.abstractmethod
    def evaluate(self, script: str, *arguments: Any) -> Any:
        """Run a function's source in the page's own world; promises are awaited."""

    @abc.abstractmethod
    def click(self, selector: str) -> None:
        """Click as a person does: the element has to be visible."""

    @abc.abstractmethod
    def fill(self, selector: str, value: str) -> None: ...

    @abc.abstractmethod
    def press(self, *keys: str) -> None:
        """Press keys one after another: `Tab`, `Shift+Tab`, `Enter`, `Space`, `a`, …"""

    @abc.abstractmethod
    def resize(self, width: int, height: int) -> None: ...

    @abc.abstractmethod
    def screenshot(self, *, full_page: bool = False) -> bytes:
        """A PNG of what is shown."""

    @abc.abstractmethod
    def cookies(self) -> list[BrowserCookie]:
        """All cookies of the profile, HttpOnly ones included."""

    @abc.abstractmethod
    def set_cookie(self, url: str, name: str, value: str) -> None:
        """Plant a session cookie, as an earlier visit would have left it."""

    @abc.abstractmethod
    def set_gpc(self, gpc: bool) -> None:
        """Switch Global Privacy Control; it holds from the next navigation on."""

    @abc.abstractmethod
    def console(self) -> list[ConsoleMessage]:
        """What the page and its frames wrote to the console since the browser started."""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class Page:
    """What the browser's window shows, and the requests that came since it was asked for."""

    def __init__(self, browser: Browser, *, since: int) -> None:
        self.browser = browser
        self._since = since

    @property
    def requests(self) -> list[Request]:
        """Every request since the page was opened, the page's own first."""
        return [r for r in self.browser.network.requests[self._since :] if r.method != "CONNECT"]

    @property
    def urls(self) -> list[str]:
        return [request.url for request in self.requests]

    @property
    def hosts(self) -> set[str]:
        """The hosts asked for anything or merely connected to since the page was opened."""
        return self.browser.network.hosts(self._since)

    @property
    def url(self) -> str:
        return str(self.evaluate("() => location.href"))

    @property
    def title(self) -> str:
        return str(self.evaluate("() => document.title"))

    @property
    def text(self) -> str:
        """The visible text of the page."""
        return str(self.evaluate("() => document.body?.innerText ?? ''"))

    @property
    def html(self) -> str:
        """The document as it is now, scripts' changes included."""
        return str(self.evaluate("() => document.documentElement.outerHTML"))

    @property
    def errors(self) -> list[str]:
        """The errors on the browser's console so far."""
        return [line.text for line in self.browser.console() if line.level == "error"]

    def evaluate(self, script: str, *arguments: Any) -> Any:
        return self.browser.evaluate(script, *arguments)

    def count(self, selector: str) -> int:
        return int(self.evaluate("(s) => document.querySelectorAll(s).length", selector))

    def click(self, selector: str, *, settle: bool = True) -> None:
        """Click, and wait for what it starts: a navigation, requests."""
        self.browser.click(selector)
        if settle:
            self.settle()

    def fill(self, selector: str, value: str) -> None:
        self.browser.fill(selector, value)

    def press(self, *keys: str, settle: bool = False) -> None:
        self.browser.press(*keys)
        if settle:
            self.settle()

    def settle(self) -> None:
        """Wait until the document has loaded and requests have stopped coming."""
        self.browser.settle()
        self.wait_for("() => document.readyState === 'complete'")

    def wait_for(self, condition: str, *arguments: Any, timeout_seconds: float = 10.0) -> Any:
        """Wait until a function's source gives something true, and return that."""
        deadline = time.monotonic() + timeout_seconds
        while not (value := self.evaluate(condition, *arguments)):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{condition} stayed {value!r} on {self.url}")
            time.sleep(0.02)
        return value

    @contextmanager
    def requests_during(self) -> Iterator[list[Request]]:
        """Collect the requests that come while the block runs and until they stop."""
        found: list[Request] = []
        before = len(self.browser.network.requests)
        yield found
        self.browser.settle()
        requests: Sequence[Request] = self.browser.network.requests[before:]
        found += [request for request in requests if request.method != "CONNECT"]
