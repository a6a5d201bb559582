"""Which cookies pass, in either direction."""

from datetime import UTC, datetime

import pytest

from consentmw.core.catalogue import Catalogue, Rule
from consentmw.suppression.cookies import denied_set_cookie, keep_cookies

NOW = datetime(2026, 11, 22, tzinfo=UTC)
OWN = frozenset({"__Host-privacy_choices"})


def _rule(pattern, category, *, distinctive=True, from_site=False):
    return Rule(
        kind="cookie",
        pattern=pattern,
        category=category,
        vendor="Vendor",
        source="test",
        distinctive=distinctive,
        from_site=from_site,
    )


CATALOGUE = Catalogue(
    [
        _rule("_fbp", "advertising"),
        _rule("_gcl_*", "advertising"),
        _rule("_ga", "analytics"),
        _rule("_ga_*", "analytics"),
        _rule("id", "advertising", distinctive=False),
        _rule("sessionid", "authentication"),
    ]
)
ADVERTISING = CATALOGUE.denying(frozenset({"advertising"}))


def _denied(field, *, index=ADVERTISING):
    cookie = denied_set_cookie(field.encode("latin-1"), index=index, own_names=OWN, now=NOW)
    return cookie and cookie.name


@pytest.mark.parametrize(
    "field",
    [
        "_fbp=1",
        "_fbp=",
        "  _fbp\t=1; Path=/",
        "_fbp=a=b; Secure",
        "_gcl_au=1",
        "_gcl_=1",
        "_fbp=1; Max-Age=1",
        "_fbp=1; Max-Age=0; Max-Age=60",
        "_fbp=1; Max-Age=x",
        "_fbp=1; Max-Age=-",
        "_fbp=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
        "_fbp=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Expires=Fri, 01 Jan 2100 00:00:00 GMT",
        "_fbp=1; Expires=yesterday",
        '_fbp="a; Max-Age=0"; Path=/'.replace("; Max", " Max"),
    ],
)
def test_a_cookie_of_a_denied_category_is_not_set(field):
    assert _denied(field) in ("_fbp", "_gcl_au", "_gcl_")


@pytest.mark.parametrize(
    "field",
    [
        "_ga=1",  # another category
        "_ga_ABC=1",
        "_FBP=1",  # names are case-sensitive
        "_fbpx=1",
        "x_fbp=1",
        "_gcl=1",
        "_fbp",  # a value without a name
        "=_fbp",
        "a=_fbp=1",
        "",
        "id=1",  # too common a name to tell whose it is
        "sessionid=1",
        "__Host-privacy_choices=1",
    ],
)
def test_other_cookies_are_set(field):
    assert _denied(field) is None


@pytest.mark.parametrize(
    "field",
    [
        "_fbp=; Max-Age=0",
        "_fbp=1;max-age = -1",
        "_fbp=1; Max-Age=00; Expires=Fri, 01 Jan 2100 00:00:00 GMT",
        "_fbp=; Expires=Thu, 01-Jan-1970 00:00:00 GMT",
        "_fbp=; expires=Sun, 22 Nov 2026 00:00:00 GMT",
        "_fbp=; Expires=Fri, 01 Jan 2100 00:00:00 GMT; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
    ],
)
def test_a_deletion_always_passes(field):
    assert _denied(field) is None


def test_what_is_required_is_never_held_back():
    index = CATALOGUE.denying(frozenset({"advertising", "analytics"}))

    assert _denied("sessionid=1; HttpOnly", index=index) is None


def test_the_sites_own_file_may_claim_a_common_name():
    catalogue = CATALOGUE.extended([_rule("id", "advertising", from_site=True)])

    assert _denied("id=1", index=catalogue.denying(frozenset({"advertising"}))) == "id"


def test_a_request_keeps_its_other_cookies_byte_for_byte():
    kept = keep_cookies(
        b'a=1;  b="x y" ; _fbp=fb.1; _ga=GA1;sessionid=s; _gcl_au=1;c;=d',
        index=ADVERTISING,
        own_names=OWN,
    )

    assert kept.value == b'a=1;  b="x y" ; _ga=GA1;sessionid=s;c;=d'
    assert [cookie.name for cookie in kept.denied] == ["_fbp", "_gcl_au"]


def test_a_request_without_denied_cookies_keeps_its_very_field():
    value = b"a=1; b=2;; "

    assert keep_cookies(value, index=ADVERTISING, own_names=OWN).value is value


@pytest.mark.parametrize("space", [" ", "\t", "\x0b", "\x0c", "\x1c", "\x85", "\xa0", " \x0b\t"])
def test_a_name_is_what_an_app_finds_behind_any_white_space(space):
    """Starlette strips a name of all that `str.strip` takes for white space."""
    field = f"a=1; {space}_fbp{space}=2;b=3".encode("latin-1")

    assert keep_cookies(field, index=ADVERTISING, own_names=OWN).value == b"a=1;b=3"


def test_nothing_is_left_where_all_is_denied():
    assert keep_cookies(b" _fbp=1; _gcl_au=2 ", index=ADVERTISING, own_names=OWN).value == b""
