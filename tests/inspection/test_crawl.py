import anyio
import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from consentmw.inspection.crawl import crawl
from consentmw.inspection.folder import FolderSite
from consentmw.inspection.frontier import Frontier
from consentmw.inspection.in_process import AppSite


def visit_all(site, *, limit=100, concurrency=3):
    visits = []

    async def note(visit):
        visits.append(visit)

    async def run():
        frontier = Frontier(site.origin, limit=limit, may_fetch=site.may_fetch)
        frontier.add(site.start)
        async with site:
            await crawl(site, frontier=frontier, headers={}, visit=note, concurrency=concurrency)

    anyio.run(run)
    return sorted(visits, key=lambda visit: visit.number)


def paths(visits):
    return [visit.page.path for visit in visits if visit.page]


def site_of(pages):
    def answer(request):
        return HTMLResponse(pages[request.url.path])

    return AppSite(Starlette(routes=[Route(path, answer) for path in pages]))


def test_each_page_is_visited_once_in_the_order_of_discovery():
    site = site_of(
        {
            "/": '<a href="/b">b</a><a href="/a#top">a</a><a href="/">home</a>',
            "/a": '<a href="b">b</a><a href="/c?x=1">c</a>',
            "/b": "",
            "/c": '<a href="https://testserver/a#end">a</a>',
        }
    )

    assert paths(visit_all(site)) == ["/", "/b", "/a", "/c?x=1"]


def test_other_hosts_and_schemes_are_not_followed():
    site = site_of(
        {
            "/": '<a href="https://elsewhere.example/">x</a><a href="mailto:a@b.example">m</a>'
            '<a href="http://testserver/insecure">h</a><a href="javascript:void 0">j</a>'
            '<a href="//testserver/a">a</a>',
            "/a": "",
        }
    )

    assert paths(visit_all(site)) == ["/", "/a"]


def test_a_base_element_moves_where_links_lead():
    site = site_of({"/": '<base href="/sub/"><a href="a">a</a>', "/sub/a": ""})

    assert paths(visit_all(site)) == ["/", "/sub/a"]


def test_a_redirect_is_a_page_and_its_target_another():
    async def old(request):
        return RedirectResponse("/new")

    async def new(request):
        return PlainTextResponse("here")

    site = AppSite(Starlette(routes=[Route("/", old), Route("/new", new)]))

    assert [(visit.page.path, visit.page.status) for visit in visit_all(site)] == [
        ("/", 307),
        ("/new", 200),
    ]


@pytest.mark.parametrize("limit", [1, 2, 5])
def test_no_more_urls_than_the_limit_are_visited(limit):
    site = site_of({"/": "".join(f'<a href="/?{n}">{n}</a>' for n in range(50))})

    assert len(visit_all(site, limit=limit)) == limit


def test_a_page_that_does_not_answer_is_reported_and_passed_over():
    def broken(request):
        raise RuntimeError("the app's own defect")

    site = AppSite(
        Starlette(
            routes=[
                Route("/", lambda request: HTMLResponse('<a href="/x">x</a><a href="/y">y</a>')),
                Route("/x", broken),
                Route("/y", lambda request: HTMLResponse("")),
            ]
        )
    )

    assert [(visit.page.path, visit.page.status) for visit in visit_all(site)] == [
        ("/", 200),
        ("/x", 500),
        ("/y", 200),
    ]


def test_a_folder_is_a_site_of_its_html_files(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "index.html").write_text('<a href="sub/b.html">b</a><a href="../../etc">x</a>')
    (tmp_path / "sub" / "b.html").write_text("")
    (tmp_path / "secret.txt").write_text("no page")

    visits = visit_all(FolderSite(tmp_path))

    assert [(visit.page.path, visit.page.status) for visit in visits] == [
        ("/index.html", 200),
        ("/sub/b.html", 200),
    ]


def test_a_link_that_leads_nowhere_ends_no_crawl():
    hrefs = ["http://[", "https://testserver:99999/", "/a\x01b", "//", "?", "#", "", "%", "\\\\x"]
    links = "".join(f'<a href="{href}">x</a>' for href in hrefs)
    site = site_of({"/": f'{links}<a href="/ok">ok</a>', "/ok": ""})

    assert "/ok" in [path.partition("?")[0] for path in paths(visit_all(site))]


def test_a_redirect_that_leads_nowhere_ends_no_crawl():
    def lost(request):
        return Response(status_code=302, headers={"location": "http://[x]/"})

    site = AppSite(Starlette(routes=[Route("/", lost)]))

    assert [(visit.page.status, visit.links) for visit in visit_all(site)] == [(302, ())]


@pytest.mark.parametrize("content", ["0; url=/there", "3;URL='/there'", "0 /there", " 0 ; /there "])
def test_a_page_that_sends_the_browser_on_links_there(content):
    site = site_of({"/": f'<meta http-equiv="Refresh" content="{content}">', "/there": ""})

    assert paths(visit_all(site)) == ["/", "/there"]


def test_links_are_read_however_a_browser_would():
    site = site_of({"/": '<a href=" /a ">a</a><a href="/b/\n./../c">c</a>', "/a": "", "/c": ""})

    assert paths(visit_all(site)) == ["/", "/a", "/c"]


def test_a_file_of_a_folder_is_known_by_one_url(tmp_path):
    (tmp_path / "a+b &c.html").write_text('<a href="a+b &amp;c.html">self</a>')

    assert len(visit_all(FolderSite(tmp_path))) == 1


def test_the_pages_of_a_folder_are_named_by_their_files(tmp_path):
    (tmp_path / "sub dir").mkdir()
    (tmp_path / "sub dir" / "page.html").write_text("")
    site = FolderSite(tmp_path)

    assert [site.name_of(url) for url in site.start] == [f"{tmp_path}/sub dir/page.html"]
