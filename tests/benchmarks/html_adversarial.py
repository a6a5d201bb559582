"""What the worst pages cost: MB/s for each, whole and in chunks, at several sizes.

    python tests/benchmarks/html_adversarial.py [--megabytes 1 10] [--only NAME]

Linear time shows in figures that do not fall with the size. A page that the engine refuses, because
nobody can mean it, is marked; refusing has to be quick as well.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from html_engine import CHUNK_BYTES, cut, tabulate

sys.path.insert(0, str(Path(__file__).parents[1]))

from fuzzing.adversarial import ADVERSARIAL
from fuzzing.denied import SITE
from fuzzing.questions import build_policy

from consentmw.errors import RewriteError
from consentmw.suppression.page import PagePolicy

SLOW_MB_A_SECOND = 20


def measure(page: bytes, chunk_bytes: int) -> tuple[float, bool]:
    """Return MB/s, and whether the page was refused."""
    rewriter = build_policy(PagePolicy).rewriter(host=SITE, charset="utf-8", insertion=b"")
    chunks = cut(page, chunk_bytes)
    started = time.process_time()
    refused = False
    fed = 0
    try:
        for chunk in chunks:
            fed += len(chunk)
            rewriter.feed(chunk)
        rewriter.close()
    except RewriteError:
        refused = True
    return fed / 1e6 / max(1e-9, time.process_time() - started), refused


def main() -> None:
    """Run from the command line."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    arguments.add_argument("--megabytes", type=float, nargs="+", default=[1, 10])
    arguments.add_argument("--only", default="")
    chosen = arguments.parse_args()
    columns = ["MB/s"]
    columns += [f"{size:g} MB, {how}" for size in chosen.megabytes for how in ("whole", "16 KiB")]
    rows = []
    for name, build in ADVERSARIAL.items():
        if chosen.only not in name:
            continue
        row = [name]
        slow = False
        for size in chosen.megabytes:
            page = build(int(size * 1e6))
            for chunk_bytes in (len(page), CHUNK_BYTES):
                speed, refused = measure(page, chunk_bytes)
                slow = slow or (speed < SLOW_MB_A_SECOND and not refused)
                row.append(f"{speed:,.0f}{' refused' if refused else ''}")
        rows.append([*row, "slow" if slow else ""])
    tabulate("Pages that are meant to cost", [*columns, ""], rows)


if __name__ == "__main__":
    main()
