"""The guard's rules: small, and in every answer the same as the server's catalogue."""

from __future__ import annotations

import gzip
import json
import random

import pytest
from node import evaluate

from consentmw.browser.rules import build_rules
from consentmw.core.catalogue import Catalogue, Rule
from consentmw.core.categories import Category
from consentmw.data import load_catalogue

VERDICTS = """
    const { verdictOfAddress, verdictOfCookie } = await client('rules');
    const { addresses = [], cookies = [] } = given;
    return {
      addresses: addresses.map((address) => verdictOfAddress(address)?.category.category ?? null),
      cookies: cookies.map((name) => verdictOfCookie(name)?.category.category ?? null),
      rules: addresses.map((address) => verdictOfAddress(address)?.rule ?? null),
    };
"""
OPTIONAL = ("advertising", "analytics")


def _rule(kind, pattern, category="advertising", **options):
    return Rule(kind=kind, pattern=pattern, category=category, vendor="V", source="test", **options)


def _rules(catalogue, *names):
    built = [build_rules(catalogue, Category(name=name)) for name in names]
    return [rules for rules in built if rules is not None]


def _browser_answers(catalogue, *, denied=OPTIONAL, host="www.site.example", **given):
    rules = _rules(catalogue, *denied)
    return evaluate(VERDICTS, rules=rules, origin=f"https://{host}", given=given)


def _server_answers(catalogue, addresses, *, denied=OPTIONAL, host="www.site.example"):
    found = [catalogue.classify_url(address, own_host=host) for address in addresses]
    return [c.category if c and c.category in denied else None for c in found]


def _addresses(catalogue, *, seed, hosts):
    """Addresses around each rule: what it describes, and near misses."""
    chance = random.Random(seed)
    for layer in (catalogue.site, catalogue.built_in):
        for host in chance.sample(sorted(layer.hosts), min(hosts, len(layer.hosts))):
            yield f"https://{host}/a.js"
            yield f"//sub.{host}:8443/?x=1"
            yield f"wss://{host}./socket"
            yield f"https://not{host}/"
            yield f"https://{host}.example/"
            yield f"/{host}/"
        tables = [("", layer.own_paths), *sorted(layer.paths.items(), key=lambda item: item[0])]
        for host, table in chance.sample(tables, min(hosts, len(tables))):
            for pattern in table.patterns:
                path = pattern.path.replace("*", chance.choice(["", "x", "a/b", "%65"]))
                query = pattern.query.replace("*", "12")
                base = "https://www.site.example" if host in ("", "*") else f"https://www.{host}"
                yield f"{base}{path}"
                yield f"{base}{path}?{query}"
                if not pattern.path.startswith("/*/"):
                    yield f"{base}{path}/?a=b&{query}&c"
                yield f"{base}{path}x?{query}x"
                yield f"{base}/x{path}"


def test_the_browser_decides_about_addresses_as_the_server_does():
    catalogue = load_catalogue()
    addresses = list(_addresses(catalogue, seed=6, hosts=150))
    assert len(addresses) > 1000
    answers = _browser_answers(catalogue, addresses=addresses)["addresses"]
    expected = _server_answers(catalogue, addresses)
    different = [
        (address, browser, server)
        for address, browser, server in zip(addresses, answers, expected, strict=True)
        if browser != server
    ]
    # The one exception that `build_rules` names: a file that is denied on any host.
    any_host = {p.path for p in catalogue.built_in.paths["*"].patterns}
    assert [d for d in different if not any(p.strip("*") in d[0] for p in any_host)] == []
    assert {"advertising", "analytics", None} <= set(answers)


def test_the_browser_decides_about_cookies_as_the_server_does():
    catalogue = load_catalogue()
    chance = random.Random(7)
    names = [rule.pattern for rule in catalogue.built_in.rules if rule.kind == "cookie"]
    cookies = [
        name.replace("*", filling)
        for name in names
        for filling in ({"", chance.choice(["1", "x_y", ".$"])} if "*" in name else {""})
    ]
    cookies += [f"x{name}" for name in cookies[:300]] + [f"{name}x" for name in cookies[:300]]
    answers = _browser_answers(catalogue, cookies=cookies)["cookies"]
    found = [catalogue.classify_cookie(name, set_by_site=True) for name in cookies]
    expected = [c.category if c and c.category in OPTIONAL else None for c in found]
    assert answers == expected
    assert {"advertising", "analytics", None} <= set(answers)


@pytest.mark.parametrize("category", OPTIONAL)
def test_rules_of_a_category_are_under_20_kilobytes(category):
    rules = build_rules(load_catalogue(), Category(name=category))
    text = json.dumps(rules, separators=(",", ":")).encode()
    assert len(gzip.compress(text, 9)) < 20_000


@pytest.fixture
def catalogue():
    built_in = Catalogue(
        [
            _rule("host", "ads.example"),
            _rule("host", "login.ads.example", category="authentication"),
            _rule("host", "deep.login.ads.example"),
            _rule("url", "https://mixed.example/pixel/*"),
            _rule("url", "https://mixed.example/pixel/login*", category="authentication"),
            _rule("url", "https://mixed.example/tag.js?id=AW-*"),
            _rule("cookie", "_ad_*"),
            _rule("cookie", "_ad_login*", category="authentication"),
            _rule("cookie", "_ad_login_ad"),
            _rule("cookie", "_ad_one"),
            _rule("cookie", "id", distinctive=False),
            _rule("host", "stats.example", category="analytics"),
            _rule("cookie", "_st", category="analytics"),
            _rule("host", "www.site.example"),
        ]
    )
    return built_in.extended(
        [
            _rule("host", "kept.ads.example", category="status"),
            _rule("url", "/own-pixel/*"),
            _rule("cookie", "_ad_two", category="status"),
        ]
    )


def test_addresses_are_read_as_a_browser_reads_them(catalogue):
    expected = {
        "https://ads.example/": "advertising",
        "//a.b.ads.example": "advertising",
        "HTTPS://ADS.EXAMPLE./x": "advertising",
        " https:\\\\ads.example\t/x ": "advertising",
        "wss://ads.example/socket": "advertising",
        "https://badads.example/": None,
        "https://ads.example.org/": None,
        "https://login.ads.example/": None,
        "https://deep.login.ads.example/": "advertising",
        "https://kept.ads.example/": None,
        "https://mixed.example/pixel": "advertising",
        "https://mixed.example/pixel/login/x": None,
        "https://mixed.example/p%69xel/1.gif": "advertising",
        "https://mixed.example/pixels": None,
        "https://mixed.example/100%/pixel": None,
        "https://mixed.example/tag.js?a=1&id=AW-7": "advertising",
        "https://mixed.example/tag.js?id=G-7": None,
        "https://stats.example/": "analytics",
        "own-pixel/1.gif": "advertising",
        "https://www.site.example/": None,
        "data:text/javascript,//ads.example": None,
        "mailto:someone@ads.example": None,
        "https://ads.example:bad": None,
    }
    answers = _browser_answers(catalogue, addresses=list(expected))["addresses"]
    assert dict(zip(expected, answers, strict=True)) == expected
    readable = [address for address in expected if not address.endswith(":bad")]
    assert _server_answers(catalogue, readable) == [expected[address] for address in readable]


def test_cookies_go_by_the_most_exact_pattern_and_the_sites_own_word(catalogue):
    expected = {
        "_ad_x": "advertising",
        "_ad_one": "advertising",
        "_ad_two": None,
        "_ad_login": None,
        "_ad_login_ad": "advertising",
        "_st": "analytics",
        "id": None,
        "x_ad_": None,
    }
    answers = _browser_answers(catalogue, cookies=list(expected))["cookies"]
    assert dict(zip(expected, answers, strict=True)) == expected


def test_only_what_is_denied_is_denied(catalogue):
    addresses = ["https://ads.example/", "https://stats.example/"]
    answers = _browser_answers(catalogue, denied=("analytics",), addresses=addresses)
    assert answers["addresses"] == [None, "analytics"]


def test_the_rule_that_matched_is_named(catalogue):
    addresses = ["https://a.ads.example/", "https://mixed.example/tag.js?id=AW-7", "/own-pixel/1"]
    answers = _browser_answers(catalogue, addresses=addresses)
    assert answers["rules"] == ["ads.example", "mixed.example/tag.js?id=AW-*", "/own-pixel/*"]
    rules = build_rules(catalogue, Category(name="advertising"), names_vendors=True)
    assert {rules["vendors"][rule] for rule in answers["rules"]} == {"V"}
    assert "stats.example" not in rules["vendors"]


def test_a_category_of_which_nothing_is_known_has_no_rules():
    assert build_rules(Catalogue(), Category(name="reading")) is None
    only_paths = Catalogue().extended([_rule("url", "/x", category="status")])
    assert build_rules(only_paths, Category(name="reading")) is None


def test_stubs_stand_in_for_the_denied_vendors_only():
    rules = {name: build_rules(load_catalogue(), Category(name=name)) for name in OPTIONAL}
    assert {"fbq", "ttq", "lintrk"} <= set(rules["advertising"]["stubs"])
    assert "uetq" in rules["advertising"]["queues"]
    assert "hj" in rules["analytics"]["stubs"]
    assert not set(rules["advertising"]["stubs"]) & set(rules["analytics"]["stubs"])
