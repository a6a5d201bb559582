"""What scripts insert later is seen where a scan or an audit loads its pages in a browser."""

import anyio
import pytest
from rig.serving import running
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from consentmw import ConsentMiddleware
from consentmw.data import load_catalogue
from consentmw.errors import TargetError
from consentmw.inspection.audit import audit_site
from consentmw.inspection.browser import open_browser_site
from consentmw.inspection.folder import FolderSite
from consentmw.inspection.in_process import AppSite
from consentmw.inspection.plan import AuditPlan, plan_audit
from consentmw.inspection.scan import scan
from consentmw.inspection.sites import SiteOptions
from consentmw.inspection.states import find_config

# Scans and audits use Chromium; where it isn't installed, the fixture skips or fails.
pytestmark = [
    pytest.mark.usefixtures("browser_name"),
    pytest.mark.parametrize("browser_name", ["chromium"], indirect=True),
]

# Nothing in its markup says what it does: an address put together, and a cookie.
INNOCENT = """
new Image().src = ["https://www.face", "book.com/tr?id=1&ev=PageView"].join("");
document.cookie = "_fbp=fb.1.2.3; max-age=7776000; path=/";
"""


def build_site(page='<!doctype html><title>x</title><script src="/app.js"></script>', **headers):
    def home(request):
        return HTMLResponse(page, headers=headers)

    def script(request):
        return Response(INNOCENT, media_type="text/javascript")

    return Starlette(routes=[Route("/", home), Route("/app.js", script)])


def scanned(app, options=SiteOptions()):  # noqa: B008 - it is frozen
    async def run():
        async with open_browser_site(AppSite(app, options)) as site:
            return await scan(site, catalogue=load_catalogue())

    return anyio.run(run)


def audited(app, config=None):
    async def run():
        async with open_browser_site(AppSite(app)) as site:
            plan = AuditPlan(catalogue=load_catalogue())
            if config is not None:
                plan = plan_audit(config, host=site.origin.partition("://")[2])
            return await audit_site(site, plan)

    return anyio.run(run)


def test_a_scan_lists_what_scripts_request_and_set():
    advertising = scanned(build_site()).by_category()["advertising"]
    found = [entry.found for entry in advertising]

    assert {("image", "www.facebook.com" in one.url) for one in found} >= {("image", True)}
    assert "_fbp" in {one.name for one in found if one.kind == "cookie"}
    # By a name that is the same the next time, and not by the port of this time.
    assert {page for entry in advertising for page in entry.pages} == {"https://testserver/"}


def test_an_audit_sees_the_leak_of_a_script_that_is_innocent_to_look_at():
    leaks = [fault for fault in audited(build_site()).faults if fault.is_leak]

    assert {fault.kind for fault in leaks} == {"leaked-resource", "leaked-cookie"}


def test_an_audit_finds_no_leak_where_the_guard_stands():
    app = build_site()
    app.add_middleware(ConsentMiddleware, config={"secret_keys": ["a secret of the test's own"]})

    result = audited(app, find_config(app))

    assert [fault for fault in result.faults if fault.is_leak] == []
    assert result.pages[0].suppressed > 0


def test_what_an_owner_sends_goes_to_the_site_and_to_nobody_else():
    seen = {"own": [], "other": []}

    def note(whose):
        def answer(request):
            seen[whose].append(request.headers.get("x-login"))
            return Response(b"", media_type="image/gif")

        return answer

    with running(Starlette(routes=[Route("/p.gif", note("other"))])) as port:
        page = f'<img src="/own.gif"><img src="http://localhost:{port}/p.gif">'
        app = build_site(page)
        app.router.routes.append(Route("/own.gif", note("own")))
        inventory = scanned(app, SiteOptions(headers={"x-login": "secret"}))

    assert inventory.errors == {}
    assert seen == {"own": ["secret"], "other": [None]}


def test_a_page_that_is_to_be_saved_is_no_error():
    app = build_site(**{"content-disposition": "attachment"})

    assert scanned(app).errors == {}


def test_a_browser_that_does_not_start_is_named(monkeypatch):
    monkeypatch.setenv("CONSENTMW_CHROMIUM", "/bin/false")

    with pytest.raises(TargetError, match=r"Chromium does not start .*CONSENTMW_CHROMIUM"):
        scanned(build_site())


def test_a_folder_has_no_server_for_a_browser(tmp_path):
    (tmp_path / "index.html").write_text("<p>x</p>")

    with pytest.raises(TargetError, match="no server"):
        open_browser_site(FolderSite(tmp_path))
