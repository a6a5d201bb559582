"""What stands around an app: scopes, consent, modes, and configurations that can't be used."""

import asyncio
import logging
from pathlib import Path

import pytest
from rig.messages import Says, ask, ask_async, body, says_page, scope_of, start
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route

from consentmw import Config, consent_from_scope, deny
from consentmw.asgi import ConsentMiddleware
from consentmw.core.decision import Reason
from consentmw.errors import ConfigError

GPC = [("sec-gpc", "1")]
PIXEL = b'<img src="https://ads.vendor.example/p.gif">'
PAGE = b"<!doctype html><head><title>t</title></head><body>a" + PIXEL + b"b</body>"
CLEAN = PAGE.replace(PIXEL, b"")
ADS = {"categories": {"advertising": {"hosts": ["ads.vendor.example"], "cookies": ["_adv*"]}}}
QUIET = {**ADS, "signals": {"navigator": False}, "browser": {"guard": "off"}}


def test_a_page_leaves_without_its_pixel_where_the_browser_sends_gpc():
    app = ConsentMiddleware(says_page(PAGE), config=QUIET)

    answer = ask(app, headers=GPC)

    assert answer.body == CLEAN
    assert answer.get("content-length") == str(len(CLEAN))


def test_a_page_leaves_as_it_is_where_nothing_is_denied():
    app = ConsentMiddleware(says_page(PAGE), config=QUIET)

    answer = ask(app)

    assert answer.body == PAGE
    assert answer.get("content-length") == str(len(PAGE))


def test_the_scope_is_copied_before_anything_is_added():
    app = Says(start(), body())
    scope = scope_of(headers=[*GPC, ("cookie", "_adv=1")], state={"db": "pool"})
    before = {**scope, "headers": list(scope["headers"])}

    asyncio.run(ask_async(ConsentMiddleware(app, config=QUIET), scope))

    assert scope == before
    assert app.scopes[0]["state"]["db"] == "pool"
    assert app.scopes[0]["state"]["consent"] is consent_from_scope(app.scopes[0])


def test_what_an_app_notes_reaches_the_middlewares_around_it():
    """As slowapi does it: a route notes its limit, the middleware around it adds the fields."""
    noted = []

    async def route(request: Request):
        request.state.limit = "5 a minute"
        return PlainTextResponse("ok")

    class Around(BaseHTTPMiddleware):
        async def dispatch(self, request, call_next):
            response = await call_next(request)
            noted.append((request.state.limit, request.state.consent.denied))
            return response

    app = Starlette(
        routes=[Route("/", route)],
        middleware=[Middleware(Around), Middleware(ConsentMiddleware, config=QUIET)],
    )

    assert ask(app, headers=GPC).body == b"ok"
    assert noted == [("5 a minute", frozenset({"advertising"}))]


def test_a_scope_without_state_gets_one():
    app = Says(start(), body())
    scope = scope_of()
    del scope["state"]

    asyncio.run(ask_async(ConsentMiddleware(app, config=QUIET), scope))

    assert consent_from_scope(app.scopes[0]).denied == frozenset()


@pytest.mark.parametrize("kind", ["lifespan", "some.future.kind"])
def test_scopes_of_other_kinds_reach_the_app_untouched(kind):
    app = Says()
    scope = {"type": kind}

    asyncio.run(ask_async(ConsentMiddleware(app, config=QUIET), scope))

    assert app.scopes == [scope]
    assert app.scopes[0] is scope


def test_messages_that_nobody_knows_pass_unchanged():
    messages = [
        {"type": "http.response.debug", "info": {"template": "t"}},
        start(),
        body(PAGE),
        {"type": "some.future.message", "x": 1},
    ]

    answer = ask(ConsentMiddleware(Says(*messages), config=QUIET), headers=GPC)

    assert [
        m for m in answer.messages if m["type"] in ("http.response.debug", "some.future.message")
    ] == [
        messages[0],
        messages[3],
    ]


@pytest.mark.parametrize("content_type", ["application/json", "text/html"])
def test_fields_may_come_as_anything_that_can_be_gone_through_once(content_type):
    """ASGI, HTTP: "headers (Iterable[[byte string, byte string]])"."""
    pairs = [(b"content-type", content_type.encode()), (b"x-other", b"1")]
    answers = []
    for mode in ("enforce", "observe"):
        message = {"type": "http.response.start", "status": 200, "headers": iter(pairs)}
        config = {**QUIET, "enforcement": {"mode": mode}}
        answers.append(ask(ConsentMiddleware(Says(message, body()), config=config), headers=GPC))

    assert [dict(answer.headers)[b"x-other"] for answer in answers] == [b"1", b"1"]


def test_what_the_app_raises_passes():
    async def app(scope, receive, send):
        await send(start())
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        ask(ConsentMiddleware(app, config=QUIET), headers=GPC)


def test_the_messages_of_the_app_are_not_changed_in_place():
    messages = [start(("link", "<https://ads.vendor.example>; rel=preconnect")), body(PAGE)]
    before = [{**m, "headers": list(m.get("headers", ()))} for m in messages]

    ask(ConsentMiddleware(Says(*messages), config=QUIET), headers=GPC)

    assert [{**m, "headers": list(m.get("headers", ()))} for m in messages] == before


def test_an_app_may_tighten_before_the_response_starts():
    async def app(scope, receive, send):
        deny(scope, "advertising")
        await says_page(PAGE)(scope, receive, send)

    answer = ask(ConsentMiddleware(app, config=QUIET))

    assert answer.body == CLEAN


def test_an_app_can_not_tighten_once_the_response_has_started():
    async def app(scope, receive, send):
        await send(start())
        deny(scope, "advertising")

    with pytest.raises(Exception, match="has begun"):
        ask(ConsentMiddleware(app, config=QUIET))


def test_a_zone_denies_to_everyone_by_the_full_path():
    app = Says(start(), body())
    config = {**QUIET, "zones": [{"paths": ["/member/*"], "deny": ["analytics"]}]}
    middleware = ConsentMiddleware(app, config=config)

    ask(middleware, "/member/claims")
    assert consent_from_scope(app.scopes[-1]).reason("analytics") is Reason.ZONE
    ask(middleware, "/claims", root_path="/member")  # a server that leaves the prefix out
    assert consent_from_scope(app.scopes[-1]).reason("analytics") is Reason.ZONE
    ask(middleware, "/news")
    assert consent_from_scope(app.scopes[-1]).allows("analytics")


# --- modes ------------------------------------------------------------------------------------


def test_observe_changes_no_byte_and_says_what_it_saw(caplog):
    messages = [
        start(
            ("set-cookie", "_adv=1"),
            ("link", "<https://ads.vendor.example>; rel=preconnect"),
            ("etag", '"a"'),
            ("content-length", str(len(PAGE))),
        ),
        body(PAGE),
    ]
    app = Says(*messages)
    with caplog.at_level(logging.INFO, "consentmw"):
        middleware = ConsentMiddleware(app, config={**QUIET, "enforcement": {"mode": "observe"}})
        answer = ask(middleware, headers=[*GPC, ("cookie", "_adv=1"), ("accept-encoding", "exi")])

    assert answer.messages == messages
    assert app.saw("cookie") == ["_adv=1"]
    assert app.saw("accept-encoding") == ["exi"]
    assert "opt-outs are not honoured" in caplog.text
    assert "ads.vendor.example/p.gif" in caplog.text


def test_off_takes_the_middleware_out_of_the_path():
    app = says_page(PAGE)
    middleware = ConsentMiddleware(app, config={**QUIET, "enforcement": {"mode": "off"}})

    answer = ask(middleware, headers=GPC)

    assert answer.messages == list(app.messages)
    assert consent_from_scope(app.scopes[0]).reason("advertising") is Reason.GPC


# --- configuration ----------------------------------------------------------------------------


async def _lifespan(app):
    sent = []

    async def receive():
        return {"type": "lifespan.startup"}

    async def send(message):
        sent.append(message)

    await app({"type": "lifespan", "asgi": {"version": "3.0"}}, receive, send)
    return sent


def test_a_broken_mapping_is_answered_to_the_lifespan_scope_with_all_problems():
    app = Starlette()
    app.add_middleware(ConsentMiddleware, config={"regime": "opt", "revison": 2})

    (message,) = asyncio.run(_lifespan(app))

    assert message["type"] == "lifespan.startup.failed"
    assert "regime" in message["message"]
    assert "revison" in message["message"]


def test_a_broken_mapping_serves_nothing_without_lifespan():
    with pytest.raises(ConfigError):
        ask(ConsentMiddleware(Says(start(), body()), config={"regime": "opt"}))


@pytest.mark.parametrize("config", ["consent.toml", Path("consent.toml"), None, 1, ["regime"]])
def test_what_is_no_configuration_is_answered_with_what_would_be_one(config):
    (message,) = asyncio.run(_lifespan(ConsentMiddleware(Says(), config=config)))

    assert type(config).__name__ in message["message"]
    assert "load_config" in message["message"]


def _config(**tables):
    return Config.from_mapping({**QUIET, **tables})


def test_a_callable_gives_a_configuration_for_each_host_once():
    asked = []
    strict = _config(regime="opt-in")

    def config(host):
        asked.append(host)
        return {"shop.example": _config(), "strict.example": strict}[host]

    app = Says(start(), body())
    middleware = ConsentMiddleware(app, config=config)

    for host in ("shop.example", "STRICT.example:443", "strict.example."):
        ask(middleware, headers=[("host", host)])
    allowed = [consent_from_scope(scope).allows("advertising") for scope in app.scopes]

    assert allowed == [True, False, False]
    assert asked == ["shop.example", "strict.example"]


def test_a_callable_may_give_a_mapping():
    middleware = ConsentMiddleware(says_page(PAGE), config=lambda host: QUIET)

    assert ask(middleware, headers=GPC).body == CLEAN


def test_a_callable_that_gives_no_configuration_is_told_of_at_start_up():
    class ByHost:
        hosts = ("shop.example",)

        def __call__(self, host):
            return "consent.toml"

    (message,) = asyncio.run(_lifespan(ConsentMiddleware(Says(), config=ByHost())))

    assert "load_config" in message["message"]


def test_hosts_of_one_configuration_are_one_site(monkeypatch):
    monkeypatch.setattr("consentmw.asgi.sites._REMEMBERED", 2)
    shared = _config()
    middleware = ConsentMiddleware(
        Says(start(), body()), config=lambda host: shared if "shop" in host else _config()
    )

    for host in ("a.shop.example", "b.shop.example", "x.example", "y.example", "z.example"):
        ask(middleware, headers=[("host", host)])

    find = middleware._sites.find
    assert find([(b"host", b"a.shop.example")]) is find([(b"host", b"b.shop.example")])
    assert len(middleware._sites._by_config) <= 2
    assert middleware.config is None


def test_the_configuration_of_a_single_site_can_be_asked_for():
    config = _config()

    assert ConsentMiddleware(Says(), config=config).config is config
    assert ConsentMiddleware(Says(), config={"regime": "?"}).config is None


def test_a_host_that_nobody_knows_is_refused():
    middleware = ConsentMiddleware(Says(start(), body()), config={}.__getitem__)

    assert ask(middleware).status == 421


def test_the_hosts_that_a_callable_lists_are_checked_at_start_up():
    class ByHost:
        hosts = ("a.example", "b.example")

        def __call__(self, host):
            return Config.from_mapping({"regime": host}, source=host)

    (message,) = asyncio.run(_lifespan(ConsentMiddleware(Says(), config=ByHost())))

    assert "a.example regime" in message["message"]
    assert "b.example regime" in message["message"]


# --- nesting and mounting ---------------------------------------------------------------------


def test_an_inner_instance_of_the_same_configuration_passes_through_and_warns_once(caplog):
    config = _config()
    inner = ConsentMiddleware(says_page(PAGE), config=config)
    middleware = ConsentMiddleware(inner, config=Config.from_mapping(QUIET))

    answers = [ask(middleware, headers=GPC) for _ in range(2)]

    assert [answer.body for answer in answers] == [CLEAN, CLEAN]
    assert [r.message for r in caplog.records if "twice" in r.message] != []
    assert sum("twice" in r.message for r in caplog.records) == 1


def test_an_inner_instance_of_another_configuration_tightens():
    inner_config = {**QUIET, "regime": "opt-in"}
    app = says_page(PAGE)
    middleware = ConsentMiddleware(ConsentMiddleware(app, config=inner_config), config=QUIET)

    assert ask(middleware).body == CLEAN


def test_an_inner_instance_can_not_loosen():
    seen = Says(start(), body(PAGE))
    inner = ConsentMiddleware(seen, config={**QUIET, "signals": {"gpc": False, "navigator": False}})
    middleware = ConsentMiddleware(inner, config=QUIET)

    answer = ask(middleware, headers=GPC)

    assert answer.body == CLEAN
    assert not consent_from_scope(seen.scopes[0]).allows("advertising")


@pytest.mark.parametrize("mode", ["observe", "off"])
def test_an_inner_instance_does_all_by_itself_where_the_outer_does_nothing(mode):
    inner = ConsentMiddleware(says_page(PAGE), config=ADS)
    middleware = ConsentMiddleware(inner, config={**ADS, "enforcement": {"mode": mode}})

    assert b"guard." in ask(middleware, headers=GPC).body


def test_it_works_around_an_app_that_is_mounted_under_a_path():
    async def home(request: Request):
        return PlainTextResponse(f"{request.url.path} {sorted(request.state.consent.denied)}")

    mounted = ConsentMiddleware(Starlette(routes=[Route("/home", home)]), config=QUIET)
    site = Starlette(routes=[Mount("/shop", app=mounted)])

    assert ask(site, "/shop/home", GPC).body == b"/shop/home ['advertising']"


# --- debug ------------------------------------------------------------------------------------


def test_debug_says_what_was_decided_and_suppressed():
    page = says_page(PAGE, ("set-cookie", "_adv=1"))
    middleware = ConsentMiddleware(page, config=QUIET, debug=True)

    answer = ask(middleware, headers=[*GPC, ("cookie", "_adv=1; a=b; _adv2=x")])

    assert "advertising=denied;reason=gpc" in answer.get("consentmw-decision")
    assert "analytics=allowed;reason=regime" in answer.get("consentmw-decision")
    assert answer.get("consentmw-suppressed") == "cookies=2, fields=1, elements=1"
    assert answer.get("server-timing").startswith("consentmw;dur=")


def test_nothing_is_said_without_debug():
    answer = ask(ConsentMiddleware(says_page(PAGE), config=QUIET), headers=GPC)

    assert not [name for name, _ in answer.headers if name.startswith(b"consentmw")]
    assert answer.get("server-timing") is None
