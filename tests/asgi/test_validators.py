"""Conditional requests across the variants of a page."""

import asyncio

import pytest
from rig.messages import Says, ask, ask_async, body, says_page, scope_of, start

from consentmw.access import deny
from consentmw.asgi import ConsentMiddleware

GPC = [("sec-gpc", "1")]
PIXEL = b'<img src="https://ads.vendor.example/p.gif">'
PAGE = b"<!doctype html><head><title>t</title></head><body>a" + PIXEL + b"b</body>"
CONFIG = {
    "categories": {"advertising": {"hosts": ["ads.vendor.example"]}},
    "signals": {"navigator": False},
    "browser": {"guard": "off"},
    "zones": [{"paths": ["/member/*"], "deny": ["analytics"]}],
}
PAGE_DESTS = ["document", "iframe", "frame", "object", "embed", "fencedframe", "empty", None]
OTHER_DESTS = ["image", "video", "audio", "style", "script", "font", "track", "manifest"]


class Resource:
    """An app with one page that answers conditional requests, as a static file would be."""

    def __init__(self, *, tag='"v1"', content_type="text/html", content=PAGE):
        self.tag = tag
        self.content_type = content_type
        self.content = content
        self.scopes = []

    async def __call__(self, scope, receive, send):
        self.scopes.append(scope)
        tags = self.saw("if-none-match")
        modified = self.saw("if-modified-since")
        weak = self.tag.removeprefix("W/")
        fresh = any(weak in value for value in tags) if tags else bool(modified)
        validators = [("etag", self.tag), ("last-modified", "Sun, 01 Nov 2026 00:00:00 GMT")]
        if fresh:
            messages = [start(*validators, status=304, content_type=""), body()]
        else:
            more = [*validators, ("accept-ranges", "bytes"), ("content-md5", "x")]
            messages = [start(*more, content_type=self.content_type), body(self.content)]
        await Says(*messages)(scope, receive, send)

    def saw(self, name):
        return [v.decode() for n, v in self.scopes[-1]["headers"] if n == name.encode()]


def _dest(dest):
    return [("sec-fetch-dest", dest)] if dest else []


def _tag(app, headers=GPC, path="/"):
    return ask(app, path, headers).get("etag")


def test_a_rewritten_page_carries_a_marked_tag_and_nothing_else_that_describes_its_bytes():
    answer = ask(ConsentMiddleware(Resource(), config=CONFIG), headers=GPC)

    tag = answer.get("etag")
    assert tag.startswith('"v1~')
    assert tag.endswith('"')
    for name in ("last-modified", "content-md5", "digest", "repr-digest", "accept-ranges"):
        assert answer.get(name) is None


@pytest.mark.parametrize(
    "name", ["Content-MD5", "Digest", "Repr-Digest", "Content-Digest", "Last-Modified"]
)
def test_digests_go_however_they_are_written_and_stay_on_a_page_that_is_not_rewritten(name):
    app = ConsentMiddleware(says_page(PAGE, (name, "x")), config=CONFIG)

    assert ask(app, headers=GPC).get(name.lower()) is None
    assert ask(app).get(name.lower()) == "x"


@pytest.mark.parametrize(
    ("tag", "marked"), [('W/"v1"', True), ('""', True), ("v1", False), ('"a b"', False)]
)
def test_a_weak_tag_stays_weak_and_what_is_no_tag_goes(tag, marked):
    answer = ask(ConsentMiddleware(says_page(PAGE, ("etag", tag)), config=CONFIG), headers=GPC)

    if marked:
        assert answer.get("etag").startswith(tag[:-1] + "~")
    else:
        assert answer.get("etag") is None


@pytest.mark.parametrize("dest", PAGE_DESTS)
def test_a_visit_again_with_the_current_tag_is_answered_304(dest):
    resource = Resource()
    app = ConsentMiddleware(resource, config=CONFIG)
    headers = [*GPC, *_dest(dest)]
    tag = _tag(app, headers)

    answer = ask(app, headers=[*headers, ("if-none-match", tag)])

    assert resource.saw("if-none-match") == ['"v1"']
    assert answer.status == 304
    assert answer.get("etag") == tag
    assert answer.get("last-modified") is None
    assert answer.get("vary") == "Sec-GPC, Cookie"


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ('"a", {}, W/"b"', '"v1"'),
        ("W/{}", 'W/"v1"'),
        ('{}, "x~000000000000"', '"v1"'),
        ("*", "*"),
    ],
)
def test_tags_are_translated_within_lists(sent, shown):
    resource = Resource()
    app = ConsentMiddleware(resource, config=CONFIG)

    ask(app, headers=[*GPC, ("if-none-match", sent.format(_tag(app)))])

    assert resource.saw("if-none-match") == [shown]


@pytest.mark.parametrize("dest", PAGE_DESTS)
def test_after_an_opt_out_no_page_is_answered_304(dest):
    resource = Resource()
    app = ConsentMiddleware(resource, config=CONFIG)
    conditions = [("if-none-match", '"v1"'), ("if-modified-since", "Sun, 01 Nov 2026 00:00:00 GMT")]

    answer = ask(app, headers=[*GPC, *_dest(dest), *conditions])

    assert answer.status == 200
    assert PIXEL not in answer.body
    assert resource.saw("if-none-match") == []
    assert resource.saw("if-modified-since") == []


def test_a_date_alone_does_not_bring_an_old_page_back_either():
    app = ConsentMiddleware(Resource(), config=CONFIG)

    answer = ask(app, headers=[*GPC, ("if-modified-since", "Sun, 01 Nov 2026 00:00:00 GMT")])

    assert answer.status == 200


def test_after_opting_back_in_no_page_is_answered_304():
    resource = Resource()
    app = ConsentMiddleware(resource, config=CONFIG)
    tag = _tag(app)

    answer = ask(
        app,
        headers=[("if-none-match", tag), ("if-modified-since", "Sun, 01 Nov 2026 00:00:00 GMT")],
    )

    assert answer.status == 200
    assert answer.body == PAGE
    assert resource.saw("if-modified-since") == []


def test_a_page_that_nobody_rewrites_is_answered_304_as_ever():
    answer = ask(ConsentMiddleware(Resource(), config=CONFIG), headers=[("if-none-match", '"v1"')])

    assert (answer.status, answer.get("etag")) == (304, '"v1"')
    assert answer.get("last-modified") is not None


def test_another_catalogue_another_configuration_and_another_zone_are_other_variants():
    more = {"advertising": {"hosts": ["ads.vendor.example", "other.vendor.example"]}}
    tags = [
        _tag(ConsentMiddleware(Resource(), config=CONFIG)),
        _tag(ConsentMiddleware(Resource(), config={**CONFIG, "categories": more})),
        _tag(ConsentMiddleware(Resource(), config={**CONFIG, "tag_attributes": ["data-x"]})),
        _tag(ConsentMiddleware(Resource(), config=CONFIG), path="/member/"),
    ]
    resource = Resource()
    app = ConsentMiddleware(resource, config=CONFIG)

    assert len(set(tags)) == 4
    for tag in tags[1:]:
        assert ask(app, headers=[*GPC, ("if-none-match", tag)]).status == 200
    assert ask(app, headers=[*GPC, ("if-none-match", tags[0])]).status == 304


@pytest.mark.parametrize("dest", OTHER_DESTS)
def test_an_image_is_answered_304_under_gpc(dest):
    resource = Resource(content_type="image/png", content=b"png")
    app = ConsentMiddleware(resource, config=CONFIG)
    conditions = [("if-none-match", '"v1"'), ("if-modified-since", "Sun, 01 Nov 2026 00:00:00 GMT")]

    answer = ask(app, headers=[*GPC, *_dest(dest), *conditions])

    assert answer.status == 304
    assert answer.get("etag") == '"v1"'
    assert answer.get("vary") is None
    assert resource.saw("if-modified-since") != []


@pytest.mark.parametrize("visitor", [GPC, []])
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "POST"])
def test_a_write_with_the_tag_of_a_page_that_was_shown_works(method, visitor):
    resource = Resource()
    app = ConsentMiddleware(resource, config=CONFIG)
    tag = _tag(app)

    ask(app, headers=[*visitor, ("if-match", f'"a", {tag}')], method=method)

    assert resource.saw("if-match") == ['"a", "v1"']


@pytest.mark.parametrize("dest", [*PAGE_DESTS, "image"])
def test_the_protection_against_lost_updates_is_never_taken_away(dest):
    resource = Resource()
    protection = [
        ("if-match", '"unmarked"'),
        ("if-unmodified-since", "Sun, 01 Nov 2026 00:00:00 GMT"),
    ]
    for method in ("PUT", "GET"):
        ask(
            ConsentMiddleware(resource, config=CONFIG),
            headers=[*GPC, *_dest(dest), *protection],
            method=method,
        )
        assert resource.saw("if-match") == ['"unmarked"']
        assert resource.saw("if-unmodified-since") != []


@pytest.mark.parametrize("value", ["*", '"v0"'])
def test_a_write_that_must_not_replace_keeps_its_condition(value):
    resource = Resource()

    ask(
        ConsentMiddleware(resource, config=CONFIG),
        headers=[*GPC, ("if-none-match", value)],
        method="PUT",
    )

    assert resource.saw("if-none-match") == [value]


@pytest.mark.parametrize("visitor", [GPC, []])
@pytest.mark.parametrize("marker", ["000000000000", None])
def test_a_write_that_must_not_replace_what_was_shown_keeps_its_condition(visitor, marker):
    resource = Resource()
    app = ConsentMiddleware(resource, config=CONFIG)
    tag = _tag(app) if marker is None else f'"v1~{marker}"'

    ask(app, headers=[*visitor, ("if-none-match", f'"v0", {tag}')], method="PUT")

    assert resource.saw("if-none-match") == ['"v0", "v1"']


def test_a_field_without_a_value_is_no_condition_and_stays():
    resource = Resource()

    ask(
        ConsentMiddleware(resource, config=CONFIG),
        headers=[*GPC, ("x-empty", ""), ("if-none-match", '"old"')],
    )

    assert resource.saw("x-empty") == [""]


@pytest.mark.parametrize("sent", ['"v1~abc"', '"v1~ABCDEFABCDEF"', '"v1~0123456789abc"'])
def test_an_apps_own_tag_that_resembles_a_marked_one_is_its_own(sent):
    resource = Resource()

    ask(ConsentMiddleware(resource, config=CONFIG), headers=[("if-none-match", sent)])

    assert resource.saw("if-none-match") == [sent]


def test_a_304_after_the_app_tightened_is_asked_for_again_as_a_whole():
    resource = Resource()

    async def app(scope, receive, send):
        deny(scope, "advertising")
        assert (await receive())["body"] == b""
        await resource(scope, receive, send)

    middleware = ConsentMiddleware(app, config=CONFIG)
    answer = ask(middleware, headers=[("if-none-match", '"v1"'), ("cookie", "a=b")])

    assert answer.status == 200
    assert PIXEL not in answer.body
    assert len(resource.scopes) == 2
    assert resource.saw("cookie") == ["a=b"]


def test_an_app_that_says_304_without_being_asked_is_not_asked_for_ever():
    calls = []

    async def app(scope, receive, send):
        calls.append(scope)
        deny(scope, "advertising")
        await Says(start(status=304, content_type=""), body())(scope, receive, send)

    assert ask(ConsentMiddleware(app, config=CONFIG)).status == 304
    assert len(calls) == 2


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_request_that_may_have_changed_something_is_never_put_to_the_app_again(method):
    calls = []

    async def app(scope, receive, send):
        calls.append(scope)
        deny(scope, "advertising")
        await Says(start(status=304, content_type=""), body())(scope, receive, send)

    assert ask(ConsentMiddleware(app, config=CONFIG), method=method).status == 304
    assert len(calls) == 1


def test_a_304_does_not_tell_the_length_of_the_apps_own_bytes():
    """RFC 9110, 8.6: it may only be the length that a 200 would have, which nobody knows here."""
    tag = _tag(ConsentMiddleware(Resource(), config=CONFIG))
    app = Says(
        start(("etag", '"v1"'), ("content-length", "99"), status=304, content_type=""), body()
    )

    answer = ask(ConsentMiddleware(app, config=CONFIG), headers=[*GPC, ("if-none-match", tag)])

    assert answer.get("etag") == tag
    assert answer.get("content-length") is None


def test_the_connection_can_still_be_watched_while_the_app_is_asked_again():
    received = []

    async def app(scope, receive, send):
        deny(scope, "advertising")
        received.append([(await receive())["type"], (await receive())["type"]])
        await Resource()(scope, receive, send)

    asyncio.run(
        ask_async(ConsentMiddleware(app, config=CONFIG), scope_of("/", [("if-none-match", '"v1"')]))
    )

    assert received == [["http.request", "http.disconnect"]] * 2


# --- ranges -----------------------------------------------------------------------------------


def _part(content_type="text/html", *headers):
    fields = [("content-range", "bytes 0-9/500"), ("content-length", "10"), *headers]
    return Says(start(*fields, status=206, content_type=content_type), body(PAGE[:10]))


@pytest.mark.parametrize("dest", ["document", "iframe", "frame", "object", "embed"])
def test_a_page_is_asked_for_whole(dest):
    app = _part()
    headers = [*GPC, *_dest(dest), ("range", "bytes=0-9"), ("if-range", '"v1"')]

    ask(ConsentMiddleware(app, config=CONFIG), headers=headers)

    assert app.saw("range") == []
    assert app.saw("if-range") == []


@pytest.mark.parametrize("dest", [None, "empty", "video", "image"])
def test_a_range_of_anything_else_goes_through(dest):
    app = _part("video/mp4")
    headers = [*GPC, *_dest(dest), ("range", "bytes=0-9"), ("if-range", '"v1"')]

    answer = ask(ConsentMiddleware(app, config=CONFIG), headers=headers)

    assert app.saw("range") == ["bytes=0-9"]
    assert app.saw("if-range") == ['"v1"']
    assert answer.messages == list(app.messages)


def test_a_visitor_for_whom_nothing_is_denied_gets_parts_of_pages_too():
    app = _part()

    answer = ask(
        ConsentMiddleware(app, config=CONFIG),
        headers=[("range", "bytes=0-9"), ("sec-fetch-dest", "document")],
    )

    assert app.saw("range") == ["bytes=0-9"]
    assert (answer.status, answer.body) == (206, PAGE[:10])


@pytest.mark.parametrize(
    ("content_range", "refused"),
    [
        ("bytes 0-9/500", "bytes */500"),
        ("bytes 0-9/*", None),
        ("lines 0-9/500", None),
    ],
)
def test_a_part_that_turns_out_to_be_a_page_is_refused(content_range, refused):
    app = Says(
        start(("content-range", content_range), ("etag", '"v1"'), status=206), body(PAGE[:10])
    )

    answer = ask(ConsentMiddleware(app, config=CONFIG), headers=[*GPC, ("range", "bytes=0-9")])

    assert answer.status == 416
    assert answer.body == b""
    assert answer.get("content-range") == refused
    assert answer.get("cache-control") == "no-store"
    assert answer.get("content-length") == "0"
    assert answer.complete


@pytest.mark.parametrize(
    ("dest", "status"), [("video", 206), ("image", 206), ("font", 206), ("empty", 416), (None, 416)]
)
def test_a_part_without_a_type_is_refused_only_where_a_browser_may_look_at_it(dest, status):
    answer = ask(
        ConsentMiddleware(_part(""), config=CONFIG),
        headers=[*GPC, *_dest(dest), ("range", "bytes=0-9")],
    )

    assert answer.status == status
    assert answer.get("vary") == "Sec-GPC, Cookie"


def test_no_trailers_follow_a_part_that_is_refused():
    part = {**start(status=206), "trailers": True}

    answer = ask(ConsentMiddleware(Says(part, body(PAGE[:10])), config=CONFIG), headers=GPC)

    assert answer.status == 416
    assert "trailers" not in answer.start


def test_if_range_with_the_current_tag_is_translated():
    resource = Resource()
    app = ConsentMiddleware(resource, config=CONFIG)

    ask(app, headers=[*GPC, ("range", "bytes=0-9"), ("if-range", _tag(app))])

    assert resource.saw("if-range") == ['"v1"']
    assert resource.saw("range") == ["bytes=0-9"]


def test_if_range_with_the_tag_of_another_variant_takes_the_range_with_it():
    resource = Resource()
    app = ConsentMiddleware(resource, config=CONFIG)

    ask(app, headers=[("range", "bytes=0-9"), ("if-range", _tag(app))])

    assert resource.saw("if-range") == []
    assert resource.saw("range") == []


def test_an_unmarked_if_range_stays():
    resource = Resource()

    ask(
        ConsentMiddleware(resource, config=CONFIG),
        headers=[*GPC, ("range", "bytes=0-9"), ("if-range", "Sun, 01 Nov 2026 00:00:00 GMT")],
    )

    assert resource.saw("if-range") == ["Sun, 01 Nov 2026 00:00:00 GMT"]
