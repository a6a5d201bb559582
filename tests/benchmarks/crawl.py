"""How fast and in how much memory a site of generated pages is scanned in process.

    python tests/benchmarks/crawl.py [PAGES]

Prints pages a second and the peak of Python's memory for a tenth of the pages and for all of them:
a crawl whose memory is steady shows nearly the same twice.
"""

from __future__ import annotations

import sys
import time
import tracemalloc

import anyio
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route

from consentmw.data import load_catalogue
from consentmw.inspection.in_process import AppSite
from consentmw.inspection.scan import scan

# One tag for each 110 bytes, as on an average page of the web.
_PARAGRAPH = (
    "<p class='text'>Words that fill a page as real ones do, with a few <b>tags</b> in it, and "
    "more words behind them, because most of what a page sends is text, data and scripts, of which "
    "a reader of tags sees nothing but the beginning and the end; then the next paragraph comes, "
    "with words of its own, and at last the end of it all, as with every text, none too soon.</p>\n"
)


def build_site(count: int) -> Starlette:
    """Build a site of `count` pages, each of about 20 kB, that link to one another."""

    def page(request):
        number = int(request.path_params["number"])
        links = "".join(
            f'<a href="/{(number * 7 + step) % count}">more</a>' for step in range(1, 9)
        )
        return HTMLResponse(
            f"<!doctype html><title>{number}</title>{links}"
            '<script src="https://connect.facebook.net/en_US/fbevents.js"></script>'
            f'<script src="https://vendor-{number % 50}.example/x.js?n={number}"></script>'
            + _PARAGRAPH
            * 50
        )

    return Starlette(routes=[Route("/{number:int}", page)])


def measure(count: int, *, memory: bool) -> tuple[float, float]:
    """Return pages a second and the peak in MB (0 where it wasn't asked for)."""

    async def run() -> int:
        async with AppSite(build_site(count), start=("/0",)) as site:
            inventory = await scan(site, catalogue=load_catalogue(), limit=count)
        return inventory.page_count

    if memory:
        tracemalloc.start()
    began = time.perf_counter()
    pages = anyio.run(run)
    seconds = time.perf_counter() - began
    peak = tracemalloc.get_traced_memory()[1] / 1e6 if memory else 0.0
    if memory:
        tracemalloc.stop()
    assert pages == count, f"{pages} of {count} pages visited"
    return pages / seconds, peak


def main() -> None:
    """Print the table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    load_catalogue()
    print(f"{'pages':>8} {'pages/s':>9} {'peak MB':>9}")
    for pages in (count // 10, count):
        rate, _ = measure(pages, memory=False)
        _, peak = measure(pages, memory=True)
        print(f"{pages:8} {rate:9.0f} {peak:9.1f}")


if __name__ == "__main__":
    main()
