"""Each assertion passes on a good app and fails on a broken one, with a message that says why."""

from contextlib import asynccontextmanager

import httpx
import pytest
from planted_faults import PIXEL, SCRIPT, SESSION, build_broken, build_fixed
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from consentmw import Config, ConsentMiddleware
from consentmw.errors import TargetError
from consentmw.testing import (
    VisitorState,
    assert_cacheable_by_variant,
    assert_gpc_support_resource,
    assert_login_survives,
    assert_no_advertising,
    assert_no_cookies,
    assert_same_without,
    assert_site_honours_opt_outs,
    assert_suppressed,
    async_client,
    build_states,
    client,
    find_config,
    starlette_client,
)

CONFIG = Config.from_mapping({"secret_keys": ["a secret of the test's"]})


def response(body, *, headers=(), status=200):
    return httpx.Response(
        status,
        headers=[("content-type", "text/html"), *headers],
        content=body,
        request=httpx.Request("GET", "https://testserver/page"),
    )


def test_a_page_without_advertising_passes():
    assert_no_advertising(response("<p>Hello</p><script src='/own.js'></script>"))


@pytest.mark.parametrize(
    ("body", "headers", "words"),
    [
        (f"<p>x</p>\n{SCRIPT}", [], ["line 2", "script", "Meta", "connect.facebook.net"]),
        (f"<noscript>{PIXEL}</noscript>", [], ["image", "facebook.com/tr"]),
        ("<script>fbq('init', '1');</script>", [], ["inline script", "fbq("]),
        ("", [("set-cookie", "_fbp=1; Path=/")], ["cookie", "_fbp", "session"]),
        ("", [("link", "<https://static.criteo.net/x.js>; rel=preload")], ["link", "criteo"]),
        ('<img data-consent="advertising" src="/x">', [], ["tagged advertising by the site"]),
    ],
    ids=["script", "noscript", "inline", "cookie", "hint", "tag"],
)
def test_advertising_fails_with_what_it_is_and_why(body, headers, words):
    with pytest.raises(AssertionError) as caught:
        assert_no_advertising(response(body, headers=headers))

    for word in words:
        assert word in str(caught.value)


def test_other_categories_can_be_asserted():
    page = response('<script src="https://static.hotjar.com/c/hotjar-1.js"></script>')

    assert_suppressed(page, "advertising")
    with pytest.raises(AssertionError, match="Hotjar"):
        assert_suppressed(page, "advertising", "analytics")


def test_an_assertion_about_no_category_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        assert_suppressed(response(""))
    with pytest.raises(ValueError, match="at least one"):
        assert_no_cookies(response(""))


def test_a_category_that_nobody_defined_is_refused():
    with pytest.raises(ValueError, match="no category 'advertisng'"):
        assert_suppressed(response(""), "advertisng", config=CONFIG)


def test_cookies_are_asserted_apart_from_the_page():
    page = response(SCRIPT, headers=[("set-cookie", "_gcl_au=1"), ("set-cookie", SESSION)])

    with pytest.raises(AssertionError, match="_gcl_au"):
        assert_no_cookies(page, "advertising")
    assert_no_cookies(response(SCRIPT), "advertising")


def test_a_page_that_lost_only_what_was_declined_is_the_same():
    plain = response(f"<p>Hello</p>{SCRIPT}<noscript>{PIXEL}</noscript>")

    assert_same_without(plain, response("<p>Hello</p><noscript></noscript>"), "advertising")


@pytest.mark.parametrize(
    ("treated", "lost"),
    [
        (response("<p>Hello</p>"), "/app.js"),
        (response("<p></p><script src=/app.js></script>"), "Hello"),
        (response("<p>Hello</p><script src=/app.js></script>", status=403), "403"),
    ],
    ids=["script", "text", "status"],
)
def test_a_page_that_lost_more_fails_with_what_is_missing(treated, lost):
    plain = response(f"<p>Hello</p><script src=/app.js></script>{SCRIPT}")

    with pytest.raises(AssertionError, match=lost):
        assert_same_without(plain, treated, "advertising")


def test_what_differs_between_two_plain_visits_does_not_count():
    plain, again = response("<p>token 1</p>"), response("<p>token 2</p>")

    assert_same_without(plain, response("<p>token 3</p>"), "advertising", again=again)
    with pytest.raises(AssertionError, match="text '1'"):
        assert_same_without(plain, response("<p>token 3</p>"), "advertising")


def member_site(*, login_cookie):
    async def login(request):
        answer = RedirectResponse("/member", status_code=303)
        answer.set_cookie(login_cookie, "1")
        return answer

    async def member(request):
        known = request.cookies.get(login_cookie) == "1"
        return PlainTextResponse("Your claims" if known else "Please log in")

    app = Starlette(routes=[Route("/login", login, methods=["POST"]), Route("/member", member)])
    app.add_middleware(ConsentMiddleware, config=CONFIG)
    return app


def log_in(visitor):
    visitor.post("/login")


def test_a_login_with_a_session_cookie_survives():
    site = member_site(login_cookie="session")

    assert_login_survives(site, log_in=log_in, members_path="/member", shows="Your claims")


def test_a_login_kept_in_an_advertising_cookie_fails_for_those_who_opted_out():
    with pytest.raises(AssertionError) as caught:
        assert_login_survives(
            member_site(login_cookie="_fbp"),
            log_in=log_in,
            members_path="/member",
            shows="Your claims",
        )

    assert "gpc: /member answers 200 without 'Your claims'" in str(caught.value)
    assert "opted-out" in str(caught.value)
    assert "no-signal" not in str(caught.value)


def test_variants_behind_the_middleware_are_cacheable():
    assert_cacheable_by_variant(build_fixed(), "/etag")


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/vary", "Vary: sec-gpc"),
        ("/etag", "304 to the if-none-match"),
        ("/last-modified", "304 to the if-modified-since"),
        ("/cacheable", "public, max-age=600"),
    ],
)
def test_variants_that_a_cache_would_mix_up_fail(path, words):
    with pytest.raises(AssertionError, match=words):
        assert_cacheable_by_variant(build_broken(), path, config=CONFIG)


def test_the_support_resource_is_asserted():
    with client(build_fixed()) as visitor:
        assert_gpc_support_resource(visitor)
    with (
        client(build_broken(), config=CONFIG) as visitor,
        pytest.raises(AssertionError, match="404"),
    ):
        assert_gpc_support_resource(visitor)


def test_a_whole_site_is_asserted_at_once():
    result = assert_site_honours_opt_outs(build_fixed())

    assert len(result.pages) > 20
    with pytest.raises(AssertionError, match="faults on") as caught:
        assert_site_honours_opt_outs(build_broken(), config=CONFIG)
    assert "leaked-noscript" in str(caught.value)


def test_kinds_of_faults_can_be_passed_over():
    def home(request):
        return HTMLResponse("<p>x</p>")

    site = Starlette(routes=[Route("/", home)])

    with pytest.raises(AssertionError, match="gpc-support-missing"):
        assert_site_honours_opt_outs(site, config=CONFIG)
    assert_site_honours_opt_outs(site, config=CONFIG, ignore={"gpc-support-missing"})


@pytest.mark.parametrize("state", ["gpc", "opted-out"])
def test_starlettes_own_client_is_any_of_the_visitors(state):
    with starlette_client(build_fixed(), state) as visitor:
        assert_no_advertising(visitor.get("/script"))


@pytest.mark.anyio
async def test_the_asynchronous_client_is_any_of_the_visitors(anyio_backend):
    async with async_client(build_fixed(), "opted-out") as visitor:
        assert_no_advertising(await visitor.get("/script"))


def test_a_client_without_a_context_serves_single_requests():
    assert client(build_fixed(), "gpc").get("/script").status_code == 200


def test_a_visitor_of_ones_own_is_taken():
    state = VisitorState(name="mine", headers={"x-mine": "1"}, cookies={"a": "b"})

    def echo(request):
        return PlainTextResponse(f"{request.headers['x-mine']} {request.cookies['a']}")

    with client(Starlette(routes=[Route("/", echo)]), state) as visitor:
        assert visitor.get("/").text == "1 b"


def test_an_unknown_visitor_is_refused_with_those_there_are():
    with pytest.raises(ValueError, match="there are no-signal, gpc, opted-out, allowed"):
        client(build_fixed(), "gcp")


def test_without_a_secret_nobody_can_sign_a_choice():
    assert set(build_states(Config.from_mapping({}), host="testserver")) == {"no-signal", "gpc"}


def test_the_configuration_is_found_in_the_app_and_around_it():
    inner = Starlette()

    assert find_config(build_fixed()).secret_keys == ("a secret of the test's",)
    assert find_config(ConsentMiddleware(inner, config=CONFIG)) is CONFIG
    with pytest.raises(TargetError, match="no ConsentMiddleware"):
        find_config(inner)
    chooses = Starlette()
    chooses.add_middleware(ConsentMiddleware, config=lambda host: CONFIG)
    with pytest.raises(TargetError, match="by host"):
        find_config(chooses)


def test_a_compressed_page_is_read():
    import gzip

    def home(request):
        return Response(
            gzip.compress(SCRIPT.encode()),
            media_type="text/html",
            headers={"content-encoding": "gzip"},
        )

    with (
        client(Starlette(routes=[Route("/", home)]), config=CONFIG) as visitor,
        pytest.raises(AssertionError, match="fbevents"),
    ):
        assert_no_advertising(visitor.get("/"))


def redirecting():
    """A site whose advertising cookie comes with the redirect, and not with the page."""

    def old(request):
        answer = RedirectResponse("/new")
        answer.headers["set-cookie"] = "_fbp=1; Path=/"
        return answer

    return Starlette(
        routes=[Route("/old", old), Route("/new", lambda request: HTMLResponse("<p>x</p>"))]
    )


@pytest.mark.parametrize("make", [client, starlette_client], ids=["httpx", "starlette"])
@pytest.mark.parametrize(
    "hold", [assert_no_advertising, lambda one: assert_no_cookies(one, "advertising")]
)
def test_what_came_with_a_redirect_counts(make, hold):
    with make(redirecting(), "gpc", config=CONFIG) as visitor:
        answer = visitor.get("/old")

    assert answer.url.path == "/new"
    with pytest.raises(AssertionError, match=r"^/old \(307\) (holds|sets) 1 that is declined:\n"):
        hold(answer)


@pytest.mark.parametrize("hold", [assert_suppressed, assert_no_cookies])
def test_a_category_that_nobody_knows_is_no_category_that_is_not_there(hold):
    with pytest.raises(ValueError, match=r"no category 'advertisng'; there are .*with its config="):
        hold(response(SCRIPT), "advertisng")


def test_a_category_of_the_sites_own_is_known_by_its_configuration():
    tagged = response('<img data-consent="session-replay" src="/x">')
    config = Config.from_mapping({"categories": {"session-replay": {}}})

    with pytest.raises(AssertionError, match="tagged session-replay by the site"):
        assert_suppressed(tagged, "session-replay", config=config)


def test_an_app_that_fails_fails_the_assertion_and_says_with_what():
    def home(request):
        raise RuntimeError("no database")

    app = Starlette(routes=[Route("/", home)])

    with pytest.raises(AssertionError, match=r"answers 500 \(RuntimeError: no database\)"):
        assert_site_honours_opt_outs(app, config=CONFIG)


def test_the_whole_site_is_held_to_its_regime():
    app = Starlette(routes=[Route("/", lambda request: HTMLResponse(SCRIPT))])
    config = Config.from_mapping({"secret_keys": ["a secret of the test"], "regime": "opt-in"})

    with pytest.raises(AssertionError, match=r"\[no-signal\] leaked-resource"):
        assert_site_honours_opt_outs(app, config=config)


def with_state():
    """An app whose pages need what its lifespan has opened."""

    @asynccontextmanager
    async def lifespan(app):
        yield {"greeting": "Hello"}

    def home(request):
        return HTMLResponse(request.state.greeting)

    return Starlette(routes=[Route("/", home)], lifespan=lifespan)


@pytest.mark.parametrize("make", [client, starlette_client], ids=["httpx", "starlette"])
def test_a_page_has_what_the_lifespan_left_for_it(make):
    with make(with_state(), config=CONFIG) as visitor:
        assert visitor.get("/").text == "Hello"


@pytest.mark.anyio
async def test_the_asynchronous_client_runs_the_lifespan_too(anyio_backend):
    async with async_client(with_state(), config=CONFIG) as visitor:
        assert (await visitor.get("/")).text == "Hello"


def test_a_crawl_in_process_has_it_too():
    assert len(assert_site_honours_opt_outs(with_state(), config=CONFIG, ignore=SUPPORT).pages) == 1


SUPPORT = {"gpc-support-missing"}
