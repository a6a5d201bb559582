"""The demo site in real browsers: what leaves them with a signal, after an opt-out, and without."""

import importlib
import sys
from pathlib import Path

import pytest
from rig.network import Stub

DEMO = Path(__file__).parents[2] / "examples" / "health_plan"

# Hosts that the tags in the demo's source lead to, first by the page and then by the loaders.
ADVERTISING = {
    "analytics.tiktok.com",
    "bat.bing.com",
    "connect.facebook.net",
    "px.ads.linkedin.com",
    "snap.licdn.com",
    "www.awin1.com",
    "www.facebook.com",
    "www.googletagmanager.com",
}
PUBLIC = ["/", "/plans", "/find-care", "/plans/grove/quote", "/login"]


@pytest.fixture(scope="module")
def demo():
    sys.path.insert(0, str(DEMO))
    try:
        yield importlib.import_module("app").app
    finally:
        sys.path.remove(str(DEMO))
        for name in ("app", "site_data"):
            sys.modules.pop(name, None)


@pytest.fixture
def site(serve, network, demo):
    network.stub(
        "https://connect.facebook.net/en_US/fbevents.js",
        Stub(
            body="new Image().src = 'https://www.facebook.com/tr?id=0&ev=PageView';"
            "document.cookie = '_fbp=fb.1.1.1; path=/';",
            content_type="text/javascript",
        ),
    )
    network.stub(
        "https://bat.bing.com/bat.js",
        Stub(body="function UET() { this.push = () => {}; }", content_type="text/javascript"),
    )
    return serve(demo)


def asked(page):
    return {request.host for request in page.requests}


def test_without_a_signal_every_tag_loads(site, open_browser):
    browser = open_browser()
    seen = set()
    for path in PUBLIC:
        page = browser.open(site.url + path)
        seen |= asked(page)
    # These two are for browsers without scripts, and for those who ask for nothing else.
    assert ADVERTISING - seen == {"px.ads.linkedin.com"}
    assert {"static.hotjar.com", "www.youtube.com"} <= seen
    assert "_fbp" in {cookie.name for cookie in browser.cookies()}
    assert page.errors == []


@pytest.mark.parametrize("path", [*PUBLIC, "/symptoms"])
def test_gpc_keeps_every_request_to_advertising_in(site, open_browser, path):
    browser = open_browser(gpc=True)
    page = browser.open(site.url + path)
    assert asked(page) <= {site.host, "static.hotjar.com"}
    assert page.hosts & ADVERTISING == set()
    assert browser.cookies() == []
    assert page.errors == []
    assert "Global Privacy Control" in page.text
    assert "suppressed" in page.text


def test_gpc_holds_without_javascript_too(site, open_browser):
    browser = open_browser(gpc=True, javascript=False)
    for path in PUBLIC:
        page = browser.open(site.url + path)
        assert asked(page) == {site.host}


def test_an_opt_out_on_the_site_is_honored_from_then_on(site, open_browser):
    browser = open_browser(lasting=True)
    assert asked(browser.open(site.url + "/")) & ADVERTISING
    page = browser.open(site.url + "/privacy-choices")
    assert asked(page) == {site.host}
    page.click("button[name=all], button[value=deny], form button")
    browser.restart()
    for path in PUBLIC:
        page = browser.open(site.url + path)
        assert asked(page) <= {site.host}, path
        assert page.hosts & ADVERTISING == set()
        assert page.errors == []
    assert "opted out" in page.text
    assert "_fbp" not in {cookie.name for cookie in browser.cookies()}


@pytest.mark.parametrize("gpc", [True, False], ids=["gpc", "no-signal"])
def test_login_works_and_the_members_area_is_free_of_advertising(site, open_browser, gpc):
    browser = open_browser(gpc=gpc)
    page = browser.open(site.url + "/login")
    page.fill("#member", "10442")
    page.click("form button")
    assert page.url == site.url + "/member"
    assert "Good to see you, member 10442" in page.text
    page = browser.open(site.url + "/member")
    assert "member 10442" in page.text
    assert page.hosts == {site.host}
    assert page.errors == []
    page.click("main form button")
    assert page.url == site.url + "/"
    assert "Sign in" in page.text


def test_the_sites_own_code_works_without_the_pixels_that_it_calls(site, open_browser):
    page = open_browser(gpc=True).open(site.url + "/plans/grove/quote")
    page.click("#call-me")
    assert "We will call you today" in page.text
    assert page.errors == []
    assert page.hosts & ADVERTISING == set()


def test_a_video_seeks_with_gpc_on(site, open_browser):
    page = open_browser(gpc=True).open(site.url + "/")
    page.wait_for("() => document.querySelector('video').readyState >= 1")
    page.evaluate(
        "() => new Promise((resolve, reject) => {"
        " const video = document.querySelector('video');"
        " video.addEventListener('seeked', resolve, {once: true});"
        " video.addEventListener('error', () => reject(video.error.message));"
        " video.currentTime = 15; })"
    )
    assert 14.9 < page.evaluate("() => document.querySelector('video').currentTime") < 15.1
    ranges = [r.headers["Range"] for r in page.requests if r.path == "/static/welcome.webm"]
    assert ranges
    assert all(value.startswith("bytes=") for value in ranges)
