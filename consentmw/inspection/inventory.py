"""What was found on a site, gathered over its pages: each thing once, with where it stands.

Memory is bounded by the number of different things, not by the number of pages: of the pages that
hold a thing, the count is kept and the first few by name.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from consentmw.inspection.findings import Found

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_PAGES_NAMED = 5


@dataclass(slots=True, kw_only=True)
class Entry:
    """One thing of a site and the pages that hold it."""

    found: Found
    page_count: int = 0
    pages: list[str] = field(default_factory=list)


class Inventory:
    """Everything that a crawl has found."""

    def __init__(self) -> None:
        self.page_count = 0
        self.errors: dict[str, str] = {}
        self._entries: dict[tuple[str, str, str], Entry] = {}

    def add(self, url: str, found: Iterable[Found], error: str = "") -> None:
        """Count one page and what it holds, or why it could not be read."""
        if error:
            self.errors[url] = error
            return
        self.page_count += 1
        counted: set[tuple[str, str, str]] = set()
        for one in found:
            entry = self._entries.setdefault(one.identity, Entry(found=one))
            if one.identity in counted:
                continue
            counted.add(one.identity)
            entry.page_count += 1
            if len(entry.pages) < _PAGES_NAMED:
                entry.pages.append(url)

    def entries(self) -> list[Entry]:
        """Return the entries, those on most pages first."""
        return sorted(
            self._entries.values(), key=lambda entry: (-entry.page_count, entry.found.identity)
        )

    def by_category(self) -> dict[str, list[Entry]]:
        """Return the entries that have a category, or lack one that they need, by its name.

        What lacks one stands under ``unclassified``; the site's own resources, which need none,
        are left out.
        """
        groups: dict[str, list[Entry]] = {}
        for entry in self.entries():
            found = entry.found
            if found.category is not None or found.is_unclassified:
                groups.setdefault(found.category or "unclassified", []).append(entry)
        return groups


class CrawlLog:
    """A file with one JSON line for each visited page, so that a broken-off crawl can go on.

    Args:
        path: Made where it is missing. A last line that was cut short is passed over.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("a", encoding="utf-8")
        if self._file.tell():
            self._file.write("\n")  # ends a line that an interrupted run has left open

    def write(self, url: str, links: Iterable[str], found: Iterable[Found], error: str) -> None:
        """Add one visited page."""
        line = {
            "url": url,
            "links": list(links),
            "found": [asdict(one) for one in found],
            "error": error,
        }
        self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedPage:
    """One line of a crawl's log."""

    url: str
    links: tuple[str, ...]
    found: tuple[Found, ...]
    error: str


def read_crawl_log(path: Path) -> Iterator[LoggedPage]:
    """Yield the pages that an earlier run has logged, line by line."""
    if not path.exists():
        return
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            try:
                page = json.loads(line)
            except json.JSONDecodeError:
                continue  # an empty line, or the one at which the earlier run was interrupted
            yield LoggedPage(
                url=page["url"],
                links=tuple(page["links"]),
                found=tuple(Found(**one) for one in page["found"]),
                error=page["error"],
            )
