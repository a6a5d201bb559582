"""What an audit holds a site to, beyond the planted faults: regimes, zones, hiccups, dead ends."""

from itertools import count

import anyio
import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from consentmw import ConsentMiddleware
from consentmw.config import Config
from consentmw.data import load_catalogue
from consentmw.errors import TargetError
from consentmw.inspection.audit import audit_site
from consentmw.inspection.in_process import AppSite
from consentmw.inspection.plan import AuditPlan, plan_audit
from consentmw.inspection.states import find_config

PIXEL = '<img src="https://www.facebook.com/tr?id=1">'
SECRET = {"secret_keys": ["a secret of the test's own"]}
OFF = {"guard": "off"}  # so that the app is ready at once


def site_of(pages, **options):
    """A site of pages, each a text or what answers a request."""

    def route(path, page):
        answer = page if callable(page) else lambda request: HTMLResponse(page)
        return Route(path, answer)

    return AppSite(Starlette(routes=[route(path, page) for path, page in pages.items()]), **options)


def audited(site, config=None, *, limit=50):
    plan = (
        AuditPlan(catalogue=load_catalogue())
        if config is None
        else plan_audit(Config.from_mapping(config), host="testserver")
    )

    async def run():
        async with site:
            return await audit_site(site, plan, limit=limit)

    return anyio.run(run)


def told(result):
    return {
        (fault.url.removeprefix("https://testserver"), fault.state, str(fault.kind))
        for fault in result.faults
        if fault.kind != "gpc-support-missing"
    }


def test_in_the_opt_in_regime_nobody_gets_anything_before_allowing_it():
    result = audited(site_of({"/": PIXEL}), {**SECRET, "regime": "opt-in"})

    assert told(result) == {
        ("/", state, "leaked-resource") for state in ("no-signal", "gpc", "opted-out")
    }


def test_in_the_opt_in_regime_what_is_lost_is_lost_against_the_page_of_who_allowed_all():
    def home(request):
        allowed = "privacy_choices" in str(request.cookies)
        return HTMLResponse(f"{PIXEL}<p>Offers</p>" if allowed else "", headers={"vary": "*"})

    result = audited(site_of({"/": home}), {**SECRET, "regime": "opt-in"})

    assert ("/", "no-signal", "lost-content") in told(result)


def test_in_a_zone_nobody_gets_what_it_denies():
    pages = {"/": '<a href="/member/x">x</a>', "/member/x": PIXEL}
    config = {**SECRET, "zones": [{"paths": ["/member/*"], "deny": ["advertising"]}]}

    assert told(audited(site_of(pages), config)) == {
        ("/member/x", state, "leaked-resource") for state in ("no-signal", "gpc", "opted-out")
    }


def test_in_a_zone_a_tag_of_the_sites_own_lets_nothing_pass():
    tagged = PIXEL.replace("<img", '<img data-consent="status"')
    zones = [{"paths": ["/zone/*"], "deny": ["advertising"]}]
    pages = {"/": f'{tagged}<a href="/zone/x">x</a>', "/zone/x": tagged}

    result = audited(site_of(pages), {**SECRET, "zones": zones})

    assert {url for url, _, _ in told(result)} == {"/zone/x"}


def test_of_several_of_one_vendor_each_is_told():
    two = PIXEL + PIXEL.replace("id=1", "id=2")

    result = audited(site_of({"/": two}))

    assert [fault.kind for fault in result.faults if fault.is_leak] == ["leaked-resource"] * 2


@pytest.mark.parametrize("path", ["/privacy-choices", "/elsewhere"])
def test_the_preference_centre_of_a_site_whose_configuration_nobody_knows_is_no_fault(path):
    page = f'<a href="{path}?next=/">Your Privacy Choices</a>'
    app = Starlette(routes=[Route("/", lambda request: HTMLResponse(page))])
    app.add_middleware(
        ConsentMiddleware, config={**SECRET, "preferences": {"path": path}, "browser": OFF}
    )
    plan = plan_audit(None, host="testserver")

    async def run():
        async with AppSite(app) as site:
            return await audit_site(site, plan)

    assert told(anyio.run(run)) == set()


def test_a_page_is_visited_no_more_often_than_it_takes():
    seen = []

    def home(request):
        seen.append(request.headers.get("sec-gpc"))
        return HTMLResponse("<p>x</p>")

    audited(site_of({"/": home}))

    assert seen == [None, None, "1"]


def test_a_hiccup_of_the_server_is_no_other_status():
    numbers = count()

    def home(request):
        return HTMLResponse("<p>x</p>", 429 if next(numbers) == 2 else 200)

    assert told(audited(site_of({"/": home}))) == set()


def test_a_page_that_fails_is_told_with_its_cause():
    def broken(request):
        raise RuntimeError("the app's own defect")

    result = audited(site_of({"/": '<a href="/x">x</a>', "/x": broken}))

    (fault,) = [fault for fault in result.faults if fault.kind == "unreadable"]
    assert str(fault) == (
        "https://testserver/x [no-signal] unreadable: "
        "answers 500 (RuntimeError: the app's own defect)"
    )


@pytest.mark.parametrize("status", [401, 403, 404, 500, 503])
def test_a_site_of_which_no_page_can_be_read_is_not_found_to_be_in_order(status):
    site = site_of({"/": lambda request: Response(PIXEL, status, media_type="text/html")})

    with pytest.raises(TargetError, match=rf"^https://testserver/: answers {status}$"):
        audited(site)


def test_a_page_that_says_what_is_missing_has_tags_on_it_too():
    def missing(request):
        return HTMLResponse(PIXEL, 404)

    result = audited(site_of({"/": '<a href="/gone">x</a>', "/gone": missing}))

    assert told(result) == {("/gone", "gpc", "leaked-resource")}


@pytest.mark.parametrize(("limit", "cut_short"), [(2, True), (3, False)])
def test_it_says_whether_it_has_seen_all_that_is_linked(limit, cut_short):
    pages = {"/": '<a href="/a">a</a><a href="/b">b</a>', "/a": "", "/b": ""}
    result = audited(site_of(pages), limit=limit)

    assert result.is_cut_short is cut_short
    assert len(result.pages) == limit


def test_pages_are_in_the_order_of_the_crawl_however_long_each_takes():
    async def slow(request):
        await anyio.sleep(0.05)
        return HTMLResponse("")

    links = '<a href="/a">a</a><a href="/b">b</a>'
    result = audited(site_of({"/": links, "/a": slow, "/b": ""}))

    assert [page.url.removeprefix("https://testserver") for page in result.pages] == [
        "/",
        "/a",
        "/b",
    ]


@pytest.mark.parametrize(
    "options",
    [{"debug": True, "config": {"revision": 7}}, {"config": {"revision": 7}, "debug": True}],
)
def test_the_configuration_is_found_whatever_stands_before_it(options):
    app = Starlette()
    app.add_middleware(ConsentMiddleware, **options)

    assert find_config(app).revision == 7


def test_a_configuration_of_another_mapping_is_found_too():
    from types import MappingProxyType

    app = Starlette()
    app.add_middleware(ConsentMiddleware, MappingProxyType({"revision": 7}))

    assert find_config(app).revision == 7
