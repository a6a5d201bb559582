"""What the site's tags say, what is reported, and what a page's limits are."""

# ruff: noqa: E501 - a page and what is left of it are read side by side

from __future__ import annotations

from base64 import b64encode
from html import escape
from urllib.parse import quote_from_bytes

import pytest
from test_page_cases import build, rewrite, rule

from consentmw.core.catalogue import Catalogue
from consentmw.errors import RewriteError
from consentmw.suppression.page import PagePolicy
from consentmw.suppression.reasons import MAX_SHEETS

PIXEL = b"<img src=//ads.example/p>"


def policy_of(*rules, own=(), denied=("advertising",), zone=(), **options):
    settings = {
        "categories": ("status", "advertising", "analytics"),
        "tag_attributes": ("data-consent",),
        "max_inline_bytes": 1 << 20,
        **options,
    }
    catalogue = Catalogue(rules or [rule("host", "ads.example")]).extended(own)
    return PagePolicy(
        index=catalogue.denying(frozenset(denied)), zone_denied=frozenset(zone), **settings
    )


def findings_of(policy, page):
    found = []
    rewrite(policy, page, on_finding=found.append)
    return [(each.action, each.tag, each.attribute, each.url, each.offset) for each in found]


def test_what_was_met_before_is_reported_where_it_now_stands():
    policy = policy_of(rule("host", "ads.example"), rule("inline", "adtag('init'"))
    page = (
        b"<body><p>"
        + PIXEL
        + b"<svg><g><image href='//ads.example/i'/></g></svg><noscript>"
        + PIXEL
        + b"</noscript><script>adtag('init')</script>"
    )
    first = findings_of(policy, page)

    assert [found[1] for found in first] == ["img", "image", "img", "script"]
    for moved in (0, 0, 1, 500):
        expected = [(*found[:-1], found[-1] + moved) for found in first]
        assert findings_of(policy, b" " * moved + page) == expected


def test_what_was_met_before_still_counts_for_what_follows():
    policy = policy_of()
    text = b"x" * 80
    # Without scripting, relative URLs start from a base that isn't there with it.
    base = b"<base href=//ads.example/ data-consent=status>"
    page = b"<body>" + text + b"<noscript>" + base + b"</noscript><p>" + text
    page += b"<script>1</script><base href=//other.example/><img src=/x>"
    outputs = {rewrite(policy, page) for _ in range(4)}

    assert len(outputs) == 1
    assert b"img" not in outputs.pop()


def test_what_was_met_before_in_xml_says_nothing_of_html():
    # In XML `SRC` is not `src`.
    policy = policy_of()
    image = b'<IMG SRC="//ads.example/x"/>'
    xhtml = b'<html xmlns="http://www.w3.org/1999/xhtml">' + image + b"</html>"
    for _ in range(2):
        assert rewrite(policy, xhtml, xml=True) == xhtml
        assert rewrite(policy, b"<p>" + image) == b"<p>"


def test_what_was_met_before_behind_another_base_is_judged_anew():
    policy = policy_of(rule("url", "https://mixed.example/ads/*"), rule("host", "ads.example"))
    image = b"<img src=y>"
    sheet = b"<style>@import url(y)</style>"
    for path, kept in ((b"other", image), (b"ads", b""), (b"other", image)):
        base = b"<base href=https://mixed.example/" + path + b"/><p>"
        assert rewrite(policy, base + image) == base + kept
        assert (b"url(y)" in rewrite(policy, base + sheet)) is bool(kept)
    # By a base of https it is a path; on a page of http, a host.
    image = b"<img src=https:ads.example/x>"
    base = b"<base href=https://own.example/>"
    assert rewrite(policy, base + image) == base + image
    assert rewrite(policy, b"<p>" + image) == b"<p>"


def test_what_was_met_before_by_those_without_scripts_is_judged_anew_for_others():
    inner = "<hr>x<b>y</b><iframe srcdoc='<noscript><!--</noscript><img src=//ads.example/>--></noscript>'></iframe>"
    frame = '<p><iframe%s srcdoc="' + escape(inner) + '"></iframe>'
    policy = policy_of()
    for _ in range(2):
        sandboxed = (frame % " sandbox").encode()
        assert rewrite(policy, sandboxed) == sandboxed
        assert b"ads.example" not in rewrite(policy, (frame % "").encode())


def test_no_base_in_the_body_leads_what_stands_before_it_to_a_denied_path_of_the_site():
    policy = policy_of(own=[rule("url", "/ads/*")])
    page = b"<p><table background=t><base href='/%s/'>"
    assert rewrite(policy, page % b"ads") == b"<p><table background=t><base>"
    assert rewrite(policy, page % b"x") == page % b"x"


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (b"<!-- c --> %s<!DocType html>", b"<!-- c --> <img hidden><!DocType html>"),
        (b"<!doctype html>%s<p>", b"<!doctype html><img hidden><p>"),
        (b"<!doctype html><img =x src=//ads.example/p>", b"<!doctype html><img hidden / =x>"),
        (b"<p>%s<p>", b"<p><p>"),
        (b"x%s<!doctype html>", b"x<!doctype html>"),
        (b"<title>x</title>%s<script>document.body</script>", b"<title>x</title><img hidden><script>document.body</script>"),
        (b"<title>x</title></head>%s<p>", b"<title>x</title></head><img hidden><p>"),
        (b"<body>%s<p>", b"<body><p>"),
        (b"<head><noscript>%s</noscript><title>x</title>", b"<head><noscript></noscript><title>x</title>"),
    ],
    ids=["doctype", "body", "odd name", "in-body", "behind-text", "head", "after-head", "body-tag", "noscript"],
)  # fmt: skip
def test_what_begins_a_page_or_its_body_stays_without_what_it_loads(page, expected):
    # Else a document type would begin to count, or what follows would be in the head.
    page = page.replace(b"%s", b"<img src=//ads.example/p>")
    for cuts in ((), range(1, len(page))):
        assert rewrite(policy_of(), page, cuts) == expected


def test_the_next_base_counts_where_the_first_one_goes():
    policy = policy_of()
    page = b"<body>x<base href=//ads.example/><base href=//%s/><img src=/x>"

    assert rewrite(policy, page % b"fine.example") == (
        b"<body>x<base><base href=//fine.example/><img src=/x>"
    )
    assert rewrite(policy, page % b"ads.example") == b"<body>x<base><base>"


def test_what_a_sheet_loads_in_either_encoding_goes():
    sheet = "@import '//ａds.example/a';@import '//ads.example/b';".encode()
    page = b"<style>" + sheet + b"</style>"
    rewriter = policy_of().rewriter(host="site.example", charset=None)
    written = rewriter.feed(page) + rewriter.close()

    assert written.count(b"about:invalid#") == 2
    assert b"example" not in written


# ---- frames with a placeholder ----


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (b"<iframe width=9 src=//ads.example/v title=Film>x</iframe>", b'<iframe width=9 src="/choices/frame" title=Film>x</iframe>'),
        (b"<iframe src='//ads.example/v' src=//ads.example/w></iframe>", b'<iframe src="/choices/frame" src=//ads.example/w></iframe>'),
        (b"<iframe src=/a data-consent=advertising></iframe>", b'<iframe src="/choices/frame" data-consent=advertising></iframe>'),
        (b"<iframe src=//fine.example/v></iframe>", b"<iframe src=//fine.example/v></iframe>"),
        (b"<embed src=//ads.example/v><script src=//ads.example/w></script>", b""),
    ],
    ids=["a-frame", "twice", "tagged", "innocent", "no-frame"],
)  # fmt: skip
def test_a_suppressed_frame_leaves_a_placeholder_of_its_size(page, expected):
    policy = policy_of(placeholders={"advertising": "/choices/frame"})

    assert rewrite(policy, b"<body>" + page) == b"<body>" + expected


def test_a_category_without_a_placeholder_loses_its_frames_whole():
    policy = policy_of(placeholders={"analytics": "/choices/frame"})

    assert rewrite(policy, b"<body><iframe src=//ads.example/v></iframe>") == b"<body>"


# ---- the site's tags ----


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (b"<body><img src=/a data-consent=status>", None),
        (b"<body><img src=/a data-consent='status advertising'>", b"<body>"),
        (b"<body><img src=/a data-consent=status,advertising>", b"<body>"),
        (b"<body><img src=/a DATA-CONSENT=advertising>", b"<body>"),
        (b"<body><img src=/a data-consent=''>", None),
        (b"<body><img src=/a data-consent=advertisng>", b"<body>"),
        (b"<body><img src=//ads.example/ data-consent=status>", None),
        (b"<body><p data-consent=advertising>a<img src=/a><p><img src=/b>", b"<body><p data-consent=advertising>a<p>"),
        (b"<body><p data-consent=advertising><img src=/a></p><img src=/b>", b"<body><p data-consent=advertising></p><img src=/b>"),
        (b"<body><br data-consent=advertising><img src=/a>", None),
        (b"<body><div data-consent=status><img src=//ads.example/></div>", None),
        (b"<body><div data-consent=advertising><i data-consent=status><img src=/a></i></div>", b"<body><div data-consent=advertising><i data-consent=status></i></div>"),
        (b"<body><noscript data-consent=advertising><img src=/a></noscript><img src=/b>", b"<body><noscript data-consent=advertising></noscript><img src=/b>"),
        (b"<body><style data-consent=advertising>b{}</style>c", b"<body>c"),
        (b"<body><video data-consent=advertising><source src=/a></video>", b"<body><video data-consent=advertising></video>"),
        (b"<body><object data-consent=advertising data=/a></object>", b"<body><object data-consent=advertising></object>"),
        (b"<section data-consent=advertising><table></section><img src=c>", b"<section data-consent=advertising><table></section>"),
        (b"<body><table data-consent=advertising><tr><td><img src=c></table><img src=d>", b"<body><table data-consent=advertising><tr><td></table><img src=d>"),
    ],
)  # fmt: skip
def test_a_tag_of_the_sites_decides(page, expected):
    assert rewrite(policy_of(), page) == (page if expected is None else expected)


def test_a_zone_outranks_a_tag_that_allows():
    page = b"<body data-consent=status>" + PIXEL + b"<script>start('init')</script>"
    rules = [rule("host", "ads.example"), rule("inline", "start('init'")]
    zoned = policy_of(*rules, zone=["advertising"])
    assert rewrite(zoned, page) == b"<body data-consent=status>"
    assert rewrite(policy_of(*rules), page) == page


def test_other_attributes_can_be_named_as_tags():
    policy = policy_of(tag_attributes=("data-category", "data-cookieconsent"))
    page = b"<body><img src=/a data-cookieconsent=advertising><img src=/b data-consent=advertising>"
    assert rewrite(policy, page) == b"<body><img src=/b data-consent=advertising>"


def test_an_unknown_category_is_allowed_where_nothing_is_denied_and_reported_once():
    page = b"<body><img src=/a data-consent=advertisng>"
    assert rewrite(policy_of(denied=()), page) == page
    policy = policy_of()
    found = []
    for _ in range(2):
        rewrite(policy, page, on_finding=found.append)
    unknown = [each.category for each in found if each.action == "unknown tag"]
    assert unknown == ["'advertisng' (did you mean 'advertising'?)"]


# ---- findings ----


def test_findings_say_what_was_done_and_where():
    page = (
        b"<body>" + PIXEL + b"<video poster=//ads.example/v></video><script>start('init')</script>"
    )
    rules = [rule("host", "ads.example"), rule("inline", "start('init'")]
    assert findings_of(policy_of(*rules), page) == [
        ("removed", "img", "src", "//ads.example/p", 6),
        ("attribute removed", "video", "poster", "//ads.example/v", 31),
        ("removed", "script", "", None, 69),
    ]


def test_a_finding_names_category_vendor_and_rule():
    found = []
    rewrite(policy_of(), b"<body>" + PIXEL, on_finding=found.append)
    (finding,) = found
    assert (finding.category, finding.vendor) == ("advertising", "Ads")
    assert finding.rule.pattern == "ads.example"


def test_what_two_readings_find_is_reported_once():
    page = b"<noscript><!-- </noscript>" + PIXEL + b" -->"
    assert findings_of(policy_of(), page) == [("removed", "img", "src", "//ads.example/p", 26)]


def test_a_page_inside_a_frame_is_reported_as_rewritten():
    page = b"<body><iframe srcdoc='<img src=//ads.example/>'></iframe>"
    assert findings_of(policy_of(), page) == [("page rewritten", "iframe", "srcdoc", None, 6)]


def test_observing_reports_and_changes_nothing():
    page = (
        b"<body>" + PIXEL + b"<script>start('init')</script><style>@import '//ads.example/'</style>"
    )
    rules = [rule("host", "ads.example"), rule("inline", "start('init'")]
    policy = policy_of(*rules, observe=True)
    assert rewrite(policy, page) == page
    assert [each[0] for each in findings_of(policy, page)] == ["observed"] * 3


# ---- limits ----


def test_a_long_script_without_a_marker_leaves_and_is_reported():
    policy = policy_of(rule("inline", "start('init'"), max_inline_bytes=100)
    page = b"<body><script>" + b"x" * 200 + b"start('init')</script>"
    for cuts in ([], [50], [130], range(1, len(page))):
        assert rewrite(policy, page, cuts) == page
    assert [each[0] for each in findings_of(policy, page)] == ["inline too long"]


def test_a_long_script_with_a_marker_early_on_goes_to_its_end():
    policy = policy_of(rule("inline", "start('init'"), max_inline_bytes=100)
    page = b"<body><script>start('init')" + b"x" * 200 + b"</script>t"
    for cuts in ([], [50], [130], range(1, len(page))):
        assert rewrite(policy, page, cuts) == b"<body>t"


def test_pages_deeper_inside_one_another_than_anybody_needs_are_removed():
    page = b"<img src=/a>"
    for _ in range(9):
        page = (
            b'<iframe srcdoc="'
            + page.replace(b"&", b"&amp;").replace(b'"', b"&quot;")
            + b'"></iframe>'
        )
    assert rewrite(policy_of(), b"<body>" + page).count(b"srcdoc") < page.count(b"srcdoc")


def test_a_page_that_cant_be_read_stays_unread():
    rewriter = policy_of().rewriter(host="own.example", xml=True)
    with pytest.raises(RewriteError):
        rewriter.feed(b"<a></b>" + b" " * 1100)
    with pytest.raises(RewriteError):
        rewriter.feed(b"x")


# ---- where nothing is denied ----


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (b"<!doctype html><html><head lang=en><title>", b"<!doctype html><html><head lang=en>[!]<title>"),
        (b"\xef\xbb\xbf<HEAD><p>", b"\xef\xbb\xbf<HEAD>[!]<p>"),
        (b"<!-- <head> --><header>x", b"<!-- <head> -->[!]<header>x"),
        (b"<html><body>", b"<html>[!]<body>"),
        (b"just text", b"just text"),
        (b"", b""),
        (b"<head><head>", b"<head>[!]<head>"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("denied", [(), ("advertising",)], ids=["nothing-denied", "denied"])
def test_an_insertion_stands_first_in_the_head(page, expected, denied):
    policy = policy_of(denied=denied)
    for cuts in ([], range(1, len(page))):
        assert rewrite(policy, page, cuts, insertion=b"[!]") == expected


def test_nothing_denied_and_nothing_to_insert_is_no_work():
    page = b"<p data-consent=advertising>" + PIXEL
    assert rewrite(policy_of(denied=()), page, [7]) == page


# ---- addresses ----


def test_paths_of_the_site_itself_can_be_denied():
    policy = policy_of(own=[rule("url", "/ads/*")])
    page = b"<body><img src=/ads/a><img src=../ads/b><img src=ads/c><img src=//own.example/ads/d>"
    out = rewrite(policy, page, path="/section/page")
    assert out == b"<body><img src=ads/c>"


def test_the_same_tag_on_another_page_is_judged_by_that_pages_path():
    policy = policy_of(own=[rule("url", "/ads/*")])
    page = b"<body><img src=a.png>"
    assert rewrite(policy, page, path="/ads/page") == b"<body>"
    assert rewrite(policy, page, path="/page") == page


def test_a_base_in_svg_is_none():
    page = b"<body><svg><base href=//ads.example/></base></svg><img src=/a>"
    assert rewrite(build(), page) == page


@pytest.mark.parametrize(
    "late", [b"<body background=/x>", b"<table background=/x>", b"<video poster=/x>", b"<object data=/x>"]
)  # fmt: skip
def test_no_base_in_the_body_leads_what_stands_before_it_to_a_denied_host(late):
    # Chromium asks for these only behind it.
    policy = policy_of(rule("host", "ads.example"), rule("url", "https://mixed.example/ads/*"))
    for host in (b"ads.example", b"mixed.example"):
        page = b"<p>" + late + b"<base href='//" + host + b"/'><a href=/y>z</a>"
        assert rewrite(policy, page) == b"<p>" + late + b"<base><a href=/y>z</a>"
    for base in (b"//fine.example/", b"/x/"):
        page = b"<p>" + late + b"<base href='" + base + b"'><a href=/y>z</a>"
        assert rewrite(policy, page) == page
    page = b"<head><base href=//mixed.example/></head><p>" + late
    assert rewrite(policy, page) == page


def test_a_script_that_is_data_may_still_be_shown_with_an_image():
    page = b"<script type=x src=//ads.example/y style='a:url(//ads.example/x)'>{}</script>"
    assert rewrite(policy_of(), page) == page.replace(b"//ads.example/x", b"about:invalid#")


# ---- what loads something ----

D = b"//ads.example/x"


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (b"<table><col background=%s><colgroup background=%s>" % (D, D), b"<table><col><colgroup>"),
        (b"<link rel='next foo' href=%s>" % D, b""),
        (b"<link rel=prev href=%s>" % D, None),
        (b"<object data=/x.html codebase=%s></object>" % D, b"<object data=/x.html></object>"),
        (b"<embed src=/x.html codebase=%s>" % D, b"<embed src=/x.html>"),
        (b"<svg><font-face-uri xlink:href=%s /></svg>" % D, b"<svg><font-face-uri /></svg>"),
        (b"<svg><set attributeName=mask to='url(%s)'></svg>" % D, b"<svg><set attributeName=mask to='url(about:invalid#)'></svg>"),
        (b"<svg><animate attributeName=cursor values='none;url(%s)'></svg>" % D, b"<svg><animate attributeName=cursor values='none;url(about:invalid#)'></svg>"),
        (b"<svg><animate attributeName=x to=%s></svg>" % D, None),
        (b"<svg><path fill='url(%s)'></svg>" % D, b"<svg><path fill='url(about:invalid#)'></svg>"),
        (b"<p style='display:none;background:url( \"%s\" )'>" % D, b"<p style='display:none;background:url( \"about:invalid#\" )'>"),
        (b"<p style='a:url(%s);b:url(&quot;x)'>" % D, b"<p>"),
        (b"<iframe src=%s srcdoc='<p>x'></iframe>" % D, b"<iframe srcdoc='<p>x'></iframe>"),
        (b"<img src=/x srcset='/y 1x, %s 2x'>" % D, b"<img src=/x>"),
        (b"<img src='' srcset='/y 1x, %s 2x'>" % D, b""),
        (b"<iframe src=\"javascript:'<img src=%s>'\"></iframe>" % D, b""),
        (b"<iframe src=\"javascript:'%%3Cimg src=%s>'\"></iframe>" % D, b""),
        (b"<iframe src=\"javascript:'<img src=/x>'\"></iframe>", None),
    ],
)  # fmt: skip
def test_only_what_is_loaded_goes(page, expected):
    page = b"<body>" + page
    expected = page if expected is None else b"<body>" + expected
    for cuts in ((), range(1, len(page))):
        assert rewrite(policy_of(), page, cuts) == expected


@pytest.mark.parametrize("kind", [b"importmap", b"speculationrules", b" ImportMap "])
def test_json_that_tells_a_browser_what_to_load_loses_its_denied_urls(kind):
    page = (
        b'<script type=\'%s\'>{"//ads.example/": "/x", "a" : ["https:\\/\\/\\u0061ds.example/x",\''
        b' "ads.example", "/y"]}</script>' % kind
    )
    changed = page.replace(b"https:\\/\\/\\u0061ds.example/x", b"about:invalid#")
    assert changed != page
    for cuts in ((), range(1, len(page))):
        assert rewrite(policy_of(), page, cuts) == changed
    for data in (
        page.replace(kind, b"application/json"),
        b'<script type=%s>"//ads.example/' % kind,
    ):
        assert rewrite(policy_of(), data) == data


# ---- pages, scripts and sheets in `data:` URLs ----

PAGE = b"<html xmlns='http://www.w3.org/1999/xhtml'><img src='https://ads.example/x'/></html>"


@pytest.mark.parametrize(
    "media_type",
    [b"text/html", b"TEXT/html ", b"application/xhtml+xml", b"text/xsl", b"application/rss+xml", b"application/mathml+xml", b"text/xml"],
)  # fmt: skip
def test_a_page_is_looked_into_by_whatever_type_a_browser_shows_it(media_type):
    page = b'<body><iframe src="data:%s,%s"></iframe>' % (media_type, PAGE)
    assert b"ads.example" not in rewrite(policy_of(), page)
    page = page.replace(media_type, b"text/plain")
    assert rewrite(policy_of(), page) == page


@pytest.mark.parametrize(
    ("encoded", "shown"),
    [
        (b64encode(PAGE), True),
        (b64encode(PAGE).rstrip(b"="), True),
        (b64encode(PAGE)[:9] + b"\n" + b64encode(PAGE)[9:], True),
        (b64encode(PAGE)[:9] + b"!" + b64encode(PAGE)[9:], False),
        (b64encode(PAGE) + b"=", False),
        (b"=" + b64encode(PAGE), False),
    ],
)
def test_only_good_base64_is_a_page(encoded, shown):
    page = b'<body><iframe src="data:text/html;base64,%s"></iframe>' % encoded
    out = rewrite(policy_of(), page)
    assert (b"data:text/html,%3Chtml" in out) if shown else (out == page)


def _as_text(page):
    return page


def _in_utf_16(page):
    return page.decode().encode("utf-16-le")


@pytest.mark.parametrize(
    ("head", "encode"),
    [
        (b"text/html;base64;x", b64encode),
        (b"text/html; BASE64 ;charset=utf-8", b64encode),
        (b"text/html;charset =utf-16le", _as_text),
        (b"text/html;charset =utf-16le", _in_utf_16),
        (b"text/html;x=&quot;;charset=utf-16le;&quot;;charset=utf-8", _as_text),
        (b"text/html;charset=&quot; utf-16le&quot;", _in_utf_16),
    ],
)
def test_a_page_that_browsers_read_in_several_ways_goes_where_in_one_something_is_denied(
    head, encode
):
    def framed(page):
        return b'<body><iframe src="data:%s,%s"></iframe>' % (
            head,
            quote_from_bytes(encode(page)).encode(),
        )

    assert rewrite(policy_of(), framed(PAGE)) == b"<body>"


@pytest.mark.parametrize(
    "head",
    [
        b"text/html;charset =utf-16le",
        b"text/html;x=&quot;;charset=utf-8&quot;",
        b"text/html;base64;x;base64",
    ],
)
def test_a_page_that_browsers_read_in_several_ways_stays_where_in_none_anything_is_denied(head):
    content = quote_from_bytes(b64encode(b"<p>x") if b"base64" in head else b"<p>x").encode()
    page = b'<body><iframe src="data:%s,%s"></iframe>' % (head, content)
    assert rewrite(policy_of(), page) == page


@pytest.mark.parametrize("charset", [b"utf-16le", b"utf-16be", b"iso-2022-jp", b"utf-8"])
def test_a_sheet_or_script_in_an_address_is_decoded_as_it_says(charset):
    codec = charset.decode()
    sheet = "@import 'https://ads.example/';".encode(codec)
    script = "start('init')".encode(codec)
    policy = policy_of(rule("host", "ads.example"), rule("inline", "start('init'"))
    for loader, content in (
        (b"<link rel=stylesheet href='data:text/css", sheet),
        (b"<script src='data:text/javascript", script),
    ):
        quoted = quote_from_bytes(content).encode()
        end = b"'></script>" if b"script " in loader else b"'>"
        assert (
            rewrite(policy, b"<body>" + loader + b";charset=" + charset + b"," + quoted + end)
            == b"<body>"
        )
    marked = quote_from_bytes(
        b"\xff\xfe" + "@import 'https://ads.example/';".encode("utf-16-le")
    ).encode()
    assert (
        rewrite(policy, b"<body><link rel=stylesheet href='data:text/css,%s'>" % marked)
        == b"<body>"
    )


def test_what_stands_behind_a_page_in_an_address_does_not_end_it():
    page = b'<body><iframe src="data:text/html,x<img src=https://ads.example/>#&lt;a&quot;&amp;b"></iframe>'
    assert rewrite(policy_of(), page) == (
        b'<body><iframe src="data:text/html,x#%3Ca%22&amp;b"></iframe>'
    )


def test_a_sheet_inside_a_sheet_is_looked_into_however_long_it_is():
    inner = b"/*" + b"x" * 9000 + b"*/@import 'https://ads.example/';"
    page = b"<style>@import 'data:text/css,%s';</style>" % quote_from_bytes(inner).encode()
    assert b"ads.example" not in rewrite(policy_of(), page)
    kept = page.replace(b"ads.example", b"fine.example")
    assert rewrite(policy_of(), kept) == kept
    sheet = b""
    for depth in range(1, 12):
        sheet = b"@import 'data:text/css,%s';" % quote_from_bytes(sheet).encode()
        page = b"<style>%s</style>" % sheet
        assert (rewrite(policy_of(), page) == page) is (depth <= MAX_SHEETS)
