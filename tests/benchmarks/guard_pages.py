"""What leaves real browsers on saved pages, by `python tests/benchmarks/guard_pages.py`.

CONSENTMW_CORPUS names the folder.
Each page of the folder is served under its own host, through the middleware, to a browser without
and to one with Global Privacy Control, with each value of `guard` that is named; every other host
answers with an empty file of the wanted kind. Prints requests and connections to the hosts that
`../labels/domains.csv` calls advertising, by host, before and after; which other requests are gone
because the catalogue calls them advertising; and which are gone though it doesn't, of which there
should be none.
A page is opened twice without the signal, because some ask for something else each time.

    python tests/benchmarks/guard_pages.py [chromium|firefox] [--guard script] [--pages 10]
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import sys
import tempfile
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).parents[1]))  # for the rig of the browser tests

from rig import chromium, firefox
from rig.browsers import Browser, BrowserOptions
from rig.network import Authority, Network
from rig.serving import running
from starlette.responses import Response

from consentmw import ConsentMiddleware
from consentmw.data import load_catalogue


def read_labels(folder: Path) -> dict[str, str]:
    """The bucket of each labelled domain that serves one purpose only."""
    with (folder / "domains.csv").open(encoding="utf-8") as file:
        return {row["domain"]: row["bucket"] for row in csv.DictReader(file) if row["mixed"] != "1"}


def bucket_of(labels: dict[str, str], host: str) -> str:
    while host:
        if host in labels:
            return labels[host]
        host = host.partition(".")[2]
    return ""


def build_app(pages: dict[str, bytes], guard: str) -> Any:
    """Every page, told apart by its address."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        host = dict(scope["headers"]).get(b"host", b"").decode()
        body = pages.get(f"https://{host}{scope['path']}")
        kind = "text/plain" if body is None else "text/html; charset=utf-8"
        status = 404 if body is None else 200
        await Response(body or b"", media_type=kind, status_code=status)(scope, receive, send)

    return ConsentMiddleware(app, config={"browser": {"guard": guard}})


def start(stack: ExitStack, name: str, network: Network, *, gpc: bool) -> Browser:
    profile = Path(stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
    options = BrowserOptions(gpc=gpc)
    if name == "firefox":
        browser: Browser = firefox.Firefox(network=network, profile=profile, options=options)
    else:
        thread = chromium.PlaywrightThread()
        stack.callback(thread.close)
        browser = chromium.Chromium(thread, network=network, profile=profile, options=options)
    return stack.enter_context(browser)


def visit(browser: Browser, url: str) -> Counter[tuple[str, str]]:
    """Hosts and paths that a page asks for; a connection without a request has no path."""
    network = browser.network
    host = urlsplit(url).hostname
    since = len(network.requests)
    try:
        browser.navigate(url)
        network.settle(quiet_seconds=0.5, timeout_seconds=8)
    except Exception as error:  # noqa: BLE001 # a page that never rests is measured as far as it came
        print(f"  {url}: {type(error).__name__}", file=sys.stderr)
    asked = [request for request in network.requests[since:] if request.host != host]
    found = Counter((r.host, r.path) for r in asked if r.method != "CONNECT")
    connected = {r.host for r in asked} - {host for host, _ in found}
    return found + Counter((host, "") for host in connected)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("browser", nargs="?", default="chromium", choices=["chromium", "firefox"])
    parser.add_argument("--guard", default="script", choices=["off", "script", "script+worker"])
    parser.add_argument("--pages", type=int, default=1000)
    arguments = parser.parse_args()
    folder = Path(os.environ["CONSENTMW_CORPUS"])
    labels = read_labels(folder.parent / "labels")
    described = json.loads((folder.parent / "labels" / "pages.json").read_text("utf-8"))
    catalogue = load_catalogue()
    pages: dict[str, bytes] = {}
    for path in sorted(folder.glob("*.html"))[: arguments.pages]:
        host = urlsplit(described.get(path.name, {}).get("page_url", "")).hostname
        host = host or f"{len(pages)}.page.example"
        number = sum(urlsplit(url).hostname == host for url in pages)
        pages[f"https://{host}/" + f"{number}/" * bool(number)] = path.read_bytes()
    with ExitStack() as stack:
        network = stack.enter_context(Network(Authority()))
        port = stack.enter_context(running(build_app(pages, arguments.guard)))
        for url in pages:
            network.serve(urlsplit(url).hostname or "", port)
        plain = start(stack, arguments.browser, network, gpc=False)
        opted_out = start(stack, arguments.browser, network, gpc=True)
        before: Counter[str] = Counter()
        after: Counter[str] = Counter()
        lost: Counter[str] = Counter()
        suppressed: Counter[str] = Counter()
        innocent = 0
        for url in pages:
            host = urlsplit(url).hostname or ""
            first, second = visit(plain, url), visit(plain, url)
            seen = visit(opted_out, url)
            for asked, path in first & second:
                bucket = bucket_of(labels, asked)
                if bucket == "advertising":
                    continue
                innocent += 1
                if (asked, path) not in seen:
                    known = catalogue.classify_url(f"https://{asked}{path}", own_host=host)
                    where = suppressed if known and known.category == "advertising" else lost
                    where[f"{asked}{path[:60]} [{bucket or 'unlabelled'}]"] += 1
            for counts, visits in ((before, first), (after, seen)):
                for (asked, _), number in visits.items():
                    if bucket_of(labels, asked) == "advertising":
                        counts[asked] += number
        print(f"{arguments.browser}, guard = {arguments.guard}, {len(pages)} pages")
        print(f"to hosts labelled advertising: {before.total()} before, {after.total()} after")
        for host, number in before.most_common():
            print(f"  {host:45} {number:5} {after[host]:5}")
        for host in after.keys() - before.keys():
            print(f"  {host:45} {0:5} {after[host]:5}")
        print(f"other requests: {innocent}")
        for title, counts in (
            ("gone, by the catalogue's word", suppressed),
            ("gone otherwise", lost),
        ):
            print(f"{title}: {counts.total()}")
            for what, number in counts.most_common(60):
                print(f"  {what} {number}")


if __name__ == "__main__":
    main()
