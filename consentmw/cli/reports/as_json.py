"""Scans and audits as JSON. The members' names are stable; new ones may come."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from consentmw.inspection.audit import SiteAudit
    from consentmw.inspection.inventory import Inventory


def scan_as_json(inventory: Inventory, target: str) -> str:
    """Return an inventory as a JSON object."""
    return _dump(
        {
            "target": target,
            "pages": inventory.page_count,
            "cut_short": inventory.is_cut_short,
            "errors": inventory.errors,
            "categories": {
                category: [
                    {**asdict(entry.found), "page_count": entry.page_count, "pages": entry.pages}
                    for entry in entries
                ]
                for category, entries in inventory.by_category().items()
            },
        }
    )


def audit_as_json(audit: SiteAudit, target: str) -> str:
    """Return an audit as a JSON object."""
    return _dump(
        {
            "target": target,
            "cut_short": audit.is_cut_short,
            "pages": [
                {"url": page.url, "suppressed": page.suppressed, "unstable": page.unstable}
                for page in audit.pages
            ],
            "faults": [{**asdict(fault), "leak": fault.is_leak} for fault in audit.faults],
        }
    )


def _dump(value: dict[str, Any]) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
