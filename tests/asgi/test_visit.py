"""What is read once of the fields that a browser sends with each request."""

import asyncio
from datetime import UTC, date, datetime

import pytest
from rig.messages import Says, ask, ask_async, body, scope_of, start

from consentmw import Choice
from consentmw.asgi import ConsentMiddleware
from consentmw.asgi import visit as module
from consentmw.asgi.visit import Visits
from consentmw.config import CookieSettings
from consentmw.config.hosts import MAX_HOST_LENGTH

FIELDS = [
    (b"host", b"shop.example"),
    (b"user-agent", b"any"),
    (b"cookie", b"a=1"),
    (b"sec-fetch-dest", b"image"),
]
CONFIG = {
    "secret_keys": ["a secret of some length"],
    "categories": {"advertising": {"hosts": ["ads.vendor.example"], "cookies": ["_adv"]}},
    "browser": {"guard": "off"},
}
GPC = [("sec-gpc", "1")]


def _visits(**more):
    return Visits(CookieSettings(), **more)


def test_what_a_browser_says_again_is_the_same_visit_whatever_it_asks_for():
    read = _visits().read

    first, cookies, conditions = read(FIELDS)

    assert (cookies, conditions) == (b"a=1", ())
    assert read([*FIELDS, (b"accept", b"*/*")]) == (first, b"a=1", ())
    asked_again = (b"if-none-match", b'"1"')
    assert read([asked_again, *FIELDS, (b"range", b"bytes=0-"), (b"cookie", b"b=2")]) == (
        first,
        b"a=1; b=2",
        (asked_again, (b"range", b"bytes=0-")),
    )
    assert read(FIELDS[:2]) == (read(FIELDS[:1])[0], b"", ())


def test_anything_else_that_is_read_makes_it_another():
    read = _visits(also=[b"x-variant"]).read
    visits = {
        id(read([*FIELDS, more])[0]): more
        for more in [
            (b"accept", b"*/*"),
            (b"sec-gpc", b"1"),
            (b"dnt", b"1"),
            (b"accept-encoding", b"br"),
            (b"x-variant", b"1"),
            (b"hx-request", b"true"),
        ]
    }

    assert len(visits) == 6
    assert read([*FIELDS, (b"x-variant", b"1")])[0].values(b"x-variant") == [b"1"]


def test_pairs_may_be_lists():
    """ASGI, HTTP: "headers (Iterable[[byte string, byte string]])"."""
    read = _visits().read

    visit, _, conditions = read([list(field) for field in (*FIELDS, (b"if-match", b"*"))])

    assert visit is read(FIELDS)[0]
    assert conditions == ((b"if-match", b"*"),)
    app = Says(start(), body(b"<p>"))
    scope = scope_of()
    scope["headers"] = [[b"host", b"a"], [b"sec-gpc", b"1"], [b"cookie", b"_adv=1"]]
    asyncio.run(ask_async(ConsentMiddleware(app, config=CONFIG), scope))
    assert app.saw("cookie") == []


def test_number_and_size_of_what_is_remembered_are_bounded(monkeypatch):
    monkeypatch.setattr(module, "_MAX_VISITS", 3)
    monkeypatch.setattr(module, "_MAX_HOSTS", 2)
    visits = _visits()

    for number in range(10):
        visits.read([(b"host", b"%d.example" % number)])
        assert len(visits._visits) <= 3
        assert len(visits._names) <= 2

    long = [(b"accept-encoding", b"a" * 5000)]
    assert visits.read(long)[0] is not visits.read(long)[0]


def test_a_host_that_is_too_long_to_be_one_is_not_remembered():
    visits = _visits()
    host = b"a." * 200

    first, again = (visits.read([(b"host", host), (b"dnt", b"%d" % n)])[0] for n in range(2))

    assert first.names == again.names
    assert host not in visits._names
    assert len(host) > MAX_HOST_LENGTH


def test_a_host_that_is_too_long_is_none_of_a_server_of_many():
    asked = []
    middleware = ConsentMiddleware(Says(), config=lambda host: asked.append(host) or CONFIG)

    assert ask(middleware, headers=[("host", "a." * 200)]).status == 421
    assert asked == []


@pytest.mark.parametrize(
    ("cookies", "coding", "kept"), [(4000, 10, True), (4100, 10, False), (100, 4100, False)]
)
def test_what_the_same_cookies_lead_to_is_kept_from_the_second_time_on(cookies, coding, kept):
    app = Says(start(), body())
    middleware = ConsentMiddleware(app, config=CONFIG)
    outcomes = middleware._sites.only._outcomes
    sent = "_adv=1; a=".ljust(cookies, "1")
    headers = [*GPC, ("cookie", sent), ("accept-encoding", "x" * coding)]

    number = []
    for _ in range(3):
        ask(middleware, headers=headers)
        number.append(sum(outcome is not None for outcome in outcomes))

    assert number == [0, kept, kept]
    assert [app.saw("cookie") for _ in app.scopes] == [[sent.removeprefix("_adv=1; ")]] * 3


def test_no_value_that_anybody_can_make_up_pushes_out_a_decision():
    middleware = ConsentMiddleware(Says(start(), body()), config=CONFIG)
    treatments = middleware._sites.only._treatments
    signer, cookie = middleware.config.choice_signer, middleware.config.cookie
    today = datetime.now(UTC).date()
    valid = {
        cookie.report_name_for("shop.example"): signer.sign_report(),
        cookie.name_for("shop.example"): signer.sign(Choice(revision=1, chosen_on=today)),
    }

    for name, value in valid.items():
        for number in range(20):
            sent = f"{name}={value}; {name}=x{number}"
            ask(middleware, headers=[("host", "shop.example"), ("cookie", sent)])

    assert not treatments
    for name, value in valid.items():
        for _ in range(3):
            ask(middleware, headers=[("host", "shop.example"), ("cookie", f"{name}={value}")])
    assert len(treatments) == 2


def test_who_falls_into_the_place_of_another_is_not_taken_for_them(monkeypatch):
    monkeypatch.setattr("consentmw.asgi.site._REMEMBERED_OUTCOMES", 1)
    app = Says(start(), body())
    middleware = ConsentMiddleware(app, config=CONFIG)
    visitors = [[*GPC, ("cookie", "_adv=1")], [("cookie", "_adv=1")], [*GPC, ("cookie", "_adv=2")]]

    for headers in [*visitors, *[visitor for visitor in visitors for _ in range(3)]] * 2:
        ask(middleware, headers=headers)

        assert app.saw("cookie") == ([] if headers[:1] == GPC else [headers[0][1]])


@pytest.mark.parametrize("size", [64, 65])
def test_names_of_cookies_that_nobody_denies_are_remembered_up_to_a_number(size, monkeypatch):
    monkeypatch.setattr("consentmw.asgi.treatment._MAX_NAMES", 5)
    middleware = ConsentMiddleware(Says(start(), body()), config=CONFIG)

    for number in range(20):
        names = [str(number).rjust(size, letter) for letter in "nm"]
        ask(middleware, headers=[*GPC, ("cookie", "; ".join(names))])

    names = middleware._sites.only.harmless_names(frozenset({"advertising"}))
    assert len(names) == (5 if size == 64 else 0)


def test_a_visit_is_decided_anew_on_another_day_and_in_another_zone(monkeypatch):
    now = [0.0]
    monkeypatch.setattr("consentmw.asgi.site.time.time", lambda: now[0])
    zone = {"paths": ["/member/*"], "deny": ["analytics"]}
    app = Says(start(), body())
    middleware = ConsentMiddleware(app, config={**CONFIG, "zones": [zone]})
    signer = middleware.config.choice_signer
    choice = Choice(revision=1, chosen_on=date(1970, 1, 1), allowed=frozenset({"analytics"}))
    cookie = [("cookie", f"__Host-privacy_choices={signer.sign(choice)}")]

    seen = []
    for day, path in [(0, "/"), (0, "/member/x"), (0, "/"), (400, "/"), (401, "/")]:
        now[0] = day * 86_400.0
        ask(middleware, path, cookie)
        consent = app.scopes[-1]["consentmw"].consent
        seen.append((consent.choice_status, consent.allows("analytics")))

    assert seen == [
        ("valid", True),
        ("valid", False),
        ("valid", True),
        ("valid", True),
        ("expired", True),
    ]
