"""Apps that know nothing of Starlette: Django and Litestar, as the README says they work."""

import asyncio
import sys
import types

import django
import pytest
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import path
from litestar import Litestar, MediaType, Request, get
from litestar.response import Stream
from rig.messages import Answer, scope_of

from consentmw import ConsentMiddleware, consent_from_scope, deny

PIXEL = '<img src="https://ads.vendor.example/p.gif">'
CONFIG = {
    "categories": {"advertising": {"hosts": ["ads.vendor.example"], "cookies": ["_adv"]}},
    "signals": {"navigator": False},
    "browser": {"guard": "off"},
}


@pytest.fixture(scope="module")
def django_app():
    async def home(request):
        denied = sorted(consent_from_scope(request.scope).denied)
        response = HttpResponse(f"{denied} {sorted(request.COOKIES)} {PIXEL}")
        response.set_cookie("_adv", "1")
        return response

    def results(request):
        deny(request.scope, "advertising")
        return HttpResponse(f"results {PIXEL}")

    async def stream(request):
        async def pieces():
            for piece in ("<p>a</p>", PIXEL[:10], PIXEL[10:], "b"):
                yield piece

        return StreamingHttpResponse(pieces())

    urls = types.ModuleType("urls_under_test")
    urls.urlpatterns = [path("", home), path("results", results), path("stream", stream)]
    sys.modules[urls.__name__] = urls
    settings.configure(
        SECRET_KEY="x",
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=urls.__name__,
        MIDDLEWARE=[],
        LOGGING_CONFIG=None,
    )
    django.setup()
    return get_asgi_application()


@pytest.fixture(scope="module")
def litestar_app():
    @get("/", media_type=MediaType.HTML)
    async def home(request: Request) -> str:
        denied = sorted(consent_from_scope(request.scope).denied)
        assert request.state.consent.denied == frozenset(denied)
        return f"{denied} {sorted(request.cookies)} {PIXEL}"

    @get("/results", media_type=MediaType.HTML)
    async def results(request: Request) -> str:
        deny(request.scope, "advertising")
        return f"results {PIXEL}"

    @get("/stream", media_type=MediaType.HTML)
    async def stream() -> Stream:
        async def pieces():
            for piece in ("<p>a</p>", PIXEL[:10], PIXEL[10:], "b"):
                yield piece

        return Stream(pieces())

    # Its own logging would be every test's that comes after.
    return Litestar([home, results, stream], openapi_config=None, logging_config=None)


@pytest.fixture(params=["django_app", "litestar_app"])
def app(request):
    return ConsentMiddleware(request.getfixturevalue(request.param), config=CONFIG)


def _ask(app, path, headers=(("sec-gpc", "1"),)):
    """As by a client that stays until it has all; both frameworks give up where it has left."""
    answer = Answer()
    requests = [{"type": "http.request", "body": b"", "more_body": False}]
    complete = asyncio.Event()

    async def receive():
        if not requests:
            await complete.wait()
        return requests.pop() if requests else {"type": "http.disconnect"}

    async def send(message):
        answer.messages.append(message)
        if answer.complete:
            complete.set()

    asyncio.run(app(scope_of(path, headers), receive, send))
    return answer


def test_the_app_is_given_the_decision_and_loses_its_advertising(app):
    answer = _ask(app, "/", [("sec-gpc", "1"), ("cookie", "_adv=1; a=b")])

    assert answer.body == b"['advertising'] ['a'] "
    assert "_adv=1" not in " ".join(answer.all("set-cookie"))
    assert _ask(app, "/", [("cookie", "_adv=1")]).body == f"[] ['_adv'] {PIXEL}".encode()


def test_the_app_may_tighten(app):
    assert _ask(app, "/results", []).body == b"results "


def test_a_stream_stays_one(app):
    answer = _ask(app, "/stream")

    assert answer.body == b"<p>a</p>b"
    assert len([chunk for chunk in answer.chunks if chunk]) > 1
