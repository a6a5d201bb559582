"""An audit as JUnit XML: a test case for each page, failed where something leaked or was lost."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from consentmw.inspection.audit import Fault, SiteAudit


def audit_as_junit(audit: SiteAudit, target: str) -> str:
    """Return an audit as the XML that CI services read.

    Args:
        audit: Of a site.
        target: Names the suite.
    """
    by_url: dict[str, list[Fault]] = {page.url: [] for page in audit.pages}
    for fault in audit.faults:
        by_url.setdefault(fault.url, []).append(fault)
    failed = sum(bool(faults) for faults in by_url.values())
    suite = ET.Element(
        "testsuite", name=f"consentmw audit {target}", tests=str(len(by_url)), failures=str(failed)
    )
    for url, faults in by_url.items():
        case = ET.SubElement(suite, "testcase", classname="consentmw.audit", name=url)
        if faults:
            failure = ET.SubElement(case, "failure", message=f"{len(faults)} faults")
            failure.text = _xml_text("\n".join(str(fault) for fault in faults))
    return ET.tostring(suite, encoding="unicode", xml_declaration=True)


def _xml_text(text: str) -> str:
    # XML 1.0, section 2.2: most control characters may not stand in a document at all.
    return "".join(char if char >= " " or char in "\n\t" else "\ufffd" for char in text)
