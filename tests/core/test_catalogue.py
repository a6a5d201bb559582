import pytest

from consentmw.core.catalogue import Catalogue
from consentmw.core.layers import RuleLayer
from consentmw.core.rules import Rule
from consentmw.errors import CatalogueError

ADVERTISING = frozenset({"advertising"})


def rule(kind, pattern, category="advertising", **more):
    return Rule(kind=kind, pattern=pattern, category=category, vendor="V", source="test", **more)


def host(pattern, category="advertising"):
    return rule("host", pattern, category)


def url(pattern, category="advertising"):
    return rule("url", pattern, category)


def cookie(pattern, category="advertising", **more):
    return rule("cookie", pattern, category, **more)


def pattern_of(classification):
    return classification and classification.rule.pattern


def category_of(classification):
    return classification and classification.category


def test_the_answer_names_the_rule_it_rests_on():
    ads = host("ads.example")
    answer = Catalogue([ads]).classify_url("https://ads.example/x")
    assert (answer.category, answer.vendor, answer.rule) == ("advertising", "V", ads)


@pytest.mark.parametrize(
    ("address", "known"),
    [
        ("https://ads.example/", True),
        ("https://a.b.ads.example/x", True),
        ("//ads.example", True),
        ("https://notads.example/", False),
        ("https://ads.example.com/", False),
        ("https://example.com/?u=https://ads.example/", False),
        ("https://example.com/ads.example/", False),
        ("https://ads.example@example.com/", False),
        ("https://example.com@ads.example/", True),
        ("data:text/plain,//ads.example/", False),
        ("/ads.example", False),
    ],
)
def test_a_host_covers_its_subdomains_and_nothing_that_looks_like_it(address, known):
    assert (Catalogue([host("ads.example")]).classify_url(address) is not None) is known


def test_the_longest_host_with_a_matching_rule_decides():
    catalogue = Catalogue(
        [host("x.com"), host("login.x.com", "authentication"), url("https://x.com/pay/*", "status")]
    )
    assert pattern_of(catalogue.classify_url("https://a.login.x.com/pay/1")) == "login.x.com"
    assert pattern_of(catalogue.classify_url("https://www.x.com/pay/1")) == "https://x.com/pay/*"
    assert pattern_of(catalogue.classify_url("https://www.x.com/1")) == "x.com"


def test_a_rule_for_any_host_holds_where_nothing_else_is_known():
    catalogue = Catalogue([url("https://*/*/p.js"), host("cdn.example", "status")])
    assert category_of(catalogue.classify_url("https://any.example/a/p.js")) == "advertising"
    assert category_of(catalogue.classify_url("https://cdn.example/a/p.js")) == "status"
    assert catalogue.classify_url("/a/p.js", own_host="any.example") is None


def test_a_country_wide_host_stands_for_the_domains_that_are_listed():
    countries = {"google.*": ("google.com", "google.de")}
    layer = RuleLayer(
        [
            url("https://www.google.*/ads/*"),
            url("https://www.google.de/ads/x", "status"),
            host("ads.google.*"),
        ],
        countries=countries,
    )
    catalogue = Catalogue(layer)
    assert category_of(catalogue.classify_url("https://www.google.com/ads/x")) == "advertising"
    assert category_of(catalogue.classify_url("https://www.google.de/ads/x")) == "status"
    assert category_of(catalogue.classify_url("https://www.google.de/ads/y")) == "advertising"
    assert category_of(catalogue.classify_url("https://ads.google.de/")) == "advertising"
    assert catalogue.classify_url("https://www.google.evil.example/ads/x") is None


def test_a_country_wide_host_that_nothing_explains_is_an_error():
    with pytest.raises(CatalogueError, match=r"google\.\*"):
        RuleLayer([host("google.*")])


def test_a_site_outranks_what_is_built_in_however_specific_that_is():
    catalogue = Catalogue([url("https://ads.x.com/pixel/*")]).extended([host("x.com", "status")])
    answer = catalogue.classify_url("https://ads.x.com/pixel/1")
    assert answer.category == "status"
    assert answer.rule.from_site


def test_a_later_extension_outranks_an_earlier_one_of_its_pattern():
    catalogue = Catalogue().extended([host("x.com")]).extended([host("x.com", "status")])
    assert category_of(catalogue.classify_url("https://x.com/")) == "status"
    assert len(catalogue.rules) == 1


def test_a_site_is_never_what_the_catalogue_says_of_its_host():
    catalogue = Catalogue([host("facebook.com")])
    for address in ("https://www.facebook.com/tr", "/tr", "tr"):
        assert catalogue.classify_url(address, own_host="www.facebook.com") is None
    # Its other hosts are other hosts.
    assert catalogue.classify_url("https://ads.facebook.com/", own_host="www.facebook.com")


def test_a_site_is_what_its_own_file_says_of_it():
    catalogue = Catalogue().extended([url("/banners/*"), host("me.example", "status")])
    assert category_of(catalogue.classify_url("/banners/1", own_host="me.example")) == "advertising"
    assert category_of(catalogue.classify_url("/a", own_host="me.example")) == "status"
    assert category_of(catalogue.classify_url("https://x.example/banners/1")) is None


def test_a_cookie_of_a_generic_name_is_never_taken_for_the_sites():
    catalogue = Catalogue([cookie("id", distinctive=False), cookie("_fbp")])
    assert category_of(catalogue.classify_cookie("id", set_by_site=False)) == "advertising"
    assert catalogue.classify_cookie("id", set_by_site=True) is None
    assert category_of(catalogue.classify_cookie("_fbp", set_by_site=True)) == "advertising"
    assert catalogue.classify_cookie("unknown", set_by_site=False) is None


def test_a_site_may_name_a_cookie_that_is_generic_elsewhere():
    built_in = Catalogue([cookie("id", distinctive=False)])
    catalogue = built_in.extended([cookie("id", "analytics")])
    assert category_of(catalogue.classify_cookie("id", set_by_site=True)) == "analytics"


def test_long_names_and_urls_are_answered_without_being_remembered():
    catalogue = Catalogue([host("ads.example"), cookie("_x*")])
    tail = "a" * 10_000
    assert catalogue.classify_url(f"https://ads.example/{tail}")
    assert catalogue.classify_target("ads.example", f"/{tail}")
    assert catalogue.classify_cookie(f"_x{tail}", set_by_site=True)


def test_equal_rules_have_one_version_and_other_rules_another():
    one, same = Catalogue([host("x.com")]), Catalogue([host("x.com")])
    assert one.version == same.version
    versions = {
        one.version,
        Catalogue([host("y.com")]).version,
        one.extended([host("y.com")]).version,
        one.extended([host("y.com", "status")]).version,
    }
    assert len(versions) == 4
    assert one.extended([]).version == one.version


def test_a_denied_set_sees_only_what_is_denied():
    catalogue = Catalogue([host("ads.example"), host("stats.example", "analytics"), cookie("_x")])
    index = catalogue.denying(ADVERTISING)
    assert index is catalogue.denying(frozenset({"advertising"}))
    assert index.target("a.ads.example", "/", own_host="me.example")
    assert index.target("stats.example", "/", own_host="me.example") is None
    assert index.target("other.example", "/", own_host="me.example") is None
    assert index.cookie("_x", set_by_site=True)
    assert catalogue.denying(frozenset()).cookie("_x", set_by_site=True) is None


@pytest.mark.parametrize(
    ("name", "around", "watched"),
    [
        ("a.ads.example", b"", True),
        ("example", b"", False),
        ("mixed.example", b"", True),
        ("cdn.example", b"/p.js", True),
        ("cdn.example", b"/x.js", False),
        ("shop.example", b"/p.js", False),
        ("unknown.example", b"/x.js", False),
        ("unknown.example", b"/a/p.js", True),
        ("unknown.example", b"/%70.js", True),
        ("me.example", b"/p.js", False),
    ],
)
def test_what_is_not_watched_for_is_surely_not_denied(name, around, watched):
    catalogue = Catalogue(
        [
            host("ads.example"),
            host("cdn.example", "status"),
            url("https://mixed.example/a"),
            url("https://*/*/p.js"),
        ],
        site=[host("shop.example", "status")],
    )
    index = catalogue.denying(ADVERTISING)
    pattern = index.watch_for(name, own_host="me.example")
    assert (pattern is not None and pattern.search(around)) is watched


def test_what_any_host_is_denied_for_is_denied_of_known_hosts_too():
    built_in = Catalogue(
        [
            host("cdn.example", "status"),
            url("https://cdn.example/a/p.js", "status"),
            url("https://*/*/p.js"),
            url("https://*/*/m.js", "analytics"),
        ]
    )
    index = built_in.extended([host("shop.example", "status")]).denying(ADVERTISING)
    for target in ("/p.js", "/a/p.js"):
        assert index.target("cdn.example", target, own_host="me.example").rule.pattern.endswith(
            "p.js"
        )
        assert index.target("shop.example", target, own_host="me.example") is None
        assert index.target("cdn.example", target, own_host="cdn.example") is None
    assert index.target("cdn.example", "/m.js", own_host="me.example") is None
    assert index.target("cdn.example", "/", own_host="me.example") is None


def test_an_unknown_host_is_not_watched_where_no_rule_is_for_any_host():
    index = Catalogue([host("ads.example")]).denying(ADVERTISING)
    assert index.watch_for("unknown.example") is None
    assert index.watch_for("ads.example") is not None


def test_the_own_host_is_watched_for_what_the_sites_file_says_of_it():
    plain = Catalogue([host("me.example")])
    assert plain.denying(ADVERTISING).watch_for("me.example", own_host="me.example") is None
    for own in (url("/banners/*"), host("me.example")):
        index = plain.extended([own]).denying(ADVERTISING)
        assert index.watch_for("me.example", own_host="me.example") is not None
    assert plain.extended([url("/banners/*")]).denying(ADVERTISING).site_paths


def test_a_script_is_denied_for_the_first_denied_thing_it_loads():
    catalogue = Catalogue(
        [
            host("ads.example"),
            host("stats.example", "analytics"),
            rule("inline", "adsgo('init'"),
            rule("inline", "statgo('init'", "analytics"),
        ]
    )
    index = catalogue.denying(ADVERTISING)
    script = "statgo('init');a.src='https://stats.example/s.js';b.src='https://ads.example/a.js';adsgo('init')"
    assert [pattern_of(answer) for answer in catalogue.classify_inline(script)] == [
        "statgo('init'",
        "stats.example",
        "ads.example",
        "adsgo('init'",
    ]
    assert pattern_of(index.inline(script)) == "ads.example"
    assert pattern_of(index.inline(script + " " * 20_000)) == "ads.example"
    assert pattern_of(index.inline_in(script.encode(), "utf-8", own_host="")) == "ads.example"
    other = b"statgo('init');a.src='https://stats.example/s.js'"
    assert index.inline_in(other, "utf-8", own_host="") is None
    assert index.inline("a.src='https://ads.example/a.js'", own_host="ads.example") is None


def test_a_sites_inline_rule_replaces_the_built_in_one_of_its_pattern():
    catalogue = Catalogue([rule("inline", "adsgo('init'")])
    own = catalogue.extended([rule("inline", "adsgo('init'", "status")])
    assert [category_of(answer) for answer in own.classify_inline("adsgo('init')")] == ["status"]
    assert own.denying(ADVERTISING).inline("adsgo('init')") is None


def test_a_rule_for_any_host_is_kept_once():
    anywhere = url("https://*/*/ads.js")
    assert [p.rule for p in RuleLayer([anywhere]).paths["*"].patterns] == [anywhere]


@pytest.mark.parametrize("name", ["shop.example", "a.b.shop.example", "example", "", "x.", "[::1]"])
def test_a_host_that_nothing_is_known_of_is_asked_for_what_holds_anywhere(name):
    layer = RuleLayer([host("ads.example"), url("https://*/*/ads.js")])
    assert layer.find(name, "/x") is None
    assert layer.find(name, "/x/ads.js").pattern == "https://*/*/ads.js"


def test_a_rule_for_a_top_level_domain_is_found():
    assert RuleLayer([host("localhost"), host("adult")]).find("a.b.adult", "/").pattern == "adult"
