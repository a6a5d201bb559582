import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from consentmw.preferences.origin import Origin, is_own_path, read_origin, way_back


def origin(*fields):
    return read_origin(Headers(raw=[(n.encode(), v.encode("latin-1")) for n, v in fields]))


HOST = ("host", "www.example.com")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ([("sec-fetch-site", "same-origin")], Origin.OURS),
        ([("sec-fetch-site", "same-origin"), ("origin", "null")], Origin.OURS),
        ([("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")], Origin.OURS),
        ([("sec-fetch-site", "same-site")], Origin.FOREIGN),
        ([("sec-fetch-site", "cross-site")], Origin.FOREIGN),
        ([("sec-fetch-site", "cross-site"), ("origin", "https://www.example.com")], Origin.FOREIGN),
        ([("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")], Origin.FOREIGN),
        ([("sec-fetch-site", "Same-Origin")], Origin.FOREIGN),
        ([("sec-fetch-site", "")], Origin.FOREIGN),
        ([("sec-fetch-site", "none")], Origin.UNKNOWN),
        ([], Origin.UNKNOWN),
        ([("origin", "null")], Origin.UNKNOWN),
        ([("origin", "https://www.example.com")], Origin.OURS),
        ([("origin", "http://www.example.com")], Origin.OURS),
        ([("origin", "https://www.example.com:443")], Origin.OURS),
        ([("origin", "https://WWW.example.com")], Origin.OURS),
        ([("origin", "https://www.example.com:8443")], Origin.UNKNOWN),
        ([("origin", "https://example.com")], Origin.UNKNOWN),
        ([("origin", "https://www.example.com.evil.example")], Origin.UNKNOWN),
        ([("origin", "moz-extension://www.example.com")], Origin.UNKNOWN),
        ([("origin", "https://")], Origin.UNKNOWN),
        ([("origin", "https://[x")], Origin.UNKNOWN),
        ([("origin", "https://www.example.com:x")], Origin.UNKNOWN),
        (
            [("origin", "https://www.example.com"), ("origin", "https://evil.example")],
            Origin.UNKNOWN,
        ),
    ],
)
def test_the_browser_says_where_a_post_came_from(fields, expected):
    assert origin(HOST, *fields) is expected


def test_a_port_is_part_of_the_host():
    assert origin(("host", "localhost:8000"), ("origin", "http://localhost:8000")) is Origin.OURS
    assert origin(("host", "localhost:8000"), ("origin", "http://localhost")) is Origin.UNKNOWN


def test_without_one_host_nothing_can_be_compared():
    fields = [("origin", "https://www.example.com")]
    assert origin(*fields) is Origin.UNKNOWN
    assert origin(HOST, HOST, *fields) is Origin.UNKNOWN


@pytest.mark.parametrize("target", ["/", "/news", "/news?a=1&b=%2F", "/a//b", "/a\\b", "/ñ"])
def test_a_path_of_the_site_itself_is_one(target):
    assert is_own_path(target)


@pytest.mark.parametrize(
    "target",
    [
        "",
        "news",
        "//evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "/a\r\nset-cookie: x=1",
        "/\x00",
        "https://evil.example",
        "javascript:alert(1)",
        " /news",
        "/\u202egnp",
    ],
)
def test_anything_that_could_lead_elsewhere_is_none(target):
    assert not is_own_path(target)


@pytest.mark.parametrize(("target", "kept"), [("/" + "a" * 2045, True), ("/" + "a" * 2046, False)])
def test_the_way_back_fits_into_the_head_of_an_answer(target, kept):
    assert way_back(target) == (target if kept else "")


def test_the_way_back_counts_as_it_is_written_into_an_address():
    assert way_back("/?" + "%" * 670)
    assert way_back("/?" + "%" * 690) == ""
    assert way_back("/ñ") == "/ñ"


def test_a_way_back_that_is_none_is_empty():
    assert way_back("//evil.example") == ""


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["origin", "host", "sec-fetch-site"]),
            st.text(st.characters(max_codepoint=255)),
        )
    )
)
def test_no_header_raises(fields):
    assert origin(*fields) in Origin
