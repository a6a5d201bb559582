"""Sites behind a real uvicorn: robots.txt, audits of what the server really sends."""

from types import SimpleNamespace

import anyio
import httpx
import pytest
from planted_faults import PAGES, build_broken, build_fixed
from rig.serving import running
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from consentmw.data import load_catalogue
from consentmw.errors import TargetError
from consentmw.inspection.audit import audit_site
from consentmw.inspection.inventory import Inventory
from consentmw.inspection.live import LiveSite
from consentmw.inspection.plan import AuditPlan, plan_audit
from consentmw.inspection.scan import scan
from consentmw.inspection.sites import SiteOptions
from consentmw.inspection.states import GPC, VisitorState, find_config

pytestmark = pytest.mark.server

OPTED_OUT = VisitorState(
    name="opted-out", headers={}, cookies={"optout": "1"}, declines=GPC.declines
)


def scanned(url, **settings) -> Inventory:
    async def run():
        async with LiveSite(url, SiteOptions(**settings)) as site:
            return await scan(site, catalogue=load_catalogue())

    return anyio.run(run)


def audited(url, plan):
    async def run():
        async with LiveSite(url) as site:
            return await audit_site(site, plan, limit=100)

    return anyio.run(run)


def fetched(app, path="/", **settings):
    """One answer of a server, or why there is none."""

    async def run(url):
        async with LiveSite(url, SiteOptions(obey_robots=False, **settings)) as site:
            return await site.fetch(f"{site.origin}{path}", {})

    with running(app) as port:
        return anyio.run(run, f"http://127.0.0.1:{port}/")


def site_with(robots, status=200):
    def home(request):
        return HTMLResponse('<a href="/open">o</a><a href="/private/x">p</a>')

    def page(request):
        return HTMLResponse('<script src="https://connect.facebook.net/en_US/fbevents.js">')

    return Starlette(
        routes=[
            Route("/", home),
            Route("/open", page),
            Route("/private/x", page),
            Route("/robots.txt", lambda request: PlainTextResponse(robots, status)),
        ]
    )


@pytest.mark.parametrize(
    ("robots", "status", "pages"),
    [
        ("User-agent: *\nDisallow: /private", 200, 2),
        ("User-agent: *\nDisallow: /*/x$", 200, 2),
        ("User-agent: consentmw-scan\nDisallow: /private\n\nUser-agent: *\nDisallow: /", 200, 2),
        ("nothing here", 404, 3),
    ],
    ids=["a-folder", "a-pattern", "us", "none"],
)
def test_robots_txt_is_obeyed(robots, status, pages):
    with running(site_with(robots, status)) as port:
        assert scanned(f"http://127.0.0.1:{port}").page_count == pages


@pytest.mark.parametrize(
    ("robots", "status", "message"),
    [
        ("User-agent: consentmw-scan\nDisallow: /", 200, "forbids .*--no-robots"),
        ("down", 503, "answers 503, which forbids everything"),
    ],
)
def test_a_site_that_forbids_everything_is_no_site_without_faults(robots, status, message):
    with (
        running(site_with(robots, status)) as port,
        pytest.raises(TargetError, match=message),
    ):
        scanned(f"http://127.0.0.1:{port}")


def test_ones_own_site_may_be_read_whatever_robots_txt_says():
    with running(site_with("User-agent: *\nDisallow: /")) as port:
        assert scanned(f"http://127.0.0.1:{port}", obey_robots=False).page_count == 3


def test_every_planted_fault_is_found_over_http():
    with running(build_broken()) as port:
        plan = AuditPlan(catalogue=load_catalogue(), visitors=(GPC, OPTED_OUT))
        result = audited(f"http://127.0.0.1:{port}/", plan)

    planted = {path for path, page in PAGES.items() if page.faults}
    origin = f"http://127.0.0.1:{port}"
    assert {fault.url.removeprefix(origin) for fault in result.faults} == {
        *planted,
        "/redirect",
        "/.well-known/gpc.json",
    }


def test_nothing_is_found_on_the_same_site_in_order():
    app = build_fixed()
    with running(app) as port:
        plan = plan_audit(find_config(app), host=f"127.0.0.1:{port}")
        result = audited(f"http://127.0.0.1:{port}/", plan)

    assert result.faults == ()
    assert len(result.pages) == len(PAGES) + 2


def test_a_server_that_does_not_answer_is_no_target():
    with pytest.raises(TargetError, match="does not answer"):
        scanned("http://127.0.0.1:9/")


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://[", "no http or https URL"),
        ("https://", "no http or https URL"),
        ("ftp://a.example/", "no http or https URL"),
    ],
)
def test_a_url_that_names_no_site_is_no_target(url, message):
    with pytest.raises(TargetError, match=message):
        LiveSite(url)


def test_a_password_is_for_the_server_and_not_for_the_reports():
    seen = []

    def home(request):
        seen.append(request.headers.get("authorization"))
        return HTMLResponse('<a href="/">home</a>')

    with running(Starlette(routes=[Route("/", home)])) as port:
        inventory = scanned(f"http://me:secret@127.0.0.1:{port}")
        site = LiveSite(f"http://me:secret@127.0.0.1:{port}")

    assert set(seen) == {"Basic bWU6c2VjcmV0"}
    assert inventory.page_count == 1
    assert site.start == (f"http://127.0.0.1:{port}/",)


# ── where the site really is ─────────────────────────────────────────────────────────────────────


def answering(answer):
    return httpx.AsyncClient(transport=httpx.MockTransport(answer))


def arrived(answers, url):
    """Open a site of several hosts; where it is found to be."""

    def answer(request):
        location = answers.get(str(request.url))
        if location is None:
            return httpx.Response(200, html="<p>x</p>")
        return httpx.Response(301, headers={"location": location})

    site = LiveSite(url, SiteOptions(obey_robots=False))
    site._client = answering(answer)

    async def run():
        async with site:
            return site.origin, site.start

    return anyio.run(run)


def test_a_site_that_has_moved_to_https_and_its_longer_name_is_read_there():
    moves = {
        "http://site.example/": "https://site.example/",
        "https://site.example/": "https://www.site.example/en/",
    }

    assert arrived(moves, "http://site.example") == (
        "https://www.site.example",
        ("https://www.site.example/en/",),
    )


def test_a_redirect_within_the_site_moves_nothing():
    moves = {"https://site.example/": "/en/"}

    assert arrived(moves, "https://site.example/") == (
        "https://site.example",
        ("https://site.example/",),
    )


def test_a_site_that_sends_visitors_elsewhere_is_not_found_to_be_in_order():
    moves = {"https://site.example/": "https://login.other.example/"}

    with pytest.raises(TargetError, match=r"leads to another site, https://login\.other\.example/"):
        arrived(moves, "https://site.example/")


def test_a_site_that_moves_for_ever_is_none():
    moves = {
        "https://site.example/": "https://www.site.example/",
        "https://www.site.example/": "https://site.example/",
    }

    with pytest.raises(TargetError, match="5 redirects in a row"):
        arrived(moves, "https://site.example/")


# ── what a server may send ───────────────────────────────────────────────────────────────────────


async def endless(kind, chunk, seconds=0.0):
    async def stream():
        while True:
            yield chunk
            await anyio.sleep(seconds)

    return StreamingResponse(stream(), media_type=kind)


@pytest.mark.parametrize("kind", ["text/event-stream", "application/zip", "video/mp4"])
def test_what_is_no_page_is_not_read_to_its_end(kind):
    async def home(request):
        return HTMLResponse("x")

    async def film(request):
        return await endless(kind, b"0" * 65536)

    app = Starlette(routes=[Route("/", home), Route("/film", film)])
    page = fetched(app, "/film")

    assert (page.status, page.media_type, page.body) == (200, kind, b"")


def test_a_page_without_an_end_is_given_up():
    async def page(request):
        return await endless("text/html", b"<p>words" * 65536)

    with pytest.raises(TargetError, match="a page of more than 10485760 bytes"):
        fetched(Starlette(routes=[Route("/", page)]))


def test_a_page_that_trickles_is_given_up():
    async def page(request):
        return await endless("text/html", b"<p>", 0.02)

    with pytest.raises(TargetError, match=r"no whole answer within 0\.3 seconds"):
        fetched(Starlette(routes=[Route("/", page)]), timeout_seconds=0.3)


def test_a_coding_that_cannot_be_undone_is_no_page_without_advertising():
    def page(request):
        return Response(b"??", media_type="text/html", headers={"content-encoding": "sdch"})

    with pytest.raises(TargetError, match="sent in the coding 'sdch', which can't be read"):
        fetched(Starlette(routes=[Route("/", page)]))


def test_one_visitors_cookies_are_never_another_ones():
    sent = []

    async def page(request):
        sent.append(request.headers.get("cookie"))
        await anyio.sleep(0.01)
        return HTMLResponse("x", headers={"set-cookie": f"id={len(sent)}; Path=/"})

    async def run(url):
        async with (
            LiveSite(url, SiteOptions(obey_robots=False)) as site,
            anyio.create_task_group() as tasks,
        ):
            for _ in range(20):
                tasks.start_soon(site.fetch, url, {})

    with running(Starlette(routes=[Route("/", page)])) as port:
        anyio.run(run, f"http://127.0.0.1:{port}/")

    assert set(sent) == {None}


def test_requests_wait_for_their_turn(monkeypatch):
    waits = []

    async def sleep(seconds):
        waits.append(round(seconds, 1))

    async def run():
        async with site:
            for _ in range(2):
                await site.fetch("https://site.example/", {})

    clock = SimpleNamespace(sleep=sleep, fail_after=anyio.fail_after, Lock=anyio.Lock)
    monkeypatch.setattr("consentmw.inspection.live.anyio", clock)
    monkeypatch.setattr("consentmw.inspection.live.time", SimpleNamespace(monotonic=lambda: 100.0))
    site = LiveSite("https://site.example/", SiteOptions(delay_seconds=0.1))
    site._client = answering(lambda _: httpx.Response(200, text="User-agent: *\nCrawl-delay: 0.4"))
    anyio.run(run)

    assert waits == [0.0, 0.4, 0.8]


def test_headers_of_the_owner_go_with_each_request_and_cookies_join():
    seen = []

    def page(request):
        seen.append((request.headers.get("x-staging"), request.headers.get("cookie")))
        return HTMLResponse("x")

    async def run(url):
        options = SiteOptions(headers={"x-staging": "1", "cookie": "a=1"}, obey_robots=False)
        async with LiveSite(url, options) as site:
            await site.fetch(url, {"cookie": "b=2"})

    with running(Starlette(routes=[Route("/", page)])) as port:
        anyio.run(run, f"http://127.0.0.1:{port}/")

    assert seen == [("1", "a=1"), ("1", "a=1; b=2")]
