from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consentmw.core.categories import BUILT_IN, Category
from consentmw.core.choice import NO_CHOICE, Choice, ChoiceReading
from consentmw.core.decision import Policy, build_consent
from consentmw.core.signals import Signals, SignalSettings
from consentmw.preferences.submission import Submission, build_choice, find_conflicts, read_form

TODAY = date(2026, 11, 22)
EARLIER = TODAY - timedelta(days=30)
REPLAY = Category(name="session-replay", sale_or_share=True)
CATEGORIES = (*BUILT_IN, REPLAY)
OPTIONAL = frozenset({"analytics", "advertising", "session-replay"})
GPC = Signals(gpc=True)


def consent(*, allowed=(), denied=(), revision=1, now=1, confirmed_on=None, **request):
    policy = Policy(
        categories=CATEGORIES,
        revision=now,
        regime=request.pop("regime", "opt-out"),
        signals=SignalSettings(conflict=request.pop("conflict", "signal-wins")),
    )
    reading = NO_CHOICE
    if allowed or denied:
        choice = Choice(
            allowed=frozenset(allowed),
            denied=frozenset(denied),
            revision=revision,
            chosen_on=EARLIER,
            conflict_confirmed_on=confirmed_on,
        )
        reading = ChoiceReading(choice=choice, status="valid", denied=choice.denied)
    return build_consent(policy, choice=request.pop("choice", reading), **request)


def chosen(*, allowed=(), denied=(), confirmed_on=None, revision=1):
    return Choice(
        allowed=frozenset(allowed),
        denied=frozenset(denied),
        revision=revision,
        chosen_on=TODAY,
        conflict_confirmed_on=confirmed_on,
    )


# ── the form ─────────────────────────────────────────────────────────────────────────────────────


def test_the_one_step_denies_everything_that_can_be_denied():
    assert read_form(b"action=opt-out", consent()) == Submission(deny=OPTIONAL)


def test_the_one_step_also_denies_what_a_signal_denies_already():
    assert read_form(b"action=opt-out", consent(signals=GPC)) == Submission(deny=OPTIONAL)


def test_a_switch_that_is_off_denies():
    form = b"action=save&allow=analytics&lang=es&next=%2Fnews%3Fa%3D1"
    assert read_form(form, consent()) == Submission(
        allow=frozenset({"analytics"}),
        deny=frozenset({"advertising", "session-replay"}),
        return_to="/news?a=1",
        language="es",
    )


def test_a_switch_that_is_locked_says_nothing():
    form = b"action=save&allow=analytics&allow=advertising"
    read = read_form(form, consent(signals=GPC, zone_denied=frozenset({"analytics"})))
    assert read == Submission()


def test_a_site_that_asks_lets_a_signal_be_answered():
    read = read_form(
        b"action=save&allow=advertising&confirm=conflict", consent(signals=GPC, conflict="ask")
    )
    assert read == Submission(
        allow=frozenset({"advertising"}),
        deny=frozenset({"analytics", "session-replay"}),
        conflict_confirmed=True,
    )


def test_accepting_allows_what_nobody_has_said_anything_of():
    opt_in = consent(regime="opt-in", denied={"analytics"}, revision=1, now=2)
    assert read_form(b"action=accept", opt_in) == Submission(
        allow=frozenset({"advertising", "session-replay"})
    )


def test_accepting_never_goes_against_a_signal():
    opt_in = consent(regime="opt-in", conflict="ask", signals=GPC)
    assert read_form(b"action=accept", opt_in) == Submission(allow=frozenset({"analytics"}))


def test_a_name_that_nobody_defined_is_passed_over():
    assert read_form(b"action=save&allow=zzz&allow=authentication", consent()) == Submission(
        deny=OPTIONAL
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"action=",
        b"action=allow-all",
        b"allow=advertising",
        b"\xff",
        b"action=%ff",
        b"action=save" + b"&allow=analytics" * 128,
        b'{"allow": ["advertising"]}',
    ],
)
def test_what_is_no_form_of_ours_is_none(body):
    assert read_form(body, consent()) is None


@given(st.binary(max_size=300) | st.text(max_size=100).map(lambda t: f"action=save&{t}".encode()))
def test_no_body_raises_and_none_allows_what_is_locked(body):
    read = read_form(body, consent(signals=GPC))
    assert read is None or read.allow <= {"analytics"}


# ── the choice ───────────────────────────────────────────────────────────────────────────────────


def test_a_first_choice_holds_what_was_asked_for():
    submission = Submission(allow=frozenset({"analytics"}), deny=frozenset({"advertising"}))
    assert build_choice(consent(), submission, today=TODAY) == chosen(
        allowed={"analytics"}, denied={"advertising"}
    )


def test_what_is_not_named_stays_as_it_was():
    before = consent(allowed={"analytics"}, denied={"advertising"})
    submission = Submission(deny=frozenset({"session-replay"}))
    assert build_choice(before, submission, today=TODAY) == chosen(
        allowed={"analytics"}, denied={"advertising", "session-replay"}
    )


def test_a_denial_can_be_taken_back_and_an_allowance_too():
    before = consent(allowed={"analytics"}, denied={"advertising"})
    submission = Submission(allow=frozenset({"advertising"}), deny=frozenset({"analytics"}))
    assert build_choice(before, submission, today=TODAY) == chosen(
        allowed={"advertising"}, denied={"analytics"}
    )


def test_what_was_allowed_under_another_revision_is_not_carried_over():
    before = consent(allowed={"analytics"}, denied={"advertising"}, revision=1, now=2)
    submission = Submission(deny=frozenset({"session-replay"}))
    assert build_choice(before, submission, today=TODAY) == chosen(
        denied={"advertising", "session-replay"}, revision=2
    )


def test_a_denial_that_could_not_be_verified_is_carried_over():
    reading = ChoiceReading(choice=None, status="tampered", denied=frozenset({"advertising"}))
    before = consent(choice=reading)
    submission = Submission(allow=frozenset({"analytics"}))
    assert build_choice(before, submission, today=TODAY) == chosen(
        allowed={"analytics"}, denied={"advertising"}
    )


def test_a_post_that_only_denies_never_allows():
    for before in (consent(), consent(denied={"analytics"}), consent(regime="opt-in")):
        choice = build_choice(before, Submission(deny=OPTIONAL), today=TODAY)
        assert choice == chosen(denied=OPTIONAL)


# ── conflicts ────────────────────────────────────────────────────────────────────────────────────


def test_a_conflict_is_what_would_be_allowed_against_a_signal():
    asked = consent(signals=GPC, conflict="ask")
    assert find_conflicts(asked, {"analytics", "session-replay", "advertising"}) == (
        "advertising",
        "session-replay",
    )
    assert find_conflicts(asked, {"analytics"}) == ()
    assert find_conflicts(consent(conflict="ask"), {"advertising"}) == ()


def test_a_confirmation_is_kept_with_its_day():
    asked = consent(signals=GPC, conflict="ask")
    submission = Submission(allow=frozenset({"advertising"}), conflict_confirmed=True)
    assert build_choice(asked, submission, today=TODAY) == chosen(
        allowed={"advertising"}, confirmed_on=TODAY
    )


def test_a_confirmation_of_nothing_is_none():
    submission = Submission(allow=frozenset({"advertising"}), conflict_confirmed=True)
    assert build_choice(consent(conflict="ask"), submission, today=TODAY) == chosen(
        allowed={"advertising"}
    )


def test_a_confirmation_outlives_a_change_that_has_nothing_to_do_with_it():
    before = consent(allowed={"advertising"}, confirmed_on=EARLIER, signals=GPC, conflict="ask")
    submission = Submission(deny=frozenset({"analytics"}))
    assert build_choice(before, submission, today=TODAY) == chosen(
        allowed={"advertising"}, denied={"analytics"}, confirmed_on=EARLIER
    )


def test_a_confirmation_does_not_cover_what_is_allowed_later():
    before = consent(allowed={"advertising"}, confirmed_on=EARLIER, conflict="ask")
    submission = Submission(allow=frozenset({"session-replay"}))
    assert build_choice(before, submission, today=TODAY) == chosen(
        allowed={"advertising", "session-replay"}
    )


def test_a_confirmation_does_not_cover_what_was_allowed_before_the_signal():
    before = consent(allowed={"session-replay", "analytics"}, signals=GPC, conflict="ask")
    submission = Submission(allow=frozenset({"advertising"}), conflict_confirmed=True)
    assert build_choice(before, submission, today=TODAY) == chosen(
        allowed={"advertising", "analytics"}, confirmed_on=TODAY
    )


def test_a_second_confirmation_keeps_what_the_first_was_for():
    before = consent(allowed={"session-replay"}, confirmed_on=EARLIER, signals=GPC, conflict="ask")
    submission = Submission(allow=frozenset({"advertising"}), conflict_confirmed=True)
    assert build_choice(before, submission, today=TODAY) == chosen(
        allowed={"advertising", "session-replay"}, confirmed_on=TODAY
    )


def test_a_confirmation_goes_with_what_it_was_for():
    before = consent(
        allowed={"advertising", "analytics"}, confirmed_on=EARLIER, signals=GPC, conflict="ask"
    )
    submission = Submission(deny=frozenset({"advertising"}))
    assert build_choice(before, submission, today=TODAY) == chosen(
        allowed={"analytics"}, denied={"advertising"}
    )
