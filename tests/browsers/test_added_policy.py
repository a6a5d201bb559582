"""The policy that a site may have added for the opted out, in real browsers and beside its own."""

import base64
import hashlib
import json
import time
from functools import partial
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route, WebSocketRoute

from consentmw import ConsentMiddleware
from consentmw.config import Config

DECLARED, UNKNOWN, AD = "cdn.declared.example", "cdn.unknown.example", "ads.denied.example"
HASHED = "seen.hashed = true; style.textContent += '#hashed{color:rgb(2,2,2)}'"
DIGEST = base64.b64encode(hashlib.sha256(HASHED.encode()).digest()).decode()
OWN_POLICY = (
    f"script-src 'nonce-r4nd0m' 'sha256-{DIGEST}' 'strict-dynamic' 'unsafe-eval'; "
    "object-src 'none'; base-uri 'self'"
)
PAGE = f"""<!doctype html><html><head><title>-</title>
<style id="style">#styled{{color:rgb(1,1,1)}}</style>
<script nonce="r4nd0m">window.seen = {{}}; seen.nonced = true</script>
<script>{HASHED}</script>
<script>seen.neither = true</script>
<script nonce="r4nd0m" src="/own.js"></script>
</head><body><p id="styled" style="width:7px">x<p id="hashed">x</body></html>"""
OWN = (Path(__file__).parent / "guard_pages" / "policy.js").read_text()


async def page(request):
    return HTMLResponse(PAGE, headers={"content-security-policy": OWN_POLICY})


async def own_script(request):
    return Response(OWN, media_type="text/javascript")


async def own_data(request):
    return JSONResponse({})


async def socket(websocket):
    await websocket.accept()
    await websocket.receive()


def build_app(csp, *, guard="off"):
    """A site that declares one third party, and leaves advertising to the policy alone."""
    app = Starlette(
        routes=[
            Route("/", page),
            Route("/own.js", own_script),
            Route("/own.json", own_data),
            WebSocketRoute("/socket", socket),
        ]
    )
    categories = {"status": {"hosts": [DECLARED]}, "advertising": {"hosts": ["denied.example"]}}
    tables = {"browser": {"csp": csp, "guard": guard}, "categories": categories}
    return ConsentMiddleware(app, config=Config.from_mapping({"secret_keys": ["k" * 40], **tables}))


EVERYTHING_OWN = {
    "nonced": True,
    "hashed": True,
    "neither": None,
    "styles": ["rgb(1, 1, 1)", "rgb(2, 2, 2)"],
    "width": 7,
    "evaluated": 42,
    "worker": "fetch",
    "data": "loaded",
    "own": ["loaded"] * 3,
}


@pytest.fixture
def reporting_browser(open_browser, browser_name):
    """One whose reports reach no other test: Chromium also sends them once a page is gone."""
    return partial(open_browser, lasting=browser_name == "chromium")


def asked_of(page, host):
    return sorted({request.path for request in page.requests if request.host == host})


@pytest.mark.parametrize("guard", ["off", "script"])
def test_an_enforced_policy_stops_what_is_not_declared_and_nothing_of_the_sites_own(
    serve, reporting_browser, browser_name, guard
):
    site = serve(build_app("enforce", guard=guard))
    shown = reporting_browser(gpc=True).open(site.url + "/")
    assert shown.evaluate("() => works()") == EVERYTHING_OWN
    assert shown.evaluate("(h) => from(h)", DECLARED) == ["loaded"] * 5
    for host in (UNKNOWN, AD):
        assert shown.evaluate("(h) => from(h)", host) == ["stopped"] * 5
    for host in (DECLARED, UNKNOWN, AD):
        shown.evaluate("(h) => frame(h)", host)
    shown.settle()
    assert "/frame" in asked_of(shown, DECLARED)
    assert {request.host for request in shown.requests} == {site.host, DECLARED}
    # For a frame Chromium opens a connection before it asks the policy, and then sends nothing.
    if browser_name == "firefox" or guard == "script":
        assert AD not in shown.hosts


def reports(network, site):
    """The reports that came so far: their media type, and what each says was blocked."""
    for request in list(network.requests):
        if request.host == site.host and request.path == "/privacy-choices/reports":
            told = json.loads(request.body)
            for one in told if isinstance(told, list) else [told]:
                body = one.get("csp-report") or one["body"]
                blocked = body.get("blocked-uri") or body["blockedURL"]
                yield request.headers["content-type"].partition(";")[0], blocked


def wait_for(names, host):
    """Wait until one of the names is of a host: reports come late, and the log after them."""
    deadline = time.monotonic() + 20
    while not any(host in name for name in names()):
        assert time.monotonic() < deadline, list(names())
        time.sleep(0.05)


@pytest.mark.parametrize("csp", ["report-only", "enforce"])
def test_reports_tell_of_third_parties_that_nobody_declared(
    serve, network, reporting_browser, caplog, csp
):
    site = serve(build_app(csp))
    shown = reporting_browser(gpc=True).open(site.url + "/")
    outcome = "loaded" if csp == "report-only" else "stopped"
    assert shown.evaluate("() => works()") == EVERYTHING_OWN
    assert shown.evaluate("(h) => from(h)", DECLARED) == ["loaded"] * 5
    assert shown.evaluate("(h) => from(h)", UNKNOWN) == [outcome] * 5
    wait_for(lambda: [blocked for _, blocked in reports(network, site)], UNKNOWN)
    wait_for(lambda: caplog.messages, UNKNOWN)
    kinds = {kind for kind, _ in reports(network, site)}
    assert kinds <= {"application/reports+json", "application/csp-report"}
    assert {blocked for _, blocked in reports(network, site) if UNKNOWN not in blocked} == set()
    told = [message for message in caplog.messages if UNKNOWN in message]
    assert all("which nobody has declared" in message for message in told)
    assert not [message for message in caplog.messages if DECLARED in message]


def test_a_visitor_who_has_not_opted_out_gets_no_policy(serve, network, reporting_browser):
    site = serve(build_app("enforce"))
    shown = reporting_browser().open(site.url + "/")
    assert shown.evaluate("(h) => from(h)", UNKNOWN) == ["loaded"] * 5
    assert list(reports(network, site)) == []
