"""The harness itself: what the other browser tests take for granted."""

import pytest
from rig.network import Stub
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute

PAGE = """<!doctype html><html><head><title>Hello</title>
<link rel="preconnect" href="https://preconnected.example">
<script src="https://ads.example/loader.js"></script>
<script src="http://plain.example/loader.js"></script>
</head><body><p>Good morning</p>
<img src="https://pixel.example/p.gif?x=1" alt="">
<button onclick="document.title = 'clicked'">Click</button>
<form action="/echo" method="post"><input name="who"><button id="send">Send</button></form>
</body></html>"""


async def home(request: Request) -> Response:
    response = HTMLResponse(PAGE)
    response.set_cookie("kept", "1", max_age=1000, secure=True, httponly=True, samesite="lax")
    response.set_cookie("session", "1")
    return response


async def echo(request: Request) -> Response:
    return PlainTextResponse((await request.body()).decode())


async def headers(request: Request) -> Response:
    return JSONResponse({**request.headers, "scheme": request.url.scheme})


async def worker(request: Request) -> Response:
    source = """
    self.addEventListener("install", () => self.skipWaiting());
    self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
    self.addEventListener("fetch", (event) => {
        if (event.request.url.includes("denied")) event.respondWith(Response.error());
    });
    """
    return Response(source, media_type="text/javascript")


async def socket(websocket) -> None:
    await websocket.accept()
    await websocket.send_text(f"hello {await websocket.receive_text()}")
    await websocket.close()


APP = Starlette(
    routes=[
        Route("/", home),
        Route("/echo", echo, methods=["POST"]),
        Route("/headers", headers),
        Route("/worker.js", worker),
        WebSocketRoute("/socket", socket),
    ]
)


def test_every_request_is_seen_and_answered(serve, network, open_browser):
    site = serve(APP)
    network.stub(
        "https://ads.example/*.js",
        Stub(
            body="new Image().src = 'https://late.example/?' + navigator.globalPrivacyControl;"
            "navigator.sendBeacon('https://beacon.example/b', 'body');"
            "fetch('https://fetched.example/f', {method: 'POST', headers: {'X-A': '1'}});"
            "new WebSocket('wss://socket.example/');",
            content_type="text/javascript",
        ),
    )
    page = open_browser().open(site.url + "/")
    assert page.title == "Hello"
    assert "Good morning" in page.text
    asked = {r.host for r in page.requests}
    assert (
        asked
        == {
            "www.site.example",
            "ads.example",
            "pixel.example",
            "late.example",
            "beacon.example",
            "fetched.example",
            "socket.example",
        }
        | {"plain.example"} & asked
    )  # blocked as mixed content, if the browser doesn't upgrade it
    # Behind a proxy Firefox doesn't connect before it has something to ask.
    ahead = {"preconnected.example"} if page.browser.name == "chromium" else set()
    assert page.hosts == asked | ahead
    assert {r.method for r in page.requests if r.host == "fetched.example"} == {"OPTIONS", "POST"}
    assert [r.body for r in page.requests if r.host == "beacon.example"] == [b"body"]
    assert [r.destination for r in page.requests if r.host == "ads.example"] == ["script"]


def test_nothing_but_what_the_page_causes_is_asked_for(serve, network, open_browser):
    site = serve(APP)
    page = open_browser(lasting=True).open(site.url + "/headers")  # with its own start
    network.settle(quiet_seconds=3)
    assert page.hosts == {"www.site.example"}
    assert network.hosts() == {"www.site.example"}


@pytest.mark.parametrize("gpc", [True, False], ids=["on", "off"])
def test_gpc_is_in_header_and_property(serve, open_browser, gpc):
    site = serve(APP)
    browser = open_browser(gpc=gpc)
    for wanted in (gpc, not gpc):
        browser.set_gpc(wanted)
        page = browser.open(site.url + "/")
        assert {r.headers.get("Sec-GPC") for r in page.requests} == {"1" if wanted else None}
        assert bool(page.evaluate("() => navigator.globalPrivacyControl")) is wanted


def test_a_restart_keeps_the_profile_but_no_session_cookie(serve, open_browser):
    site = serve(APP)
    browser = open_browser(lasting=True)
    browser.open(site.url + "/")
    assert {c.name for c in browser.cookies()} == {"kept", "session"}
    browser.restart()
    (cookie,) = browser.cookies()
    assert (cookie.name, cookie.value, cookie.domain, cookie.path) == (
        "kept",
        "1",
        "www.site.example",
        "/",
    )
    assert (cookie.secure, cookie.http_only, cookie.same_site) == (True, True, "Lax")
    assert browser.open(site.url + "/").title == "Hello"


def test_cookies_can_be_planted_and_blocked(serve, open_browser):
    site = serve(APP)
    browser = open_browser()
    browser.set_cookie(site.url, "planted", "yes")
    sent = browser.open(site.url + "/headers").requests[0].headers["Cookie"]
    assert sent == "planted=yes"
    blocking = open_browser(cookies=False)
    blocking.open(site.url + "/")
    assert blocking.cookies() == []


def test_pages_are_used_by_mouse_and_keyboard(serve, open_browser):
    site = serve(APP)
    page = open_browser().open(site.url + "/")
    page.click("button")
    assert page.title == "clicked"
    page.press("Tab", "a", "Shift+B", "Space", "Backspace")
    with page.requests_during() as requests:
        page.press("Enter")
    assert [(r.method, r.path, r.body) for r in requests if r.path == "/echo"] == [
        ("POST", "/echo", b"who=aB")
    ]
    assert page.text == "who=aB"
    page.browser.back()
    page.fill("input", "typed")
    page.click("#send")
    assert page.text == "who=typed"


def test_javascript_can_be_off(serve, open_browser):
    site = serve(APP)
    page = open_browser(javascript=False).open(site.url + "/")
    page.click("button")
    assert page.title == "Hello"
    page.fill("input", "typed")
    page.click("#send")
    assert page.text == "who=typed"


def test_the_window_and_the_scheme_can_be_chosen(serve, open_browser):
    site = serve(APP)
    browser = open_browser(width=360, height=640, dark=True)
    page = browser.open(site.url + "/")
    look = "() => [innerWidth, innerHeight, matchMedia('(prefers-color-scheme: dark)').matches]"
    assert page.evaluate(look) == [360, 640, True]
    browser.resize(1280, 800)
    assert page.evaluate(look) == [1280, 800, True]
    assert browser.screenshot().startswith(b"\x89PNG")
    assert browser.screenshot(full_page=True).startswith(b"\x89PNG")


def test_the_console_is_read(serve, network, open_browser):
    site = serve(APP)
    network.stub(
        "https://ads.example/*.js",
        Stub(
            body="console.log('a', 1); console.warn('b'); console.error('c'); missing();",
            content_type="text/javascript",
        ),
    )
    page = open_browser().open(site.url + "/")
    lines = {(line.level, line.text) for line in page.browser.console()}
    assert ("warning", "b") in lines
    assert ("error", "c") in lines
    assert any("missing is not defined" in error for error in page.errors)
    assert any(level == "log" and "a" in text for level, text in lines)


def test_scripts_run_in_the_pages_own_world(serve, open_browser):
    site = serve(APP)
    page = open_browser().open(site.url + "/")
    page.evaluate("() => { window.mine = 41; }")
    assert page.evaluate("async (n) => window.mine + n", 1) == 42
    assert page.evaluate("() => Object.keys(window).includes('mine')")
    with pytest.raises(Exception, match="broken"):
        page.evaluate("() => { throw new Error('broken'); }")


def test_service_workers_and_websockets_pass(serve, network, open_browser):
    site = serve(APP)
    page = open_browser().open(site.url + "/")
    page.evaluate(
        "async () => { await navigator.serviceWorker.register('/worker.js');"
        " await navigator.serviceWorker.ready; }"
    )
    page.wait_for("() => navigator.serviceWorker.controller !== null")
    with page.requests_during() as requests:
        page.evaluate("() => { new Image().src = 'https://denied.example/'; }")
        page.evaluate("() => { new Image().src = 'https://innocent.example/'; }")
    assert {r.host for r in requests} == {"innocent.example"}
    said = page.evaluate(
        "() => new Promise((resolve, reject) => {"
        " const socket = new WebSocket('wss://www.site.example/socket');"
        " socket.onopen = () => socket.send('you');"
        " socket.onmessage = (event) => resolve(event.data); socket.onerror = reject; })"
    )
    assert said == "hello you"


def test_loopback_goes_through_the_network_too(serve, open_browser):
    site = serve(APP)
    page = open_browser().open(f"http://127.0.0.1:{site.port}/headers")
    assert page.requests[0].url == f"http://127.0.0.1:{site.port}/headers"
    assert page.requests[0].headers["Host"] == f"127.0.0.1:{site.port}"
