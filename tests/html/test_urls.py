"""Where URLs lead: near misses beside the cases that they border."""

import pytest

from consentmw.html.urls import Base, Url, read_candidates, read_host, read_url

BASE = Base("site.example", "/section/page.html")


def hosts(text):
    return [(url.host, url.target) for url in read_url(text, BASE)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://a.b/c?d#e", [("a.b", "/c?d")]),
        (" \x00\thttps://a.b\n", [("a.b", "/")]),
        ("ht\ttps:\n//a.\rb", [("a.b", "/")]),
        ("HTTPS://A.B.", [("a.b", "/")]),
        ("//a.b:80?q", [("a.b", "/?q")]),
        ("/\\a.b\\c", [("a.b", "/c")]),
        ("\\\\a.b", [("a.b", "/")]),
        ("https:///a.b", [("a.b", "/")]),
        ("https:a.b", [("a.b", "/"), ("site.example", "/section/a.b")]),
        ("https:/a.b", [("a.b", "/"), ("site.example", "/a.b")]),
        ("ftp:a.b", [("a.b", "/")]),
        ("https://u:p@x@a.b/", [("a.b", "/")]),
        ("https://a%2Eb/", [("a.b", "/")]),
        ("https://ａ．b。c/", [("a.b.c", "/")]),
        ("https://a\u00ad.b/", [("a.b", "/")]),
        ("https://bücher.example/", [("xn--bcher-kva.example", "/")]),
        ("https://0xCB.0161.9/", [("203.113.0.9", "/")]),
        ("https://3405803785/", [("203.0.113.9", "/")]),
        ("https://1.2.3.4.5/", []),
        ("https://1.2.3.256/", []),
        ("https://08.1/", []),
        ("https://a b/", []),
        ("https://[::1]:8/x", [("[::1]", "/x")]),
        ("https://[::1]x/", []),
        ("https://a.b:/", [("a.b", "/")]),
        ("https://a.b:0065535/", [("a.b", "/")]),
        ("https://a.b:65536/", []),
        ("https://a.b:8x/", []),
        ("https://a.b:８/", []),
        ("https://a.b:8:8/", []),
        ("https://a.b:&", []),
        ("https://a<b/", []),
        ("https://a%3Cb/", []),
        ("https:///", []),
        ("https:", [("site.example", "/section/page.html")]),
        ("https:/", [("site.example", "/")]),
        ("https:#f", [("site.example", "/section/page.html")]),
        ("x/../y/./%2E%2e/z/..", [("site.example", "/section/")]),
        ("/a/./b/%2e", [("site.example", "/a/b/")]),
        ("?q", [("site.example", "/section/page.html?q")]),
        ("#f", [("site.example", "/section/page.html")]),
        ("", []),
        ("file:///etc", []),
    ],
)
def test_a_url_leads_where_a_browser_would_go(text, expected):
    assert hosts(text) == expected


@pytest.mark.parametrize(
    ("text", "scheme", "expected"),
    [
        ("https:a.b", "https", ["site.example"]),
        ("https:a.b", "http", ["a.b"]),
        ("https:", "http", []),
        ("http:", "http", ["site.example"]),
        ("ftp:a.b", "ftp", ["site.example"]),
        ("ftp:a.b", "", ["a.b"]),
        ("wss:a.b", "https", ["a.b"]),
    ],
)
def test_a_base_of_the_same_scheme_is_what_a_url_without_slashes_starts_from(
    text, scheme, expected
):
    base = Base("site.example", "/section/page.html", scheme)
    assert [url.host for url in read_url(text, base)] == expected


def test_a_scheme_without_hosts_keeps_what_is_behind_it():
    assert read_url("data:text/html,x", BASE) == (Url("data", "", "text/html,x"),)


def test_a_relative_url_of_a_page_without_an_address_leads_nowhere():
    assert read_url("x", Base("")) == ()


def test_a_host_alone_is_read_without_its_port():
    assert read_host("A.B.:443") == "a.b"
    assert read_host("%") is None


@pytest.mark.parametrize(
    ("srcset", "urls"),
    [
        ("a 1x, b 2x", ["a", "b"]),
        ("a,b", ["a,b"]),
        ("a, b", ["a", "b"]),
        ("data:x,y 1x,c", ["data:x,y", "c"]),
        ("a (1,2) 3x, b", ["a", "b"]),
        (" , ,", []),
    ],
)
def test_the_candidates_of_a_srcset_are_told_apart(srcset, urls):
    assert read_candidates(srcset) == urls
