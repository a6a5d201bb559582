"""Whatever a visitor sends or an app answers: nothing raises through it, and no pixel passes."""

import asyncio
import gzip
import itertools

from hypothesis import example, given, settings
from hypothesis import strategies as st
from rig.messages import Answer, Says, ask_async, body, scope_of, start

from consentmw import ConsentMiddleware
from consentmw.errors import RewriteError

CONFIG = {
    "secret_keys": ["a secret of some length"],
    "categories": {
        "advertising": {"hosts": ["ads.vendor.example"], "urls": ["/own/*"], "cookies": ["_adv*"]}
    },
    "zones": [{"hosts": ["member.example"], "paths": ["/member/*"], "deny": ["analytics"]}],
    "browser": {"guard": "off"},
}
PIXEL = b'<img src="https://ads.vendor.example/p.gif">'
PAGE = [start(), body(b"<!doctype html><head></head><body>a" + PIXEL + b"b</body>")]

# What no server lets through: line ends and NUL in a field, non-ASCII in a name.
VALUES = st.binary(max_size=300).map(lambda v: v.translate(None, b"\r\n\0"))
LINES = st.text('=;,"\\<> _advW/~*01-abc.:#é\t', max_size=80).map(lambda t: t.encode("latin-1"))
ANY_VALUE = st.one_of(VALUES, LINES)
REQUEST_FIELDS = st.sampled_from(
    [
        b"cookie", b"sec-gpc", b"dnt", b"host", b"if-none-match", b"if-match", b"if-range",
        b"if-modified-since", b"range", b"accept-encoding", b"available-dictionary",
        b"sec-fetch-dest", b"hx-request", b"x-privacy-variant", b"x-other",
    ]
)  # fmt: skip
RESPONSE_FIELDS = st.sampled_from(
    [
        b"Set-Cookie", b"link", b"Speculation-Rules", b"reporting-endpoints", b"report-to", b"NEL",
        b"etag", b"vary", b"Cache-Control", b"content-type", b"content-disposition",
        b"last-modified",
        b"content-range", b"x-content-type-options", b"content-security-policy", b"accept-ranges",
    ]
)  # fmt: skip
SETTINGS = settings(max_examples=300)
APPS = {
    strategy: ConsentMiddleware(
        lambda scope, receive, send: scope["app_under_test"](scope, receive, send),
        config={**CONFIG, "caching": {"strategy": strategy}},
        debug=strategy == "edge",
    )
    for strategy in ("vary", "private", "edge")
}


def _send(app, scope, strategy="vary"):
    answer = Answer()
    asyncio.run(ask_async(APPS[strategy], {**scope, "app_under_test": app}, into=answer))
    return answer


def _assert_sendable(answer):
    """What a server checks before it writes a response."""
    for name, value in answer.headers:
        assert isinstance(name, bytes)
        assert isinstance(value, bytes)
        assert not set(value) & {0, 10, 13}
    assert answer.complete


@SETTINGS
@given(
    fields=st.lists(st.tuples(REQUEST_FIELDS, ANY_VALUE), max_size=8),
    path=st.text(max_size=60),
    root_path=st.sampled_from(["", "/", "/member", "/member/", "x"]),
    method=st.sampled_from(["GET", "HEAD", "POST", "PUT", "OPTIONS", "BREW"]),
    strategy=st.sampled_from(sorted(APPS)),
)
@example([(b"cookie", b"__Host-privacy_choices=1.*")], "/", "", "GET", "vary")
@example([(b"cookie", b'="=";;_adv\xff=1; _adv')], "//..\\", "/", "GET", "vary")
@example([(b"host", b"[::1]:80"), (b"host", b"a")], "", "", "GET", "edge")
def test_no_request_raises_and_under_gpc_none_is_shown_a_pixel(
    fields, path, root_path, method, strategy
):
    scope = scope_of(method=method, root_path=root_path)
    scope["path"] = path
    scope["headers"] = [(b"sec-gpc", b"1"), *fields]

    answer = _send(Says(*PAGE), scope, strategy)

    _assert_sendable(answer)
    assert PIXEL not in answer.body or method == "HEAD"


@SETTINGS
@given(value=ANY_VALUE, times=st.integers(1, 3))
def test_no_cookie_of_whatever_value_raises_or_allows_anything(value, times):
    name = b"__Host-privacy_choices="
    scope = scope_of(headers=[("sec-gpc", "1")])
    scope["headers"] += [(b"cookie", name + value.replace(b";", b""))] * times

    assert PIXEL not in _send(Says(*PAGE), scope).body


@SETTINGS
@given(
    fields=st.lists(st.tuples(RESPONSE_FIELDS, ANY_VALUE), max_size=8),
    status=st.sampled_from([200, 204, 206, 301, 304, 404, 500]),
    gpc=st.booleans(),
    strategy=st.sampled_from(sorted(APPS)),
)
def test_no_header_of_an_app_raises(fields, status, gpc, strategy):
    message = {"type": "http.response.start", "status": status, "headers": fields}
    scope = scope_of(headers=[("sec-gpc", "1")] if gpc else [])

    _assert_sendable(_send(Says(message, body(b"<p>x")), scope, strategy))


@SETTINGS
@given(
    content=st.one_of(
        st.binary(max_size=400),
        st.lists(
            st.sampled_from([
                b"<", b">", b"script", b"</script>", b"<!--", b"-->", b"<img ", b"src=", b'"', b"'",
                b"https://ads.vendor.example/", b"<svg>", b"<noscript>", b"<template>", b"<style>",
                b"<title>", b"&#x3c;", b"\xff\xfe", b"\x1b$B", b"<meta charset=utf-16>", b"\0",
                b"/", b"<iframe srcdoc='", b"<plaintext>", b"<![CDATA[",
                b" data-consent=advertising",
            ]),
            max_size=40,
        ).map(b"".join),
    ),
    cuts=st.lists(st.integers(0, 400), max_size=6),
    charset=st.sampled_from(["", "; charset=utf-8", "; charset=utf-16", "; charset=iso-2022-jp",
                             "; charset=hz-gb-2312", "; charset=nonsense"]),
    gzipped=st.booleans(),
)  # fmt: skip
def test_no_page_raises_anything_but_what_breaks_it_off(content, cuts, charset, gzipped):
    data = gzip.compress(content) if gzipped else content
    edges = sorted({0, *(min(cut, len(data)) for cut in cuts), len(data)})
    chunks = [data[a:b] for a, b in itertools.pairwise(edges)]
    coding = [("content-encoding", "gzip")] if gzipped else []
    app = Says(
        start(*coding, content_type=f"text/html{charset}"),
        *(body(chunk, more=True) for chunk in chunks),
        body(),
    )
    for headers in ([("sec-gpc", "1")], []):
        try:
            answer = _send(app, scope_of(headers=headers))
        except RewriteError:
            continue  # broken off, as it has to be where it can't be read
        assert answer.complete
        assert headers or answer.status == 200
