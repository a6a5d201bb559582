"""Sites behind a real uvicorn: robots.txt, audits of what the server really sends."""

import anyio
import pytest
from planted_faults import PAGES, build_broken, build_fixed
from rig.serving import running
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route

from consentmw.data import load_catalogue
from consentmw.errors import TargetError
from consentmw.inspection.audit import audit_site
from consentmw.inspection.inventory import Inventory
from consentmw.inspection.scan import scan
from consentmw.inspection.sites import LiveSite
from consentmw.inspection.states import GPC, VisitorState, build_states, find_config

OPTED_OUT = VisitorState(
    name="opted-out", headers={}, cookies={"optout": "1"}, declines=GPC.declines
)


def scanned(url, **settings) -> Inventory:
    async def run():
        async with LiveSite(url, **settings) as site:
            return await scan(site, catalogue=load_catalogue())

    return anyio.run(run)


def audited(url, states):
    async def run():
        async with LiveSite(url) as site:
            return await audit_site(
                site,
                states=states,
                catalogue=load_catalogue(),
                limit=100,
            )

    return anyio.run(run)


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


@pytest.mark.server
@pytest.mark.parametrize(
    ("robots", "status", "pages"),
    [
        ("User-agent: *\nDisallow: /private", 200, 2),
        ("User-agent: consentmw\nDisallow: /", 200, 0),
        ("nothing here", 404, 3),
        ("down", 503, 0),
    ],
    ids=["a-folder", "us", "none", "unavailable"],
)
def test_robots_txt_is_obeyed(robots, status, pages):
    with running(site_with(robots, status)) as port:
        assert scanned(f"http://127.0.0.1:{port}").page_count == pages


@pytest.mark.server
def test_ones_own_site_may_be_read_whatever_robots_txt_says():
    with running(site_with("User-agent: *\nDisallow: /")) as port:
        assert scanned(f"http://127.0.0.1:{port}", obey_robots=False).page_count == 3


@pytest.mark.server
def test_every_planted_fault_is_found_over_http():
    with running(build_broken()) as port:
        result = audited(f"http://127.0.0.1:{port}/", [GPC, OPTED_OUT])

    planted = {path for path, page in PAGES.items() if page.faults}
    origin = f"http://127.0.0.1:{port}"
    assert {fault.url.removeprefix(origin) for fault in result.faults} == {
        *planted,
        "/redirect",
        "/.well-known/gpc.json",
    }


@pytest.mark.server
def test_nothing_is_found_on_the_same_site_in_order():
    app = build_fixed()
    with running(app) as port:
        states = build_states(find_config(app), host=f"127.0.0.1:{port}")
        result = audited(f"http://127.0.0.1:{port}/", [states["gpc"], states["opted-out"]])

    assert result.faults == ()
    assert len(result.pages) == len(PAGES) + 2


def test_a_server_that_does_not_answer_is_no_target():
    with pytest.raises(TargetError, match="does not answer"):
        scanned("http://127.0.0.1:9/")
