"""How fast the HTML engine is beside everything else that could do its job in Python.

    python tests/benchmarks/html_engine.py [FOLDER] [--rounds 7]

Pages come from FOLDER, or from the folder that CONSENTMW_CORPUS names, or are generated. All do the
same job: visit the tags that can load something, read ``data-consent`` and the host of each URL,
suppress what is denied, insert a script at the start of ``<head>``, and leave the rest. They take
turns of ten pages in a row, as a server answers one request after another, so that a noisy machine
is noisy for all; the figures are medians of CPU time. Pages that "come again" have been asked for a
few times before, so that what the engine remembers of them is settled.
"""

from __future__ import annotations

import argparse
import gc
import gzip
import os
import random
import re
import statistics
import sys
import time
from collections import defaultdict
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from generated_pages import write_page, write_pages
from rivals import RIVALS, STREAMING_RIVALS

from consentmw.data import load_catalogue
from consentmw.html.memory import Memory
from consentmw.html.rewriter import Rewriter
from consentmw.html.sieve import KEEP, KEEP_TEXT
from consentmw.html.stretches import Stretches
from consentmw.suppression.page import PagePolicy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from consentmw.html.sieve import TextVerdict, Verdict

CATEGORIES = ("authentication", "status", "analytics", "advertising", "consent")
DENIED = frozenset({"advertising", "analytics"})
INSERTION = b"<script src=/privacy-choices/guard.js></script>"
CHUNK_BYTES = 16 * 1024
PAGE_BYTES = 64 * 1024
TURN_PAGES = 10
LEARNING_REQUESTS = 4
_HOST = re.compile(r"\s*(?:https?:)?//([^/?#:]+)", re.IGNORECASE)


def build_policy(denied: frozenset[str] = DENIED) -> PagePolicy:
    """A policy with nothing remembered yet."""
    return PagePolicy(
        index=load_catalogue().denying(denied),
        zone_denied=frozenset(),
        categories=CATEGORIES,
        tag_attributes=("data-consent",),
        max_inline_bytes=1 << 20,
    )


def build_url_check() -> Callable[[str], bool]:
    """What the rivals ask of each URL: simpler and so cheaper than the engine's exact reading."""
    hosts = load_catalogue().denying(DENIED).hosts

    @lru_cache(maxsize=4096)
    def denied(url: str) -> bool:
        match = _HOST.match(url)
        if match is None:
            return False
        host = match[1].lower()
        while host:
            if host in hosts:
                return True
            host = host.partition(".")[2]
        return False

    return denied


def push(policy: PagePolicy, chunks: Iterable[bytes], insertion: bytes = INSERTION) -> bytes:
    """Rewrite a page with the engine."""
    rewriter = policy.rewriter(host="www.example.com", charset="utf-8", insertion=insertion)
    out = [rewriter.feed(chunk) for chunk in chunks]
    out.append(rewriter.close())
    return b"".join(out)


def cut(page: bytes, size: int = CHUNK_BYTES) -> list[bytes]:
    """Cut a page as a server streams it."""
    return [page[start : start + size] for start in range(0, len(page), size)] or [b""]


def take_turns(
    jobs: dict[str, Callable[[Sequence[bytes]], object]], pages: list[list[bytes]], rounds: int
) -> dict[str, float]:
    """Return each job's median seconds of CPU for all pages."""
    seconds: dict[str, list[float]] = {name: [] for name in jobs}
    gc.collect()
    gc.disable()
    for _ in range(rounds):
        totals = dict.fromkeys(jobs, 0.0)
        for first in range(0, len(pages), TURN_PAGES):
            turn = pages[first : first + TURN_PAGES]
            for name, job in jobs.items():
                if isinstance(job, Learned | Renumbered):
                    job.prepare(turn)
                started = time.process_time()
                for chunks in turn:
                    job(chunks)
                totals[name] += time.process_time() - started
        for name, total in totals.items():
            seconds[name].append(total)
        gc.collect()
    gc.enable()
    return {name: statistics.median(found) for name, found in seconds.items()}


def tabulate(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table, with rich where it is installed."""
    rows = list(rows)
    try:
        from rich.console import Console
        from rich.table import Table
    except ImportError:
        print(f"\n{title}\n" + "\n".join("  ".join(row) for row in [columns, *rows]))
        return
    table = Table(title=title, title_justify="left")
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left")
    for row in rows:
        table.add_row(*row)
    Console(width=140).print(table)


def compare(
    title: str,
    jobs: dict[str, Callable[[Sequence[bytes]], object]],
    pages: list[list[bytes]],
    rounds: int,
    *,
    per_page: bool = False,
) -> None:
    """Run the jobs and print them, fastest first, with how ours relates to each."""
    size = sum(len(chunk) for chunks in pages for chunk in chunks)
    medians = take_turns(jobs, pages, rounds)
    ours = medians["consentmw"]
    tabulate(
        title,
        ("", "µs a page" if per_page else "MB/s", "consentmw is … times as fast"),
        (
            (
                name,
                f"{found / len(pages) * 1e6:,.0f}" if per_page else f"{size / found / 1e6:,.1f}",
                f"{found / ours:.2f}",
            )
            for name, found in sorted(medians.items(), key=lambda item: item[1])
        ),
    )


def find_pages(folder: Path | None) -> tuple[str, list[bytes]]:
    """The pages to measure on, and where they come from."""
    if folder is None:
        named = os.environ.get("CONSENTMW_CORPUS")
        folder = Path(named) if named else None
    if folder is None:
        return "generated", write_pages()
    pages = [path.read_bytes() for path in sorted(folder.glob("*.htm*"))]
    return str(folder), [page for page in pages if page]


def near(pages: list[bytes], size: int) -> bytes:
    """A page of exactly ``size`` bytes: the first that is long enough, cut."""
    long_enough = [page for page in pages if len(page) >= size]
    return min(long_enough, key=len)[:size] if long_enough else write_page(1, size)[:size]


def main() -> None:
    """Run from the command line."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    arguments.add_argument("folder", type=Path, nargs="?")
    arguments.add_argument("--rounds", type=int, default=7)
    chosen = arguments.parse_args()
    source, pages = find_pages(chosen.folder)
    size = sum(map(len, pages))
    print(
        f"{len(pages)} pages, {size / 1e6:.1f} MB, median "
        f"{statistics.median(map(len, pages)):,.0f} bytes: {source}; "
        f"Python {sys.version.split()[0]}"
    )
    check = build_url_check()
    rivals = {name: build(check, INSERTION) for name, build in RIVALS.items()}
    streaming = {name: build(check, INSERTION) for name, build in STREAMING_RIVALS.items()}
    floors: dict[str, Callable[[Sequence[bytes]], object]] = {
        "memcpy": lambda chunks: bytearray(chunks[0]),
        "a bare re scan for tags": lambda chunks: sum(1 for _ in _TAG.finditer(chunks[0])),
    }
    compare(
        "Whole pages, each asked for again and again",
        {**floors, **ours(), **rivals},
        [[page] for page in pages],
        chosen.rounds,
    )
    compare(
        "In chunks of 16 KiB",
        {**ours(), **streaming},
        [cut(page) for page in pages],
        chosen.rounds,
    )
    page = near(pages, PAGE_BYTES)
    compare(
        "One page of 64 KiB, asked for again and again",
        {
            **floors,
            **ours(),
            "gzip -9": lambda chunks: gzip.compress(chunks[0], 9),
            **rivals,
        },
        [[page]] * TURN_PAGES,
        chosen.rounds,
        per_page=True,
    )
    tell_the_price(page, pages, chosen.rounds)


_TAG = re.compile(rb"<[A-Za-z/!?]")
_NUMBER = re.compile(rb"(?<![&#A-Za-z0-9])[0-9]{2,}(?![A-Za-z])")


def ours() -> dict[str, Callable[[Sequence[bytes]], object]]:
    """The engine in three states of memory: of the same page, of one like it, of nothing."""
    same, alike = build_policy(), build_policy()
    return {
        "consentmw": Learned(same),
        "consentmw, each number another one": Renumbered(alike),
        "consentmw, nothing remembered": lambda chunks: push(build_policy(), chunks),
    }


class Learned:
    """Pushes pages that were asked for before."""

    def __init__(self, policy: PagePolicy, insertion: bytes = INSERTION) -> None:
        self._policy = policy
        self._insertion = insertion
        self._known: set[tuple[int, ...]] = set()

    def prepare(self, pages: Iterable[Sequence[bytes]]) -> None:
        """Have each page asked for, which is no part of the work."""
        for chunks in pages:
            key = tuple(map(id, chunks))
            if key not in self._known:
                self._known.add(key)
                for _ in range(LEARNING_REQUESTS):
                    self(chunks)

    def __call__(self, chunks: Sequence[bytes]) -> bytes:
        return push(self._policy, chunks, self._insertion)


class Renumbered:
    """Pushes pages in which, each time, all numbers are others: tokens, times, counts, versions."""

    def __init__(self, policy: PagePolicy) -> None:
        self._policy = policy
        self._random = random.Random(1)
        self._pages: dict[tuple[int, ...], list[list[bytes]]] = {}

    def prepare(self, pages: Iterable[Sequence[bytes]]) -> None:
        """Write the next pages, which is no part of the work."""
        for chunks in pages:
            self._pages.setdefault(tuple(map(id, chunks)), []).append(
                [_NUMBER.sub(self._another, chunk) for chunk in chunks]
            )

    def _another(self, match: re.Match[bytes]) -> bytes:
        return bytes(self._random.choices(b"0123456789", k=len(match[0])))

    def __call__(self, chunks: Sequence[bytes]) -> bytes:
        return push(self._policy, self._pages[tuple(map(id, chunks))].pop())


class KeepAll:
    """A sieve that is asked and never minds: what is left is the reading itself."""

    standing = None
    watches_relative = False
    marks = (b"data-consent",)

    def __init__(self) -> None:
        self.memory = Memory(Stretches())
        self.watched: dict[bytes, None] = defaultdict(lambda: None)

    def judge(
        self, tag: object, namespaces: object, covers: object, *, readers: object = None
    ) -> Verdict:
        return KEEP

    def judge_text(
        self,
        tag: object,
        text: object,
        covers: object,
        *,
        complete: bool,
        readers: object = None,
    ) -> TextVerdict:
        return KEEP_TEXT

    def rebase(self, tag: object, counting: object, *, late: bool) -> Verdict:
        return KEEP

    def note(self, notes: object, offset: int) -> None: ...


def tokenize_only(chunks: Iterable[bytes]) -> bytes:
    """Read a page of which nothing is asked."""
    rewriter = Rewriter(KeepAll())
    return b"".join([*map(rewriter.feed, chunks), rewriter.close()])


def tell_the_price(page: bytes, pages: list[bytes], rounds: int) -> None:
    """Print what a visitor costs to whom nothing is denied, and a page in which nothing is."""
    allowed = build_policy(frozenset())
    denying = build_policy()
    bare = PagePolicy(
        index=load_catalogue().denying(DENIED),
        zone_denied=frozenset(),
        categories=CATEGORIES,
        tag_attributes=(),
        max_inline_bytes=1 << 20,
    )
    clean = [push(bare, [one], b"") for one in pages]
    jobs: dict[str, Callable[[Sequence[bytes]], object]] = {
        "consentmw": Learned(denying),
        "consentmw, nothing denied, script inserted": Learned(allowed),
        "consentmw, nothing denied, nothing inserted": Learned(allowed, b""),
    }
    compare("Nothing to do: 64 KiB", jobs, [[page]] * TURN_PAGES, rounds, per_page=True)
    compare(
        "Pages in which nothing is denied, whole",
        {
            "consentmw": Learned(denying, b""),
            "consentmw, nothing remembered": lambda chunks: push(build_policy(), chunks, b""),
            "its tokenizer alone, nothing remembered": tokenize_only,
        },
        [[one] for one in clean],
        rounds,
    )


if __name__ == "__main__":
    main()
