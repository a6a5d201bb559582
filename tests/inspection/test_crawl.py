import anyio
import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse
from starlette.routing import Route

from consentmw.inspection.crawl import Frontier, crawl
from consentmw.inspection.sites import AppSite, FolderSite


def visit_all(site, *, limit=100, concurrency=3):
    async def run():
        frontier = Frontier(site.origin, limit=limit)
        frontier.add(site.start)
        async with site:
            return [
                visit
                async for visit in crawl(
                    site, frontier=frontier, headers={}, concurrency=concurrency
                )
            ]

    return anyio.run(run)


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


def test_the_preference_centre_is_left_out_and_nothing_that_is_only_called_like_it():
    frontier = Frontier("https://testserver", limit=10, leave_out="/choices")
    frontier.add(
        f"https://testserver{path}"
        for path in ("/choices", "/choices/api", "/choices?next=%2F", "/choices-of-the-week")
    )

    assert (frontier.take(), frontier.take()) == ("https://testserver/choices-of-the-week", None)


def test_what_an_earlier_run_has_visited_is_passed_over():
    frontier = Frontier("https://testserver", limit=10)
    frontier.pass_over(["https://testserver/a"])
    frontier.add(["https://testserver/a", "https://testserver/b"])

    assert (frontier.take(), frontier.take()) == ("https://testserver/b", None)
