import json
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, ValidationError
from visits import OURS, Visitor, configure

API = "/privacy-choices/api"
GPC = {"sec-gpc": "1"}
SCHEMA = json.loads((files("consentmw.preferences") / "static" / "schema.json").read_bytes())


def check(value, part):
    """Hold a value against a part of the published schema."""
    Draft202012Validator({**SCHEMA["$defs"][part], "$defs": SCHEMA["$defs"]}).validate(value)
    return value


def read(visitor):
    answer = visitor.get(API)
    assert answer.status == 200
    assert answer["cache-control"] == "no-store"
    return check(json.loads(answer.text), "state")


def choose(visitor, body, *, headers=None, kind="application/json"):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = visitor.post(content, API, headers=headers, kind=kind)
    parsed = json.loads(answer.text)
    check(parsed, "state" if answer.status == 200 else "error")
    assert answer.changed is (answer.status == 200)
    return answer.status, parsed


def allowed(state):
    return {c["name"]: c["allowed"] for c in state["categories"] if not c["required"]}


def test_it_tells_what_holds_and_why():
    state = read(Visitor(headers=GPC))
    assert state["signal"] == "gpc"
    assert state["regime"] == "opt-out"
    assert state["enforced"] is True
    assert state["ask"] == []
    assert state["choice"] is None
    assert state["categories"][3] == {
        "name": "advertising",
        "label": "Advertising",
        "description": "Shows and measures advertising, here and on other sites, which includes "
        "targeted advertising.",
        "required": False,
        "sale_or_share": True,
        "allowed": False,
        "reason": "gpc",
        "locked": True,
    }


@pytest.mark.parametrize("mode", ["observe", "off"])
def test_it_says_where_the_site_does_not_act_on_choices_yet(mode):
    assert read(Visitor(configure(enforcement={"mode": mode})))["enforced"] is False


@pytest.mark.parametrize("body", [{}, {"confirm_conflict": True}])
def test_what_chooses_nothing_is_no_request_by_the_schema_either(body):
    assert choose(Visitor(), body)[0] == 422
    with pytest.raises(ValidationError):
        check(body, "request")


def test_a_choice_is_kept_and_what_is_not_named_stays():
    visitor = Visitor()
    status, state = choose(visitor, {"deny": ["advertising"]})
    assert (status, allowed(state)) == (200, {"analytics": True, "advertising": False})
    status, state = choose(visitor, {"deny": ["analytics"]})
    assert allowed(state) == {"analytics": False, "advertising": False}
    status, state = choose(visitor, {"allow": ["analytics"]})
    assert allowed(state) == {"analytics": True, "advertising": False}
    assert read(visitor) == state
    assert state["choice"]["allowed"] == ["analytics"]
    assert state["choice"]["denied"] == ["advertising"]
    assert state["choice"]["current"]


def test_everything_can_be_declined_in_one_word():
    visitor = Visitor(configure(categories={"social": {}}))
    status, state = choose(visitor, {"deny": "all"})
    assert (status, set(allowed(state).values())) == (200, {False})
    assert visitor.cookies["__Host-privacy_choices"].startswith("1.*.")


def test_withdrawing_declines_whatever_was_allowed():
    visitor = Visitor(configure(regime="opt-in"))
    choose(visitor, {"allow": ["analytics"], "deny": ["advertising"]})
    answer = visitor.get(API, method="DELETE", **{"sec-fetch-site": "same-origin"})
    state = check(json.loads(answer.text), "state")
    assert state["choice"]["denied"] == ["advertising", "analytics"]
    assert state["choice"]["allowed"] == []
    assert allowed(read(visitor)) == {"analytics": False, "advertising": False}


def test_withdrawing_nothing_never_forgets_a_denial():
    visitor = Visitor()
    choose(visitor, {"deny": ["advertising"]})
    visitor.get(API, method="DELETE")
    assert allowed(read(visitor)) == {"analytics": True, "advertising": False}
    answer = Visitor().get(API, method="DELETE")
    assert (answer.status, answer.changed) == (200, False)


def test_categories_are_named_in_the_visitors_language_as_plain_text():
    config = configure(categories={"social": {"label": "Social & <more>"}})
    answer = Visitor(config, headers={"accept-language": "es"}).get(API)
    assert answer["content-language"] == "es"
    labels = [category["label"] for category in json.loads(answer.text)["categories"]]
    assert labels[2:] == ["Medición", "Publicidad", "Guardar sus opciones", "Social & <more>"]
    assert Visitor(config).get(f"{API}?lang=es")["content-language"] == "es"


def test_it_says_what_a_notice_may_ask():
    visitor = Visitor(configure(regime="opt-in"))
    assert read(visitor)["ask"] == ["analytics", "advertising"]
    choose(visitor, {"deny": "all"})
    assert read(visitor)["ask"] == []


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ([], "shape", "expected an object"),
        ({}, "shape", "expected categories to allow or to deny"),
        ({"deny": []}, "shape", "expected categories to allow or to deny"),
        ({"alow": []}, "shape", "unknown member 'alow'"),
        ({"allow": "all"}, "shape", "expected allow to be a list of categories"),
        ({"deny": "advertising"}, "shape", "expected deny to be a list of categories"),
        ({"deny": [1]}, "shape", "expected deny to be a list of categories"),
        (
            {"allow": ["analytics"], "deny": ["analytics"]},
            "shape",
            "'analytics' can't be allowed and denied at once",
        ),
        (
            {"allow": ["analytics"], "confirm_conflict": 1},
            "shape",
            "expected confirm_conflict to be true or false",
        ),
        (
            {"deny": ["advertisng"]},
            "category",
            "'advertisng' is no category that can be chosen, did you mean 'advertising'?",
        ),
        ({"deny": ["status"]}, "category", "'status' is no category that can be chosen"),
    ],
)
def test_a_mistake_is_named(body, code, message):
    status, answer = choose(Visitor(), body)
    assert (status, answer["error"]["code"]) == (422, code)
    assert answer["error"]["message"].startswith(message)


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        (b'{"allow": ["advertising"]}', "text/plain", 415, "type"),
        (b"allow=advertising", "application/x-www-form-urlencoded", 415, "type"),
        (b"{", "application/json", 400, "unreadable"),
        (b"\xff", "application/json", 400, "unreadable"),
        (b"[" * 16_000, "application/json", 400, "unreadable"),
        (b"[" + b" " * 20_000 + b"]", "application/json", 413, "large"),
    ],
)
def test_what_is_no_request_of_ours_changes_nothing(body, kind, status, code):
    found, answer = choose(Visitor(), body, kind=kind)
    assert (found, answer["error"]["code"]) == (status, code)


@pytest.mark.parametrize(
    "headers",
    [{}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}],
)
def test_what_allows_is_refused_on_any_doubt(headers):
    status, answer = choose(Visitor(), {"allow": ["advertising"]}, headers=headers)
    assert (status, answer["error"]["code"]) == (403, "foreign")


def test_what_only_denies_is_taken_without_a_header_and_not_from_another_site():
    assert choose(Visitor(), {"deny": "all"}, headers={})[0] == 200
    assert choose(Visitor(), {"deny": "all"}, headers={"sec-fetch-site": "cross-site"})[0] == 403


def test_what_a_signal_denies_is_not_allowed():
    status, answer = choose(Visitor(headers=GPC), {"allow": ["advertising"]})
    assert (status, answer["error"]["code"]) == (409, "locked")
    assert answer["error"]["reason"] == "gpc"


def test_a_site_that_asks_wants_the_conflict_confirmed():
    visitor = Visitor(configure(signals={"conflict": "ask"}), headers=GPC)
    status, answer = choose(visitor, {"allow": ["advertising", "analytics"]})
    assert (status, answer["error"]["code"]) == (409, "conflict")
    assert answer["error"]["categories"] == ["advertising"]
    status, state = choose(visitor, {"allow": ["advertising"], "confirm_conflict": True})
    assert status == 200
    assert state["categories"][3]["reason"] == "confirmed"


def test_another_method_is_refused_with_what_there_is():
    answer = Visitor().get(API, method="PUT")
    assert (answer.status, answer["allow"]) == (405, "GET, HEAD, POST, DELETE")
    assert check(json.loads(answer.text), "error")["error"]["code"] == "method"


def test_a_visitor_who_goes_away_is_answered_nothing():
    answer = Visitor().ask(
        "POST",
        API,
        fields=[("content-type", "application/json")],
        messages=[{"type": "http.disconnect"}],
    )
    assert answer.status == 0


def test_the_schema_is_published_and_is_one():
    answer = Visitor().get(f"{API}/schema.json")
    assert answer["content-type"] == "application/schema+json"
    Draft202012Validator.check_schema(json.loads(answer.text))
    check({"deny": "all"}, "request")
    check({"allow": ["analytics"], "deny": ["advertising"], "confirm_conflict": False}, "request")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from(["all", "advertising"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["allow", "deny", "confirm_conflict"]) | st.text(), inner, max_size=3
        )
    ),
    max_leaves=6,
)
VISITOR = Visitor(keeps_cookies=False)


@given(JSON)
def test_no_body_raises(body):
    assert choose(VISITOR, body, headers=OURS)[0] in {200, 422}
