"""Defects that other systems have, as their own issue threads tell: each is a test of ours."""

import asyncio
import gzip
import re
import zlib
from datetime import UTC, datetime

import pytest
from rig.messages import Answer, Says, ask, ask_async, body, says_page, scope_of, start

from consentmw import Choice, Config, ConsentMiddleware, RewriteError, consent_from_scope

GPC = [("sec-gpc", "1")]
CONFIG = {
    "secret_keys": ["a secret of some length"],
    "regime": "opt-out",
    "signals": {"navigator": False},
    "browser": {"guard": "off"},
    "categories": {
        "advertising": {"hosts": ["ads.vendor.example"]},
        "video": {"hosts": ["player.video.example"]},
        "video-ads": {"hosts": ["ads.video.example"]},
    },
}
PIXEL = b'<img src="https://ads.vendor.example/p.gif" width=1 height=1>'


def _ask(app, headers=GPC, path="/", **more):
    return ask(ConsentMiddleware(app, config=CONFIG), path, headers, **more)


def _page(content):
    return b"<!doctype html><html><head><title>t</title></head><body>" + content + b"</body></html>"


def _rewritten(content, headers=GPC):
    return _ask(says_page(_page(content)), headers).body


def test_1_the_first_response_sets_no_cookie_of_a_declined_group_whatever_its_suffix():
    cookies = [("set-cookie", f"{name}=1; Path=/") for name in ("_ga", "_ga_ABC123", "_fbp", "id")]
    denied = Choice(
        denied=frozenset({"analytics", "advertising"}),
        revision=1,
        chosen_on=datetime.now(UTC).date(),
    )
    value = Config.from_mapping(CONFIG).choice_signer.sign(denied)

    answer = _ask(Says(start(*cookies), body()), [("cookie", f"__Host-privacy_choices={value}")])

    assert answer.all("set-cookie") == ["id=1; Path=/"]


def test_2_escaped_text_of_a_user_stays_text():
    text = (
        b'<p title="&lt;script&gt;">&lt;script src="https://ads.vendor.example/a.js"&gt;'
        b"&lt;/script&gt; &amp;lt;img onerror=alert(1)&amp;gt; &#60;b&#62;</p><P a=1 A=2></p >"
    )

    assert _rewritten(text + PIXEL + text) == _page(text + text)


def test_3_a_page_that_can_not_be_read_does_not_pass_unfiltered():
    broken = gzip.compress(_page(PIXEL))[:-4]

    answer = _ask(says_page(broken, ("content-encoding", "gzip")))

    assert answer.status == 503
    assert PIXEL not in answer.body


def test_3_a_page_that_fails_half_way_does_not_end_as_if_it_were_complete():
    compressor = zlib.compressobj(wbits=31)
    good = compressor.compress(_page(b"one") * 100) + compressor.flush(zlib.Z_SYNC_FLUSH)
    messages = [
        start(("content-encoding", "gzip")),
        body(good, more=True),
        body(b"\xff" * 50, more=True),
        body(),
    ]
    answer = Answer()

    async def run():
        app = ConsentMiddleware(Says(*messages), config=CONFIG)
        with pytest.raises(RewriteError):
            await ask_async(app, scope_of("/", GPC), into=answer)

    asyncio.run(run())
    assert answer.status == 200
    assert not answer.complete


@pytest.mark.parametrize("value", ["0", "true", "yes", "11", "?1", "1;x", "on", ""])
def test_4_only_a_one_is_a_signal(value):
    assert PIXEL in _rewritten(PIXEL, [("sec-gpc", value)])


@pytest.mark.parametrize(
    "value", ["%7B%22", "{", "null", "1.2.3", "\x00", "é", "e30=", "1.*", "..", "=" * 3000]
)
def test_5_a_malformed_choice_is_no_error(value):
    app = says_page(_page(PIXEL))

    answer = _ask(app, [("cookie", f'__Host-privacy_choices={value}; other="x')])

    assert answer.status == 200
    assert consent_from_scope(app.scopes[0]).choice is None


def test_6_no_category_gets_the_choice_of_another_whose_name_holds_its_own():
    choice = Choice(
        allowed=frozenset({"video"}),
        denied=frozenset({"video-ads"}),
        revision=1,
        chosen_on=datetime.now(UTC).date(),
    )
    value = Config.from_mapping(CONFIG).choice_signer.sign(choice)
    resources = b'<img src="https://player.video.example/v"><img src="https://ads.video.example/v">'

    left = _rewritten(resources, [("cookie", f"__Host-privacy_choices={value}")])

    assert left == _page(b'<img src="https://player.video.example/v">')


@pytest.mark.parametrize(
    "script",
    [
        'var texts = {"share": "Share on Facebook (connect.facebook.net)", "hj": "Hotjar"};',
        "// we removed https://connect.facebook.net/en_US/fbevents.js in 2024",
        'if (paid) { fbq("track", "Purchase", {value: 1}); } checkout.start();',
    ],
)
def test_7_a_script_that_mentions_or_calls_a_vendor_is_not_its_loader(script):
    page = f"<script>{script}</script>".encode()

    assert _rewritten(page) == _page(page)


def test_8_what_is_inside_noscript_is_looked_at():
    page = b'<noscript><p>on</p><iframe src="//ads.vendor.example/f"></iframe>%b</noscript>' % PIXEL

    left = _rewritten(page)

    assert b"ads.vendor.example" not in left
    assert b"<noscript><p>on</p>" in left


def test_9_a_signal_is_not_written_down_as_a_choice():
    app = says_page(_page(PIXEL))

    answer = _ask(app)

    assert answer.all("set-cookie") == []
    consent = consent_from_scope(app.scopes[0])
    assert (consent.choice, consent.choice_status) == (None, "absent")


def _scripts():
    """Every script that this package serves."""
    middleware = ConsentMiddleware(
        says_page(b""),
        config={**CONFIG, "signals": {}, "browser": {"guard": "script+worker", "csp": "enforce"}},
    )
    paths = [path for path in middleware._sites.only.endpoints if path.endswith(".js")]
    scripts = {path: ask(middleware, path, GPC).body.decode() for path in paths}
    assert len(scripts) >= 5
    return scripts


def test_10_no_script_of_ours_needs_unsafe_eval():
    for path, script in _scripts().items():
        found = re.findall(r"\beval\(|new Function\b|set(?:Timeout|Interval)\(\s*[\"'`]", script)
        assert found == [], path


def test_11_no_script_of_ours_has_a_public_global_to_ask_for_an_exemption():
    for path, script in _scripts().items():
        assert not re.findall(r"\b(?:window|globalThis|self)\.consent\w*\s*=[^=]", script) or (
            path.endswith("worker.js")  # a worker's scope is no page's
        ), path


@pytest.mark.parametrize("headers", [GPC, []])
def test_12_no_variant_is_cacheable_for_everyone(headers):
    answer = _ask(says_page(_page(PIXEL), ("cache-control", "public, max-age=600")), headers)

    assert answer.get("vary") == "Sec-GPC, Cookie"
    assert answer.get("cache-control") == "public, max-age=600"


def test_12_what_expires_a_visitors_cookies_is_for_nobody_else():
    app = says_page(_page(PIXEL), ("cache-control", "public, max-age=600"))

    answer = _ask(app, [*GPC, ("cookie", "_fbp=fb.1.2.3")])

    assert answer.get("cache-control") == "private, max-age=600"


def test_13_nothing_that_would_undo_it_stands_beside_an_honoured_opt_out():
    page = _ask(says_page(b""), path="/privacy-choices").body.decode()

    assert "Opt-Out Request Honored" in page
    actions = re.findall(r'<button[^>]*name="action" value="([^"]*)"', page)
    assert set(actions) == {"opt-out", "save"}
    (switch,) = re.findall(r'<input type="checkbox"[^>]*value="advertising"[^>]*>', page)
    assert "disabled" in switch
    assert "checked" not in switch
