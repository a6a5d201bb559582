"""Real apps: Starlette and FastAPI, with the middleware added inside and wrapped around."""

import asyncio
import gzip
import inspect
from typing import Annotated

import pytest
from fastapi import Depends, FastAPI, Request, WebSocket
from fastapi.responses import HTMLResponse
from rig.messages import Answer, ask, ask_async, scope_of
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import FileResponse, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from consentmw import Consent, ConsentMiddleware, deny, get_consent

CurrentConsent = Annotated[Consent, Depends(get_consent)]
GPC = [("sec-gpc", "1")]
PIXEL = b'<img src="https://ads.vendor.example/p.gif">'
TAGGED = b'<div data-consent="advertising"><img src="/own.gif"></div>'
PAGE = b"<!doctype html><html><head><title>t</title></head><body>a" + PIXEL + b"b</body></html>"
CLEAN = PAGE.replace(PIXEL, b"")
CONFIG = {
    "categories": {"advertising": {"hosts": ["ads.vendor.example"], "cookies": ["_adv"]}},
    "signals": {"navigator": False},
    "browser": {"guard": "off"},
}


async def _fail(request):
    raise RuntimeError("on purpose " + PIXEL.decode())


async def _custom_500(request, error):
    return HTMLResponse(PAGE, status_code=500)


def _ask_failing(app, headers=GPC):
    """Starlette answers an error and raises it again, for the server's log."""
    answer = Answer()
    with pytest.raises(RuntimeError, match="on purpose"):
        asyncio.run(ask_async(app, scope_of(headers=headers), into=answer))
    return answer


def test_a_custom_page_for_errors_is_sent_outside_of_added_middleware():
    """Starlette's own order; the README says so, and shows the wrapped form."""
    routes = [Route("/", _fail)]
    added = Starlette(
        routes=routes,
        exception_handlers={500: _custom_500},
        middleware=[Middleware(ConsentMiddleware, config=CONFIG)],
    )
    wrapped = ConsentMiddleware(
        Starlette(routes=routes, exception_handlers={500: _custom_500}), config=CONFIG
    )

    assert _ask_failing(added).body == PAGE
    assert _ask_failing(wrapped).body == CLEAN


def test_the_debug_traceback_is_a_page_like_any_other_where_the_app_is_wrapped():
    app = ConsentMiddleware(Starlette(debug=True, routes=[Route("/", _fail)]), config=CONFIG)

    answer = _ask_failing(app, headers=[*GPC, ("accept", "text/html")])

    assert answer.status == 500
    assert b"on purpose" in answer.body
    assert PIXEL not in answer.body


@pytest.mark.parametrize("wraps", [False, True])
def test_other_errors_are_pages_either_way(wraps):
    async def not_found(request, error):
        return HTMLResponse(PAGE, status_code=404)

    app = FastAPI(exception_handlers={404: not_found})
    if wraps:
        app = ConsentMiddleware(app, config=CONFIG)
    else:
        app.add_middleware(ConsentMiddleware, config=CONFIG)

    assert ask(app, "/nowhere", GPC).body == CLEAN


def test_a_route_asks_for_the_consent_and_may_tighten_it():
    app = FastAPI()
    app.add_middleware(ConsentMiddleware, config=CONFIG)

    @app.get("/", response_class=HTMLResponse)
    async def home(consent: CurrentConsent):
        return PAGE.decode() if consent.allows("advertising") else "<p>none"

    @app.get("/member", response_class=HTMLResponse)
    async def member(request: Request):
        deny(request, "advertising")
        return PAGE.decode() + TAGGED.decode()

    assert ask(app).body == PAGE
    assert ask(app, headers=GPC).body == b"<p>none"
    left = ask(app, "/member").body
    assert PIXEL not in left
    assert b"own.gif" not in left


def test_a_websocket_asks_for_the_consent():
    app = FastAPI()
    app.add_middleware(ConsentMiddleware, config=CONFIG)
    seen = []

    @app.websocket("/socket")
    async def socket(websocket: WebSocket, consent: CurrentConsent):
        seen.append(consent.denied)
        await websocket.close()

    scope = scope_of("/socket", GPC, type="websocket", subprotocols=[])
    asyncio.run(ask_async(app, scope))

    assert seen == [{"advertising"}]


def test_a_streamed_page_is_rewritten_and_its_background_task_runs():
    done = []

    async def stream(request):
        async def parts():
            for start in range(0, len(PAGE), 10):
                yield PAGE[start : start + 10]

        task = BackgroundTask(done.append, 1)
        return StreamingResponse(parts(), media_type="text/html", background=task)

    app = Starlette(
        routes=[Route("/", stream)], middleware=[Middleware(ConsentMiddleware, config=CONFIG)]
    )

    assert ask(app, headers=GPC).body == CLEAN
    assert done == [1]


@pytest.fixture
def static(tmp_path):
    (tmp_path / "page.html").write_bytes(PAGE)
    (tmp_path / "film.mp4").write_bytes(bytes(range(256)) * 40)

    async def page(request):
        return FileResponse(tmp_path / "page.html")

    app = Starlette(
        routes=[
            Route("/page", page),
            Mount("/static", StaticFiles(directory=tmp_path, html=True)),
        ]
    )
    return ConsentMiddleware(app, config=CONFIG)


@pytest.mark.parametrize("path", ["/page", "/static/page.html"])
def test_a_file_that_is_a_page_is_rewritten_and_answered_304_by_its_marked_tag(static, path):
    extensions = {"http.response.pathsend": {}}
    first = ask(static, path, GPC, extensions=extensions)
    plain = ask(static, path, [], extensions=extensions)

    assert first.body == CLEAN
    assert first.get("content-length") == str(len(CLEAN))
    again = [("if-none-match", first.get("etag"))]
    if path.startswith("/static"):
        assert ask(static, path, [*GPC, *again]).status == 304
        assert ask(static, path, [("if-none-match", plain.get("etag"))]).status == 304
    assert ask(static, path, again).status == 200
    assert ask(static, path, [*GPC, ("if-none-match", plain.get("etag"))]).status == 200


def test_a_film_is_sent_in_parts_under_gpc(static):
    headers = [*GPC, ("sec-fetch-dest", "video"), ("range", "bytes=10-19")]

    answer = ask(static, "/static/film.mp4", headers)

    assert answer.status == 206
    assert answer.body == bytes(range(10, 20))
    assert answer.get("content-range") == "bytes 10-19/10240"


def test_a_page_is_never_sent_in_parts_under_gpc(static):
    parts = [("range", "bytes=0-9")]

    assert ask(static, "/page", [*GPC, *parts, ("sec-fetch-dest", "document")]).body == CLEAN
    refused = ask(static, "/page", [*GPC, *parts])
    assert (refused.status, refused.get("content-range")) == (416, f"bytes */{len(PAGE)}")


@pytest.mark.skipif(
    "pathsend" not in inspect.getsource(FileResponse), reason="this Starlette sends no files so"
)
def test_a_film_leaves_by_the_server_where_that_can_send_files(static):
    headers = [*GPC, ("sec-fetch-dest", "video")]

    answer = ask(static, "/static/film.mp4", headers, extensions={"http.response.pathsend": {}})

    assert answer.messages[-1]["type"] == "http.response.pathsend"


def test_compression_may_stand_on_either_side():
    page = PAGE.replace(b"</body>", b"<p>text</p>" * 200 + b"</body>")

    async def home(request):
        return HTMLResponse(page)

    consent = Middleware(ConsentMiddleware, config=CONFIG)
    compress = Middleware(GZipMiddleware)
    for order in ([consent, compress], [compress, consent]):
        app = Starlette(routes=[Route("/", home)], middleware=order)
        answer = ask(app, headers=[*GPC, ("accept-encoding", "gzip")])
        assert answer.get("content-encoding") == "gzip"
        assert gzip.decompress(answer.body) == page.replace(PIXEL, b"")
