"""What runs in the visitor's browser, and how it gets there.

`client/` holds the sources of the scripts, `static/` what is served of them. On the server,
`insertion_for` says what a page begins with, `fit_insertion` suits it to the page's own policy,
`build_endpoints` serves the files and takes the reports, `build_successors` finds what stands in
for the files of another deployment, and `added_headers` is the policy that a site may have added
for visitors who have opted out.
"""

from __future__ import annotations

from consentmw.browser.endpoints import build_endpoints, build_successors
from consentmw.browser.insertion import Fitted, fit_insertion, insertion_for, signal_element
from consentmw.browser.policies import Permit, added_headers, read_permit

__all__ = [
    "Fitted",
    "Permit",
    "added_headers",
    "build_endpoints",
    "build_successors",
    "fit_insertion",
    "insertion_for",
    "read_permit",
    "signal_element",
]
