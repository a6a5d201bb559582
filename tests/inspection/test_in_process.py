"""An app in this process may send anything, too, and a folder may hold it."""

import gzip

import anyio
import anyio.lowlevel
import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import Route

from consentmw.errors import TargetError
from consentmw.inspection import folder, in_process
from consentmw.inspection.folder import FolderSite
from consentmw.inspection.in_process import AppSite
from consentmw.inspection.sites import SiteOptions


def fetched(answer, **options):
    async def run():
        app = Starlette(routes=[Route("/", answer)])
        async with AppSite(app, SiteOptions(**options)) as site:
            return await site.fetch("https://testserver/", {})

    return anyio.run(run)


async def endless(chunk):
    while True:
        yield chunk
        await anyio.lowlevel.checkpoint()


def test_a_page_is_read_whole_with_its_coding_undone():
    body = gzip.compress(b"<p>x</p>")

    def answer(request):
        return Response(body, media_type="text/html", headers={"content-encoding": "gzip"})

    page = fetched(answer)

    assert (page.status, page.body, page.is_html) == (200, b"<p>x</p>", True)


@pytest.mark.parametrize("kind", ["text/event-stream", "image/png"])
def test_of_what_is_no_page_only_the_head_is_read(kind):
    page = fetched(lambda request: Response(b"0" * 100, media_type=kind))
    stream = fetched(lambda request: StreamingResponse(endless(b"0"), media_type=kind))

    assert (page.status, page.media_type, page.body) == (200, kind, b"")
    assert (stream.status, stream.media_type, stream.body) == (200, kind, b"")


def test_a_page_without_an_end_is_given_up(monkeypatch):
    monkeypatch.setattr(in_process, "MAX_PAGE_BYTES", 1000)

    with pytest.raises(TargetError, match="a page of more than 1000 bytes"):
        fetched(lambda request: StreamingResponse(endless(b"<p>"), media_type="text/html"))


def test_a_page_that_does_not_come_is_given_up():
    async def answer(request):
        await anyio.sleep(60)

    with pytest.raises(TargetError, match=r"no whole answer within 0\.05 seconds"):
        fetched(answer, timeout_seconds=0.05)


@pytest.mark.parametrize("coding", ["sdch", "gzip, sdch"])
def test_a_coding_that_nobody_can_undo_is_told(coding):
    def answer(request):
        return Response(b"x", media_type="text/html", headers={"content-encoding": coding})

    with pytest.raises(TargetError, match="sent in the coding 'sdch'"):
        fetched(answer)


def test_what_is_not_in_its_coding_is_told():
    def answer(request):
        return Response(b"<p>", media_type="text/html", headers={"content-encoding": "gzip"})

    with pytest.raises(TargetError, match="header check"):
        fetched(answer)


def test_what_an_app_raises_is_the_cause_of_its_500():
    def answer(request):
        raise LookupError("gone")

    assert fetched(answer).problem == "answers 500 (LookupError: gone)"


def read(site, url):
    async def run():
        async with site:
            return await site.fetch(url, {})

    return anyio.run(run)


def test_a_file_that_is_too_large_or_none_is_told(tmp_path, monkeypatch):
    (tmp_path / "index.html").write_text("<p>x</p>")
    site = FolderSite(tmp_path)
    monkeypatch.setattr(folder, "MAX_PAGE_BYTES", 3)

    with pytest.raises(TargetError, match="a page of more than 3 bytes"):
        read(site, site.start[0])
    for path in ("/none.html", "/%00.html", f"/{'a' * 5000}.html", "/../index.html/x"):
        assert read(site, f"{site.origin}{path}").status == 404


def test_a_folder_may_hold_the_sites_statement(tmp_path):
    (tmp_path / "index.xhtml").write_text("<p>x</p>")
    (tmp_path / ".well-known").mkdir()
    (tmp_path / ".well-known" / "gpc.json").write_text('{"gpc": true}')
    site = FolderSite(tmp_path)

    statement = read(site, f"{site.origin}/.well-known/gpc.json")

    assert (statement.media_type, statement.body) == ("application/json", b'{"gpc": true}')
    assert read(site, site.start[0]).media_type == "application/xhtml+xml"


def test_a_page_that_answers_only_once_is_told_as_unreadable(monkeypatch):
    from consentmw.data import load_catalogue
    from consentmw.inspection.audit import audit_site
    from consentmw.inspection.plan import AuditPlan

    seen = []

    async def once(request):
        seen.append(request)
        if len(seen) > 1:
            await anyio.sleep(60)
        return HTMLResponse("<p>x</p>")

    app = Starlette(
        routes=[Route("/", lambda request: HTMLResponse('<a href="/x">x</a>')), Route("/x", once)]
    )

    async def run():
        async with AppSite(app, SiteOptions(timeout_seconds=0.1)) as site:
            return await audit_site(site, AuditPlan(catalogue=load_catalogue()))

    faults = [str(fault) for fault in anyio.run(run).faults]
    assert (
        "https://testserver/x [no-signal] unreadable: no whole answer within 0.1 seconds" in faults
    )
