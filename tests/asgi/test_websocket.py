"""Websockets: the decision reaches the app, and the handshake is a response like any other."""

import asyncio

import pytest
from rig.messages import Says, ask_async, scope_of

from consentmw import consent_from_scope, deny
from consentmw.asgi import ConsentMiddleware

GPC = [("sec-gpc", "1")]
CONFIG = {"categories": {"advertising": {"cookies": ["_adv"], "hosts": ["ads.vendor.example"]}}}
COOKIES = [(b"set-cookie", b"_adv=1"), (b"Set-Cookie", b"session=1")]


def _open(app, headers=GPC, *, config=CONFIG):
    scope = scope_of("/socket", headers, type="websocket", subprotocols=["chat"])
    del scope["method"]
    return asyncio.run(ask_async(ConsentMiddleware(app, config=config), scope)).messages


def test_the_app_is_given_the_decision_and_no_denied_cookie():
    app = Says({"type": "websocket.accept"})

    _open(app, [*GPC, ("cookie", "a=1; _adv=x"), ("if-none-match", '"a"')])

    assert consent_from_scope(app.scopes[0]).denied == {"advertising"}
    assert app.scopes[0]["state"]["consent"].denied == {"advertising"}
    assert app.saw("cookie") == ["a=1"]
    assert app.scopes[0]["subprotocols"] == ["chat"]


@pytest.mark.parametrize("kind", ["websocket.accept", "websocket.http.response.start"])
def test_a_denied_cookie_is_dropped_from_the_handshake(kind):
    message = {"type": kind, "headers": COOKIES, "status": 403}

    assert _open(Says(message)) == [{**message, "headers": COOKIES[1:]}]
    assert _open(Says(message), []) == [message]


def test_a_handshake_without_fields_and_other_messages_pass():
    messages = [
        {"type": "websocket.accept", "subprotocol": "chat"},
        {"type": "websocket.send", "text": "_adv"},
        {"type": "websocket.http.response.body", "body": b"no"},
        {"type": "websocket.close", "code": 1000},
    ]

    assert _open(Says(*messages)) == messages


def test_an_app_may_tighten_before_it_accepts():
    async def app(scope, receive, send):
        deny(scope, "advertising")
        await send({"type": "websocket.accept", "headers": COOKIES})

    assert _open(app, []) == [{"type": "websocket.accept", "headers": COOKIES[1:]}]


@pytest.mark.parametrize("mode", ["observe", "off"])
def test_nothing_is_dropped_where_nothing_is_enforced(mode):
    app = Says({"type": "websocket.accept", "headers": COOKIES})

    left = _open(
        app, [*GPC, ("cookie", "_adv=x")], config={**CONFIG, "enforcement": {"mode": mode}}
    )

    assert left == list(app.messages)
    assert app.saw("cookie") == ["_adv=x"]


def test_a_host_that_nobody_knows_is_refused():
    assert _open(Says(), config={}.__getitem__) == [{"type": "websocket.close", "code": 1008}]
