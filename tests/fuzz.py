"""Put as many pages as wanted to the engine: the fuzzer's long run.

    python tests/fuzz.py --documents 200000
    python tests/fuzz.py --documents 200000 --parse5 FOLDER
    python tests/fuzz.py --seed 1234 --documents 1 --show

FOLDER is where `npm install parse5` was run; it makes parse5 one more witness. The package and its
development dependencies have to be installed. The exit status is 1 where anything was found.
"""

from __future__ import annotations

import argparse
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from fuzzing.documents import write_document
from fuzzing.liveness import Reading
from fuzzing.node import Parse5
from fuzzing.questions import build_policy, examine, readings
from fuzzing.shrinking import shrink

from consentmw.suppression.page import PagePolicy


def main() -> int:
    """Run from the command line."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    arguments.add_argument("--documents", type=int, default=20_000)
    arguments.add_argument("--seed", type=int, default=0, help="the first page's seed")
    arguments.add_argument("--parse5", type=Path, help="a folder with node_modules/parse5")
    arguments.add_argument("--most", type=int, default=10, help="stop after so many findings")
    arguments.add_argument("--show", action="store_true", help="print each page")
    chosen = arguments.parse_args()

    policy = build_policy(PagePolicy)
    found = 0
    started = time.monotonic()
    with ExitStack() as stack:
        witnesses = readings()
        if chosen.parse5:
            parse5 = stack.enter_context(Parse5(chosen.parse5))
            witnesses += [Reading(parse5, True), Reading(parse5, False)]
        for number in range(chosen.documents):
            document = write_document(chosen.seed + number)
            if chosen.show:
                print(document)
            finding = examine(policy, document, witnesses)
            if finding is not None:
                found += 1
                question = finding.question

                def fails(smaller: object, question: str = question) -> bool:
                    again = examine(policy, smaller, witnesses)  # type: ignore[arg-type] # a document
                    return again is not None and again.question == question

                small = shrink(document, fails)
                print(f"\nseed {document.seed}: {question}\n  {small}")
                print(f"  {examine(policy, small, witnesses)}", flush=True)
                if found >= chosen.most:
                    break
            if number % 5000 == 4999:
                rate = (number + 1) / (time.monotonic() - started)
                print(f"{number + 1:,} pages, {found} findings, {rate:,.0f} a second", flush=True)
    names = sorted({reading.parse.__name__ for reading in witnesses})
    print(
        f"{number + 1:,} pages from seed {chosen.seed}: {found} findings "
        f"(asked {', '.join(names)}; scripting on and off)"
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
