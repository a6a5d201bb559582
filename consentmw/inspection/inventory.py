"""What was found on a site, gathered over its pages: each thing once, with where it stands.

Memory is bounded by the number of different things, not by the number of pages: of the pages that
hold a thing, the count is kept and the first few by name.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from consentmw.inspection.findings import Found

_PAGES_NAMED = 5


@dataclass(slots=True, kw_only=True)
class Entry:
    """One thing of a site and the pages that hold it."""

    found: Found
    page_count: int = 0
    pages: list[str] = field(default_factory=list)

    @property
    def example(self) -> str:
        """One of the pages, with the line where there is one."""
        page = self.pages[0] if self.pages else ""
        return f"{page}:{self.found.line}" if self.found.line else page


class Inventory:
    """Everything that a crawl has found."""

    def __init__(self) -> None:
        self.page_count = 0
        self.errors: dict[str, str] = {}
        """Why a page could not be read, by its name."""
        self.is_cut_short = False
        """Whether there are pages that only the limit kept from being visited."""
        self._entries: dict[tuple[str, str, str], Entry] = {}

    def add(self, url: str, found: Iterable[Found], error: str = "") -> None:
        """Count one page and what it holds.

        Args:
            url: Its name.
            found: What it holds; pages that say what is wrong have tags on them, too.
            error: Why it is not the page that it should be; empty where it is.
        """
        if error:
            self.errors[url] = error
        else:
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
            unclassified = ("unclassified",) if entry.found.is_unclassified else ()
            for name in entry.found.categories or unclassified:
                groups.setdefault(name, []).append(entry)
        return groups
