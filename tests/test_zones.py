import pytest
from hypothesis import given
from hypothesis import strategies as st

from consentmw.config import Config, Zone

MEMBER = Zone(paths=("/member/*",), deny=frozenset({"advertising"}))


@pytest.mark.parametrize(
    "path",
    [
        "/member",
        "/member/",
        "/member/claims/1",
        "//member//claims",
        "/./member/x",
        "/news/../member/x",
        "/news/..//member",
        "/../member",
        "/member/../news",  # a router that takes it literally is in the member area
        "/Member/x",
        "/member\\claims",
        "\\member",
    ],
)
def test_a_path_is_in_the_zone_however_it_is_spelt(path):
    assert MEMBER.matches("example.com", path)


@pytest.mark.parametrize(
    "path", ["/", "", "/members", "/member-news", "/news/member", "/mem/ber", "/news", "/%6dember"]
)
def test_a_path_that_only_resembles_it_is_not(path):
    # The path of a scope is decoded once; "%6d" in it is what the app sees too.
    assert not MEMBER.matches("example.com", path)


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("/claims", "/claims", True),
        ("/claims", "/claims/", True),
        ("/claims", "/claims/1", False),
        ("/users/*/claims", "/users/7/claims", True),
        ("/users/*/claims", "/users/claims", False),
        ("/users/*/claims", "/users/7/8/claims", False),
        ("/users/*/claims/*", "/users/7/claims/2/print", True),
        ("/users/*/claims/*", "/users/7/claims", True),
        ("/*", "/", True),
        ("/*", "/anything/at/all", True),
        ("/", "/", True),
        ("/", "/news", False),
    ],
)
def test_a_star_stands_for_whole_segments(pattern, path, matches):
    assert Zone(paths=(pattern,)).matches("example.com", path) is matches


@pytest.mark.parametrize(
    ("host", "matches"),
    [
        ("member.example.com", True),
        ("MEMBER.example.com.", True),
        ("member.example.com:8443", True),
        ("a.member.example.com", True),
        ("example.com", False),
        ("amember.example.com", False),
        ("member.example.com.evil.net", False),
        ("", False),
        ("[::1]:80", False),
    ],
)
def test_a_host_covers_its_subdomains(host, matches):
    assert Zone(hosts=("member.example.com",)).matches(host, "/") is matches


def test_an_ipv6_host_is_itself():
    assert Zone(hosts=("[::1]",)).matches("[::1]:8000", "/")


def test_host_and_path_both_have_to_match():
    zone = Zone(hosts=("example.com",), paths=("/member/*",))
    assert zone.matches("example.com", "/member")
    assert not zone.matches("example.com", "/news")
    assert not zone.matches("example.org", "/member")


def test_a_site_denies_what_any_of_its_zones_denies():
    config = Config.from_mapping(
        {
            "zones": [
                {"paths": ["/member/*"], "deny": ["advertising"]},
                {"hosts": ["app.example.com"], "deny": ["analytics"]},
            ]
        },
        environ={},
    )
    assert config.zone_denied("app.example.com", "/member/1") == {"advertising", "analytics"}
    assert config.zone_denied("www.example.com", "/member/1") == {"advertising"}
    assert config.zone_denied("www.example.com", "/") == frozenset()


@pytest.mark.parametrize("written", ["/salud/año/*", "/salud/a%C3%B1o/*"])
def test_a_path_may_be_written_encoded_or_as_it_reads(written):
    zones = [{"paths": [written], "deny": ["advertising"]}]
    config = Config.from_mapping({"zones": zones}, environ={})
    assert config.zone_denied("example.com", "/salud/año/2026") == {"advertising"}


def test_a_site_without_zones_denies_nothing_anywhere():
    assert Config.from_mapping({}, environ={}).zone_denied("example.com", "/") == frozenset()


@given(st.text(), st.text())
def test_no_host_and_no_path_raises(host, path):
    zone = Zone(hosts=("example.com",), paths=("/member/*",))
    assert not zone.matches(host, path) or "member" in path.lower()


def test_a_path_that_is_too_long_to_be_remembered_is_in_its_zone():
    config = Config.from_mapping(
        {"zones": [{"paths": ["/member/*"], "deny": ["advertising"]}]}, environ={}
    )
    path = "/member/" + "a" * 10_000

    assert config.zone_denied("www.example.com", path) == {"advertising"}
    assert config.zone_denied("www.example.com", path[:-1] + "b") == {"advertising"}
    assert config.zone_denied("www.example.com", path.replace("member", "news")) == frozenset()
    assert config._zone_denied.cache_info().currsize == 0
