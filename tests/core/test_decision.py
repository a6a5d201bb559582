from datetime import date

import pytest

from consentmw.core.categories import BUILT_IN, Category
from consentmw.core.choice import Choice, ChoiceReading
from consentmw.core.decision import Consent, Policy, Reason, Ruling, build_consent, decide
from consentmw.core.signals import Signals, SignalSettings
from consentmw.errors import UnknownCategoryError

TODAY = date(2026, 11, 22)
GPC = Signals(gpc=True)
NAVIGATOR = Signals(navigator=True)
DNT = Signals(dnt=True)
ASK = SignalSettings(conflict="ask")
ADS = frozenset({"advertising"})


def chose(*, allowed=(), denied=(), revision=1, confirmed_on=None):
    choice = Choice(
        allowed=frozenset(allowed),
        denied=frozenset(denied),
        revision=revision,
        chosen_on=TODAY,
        conflict_confirmed_on=confirmed_on,
    )
    return ChoiceReading(choice=choice, status="valid", denied=choice.denied)


def unverified(*denied):
    return ChoiceReading(choice=None, status="tampered", denied=frozenset(denied))


ALLOWED = chose(allowed=ADS)
DENIED = chose(denied=ADS)
EDGE = Reason.EDGE
CONFIRMED = chose(allowed=ADS, confirmed_on=TODAY)

# The list of precedence as one table: each line against the one below it. What decides about
# advertising, from the policy, the request, and whether the answer is "allowed".
PRECEDENCE = [
    # 2. zone, then app, over everything a visitor may have said
    ("a zone outranks the app", {}, {"zone_denied": ADS, "app_denied": ADS}, Reason.ZONE),
    ("a zone outranks a signal", {}, {"zone_denied": ADS, "signals": GPC}, Reason.ZONE),
    ("a zone outranks an allowance", {}, {"zone_denied": ADS, "choice": ALLOWED}, Reason.ZONE),
    (
        "a zone outranks a confirmed allowance",
        {"signals": ASK},
        {"zone_denied": ADS, "signals": GPC, "choice": CONFIRMED},
        Reason.ZONE,
    ),
    ("the app outranks a signal", {}, {"app_denied": ADS, "signals": GPC}, Reason.APP),
    ("the app outranks an allowance", {}, {"app_denied": ADS, "choice": ALLOWED}, Reason.APP),
    # 3. signals
    ("GPC opts out", {}, {"signals": GPC}, Reason.GPC),
    ("the script's report opts out", {}, {"signals": NAVIGATOR}, Reason.NAVIGATOR),
    (
        "the header is named before the script",
        {},
        {"signals": Signals(gpc=True, navigator=True, dnt=True)},
        Reason.GPC,
    ),
    (
        "GPC outranks an account",
        {},
        {"signals": GPC, "account_opted_out": True},
        Reason.GPC,
    ),
    ("GPC outweighs an earlier allow", {}, {"signals": GPC, "choice": ALLOWED}, Reason.GPC),
    ("GPC outranks a denial", {}, {"signals": GPC, "choice": DENIED}, Reason.GPC),
    (
        "a confirmation counts only where the site asks",
        {},
        {"signals": GPC, "choice": CONFIRMED},
        Reason.GPC,
    ),
    (
        "where the site asks, an allowance needs its confirmation",
        {"signals": ASK},
        {"signals": GPC, "choice": ALLOWED},
        Reason.GPC,
    ),
    (
        "a confirmation of an older revision is gone",
        {"signals": ASK, "revision": 2},
        {"signals": GPC, "choice": CONFIRMED},
        Reason.GPC,
    ),
    (
        "a confirmed allowance stands",
        {"signals": ASK},
        {"signals": GPC, "choice": CONFIRMED},
        (True, Reason.CONFIRMED),
    ),
    (
        "a confirmation is not called one while there is no signal",
        {"signals": ASK},
        {"choice": CONFIRMED},
        (True, Reason.CHOICE),
    ),
    ("do-not-track is off", {}, {"signals": DNT}, (True, Reason.REGIME)),
    (
        "do-not-track can be turned on",
        {"signals": SignalSettings(dnt=True)},
        {"signals": DNT},
        Reason.DNT,
    ),
    (
        "GPC can be turned off",
        {"signals": SignalSettings(gpc=False)},
        {"signals": GPC},
        (True, Reason.REGIME),
    ),
    (
        "the script can be turned off",
        {"signals": SignalSettings(navigator=False)},
        {"signals": NAVIGATOR},
        (True, Reason.REGIME),
    ),
    # 4. account
    ("a known account stays out", {}, {"account_opted_out": True}, Reason.ACCOUNT),
    (
        "an account outranks an allowance",
        {},
        {"account_opted_out": True, "choice": ALLOWED},
        Reason.ACCOUNT,
    ),
    (
        "an account outranks a confirmed allowance",
        {"signals": ASK},
        {"signals": GPC, "account_opted_out": True, "choice": CONFIRMED},
        Reason.ACCOUNT,
    ),
    # 5. choice
    ("a denial denies", {}, {"choice": DENIED}, Reason.CHOICE),
    ("a denial outlives its revision", {"revision": 2}, {"choice": DENIED}, Reason.CHOICE),
    ("a denial needs no signature", {}, {"choice": unverified("advertising")}, Reason.CHOICE),
    ("an allowance allows", {}, {"choice": ALLOWED}, (True, Reason.CHOICE)),
    (
        "an allowance allows against the regime",
        {"regime": "opt-in"},
        {"choice": ALLOWED},
        (True, Reason.CHOICE),
    ),
    (
        "an allowance doesn't outlive its revision",
        {"regime": "opt-in", "revision": 2},
        {"choice": ALLOWED},
        Reason.REGIME,
    ),
    (
        "an allowance of a revision to come counts for nothing",
        {"regime": "opt-in"},
        {"choice": chose(allowed=ADS, revision=2)},
        Reason.REGIME,
    ),
    (
        "an unverified denial beats what a second cookie allows",
        {},
        {"choice": ChoiceReading(choice=ALLOWED.choice, status="tampered", denied=ADS)},
        Reason.CHOICE,
    ),
    (
        "a cache's key denies against an allowance",
        {},
        {"choice": ALLOWED, "edge_denied": ADS},
        EDGE,
    ),
    ("a cache's key denies against the regime", {}, {"edge_denied": ADS}, EDGE),
    (
        "a cache's key denies against a confirmed allowance",
        {"signals": ASK},
        {"signals": GPC, "choice": CONFIRMED, "edge_denied": ADS},
        EDGE,
    ),
    ("a cache's key hides no signal", {}, {"signals": GPC, "edge_denied": ADS}, Reason.GPC),
    ("a cache's key hides no choice", {}, {"choice": DENIED, "edge_denied": ADS}, Reason.CHOICE),
    ("a cache's key hides no zone", {}, {"zone_denied": ADS, "edge_denied": ADS}, Reason.ZONE),
    # 6. regime
    ("opted out of nothing", {}, {}, (True, Reason.REGIME)),
    ("opted in to nothing", {"regime": "opt-in"}, {}, Reason.REGIME),
    (
        "what was left open follows the regime",
        {"regime": "opt-in"},
        {"choice": chose(denied={"analytics"})},
        Reason.REGIME,
    ),
]


@pytest.mark.parametrize(
    ("policy", "request_", "expected"),
    [row[1:] for row in PRECEDENCE],
    ids=[row[0] for row in PRECEDENCE],
)
def test_the_first_line_that_applies_decides(policy, request_, expected):
    allowed, reason = expected if isinstance(expected, tuple) else (False, expected)
    decision = decide(Policy(**policy), **request_)
    assert decision.rulings["advertising"] == Ruling(allowed=allowed, reason=reason)
    assert ("advertising" in decision.denied) is not allowed


EVERYTHING = frozenset(category.name for category in BUILT_IN)


def test_what_is_required_is_allowed_whatever_anyone_says():
    decision = decide(
        Policy(regime="opt-in"),
        zone_denied=EVERYTHING,
        app_denied=EVERYTHING,
        signals=Signals(gpc=True, navigator=True, dnt=True),
        account_opted_out=True,
        choice=chose(denied=EVERYTHING),
        edge_denied=EVERYTHING,
    )
    required = Ruling(allowed=True, reason=Reason.REQUIRED)
    assert {name: r for name, r in decision.rulings.items() if r.allowed} == {
        "authentication": required,
        "status": required,
        "consent": required,
    }
    assert decision.denied == {"analytics", "advertising"}
    assert decision.zone_denied == {"analytics", "advertising"}


@pytest.mark.parametrize("request_", [{"signals": GPC}, {"account_opted_out": True}])
def test_a_signal_and_an_account_opt_out_of_sale_and_sharing_only(request_):
    replay = Category(name="session-replay", sale_or_share=True)
    decision = decide(Policy(categories=(*BUILT_IN, replay)), **request_)
    assert decision.denied == {"advertising", "session-replay"}


def test_only_zone_and_app_outrank_a_tag():
    replay = Category(name="session-replay")
    decision = decide(
        Policy(categories=(*BUILT_IN, replay)),
        zone_denied=frozenset({"analytics"}),
        signals=GPC,
        edge_denied=frozenset({"session-replay"}),
    )
    assert decision.denied == {"advertising", "analytics", "session-replay"}
    assert decision.zone_denied == {"analytics"}


def test_equal_inputs_have_one_answer():
    policy = Policy()
    first = build_consent(policy, signals=Signals(gpc=True), choice=chose(denied={"analytics"}))
    again = build_consent(policy, signals=Signals(gpc=True), choice=chose(denied={"analytics"}))
    assert first is again
    assert hash(first.decision) == hash(again.decision)


def test_two_sites_never_share_an_answer():
    assert build_consent(Policy()) is not build_consent(Policy(regime="opt-in"))


def test_a_consent_tells_the_whole_story():
    reading = chose(allowed=ADS)
    consent = build_consent(Policy(), signals=NAVIGATOR, choice=reading)
    assert not consent.allows("advertising")
    assert consent.allows("analytics")
    assert consent.denied == ADS
    assert consent.reason("advertising") is Reason.NAVIGATOR
    assert consent.reason("authentication") is Reason.REQUIRED
    assert consent.gpc
    assert consent.signal is Reason.NAVIGATOR
    assert consent.choice is reading.choice
    assert consent.choice_status == "valid"


def test_a_consent_without_anything_said_is_quiet():
    consent = build_consent(Policy())
    assert not consent.gpc
    assert consent.signal is None
    assert consent.choice is None
    assert consent.choice_status == "absent"


@pytest.mark.parametrize("ask", [Consent.allows, Consent.reason, Consent.tightened])
def test_a_category_that_nobody_defined_raises_with_the_nearest_name(ask):
    with pytest.raises(
        UnknownCategoryError, match="unknown category 'advertisng', did you mean 'advertising'"
    ) as caught:
        ask(build_consent(Policy()), "advertisng")
    assert (caught.value.name, caught.value.nearest) == ("advertisng", "advertising")


def test_a_name_like_no_other_raises_without_a_suggestion():
    with pytest.raises(UnknownCategoryError) as caught:
        build_consent(Policy()).allows("zzz")
    assert str(caught.value) == "unknown category 'zzz'"


def test_tightening_denies_and_says_who_did():
    consent = build_consent(Policy(), choice=ALLOWED)
    tightened = consent.tightened("advertising").tightened("analytics", "status")
    assert tightened.denied == {"advertising", "analytics"}
    assert tightened.decision.zone_denied == {"advertising", "analytics"}
    assert tightened.reason("advertising") is Reason.APP
    assert tightened.choice is consent.choice
    assert consent.allows("advertising")


def test_a_consent_tells_what_is_denied_on_whichever_page_and_what_no_cache_asked_for():
    policy = Policy()
    consent = build_consent(
        policy,
        zone_denied=frozenset({"analytics"}),
        signals=GPC,
        edge_denied=frozenset({"advertising", "analytics"}),
    )
    assert consent.denied == {"advertising", "analytics"}
    assert consent.denied_everywhere == ADS
    assert consent.without_edge.denied == {"advertising", "analytics"}
    by_edge = build_consent(policy, edge_denied=ADS)
    assert by_edge.without_edge is build_consent(policy)
    assert by_edge.denied_everywhere == frozenset()
    assert consent.tightened("analytics").edge_denied == consent.edge_denied
