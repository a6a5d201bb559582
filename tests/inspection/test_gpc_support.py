import pytest

from consentmw.inspection.gpc_support import read_gpc_support_problem
from consentmw.inspection.pages import FetchedPage


def problem(body, *, status=200, kind="application/json"):
    return read_gpc_support_problem(
        FetchedPage(
            url="https://testserver/.well-known/gpc.json",
            status=status,
            headers=(("content-type", kind),),
            body=body,
        )
    )


def test_a_statement_with_its_day_is_one():
    assert problem(b'{"gpc": true, "lastUpdate": "2026-01-31"}') is None
    assert problem(b'{"gpc": true, "lastUpdate": "2026-01-31T00:00:00Z", "version": 1}') is None


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "no JSON"),
        (b"\xff", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"[]", "'gpc' is not true"),
        (b'{"gpc": 1}', "'gpc' is not true"),
        (b'{"gpc": false}', "'gpc' is not true"),
        (b'{"gpc": true}', "'lastUpdate' is missing"),
        (b'{"gpc": true, "lastUpdate": 2026}', "'lastUpdate' is missing"),
        (b'{"gpc": true, "lastUpdate": "soon"}', "'lastUpdate' is no date: 'soon'"),
    ],
)
def test_anything_else_is_told(body, words):
    assert words in problem(body)


def test_it_has_to_be_there_and_to_be_json():
    assert problem(b"{}", status=404) == "answered 404: the site doesn't say that it honours GPC"
    assert "served as 'text/html'" in problem(b"{}", kind="text/html; charset=utf-8")
    assert "served as 'no type'" in problem(b"{}", kind="")
