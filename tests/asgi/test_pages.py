"""Which responses are pages."""

import pytest
from rig.messages import Says, ask, body, start

from consentmw.asgi import ConsentMiddleware
from consentmw.asgi.pages import SNIFFED_BYTES, sniff_syntax

GPC = [("sec-gpc", "1")]
PIXEL = b'<img src="https://ads.vendor.example/p.gif">'
PAGE = b"<!doctype html><head><title>t</title></head><body>a" + PIXEL + b"b</body>"
XHTML = (
    b'<html xmlns="http://www.w3.org/1999/xhtml"><head/><body>a'
    b'<img src="https://ads.vendor.example/p.gif"/>b</body></html>'
)
SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg">'
    b'<script href="https://ads.vendor.example/p.js"/><path d="M0 0"/></svg>'
)
CONFIG = {
    "categories": {"advertising": {"hosts": ["ads.vendor.example"]}},
    "signals": {"navigator": False},
    "browser": {"guard": "off"},
    "enforcement": {"html_types": ["text/vnd.app+html", "application/vnd.app+xml"]},
}


def _rewrites(*headers, content_type="text/html", content=PAGE, visitor=GPC, **more):
    app = Says(start(*headers, content_type=content_type, **more), body(content))
    answer = ask(ConsentMiddleware(app, config=CONFIG), headers=visitor)
    assert answer.status == app.messages[0]["status"]
    if answer.body == content:
        return False
    assert b"ads.vendor.example" not in answer.body
    return True


@pytest.mark.parametrize(
    "content_type",
    [
        "text/html",
        "TEXT/HTML; charset=utf-8",
        "text/html charset=utf-8",
        "text/html;;;",
        " text/html ",
        "text/html, text/plain",
        "text/plain, text/html",
        "text/vnd.app+html",
    ],
)
def test_a_page_is_recognised_by_its_type(content_type):
    assert _rewrites(content_type=content_type)


@pytest.mark.parametrize(
    ("content_type", "content"),
    [
        ("application/xhtml+xml", XHTML),
        ("Application/XHTML+XML; charset=utf-8", XHTML),
        ("application/vnd.app+xml; a=b", XHTML),
        ("image/svg+xml", SVG),
    ],
)
def test_a_page_may_be_xml(content_type, content):
    assert _rewrites(content_type=content_type, content=content)


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/json", "text/htmlx", "x-text/html", "text/css", "image/png", "a/b"],
)
def test_other_types_pass(content_type):
    assert not _rewrites(content_type=content_type)


def test_several_fields_are_a_page_where_one_of_them_says_so():
    assert _rewrites(("content-type", "text/html"), content_type="text/plain")


@pytest.mark.parametrize(
    ("content_type", "content"),
    [
        ("application/xhtml+xml, text/html", PAGE),
        ("text/html, application/xhtml+xml", XHTML),
        ('text/html; a="b, application/xhtml+xml"', PAGE),
        ('text/html; a="b\\", application/xhtml+xml"', PAGE),
        ('text/html; a="b, application/xhtml+xml', PAGE),
        ('application/xhtml+xml; a="b", text/html', PAGE),
        ("text/html, application/xhtml+xml, text/plain", XHTML),
    ],
)
def test_of_several_types_the_last_one_says_by_which_rules_it_is_read(content_type, content):
    """Fetch, "extract a MIME type", as Chromium and Firefox do it; quotes hide a comma."""
    assert _rewrites(content_type=content_type, content=content)
    first, comma, second = content_type.rpartition(",")
    if comma and '"' not in second:
        fields = [("content-type", second)]
        assert _rewrites(*fields, content_type=first, content=content)


def test_a_charset_holds_until_another_type_is_named():
    page = PAGE.decode().encode("utf-16-le")

    for later in ("text/html", "text/html; a=b", "*/*", "text/html;charset=utf-16le"):
        app = Says(start(content_type=f"text/html; charset=utf-16le, {later}"), body(page))
        answer = ask(ConsentMiddleware(app, config=CONFIG), headers=GPC)
        assert answer.body == PAGE.replace(PIXEL, b"").decode().encode("utf-16-le")
    changed = "application/xhtml+xml; charset=utf-16le, text/html"
    assert _rewrites(content_type=changed)


XML_TYPES = [
    "text/xml",
    "Application/XML; charset=utf-8",
    "text/xsl",
    "application/rdf+xml",
    "application/mathml+xml",
    "application/rss+xml",
    "application/vnd.wap.xhtml+xml",
]


@pytest.mark.parametrize("content_type", XML_TYPES)
@pytest.mark.parametrize(
    ("visitor", "rewrites"),
    [
        ([("sec-fetch-dest", "document")], True),
        ([("sec-fetch-dest", "iframe")], True),
        ([("sec-fetch-dest", "empty"), ("sec-purpose", "prefetch")], True),
        ([("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")], True),
        ([("sec-fetch-dest", "empty"), ("accept", "text/html")], False),
        ([("sec-fetch-dest", "xslt"), ("accept", "text/html")], False),
        ([("accept", "application/rss+xml, application/xml")], False),
        ([], False),
    ],
    ids=["shown", "framed", "prefetched", "older", "fetched", "stylesheet", "reader", "tool"],
)
def test_xml_is_a_page_where_a_browser_shows_it_and_data_elsewhere(content_type, visitor, rewrites):
    """Chromium and Firefox run the scripts of XHTML and SVG elements in any document of XML."""
    visitor = [*GPC, *visitor]

    assert _rewrites(content_type=content_type, content=XHTML, visitor=visitor) is rewrites


FEED = (
    b'<?xml version="1.0" encoding="utf-8"?>\n<?xml-stylesheet href="/feed.css"?>'
    b'<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel>'
    b"<link>https://shop.example/?a=1&amp;b=2</link>"
    b"<image><url>https://ads.vendor.example/logo.png</url></image>"
    b'<item><media:content url="https://ads.vendor.example/p.gif"/>'
    b"<description><![CDATA[<img src='https://ads.vendor.example/p.gif'>]]></description>"
    b'<script src="https://ads.vendor.example/not-a-script"/></item></channel></rss>'
)


@pytest.mark.parametrize("strategy", ["vary", "edge"])
@pytest.mark.parametrize("shown", [True, False])
def test_a_feed_leaves_byte_for_byte(strategy, shown):
    visitor = [*GPC, ("sec-fetch-dest", "document")] if shown else GPC
    config = {**CONFIG, "caching": {"strategy": strategy}}
    app = Says(start(("etag", '"1"'), content_type="application/rss+xml"), body(FEED))

    answer = ask(ConsentMiddleware(app, config=config), headers=visitor)

    assert answer.body == FEED


@pytest.mark.parametrize(
    ("strategy", "visitor", "vary", "cache_control"),
    [
        ("vary", [], "Sec-Fetch-Dest, Accept", None),
        ("vary", GPC, "Sec-Fetch-Dest, Accept", None),
        ("edge", [("x-privacy-variant", "0")], "Sec-Fetch-Dest, Accept", None),
        ("edge", [*GPC, ("x-privacy-variant", "1")], "Sec-Fetch-Dest, Accept", "private"),
        (
            "vary",
            [("sec-fetch-dest", "document")],
            "Sec-GPC, Cookie, Sec-Fetch-Dest, Accept",
            None,
        ),
    ],
)
def test_no_cache_shows_data_as_a_document(strategy, visitor, vary, cache_control):
    """An edge has no key for it, so what would differ is kept out of it."""
    config = {**CONFIG, "caching": {"strategy": strategy}}
    app = Says(start(content_type="text/xml"), body(XHTML))

    answer = ask(ConsentMiddleware(app, config=config), headers=visitor)

    assert answer.body == XHTML
    assert answer.get("vary") == vary
    assert answer.get("cache-control") == cache_control


def test_the_guard_is_put_into_xml_that_has_a_head_of_html():
    config = {**CONFIG, "browser": {}}
    page = XHTML.replace(b"<head/>", b"<head></head>")
    visitor = [("sec-fetch-dest", "document")]

    for content in (page, FEED):
        app = Says(start(content_type="text/xml"), body(content))
        assert ask(ConsentMiddleware(app, config=config), headers=visitor).body == content
        answer = ask(ConsentMiddleware(app, config=config), headers=[*visitor, *GPC])
        assert (b"guard." in answer.body) is (content is page)


def test_xml_without_a_type_is_a_page():
    """MIME Sniffing, 7.1; Chromium and Firefox run its scripts."""
    declared = b'\n<?xml version="1.0"?>' + XHTML

    assert _rewrites(content_type="", content=declared)
    assert not _rewrites(content_type="", content=b"<?XML" + XHTML)
    assert not _rewrites(("x-content-type-options", "nosniff"), content_type="", content=declared)


@pytest.mark.parametrize("content_type", ["", "html", "*/*", "unknown/unknown", ";", ","])
def test_a_body_without_a_type_is_looked_at(content_type):
    assert _rewrites(content_type=content_type)
    assert not _rewrites(content_type=content_type, content=b"{" + PIXEL + b"}")
    assert not _rewrites(content_type=content_type, content=b"")


@pytest.mark.parametrize(
    ("nosniff", "rewrites"),
    [("nosniff", False), ("NoSniff ", False), ("nosniff, x", False), ("x, nosniff", True)],
)
def test_a_body_without_a_type_is_no_page_where_browsers_may_not_look(nosniff, rewrites):
    header = ("X-Content-Type-Options", nosniff)

    assert _rewrites(header, content_type="") is rewrites
    assert _rewrites(header)


@pytest.mark.parametrize(
    ("disposition", "rewrites"),
    [
        ("attachment", False),
        ('Attachment; filename="x.html"', False),
        ("inline", True),
        ("attachmentx", True),
        ("", True),
        ('inline; filename="attachment"', True),
    ],
)
def test_an_attachment_is_left_alone(disposition, rewrites):
    assert _rewrites(("content-disposition", disposition)) is rewrites


def test_two_dispositions_are_an_attachment_only_where_both_say_so():
    attachment, inline = (("content-disposition", v) for v in ("attachment", "inline"))

    assert _rewrites(attachment, inline)
    assert not _rewrites(attachment, attachment)


@pytest.mark.parametrize("status", [200, 201, 203, 301, 400, 404, 416, 500, 503])
def test_a_page_is_a_page_whatever_its_status(status):
    assert _rewrites(status=status)


@pytest.mark.parametrize(("dest", "rewrites"), [("image", False), ("document", True)])
def test_an_svg_within_an_image_is_left_alone(dest, rewrites):
    visitor = [*GPC, ("sec-fetch-dest", dest)]

    assert _rewrites(content_type="image/svg+xml", content=SVG, visitor=visitor) is rewrites


@pytest.mark.parametrize("visitor", [GPC, []])
def test_no_cache_shows_an_image_as_a_document(visitor):
    app = ConsentMiddleware(
        Says(start(("vary", "Accept"), content_type="image/svg+xml"), body(SVG)), config=CONFIG
    )

    image = ask(app, headers=[*visitor, ("sec-fetch-dest", "image")])
    document = ask(app, headers=[*visitor, ("sec-fetch-dest", "document")])

    assert image.get("vary") == "Accept, Sec-Fetch-Dest"
    assert document.get("vary") == "Accept, Sec-GPC, Cookie, Sec-Fetch-Dest"


@pytest.mark.parametrize(
    "beginning",
    [
        b"<!DOCTYPE HTML>",
        b"<!doctype html ",
        b"\n\t\x0c\r <HtMl>",
        b"<head >",
        b"<script ",
        b"<!-->",
        b"<!-- ",
        b"<a ",
        b"<b>",
        b"<body>",
        b"<br>",
        b"<p>",
        b"<h1>",
        b"<!--\n",
        b"<body\nclass=a",
        b"<script/src=x",
        b"<htmlx>",
    ],
)
def test_html_is_recognised_by_its_beginning(beginning):
    assert sniff_syntax(beginning, complete=False) == "html"


@pytest.mark.parametrize(
    "beginning", [b"", b"\n ", b"<", b"<htm", b" <!DOCTYPE htm", b"<!-", b"<?xm"]
)
def test_other_beginnings_may_still_become_a_page_until_enough_was_seen(beginning):
    assert sniff_syntax(beginning, complete=False) is None
    assert sniff_syntax(beginning, complete=True) == "neither"
    assert sniff_syntax(beginning.rjust(SNIFFED_BYTES), complete=False) == "neither"


@pytest.mark.parametrize("beginning", [b"x<html>", b"<img>", b"<!doctype>", b"{}", b"<?X", b"\0"])
def test_a_beginning_that_can_not_become_a_page_is_told_at_once(beginning):
    assert sniff_syntax(beginning, complete=False) == "neither"


def test_a_stream_without_a_type_is_not_held():
    messages = [start(content_type=""), body(b"a", more=True), body(b"b", more=True), body(b"c")]

    answer = ask(ConsentMiddleware(Says(*messages), config=CONFIG), headers=GPC)

    assert answer.chunks == [b"a", b"b", b"c"]


def test_a_beginning_that_comes_late_is_not_looked_at():
    assert sniff_syntax(b" " * SNIFFED_BYTES + b"<html>", complete=True) == "neither"


@pytest.mark.parametrize(
    ("charset", "codec"),
    [("utf-16", "utf-16"), ("UTF-16BE", "utf-16-be"), ('"iso-2022-jp"', "iso2022_jp")],
)
def test_the_charset_of_the_field_is_what_a_page_is_read_by(charset, codec):
    page = PAGE.decode().replace("<title>t", "<title>\u3042")
    app = Says(start(content_type=f"text/html; charset={charset}"), body(page.encode(codec)))

    answer = ask(ConsentMiddleware(app, config=CONFIG), headers=GPC)

    assert answer.body.decode(codec) == page.replace(PIXEL.decode(), "")


def test_a_charset_that_only_the_page_names_is_found():
    page = PAGE.replace(b"<title>", b"<meta charset=iso-2022-jp><title>")

    assert _rewrites(content_type="text/html", content=page)


LATIN = 'text/html; charset="iso-8859-1"'


@pytest.mark.parametrize(
    ("content_type", "left"),
    [
        # Read alike by all: as it stands.
        ("text/html", "text/html"),
        ("Text/HTML;Charset=UTF-8", "Text/HTML;Charset=UTF-8"),
        ('text/html ; a=b; charset="utf-8" ;', 'text/html ; a=b; charset="utf-8" ;'),
        ("text/html; charset=utf-7", "text/html; charset=utf-7"),
        ("text/html;;;", "text/html;;;"),
        ("text/html, text/plain", "text/html, text/plain"),
        # MIME Sniffing: a name with a blank behind it is another name.
        ("text/html; charset =iso-2022-jp", "text/html"),
        ("text/html; charset= iso-8859-1", LATIN),
        ('text/html; charset= "iso-2022-jp"', "text/html"),
        ("text/html; charset='iso-2022-jp'", "text/html"),
        ("text/html; charset=iso-8859-1; charset=iso-2022-jp", LATIN),
        ("text/html; charset=\xff, ; charset=iso-2022-jp", "text/html"),
        ('text/html; charset="iso-8859-\\1"', LATIN),
        ('text/html; a="; charset=iso-2022-jp', "text/html"),
        ("text/html charset=iso-2022-jp", "text/html"),
        ("text/html charset=iso-2022-jp; charset=iso-8859-1", LATIN),
        ("text/html(; charset=iso-8859-1", LATIN),
        ("text/html; charset=iso-8859-1, text/html", f"{LATIN}, {LATIN}"),
        ("text/html; charset=iso_8859-1:1987", 'text/html; charset="iso_8859-1:1987"'),
        ("*/*; charset=iso-2022-jp", "*/*"),
        ("html; charset=iso-2022-jp", None),
    ],
)
def test_a_page_leaves_with_a_charset_that_all_browsers_read_alike(content_type, left):
    app = Says(start(content_type=content_type), body(PAGE))
    answer = ask(ConsentMiddleware(app, config=CONFIG), headers=GPC)

    assert answer.get("content-type") == left
    assert PIXEL not in answer.body
    assert ask(ConsentMiddleware(app, config=CONFIG)).get("content-type") == content_type


def test_of_several_fields_that_browsers_read_in_several_ways_one_leaves():
    fields = [("content-type", "text/html; charset=iso-8859-1"), ("content-type", "text/html")]
    app = Says(start(*fields, content_type=""), body(PAGE))

    answer = ask(ConsentMiddleware(app, config=CONFIG), headers=GPC)

    assert answer.get("content-type") == f"{LATIN}, {LATIN}"


def test_a_charset_that_only_some_browsers_would_read_hides_nothing():
    hidden = b"<p>\x1b$B<p>\x1b(B" + PIXEL
    for content_type in ("text/html; charset =iso-2022-jp", "text/html; charset=x"):
        app = Says(start(content_type=content_type), body(hidden))
        answer = ask(ConsentMiddleware(app, config=CONFIG), headers=GPC)
        assert answer.body == b"<p>$B<p>(B"
