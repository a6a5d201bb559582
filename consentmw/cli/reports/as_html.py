"""A scan as one self-contained page: no script, no request, charts as SVG."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined

if TYPE_CHECKING:
    from consentmw.inspection.inventory import Entry, Inventory

_ORDER = ("advertising", "analytics", "unclassified", "status", "authentication", "consent")
_COLOURS = {
    "advertising": "#b3261e",
    "analytics": "#c77700",
    "unclassified": "#7b3fa0",
    "status": "#2e7d4f",
    "authentication": "#1f6f8b",
    "consent": "#50616d",
}
_OTHER_COLOUR = "#3d5a98"
_TOP_VENDORS = 12


def scan_as_html(inventory: Inventory, target: str) -> str:
    """Return an inventory as a page.

    Args:
        inventory: Of a scan.
        target: What was scanned.
    """
    groups = inventory.by_category()
    names = sorted(groups, key=lambda name: (name not in _ORDER, _place(name), name))
    environment = Environment(
        loader=PackageLoader("consentmw.cli.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("scan.html.j2").render(
        target=target,
        made_at=datetime.now(tz=UTC),
        inventory=inventory,
        groups=[(name, groups[name]) for name in names],
        colours={name: _COLOURS.get(name, _OTHER_COLOUR) for name in names},
        largest=max((len(entries) for entries in groups.values()), default=1),
        vendors=_vendors(groups),
    )


def _place(name: str) -> int:
    return _ORDER.index(name) if name in _ORDER else 0


def _vendors(groups: dict[str, list[Entry]]) -> list[tuple[str, str, int]]:
    """The vendors on most pages: name, category of most of their things, pages."""
    pages: dict[tuple[str, str], int] = {}
    for category, entries in groups.items():
        for entry in entries:
            if entry.found.vendor:
                key = (entry.found.vendor, category)
                pages[key] = max(pages.get(key, 0), entry.page_count)
    ranked = sorted(pages.items(), key=lambda item: (-item[1], item[0]))
    return [(vendor, category, count) for (vendor, category), count in ranked[:_TOP_VENDORS]]
