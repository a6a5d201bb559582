"""What a response tells caches."""

import pytest

from consentmw.asgi.caching import as_private, unstored, with_vary

OURS = (b"Sec-GPC", b"Cookie")
TYPE = (b"content-type", b"text/html")


def _pairs(name, *values):
    return [TYPE, *((name, value) for value in values)]


@pytest.mark.parametrize(
    ("there", "merged"),
    [
        ([], b"Sec-GPC, Cookie"),
        ([b"Accept-Encoding"], b"Accept-Encoding, Sec-GPC, Cookie"),
        ([b"cookie"], b"cookie, Sec-GPC"),
        ([b"SEC-GPC,Cookie , Origin"], b"SEC-GPC, Cookie, Origin"),
        ([b"Origin", b"Cookie,"], b"Origin, Cookie, Sec-GPC"),
        ([b"*"], b"*"),
        ([b"Origin, *"], b"*"),
        ([b"X-Cookie"], b"X-Cookie, Sec-GPC, Cookie"),
    ],
)
def test_vary_is_merged_with_what_is_there_in_one_field(there, merged):
    assert with_vary(_pairs(b"Vary", *there), OURS) == [TYPE, (b"vary", merged)]


@pytest.mark.parametrize(
    ("there", "private"),
    [
        ([], b"private"),
        ([b"max-age=60"], b"private, max-age=60"),
        ([b"public, max-age=60, s-maxage=600"], b"private, max-age=60"),
        ([b"Public", b"MAX-AGE=1"], b"private, MAX-AGE=1"),
        ([b"private"], b"private"),
        ([b'private="set-cookie, x-a", max-age=1'], b"private, max-age=1"),
        ([b"no-store"], b"no-store"),
        ([b"no-store, public"], b"no-store"),
        ([b'no-cache="a, b", must-revalidate'], b'private, no-cache="a, b", must-revalidate'),
        ([b'x="a\\", public", public'], b'private, x="a\\", public"'),
        ([b'x="open, public'], b'private, x="open'),
        ([b'a="b, c", x="\\"open, public, \\"y'], b'private, a="b, c", x="\\"open, \\"y'),
        ([b'"\\"' * 20_000 + b", public"], b"private, " + b'"\\"' * 20_000),
    ],
)
def test_private_keeps_what_is_said_to_the_browser_and_nothing_said_to_others(there, private):
    assert as_private(_pairs(b"Cache-Control", *there)) == [TYPE, (b"cache-control", private)]


def test_fields_for_other_caches_alone_are_dropped_where_a_response_is_private():
    headers = [
        TYPE,
        (b"CDN-Cache-Control", b"max-age=600"),
        (b"cloudflare-cdn-cache-control", b"max-age=600"),
        (b"Surrogate-Control", b"max-age=600"),
        (b"expires", b"0"),
    ]

    assert as_private(headers) == [TYPE, (b"expires", b"0"), (b"cache-control", b"private")]


def test_what_is_not_to_be_stored_says_nothing_else():
    headers = [TYPE, (b"Cache-Control", b"public, max-age=9"), (b"cdn-cache-control", b"max-age=9")]

    assert unstored(headers) == [TYPE, (b"cache-control", b"no-store")]
