"""How a page passes: held until it begins, as a stream, encoded, by a file, or not at all."""

import asyncio
import gzip
import logging
import tempfile
import zlib
from pathlib import Path

import brotli
import pytest
import zstandard
from rig.messages import Answer, Says, ask, ask_async, body, says_page, scope_of, start

from consentmw.access import consent_from_scope, deny
from consentmw.asgi import ConsentMiddleware
from consentmw.errors import RewriteError

GPC = [("sec-gpc", "1")]
PIXEL = b'<img src="https://ads.vendor.example/p.gif">'
PAGE = b"<!doctype html><head><title>t</title></head><body>a" + PIXEL + b"b</body>"
CLEAN = PAGE.replace(PIXEL, b"")
CONFIG = {
    "categories": {"advertising": {"hosts": ["ads.vendor.example"]}},
    "signals": {"navigator": False},
    "browser": {"guard": "off"},
}
# As much as is read to find out how a page is encoded, where nothing says so.
SPACE = b" " * 1024
COMPRESS = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.ZstdCompressor().compress,
}
DECOMPRESS = {
    "gzip": gzip.decompress,
    "deflate": zlib.decompress,
    "br": brotli.decompress,
    "zstd": lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data),
}


def _ask(app, headers=GPC, *, config=CONFIG, **more):
    return ask(ConsentMiddleware(app, config=config), headers=headers, **more)


class Steps:
    """An app that waits between its messages until it is told to go on."""

    def __init__(self, *messages):
        self.messages = messages
        self.go = asyncio.Semaphore(0)
        self.sent = asyncio.Semaphore(0)

    async def __call__(self, scope, receive, send):
        for message in self.messages:
            await self.go.acquire()
            await send(message)
            self.sent.release()

    async def step(self):
        self.go.release()
        await self.sent.acquire()


def _step_by_step(messages, headers=GPC, *, config=CONFIG):
    """What has left after each message of the app."""

    async def run():
        app = Steps(*messages)
        answer = Answer()
        task = asyncio.create_task(
            ask_async(ConsentMiddleware(app, config=config), scope_of("/", headers), into=answer)
        )
        left = []
        for _ in messages:
            await app.step()
            left.append([dict(m) for m in answer.messages])
            answer.messages.clear()
        await task
        return left

    return asyncio.run(run())


# --- streams ----------------------------------------------------------------------------------


@pytest.mark.parametrize("content_type", ["text/event-stream", "application/json", "video/mp4"])
def test_other_types_start_at_once(content_type):
    messages = [start(content_type=content_type), body(b"a", more=True), body(b"b")]

    left = _step_by_step(messages)

    assert [[m["type"] for m in step] for step in left] == [
        ["http.response.start"],
        ["http.response.body"],
        ["http.response.body"],
    ]


def test_a_page_starts_with_its_first_chunk_and_each_chunk_leaves_before_the_next():
    parts = [b"<head></head>one", b"two" + PIXEL, b"three"]
    messages = [start(("content-length", "9")), *(body(p, more=True) for p in parts), body(b"four")]
    messages[0] = start()

    left = _step_by_step(messages)

    assert left[0] == []
    assert [m["type"] for m in left[1]] == ["http.response.start", "http.response.body"]
    assert [b"".join(m.get("body", b"") for m in step) for step in left] == [
        b"",
        b"<head></head>one",
        b"two",
        b"three",
        b"four",
    ]


def test_an_unfinished_tag_is_held_until_it_is_finished():
    messages = [
        start(),
        body(b"<p>a" + PIXEL[:9], more=True),
        body(PIXEL[9:20], more=True),
        body(PIXEL[20:] + b"b", more=True),
        body(),
    ]

    left = _step_by_step(messages)

    assert [[m.get("body") for m in step if "body" in m["type"]] for step in left] == [
        [],
        [b"<p>a"],
        [],
        [b"b"],
        [b""],
    ]


def test_empty_messages_of_the_app_are_passed_on():
    messages = [
        start(),
        body(b"", more=True),
        body(b"<p>a", more=True),
        body(b"", more=True),
        body(),
    ]

    left = _step_by_step(messages)

    assert [[m.get("body") for m in step if "body" in m["type"]] for step in left] == [
        [],
        [b""],
        [b"<p>a"],
        [b""],
        [b""],
    ]


@pytest.mark.parametrize("size", [1, 3, 7, 1000])
def test_a_page_is_the_same_however_it_is_cut(size):
    chunks = [PAGE[i : i + size] for i in range(0, len(PAGE), size)]
    app = Says(start(), *(body(chunk, more=True) for chunk in chunks), body())

    answer = _ask(app)

    assert answer.body == CLEAN
    assert answer.complete


def test_the_length_is_that_of_the_whole_and_left_out_of_a_stream():
    whole = _ask(says_page(PAGE))
    stream = _ask(
        Says(start(("content-length", str(len(PAGE)))), body(PAGE[:20], more=True), body(PAGE[20:]))
    )

    assert whole.get("content-length") == str(len(CLEAN))
    assert stream.get("content-length") is None
    assert whole.body == stream.body == CLEAN


@pytest.mark.parametrize("first", ["text/html", "text/plain"])
def test_an_app_that_starts_twice_is_told_so_as_by_a_server(first):
    answer = Answer()

    with pytest.raises(RuntimeError, match="twice"):
        asyncio.run(
            ask_async(
                ConsentMiddleware(
                    Says(start(content_type=first), start(), body(PAGE)), config=CONFIG
                ),
                scope_of(headers=GPC),
                into=answer,
            )
        )

    assert answer.messages == ([] if first == "text/html" else [start(content_type=first)])


def test_an_informational_response_is_no_start():
    denied = ("link", "<https://ads.vendor.example/a.js>; rel=preload")
    hint = start(("x-own", "1"), denied, status=103)

    answer = _ask(Says(hint, *says_page(PAGE).messages))

    assert [m.get("status") for m in answer.messages] == [103, 200, None]
    assert [name for name, _ in answer.messages[0]["headers"]] == [
        b"content-type",
        b"x-own",
        b"vary",
    ]
    assert b"".join(answer.chunks) == CLEAN


def test_a_body_before_any_start_is_the_servers_affair():
    messages = [body(PAGE), start(), body(PAGE)]

    answer = _ask(Says(*messages))

    assert answer.messages[0] == messages[0]
    assert answer.messages[-1]["body"] == CLEAN


def test_a_body_message_may_leave_out_what_has_a_default():
    answer = _ask(Says(start(), {"type": "http.response.body"}))

    assert answer.body == b""
    assert answer.complete


def test_trailers_pass_without_digests_of_the_other_bytes():
    trailers = {
        "type": "http.response.trailers",
        "headers": [(b"repr-digest", b"x"), (b"server-timing", b"db")],
        "more_trailers": False,
    }

    page = _ask(Says(start(trailers=True), body(PAGE), trailers))
    other = _ask(Says(start(trailers=True, content_type="a/b"), body(PAGE), trailers))

    assert page.messages[-1] == {**trailers, "headers": [(b"server-timing", b"db")]}
    assert other.messages[-1] == trailers


# --- bodiless answers -------------------------------------------------------------------------


def test_head_has_the_fields_that_get_would_have_but_for_the_length():
    app = says_page(PAGE, ("etag", '"v1"'), ("last-modified", "x"), ("accept-ranges", "bytes"))
    get = _ask(app)
    head = _ask(Says(app.messages[0], body()), method="HEAD")

    expected = [pair for pair in get.headers if pair[0] != b"content-length"]
    assert head.headers == expected
    assert head.body == b""


@pytest.mark.parametrize("status", [204, 205, 304])
def test_answers_without_a_body_start_at_once(status):
    message = start(("x-a", "b"), status=status)

    left = _step_by_step([message, body()])

    assert left[0] == [message]


# --- codings ----------------------------------------------------------------------------------


@pytest.mark.parametrize("coding", COMPRESS)
def test_an_encoded_page_is_decoded_rewritten_and_encoded_again(coding):
    data = COMPRESS[coding](PAGE)

    answer = _ask(says_page(data, ("content-encoding", coding)))

    assert DECOMPRESS[coding](answer.body) == CLEAN
    assert answer.get("content-encoding") == coding
    assert answer.get("content-length") == str(len(answer.body))


def test_an_encoded_stream_can_be_decoded_as_far_as_it_has_come():
    compressor = zlib.compressobj(wbits=31)
    parts = [
        compressor.compress(part) + compressor.flush(zlib.Z_SYNC_FLUSH)
        for part in (b"<p>one", PIXEL + b"two", b"three")
    ]
    messages = [
        start(("content-encoding", "gzip")),
        *(body(part, more=True) for part in parts),
        body(compressor.flush()),
    ]

    left = _step_by_step(messages)

    reader = zlib.decompressobj(wbits=31)
    read = [reader.decompress(b"".join(m.get("body", b"") for m in step)) for step in left]
    assert read == [b"", b"<p>one", b"two", b"three", b""]
    assert reader.eof


def test_an_encoded_page_cut_into_bytes_leaves_no_empty_blocks():
    data = gzip.compress(PAGE)
    chunks = [body(data[i : i + 1], more=True) for i in range(len(data))]

    answer = _ask(Says(start(("content-encoding", "gzip")), *chunks, body()))

    assert gzip.decompress(answer.body) == CLEAN
    assert len(answer.body) < 2 * len(data)


def test_a_coding_that_can_not_be_read_is_not_offered_to_the_app():
    app = says_page(PAGE)

    _ask(
        app,
        [
            *GPC,
            ("accept-encoding", "gzip, br, dcb;q=0.5"),
            ("available-dictionary", ":x:"),
            ("dictionary-id", '"x"'),
        ],
    )

    assert app.saw("accept-encoding") == ["gzip, br"]
    assert app.saw("available-dictionary") == []
    assert app.saw("dictionary-id") == []


class Compressing:
    """An app that tightens, and compresses with the first coding that it is offered."""

    def __init__(self):
        self.offered = []

    async def __call__(self, scope, receive, send):
        deny(scope, "advertising")
        offered = [v.decode() for n, v in scope["headers"] if n == b"accept-encoding"]
        self.offered += offered
        first = offered[0].partition(",")[0]
        data = gzip.compress(PAGE) if first == "gzip" else b"read by nobody"
        await says_page(data, ("content-encoding", first))(scope, receive, send)


def test_an_app_that_tightened_is_asked_again_for_a_coding_that_can_be_read():
    app = Compressing()

    answer = _ask(app, [("accept-encoding", "dcb, gzip")])

    assert app.offered == ["dcb, gzip", "gzip"]
    assert gzip.decompress(answer.body) == CLEAN
    assert answer.all("content-encoding") == ["gzip"]


def test_a_coding_that_can_not_be_read_after_a_post_is_not_sent_nor_asked_for_again():
    app = Compressing()

    assert _ask(app, [("accept-encoding", "dcb, gzip")], method="POST").status == 503
    assert len(app.offered) == 1


def test_an_app_that_sticks_to_a_coding_that_can_not_be_read_is_asked_twice_at_most():
    calls = []

    async def app(scope, receive, send):
        calls.append(deny(scope, "advertising"))
        await says_page(b"x", ("content-encoding", "dcb"))(scope, receive, send)

    assert _ask(app, []).status == 503
    assert len(calls) == 2


def test_every_coding_is_offered_where_nothing_is_denied():
    app = says_page(PAGE)
    headers = [("accept-encoding", "gzip, dcb"), ("available-dictionary", ":x:")]

    _ask(app, headers)

    assert app.saw("accept-encoding") == ["gzip, dcb"]
    assert app.saw("available-dictionary") == [":x:"]


def test_an_encoded_page_passes_untouched_where_nothing_is_denied():
    config = {**CONFIG, "signals": {"navigator": True}, "secret_keys": ["a secret of some length"]}
    data = gzip.compress(PAGE)

    for coding in ("gzip", "exi"):
        app = says_page(data, ("content-encoding", coding), ("etag", '"v1"'))
        answer = _ask(app, [], config=config)
        assert answer.body == data
        assert answer.get("content-length") == str(len(data))


def test_a_page_without_a_type_is_sniffed_behind_its_coding():
    for content in (PAGE, b'{"a": 1}', PAGE[:40] + b" " * 2000 + PAGE[40:]):
        app = says_page(gzip.compress(content), ("content-encoding", "gzip"), content_type="")
        assert gzip.decompress(_ask(app).body) == content.replace(PIXEL, b"")


def test_a_page_without_a_type_is_held_until_its_beginning_tells():
    messages = [
        start(content_type=""),
        body(b"<", more=True),
        body(b"p>" + PIXEL + SPACE, more=True),
        body(),
    ]

    left = _step_by_step(messages)

    assert [[m.get("body") for m in step if "body" in m["type"]] for step in left] == [
        [],
        [],
        [b"<p>" + SPACE],
        [b""],
    ]


# --- files ------------------------------------------------------------------------------------

SENDFILE = {
    "http.response.pathsend": {},
    "http.response.zerocopysend": {},
    "http.response.trailers": {},
}


@pytest.fixture
def file():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "page.html")
        path.write_bytes(PAGE)
        yield path


def test_the_app_is_not_told_of_ways_around_the_middleware():
    app = says_page(PAGE)

    _ask(app, extensions=SENDFILE)
    assert set(app.scopes[-1]["extensions"]) == {"http.response.trailers"}
    _ask(app, [*GPC, ("sec-fetch-dest", "video")], extensions=SENDFILE)
    assert app.scopes[-1]["extensions"] is SENDFILE
    _ask(app, [], extensions=SENDFILE)
    assert app.scopes[-1]["extensions"] is SENDFILE


def test_a_file_that_is_a_page_is_read_and_rewritten(file):
    app = Says(
        start(("content-length", str(len(PAGE)))),
        {"type": "http.response.pathsend", "path": str(file)},
    )

    answer = _ask(app)

    assert answer.body == CLEAN
    assert answer.complete
    assert answer.get("content-length") is None


def test_a_file_that_is_no_page_is_left_to_the_server(file):
    message = {"type": "http.response.pathsend", "path": str(file)}

    assert _ask(Says(start(content_type="video/mp4"), message)).messages[-1] == message


def test_a_file_that_can_not_be_read_as_it_says_is_answered_503(file):
    file.write_bytes(b"no gzip" * 50_000)
    message = {"type": "http.response.pathsend", "path": str(file)}

    answer = _ask(Says(start(("content-encoding", "gzip")), message))

    assert answer.status == 503
    assert len(answer.chunks) == 1


@pytest.mark.parametrize(
    ("where", "content"),
    [
        ({}, PAGE[4:]),
        ({"count": 30}, PAGE[4:34]),
        ({"offset": 0}, PAGE),
        ({"offset": 10, "count": 100_000}, PAGE[10:]),
        ({"offset": 10, "count": 5}, PAGE[10:15]),
        ({"count": 0}, b""),
    ],
)
def test_an_open_file_that_is_a_page_is_read_and_rewritten(file, where, content):
    with file.open("rb", buffering=0) as handle:
        handle.seek(4)
        message = {"type": "http.response.zerocopysend", "file": handle, **where}
        answer = _ask(Says(start(), message))

    assert answer.body == content.replace(PIXEL, b"")
    assert answer.complete


def test_parts_of_open_files_can_be_mixed_with_bytes(file):
    with file.open("rb", buffering=0) as handle:
        zero_copy = {"type": "http.response.zerocopysend", "file": handle, "more_body": True}
        answer = _ask(Says(start(), body(b"<p>", more=True), zero_copy, body(b"end")))

    assert answer.body == b"<p>" + CLEAN + b"end"


# --- failing closed ---------------------------------------------------------------------------

BROKEN = gzip.compress(PAGE)[:-12]


def test_a_page_that_can_not_be_read_is_answered_503_and_never_stored(caplog):
    for _ in range(2):
        answer = _ask(says_page(BROKEN, ("content-encoding", "gzip"), ("cache-control", "public")))
        assert answer.status == 503
        assert answer.get("cache-control") == "no-store"
        assert b"ads" not in answer.body
        assert answer.complete


def test_it_is_logged_once_for_each_path(caplog):
    app = ConsentMiddleware(says_page(BROKEN, ("content-encoding", "gzip")), config=CONFIG)
    with caplog.at_level(logging.WARNING, "consentmw"):
        caplog.clear()
        for path in ("/a", "/a", "/b\n" + "c" * 300):
            ask(app, path, GPC)

    lines = [record.message for record in caplog.records]
    assert len(lines) == 2
    assert "cut short" in lines[0]
    assert "\\n" in lines[1]
    assert len(lines[1]) < 400


@pytest.mark.parametrize("coding", ["exi", "dcb", "gzip, exi", "gzip, gzip, gzip, gzip"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_coding_that_nobody_can_read_is_answered_503(coding, method):
    app = says_page(b"?", ("content-encoding", coding))

    assert _ask(app, method=method).status == 503
    assert _ask(app, [], method=method).status == 200


def test_the_answer_instead_of_a_page_can_be_a_sites_own():
    own = Says(start(("cache-control", "max-age=60"), status=500), body(b"sorry"))
    app = says_page(b"?", ("content-encoding", "exi"))

    answer = ask(ConsentMiddleware(app, config=CONFIG, unreadable=own), headers=GPC)

    assert (answer.status, answer.body) == (500, b"sorry")
    assert answer.get("cache-control") == "no-store"


def test_a_sites_own_answer_is_rewritten_as_well():
    pixel = b'<img src="https://ads.vendor.example/p.gif">'
    own = Says(start(("set-cookie", "_fbp=1"), status=503), body(b"<p>sorry" + pixel))
    app = says_page(b"?", ("content-encoding", "exi"))

    answer = ask(ConsentMiddleware(app, config=CONFIG, unreadable=own), headers=GPC)

    assert (answer.status, answer.body) == (503, b"<p>sorry")
    assert answer.get("set-cookie") is None
    assert answer.get("cache-control") == "no-store"


def test_a_sites_own_answer_that_can_not_be_read_either_is_replaced():
    app = says_page(b"?", ("content-encoding", "exi"))

    answer = ask(ConsentMiddleware(app, config=CONFIG, unreadable=app), headers=GPC)

    assert (answer.status, answer.get("content-encoding")) == (503, None)
    assert answer.get("cache-control") == "no-store"
    assert answer.complete


@pytest.mark.parametrize("own", [("exi", 503), ("gzip", 304)])
def test_no_app_is_asked_again_for_what_is_answered_in_the_place_of_its_page(own):
    coding, status = own
    calls = []

    async def app(scope, receive, send):
        calls.append(deny(scope, "advertising"))
        await says_page(b"no gzip", ("content-encoding", "gzip"))(scope, receive, send)

    instead = Says(start(("content-encoding", coding), status=status), body(b""))

    answer = ask(ConsentMiddleware(app, config=CONFIG, unreadable=instead))

    assert len(calls) == 1
    assert answer.status == status
    assert answer.complete


def test_the_answer_instead_of_a_page_sees_the_consent():
    async def own(scope, _receive, send):
        denied = sorted(consent_from_scope(scope).denied)
        await send(start(content_type="text/plain", status=503))
        await send(body(" ".join(denied).encode()))

    app = says_page(b"?", ("content-encoding", "exi"))

    answer = ask(ConsentMiddleware(app, config=CONFIG, unreadable=own), headers=GPC)

    assert (answer.status, answer.body) == (503, b"advertising")


def test_what_the_app_still_sends_of_a_page_that_was_refused_goes_nowhere():
    app = Says(
        start(("content-encoding", "gzip")),
        body(b"not gzip at all", more=True),
        body(b"more", more=True),
        body(),
        {"type": "http.response.trailers", "headers": []},
    )

    answer = _ask(app)

    assert answer.status == 503
    assert [m["type"] for m in answer.messages] == ["http.response.start", "http.response.body"]


def _broken_off():
    compressor = zlib.compressobj(wbits=31)
    good = compressor.compress(b"<p>one</p>" * 10) + compressor.flush(zlib.Z_SYNC_FLUSH)
    return [
        start(("content-encoding", "gzip")),
        body(good, more=True),
        body(b"\xff" * 50, more=True),
    ]


async def _catch(app, into):
    with pytest.raises(RewriteError):
        await ask_async(ConsentMiddleware(app, config=CONFIG), scope_of("/", GPC), into=into)


def test_a_page_that_fails_after_its_start_is_broken_off_and_never_ended():
    answer = Answer()

    asyncio.run(_catch(Says(*_broken_off(), body()), answer))

    assert answer.status == 200
    assert not answer.complete


def test_a_page_that_fails_is_broken_off_even_where_the_app_catches_the_error():
    answer = Answer()
    raised = []

    async def app(scope, receive, send):
        for message in [*_broken_off(), body(b"more", more=True), body()]:
            try:
                await send(message)
            except RewriteError as error:
                raised.append(error)

    asyncio.run(_catch(app, answer))

    assert len(raised) == 3
    assert not answer.complete


@pytest.mark.parametrize("declared", [-1, 1])
def test_a_body_that_is_not_as_long_as_declared_does_not_pass_for_complete(declared):
    length = ("content-length", str(len(PAGE) + declared))

    assert _ask(Says(start(length), body(PAGE))).status == 503
    answer = Answer()
    asyncio.run(_catch(Says(start(length), body(PAGE, more=True), body()), answer))
    assert not answer.complete


@pytest.mark.parametrize("length", ["many", "-1", "", "9, 9"])
def test_a_length_that_is_no_number_is_the_servers_affair(length):
    assert _ask(Says(start(("content-length", length)), body(PAGE))).body == CLEAN


@pytest.mark.parametrize("length", ["9" * 5000, "1" + "0" * 5000])
def test_a_length_that_no_body_has_does_not_pass_for_complete(length):
    """Python refuses to read so many digits as a number."""
    assert _ask(Says(start(("content-length", length)), body(PAGE))).status == 503


def test_a_length_may_have_zeros_in_front_and_stand_there_twice():
    length = ("content-length", f"00{len(PAGE)}")

    answer = _ask(Says(start(length, length), body(PAGE)))

    assert answer.all("content-length") == [str(len(CLEAN))] * 2
    assert answer.body == CLEAN


def test_a_defect_of_the_engine_fails_closed_too(monkeypatch):
    def fail(self, chunk):
        raise IndexError("a defect")

    monkeypatch.setattr("consentmw.asgi.body.PageBody.feed", fail)

    assert _ask(says_page(PAGE)).status == 503


def test_a_page_that_can_not_be_read_passes_where_nothing_is_denied(monkeypatch):
    def fail(self, chunk):
        raise RewriteError("no")

    monkeypatch.setattr("consentmw.asgi.body.PageBody.feed", fail)
    app = Says(
        start(("content-length", str(len(PAGE))), ("etag", '"v1"')),
        body(PAGE[:5], more=True),
        body(PAGE[5:], more=True),
        body(),
    )

    config = {**CONFIG, "signals": {"navigator": True}, "secret_keys": ["a secret of some length"]}
    answer = _ask(app, [], config=config)

    assert answer.body == PAGE
    assert answer.get("content-length") == str(len(PAGE))
    assert answer.get("etag") == '"v1"'
    assert answer.complete
