"""Scans and audits as SARIF 2.1.0, which code hosts show beside the code.

GitHub refuses a log in which a location has a scheme of its own ("SARIF URI scheme https did not
match the checkout URI scheme file"). So a file of the repository is named by its path from where
the command runs, and a page of a site by its host and path; its URL is in the message.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlsplit

from consentmw import __version__
from consentmw.inspection.faults import FaultKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from consentmw.inspection.audit import SiteAudit
    from consentmw.inspection.inventory import Inventory

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_HOME: Final = "https://pypi.org/project/consentmw/"
_FAULTS: Final = {
    FaultKind.LEAKED_RESOURCE: "An element of a declined category was sent.",
    FaultKind.LEAKED_INLINE: "An inline script that starts a declined vendor was sent.",
    FaultKind.LEAKED_NOSCRIPT: "A declined resource was sent for browsers without scripts.",
    FaultKind.LEAKED_COOKIE: "A cookie of a declined category was set.",
    FaultKind.LEAKED_HINT: "A hint to a declined host was sent.",
    FaultKind.LOST_CONTENT: "Something that nobody declined went missing.",
    FaultKind.LOST_COOKIE: "A cookie that nobody declined is no longer set.",
    FaultKind.DIFFERENT_STATUS: "The page is answered with another status code.",
    FaultKind.MISSING_VARY: "The page has variants, and doesn't tell caches by what.",
    FaultKind.SHARED_VALIDATOR: "Two variants carry the same ETag.",
    FaultKind.STALE_NOT_MODIFIED: "A browser is told that the other variant is still good.",
    FaultKind.MORE_CACHEABLE: "The page under an opt-out may be kept for longer.",
    FaultKind.GPC_SUPPORT_MISSING: "The site doesn't state that it honours GPC.",
    FaultKind.GPC_SUPPORT_INVALID: "The site's statement about GPC can't be read as one.",
    FaultKind.UNREADABLE: "The page could not be read.",
}


def scan_as_sarif(inventory: Inventory, target: str) -> str:
    """Return an inventory as a SARIF log; what is unclassified is a warning, all else a note."""
    groups = inventory.by_category()
    results = [
        _result(
            rule=category,
            level="warning" if category == "unclassified" else "note",
            message=f"{entry.found.describe()}; on {entry.page_count} pages of {target}, for "
            f"example {entry.pages[0] if entry.pages else target}",
            place=entry.pages[0] if entry.pages else target,
            line=entry.found.line,
            identity=entry.found.identity,
        )
        for category, entries in groups.items()
        for entry in entries
    ]
    return _log({name: f"What is there of the category {name}." for name in groups}, results)


def audit_as_sarif(audit: SiteAudit, target: str) -> str:
    """Return an audit as a SARIF log; a leak is an error, every other fault a warning."""
    results = [
        _result(
            rule=fault.kind,
            level="error" if fault.is_leak else "warning",
            message=f"{fault.url}: {fault.message} (visitor: {fault.state}; target: {target})",
            place=fault.url,
            line=fault.found.line if fault.found else 0,
            identity=(fault.state, *(fault.found.identity if fault.found else (fault.message,))),
        )
        for fault in audit.faults
    ]
    return _log({str(kind): text for kind, text in _FAULTS.items()}, results)


def _result(
    *, rule: str, level: str, message: str, place: str, line: int, identity: tuple[str, ...]
) -> dict[str, Any]:
    location: dict[str, Any] = {"artifactLocation": {"uri": _uri(place)}}
    if line:
        location["region"] = {"startLine": line}
    fingerprint = "\0".join([str(rule), _uri(place), *identity]).encode("utf-8", "replace")
    return {
        "ruleId": str(rule),
        "level": level,
        "message": {"text": message},
        "locations": [{"physicalLocation": location}],
        # Without it, each run would show the same finding as a new one.
        "partialFingerprints": {"consentmw/v1": hashlib.sha256(fingerprint).hexdigest()},
    }


def _uri(place: str) -> str:
    """A reference without a scheme: of a page its host and path, of a file its path from here."""
    if place.startswith(("http://", "https://")):
        parts = urlsplit(place)
        return quote(f"{parts.netloc}{parts.path}", safe="/%")
    relative = os.path.relpath(Path(place).absolute())
    return quote(Path(relative).as_posix())


def _log(rules: Mapping[str, str], results: list[dict[str, Any]]) -> str:
    driver = {
        "name": "consentmw",
        "version": __version__,
        "informationUri": _HOME,
        "rules": [
            {
                "id": name,
                "shortDescription": {"text": text},
                "fullDescription": {"text": text},
                "help": {"text": text},
            }
            for name, text in rules.items()
        ],
    }
    run = {"tool": {"driver": driver}, "results": results}
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, ensure_ascii=False)
