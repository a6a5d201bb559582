import pytest

from consentmw.core.patterns import CookieTable, Glob, PathTable, UrlPattern, check_host
from consentmw.core.rules import Rule
from consentmw.errors import CatalogueError


def rule(kind, pattern, category="advertising", **more):
    return Rule(kind=kind, pattern=pattern, category=category, vendor="V", source="test", **more)


def url(pattern):
    return UrlPattern(rule("url", pattern))


@pytest.mark.parametrize(
    ("text", "matching", "others"),
    [
        ("abc", ["abc"], ["ab", "abcd", "xabc", ""]),
        ("a*", ["a", "ab", "a*"], ["ba", ""]),
        ("*a", ["a", "ba"], ["ab"]),
        ("a*c", ["ac", "abc", "abcbc"], ["a", "c", "acb"]),
        ("ab*bc", ["abbc", "ab-bc"], ["abc"]),
        ("a*b*c", ["abc", "a-b-c", "aXbYbc"], ["acb", "ac"]),
        ("*", ["", "anything"], []),
        ("a**b", ["ab", "a-b"], ["a"]),
    ],
)
def test_a_star_is_any_run_of_characters(text, matching, others):
    glob = Glob(text)
    assert [name for name in [*matching, *others] if glob.matches(name)] == matching


def test_a_glob_of_many_stars_takes_no_longer_than_its_text_is_long():
    assert not Glob("a*" * 30 + "b").matches("a" * 100_000)


@pytest.mark.parametrize(
    ("pattern", "matching", "others"),
    [
        ("https://x.com/tr", ["/tr", "/tr/"], ["/track", "/tr/x", "/a/tr", "/TR"]),
        ("https://x.com/tr/*", ["/tr", "/tr/", "/tr/x/y"], ["/track", "/a/tr/x"]),
        ("https://x.com/tr*", ["/tr", "/track", "/tr/x"], ["/t"]),
        ("https://x.com/*/p.js", ["/p.js", "/a/p.js", "/a/b/p.js"], ["/xp.js", "/p.json"]),
        ("https://x.com/*/lib/*", ["/lib", "/lib/a", "/v1/lib/a"], ["/libs/a", "/mylib/a"]),
        ("https://x.com", ["/", "/anything"], []),
        ("https://x.com/", ["/"], ["/anything"]),
    ],
)
def test_a_path_is_compared_whole_unless_it_has_a_star(pattern, matching, others):
    table = PathTable([url(pattern)])
    assert [path for path in [*matching, *others] if table.find(path)] == matching
    assert [path for path in [*matching, *others] if url(pattern).matches(path, "")] == matching


@pytest.mark.parametrize(
    ("query", "matches"),
    [
        ("id=AW-1", True),
        ("l=x&id=AW-1", True),
        ("id=G-1&id=AW-1", True),
        ("id=AW%2D1", True),
        ("id=", False),
        ("", False),
        ("xid=AW-1", False),
        ("id=G-1&x=AW-1", False),
    ],
)
def test_parameters_stand_in_any_order(query, matches):
    assert url("https://x.com/js?id=AW-*").matches("/js", query) is matches


def test_every_parameter_of_a_pattern_has_to_be_there():
    pattern = url("https://x.com/c?tid=G-*&en=*")
    assert pattern.matches("/c", "en=&tid=G-1")
    assert not pattern.matches("/c", "tid=G-1")


def test_a_path_is_compared_decoded():
    assert PathTable([url("https://x.com/pixel/*")]).find("/pi%78el/1") is not None


def test_the_more_literal_pattern_of_a_host_decides():
    wide, narrow, named = (
        url("https://x.com/a/*"),
        url("https://x.com/a/b/*"),
        url("https://x.com/*/p.js"),
    )
    table = PathTable([wide, named, narrow])
    assert table.find("/a/b/c") is narrow.rule
    assert table.find("/a/c") is wide.rule
    assert table.find("/a/p.js") is named.rule
    assert table.find("/a/b/p.js") is named.rule
    assert table.find("/c") is None


def test_a_query_makes_a_pattern_more_specific():
    plain, asked = url("https://x.com/js"), url("https://x.com/js?id=AW-*")
    table = PathTable([plain, asked])
    assert table.find("/js?id=AW-1") is asked.rule
    assert table.find("/js?id=G-1") is plain.rule


@pytest.mark.parametrize(
    ("pattern", "host", "path", "query"),
    [
        ("https://x.com/a?b=c", "x.com", "/a", "b=c"),
        ("http://X.com/a", "x.com", "/a", ""),
        ("//x.com/a", "x.com", "/a", ""),
        ("x.com/a", "x.com", "/a", ""),
        ("*.x.com/a", "x.com", "/a", ""),
        ("google.*/a", "google.*", "/a", ""),
        ("https://*/a", "*", "/a", ""),
        ("/a*", "", "/a*", ""),
    ],
)
def test_a_url_pattern_is_taken_apart(pattern, host, path, query):
    taken = url(pattern)
    assert (taken.host, taken.path, taken.query) == (host, path, query)


@pytest.mark.parametrize(
    "pattern", ["", "?a=b", "https://", "https://a*b.com/x", "a b/c", "x.com/#a"]
)
def test_what_is_no_url_pattern_says_so(pattern):
    with pytest.raises(CatalogueError):
        url(pattern)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Ads.Example.com", "ads.example.com"),
        ("*.example.com", "example.com"),
        (".example.com", "example.com"),
        ("example.com.", "example.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("_dmarc.example.com", "_dmarc.example.com"),
        ("google.*", "google.*"),
    ],
)
def test_a_host_has_one_spelling(written, kept):
    assert check_host(written) == kept


@pytest.mark.parametrize(
    ("host", "hint"),
    [
        ("https://example.com", "belongs under 'urls'"),
        ("a b.com", "not a host name"),
        ("ex*.com", "not a host name"),
        ("-a.com", "not a host name"),
        ("", "not a host name"),
        ("a..ü.com", "not a host name"),
    ],
)
def test_what_is_no_host_says_so(host, hint):
    with pytest.raises(CatalogueError, match=hint):
        check_host(host)


def test_an_exact_cookie_name_outranks_patterns_and_a_longer_pattern_a_shorter():
    rules = [rule("cookie", name) for name in ("_ga", "_ga*", "_ga_*", "_gat_*_x", "*_x")]
    table = CookieTable(rules)
    assert {
        name: found.pattern
        for name in ("_ga", "_gab", "_ga_1", "_gat_1_x", "a_x")
        if (found := table.find(name))
    } == {
        "_ga": "_ga",
        "_gab": "_ga*",
        "_ga_1": "_ga_*",
        "_gat_1_x": "_gat_*_x",
        "a_x": "*_x",
    }
    assert table.find("ga") is None
    assert table.find("_GA") is None


def test_how_a_cookie_begins_says_more_than_a_word_anywhere_in_it():
    table = CookieTable([rule("cookie", "*Session*"), rule("cookie", "QSI_*")])
    assert table.find("QSI_HistorySession").pattern == "QSI_*"
    assert table.find("xSession").pattern == "*Session*"


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("_v_optout", "*optout*"),
        ("_v_opt", "_v_*"),
        ("_v_set", "_v_set"),
        ("_v_session", "_v_*"),
        ("cmp_optout", "cmp_*"),
    ],
)
def test_a_word_for_a_visitors_choice_goes_before_a_vendors_prefix(name, pattern):
    rules = [
        rule("cookie", "_v_*"),
        rule("cookie", "_v_set"),
        rule("cookie", "cmp_*", "consent"),
        rule("cookie", "*optout*", "consent"),
        rule("cookie", "*_set*", "consent", distinctive=False),
        rule("cookie", "*session*", "status"),
    ]
    assert CookieTable(rules).find(name).pattern == pattern


def test_a_table_of_cookies_tells_the_order_in_which_it_tries_its_rules():
    patterns = ["_v_*", "_v_set", "*optout*", "cmp_*", "*session*", "_v_x_*"]
    kinds = {"*optout*": "consent", "cmp_*": "consent"}
    table = CookieTable(rule("cookie", name, kinds.get(name, "advertising")) for name in patterns)
    assert [found.pattern for found in table.in_order()] == [
        "_v_set",
        "cmp_*",
        "*optout*",
        "_v_x_*",
        "_v_*",
        "*session*",
    ]


@pytest.mark.parametrize(
    ("pattern", "needle", "path"),
    [
        ("https://*/*/www/delivery/*", "/www/delivery", "/www/delivery"),
        ("https://*/*/www/delivery/*", "/www/delivery", "/a/www/delivery/x.js"),
        ("https://ads.example/px/*", "/px", "/px"),
        ("https://ads.example/px.gif", "/px.gif", "/px.gif/"),
        ("https://ads.example", "", "/"),
    ],
)
def test_the_needle_of_a_pattern_stands_in_all_it_matches(pattern, needle, path):
    assert url(pattern).needle == needle
    assert needle in path
    assert url(pattern).matches(path, "")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("id=AW-1", True),
        ("x=1&id=AW-1", True),
        ("id=%41W-1", True),
        ("id=AW%2D1", True),
        ("id=G-1&x=id=AW-1", False),
        ("xid=AW-1", False),
        ("id=aw-1", False),
    ],
)
def test_a_parameter_is_found_wherever_it_stands_and_however_it_is_escaped(query, found):
    assert url("https://ads.example/js?id=AW-*").matches("/js", query) is found


def test_a_parameter_needs_no_value_where_the_rule_asks_for_none():
    assert url("https://ads.example/js?ads").matches("/js", "x&ads")
