"""One middleware object, many requests at a time; clients that leave, tasks that are cancelled."""

import asyncio
import itertools
import random
import threading

import pytest
from rig.messages import Answer, Says, ask, ask_async, body, says_page, scope_of, start
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.responses import StreamingResponse
from starlette.routing import Route

from consentmw import ConsentMiddleware, deny

GPC = [("sec-gpc", "1")]
PIXEL = b'<img src="https://ads.vendor.example/p.gif">'
PAGE = b"<!doctype html><head><title>t</title></head><body>a" + PIXEL + b"b</body>"
CLEAN = PAGE.replace(PIXEL, b"")
CONFIG = {
    "secret_keys": ["a secret of some length"],
    "categories": {"advertising": {"hosts": ["ads.vendor.example"], "cookies": ["_adv"]}},
    "signals": {"navigator": False},
    "browser": {"guard": "off"},
}


async def _drip(scope, receive, send):
    """A page in pieces, with other tasks in between; each request has its own text and cuts."""
    cuts = random.Random(scope["path"])
    page = PAGE.replace(b"<body>a", b"<body>" + scope["path"].encode())
    edges = sorted({0, *(cuts.randrange(len(page)) for _ in range(12)), len(page)})
    if scope["path"].endswith("7"):
        deny(scope, "advertising")
    await send(start())
    for begin, end in itertools.pairwise(edges):
        await asyncio.sleep(0)
        await send(body(page[begin:end], more=True))
    await send(body())


def test_pages_that_are_streamed_at_the_same_time_do_not_mix():
    app = ConsentMiddleware(_drip, config=CONFIG)

    async def run():
        scopes = [scope_of(f"/{n}", GPC if n % 3 else []) for n in range(60)]
        return await asyncio.gather(*(ask_async(app, scope) for scope in scopes))

    for number, answer in enumerate(asyncio.run(run())):
        suppressed = number % 3 or str(number).endswith("7")
        assert answer.body.count(PIXEL) == (0 if suppressed else 1)
        assert answer.body.replace(PIXEL, b"") == CLEAN.replace(b"<body>a", b"<body>/%d" % number)


def test_threads_may_share_it():
    app = ConsentMiddleware(_drip, config=CONFIG)
    wrong = []

    def visit(number):
        for turn in range(60):
            path = f"/{number}/{turn}"
            cookies = [("cookie", f"s={turn}; _adv=1; __Host-privacy_choices=1.*..{turn}")]
            answer = ask(app, path, [*GPC, *cookies, ("host", f"{turn}.example")])
            if answer.body != CLEAN.replace(b"<body>a", b"<body>" + path.encode()):
                wrong.append((path, answer.body))

    threads = [threading.Thread(target=visit, args=[n]) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []


class GoneError(OSError):
    """What a server raises where the client has left (ASGI, HTTP, "Disconnected Client")."""


@pytest.mark.parametrize("left_after", [0, 1, 2])
def test_a_client_that_leaves_ends_the_request_as_the_server_says(left_after):
    app = ConsentMiddleware(_drip, config=CONFIG)
    sent = []

    async def send(message):
        if len(sent) == left_after:
            raise GoneError
        sent.append(message)

    async def receive():
        return {"type": "http.disconnect"}

    with pytest.raises(GoneError):
        asyncio.run(app(scope_of("/1", GPC), receive, send))

    assert PIXEL not in b"".join(message.get("body", b"") for message in sent)
    assert not any(m["type"].endswith("body") and not m["more_body"] for m in sent)
    assert ask(app, "/1", GPC).body == CLEAN.replace(b"<body>a", b"<body>/1")


def test_a_request_that_is_cancelled_sends_nothing_more():
    waits = asyncio.Event()

    async def hangs(scope, receive, send):
        await send(start())
        await send(body(PAGE[:60] + PIXEL[:20], more=True))
        waits.set()
        await asyncio.Event().wait()

    async def run():
        answer = Answer()
        app = ConsentMiddleware(hangs, config=CONFIG)
        task = asyncio.create_task(ask_async(app, scope_of(headers=GPC), into=answer))
        await waits.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return answer

    answer = asyncio.run(run())

    assert answer.chunks == [PAGE[:51]]
    assert not answer.complete


@pytest.mark.parametrize("before", [0, 1, 2])
def test_an_error_in_the_middle_of_a_page_passes_and_the_page_is_not_ended(before):
    messages = [start(), body(PAGE[:20] + b"<p>", more=True)]

    async def fails(scope, receive, send):
        for message in messages[:before]:
            await send(message)
        raise ZeroDivisionError

    answer = Answer()
    with pytest.raises(ZeroDivisionError):
        asyncio.run(
            ask_async(ConsentMiddleware(fails, config=CONFIG), scope_of(headers=GPC), into=answer)
        )

    # Before the body has begun nothing has left, so that the server can still answer 500.
    assert [m["type"] for m in answer.messages] == [m["type"] for m in messages[:before]][
        : 2 if before == 2 else 0
    ]
    assert not answer.complete


def test_an_app_that_never_ends_its_page_leaves_that_to_the_server():
    answer = ask(ConsentMiddleware(Says(start(), body(b"<p>", more=True)), config=CONFIG), "/", GPC)

    assert answer.body == b"<p>"
    assert not answer.complete


def test_a_background_task_runs_after_the_page_has_been_sent():
    done = []

    async def page(request):
        async def pieces():
            yield PAGE
            assert done == []

        task = BackgroundTask(lambda: done.append("task"))
        return StreamingResponse(pieces(), media_type="text/html", background=task)

    app = ConsentMiddleware(Starlette(routes=[Route("/", page)]), config=CONFIG)

    assert ask(app, headers=GPC).body == CLEAN
    assert done == ["task"]


@pytest.mark.parametrize(
    "name", ["cookie", "host", "if-none-match", "accept-encoding", "sec-fetch-dest", "range"]
)
@pytest.mark.parametrize(
    "unit", ["a", '"', "a=1; ", 'W/"~0', ",", "\xff", "__Host-privacy_choices=1.*;"]
)
def test_a_field_of_64_kb_is_a_field_like_any_other(name, unit):
    app = ConsentMiddleware(says_page(PAGE, ("etag", '"1"')), config=CONFIG)
    value = (unit * 64_000)[:64_000]

    answer = ask(app, headers=[*GPC, (name, value)])

    assert (answer.status, answer.body) == (200, CLEAN)


def test_five_hundred_cookies_are_cookies_like_any_other():
    app = says_page(PAGE)
    cookies = [f"c{number}=v" for number in range(500)]
    together = [("cookie", "; ".join([*cookies, "_adv=1"]))]
    apart = [("cookie", cookie) for cookie in [*cookies, "_adv=1"]]

    for headers in (together, apart):
        ask(ConsentMiddleware(app, config=CONFIG), headers=[*GPC, *headers])
        assert "; ".join(app.saw("cookie")) == "; ".join(cookies)
