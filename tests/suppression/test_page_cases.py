"""Pairs of files: a page, and what has to be left of it, however it is cut."""

from __future__ import annotations

from pathlib import Path
from random import Random, SystemRandom

import pytest

from consentmw.core.catalogue import Catalogue
from consentmw.core.rules import Rule
from consentmw.suppression.page import PagePolicy

CASES = sorted(
    path
    for path in (Path(__file__).parent / "cases").glob("*.html")
    if not path.name.endswith(".expected.html")
)
SEED = SystemRandom().randrange(1 << 32)


def rule(kind, pattern):
    return Rule(kind=kind, pattern=pattern, category="advertising", vendor="Ads", source="tests")


def build(**options):
    catalogue = Catalogue([rule("host", "ads.example"), rule("inline", "start('init'")])
    return PagePolicy(
        index=catalogue.denying(frozenset({"advertising"})),
        zone_denied=frozenset(),
        categories=("status", "advertising", "consent"),
        tag_attributes=("data-consent",),
        max_inline_bytes=1 << 20,
        **options,
    )


def rewrite(policy, page, cuts=(), **options):
    rewriter = policy.rewriter(host="own.example", charset="utf-8", **options)
    out = []
    for start, end in zip([0, *cuts], [*cuts, len(page)], strict=True):
        out.append(rewriter.feed(page[start:end]))
    return b"".join([*out, rewriter.close()])


@pytest.fixture(params=CASES, ids=lambda path: path.stem)
def case(request):
    path = request.param
    return path.read_bytes(), path.with_suffix(".expected.html").read_bytes()


@pytest.mark.parametrize("shortcuts", [True, False], ids=["with-shortcuts", "without"])
def test_a_page_whole_leaves_as_expected(case, shortcuts):
    page, expected = case
    assert rewrite(build(shortcuts=shortcuts), page) == expected


def test_a_page_byte_by_byte_leaves_as_expected(case):
    page, expected = case
    assert rewrite(build(), page, range(1, len(page))) == expected


def test_a_page_cut_anywhere_leaves_as_expected(case):
    page, expected = case
    policy = build()
    print(f"seed {SEED}")
    random = Random(SEED)
    for cut in range(len(page) + 1):
        assert rewrite(policy, page, [cut]) == expected, cut
    for _ in range(50):
        cuts = sorted(random.randrange(len(page) + 1) for _ in range(random.randrange(2, 8)))
        assert rewrite(policy, page, cuts) == expected, cuts


def test_a_page_with_nothing_denied_in_it_is_not_touched(case):
    page, _ = case
    catalogue = Catalogue([rule("host", "elsewhere.example")])
    policy = PagePolicy(
        index=catalogue.denying(frozenset({"advertising"})),
        zone_denied=frozenset(),
        categories=("status", "advertising"),
        tag_attributes=(),
        max_inline_bytes=1 << 20,
    )
    assert rewrite(policy, page, [len(page) // 2]) == page
