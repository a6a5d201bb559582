"""What of any response, whatever its type and status, may reach the browser."""

from datetime import UTC, datetime

import pytest
from rig.messages import Says, ask, body, says_page, start

from consentmw import Choice, Config
from consentmw.access import consent_from_scope, deny
from consentmw.asgi import ConsentMiddleware

GPC = [("sec-gpc", "1")]
NAVIGATION = [("sec-fetch-dest", "document")]
SECRET = "a secret of some length"
CONFIG = {
    "secret_keys": [SECRET],
    "categories": {
        "advertising": {
            "hosts": ["ads.vendor.example"],
            "urls": ["/own-ads/*"],
            "cookies": ["_adv", "_adv_*"],
        },
        "analytics": {"cookies": ["_stats"]},
    },
    "signals": {"navigator": False},
    "browser": {"guard": "off"},
    "zones": [{"paths": ["/member/*"], "deny": ["analytics"]}],
}
OTHER = {"content_type": "application/json"}


def _ask(app, headers=GPC, path="/", *, config=CONFIG, **more):
    return ask(ConsentMiddleware(app, config=config), path, headers, **more)


def _choice_cookie(*, allowed=(), denied=(), revision=1):
    config = Config.from_mapping(CONFIG)
    choice = Choice(
        allowed=frozenset(allowed),
        denied=frozenset(denied),
        revision=revision,
        chosen_on=datetime.now(UTC).date(),
    )
    return f"__Host-privacy_choices={config.choice_signer.sign(choice)}"


# --- cookies ----------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 204, 302, 304, 404, 500])
@pytest.mark.parametrize("content_type", ["text/html", "application/json", "image/gif", ""])
def test_a_denied_cookie_is_dropped_from_every_response(status, content_type):
    cookies = [("set-cookie", "_adv=1; Path=/"), ("Set-Cookie", "session=s; HttpOnly")]

    answer = _ask(Says(start(*cookies, status=status, content_type=content_type), body()))

    assert answer.all("set-cookie") == ["session=s; HttpOnly"]


def test_a_cookie_is_dropped_on_the_very_first_response():
    """field.md, 1: the request holds none of it yet, and the name is a prefix."""
    app = Says(start(("set-cookie", "_adv_42=1"), ("set-cookie", "_adv=1")), body())

    assert _ask(app).all("set-cookie") == []


def test_a_deletion_and_what_is_allowed_pass():
    cookies = [("set-cookie", "_adv=; Max-Age=0"), ("set-cookie", "_stats=1")]

    assert _ask(Says(start(*cookies), body())).all("set-cookie") == ["_adv=; Max-Age=0", "_stats=1"]


def test_the_app_does_not_see_the_cookies_of_denied_categories():
    app = Says(start(), body())
    cookies = [("cookie", "a=1; _adv=x; b=2"), ("cookie", "_adv_1=x"), ("cookie", "_stats=1")]

    _ask(app, [*GPC, *cookies])

    assert app.saw("cookie") == ["a=1; b=2", "_stats=1"]


def test_a_site_may_keep_the_cookies_of_the_request():
    app = Says(start(), body())
    config = {**CONFIG, "enforcement": {"request_cookies": "keep"}}

    _ask(app, [*GPC, ("cookie", "a=1; _adv=x")], config=config)

    assert app.saw("cookie") == ["a=1; _adv=x"]


def test_the_choice_itself_is_never_taken_away():
    config = {**CONFIG, "categories": {"advertising": {"cookies": ["__Host-*"]}}}
    cookie = _choice_cookie(denied=["advertising"])
    app = Says(start(("set-cookie", cookie)), body())

    answer = _ask(app, [*GPC, ("cookie", f"{cookie}; __Host-other=1")], config=config)

    assert app.saw("cookie") == [cookie]
    assert answer.all("set-cookie")[0] == cookie


# --- leftovers --------------------------------------------------------------------------------


def test_leftovers_expire_on_the_next_page_and_the_response_is_private():
    app = says_page(b"<p>x", ("cache-control", "public, max-age=60"))

    answer = _ask(app, [*GPC, *NAVIGATION, ("cookie", "_adv=x; a=1; _adv_2=y; _stats=1")])

    *expired, memory = answer.all("set-cookie")
    assert expired == [
        "_adv=; Max-Age=0; Path=/",
        "_adv=; Max-Age=0; Path=/; Domain=shop.example",
        "_adv_2=; Max-Age=0; Path=/",
        "_adv_2=; Max-Age=0; Path=/; Domain=shop.example",
    ]
    assert memory.startswith("privacy_choices_expired=")
    assert memory.endswith("; Path=/; HttpOnly; SameSite=Lax")
    assert answer.get("cache-control") == "private, max-age=60"


def test_a_leftover_that_stays_is_not_expired_for_ever():
    app = says_page(b"<p>x")
    cookies = "_adv=x"
    rounds = 0
    while rounds < 10:
        answer = _ask(app, [*GPC, *NAVIGATION, ("cookie", cookies)], path="/")
        if not answer.all("set-cookie"):
            break
        rounds += 1
        cookies = "_adv=x; " + answer.all("set-cookie")[-1].partition(";")[0]

    assert rounds == 2
    assert answer.get("cache-control") is None
    assert app.saw("cookie") == [cookies.partition("; ")[2]]


@pytest.mark.parametrize(
    ("headers", "status", "content_type"),
    [
        ([("sec-fetch-dest", "image")], 200, "image/png"),
        ([("sec-fetch-dest", "empty")], 200, "text/html"),
        ([("sec-fetch-dest", "iframe")], 200, "text/html"),
        ([], 200, "application/json"),
        (NAVIGATION, 302, "text/html"),
        (NAVIGATION, 404, "text/html"),
        (NAVIGATION, 304, ""),
    ],
)
def test_leftovers_stay_where_no_page_is_shown(headers, status, content_type):
    app = Says(start(status=status, content_type=content_type), body())

    assert _ask(app, [*GPC, *headers, ("cookie", "_adv=x")]).all("set-cookie") == []


def test_an_older_browser_that_says_nothing_of_destinations_is_shown_a_page():
    assert _ask(says_page(b"<p>x"), [*GPC, ("cookie", "_adv=x")]).all("set-cookie") != []


def test_what_only_a_zone_or_the_app_denies_is_kept_for_the_next_page():
    app = says_page(b"<p>x")
    answer = _ask(app, [*NAVIGATION, ("cookie", "_stats=1; a=1")], path="/member/home")

    assert app.saw("cookie") == ["a=1"]
    assert answer.all("set-cookie") == []


# --- hints ------------------------------------------------------------------------------------


@pytest.mark.parametrize("content_type", ["text/html", "application/json"])
def test_hint_fields_lose_what_names_a_denied_host(content_type):
    fields = [
        ("Link", "</a.css>; rel=preload, <https://ads.vendor.example>; rel=preconnect"),
        ("Speculation-Rules", '"https://ads.vendor.example/r.json"'),
        ("Reporting-Endpoints", 'a="/r", b="https://ads.vendor.example/r"'),
        ("Report-To", '{"endpoints": [{"url": "https://ads.vendor.example"}], "max_age": 1}'),
        ("NEL", '{"report_to": "default", "max_age": 1}'),
        ("X-Other", "https://ads.vendor.example"),
    ]
    app = Says(start(*fields, content_type=content_type), body())

    answer = _ask(app)

    kept = [
        (n.decode(), v.decode()) for n, v in answer.headers if n not in (b"content-type", b"vary")
    ]
    assert kept == [
        ("Link", "</a.css>; rel=preload"),
        ("Reporting-Endpoints", 'a="/r"'),
        ("X-Other", "https://ads.vendor.example"),
    ]


def _hint(*links):
    return {"type": "http.response.early_hint", "links": list(links)}


def test_early_hints_lose_what_names_a_denied_host():
    css, ads = b"</a.css>; rel=preload", b"<https://ads.vendor.example>; rel=preconnect"
    app = Says(_hint(css, ads), _hint(ads), _hint(css + b", " + ads), start(**OTHER), body())

    assert _ask(app).messages[:-2] == [_hint(css), _hint(css)]
    assert _ask(app, []).messages[:-2] == list(app.messages[:3])


def test_an_app_that_tightens_tightens_its_early_hints():
    ads = b"<https://ads.vendor.example>; rel=preconnect"

    async def app(scope, receive, send):
        deny(scope, "advertising")
        await Says(_hint(ads), start(**OTHER), body())(scope, receive, send)

    assert [m["type"] for m in _ask(app, []).messages] == [
        "http.response.start",
        "http.response.body",
    ]


def test_nothing_is_pushed_that_the_site_has_declared():
    pushes = [
        {"type": "http.response.push", "path": path, "headers": []}
        for path in ("/own-ads/1.js", "/app.js")
    ]
    app = Says(*pushes, start(**OTHER), body())

    assert _ask(app).messages[:-2] == [pushes[1]]
    assert _ask(app, []).messages[:-2] == pushes


# --- caches -----------------------------------------------------------------------------------


@pytest.mark.parametrize("headers", [GPC, []])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_every_variant_of_a_page_says_what_it_varies_by(headers, method):
    app = says_page(b"<p>x", ("vary", "Accept-Language"))

    answer = _ask(app, headers, method=method)

    assert answer.get("vary") == "Accept-Language, Sec-GPC, Cookie"
    assert answer.get("cache-control") is None


def test_dnt_is_varied_by_where_it_counts():
    config = {**CONFIG, "signals": {"dnt": True, "navigator": False}}

    assert _ask(says_page(b"<p>x"), config=config).get("vary") == "Sec-GPC, Cookie, DNT"


@pytest.mark.parametrize(
    ("field", "varies"),
    [
        (("set-cookie", "_adv=1"), True),
        (("set-cookie", "_stats=1"), True),
        (("set-cookie", "session=1"), False),
        (("link", "<https://ads.vendor.example>; rel=preload"), True),
        (("link", "</a.css>; rel=preload"), False),
        (("x-a", "b"), False),
    ],
)
@pytest.mark.parametrize("headers", [GPC, []])
def test_other_responses_vary_where_a_field_of_theirs_does(field, varies, headers):
    answer = _ask(Says(start(field, **OTHER), body()), headers)

    assert answer.get("vary") == ("Sec-GPC, Cookie" if varies else None)


@pytest.mark.parametrize("asks", [consent_from_scope, lambda scope: deny(scope, "analytics")])
@pytest.mark.parametrize(
    ("strategy", "headers", "vary", "cache_control"),
    [
        ("vary", [], "Accept, Sec-GPC, Cookie", "max-age=60"),
        ("vary", GPC, "Accept, Sec-GPC, Cookie", "max-age=60"),
        ("private", [], "Accept, Sec-GPC, Cookie", "private, max-age=60"),
    ],
)
def test_data_for_which_the_app_has_asked_the_consent_varies_by_it(
    asks, strategy, headers, vary, cache_control
):
    """The README's own first example told a cache nothing of being for some visitors only."""
    said = start(("vary", "Accept"), ("cache-control", "max-age=60"), **OTHER)

    async def app(scope, receive, send):
        if scope["path"] == "/asked":
            asks(scope)
        await Says(said, body(b"{}"))(scope, receive, send)

    config = {**CONFIG, "caching": {"strategy": strategy}}
    asked = _ask(app, headers, "/asked", config=config)
    other = _ask(app, headers, "/other", config=config)

    assert (asked.get("vary"), asked.get("cache-control")) == (vary, cache_control)
    assert (other.get("vary"), other.get("cache-control")) == ("Accept", "max-age=60")


@pytest.mark.parametrize(
    ("headers", "private"),
    [
        ([("x-privacy-variant", "0")], False),
        ([*GPC, ("x-privacy-variant", "1")], False),
        ([*GPC, ("x-privacy-variant", "0")], True),
    ],
)
def test_an_edge_shares_data_for_which_the_app_has_asked_as_it_shares_pages(headers, private):
    async def app(scope, receive, send):
        consent_from_scope(scope)
        await Says(start(**OTHER), body(b"{}"))(scope, receive, send)

    config = {**CONFIG, "caching": {"strategy": "edge"}}
    answer = _ask(app, headers, config=config)

    assert answer.get("cache-control") == ("private" if private else None)
    assert answer.get("vary") == "Sec-GPC, Cookie"


@pytest.mark.parametrize("headers", [GPC, []])
def test_the_private_strategy_keeps_pages_out_of_shared_caches(headers):
    config = {**CONFIG, "caching": {"strategy": "private"}}

    page = _ask(says_page(b"<p>x", ("cache-control", "max-age=60")), headers, config=config)
    other = _ask(Says(start(("cache-control", "max-age=60"), **OTHER), body()), config=config)

    assert page.get("cache-control") == "private, max-age=60"
    assert page.get("vary") == "Sec-GPC, Cookie"
    assert other.get("cache-control") == "max-age=60"


EDGE = {**CONFIG, "caching": {"strategy": "edge", "edge_header": "X-Privacy-Variant"}}


@pytest.mark.parametrize(
    ("headers", "private", "sees_stats"),
    [
        ([("x-privacy-variant", "0")], False, True),
        ([("x-privacy-variant", "1")], False, False),
        ([("x-privacy-variant", "1"), *GPC], False, False),
        # The CDN has computed the key wrongly, so that the page would go to others with that key.
        ([("x-privacy-variant", "0"), *GPC], True, True),
        # It doesn't compute one at all.
        ([], True, True),
        ([("x-privacy-variant", "yes")], True, True),
        # Several values: the more restrictive one.
        ([("x-privacy-variant", "0"), ("x-privacy-variant", "1")], False, False),
    ],
)
def test_at_an_edge_a_page_is_shared_by_all_with_its_key_or_by_nobody(headers, private, sees_stats):
    app = says_page(b"<p>x", ("cache-control", "max-age=60"))

    answer = _ask(app, [*headers, ("cookie", "_stats=1")], config=EDGE)

    assert (answer.get("cache-control") == "private, max-age=60") is private
    assert answer.get("vary") == "Sec-GPC, Cookie"
    assert (app.saw("cookie") == ["_stats=1"]) is sees_stats


KEY = [("x-privacy-variant", "1")]


def test_the_key_of_an_edge_hides_nothing_of_what_a_visitor_has_said():
    """Who had opted out was told there that the app had, and could change nothing."""
    cookie = [("cookie", _choice_cookie(denied=["advertising"], allowed=["analytics"]))]
    app = ConsentMiddleware(Says(), config=EDGE)

    plain, keyed = (
        ask(app, "/privacy-choices/api", [*cookie, *key, ("sec-fetch-dest", "empty")])
        for key in ([], KEY)
    )

    assert keyed.body == plain.body
    assert b'"reason":"choice"' in keyed.body
    assert b'"reason":"app"' not in keyed.body


def test_a_tag_counts_under_the_key_of_an_edge_too():
    page = b'<p><img src="https://ads.vendor.example/p.gif" data-consent="status">'

    for headers in (GPC, [*GPC, *KEY]):
        assert _ask(says_page(page), headers, config=EDGE).body == page


def test_leftovers_expire_under_the_key_of_an_edge_as_far_as_the_visitor_has_opted_out():
    cookies = [("cookie", "_adv=1; _stats=2")]
    headers = [*GPC, *KEY, *NAVIGATION, *cookies]

    answer = _ask(says_page(b"<p>"), headers, config=EDGE)

    expired = {value.partition("=")[0] for value in answer.all("set-cookie")}
    assert expired == {"_adv", "privacy_choices_expired"}
    assert answer.get("cache-control") == "private"


def test_no_edge_keeps_what_an_app_has_tightened_for_one_visitor():
    async def tightens(scope, receive, send):
        deny(scope, "advertising")
        await says_page(PIXEL)(scope, receive, send)

    for key in ("0", "1"):
        answer = _ask(tightens, [("x-privacy-variant", key)], config=EDGE)
        assert answer.get("cache-control") == "private"


def test_the_key_of_an_edge_never_allows_anything():
    page = b'<p><img src="https://ads.vendor.example/p.gif">'

    answer = _ask(says_page(page), [*GPC, ("x-privacy-variant", "0")], config=EDGE)

    assert answer.body == b"<p>"


def test_the_key_counts_only_where_the_strategy_is_edge():
    app = says_page(b"<p>x")

    _ask(app, [("x-privacy-variant", "1"), ("cookie", "_stats=1")])

    assert app.saw("cookie") == ["_stats=1"]


def test_a_choice_counts_whatever_the_key_says_and_is_for_nobody_else():
    app = says_page(b"<p>x")
    cookie = ("cookie", _choice_cookie(denied=["advertising"]))

    answer = _ask(app, [("x-privacy-variant", "0"), cookie], config=EDGE)

    assert answer.get("cache-control") == "private"


def test_a_rewritten_page_is_no_more_cacheable_than_the_original():
    for cache_control in ("no-store", "private", "no-cache", "max-age=60, public"):
        answer = _ask(says_page(b"<p>x", ("cache-control", cache_control)))
        assert answer.get("cache-control") == cache_control


# --- choices ----------------------------------------------------------------------------------


PIXEL = b'<p>a<img src="https://ads.vendor.example/p.gif">b'


@pytest.mark.parametrize("prefix", ["", "a=b; ", "_stats=1;"])
def test_a_signed_opt_out_is_honoured(prefix):
    cookie = prefix + _choice_cookie(denied=["advertising"])

    for _ in range(2):
        assert _ask(says_page(PIXEL), [("cookie", cookie)]).body == b"<p>ab"


def test_all_cookie_fields_are_read_and_the_more_restrictive_counts():
    fields = [
        ("cookie", _choice_cookie(allowed=["advertising"])),
        ("cookie", "a=b"),
        ("cookie", _choice_cookie(denied=["advertising"])),
    ]

    assert _ask(says_page(PIXEL), fields).body == b"<p>ab"
    assert _ask(says_page(PIXEL), fields[:2]).body == PIXEL


@pytest.mark.parametrize("value", ["", "x", "1.", "1.*.", "\xff" * 50, "1" * 5000, "=;=", '"'])
def test_a_broken_choice_never_raises_and_never_allows(value):
    config = {**CONFIG, "regime": "opt-in"}
    cookie = ("cookie", f"__Host-privacy_choices={value}")

    assert _ask(says_page(PIXEL), [cookie], config=config).body == b"<p>ab"


def test_what_nobody_can_verify_is_not_remembered():
    middleware = ConsentMiddleware(says_page(PIXEL), config=CONFIG)

    for number in range(50):
        ask(middleware, headers=[("cookie", f"__Host-privacy_choices=1.{number}")])

    assert len(middleware._sites.only._treatments) == 0


def test_one_choice_is_remembered_once_however_it_is_written():
    middleware = ConsentMiddleware(says_page(PIXEL), config=CONFIG)
    name, _, value = _choice_cookie(denied=["analytics"]).partition("=")

    for number in range(1, 20):
        padded = f"{name}={' ' * number}{value}"
        ask(middleware, headers=[("cookie", "; ".join([padded] * number))])

    assert len(middleware._sites.only._treatments) == 1


def test_what_is_remembered_is_bounded(monkeypatch):
    monkeypatch.setattr("consentmw.asgi.site._MAX_REMEMBERED", 3)
    monkeypatch.setattr("consentmw.asgi.site._MAX_POLICIES", 3)
    monkeypatch.setattr("consentmw.asgi.treatment._MAX_VARIANTS", 2)
    middleware = ConsentMiddleware(says_page(PIXEL), config=CONFIG)

    for path in ("/", "/member/x"):
        for headers in (GPC, [], [("cookie", _choice_cookie(denied=["analytics"]))]):
            for prefix in ("", "/a", "/b", "/c"):
                ask(middleware, path, headers, root_path=prefix)

    site = middleware._sites.only
    assert len(site._treatments) <= 3
    assert len(site._policies) <= 3


def test_a_reported_signal_is_honoured():
    config = {**CONFIG, "signals": {"navigator": True}}
    report = Config.from_mapping(config).choice_signer.sign_report()
    name = "__Host-privacy_choices_signal"

    assert _ask(says_page(PIXEL), [("cookie", f"{name}={report}")], config=config).body == b"<p>ab"
    assert PIXEL in _ask(says_page(PIXEL), [("cookie", f"{name}=1")], config=config).body


@pytest.mark.parametrize(
    ("values", "denied"),
    [
        ([], False),
        (["1"], True),
        (["0", "1"], True),
        (["1, 1"], True),
        (["0"], False),
        ([""], False),
        (["true"], False),
        (["?1"], False),
        (["1 1"], False),
    ],
)
def test_gpc_counts_exactly_as_the_specification_says(values, denied):
    headers = [("sec-gpc", value) for value in values]

    assert (_ask(says_page(PIXEL), headers).body == b"<p>ab") is denied
