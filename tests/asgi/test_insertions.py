"""What is put into pages, into which of them, and the policy that goes with it."""

import logging
import re

import pytest
from rig.messages import Says, ask, body, says_page, start

from consentmw.asgi import ConsentMiddleware

GPC = [("sec-gpc", "1")]
PIXEL = b'<img src="https://ads.vendor.example/p.gif">'
PAGE = b"<!doctype html><html><head><title>t</title></head><body>a" + PIXEL + b"b</body></html>"
CONFIG = {
    "secret_keys": ["a secret of some length"],
    "categories": {"advertising": {"hosts": ["ads.vendor.example"]}},
}
FRAGMENTS = [
    ("hx-request", "true"),
    ("turbo-frame", "cart"),
    ("x-up-target", "main"),
    ("sec-fetch-dest", "empty"),
]


def _ask(app, headers=GPC, path="/", *, config=CONFIG, **more):
    return ask(ConsentMiddleware(app, config=config), path, headers, **more)


@pytest.mark.parametrize("headers", [GPC, []])
def test_something_is_inserted_first_thing_in_the_head(headers):
    answer = _ask(says_page(PAGE), headers)

    before = answer.body.partition(b"<title>")[0]
    assert before.startswith(b"<!doctype html><html><head><script ")
    assert answer.get("content-length") == str(len(answer.body))


@pytest.mark.parametrize("fragment", FRAGMENTS)
def test_a_fragment_is_suppressed_in_and_never_inserted_into(fragment):
    assert _ask(says_page(PAGE), [*GPC, fragment]).body == PAGE.replace(PIXEL, b"")
    assert _ask(says_page(PAGE), [fragment]).body == PAGE


@pytest.mark.parametrize("purpose", ["prefetch", "prefetch;prerender"])
@pytest.mark.parametrize("headers", [GPC, []])
def test_what_is_fetched_ahead_is_a_page_although_it_has_no_destination(headers, purpose):
    ahead = [*headers, ("sec-fetch-dest", "empty"), ("sec-purpose", purpose)]

    assert _ask(says_page(PAGE), ahead).body == _ask(says_page(PAGE), headers).body
    assert _ask(says_page(PAGE), [*ahead, FRAGMENTS[0]]).body.count(b"<script ") == 0


@pytest.mark.parametrize("fragment", FRAGMENTS)
@pytest.mark.parametrize("headers", [GPC, []])
def test_no_cache_takes_a_fragment_for_the_page_of_the_same_address(headers, fragment):
    vary = "Sec-GPC, Cookie, Sec-Fetch-Dest, HX-Request, Turbo-Frame, X-Up-Target"

    assert _ask(says_page(PAGE), [*headers, fragment]).get("vary") == vary
    assert _ask(says_page(PAGE), headers).get("vary") == "Sec-GPC, Cookie"
    nothing = {**CONFIG, "browser": {"guard": "off"}, "signals": {"navigator": False}}
    same = _ask(says_page(PAGE), [*headers, fragment], config=nothing)
    assert same.get("vary") == "Sec-GPC, Cookie"


@pytest.mark.parametrize("key", ["0", "1"])
def test_an_edge_keeps_no_fragment(key):
    config = {**CONFIG, "caching": {"strategy": "edge"}}
    headers = [("x-privacy-variant", key)]

    for fragment in FRAGMENTS:
        answer = _ask(says_page(PAGE), [*headers, fragment], config=config)
        assert answer.get("cache-control") == "private"
    assert _ask(says_page(PAGE), headers, config=config).get("cache-control") is None


def test_a_page_and_a_fragment_are_two_variants():
    tag = ("etag", '"v1"')
    tags = {
        _ask(says_page(PAGE, tag), headers).get("etag")
        for headers in (GPC, [*GPC, FRAGMENTS[0]], [], [FRAGMENTS[0]])
    }

    assert len(tags) == 4


def test_addresses_have_the_prefix_under_which_the_app_is_mounted():
    assert b'src="/shop/privacy-choices/' in _ask(says_page(PAGE), root_path="/shop").body
    assert b'src="/privacy-choices/' in _ask(says_page(PAGE)).body


def test_an_inner_instance_inserts_nothing_that_the_outer_inserts():
    inner = ConsentMiddleware(says_page(PAGE), config={**CONFIG, "tag_attributes": ["data-x"]})

    assert _ask(inner).body == _ask(says_page(PAGE)).body


def test_nothing_is_inserted_into_an_svg():
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><path/></svg>'

    assert _ask(says_page(svg, content_type="image/svg+xml"), []).body == svg
    assert _ask(says_page(svg, content_type="image/svg+xml")).body == svg


def test_an_encoded_page_is_not_inserted_into_where_nothing_is_denied():
    app = says_page(PAGE, ("content-encoding", "unknown"), ("etag", '"v1"'))

    answer = _ask(app, [])

    assert answer.body == PAGE
    assert answer.get("etag").startswith('"v1~')
    # It leaves as it is, and can still be asked for again.
    again = Says(start(("etag", '"v1"'), status=304, content_type=""), body())
    answer = _ask(again, [("if-none-match", answer.get("etag"))])
    assert again.saw("if-none-match") == ['"v1"']
    assert answer.status == 304


def test_an_inserted_script_has_the_nonce_of_the_page():
    policy = ("Content-Security-Policy", "script-src 'nonce-abc123'")

    assert b'<script nonce="abc123" src=' in _ask(says_page(PAGE, policy)).body


def test_a_policy_that_keeps_the_insertion_from_running_is_told_once(caplog):
    app = ConsentMiddleware(
        says_page(PAGE, ("content-security-policy", "script-src 'none'")), config=CONFIG
    )
    with caplog.at_level(logging.WARNING, "consentmw"):
        for _ in range(2):
            ask(app, headers=GPC)

    assert sum("won't run" in record.message for record in caplog.records) == 1


def test_a_page_that_answers_a_post_is_not_loaded_again():
    get, post = (_ask(says_page(PAGE), [], method=method).body for method in ("GET", "POST"))

    assert b"data-reload" in get
    assert b"data-reload" not in post


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_the_additional_policy_comes_with_pages_of_visitors_who_opted_out(method):
    config = {**CONFIG, "browser": {"csp": "enforce"}}
    own = ("content-security-policy", "default-src 'self'")
    names = ("content-security-policy", "reporting-endpoints")

    def added(headers, app=None):
        answer = _ask(app or says_page(PAGE, own), headers, config=config, method=method)
        return [len(answer.all(name)) for name in names]

    assert added(GPC) == [2, 1]
    assert added([]) == [1, 0]
    assert added(GPC, Says(start(own, content_type="application/json"), body())) == [1, 0]


def test_own_endpoints_are_served_under_the_prefix():
    app = says_page(PAGE)

    assert _ask(app, path="/privacy-choices/worker.js").status == 200
    assert _ask(app, path="/shop/privacy-choices/worker.js", root_path="/shop").status == 200
    assert app.scopes == []
    _ask(app, path="/privacy-choices/worker.js", root_path="/shop")
    _ask(app, path="/privacy-choices/worker.jsx")
    assert len(app.scopes) == 1


@pytest.mark.parametrize("mode", ["enforce", "observe", "off"])
def test_choices_are_taken_in_every_mode(mode):
    config = {**CONFIG, "enforcement": {"mode": mode}}
    app = says_page(PAGE)

    answer = _ask(app, [("sec-fetch-site", "same-origin")], "/privacy-choices", config=config)

    assert answer.status == 200
    assert app.scopes == []


def test_there_is_no_preference_centre_without_a_secret():
    config = {"categories": CONFIG["categories"]}
    app = says_page(PAGE)

    _ask(app, path="/privacy-choices", config=config)

    assert len(app.scopes) == 1


@pytest.mark.parametrize("root_path", ["", "/app"])
def test_a_suppressed_frame_shows_the_sites_own_page_where_the_category_wants_it(root_path):
    frame = b'<p><iframe src="https://ads.vendor.example/film"></iframe>'
    advertising = {**CONFIG["categories"]["advertising"], "placeholder": True}
    config = {**CONFIG, "categories": {"advertising": advertising}}

    answer = _ask(says_page(frame), config=config, path=f"{root_path}/", root_path=root_path)

    assert f'<iframe src="{root_path}/privacy-choices/frame"></iframe>'.encode() in answer.body


def test_prefixes_that_visitors_make_up_are_not_remembered_where_nothing_depends_on_them():
    middleware = ConsentMiddleware(says_page(PAGE), config=CONFIG)
    for number in range(100):
        ask(middleware, f"/{number}/", GPC, root_path=f"/{number}")
    site = middleware._sites.only

    assert len(site._policies) <= 2


def test_a_page_of_another_deployment_still_gets_the_guards_files():
    page = _ask(says_page(PAGE)).body.decode()
    addresses = re.findall(r'<script src="([^"]+)"', page)
    assert len(addresses) == 2
    for address in addresses:
        now = _ask(says_page(PAGE), path=address)
        older = re.sub(r"[0-9a-f]{12}\.js$", "0123456789ab.js", address)
        then = _ask(says_page(PAGE), path=older)
        assert then.body == now.body != PAGE
        assert then.get("cache-control") == "public, max-age=60"
        assert now.get("cache-control") == "public, max-age=31536000, immutable"
