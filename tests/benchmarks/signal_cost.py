"""What the signal script costs each page: `python tests/benchmarks/signal_cost.py`.

A page for a visitor with nothing denied passes untouched where `signals.navigator` is off, and gets
one element put into its head where it is on. Both are driven by the same raw ASGI loop, in rounds
that alternate; of each the fastest tenth counts.
"""

from __future__ import annotations

import asyncio
import gzip
import statistics
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[2]))

from rig.messages import body, scope_of, start  # after the paths above

from consentmw.asgi import ConsentMiddleware  # after the paths above
from consentmw.browser.scripts import code  # after the paths above

ROUNDS = 300
REQUESTS_A_ROUND = 10
HEAD = b"<!doctype html><html><head><title>page</title></head><body>"
LINE = b'<p class="text">A line of a page with <a href="/on">a link</a>.</p>\n'
FIELDS = [("sec-fetch-dest", "document"), ("host", "www.site.example")]


async def _receive() -> dict[str, object]:
    return {"type": "http.request", "body": b"", "more_body": False}


async def _send(message: object) -> None:
    pass


async def measure(page: bytes) -> list[float]:
    """Microseconds a request: bare, without the script, with it."""
    messages = [start(("content-length", str(len(page)))), body(page)]

    async def bare(scope: Any, receive: Any, send: Any) -> None:
        for message in messages:
            await send(message)

    apps = [bare]
    for listens in (False, True):
        config = {"secret_keys": ["k" * 40], "signals": {"navigator": listens}}
        apps.append(ConsentMiddleware(bare, config=config))
    scope = scope_of("/", FIELDS)
    costs: list[list[float]] = [[] for _ in apps]
    for _ in range(ROUNDS):
        for app, found in zip(apps, costs, strict=True):
            began = time.thread_time()
            for _ in range(REQUESTS_A_ROUND):
                await app({**scope}, _receive, _send)
            found.append((time.thread_time() - began) / REQUESTS_A_ROUND * 1e6)
    return [statistics.quantiles(found, n=10)[0] for found in costs]


def main() -> None:
    """Print a line for each size of page."""
    print(f"{'page':>12}{'bare':>10}{'off':>10}{'on':>10}   µs a page")
    for lines in (50, 500, 5000):
        page = HEAD + LINE * lines
        bare, off, on = asyncio.run(measure(page))
        print(f"{len(page):>12}{bare:10.1f}{off - bare:+10.1f}{on - bare:+10.1f}")
    script = code("signal").content
    print(f"the script itself: {len(script)} bytes, {len(gzip.compress(script, 9))} gzipped")


if __name__ == "__main__":
    main()
