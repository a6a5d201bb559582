"""XHTML and SVG documents, by XML's rules."""

# ruff: noqa: E501 - a page and what is left of it are read side by side

import pytest
from lxml import etree

from consentmw.core.catalogue import Catalogue
from consentmw.core.rules import Rule
from consentmw.errors import RewriteError
from consentmw.suppression.page import PagePolicy


def rule(kind, pattern):
    return Rule(kind=kind, pattern=pattern, category="a", vendor="", source="")


POLICY = PagePolicy(
    index=Catalogue([rule("host", "ads.example"), rule("inline", "start('init'")]).denying(
        frozenset({"a"})
    ),
    zone_denied=frozenset(),
    categories=("a",),
    tag_attributes=("data-consent",),
    max_inline_bytes=1000,
)
HTML = b"<html xmlns='http://www.w3.org/1999/xhtml' xmlns:s='http://www.w3.org/2000/svg' xmlns:x='http://www.w3.org/1999/xlink'>"


def rewrite(page, cuts=(), **options):
    rewriter = POLICY.rewriter(host="own.example", xml=True, **options)
    out = [
        rewriter.feed(page[start:end])
        for start, end in zip([0, *cuts], [*cuts, len(page)], strict=True)
    ]
    return b"".join([*out, rewriter.close()])


@pytest.mark.parametrize(
    ("body", "left"),
    [
        (b"<img src='//ads.example/'/>t", b"t"),
        (b"<IMG src='//ads.example/'/><img SRC='//ads.example/'/>", None),
        (b"<img src='//ads.example/'></img>t", b"t"),
        (b"<script src='//ads.example/'><![CDATA[</script>]]></script>t", b"t"),
        (b"<script><![CDATA[start('init')]]></script>t", b"t"),
        (b"<script>start(&#39;in<!-- -->it')</script>t", b"t"),
        (b"<script>start('init')<?p?></script>t", b"t"),
        (b"<script>start('track')</script>", None),
        (b"<script><b>x</b></script>", None),
        (b"<!-- <img src='//ads.example/'/> --><![CDATA[<img src='//ads.example/'/>]]><?p <img?>", None),
        (b"<s:image x:href='//ads.example/'/><s:script href='//ads.example/'/>", b"<s:image />"),
        (b"<s:feImage href='//ads.example/'/><s:image src='//ads.example/'/>", b"<s:feImage /><s:image src='//ads.example/'/>"),
        (b"<s:set attributeName='href' to='//ads.example/'/>", b"<s:set attributeName='href' />"),
        (b"<s:set attributename='x' attributeName='href' to='//ads.example/'/>", b"<s:set attributename='x' attributeName='href' />"),
        (b"<s:set attributename='href' attributeName='x' to='//ads.example/'/><s:feimage href='//ads.example/'/>", None),
        (b"<img xmlns='urn:other' src='//ads.example/'/>", None),
        (b"<div data-consent='a'><img src='/x'/></div><img src='/y'/>", b"<div data-consent='a'></div><img src='/y'/>"),
        (b"<o xmlns='urn:other' data-consent='a'><s:image href='/x'/></o>", b"<o xmlns='urn:other' data-consent='a'><s:image /></o>"),
        (b"<script xmlns='urn:other' data-consent='a' src='//ads.example/'>start('init')</script>", None),
        (b"<s:image xmlns:xlink='urn:other' xlink:href='//ads.example/' x:href='/y'/>", None),
        (b"<a title='>' href='x'>y</a>", None),
        (b"<o xmlns:s='urn:other'><s:image href='//ads.example/'/><p/><o xmlns:s='http://www.w3.org/1999/xhtml'><s:img src='//ads.example/'/></o></o><s:image href='//ads.example/'/>", b"<o xmlns:s='urn:other'><s:image href='//ads.example/'/><p/><o xmlns:s='http://www.w3.org/1999/xhtml'></o></o><s:image />"),
        (b"<o xmlns:xlink='urn:other' xmlns=''><img src='//ads.example/'/></o><img src='//ads.example/'/><s:image xmlns:xlink='http://www.w3.org/1999/xlink' xlink:href='//ads.example/'/>", b"<o xmlns:xlink='urn:other' xmlns=''><img src='//ads.example/'/></o><s:image xmlns:xlink='http://www.w3.org/1999/xlink' />"),
        (b"<style>@import '//ads.example/';</style>t", b"<style>@import 'about:invalid#';</style>t"),
        (b"<style>a{}b{x:url(//ads.example/)}c{}</style>", b"<style>a{}b{x:url(about:invalid#)}c{}</style>"),
        (b"<s:style>a>b{x:url( '//ads.example/' )}</s:style>", b"<s:style>a>b{x:url( 'about:invalid#' )}</s:style>"),
        (b"<style>/*<![CDATA[*/ p>a{x:url(//ads.example/)} /*]]>*/ b{x:url(//ads.example/)}</style>", b"<style>/*<![CDATA[*/ p>a{x:url(about:invalid#)} /*]]>*/ b{x:url(about:invalid#)}</style>"),
        (b"<style>a&gt;b{x:url(//ads.example/)}c&#123;}</style>", b"<style>a&gt;b{x:url(about:invalid#)}c&#123;}</style>"),
        (b"<style>a<!-- url(//ads.example/) -->{x:url(//ads.example/)}<?p?></style>", b"<style>a<!-- url(//ads.example/) -->{x:url(about:invalid#)}<?p?></style>"),
        (b"<style>a{x:url(//ads.example/<!-- -->)}</style>t", b"<style>a{x:url(about:invalid#<!-- -->)}</style>t"),
        (b"<style>a{x:url(//ads.<!-- -->example/)}</style>t", b"t"),
        (b"<style>a{x:url(//ads.exampl&#101;/)}</style>t", b"t"),
        (b"<style>a{x:url(//ads.exam<![CDATA[ple/)}]]></style>t", b"t"),
        (b"<style>a{x:url(<p title='//ads.example/>'>//ads.example/</p>/x)}</style>t", None),
        (b"<style>a{x:url(<p title='/>'>)}</p>//ads.example/)}</style>t", b"<style>a{x:url(<p title='/>'>)}</p>about:invalid#)}</style>t"),
        (b"<style>a{x:url(//ads.example/)}<img src='//ads.example/'/>b{x:url(//ads.example/)}</style>", b"<style>a{x:url(about:invalid#)}b{x:url(about:invalid#)}</style>"),
        (b"<script>st<b>x</b>art('init')</script>t", b"t"),
        (b"<script><b title='/>'></b>start('init')</script>t", b"t"),
        (b"<script>s<b>tart('init')</b></script>t", None),
        (b"<iframe srcdoc='x&lt;img src=//ads.example/&gt;'></iframe>", b'<iframe srcdoc="x"></iframe>'),
    ],
)  # fmt: skip
def test_elements_are_judged_by_name_and_namespace(body, left):
    page = HTML + body + b"</html>"
    etree.fromstring(page)
    expected = page if left is None else HTML + left + b"</html>"
    etree.fromstring(expected)
    for cuts in ([], range(1, len(page)), [len(page) // 2]):
        assert rewrite(page, cuts) == expected


@pytest.mark.parametrize(
    ("image", "left"),
    [
        (b"<IMG src='//ads.example/'/>", b""),
        (b"<img SRC='//ads.example/'/>", b""),
        (b"<s:img src='//ads.example/'/>", None),
    ],
)
def test_what_a_tag_means_in_an_xml_page_is_not_remembered_for_html(image, left):
    page = HTML.replace(
        b"xmlns:s='http://www.w3.org/2000/svg'", b"xmlns:s='http://www.w3.org/1999/xhtml'"
    )
    rewrite(page + image + b"</html>")
    rewriter = POLICY.rewriter(host="own.example", charset="utf-8")
    out = rewriter.feed(b"<p>" + image) + rewriter.close()
    assert out == b"<p>" + (image if left is None else left)


def test_a_frame_is_looked_into_by_whatever_prefix():
    frame = b"<h:iframe xmlns:h='http://www.w3.org/1999/xhtml' srcdoc=\"%s\"/>"
    page = HTML + frame % b"&lt;script>start('init')&lt;/script>" + b"</html>"
    assert b"&lt;script type=text/plain>start" in rewrite(page)


@pytest.mark.parametrize(
    ("frame", "value"),
    [
        (b"srcdoc='&lt;p>%s&lt;/p>&#9;&lt;pre>a&#10;b&lt;/pre>'", "<p></p>\t<pre>a\nb</pre>"),
        (b"src='data:text/html,x%s&lt;p>#a&lt;b'", "data:text/html,x%3Cp%3E#a%3Cb"),
    ],
    ids=["lines", "an angle"],
)
def test_a_page_in_a_frame_is_written_back_as_it_was(frame, value):
    image = b"&lt;img src=//ads.example/>"
    page = HTML + b"<iframe " + frame % image + b"/></html>"
    iframe = etree.fromstring(rewrite(page))[0]
    assert iframe.values() == [value]


@pytest.mark.parametrize(
    "text", [b"a]]|>b", b"a]|]>b", b"a]||]|>b", b"<![CDATA[a]]]]>|>b", b"a\r|\n|b", b"]]&gt;|>"]
)
def test_what_a_cut_brings_together_is_well_formed_and_the_same_text(text):
    page = HTML + text.replace(b"|", b"<img src='//ads.example/'/>") + b"</html>"
    for cuts in ([], range(1, len(page))):
        left = rewrite(page, cuts)
        assert b"img" not in left
        assert _text_of(left) == _text_of(page)


def _text_of(page):
    return "".join(etree.fromstring(page).itertext())


@pytest.mark.parametrize(
    ("inside", "left"),
    [
        (b"<head><base href='//ads.example/'/></head><p><img src='x'/><s:image href='x'/></p>", b"<head><base href='//ads.example/'/></head><p><s:image /></p>"),
        (b"<head><script src='x'/><base target='_top'/><base href='//ads.example/'/><base href='/'/></head><script src='x'/>", b"<head><script src='x'/><base target='_top'/><base href='//ads.example/'/><base href='/'/></head>"),
        (b"<head><base href='/y/'/><base href='//ads.example/'/></head><img src='x'/>", None),
        (b"<head><template><base href='//ads.example/'/></template></head><img src='x'/>", None),
        (b"<head><s:base href='//ads.example/'/><BASE href='//ads.example/'/><base HREF='//ads.example/'/></head><img src='x'/>", None),
        (b"<h:base xmlns:h='http://www.w3.org/1999/xhtml' href='//ads.example/'/><link rel='icon' href='x'/>", b"<h:base xmlns:h='http://www.w3.org/1999/xhtml' href='//ads.example/'/>"),
        (b"<body><video poster='x'/><base href='//ads.example/'/></body>", b"<body><video poster='x'/><base /></body>"),
        (b"<o xmlns='urn:other'/><base href='//ads.example/'/>", b"<o xmlns='urn:other'/><base />"),
        (b"<p/><base href='//ads.example/'/><base href='/y/'/><base href='//ads.example/'/><img src='x'/>", b"<p/><base /><base href='/y/'/><base href='//ads.example/'/><img src='x'/>"),
    ],
    ids=["in the head", "the first with a URL", "a second one", "in a template", "of another name", "by a prefix", "behind a poster", "behind what means nothing", "behind one that goes"],
)  # fmt: skip
def test_relative_urls_start_from_the_base_of_the_document(inside, left):
    page = HTML + inside + b"</html>"
    expected = page if left is None else HTML + left + b"</html>"
    for cuts in ([], range(1, len(page)), [len(page) // 2]):
        assert rewrite(page, cuts) == expected


def test_an_svg_image_may_have_a_base():
    base = b"<svg xmlns='http://www.w3.org/2000/svg'><h:base xmlns:h='http://www.w3.org/1999/xhtml'"
    page = base + b" href='//ads.example/'/><image href='x'/></svg>"
    assert rewrite(page) == base + b" /><image /></svg>"


@pytest.mark.parametrize("rest", [b"/>", b"><b>x</b> y</script>"])
def test_a_document_that_is_denied_as_a_whole_keeps_a_root(rest):
    page = b"\r\n<script xmlns='http://www.w3.org/1999/xhtml' src='//ads.example/'" + rest + b"\r\n"
    for cuts in ([], range(1, len(page))):
        assert rewrite(page, cuts) == b"\r\n<suppressed/>\r\n"


def test_a_page_in_a_sandbox_may_have_a_base():
    page = (
        b"<iframe sandbox='' src=\"data:application/xhtml+xml,"
        b"<html xmlns='http://www.w3.org/1999/xhtml'><base href='//%C3%A4.ads.example/'/>"
        b"<img src='x'/></html>\"></iframe>"
    )
    rewriter = POLICY.rewriter(host="own.example")
    out = rewriter.feed(page) + rewriter.close()
    assert b"base%20href" in out
    assert b"img" not in out


@pytest.mark.parametrize(
    "inside", [b"<!-- ]></s> -->", b"<?p ' ?>"], ids=["comment", "instruction"]
)
def test_what_stands_in_a_document_type_neither_ends_it_nor_hides_what_follows(inside):
    image = b"<img src='//ads.example/'/>"
    page = b"<!DOCTYPE html [" + inside + b"]>" + HTML + image + b"<p title=' ]>'/></html>"
    for cuts in ([], range(1, len(page)), [len(page) // 4]):
        assert rewrite(page, cuts) == page.replace(image, b"")


def test_a_style_sheet_of_the_document_is_a_link():
    page = b"<?xml-stylesheet href='//ads.example/a.css'?><?xml-stylesheet href='/b.css'?><svg/>"
    assert rewrite(page) == b"<?xml-stylesheet href='/b.css'?><svg/>"


@pytest.mark.parametrize(
    "data",
    [
        b" href='//ads.example/'type='text/css'",
        b" href='//ads.example/' title='a<b'",
        b" href='//ads.example/' ?",
        b" title=\"href='/b.css'\" href='//ads.example/'?",
        b"\n title='<'href\n=\t\"//&#97;ds&#x2e;example/\"",
        b" href='/b.css'><attrs href='//ads.example/'",
    ],
    ids=["no blank", "an angle", "a question mark", "in a title", "references", "two tags"],
)
def test_a_style_sheet_is_found_however_its_url_is_written(data):
    for written, left in ((data, b""), (data.replace(b"ds", b"d"), None)):
        sheet = b"<?xml-stylesheet" + written + b"?>"
        page = sheet + b"<svg/>"
        expected = (sheet if left is None else left) + b"<svg/>"
        for cuts in ([], range(1, len(page))):
            assert rewrite(page, cuts) == expected


@pytest.mark.parametrize(
    "page",
    [
        b"<?xml-stylesheets href='//ads.example/'?><svg/>",
        b"<?xml-stylesheet title='//ads.example/'href='/b.css'?><svg/>",
        b"<?xml-stylesheet href='/b.css' href='//ads.example/'?><svg/>",
        b"<?xml-stylesheet?><svg/>",
    ],
    ids=["another name", "another attribute", "a second one", "nothing"],
)
def test_what_is_no_style_sheet_of_the_document_stays(page):
    assert rewrite(page) == page


def test_what_is_inserted_stands_first_in_the_head():
    page = (
        b"<?xml version='1.0'?><!DOCTYPE html [ <!-- x --> ]>"
        + HTML
        + b"<head><title/></head></html>"
    )
    assert rewrite(page, insertion=b"<i/>") == page.replace(b"<head>", b"<head><i/>")
    assert rewrite(b"<svg/>", insertion=b"<i/>") == b"<svg/>"


@pytest.mark.parametrize(
    "page",
    [
        b"<a></b>",
        b"</a>",
        b"<a b=c>",
        b"<a b>",
        b"<a b='' b=''/>",
        HTML
        + b"<s:image x:href='/x' xmlns:y='http://www.w3.org/1999/xlink' y:href='//ads.example/'/>",
        b"<>",
        b"<!doctype html><a/>",
        b"<!DOCTYPE svg [<?xml-stylesheet href='//ads.example/'?>]><svg/>",
        b"<!DOCTYPE a [<!ENTITY x '<img/>'>]><a>&x;</a>",
        b"<a>" * 5001,
        HTML + b"<script>" * 17,
        HTML + b"".join(b"<p data-consent='x%d'>" % number for number in range(101)),
    ],
)
def test_what_is_no_xml_or_brings_its_own_entities_cant_be_read(page):
    with pytest.raises(RewriteError):
        rewrite(page)


@pytest.mark.parametrize("page", [b"<a", b"<!-- x", b"<a b='", b"<!DOC", b"<![CDATA[ x", b"<?x"])
def test_what_the_end_of_the_page_cuts_passes(page):
    assert rewrite(page) == page


def test_a_tag_beyond_the_limit_is_an_error(monkeypatch):
    monkeypatch.setattr("consentmw.html.xml.MAX_TAG_BYTES", 100)
    with pytest.raises(RewriteError, match="longer"):
        rewrite(b"<a b='" + b"x" * 2000, [1100])


def test_a_script_longer_than_is_held_is_judged_by_its_start():
    page = HTML + b"<script>" + b"x" * 2000 + b"start('init')</script></html>"
    found = []
    assert rewrite(page, [1500], on_finding=found.append) == page
    assert [each.action for each in found] == ["inline too long"]


def test_of_a_style_sheet_longer_than_is_held_the_start_is_changed_wherever_it_is_cut():
    start = HTML + b"<style><![CDATA[a{x:url("
    rest = b")}" + b"x" * 2000 + b"<img/>]]></style></html>"
    page = start + b"//ads.example/" + rest
    for cuts in ([], range(1, len(page)), [1500]):
        assert rewrite(page, cuts) == start + b"about:invalid#" + rest


@pytest.mark.parametrize(
    ("text", "label", "denied"),
    [
        (b"<script>//&#x2028;start('init');</script>", "iso-8859-1", True),
        (b"<style>a{b:'&#xc3;\\';c:';background:url(//ads.example/);e:'x'}</style>", "shift_jis", True),
        (b"<style>a{b:'&#xc3;\\';background:url(//ads.example/);c:'x'}</style>", "shift_jis", False),
    ],
)  # fmt: skip
def test_a_reference_means_the_same_in_every_encoding(text, label, denied):
    page = HTML + text + b"</html>"
    rewriter = POLICY.rewriter(host="own.example", charset=label, xml=True)
    left = rewriter.feed(page) + rewriter.close()
    assert left == (HTML + b"</html>" if denied else page)
