"""Reports of our policy: who nobody has declared, and nothing of a visitor."""

from __future__ import annotations

import json

import httpx
import pytest

from consentmw.browser.reports import ReportEndpoint
from consentmw.data import load_catalogue


@pytest.fixture
def anyio_backend():
    return "asyncio"


pytestmark = pytest.mark.anyio


class Endpoint:
    """An endpoint, its clock and a client."""

    def __init__(self):
        self.now = 0.0
        self.endpoint = ReportEndpoint(load_catalogue(), clock=lambda: self.now)

    async def post(self, report, *, media_type="application/csp-report", method="POST"):
        content = report if isinstance(report, bytes) else json.dumps(report).encode()
        transport = httpx.ASGITransport(self.endpoint)
        async with httpx.AsyncClient(
            transport=transport, base_url="https://www.site.example"
        ) as client:
            answer = await client.request(
                method, "/reports", content=content, headers={"content-type": media_type}
            )
        return answer.status_code


@pytest.fixture
def endpoint():
    return Endpoint()


def _by_uri(blocked, directive="img-src"):
    return {"csp-report": {"blocked-uri": blocked, "effective-directive": directive}}


def _by_api(blocked, directive="connect-src"):
    return {
        "type": "csp-violation",
        "body": {"blockedURL": blocked, "effectiveDirective": directive},
    }


async def test_a_third_party_that_nobody_declared_is_told_once(endpoint, caplog):
    for _ in range(3):
        assert await endpoint.post(_by_uri("https://new.example/px?visitor=7")) == 204
    assert caplog.messages == ["'img-src' asks for 'new.example', which nobody has declared"]


async def test_both_forms_are_read_and_several_at_once(endpoint, caplog):
    reports = [
        _by_api("https://one.example/"),
        {"type": "deprecation"},
        _by_api("https://two.example/"),
    ]
    assert await endpoint.post(reports, media_type="application/reports+json; charset=utf-8") == 204
    assert [message.split()[3] for message in caplog.messages] == [
        "'one.example',",
        "'two.example',",
    ]


async def test_what_the_catalogue_knows_is_named(endpoint, caplog):
    await endpoint.post(_by_uri("https://bat.bing.com/action"))
    assert "advertising of Microsoft" in caplog.text


@pytest.mark.parametrize(
    "blocked", ["inline", "eval", "data", "blob:https://x", "https://www.site.example/own.js", ""]
)
async def test_what_is_no_third_party_is_not_told(endpoint, caplog, blocked):
    assert await endpoint.post(_by_uri(blocked)) == 204
    assert caplog.messages == []


@pytest.mark.parametrize(
    "report",
    [b"[]", b"{}", b"1", b"[1, null]", b'{"csp-report": 3}', b'{"body": {"blockedURL": 1}}'],
)
async def test_another_json_is_taken_for_no_report(endpoint, caplog, report):
    assert await endpoint.post(report) == 204
    assert caplog.messages == []


@pytest.mark.parametrize("report", [b"", b"{", b"\xff", b"[" * 20_000])
async def test_what_is_no_json_is_refused(endpoint, report):
    assert await endpoint.post(report) == 400


async def test_a_report_is_small_of_its_type_and_a_post(endpoint):
    assert await endpoint.post(b" " * 40_000) == 413
    assert await endpoint.post(b"{}", media_type="text/plain") == 415
    assert await endpoint.post(b"", method="GET") == 405


async def test_a_flood_is_turned_away_until_the_next_minute(endpoint, caplog):
    answers = [await endpoint.post(_by_uri(f"https://h{n}.example/")) for n in range(125)]
    assert answers.count(429) == 5
    endpoint.now = 61.0
    assert await endpoint.post(_by_uri("https://later.example/")) == 204
    assert "later.example" in caplog.text


async def test_the_memory_of_what_was_told_is_bounded(endpoint, caplog):
    for n in range(40):
        endpoint.now += 60
        await endpoint.post([_by_api(f"https://h{n}-{m}.example/") for m in range(40)])
    assert len(caplog.messages) == 1000
