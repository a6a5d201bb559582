from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import Signer

from consentmw.core.categories import BUILT_IN, Category
from consentmw.core.choice import (
    MAX_CATEGORIES,
    NO_CHOICE,
    Choice,
    ChoiceReading,
    ChoiceSigner,
    digest_of,
)
from consentmw.errors import UnknownCategoryError

KEY = "first key, long enough"
TODAY = date(2026, 11, 22)
CHOICE = Choice(
    allowed=frozenset({"analytics"}),
    denied=frozenset({"advertising"}),
    revision=3,
    chosen_on=TODAY,
)
REPLAY = Category(name="session-replay", sale_or_share=True)


def signer(*keys, categories=BUILT_IN, max_age_days=400):
    return ChoiceSigner(keys or (KEY,), categories=categories, max_age_days=max_age_days)


def read(value, *, today=TODAY, by=None):
    return (by or signer()).read([value], today=today)


def unverified(status, *denied):
    return ChoiceReading(choice=None, status=status, denied=frozenset(denied))


def forge(payload, key=KEY, salt="consentmw.choice"):
    """A value that is signed as ours are, whatever it says."""
    import hashlib

    own = Signer([key], salt=salt.encode(), key_derivation="hmac", digest_method=hashlib.sha256)
    return own.sign(payload.encode()).decode()


def test_what_is_signed_is_read_again():
    assert read(signer().sign(CHOICE)) == ChoiceReading(
        choice=CHOICE, status="valid", denied=frozenset({"advertising"})
    )


def test_a_confirmed_conflict_comes_back_with_its_day():
    choice = Choice(
        allowed=frozenset({"advertising"}),
        revision=1,
        chosen_on=TODAY,
        conflict_confirmed_on=TODAY - timedelta(days=2),
    )
    assert read(signer().sign(choice)).choice == choice


def test_no_cookie_is_no_choice():
    assert signer().read([], today=TODAY) is NO_CHOICE


def test_the_same_choice_on_the_same_day_is_the_same_value():
    again = Choice(
        denied=frozenset({"advertising"}),
        allowed=frozenset({"analytics"}),
        revision=3,
        chosen_on=TODAY,
    )
    assert signer().sign(again) == signer().sign(CHOICE)


def test_the_value_is_plain_ascii_that_a_cookie_may_hold():
    value = signer().sign(CHOICE)
    denied, allowed = digest_of("advertising"), digest_of("analytics")
    assert value.startswith(f"1.{denied}.{allowed}.3.20261122..")
    assert set(value) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.*")


def test_the_value_stays_small_with_as_many_categories_as_there_may_be():
    many = tuple(Category(name=f"category-{n}-{'x' * 40}") for n in range(MAX_CATEGORIES))
    names = [category.name for category in many]
    choice = Choice(
        allowed=frozenset(names[::2]),
        denied=frozenset(names[1::2]),
        revision=999_999_999,
        chosen_on=TODAY,
        conflict_confirmed_on=TODAY,
    )
    site = signer(categories=many)
    value = site.sign(choice)
    assert len(value) < 400
    assert read(value, by=site).choice == choice


def test_the_digests_of_names_never_change():
    # Every choice in every visitor's browser rests on these.
    assert digest_of("advertising") == "0npK"
    assert digest_of("analytics") == "ZfmB"


def test_another_order_of_categories_reads_the_same():
    value = signer(categories=(*BUILT_IN, REPLAY)).sign(CHOICE)
    assert read(value, by=signer(categories=(REPLAY, *reversed(BUILT_IN)))).choice == CHOICE


def test_a_category_that_is_gone_is_passed_over():
    wide = signer(categories=(*BUILT_IN, REPLAY))
    choice = Choice(denied=frozenset({"session-replay"}), revision=1, chosen_on=TODAY)
    assert read(wide.sign(choice)) == ChoiceReading(
        choice=Choice(revision=1, chosen_on=TODAY), status="valid", denied=frozenset()
    )


def test_who_declined_everything_has_declined_what_is_added_later():
    choice = Choice(denied=frozenset({"advertising", "analytics"}), revision=1, chosen_on=TODAY)
    value = signer().sign(choice)
    assert value.startswith("1.*..1.")
    later = read(value, by=signer(categories=(*BUILT_IN, REPLAY)))
    assert later.denied == {"advertising", "analytics", "session-replay"}


def test_who_chose_one_by_one_has_said_nothing_of_what_is_added_later():
    later = read(signer().sign(CHOICE), by=signer(categories=(*BUILT_IN, REPLAY)))
    assert later.choice == CHOICE


def test_what_is_both_allowed_and_denied_is_denied():
    choice = Choice(
        allowed=frozenset({"advertising"}),
        denied=frozenset({"advertising"}),
        revision=1,
        chosen_on=TODAY,
    )
    assert read(signer().sign(choice)).choice == Choice(
        denied=frozenset({"advertising"}), revision=1, chosen_on=TODAY
    )


def test_a_category_that_nobody_has_is_refused_with_the_nearest_name():
    choice = Choice(denied=frozenset({"advertisng"}), revision=1, chosen_on=TODAY)
    with pytest.raises(UnknownCategoryError, match="did you mean 'advertising'"):
        signer().sign(choice)


def test_it_needs_a_key():
    with pytest.raises(ValueError, match="secret key"):
        ChoiceSigner([], categories=BUILT_IN)


def test_an_older_key_still_verifies_and_the_newest_signs():
    old, new = "the old key of last year", "the new key of this year"
    rotated = signer(old, new)
    assert read(signer(old).sign(CHOICE), by=rotated).choice == CHOICE
    assert rotated.sign(CHOICE) == signer(new).sign(CHOICE)


def test_a_key_that_is_gone_no_longer_allows_and_still_denies():
    value = signer("the old key of last year").sign(CHOICE)
    assert read(value) == unverified("tampered", "advertising")


def test_a_signature_for_another_purpose_counts_for_nothing():
    site = signer()
    assert read(forge("1...1.20261122.", salt="another.salt")).status == "tampered"
    assert read(site.sign_report()) == unverified("malformed")
    assert not site.read_report(site.sign(CHOICE))


@pytest.mark.parametrize("added", ["!", "=", "!!!!"])
def test_one_signature_is_written_in_one_way(added):
    value = signer().sign(CHOICE)
    assert read(value).status == "valid"
    assert read(value + added).status == "tampered"


def test_it_changes_with_any_bit_of_the_payload():
    value = signer().sign(CHOICE)
    swapped = value.replace(".3.", ".4.")
    assert read(swapped) == unverified("tampered", "advertising")


@pytest.mark.parametrize("length", range(67))
def test_a_value_cut_short_allows_nothing_and_denies_what_is_left_of_it(length):
    value = signer().sign(CHOICE)
    reading = read(value[:length])
    assert reading.choice is None
    assert reading.status in {"malformed", "tampered"}
    assert reading.denied == ({"advertising"} if length >= len("1.abcd") else set())


def test_a_year_and_a_day_is_no_age_and_401_days_are():
    value = signer().sign(CHOICE)
    assert read(value, today=TODAY + timedelta(days=400)).status == "valid"
    assert read(value, today=TODAY + timedelta(days=401)) == unverified("expired", "advertising")


def test_a_shorter_life_can_be_set():
    short = signer(max_age_days=30)
    assert read(short.sign(CHOICE), today=TODAY + timedelta(days=31), by=short).status == "expired"


def test_a_clock_that_is_a_day_ahead_elsewhere_is_fine_and_two_are_not():
    value = signer().sign(CHOICE)
    assert read(value, today=TODAY - timedelta(days=1)).status == "valid"
    assert read(value, today=TODAY - timedelta(days=2)).status == "expired"


@pytest.mark.parametrize(
    "value",
    [
        "",
        ".",
        "1",
        "yes",
        "1.abc.x",
        "2.abcd..1.20261122..sig",
        "{}",
        "ä",
        "\ud800",
        "1.*" + "." * 1022,
    ],
)
def test_what_has_not_the_form_is_malformed(value):
    assert read(value).status == "malformed"


def test_what_is_longer_than_a_kilobyte_is_not_read_at_all():
    assert read("1.*." + "a" * 1021) == unverified("malformed")
    assert read("1.*." + "a" * 1020).denied == {"advertising", "analytics"}


def test_a_day_that_no_calendar_has_is_malformed_even_if_signed():
    assert read(forge("1.*..1.20261301.")) == unverified("malformed", "advertising", "analytics")
    assert read(forge("1.*..1.20261122.20260230")).status == "malformed"


def test_of_two_cookies_the_more_restrictive_reading_holds():
    one = Choice(
        allowed=frozenset({"analytics", "advertising"}),
        revision=2,
        chosen_on=TODAY,
        conflict_confirmed_on=TODAY,
    )
    other = Choice(
        allowed=frozenset({"analytics"}),
        denied=frozenset({"advertising"}),
        revision=1,
        chosen_on=TODAY - timedelta(days=9),
        conflict_confirmed_on=TODAY - timedelta(days=9),
    )
    site = signer()
    both = ChoiceReading(
        choice=Choice(
            allowed=frozenset({"analytics"}),
            denied=frozenset({"advertising"}),
            revision=1,
            chosen_on=TODAY,
            conflict_confirmed_on=TODAY - timedelta(days=9),
        ),
        status="valid",
        denied=frozenset({"advertising"}),
    )
    assert site.read([site.sign(one), site.sign(other)], today=TODAY) == both
    assert site.read([site.sign(other), site.sign(one)], today=TODAY) == both


def test_a_conflict_is_confirmed_only_where_both_say_so():
    site = signer()
    plain = Choice(allowed=frozenset({"advertising"}), revision=1, chosen_on=TODAY)
    told = Choice(
        allowed=frozenset({"advertising"}),
        revision=1,
        chosen_on=TODAY,
        conflict_confirmed_on=TODAY,
    )
    reading = site.read([site.sign(told), site.sign(plain)], today=TODAY)
    assert reading.choice == plain


def test_a_broken_second_cookie_takes_back_what_the_first_allows():
    site = signer()
    value = site.sign(CHOICE)
    for values in ([value, "broken"], ["broken", value]):
        reading = site.read(values, today=TODAY)
        assert reading.status == "malformed"
        assert reading.denied == {"advertising"}
        assert reading.choice is not None
        assert reading.choice.allowed == frozenset()


def test_two_broken_cookies_are_no_choice():
    assert signer().read(["broken", "1.*"], today=TODAY) == unverified(
        "malformed", "advertising", "analytics"
    )


def test_the_same_value_twice_is_one():
    site = signer()
    value = site.sign(CHOICE)
    assert site.read([value, value], today=TODAY) == site.read([value], today=TODAY)


def test_thousands_of_cookies_are_not_verified_and_still_deny():
    site = signer()
    values = [f"1.{digest_of('analytics')}.{n}" for n in range(3000)]
    values.append("1." + digest_of("advertising"))
    reading = site.read(values, today=TODAY)
    assert reading == unverified("malformed", "analytics", "advertising")
    assert site._verified.cache_info().currsize == 0


def test_only_verified_values_are_remembered():
    site = signer()
    value = site.sign(CHOICE)
    first = read(value, by=site)
    for number in range(50):
        read(f"{value}{number}", by=site)
    assert site._verified.cache_info().currsize == 1
    assert read(value, by=site) == first
    assert read(value, by=site).choice is first.choice


def test_a_report_is_read_by_any_key_and_by_nothing_else():
    old, new = "the old key of last year", "the new key of this year"
    report = signer(old).sign_report()
    assert signer(old, new).read_report(report)
    assert signer(new, old).read_report(signer(old).sign_report())
    assert not signer(new).read_report(report)
    assert not signer(old).read_report("1")
    assert not signer(old).read_report(forge("2", key=old, salt="consentmw.signal-report"))
    assert not signer(old).read_report(report + "a" * 1024)
    assert not signer(old).read_report("ä\ud800")


def test_a_report_is_the_same_for_every_visitor():
    assert signer().sign_report() == signer().sign_report()


@given(st.lists(st.text(max_size=1100), max_size=4))
def test_no_cookie_raises_and_none_that_is_not_signed_allows(values):
    reading = signer().read(values, today=TODAY)
    assert reading.choice is None


names = [category.name for category in (*BUILT_IN, REPLAY)]
days = st.dates(min_value=TODAY - timedelta(days=400), max_value=TODAY)


@given(
    st.sets(st.sampled_from(names)),
    st.sets(st.sampled_from(names)),
    st.integers(1, 999_999_999),
    days,
    st.none() | days,
)
def test_any_choice_survives_the_journey(allowed, denied, revision, chosen_on, confirmed_on):
    choice = Choice(
        allowed=frozenset(allowed - denied),
        denied=frozenset(denied),
        revision=revision,
        chosen_on=chosen_on,
        conflict_confirmed_on=confirmed_on,
    )
    site = signer(categories=(*BUILT_IN, REPLAY))
    reading = read(site.sign(choice), by=site)
    required = {"authentication", "status", "consent"}
    assert reading.choice is not None
    if choice.denied >= {"advertising", "analytics", "session-replay"}:
        assert reading.choice.denied == choice.denied - required
    else:
        assert reading.choice == choice
