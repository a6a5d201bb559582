from datetime import UTC, datetime

import pytest

from consentmw.inspection.cookies import SetCookie, lifetime_words, read_set_cookie

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def test_every_attribute_is_read():
    value = "_fbp=1; Max-Age=7776000; Domain=.Example.com; Path=/; Secure; HttpOnly; SameSite=Lax"

    assert read_set_cookie(value, now=NOW) == SetCookie(
        name="_fbp",
        lifetime_seconds=7_776_000,
        http_only=True,
        secure=True,
        same_site="lax",
        domain="example.com",
    )


@pytest.mark.parametrize(
    ("attributes", "seconds"),
    [
        ("", None),
        ("; Max-Age=60", 60),
        ("; Max-Age=-1", -1),
        ("; Max-Age=soon", None),
        ("; Expires=Mon, 23 Nov 2026 00:00:00 GMT", 86_400),
        ("; Expires=Mon, 23 Nov 2026 00:00:00 -0000", 86_400),
        ("; Expires=Mon, 23 Nov 2026 00:00:00 GMT; Max-Age=60", 60),
        ("; Expires=never", None),
        ("; Expires=Mon, 23 Nov 2026 00:00:00 +99999999999999999999", None),
        ("; Max-Age=" + "9" * 5000, 9_999_999_999),
    ],
    ids=[
        "none",
        "age",
        "past",
        "word",
        "date",
        "no-zone",
        "age-outweighs-date",
        "no-date",
        "no-zone-at-all",
        "for-ever",
    ],
)
def test_the_lifetime_is_max_age_or_else_the_time_to_expires(attributes, seconds):
    cookie = read_set_cookie(f"a=1{attributes}", now=NOW)

    assert cookie is not None
    assert cookie.lifetime_seconds == seconds


@pytest.mark.parametrize("value", ["", "novalue", "=1", " =1; Path=/"])
def test_a_field_without_a_name_sets_no_cookie(value):
    assert read_set_cookie(value, now=NOW) is None


def test_a_cookie_in_the_past_is_a_deletion():
    gone = read_set_cookie("a=; Max-Age=0", now=NOW)
    kept = read_set_cookie("a=; Max-Age=1", now=NOW)

    assert gone is not None
    assert kept is not None
    assert (gone.deletes, kept.deletes) == (True, False)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "session"),
        (30, "1 minute"),
        (90 * 60, "2 hours"),
        (86_400, "1 day"),
        (90 * 86_400, "3 months"),
        (400 * 86_400, "1 year"),
        (730 * 86_400, "2 years"),
    ],
)
def test_a_lifetime_reads_as_in_a_privacy_notice(seconds, words):
    assert lifetime_words(seconds) == words
