"""What is found on a page, however it is written."""

from datetime import UTC, datetime

import pytest

from consentmw.data import load_catalogue
from consentmw.inspection.cookies import SetCookie
from consentmw.inspection.findings import find_all
from consentmw.inspection.inventory import Inventory
from consentmw.inspection.pages import FetchedPage

NOW = datetime(2026, 11, 26, tzinfo=UTC)
PIXEL = '<img src="https://www.facebook.com/tr?id=1"/>'


def page(body, *headers, **settings):
    return FetchedPage(
        url="https://www.site.example/",
        status=200,
        headers=headers,
        body=body.encode() if isinstance(body, str) else body,
        **settings,
    )


def found(body, *headers, **settings):
    return find_all(page(body, *headers, **settings), load_catalogue(), now=NOW)


HTML = ("content-type", "text/html")
XHTML = ("content-type", "application/xhtml+xml")


@pytest.mark.parametrize(
    "element",
    [
        '<img src="http://[">',
        '<base href="http://["/>',
        '<script src="//[x/"></script>',
        "<style>@import url(http://[);</style>",
        '<img srcset="http://[ 1x, https://℀.example/ 2x">',
        '<iframe srcdoc="&lt;base href=http://[&gt;"></iframe>',
        '<a href="http://[">x</a>',
    ],
)
def test_a_url_that_is_none_hides_nothing_else(element):
    vendors = [one.vendor for one in found(element + PIXEL, HTML)]

    assert vendors == ["Meta Pixel"]


def test_a_hint_that_is_no_url_hides_no_other():
    link = "<http://[>; rel=preload, <https://static.criteo.net/js/ld/ld.js>; rel=preload"

    assert [one.vendor for one in found("", ("link", link))] == ["Criteo"]


@pytest.mark.parametrize(
    "before",
    [
        '<script src="/own.js"/>',
        "<title/>",
        '<script data-a="/" src="/own.js" />',
        "<iframe src='/x'/>",
        '<noscript class="a>b"/>',
    ],
)
def test_what_xhtml_closes_at_once_does_not_swallow_what_follows(before):
    body = f'<html xmlns="http://www.w3.org/1999/xhtml"><body>{before}{PIXEL}</body></html>'

    (pixel,) = [one for one in found(body, XHTML) if one.vendor]
    assert (pixel.vendor, pixel.in_noscript) == ("Meta Pixel", False)


@pytest.mark.parametrize(
    ("headers", "is_page"),
    [
        ([], True),
        ([("content-type", "nonsense")], True),
        ([("content-type", "Text/HTML;charset=utf-8")], True),
        ([("x-content-type-options", "nosniff")], False),
        ([("content-type", "text/plain")], False),
        ([("content-type", "image/svg+xml")], False),
    ],
)
def test_what_a_browser_takes_for_a_page_is_one(headers, is_page):
    assert bool(found(f"<!doctype html>{PIXEL}", *headers)) is is_page


def test_what_has_no_type_and_does_not_begin_like_a_page_is_none():
    assert found(f"Words, and then {PIXEL}") == []


@pytest.mark.parametrize(
    ("domain", "own"),
    [("www.site.example", True), ("site.example", True), ("e.example", False), ("ite", False)],
)
def test_a_cookie_is_the_sites_own_by_whole_labels(domain, own):
    cookie = SetCookie(
        name="unheard-of",
        lifetime_seconds=None,
        http_only=False,
        secure=True,
        same_site="lax",
        domain=domain,
    )

    assert [one.first_party for one in found("", HTML, stored=(cookie,))] == [own]


def test_what_the_site_has_tagged_is_listed_under_its_tag():
    inventory = Inventory()
    tagged = '<img src="/own.png" data-consent="advertising session-replay">'
    inventory.add("/", found(tagged + PIXEL.replace("<img", '<img data-consent="status"'), HTML))

    assert {
        name: [one.found.url for one in entries]
        for name, entries in inventory.by_category().items()
    } == {
        "advertising": ["https://www.site.example/own.png"],
        "session-replay": ["https://www.site.example/own.png"],
        "status": ["https://www.facebook.com/tr?id=1"],
    }


def test_a_page_with_an_error_is_told_and_what_is_on_it_listed():
    inventory = Inventory()
    inventory.add("/gone", found(PIXEL, HTML), "answers 404")

    assert inventory.page_count == 0
    assert inventory.errors == {"/gone": "answers 404"}
    assert list(inventory.by_category()) == ["advertising"]
