"""Scans and audits as tables on a terminal, or in a text file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from consentmw.cli.output import printable
from consentmw.inspection.faults import LEAKS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from consentmw.inspection.audit import SiteAudit
    from consentmw.inspection.faults import Fault, FaultKind
    from consentmw.inspection.findings import Found
    from consentmw.inspection.inventory import Inventory

_COLOURS = {
    "advertising": "red",
    "analytics": "yellow",
    "authentication": "green",
    "status": "green",
    "consent": "green",
    "unclassified": "magenta",
}
_FILE_WIDTH = 160
_PAGES_SHOWN = 10
_UNSTABLE_SHOWN = 4


def print_scan(inventory: Inventory, target: str, output: Path | None) -> None:
    """Print an inventory, one table a category.

    Args:
        inventory: Of the scan.
        target: What was scanned.
        output: A text file to print into; the terminal where None.
    """
    if output is not None:
        with output.open("w", encoding="utf-8") as file:
            _print_scan(Console(file=file, width=_FILE_WIDTH), inventory, target)
        return
    _print_scan(Console(), inventory, target)


def _print_scan(console: Console, inventory: Inventory, target: str) -> None:
    groups = inventory.by_category()
    for category, entries in groups.items():
        title = Text.assemble(_in_colour(category), f" ({len(entries)})")
        table = Table(title=title, title_justify="left")
        table.add_column("what")
        table.add_column("vendor")
        table.add_column("where it comes from", overflow="fold")
        table.add_column("pages", justify="right")
        table.add_column("for example on", overflow="fold")
        for entry in entries:
            table.add_row(
                entry.found.kind,
                _text(entry.found.vendor),
                _text(entry.found.place),
                str(entry.page_count),
                _text(entry.example),
            )
        console.print(table)
    for url, error in inventory.errors.items():
        console.print(Text.assemble(("not read", "red"), " ", _text(f"{url}: {error}")))
    total = sum(len(entries) for entries in groups.values())
    pages, things = _counted(inventory.page_count, "page"), _counted(total, "thing")
    console.print(_text(f"{target}: {pages}, {things} found"))


def findings_table(found: Iterable[Found], *, title: str) -> Table:
    """Return a table of the resources of one page, in their order."""
    table = Table(title=_text(title), title_justify="left")
    for heading in ("line", "what", "category", "vendor", "where it comes from", "rule"):
        table.add_column(heading, overflow="fold")
    for one in found:
        category = ", ".join(one.categories)
        table.add_row(
            str(one.line) if one.line else "",
            one.kind,
            _in_colour(category or ("unclassified" if one.is_unclassified else "the site's own")),
            _text(one.vendor),
            _text(one.place),
            _text(one.rule),
        )
    return table


def _in_colour(category: str) -> Text:
    return _text(category, _COLOURS.get(category, "cyan"))


def _text(text: str, style: str = "") -> Text:
    # What a site sends is no command to the terminal.
    return Text(printable(text), style)


def print_audit(audit: SiteAudit, target: str, output: Path | None) -> None:
    """Print an audit: its faults by page, what was unstable, and the verdict.

    Args:
        audit: Of a site.
        target: What was audited.
        output: A text file to print into; the terminal where None.
    """
    if output is not None:
        with output.open("w", encoding="utf-8") as file:
            _print_audit(Console(file=file, width=_FILE_WIDTH), audit, target)
        return
    _print_audit(Console(), audit, target)


def _print_audit(console: Console, audit: SiteAudit, target: str) -> None:
    for url, faults in _by_page(audit.faults).items():
        console.print(_text(url, "bold"))
        for (kind, message), states in faults.items():
            style = "red" if kind in LEAKS else "yellow"
            console.print(Text.assemble("  ", (kind, style), (f"  {', '.join(states)}", "dim")))
            console.print(Padding(_text(message), (0, 0, 0, 4), expand=False))
    unstable = [page for page in audit.pages if page.unstable]
    if unstable:
        console.print("Differs from one visit to the next even without a signal (not counted):")
        for page in unstable[:_PAGES_SHOWN]:
            console.print(Text.assemble("  ", _text(page.url, "dim")))
            for name in page.unstable[:_UNSTABLE_SHOWN]:
                console.print(Padding(_text(name), (0, 0, 0, 4), expand=False))
            if len(page.unstable) > _UNSTABLE_SHOWN:
                console.print(f"    and {len(page.unstable) - _UNSTABLE_SHOWN} more")
        if len(unstable) > _PAGES_SHOWN:
            console.print(f"  and {_counted(len(unstable) - _PAGES_SHOWN, 'page')} more")
    leaks = sum(fault.is_leak for fault in audit.faults)
    suppressed = sum(page.suppressed for page in audit.pages)
    verdict = (_counted(leaks, "leak"), "bold red") if leaks else ("no leak", "bold green")
    counts = (
        f"{target}: {_counted(len(audit.pages), 'page')}, "
        f"{_counted(suppressed, 'resource')} kept out, "
        f"{_counted(len(audit.faults) - leaks, 'other fault')}, "
    )
    console.print(Text.assemble(_text(counts), verdict))


def _by_page(faults: Iterable[Fault]) -> dict[str, dict[tuple[FaultKind, str], list[str]]]:
    """The visitors for whom each thing is wrong, by page, kind and message."""
    pages: dict[str, dict[tuple[FaultKind, str], list[str]]] = {}
    for fault in faults:
        kinds = pages.setdefault(fault.url, {})
        kinds.setdefault((fault.kind, fault.message), []).append(fault.state)
    return pages


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
