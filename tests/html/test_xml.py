"""XHTML and SVG documents, by XML's rules."""

# ruff: noqa: E501 - a page and what is left of it are read side by side

import pytest

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
        (b"<img xmlns='urn:other' src='//ads.example/'/>", None),
        (b"<div data-consent='a'><img src='/x'/></div><img src='/y'/>", b"<div data-consent='a'></div><img src='/y'/>"),
        (b"<o xmlns='urn:other' data-consent='a'><s:image href='/x'/></o>", b"<o xmlns='urn:other' data-consent='a'><s:image /></o>"),
        (b"<script xmlns='urn:other' data-consent='a' src='//ads.example/'>start('init')</script>", None),
        (b"<s:image xmlns:xlink='urn:other' xlink:href='//ads.example/' x:href='/y'/>", None),
        (b"<a title='>' href='x'>y</a>", None),
        (b"<style>@import '//ads.example/';</style>t", b"t"),
        (b"<iframe srcdoc='&lt;img src=//ads.example/&gt;'></iframe>", b'<iframe srcdoc=""></iframe>'),
    ],
)  # fmt: skip
def test_elements_are_judged_by_name_and_namespace(body, left):
    page = HTML + body + b"</html>"
    expected = page if left is None else HTML + left + b"</html>"
    for cuts in ([], range(1, len(page)), [len(page) // 2]):
        assert rewrite(page, cuts) == expected


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
        b"<>",
        b"<!doctype html><a/>",
        b"<!DOCTYPE a [<!ENTITY x '<img/>'>]><a>&x;</a>",
        b"<a>" * 5001,
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
