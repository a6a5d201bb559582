"""The guard's rules: small, and in every answer the same as the server's catalogue."""

from __future__ import annotations

import random
import re

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
      addresses: addresses.map((address) => verdictOfAddress(address)?.[0].category ?? null),
      cookies: cookies.map((name) => verdictOfCookie(name)?.[0].category ?? null),
      rules: addresses.map((address) => verdictOfAddress(address)?.[1] ?? null),
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


def _paths(pattern, chance):
    """Paths and queries around a URL rule: what it describes, and near misses."""
    path = "".join(
        part if part != "*" else chance.choice(["", "x", "a/b", "%65", "ü", "%C3%BC", "%ff", "*"])
        for part in re.split(r"(\*)", pattern.path)
    )
    query = pattern.query.replace("*", chance.choice(["", "12", "a=b", "%2B+"]))
    name = query.partition("=")[0]
    for written in {path, path.replace("/*/", "/")}:
        yield from (written, f"{written}/", f"{written}//", f"{written}x", f"/x{written}")
        yield from (f"{written}?{query}", f"{written}?a=b&{query}&c", f"{written}/x?{query}x")
        yield from (f"{written}?x{query}", f"{written}?{name}", f"{written}?{name}=&{query}")
    yield path[:-1] + f"%{ord(path[-1]):02x}?%{ord((query or 'q')[0]):02x}{query[1:]}"
    yield f"{path.upper()}?{query.upper()}"


def _hosts(host):
    """Hosts around that of a rule, and how an address may spell them."""
    yield from (f"https://{host}", f"http://sub.{host}:8443", f"wss://{host}.", f"//a.b.{host}")
    yield from (f"https://x{host}", f"https://{host}.example", f"https://user:pw@{host.upper()}")
    yield f"https://{host.partition('.')[2] or host}"


def _addresses(catalogue, *, seed, hosts):
    """Addresses around each rule, and of its paths on hosts of other rules."""
    chance = random.Random(seed)
    known = sorted({*catalogue.built_in.hosts, *catalogue.site.hosts, *catalogue.built_in.paths})
    known.remove("*")
    for layer in (catalogue.site, catalogue.built_in):
        for host in chance.sample(sorted(layer.hosts), min(hosts, len(layer.hosts))):
            path = chance.choice(["/", "/a.js", "/?x=1", "/gtm.js?id=GTM-1", "/a/prebid.js", ""])
            yield from (place + path for place in _hosts(host))
            yield f"/{host}/"
        tables = {"": layer.own_paths, **layer.paths}
        for host in chance.sample(sorted(tables), min(hosts, len(tables))):
            for pattern in tables[host].patterns:
                elsewhere = chance.sample(known, 2)
                places = ["", *map("https://{}".format, [*elsewhere, "unknown.example"])]
                places += [] if host in ("", "*") else _hosts(host)
                for path in _paths(pattern, chance):
                    yield chance.choice(places) + path
                    if host == "*":
                        yield f"https://{chance.choice(known)}{path}"


def _site_catalogue():
    """The built-in catalogue, and a site's own word on some of it."""
    rules = [
        _rule("host", "googletagmanager.com", category="status"),
        _rule("host", "shop.cdn.example", category="status"),
        _rule("host", "cdn.example"),
        _rule("host", "localhost"),
        _rule("url", "https://www.facebook.com/tr/*", category="status"),
        _rule("url", "https://cdn.example/free/*?for=*", category="status"),
        _rule("url", "https://*/*/house-ads/*"),
        _rule("url", "https://*/*/house-ads/own/*", category="status"),
        _rule("url", "/promo/*"),
        _rule("url", "/förderung/*"),
        _rule("url", "/promo/keep*", category="analytics"),
    ]
    return load_catalogue().extended(rules)


READ = """
    return given.map((address) => {
      try {
        const { protocol, hostname, pathname, search } = new URL(address, self.origin);
        return [/^(http|ws)s?:/.test(protocol), hostname, pathname + search];
      } catch { return null }
    });
"""


@pytest.mark.parametrize("denied", [("advertising",), ("analytics",), OPTIONAL], ids="-".join)
@pytest.mark.parametrize("build", [load_catalogue, _site_catalogue], ids=["built-in", "site"])
def test_the_browser_decides_about_addresses_as_the_server_does(build, denied):
    catalogue = build()
    addresses = sorted(set(_addresses(catalogue, seed=6, hosts=250)))
    assert len(addresses) > 20_000
    answers = _browser_answers(catalogue, denied=denied, addresses=addresses)["addresses"]
    index = catalogue.denying(frozenset(denied))
    read = evaluate(READ, rules=[], origin="https://www.site.example", given=addresses)
    different = {}
    for address, answer, taken_apart in zip(addresses, answers, read, strict=True):
        if taken_apart is None or not taken_apart[0]:
            assert answer is None
            continue
        _, host, target = taken_apart
        found = index.target(host.removesuffix("."), target, own_host="www.site.example")
        if bool(found) != bool(answer):
            different[address] = answer, found and found.rule.pattern
    assert different == {}
    assert {*answers} == {*denied, None}


def test_the_browser_decides_about_cookies_as_the_server_does():
    catalogue = load_catalogue()
    chance = random.Random(7)
    names = [rule.pattern for rule in catalogue.built_in.rules if rule.kind == "cookie"]
    cookies = [
        name.replace("*", filling)
        for name in names
        for filling in (["", chance.choice(["1", "x_y", ".$"])] if "*" in name else [""])
    ]
    # A visitor's choice is kept under whatever prefix it stands.
    cookies += [name.replace("*", "my_optout") for name in names if "*" in name]
    cookies += [f"{name}-OPT_OUT" for name in names]
    cookies += [f"x{name}" for name in cookies[:300]] + [f"{name}x" for name in cookies[:300]]
    answers = _browser_answers(catalogue, cookies=cookies)["cookies"]
    found = [catalogue.classify_cookie(name, set_by_site=True) for name in cookies]
    expected = [c.category if c and c.category in OPTIONAL else None for c in found]
    asked = zip(cookies, answers, expected, strict=True)
    assert [(name, answer, said) for name, answer, said in asked if answer != said] == []
    assert {"advertising", "analytics", None} <= set(answers)


@pytest.mark.parametrize("of_the_site", [False, True], ids=["built-in", "site"])
def test_a_word_for_a_choice_goes_before_a_prefix_and_after_a_name(of_the_site):
    words = [_rule("cookie", "*optout*", category="consent")]
    rules = [_rule("cookie", "_ad*"), _rule("cookie", "_ad_optout_id"), _rule("cookie", "sid_*")]
    catalogue = Catalogue(rules + ([] if of_the_site else words))
    catalogue = catalogue.extended(words if of_the_site else [])
    expected = {
        "_ad_optout": None,
        "sid_optout_1": None,
        "_ad_optout_id": None if of_the_site else "advertising",
        "_ad_opt": "advertising",
    }
    answers = _browser_answers(catalogue, cookies=list(expected))["cookies"]
    assert dict(zip(expected, answers, strict=True)) == expected
    found = [catalogue.classify_cookie(name, set_by_site=True).category for name in expected]
    assert [c if c != "consent" else None for c in found] == list(expected.values())


def test_a_word_of_the_sites_goes_before_what_is_built_in():
    built_in = Catalogue([_rule("cookie", "lang_*", category="status"), _rule("cookie", "la*")])
    catalogue = built_in.extended([_rule("cookie", "*_partner*")])
    answers = _browser_answers(catalogue, cookies=["lang_partner", "lang_x", "lax"])["cookies"]
    assert answers == ["advertising", None, "advertising"]


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
            _rule("url", "https://mixed.example/find?q=two words*"),
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
        "https://mixed.example/tag.js?id=%41W%2d7": "advertising",
        "https://mixed.example/tag.js?id=G-7": None,
        "https://mixed.example/tag.js?idx=AW-7": None,
        "https://mixed.example/find?q=two+words": "advertising",
        "https://mixed.example/%EF%BB%BFpixel/1.gif": None,
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
