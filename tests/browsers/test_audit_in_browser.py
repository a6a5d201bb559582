"""What scripts insert later is seen where a scan or an audit loads its pages in a browser."""

import anyio
import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from consentmw import ConsentMiddleware
from consentmw.data import load_catalogue
from consentmw.errors import TargetError
from consentmw.inspection.audit import audit_site
from consentmw.inspection.browser import open_browser_site
from consentmw.inspection.scan import scan
from consentmw.inspection.sites import AppSite, FolderSite
from consentmw.inspection.states import GPC, build_states, find_config

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


def build_site():
    def home(request):
        return HTMLResponse('<!doctype html><title>x</title><script src="/app.js"></script>')

    def script(request):
        return Response(INNOCENT, media_type="text/javascript")

    return Starlette(routes=[Route("/", home), Route("/app.js", script)])


def audited(app, states):
    async def run():
        async with open_browser_site(AppSite(app)) as site:
            return await audit_site(
                site,
                states=states,
                catalogue=load_catalogue(),
            )

    return anyio.run(run)


def test_a_scan_lists_what_scripts_request_and_set():
    async def run():
        async with open_browser_site(AppSite(build_site())) as site:
            return await scan(site, catalogue=load_catalogue())

    found = [entry.found for entry in anyio.run(run).by_category()["advertising"]]

    assert {("image", "www.facebook.com" in one.url) for one in found} >= {("image", True)}
    assert "_fbp" in {one.name for one in found if one.kind == "cookie"}


def test_an_audit_sees_the_leak_of_a_script_that_is_innocent_to_look_at():
    leaks = [fault for fault in audited(build_site(), [GPC]).faults if fault.is_leak]

    assert {fault.kind for fault in leaks} == {"leaked-resource", "leaked-cookie"}


def test_an_audit_finds_no_leak_where_the_guard_stands():
    app = build_site()
    app.add_middleware(ConsentMiddleware, config={"secret_keys": ["a secret of the test's own"]})
    states = build_states(find_config(app), host="127.0.0.1")

    result = audited(app, [states["gpc"], states["opted-out"]])

    assert [fault for fault in result.faults if fault.is_leak] == []


def test_a_folder_has_no_server_for_a_browser(tmp_path):
    (tmp_path / "index.html").write_text("<p>x</p>")

    with pytest.raises(TargetError, match="no server"):
        open_browser_site(FolderSite(tmp_path))
