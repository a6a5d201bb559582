"""Scans and audits as SARIF 2.1.0, which code hosts show beside the code."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from consentmw import __version__
from consentmw.inspection.audit import FaultKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from consentmw.inspection.audit import SiteAudit
    from consentmw.inspection.inventory import Inventory

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def scan_as_sarif(inventory: Inventory, target: str) -> str:
    """Return an inventory as a SARIF log; what is unclassified is a warning, all else a note."""
    results = [
        _result(
            rule=category,
            level="warning" if category == "unclassified" else "note",
            message=f"{entry.found.describe()}; on {entry.page_count} pages of {target}",
            url=entry.pages[0] if entry.pages else target,
            line=entry.found.line,
        )
        for category, entries in inventory.by_category().items()
        for entry in entries
    ]
    return _log(inventory.by_category(), results)


def audit_as_sarif(audit: SiteAudit, target: str) -> str:
    """Return an audit as a SARIF log; a leak is an error, every other fault a warning."""
    results = [
        _result(
            rule=fault.kind,
            level="error" if fault.is_leak else "warning",
            message=f"{fault.message} (visitor: {fault.state}; target: {target})",
            url=fault.url,
            line=fault.found.line if fault.found else 0,
        )
        for fault in audit.faults
    ]
    return _log(FaultKind, results)


def _result(*, rule: str, level: str, message: str, url: str, line: int) -> dict[str, Any]:
    location: dict[str, Any] = {"artifactLocation": {"uri": url}}
    if line:
        location["region"] = {"startLine": line}
    return {
        "ruleId": str(rule),
        "level": level,
        "message": {"text": message},
        "locations": [{"physicalLocation": location}],
    }


def _log(rules: Iterable[str], results: list[dict[str, Any]]) -> str:
    driver = {
        "name": "consentmw",
        "version": __version__,
        "rules": [{"id": str(rule)} for rule in rules],
    }
    run = {"tool": {"driver": driver}, "results": results}
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, ensure_ascii=False)
