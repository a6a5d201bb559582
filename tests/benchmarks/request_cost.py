"""What a request costs where nothing is rewritten: the middleware against the bare app.

Run it with ``python tests/benchmarks/request_cost.py``. Both are driven by the same raw ASGI loop,
with the fields that a browser sends; short rounds of both alternate, and of each the fastest tenth
counts, because whatever else the machine does only ever adds. The target is 10 µs.
"""

from __future__ import annotations

import asyncio
import itertools
import statistics
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[2]))

from rig.messages import body, scope_of, start  # after the paths above

from consentmw import Choice, Config  # after the paths above
from consentmw.asgi import ConsentMiddleware  # after the paths above

TARGET_MICROSECONDS = 10
ROUNDS = 1000
REQUESTS_A_ROUND = 30

BROWSER = [
    ("connection", "keep-alive"),
    ("sec-ch-ua", '"Chromium";v="157", "Not A(Brand";v="24"'),
    ("sec-ch-ua-mobile", "?0"),
    ("sec-ch-ua-platform", '"Linux"'),
    ("upgrade-insecure-requests", "1"),
    ("user-agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/157.0.0.0"),
    ("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
    ("sec-fetch-site", "same-origin"),
    ("accept-encoding", "gzip, deflate, br, zstd"),
    ("accept-language", "en-US,en;q=0.9"),
]
DOCUMENT = ("sec-fetch-dest", "document")
SESSION = "sessionid=0123456789abcdef; csrftoken=fedcba9876543210; theme=dark"
CONFIG = Config.from_mapping(
    {
        "secret_keys": ["a secret of some length"],
        "signals": {"navigator": False},
        "categories": {"advertising": {"hosts": ["ads.vendor.example"], "cookies": ["_adv"]}},
    }
)


def _choice_cookie(**sets: frozenset[str]) -> str:
    signer = CONFIG.choice_signer
    assert signer is not None
    choice = Choice(revision=1, chosen_on=datetime.now(UTC).date(), **sets)
    return f"__Host-privacy_choices={signer.sign(choice)}"


ALLOWED = _choice_cookie(allowed=frozenset({"advertising", "analytics"}))
DENIED = _choice_cookie(denied=frozenset({"advertising"}))
JSON = [start(("content-length", "2"), content_type="application/json"), body(b"{}")]
IMAGE = [start(("content-length", "3"), ("etag", '"v1"'), content_type="image/png"), body(b"png")]
NOT_MODIFIED = [start(("etag", '"v1"'), status=304, content_type=""), body()]
PAGE = [start(("content-length", "9")), body(b"<p>page</p>"[:9])]

SCENARIOS = {
    "JSON, first visit": (JSON, [*BROWSER, ("sec-fetch-dest", "empty")]),
    "JSON, session cookies": (JSON, [*BROWSER, ("cookie", SESSION)]),
    "JSON, GPC and session cookies": (JSON, [*BROWSER, ("sec-gpc", "1"), ("cookie", SESSION)]),
    "JSON, returning, allowed": (JSON, [*BROWSER, ("cookie", f"{SESSION}; {ALLOWED}")]),
    "JSON, returning, opted out": (JSON, [*BROWSER, ("cookie", f"{SESSION}; {DENIED}")]),
    "image, returning, opted out": (
        IMAGE,
        [*BROWSER, ("sec-fetch-dest", "image"), ("cookie", f"{SESSION}; {DENIED}")],
    ),
    "image, 304, opted out": (
        NOT_MODIFIED,
        [
            *BROWSER,
            ("sec-fetch-dest", "image"),
            ("if-none-match", '"v1"'),
            ("cookie", f"{SESSION}; {DENIED}"),
        ],
    ),
    "page, nothing denied, first visit": (PAGE, [*BROWSER, DOCUMENT]),
    "page, nothing denied, returning": (
        PAGE,
        [*BROWSER, DOCUMENT, ("cookie", f"{SESSION}; {ALLOWED}")],
    ),
    "JSON, returning, broken choice": (JSON, [*BROWSER, ("cookie", f"{SESSION}; {DENIED}x")]),
    # Sites with very many visitors hardly ever see the same one twice in a row.
    "JSON, always another session": (
        JSON,
        [*BROWSER, ("cookie", f"sessionid=%d; csrftoken=0123456789abcdef; {ALLOWED}")],
    ),
    "JSON, always another, opted out": (
        JSON,
        [*BROWSER, ("cookie", f"sessionid=%d; csrftoken=0123456789abcdef; {DENIED}")],
    ),
}


def _scope(headers: list[tuple[str, str]], *, visitor: int) -> dict[str, object]:
    said = [(name, value.replace("%d", f"{visitor:016}")) for name, value in headers]
    return scope_of("/path/to/thing", said)


async def _receive() -> dict[str, object]:
    return {"type": "http.request", "body": b"", "more_body": False}


async def _send(message: object) -> None:
    pass


async def _round(app: object, scopes: list[dict[str, object]]) -> float:
    """Microseconds a request."""
    began = time.thread_time()
    for scope in scopes:
        await app({**scope}, _receive, _send)  # type: ignore[operator] # any ASGI app
    return (time.thread_time() - began) / REQUESTS_A_ROUND * 1e6


class _Bare:
    """Sends its messages and keeps nothing."""

    def __init__(self, messages: list[object]) -> None:
        self.messages = messages

    async def __call__(self, scope: object, receive: object, send: object) -> None:
        for message in self.messages:
            await send(message)  # type: ignore[operator] # any ASGI callable


async def _measure(messages: list[object], headers: list[tuple[str, str]]) -> tuple[float, float]:
    bare = _Bare(messages)
    wrapped = ConsentMiddleware(bare, config=CONFIG)
    costs: dict[object, list[float]] = {bare: [], wrapped: []}
    visitors = itertools.count()
    for _ in range(ROUNDS):
        # As from a server, which has just read what it calls the app with.
        asked = [_scope(headers, visitor=next(visitors)) for _ in range(REQUESTS_A_ROUND)]
        for app, measured in costs.items():
            measured.append(await _round(app, asked))
    fastest = {app: statistics.quantiles(measured, n=10)[0] for app, measured in costs.items()}
    return fastest[bare], fastest[wrapped] - fastest[bare]


def main() -> None:
    """Print a line for each scenario."""
    print(f"{'':36}{'bare app':>10}{'added':>10}   µs a request")
    worst = 0.0
    for name, (messages, headers) in SCENARIOS.items():
        bare, added = asyncio.run(_measure(messages, headers))
        worst = max(worst, added)
        print(f"{name:36}{bare:10.2f}{added:10.2f}")
    verdict = "within" if worst <= TARGET_MICROSECONDS else "beyond"
    print(f"{'most':46}{worst:10.2f}   {verdict} the {TARGET_MICROSECONDS} µs that are wanted")


if __name__ == "__main__":
    main()
