"""Tokens, what is held back, and the limits."""

# ruff: noqa: E501 - a page and its tokens are read side by side

import pytest

from consentmw.errors import RewriteError
from consentmw.html import rewriter as rewriting
from consentmw.html import scanner
from consentmw.html.attributes import TAG, Tag
from consentmw.html.listing import tokenize
from consentmw.html.memory import Memory
from consentmw.html.rewriter import Rewriter
from consentmw.html.sieve import KEEP, KEEP_TEXT
from consentmw.html.standing import MAX_PASSED_BYTES
from consentmw.html.stretches import Stretches
from consentmw.html.tree.builder import MAX_FORMATTING, MAX_OPEN
from consentmw.html.tree.stack import Open


class Everything:
    """A sieve that lets everything pass, and notes what it was asked."""

    encodings = ("utf-8",)
    watched = {}  # noqa: RUF012 - never changed
    watches_relative = True
    marks = ()

    def __init__(self):
        self.asked = []
        self.memory = Memory(Stretches())

    def judge(self, tag, namespaces, covers, *, readers=None):
        self.asked.append((tag.name, tuple(namespaces)))
        return KEEP

    def judge_text(self, tag, text, covers, *, complete, encoding=None, readers=None):
        return KEEP_TEXT

    def rebase(self, tag, counting): ...

    def note(self, notes, offset): ...


def tags(page, **options):
    return [
        (token.kind, token.name, token.namespaces)
        for token in tokenize(page, **options)
        if token.kind in {"start", "end"}
    ]


@pytest.mark.parametrize(
    ("raw", "attributes"),
    [
        (b"<a>", []),
        (b"<a b>", [(b"b", b"")]),
        (b"<a b=c/>", [(b"b", b"c/")]),
        (b"<a/b = 'c'd=\"e\">", [(b"b", b"c"), (b"d", b"e")]),
        (b'<a =">', [(b'="', b"")]),
        (b'<a b"c=d>', [(b'b"c', b"d")]),
        (b"<a b=>", [(b"b", b"")]),
        (b"<a\x0cB\x0b=1>", [(b"b\x0b", b"1")]),
        (b'<a b=c"d e="x>y">', [(b"b", b'c"d'), (b"e", b"x>y")]),
        (b"<a b=1 B=2>", [(b"b", b"1"), (b"b", b"2")]),
    ],
)
def test_a_start_tag_is_taken_apart_as_the_standard_does(raw, attributes):
    match = TAG.fullmatch(raw)
    assert match is not None
    tag = Tag(raw, b"a")
    assert [(each.name, each.value) for each in tag.attributes] == attributes


def test_of_two_attributes_of_one_name_the_first_counts():
    assert Tag(b"<a b=1 b=2>", b"a").get(b"b").value == b"1"


def test_a_slash_in_a_bare_value_closes_nothing():
    assert not Tag(b"<a b=c/>", b"a").self_closing
    assert Tag(b"<a b='c'/>", b"a").self_closing


@pytest.mark.parametrize(
    ("page", "seen"),
    [
        (b"<style><p></style>", [("start", b"style"), ("end", b"style")]),
        (b"<svg><style><p></style>", [("start", b"svg"), ("start", b"style"), ("start", b"p"), ("end", b"style")]),
        (b"<script><!--<script></script><p></script>", [("start", b"script"), ("end", b"script")]),
        (b"<title></titlex><p></title >", [("start", b"title"), ("end", b"title")]),
        (b"<plaintext><p>", [("start", b"plaintext")]),
        (b"<p", []),
        (b"<<p>", [("start", b"p")]),
        (b"</ x><p>", [("start", b"p")]),
        (b"<svg><![CDATA[<p>]]><g>", [("start", b"svg"), ("start", b"g")]),
        (b"<![CDATA[<p>]]>", []),
        (b"<math><mi><![CDATA[<p>]]>", [("start", b"math"), ("start", b"mi")]),
        (b"<math><annotation-xml encoding=TEXT/html><style><p></style>", [("start", b"math"), ("start", b"annotation-xml"), ("start", b"style"), ("end", b"style")]),
    ],
)  # fmt: skip
def test_tokens_are_those_that_a_browser_sees(page, seen):
    assert [(kind, name) for kind, name, _ in tags(page)] == seen


def test_noscript_holds_text_or_markup():
    page = b"<noscript><p></noscript>"
    assert len(tags(page)) == 2
    assert len(tags(page, scripting=False)) == 3


def test_an_elements_namespace_is_known():
    page = b"<svg><desc><p><math></desc></p><image/>"
    spaces = {name: namespaces for kind, name, namespaces in tags(page) if kind == "start"}
    assert spaces[b"desc"] == ("svg",)
    assert spaces[b"p"] == ("html",)
    assert spaces[b"math"] == ("math",)


def test_a_chunk_leaves_before_the_next_comes():
    rewriter = Rewriter(Everything())
    assert rewriter.feed(b"<body><p>one<p") == b"<body><p>one"
    assert rewriter.feed(b" class=a>two<!-- open") == b"<p class=a>two<!-- o"
    assert rewriter.feed(b"") == b""
    assert rewriter.close() == b"pen"


def test_a_tag_without_an_end_is_an_error_beyond_the_limit(monkeypatch):
    monkeypatch.setattr(scanner, "MAX_TAG_BYTES", 100)
    rewriter = Rewriter(Everything())
    with pytest.raises(RewriteError, match="longer than"):
        rewriter.feed(b"<a b='" + b"x" * 200)
    with pytest.raises(RewriteError):
        rewriter.close()


@pytest.mark.parametrize("outside", [b"", b"<select>", b"<svg><desc>"])
def test_elements_beyond_the_limit_are_an_error(outside):
    with pytest.raises(RewriteError, match="nested"):
        Rewriter(Everything()).feed(outside + b"<svg>" + b"<g>" * MAX_OPEN)


def test_elements_that_are_misnested_without_end_are_an_error():
    page = b"<svg><desc><p>" + b"".join(b"<b id=%d>" % n for n in range(200)) + b"<p>x" * 5_000
    with pytest.raises(RewriteError, match="misnested"):
        Rewriter(Everything()).feed(page)


@pytest.mark.parametrize("outside", [b"<svg><desc>", b"<svg>"])
def test_a_deep_stack_gone_through_without_end_is_an_error(outside):
    opened = b"".join(b"<x%d>" % (n % 300) for n in range(3_000))
    closed = b"".join(b"</y%d>" % n for n in range(3_000))
    with pytest.raises(RewriteError, match="misnested"):
        Rewriter(Everything()).feed(outside + opened + closed)


def test_ever_more_ways_to_read_a_page_are_an_error():
    # Behind so much nobody knows what is open around, so that each end tag may end it.
    page = b"<p>word" * (MAX_PASSED_BYTES // 7 + 1) + b"<svg></x><desc><p></desc>" * 200
    with pytest.raises(RewriteError, match="too many ways"):
        Rewriter(Everything()).feed(page)


def test_formatting_elements_beyond_the_limit_are_an_error():
    with pytest.raises(RewriteError, match="formatting"):
        Rewriter(Everything()).feed(
            b"<svg><desc>" + b"".join(b"<b id=%d>" % n for n in range(MAX_FORMATTING + 1))
        )


def test_more_readings_than_the_limit_are_an_error(monkeypatch):
    monkeypatch.setattr(rewriting, "MAX_READINGS", 1)
    with pytest.raises(RewriteError, match="too many ways"):
        Rewriter(Everything()).feed(b"<noscript><!-- </noscript>")


@pytest.mark.parametrize(
    ("deep", "space"),
    [(b"<svg><desc>" + b"<i>" * 3_000, "html"), (b"<svg>" + b"<g>" * 3_000, "svg")],
)
def test_a_deep_stack_is_gone_through_once_for_an_end_tag_that_fits_nothing(
    deep, space, monkeypatch
):
    """Whatever other name shares its bit with one that is open."""
    inner = {"html": b"i", "svg": b"g"}[space]
    alike = next(b"x%d" % n for n in range(9_999) if hash(b"x%d" % n) % 61 == hash(inner) % 61)
    rewriter = Rewriter(Everything())
    rewriter.feed(deep)
    looked = 0
    lacks = Open.lacks

    def counted(node, sought):
        nonlocal looked
        looked += 1
        return lacks(node, sought)

    monkeypatch.setattr(Open, "lacks", counted)
    for _ in range(50):
        rewriter.feed(b"</%b>" % alike)

    assert 3_000 <= looked < 20_000


@pytest.mark.parametrize("piece", [b"<", b"<a ", b"<!-", b"&", b"<noscript>", b"<select>", b"-"])
def test_a_hostile_page_passes_unchanged(piece):
    page = piece * 20_000
    rewriter = Rewriter(Everything())
    out = [rewriter.feed(page[at : at + 4096]) for at in range(0, len(page), 4096)]
    assert b"".join([*out, rewriter.close()]) == page
