"""Vendors' loaders in their published forms, put into a page by its own innocent script."""

import json
import re
from datetime import UTC, datetime

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from vendors.advertising import ADVERTISING
from vendors.analytics import ANALYTICS

from consentmw import Choice, ConsentMiddleware
from consentmw.config import Config

MISSING = re.compile(r"not defined|not a function|undefined|null")
VENDORS = (*ADVERTISING, *ANALYTICS)
CONFIG = Config.from_mapping({"secret_keys": ["k" * 40]})

# As a tag manager puts in what its users have pasted: an element with the text, one after another.
APP = f"""
window.addEventListener("load", () => {{
  for (const snippet of {json.dumps([vendor.snippet for vendor in VENDORS])}) {{
    const script = document.createElement("script");
    script.text = snippet;
    document.body.appendChild(script);
  }}
  fetch("https://api.innocent.example/cart").then(() => document.title = "works");
}});
"""


async def page(request):
    return HTMLResponse(
        "<!doctype html><html><head><title>-</title><script src=/app.js></script></head>"
        "<body><p>shop</p>"
    )


async def app_script(request):
    return Response(APP, media_type="text/javascript")


def build_app():
    app = Starlette(routes=[Route("/", page), Route("/app.js", app_script)])
    return ConsentMiddleware(app, config=CONFIG)


@pytest.fixture
def site(serve, network):
    for vendor in VENDORS:
        vendor.serve(network)
    return serve(build_app())


def _reached(vendor, page):
    urls = [url.replace("wss://", "https://") for url in page.urls]
    return all(any(url.startswith(end) for url in urls) for end in vendor.ends)


def test_there_are_enough_of_them():
    assert len(VENDORS) >= 25
    assert len({vendor.name for vendor in VENDORS}) == len(VENDORS)


def test_without_an_opt_out_all_of_them_go_their_way(site, open_browser):
    browser = open_browser()
    page = browser.open(site.url + "/")
    assert [vendor.name for vendor in VENDORS if not _reached(vendor, page)] == []
    names = {cookie.name for cookie in browser.cookies()}
    assert {name for vendor in VENDORS for name in vendor.cookies} <= names
    assert page.title == "works"


def test_an_opted_out_browser_asks_none_of_them_for_anything(site, open_browser):
    browser = open_browser(gpc=True)
    choice = Choice(
        denied=frozenset({"advertising", "analytics"}),
        revision=1,
        chosen_on=datetime.now(UTC).date(),
    )
    value = CONFIG.choice_signer.sign(choice)
    browser.set_cookie(site.url, "__Host-privacy_choices", value)
    page = browser.open(site.url + "/")
    assert page.hosts == {site.host, "api.innocent.example"}
    assert page.title == "works"
    # The site's own code goes on calling them.
    for vendor in VENDORS:
        page.evaluate(f"() => {{ {vendor.calls} }}")
    assert [cookie.name for cookie in browser.cookies()] == ["__Host-privacy_choices"]
    # A request that fails is an error on the console, as always; a missing function would be one.
    assert [error for error in page.errors if MISSING.search(error)] == []


def _category(url):
    found = CONFIG.catalogue.classify_url(url, own_host="www.site.example")
    return found and found.category


def test_a_signal_alone_keeps_the_advertisers_out(site, open_browser):
    page = open_browser(gpc=True).open(site.url + "/")
    assert [vendor.name for vendor in ADVERTISING if _reached(vendor, page)] == []
    assert [url for url in page.urls if _category(url) == "advertising"] == []
    allowed = [
        vendor
        for vendor in ANALYTICS
        if "advertising" not in {_category(url.replace("*", "")) for url in vendor.answers}
    ]
    assert len(allowed) >= 5
    assert [vendor.name for vendor in allowed if not _reached(vendor, page)] == []
