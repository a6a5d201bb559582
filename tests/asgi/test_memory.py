"""A page's size costs time, not memory."""

import json
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
MEGABYTE = 1024 * 1024
PAGE_BYTES = 200 * MEGABYTE
LIMIT_BYTES = 64 * MEGABYTE

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/clear_refs").exists(), reason="reads what Linux tells of a process"
)

# In a process of its own, because what a process has once held counts for its peak for ever.
CHILD = """
import asyncio, json, sys, zlib
sys.path[:0] = [sys.argv[1], sys.argv[2]]
from rig.messages import scope_of
from consentmw import ConsentMiddleware

coding, total = sys.argv[3], int(sys.argv[4])
pixel = b'<img src="https://ads.vendor.example/p.gif">'
row = b'<tr><td class="a b">some text of a table</td><td><a href="/x?y=1">a link</a></td></tr>\\n'
plain = pixel + row * (64 * 1024 // len(row))
config = {
    "categories": {"advertising": {"hosts": ["ads.vendor.example"]}},
    "browser": {"guard": "off"},
}

def held():
    with open("/proc/self/status") as status:
        fields = dict(line.split(":", 1) for line in status)
    return int(fields["VmRSS"].split()[0]) * 1024, int(fields["VmHWM"].split()[0]) * 1024

def forget_the_peak():
    with open("/proc/self/clear_refs", "w") as refs:
        refs.write("5")

def chunks(size):
    compressor = zlib.compressobj(1, wbits=31) if coding == "gzip" else None
    head = b"<!doctype html><html><head></head><body><table>"
    yield compressor.compress(head) if compressor else head
    for _ in range(size // len(plain)):
        yield compressor.compress(plain) if compressor else plain
    if compressor:
        yield compressor.flush()

async def app(scope, receive, send):
    headers = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-encoding", coding.encode()),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    for chunk in chunks(scope["size"]):
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b""})

async def main():
    middleware = ConsentMiddleware(app, config=config)
    sent = 0
    async def send(message):
        nonlocal sent
        sent += len(message.get("body", b""))
    for size in (1024 * 1024, total):
        sent = 0
        forget_the_peak()
        before, _ = held()
        await middleware({**scope_of("/", [("sec-gpc", "1")]), "size": size}, None, send)
        _, peak = held()
    print(json.dumps({"grown": peak - before, "sent": sent}))

asyncio.run(main())
"""


@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_a_page_of_200_mb_passes_within_64_mb(coding):
    command = [
        sys.executable, "-c", textwrap.dedent(CHILD),
        str(TESTS), str(TESTS.parent), coding, str(PAGE_BYTES),
    ]  # fmt: skip

    run = subprocess.run(command, capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stderr
    measured = json.loads(run.stdout)
    print(measured)
    assert measured["grown"] < LIMIT_BYTES
    assert measured["sent"] > (PAGE_BYTES * 0.99 if coding == "identity" else 0)
