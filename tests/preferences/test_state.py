from datetime import date, timedelta

import pytest

from consentmw.core.categories import BUILT_IN
from consentmw.core.choice import NO_CHOICE, Choice, ChoiceReading
from consentmw.core.decision import Policy, Reason, build_consent
from consentmw.core.signals import Signals, SignalSettings
from consentmw.preferences.state import open_questions, read_states

TODAY = date(2026, 11, 22)
GPC = Signals(gpc=True)


def chose(*, allowed=(), denied=(), revision=1, days_ago=0):
    choice = Choice(
        allowed=frozenset(allowed),
        denied=frozenset(denied),
        revision=revision,
        chosen_on=TODAY - timedelta(days=days_ago),
    )
    return ChoiceReading(choice=choice, status="valid", denied=choice.denied)


def consent(*, regime="opt-in", revision=1, conflict="signal-wins", **request):
    settings = SignalSettings(conflict=conflict)
    return build_consent(Policy(regime=regime, revision=revision, signals=settings), **request)


def states(consent):
    return {
        state.category.name: (state.allowed, state.reason, state.locked)
        for state in read_states(consent)
        if not state.category.required
    }


def asked(consent):
    return [category.name for category in open_questions(consent, today=TODAY)]


def test_every_category_is_there_and_what_is_required_is_locked():
    found = read_states(consent())
    assert [state.category for state in found] == list(BUILT_IN)
    assert {state.category.name for state in found if state.locked} == {
        "authentication",
        "status",
        "consent",
    }


@pytest.mark.parametrize(
    ("request_", "reason", "locked"),
    [
        ({}, Reason.REGIME, False),
        ({"choice": chose(denied={"advertising"})}, Reason.CHOICE, False),
        ({"signals": GPC}, Reason.GPC, True),
        ({"signals": GPC, "conflict": "ask"}, Reason.GPC, False),
        ({"account_opted_out": True}, Reason.ACCOUNT, True),
        ({"zone_denied": frozenset({"advertising"})}, Reason.ZONE, True),
        ({"app_denied": frozenset({"advertising"})}, Reason.APP, True),
    ],
)
def test_what_outranks_a_choice_locks_the_switch(request_, reason, locked):
    assert states(consent(**request_))["advertising"] == (False, reason, locked)


def test_the_opt_in_regime_asks_about_what_is_open():
    assert asked(consent()) == ["analytics", "advertising"]


def test_the_opt_out_regime_never_asks():
    assert asked(consent(regime="opt-out")) == []


def test_a_signal_is_an_answer():
    assert asked(consent(signals=GPC)) == ["analytics"]
    assert asked(consent(signals=GPC, conflict="ask")) == ["analytics"]


def test_nobody_is_asked_where_nothing_can_be_allowed():
    assert asked(consent(zone_denied=frozenset({"analytics", "advertising"}))) == []


@pytest.mark.parametrize(
    ("reading", "revision", "names"),
    [
        (NO_CHOICE, 1, ["analytics", "advertising"]),
        (chose(allowed={"advertising"}), 1, []),
        (chose(denied={"advertising"}), 1, []),
        (chose(denied={"advertising"}, days_ago=399), 1, []),
        # A new revision asks again, except whoever declined, and them after twelve months.
        (chose(allowed={"advertising"}), 2, ["analytics", "advertising"]),
        (chose(denied={"advertising"}), 2, []),
        (chose(denied={"advertising"}, days_ago=365), 2, []),
        (chose(denied={"advertising"}, days_ago=366), 2, ["analytics"]),
        (ChoiceReading(choice=None, status="tampered", denied=frozenset({"advertising"})), 1, []),
        (
            ChoiceReading(choice=None, status="malformed", denied=frozenset()),
            1,
            ["analytics", "advertising"],
        ),
    ],
)
def test_it_asks_until_there_is_a_choice_and_rests_after_a_denial(reading, revision, names):
    assert asked(consent(choice=reading, revision=revision)) == names
