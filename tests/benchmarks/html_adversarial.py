"""What the worst pages cost: MB/s for each, whole and in chunks, at several sizes.

    python tests/benchmarks/html_adversarial.py [--megabytes 1 10] [--only NAME] [--seconds 20]

Linear time shows in figures that do not fall with the size. A page that the engine refuses, because
nobody can mean it, is marked; refusing has to be quick as well. In chunks each page is read for a
limited time, and how far that led is printed; one that takes longer whole is only read in chunks.

Where a page is below 20 MB/s, the last column gives what a tag in it costs: such pages are tags and
little else, each of which is taken by itself. Of a page without many tags it is a byte's price.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from html_engine import CHUNK_BYTES, cut, tabulate

sys.path.insert(0, str(Path(__file__).parents[1]))

from fuzzing.adversarial import ADVERSARIAL
from fuzzing.denied import SITE
from fuzzing.questions import build_policy

from consentmw.errors import RewriteError
from consentmw.suppression.page import PagePolicy

if TYPE_CHECKING:
    from collections.abc import Callable

SLOW_MB_A_SECOND = 20
MANY_TAGS_BYTES = 64
"""A page is of tags where one comes at least so often."""


class Measured(NamedTuple):
    """How a page was read."""

    megabytes: float
    seconds: float
    refused: bool
    complete: bool

    @property
    def speed(self) -> float:
        """MB/s."""
        return self.megabytes / max(1e-9, self.seconds)

    def __str__(self) -> str:
        speed = f"{self.speed:,.0f}" if self.speed >= 9.5 else f"{self.speed:.2g}"
        if self.refused:
            return f"{speed} refused"
        return speed if self.complete else f"{speed} for {self.megabytes:.2g} MB"


def measure(page: bytes, chunk_bytes: int, seconds: float) -> Measured:
    """Read a page, in chunks for so many seconds at most."""
    rewriter = build_policy(PagePolicy).rewriter(host=SITE, charset="utf-8", insertion=b"")
    started = time.process_time()
    refused = False
    fed = 0
    try:
        for chunk in cut(page, chunk_bytes):
            fed += len(chunk)
            rewriter.feed(chunk)
            if time.process_time() - started > seconds:
                break
        else:
            rewriter.close()
    except RewriteError:
        refused = True
    return Measured(fed / 1e6, time.process_time() - started, refused, fed == len(page))


def measure_all(build: Callable[[int], bytes], sizes: list[float], seconds: float) -> list[str]:
    """Return the figures of one page, and the price of its pieces where it is slow."""
    row = []
    price = ""
    for size in sizes:
        page = build(int(size * 1e6))
        chunked = measure(page, CHUNK_BYTES, seconds)
        whole = measure(page, len(page), seconds) if chunked.complete else None
        row += ["too long" if whole is None else str(whole), str(chunked)]
        for one in (chunked, whole):
            if one is not None and one.speed < SLOW_MB_A_SECOND and not one.refused:
                price = price_of(page, one)
    return [*row, price]


def price_of(page: bytes, measured: Measured) -> str:
    """Return what a tag of a page takes, or a byte where there are few tags."""
    bytes_a_tag = len(page) / max(1, page.count(b"<"))
    if bytes_a_tag > MANY_TAGS_BYTES:
        return f"{1 / measured.speed:.2g} µs a byte"
    return f"{bytes_a_tag / measured.speed:.2g} µs a tag"


def main() -> None:
    """Run from the command line."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    arguments.add_argument("--megabytes", type=float, nargs="+", default=[1, 10])
    arguments.add_argument("--only", default="")
    arguments.add_argument("--seconds", type=float, default=20)
    chosen = arguments.parse_args()
    columns = ["MB/s"]
    columns += [f"{size:g} MB, {how}" for size in chosen.megabytes for how in ("whole", "16 KiB")]
    rows = []
    measure(b"<p>", CHUNK_BYTES, 1)  # what the first page of a process waits for
    pages = {name: build for name, build in ADVERSARIAL.items() if chosen.only in name}
    for number, (name, build) in enumerate(pages.items(), 1):
        print(f"{number} of {len(pages)}: {name}", file=sys.stderr)
        rows.append([name, *measure_all(build, chosen.megabytes, chosen.seconds)])
    tabulate("Pages that are meant to cost", [*columns, "where slow"], rows)


if __name__ == "__main__":
    main()
