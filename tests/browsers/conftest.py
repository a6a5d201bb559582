"""Fixtures for tests in real browsers.

A test that takes `browser` (or `open_browser`) runs in Chromium and in Firefox:

    def test_a_page_without_pixels(serve, open_browser):
        site = serve(app)                          # a real uvicorn behind https://www.site.example
        browser = open_browser(gpc=True)
        page = browser.open(site.url + "/")        # waits until requests have stopped coming
        assert page.hosts == {"www.site.example"}  # connections without a request count, too
        assert page.errors == []

`serve(app, host="www.site.example")`
    serves an ASGI app by uvicorn on a free loopback port, and as that host by http and https.
    `Site` has `.url` (https), `.host` and `.port`; `http://127.0.0.1:<port>` works as well.
`network`
    every other host: `.stub("https://ads.example/*.js", Stub(body=…, content_type=…))`, or a
    function from `Request` to `Stub`. Without a stub a host answers what the request is for: an
    empty script, a pixel, a small page; websockets open. `.requests` is everything so far.
`open_browser(gpc=False, javascript=True, cookies=True, dark=False, width=1280, height=900)`
    gives a browser as if it were new. Its process is shared with other tests unless it has to
    last: with `lasting=True`, `.restart()` keeps the profile. See `rig.browsers` for all it
    does: `open`, `page`, `evaluate`, `click`, `fill`, `press`, `cookies`, `set_cookie`,
    `set_gpc`, `console`, `screenshot`, …; `Page` has `requests`, `urls`, `hosts`, `text`, `html`,
    `title`, `url`, `errors`, `count`, `wait_for`, `settle`, `requests_during`.
`browser`
    `open_browser()` with nothing changed.
`@pytest.mark.parametrize("browser_name", ["chromium"], indirect=True)`
    for a test that only makes sense in one.

Scripts are passed as functions, as in `page.evaluate("(a, b) => a + b", 1, 2)`; they run in the
page's own world, outside its CSP, and a promise is awaited.

A browser that isn't installed skips its tests, unless CONSENTMW_REQUIRE_BROWSERS is set: then they
fail.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from rig import chromium, firefox
from rig.browsers import Browser, BrowserOptions
from rig.network import Authority, Network
from rig.serving import running

_EXECUTABLES = {"chromium": chromium.EXECUTABLE, "firefox": firefox.EXECUTABLE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A site that a test serves."""

    host: str
    port: int

    @property
    def url(self) -> str:
        return f"https://{self.host}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(params=["chromium", "firefox"])
def browser_name(request: pytest.FixtureRequest) -> str:
    """The browser that the test runs in."""
    name: str = request.param
    if not _EXECUTABLES[name].exists():
        reason = f"{_EXECUTABLES[name]} is not installed"
        if os.environ.get("CONSENTMW_REQUIRE_BROWSERS"):
            pytest.fail(reason)
        pytest.skip(reason)
    return name


@pytest.fixture(scope="session")
def authority() -> Authority:
    return Authority()


@pytest.fixture(scope="session")
def playwright_thread() -> Iterator[chromium.PlaywrightThread]:
    thread = chromium.PlaywrightThread()
    yield thread
    thread.close()


@pytest.fixture
def serve(network: Network) -> Iterator[Callable[..., Site]]:
    """Serve apps by real uvicorns, each as a host of its own."""
    with ExitStack() as stack:

        def start(app: Any, *, host: str = "www.site.example", **settings: Any) -> Site:
            port = stack.enter_context(running(app, **settings))
            network.serve(host, port)
            return Site(host=host, port=port)

        yield start
        # The browser's idle connections would hold up the servers.
        network.disconnect()


@pytest.fixture(scope="session")
def shared_network(authority: Authority) -> Iterator[Network]:
    """The one behind shared browsers: Chromium keeps the proxy that it started with."""
    with Network(authority) as network:
        yield network


@pytest.fixture
def network(shared_network: Network) -> Iterator[Network]:
    """Everything that the browser may ask for, none of it real."""
    yield shared_network
    shared_network.forget()


@pytest.fixture(scope="session")
def shared_browsers(
    playwright_thread: chromium.PlaywrightThread, shared_network: Network
) -> Iterator[dict[object, list[Browser]]]:
    """Those that nobody has: starting one takes longer than most tests."""
    free: dict[object, list[Browser]] = defaultdict(list)
    yield free
    for alike in free.values():
        for browser in alike:
            browser.stop()


@pytest.fixture
def open_browser(
    browser_name: str,
    network: Network,
    playwright_thread: chromium.PlaywrightThread,
    shared_browsers: dict[object, list[Browser]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[..., Browser]]:
    """Give browsers, each as if it were new."""
    make: Callable[..., Browser] = {
        "chromium": partial(chromium.Chromium, playwright_thread),
        "firefox": firefox.Firefox,
    }[browser_name]

    def release(browser: Browser, alike: list[Browser]) -> None:
        browser.forget()
        alike.append(browser)

    with ExitStack() as stack:

        def start(*, lasting: bool = False, **options: Any) -> Browser:
            chosen = BrowserOptions(**options)
            profile = tmp_path_factory.mktemp("profile")
            browser = make(network=network, profile=profile, options=chosen)
            if lasting:
                return stack.enter_context(browser)
            fixed = tuple(getattr(chosen, name) for name in sorted(browser.FIXED))
            alike = shared_browsers[browser_name, fixed]
            if alike:
                browser = alike.pop()
                browser.become(chosen)
            else:
                browser.start()
            stack.callback(release, browser, alike)
            return browser

        yield start


@pytest.fixture
def browser(open_browser: Callable[..., Browser]) -> Browser:
    return open_browser()
