"""An audit as JUnit XML: a test case for each page, failed where the command fails."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Callable

    from consentmw.inspection.audit import SiteAudit
    from consentmw.inspection.faults import Fault

# XML 1.0, section 2.2: what may not stand in a document at all, not even as a reference.
_NO_CHARACTERS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def audit_as_junit(audit: SiteAudit, target: str, *, fails: Callable[[Fault], bool]) -> str:
    """Return an audit as the XML that CI services read.

    Args:
        audit: Of a site.
        target: Names the suite.
        fails: Whether a fault makes the audit fail; the others stand in the case's output.
    """
    by_url: dict[str, list[Fault]] = {page.url: [] for page in audit.pages}
    for fault in audit.faults:
        by_url.setdefault(fault.url, []).append(fault)
    failed = sum(any(map(fails, faults)) for faults in by_url.values())
    counts = {"tests": str(len(by_url)), "failures": str(failed), "errors": "0", "time": "0"}
    suites = ET.Element("testsuites", counts)
    name = _text(f"consentmw audit {target}")
    suite = ET.SubElement(suites, "testsuite", {"name": name, **counts})
    for url, faults in by_url.items():
        case = ET.SubElement(
            suite, "testcase", classname="consentmw.audit", name=_text(url), time="0"
        )
        serious = [fault for fault in faults if fails(fault)]
        if serious:
            kinds = ", ".join(dict.fromkeys(str(fault.kind) for fault in serious))
            failure = ET.SubElement(
                case, "failure", type=serious[0].kind, message=f"{len(serious)} faults: {kinds}"
            )
            failure.text = _text("\n".join(map(str, serious)))
        if others := [fault for fault in faults if not fails(fault)]:
            ET.SubElement(case, "system-out").text = _text("\n".join(map(str, others)))
    return ET.tostring(suites, encoding="unicode", xml_declaration=True)


def _text(text: str) -> str:
    return _NO_CHARACTERS.sub("\ufffd", text)
