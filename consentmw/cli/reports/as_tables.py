"""Scans and audits as tables on a terminal, or in a text file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from consentmw.inspection.audit import SiteAudit
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
_UNSTABLE_SHOWN = 10


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
        colour = _COLOURS.get(category, "cyan")
        table = Table(title=f"[{colour}]{category}[/] ({len(entries)})", title_justify="left")
        table.add_column("what")
        table.add_column("vendor")
        table.add_column("where it comes from", overflow="fold")
        table.add_column("pages", justify="right")
        table.add_column("for example on", overflow="fold")
        for entry in entries:
            table.add_row(
                entry.found.kind,
                escape(entry.found.vendor),
                escape(entry.found.place),
                str(entry.page_count),
                escape(f"{entry.pages[0]}:{entry.found.line}" if entry.pages else ""),
            )
        console.print(table)
    _print_errors(console, inventory.errors)
    total = sum(len(entries) for entries in groups.values())
    console.print(f"{escape(target)}: {inventory.page_count} pages, {total} things found")


def _print_errors(console: Console, errors: dict[str, str]) -> None:
    for url, error in errors.items():
        console.print(f"[red]not read[/] {escape(url)}: {escape(error)}")


def findings_table(found: Iterable[Found], *, title: str) -> Table:
    """Return a table of the resources of one page, in their order."""
    table = Table(title=escape(title), title_justify="left")
    for heading in ("line", "what", "category", "vendor", "where it comes from", "rule"):
        table.add_column(heading, overflow="fold")
    for one in found:
        category = one.category or ("unclassified" if one.is_unclassified else "the site's own")
        colour = _COLOURS.get(category, "cyan")
        table.add_row(
            str(one.line) if one.line else "",
            one.kind,
            f"[{colour}]{category}[/]",
            escape(one.vendor),
            escape(one.place),
            escape(one.rule),
        )
    return table


def print_audit(audit: SiteAudit, target: str, output: Path | None) -> None:
    """Print an audit: its faults, what was unstable, and the verdict.

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
    if audit.faults:
        table = Table(title="Faults", title_justify="left")
        for heading in ("page", "visitor", "fault", "what"):
            table.add_column(heading, overflow="fold")
        for fault in audit.faults:
            colour = "red" if fault.is_leak else "yellow"
            table.add_row(
                escape(fault.url), fault.state, f"[{colour}]{fault.kind}[/]", escape(fault.message)
            )
        console.print(table)
    unstable = [(page.url, name) for page in audit.pages for name in page.unstable]
    if unstable:
        console.print("Differs from one visit to the next even without a signal (not counted):")
        for url, name in unstable[:_UNSTABLE_SHOWN]:
            console.print(f"  [dim]{escape(url)}[/] {escape(name)}")
        if len(unstable) > _UNSTABLE_SHOWN:
            console.print(f"  and {len(unstable) - _UNSTABLE_SHOWN} more")
    leaks = sum(fault.is_leak for fault in audit.faults)
    suppressed = sum(page.suppressed for page in audit.pages)
    verdict = f"[bold red]{leaks} leaks[/]" if leaks else "[bold green]no leak[/]"
    console.print(
        f"{escape(target)}: {len(audit.pages)} pages, {suppressed} resources kept out, "
        f"{len(audit.faults) - leaks} other faults, {verdict}"
    )
