"""Shows how far a crawl has come, on the terminal's error stream and only where there is one."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from consentmw.inspection.crawl import Progress as CrawlProgress


@contextmanager
def crawl_progress(verb: str) -> Iterator[Callable[[CrawlProgress], None]]:
    """Draw a bar while the block runs.

    Args:
        verb: What is being done.
    """
    console = Console(stderr=True)
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("[dim]{task.fields[page]}"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    with bar:
        task = bar.add_task(verb, total=None, page="")

        def on_progress(progress: CrawlProgress) -> None:
            bar.update(
                task,
                completed=progress.visited,
                total=progress.expected,
                page=escape(urlsplit(progress.url).path[:50]),
            )

        yield on_progress
