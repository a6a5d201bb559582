"""The signal of browsers that say it to scripts only: reported once, then honoured."""

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route

from consentmw import ConsentMiddleware

AD = "ads.denied.example"
PAGE = f"""<!doctype html><html><head><title>page</title></head><body>
<img src="https://{AD}/pixel.gif" alt=""><form method="post"><button>Send</button></form>
</body></html>"""


async def page(request):
    return HTMLResponse(PAGE)


def build_app(**tables):
    app = Starlette(routes=[Route("/", page, methods=["GET", "POST"])])
    config = {
        "secret_keys": ["k" * 40],
        "categories": {"advertising": {"hosts": ["denied.example"]}},
        **tables,
    }
    middleware = ConsentMiddleware(app, config=config)

    async def without_the_header(scope, receive, send):
        if scope["type"] == "http":
            kept = [(name, value) for name, value in scope["headers"] if name != b"sec-gpc"]
            scope = {**scope, "headers": kept}
        await middleware(scope, receive, send)

    return without_the_header


def own_requests(site, page):
    """Method and path of what the site itself was asked for, but for the scripts."""
    asked = [r for r in page.requests if r.host == site.host]
    return [f"{r.method} {r.path}" for r in asked if not r.path.endswith((".js", ".ico"))]


def test_a_signal_to_scripts_is_reported_and_the_page_loaded_again(serve, open_browser):
    site = serve(build_app())
    browser = open_browser(gpc=True)
    page = browser.open(site.url + "/")
    assert own_requests(site, page) == ["GET /", "POST /privacy-choices/signal", "GET /"]
    # What the first page asked for is not covered; the second one asks for nothing of it.
    assert [r.host for r in page.requests].count(AD) == 1
    (cookie,) = browser.cookies()
    assert (cookie.name, cookie.session) == ("__Host-privacy_choices_signal", True)
    assert (cookie.http_only, cookie.secure) == (True, True)
    later = browser.open(site.url + "/")
    assert own_requests(site, later) == ["GET /"]
    assert AD not in later.hosts


def test_a_browser_without_the_signal_reports_nothing(serve, open_browser):
    site = serve(build_app())
    browser = open_browser()
    page = browser.open(site.url + "/")
    assert own_requests(site, page) == ["GET /"]
    assert browser.cookies() == []


def test_a_page_that_answers_a_post_is_not_loaded_again(serve, open_browser):
    site = serve(build_app())
    browser = open_browser(gpc=True)
    browser.open(site.url + "/")
    browser.set_cookie(site.url, "__Host-privacy_choices_signal", "gone")
    page = browser.page
    page.click("button")
    assert own_requests(site, page) == ["POST /", "POST /privacy-choices/signal"]


def test_where_cookies_are_refused_the_page_is_loaded_again_once_at_most(serve, open_browser):
    site = serve(build_app())
    page = open_browser(gpc=True, cookies=False).open(site.url + "/")
    assert own_requests(site, page).count("GET /") <= 2


@pytest.mark.parametrize("browser_name", ["chromium"], indirect=True)
def test_it_is_off_where_the_site_does_not_listen(serve, open_browser):
    site = serve(build_app(signals={"navigator": False}))
    page = open_browser(gpc=True).open(site.url + "/")
    assert own_requests(site, page) == ["GET /"]
