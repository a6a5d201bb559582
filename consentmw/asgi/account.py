"""What has been kept from the browser in one response: for the log, and for `debug`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from consentmw.asgi.journal import Journal
    from consentmw.asgi.response_headers import DeniedField
    from consentmw.core.decision import Decision
    from consentmw.suppression.cookies import DeniedCookie
    from consentmw.suppression.findings import Finding

# What a page has that the site's owner should know of, whatever the mode.
_WORTH_A_WARNING = {
    "inline too long": "an inline script is too long to be held, and left undecided",
    "unknown tag": "an element is tagged with a category that nobody defined",
}


class Account:
    """Counts, and tells the journal what is worth telling.

    Args:
        journal: Where it is told.
        path: The request's path.
        observed: Whether what is found leaves nevertheless (`mode = "observe"`).
    """

    __slots__ = (
        "_journal", "_observed", "_path", "cookies", "elements", "fields", "seconds",
    )  # fmt: skip

    def __init__(self, journal: Journal, path: str, *, observed: bool = False) -> None:
        self._journal = journal
        self._path = path
        self._observed = observed
        self.cookies = 0
        """Taken out of the request."""
        self.fields = 0
        """Taken out of the response's header fields."""
        self.elements = 0
        """Taken out of the page."""
        self.seconds = 0.0
        """Spent here, where anyone measures it."""

    def add_cookies(self, denied: Iterable[DeniedCookie]) -> None:
        """Count cookies that a browser has sent."""
        for cookie in denied:
            self.cookies += 1
            self._observe(cookie.classification.vendor, "cookie of the request", cookie.name)

    def add_fields(self, denied: Iterable[DeniedField]) -> None:
        """Count entries of a response's fields."""
        for entry in denied:
            self.fields += 1
            what = getattr(entry, "url", "") or getattr(entry, "name", "")
            self._observe(entry.classification.vendor, "header field", what)

    def add_finding(self, finding: Finding) -> None:
        """Count something in a page."""
        warning = _WORTH_A_WARNING.get(finding.action)
        if warning is not None:
            self._journal.warn(finding.action, self._path, f"{warning}: %s", finding.category)
            return
        self.elements += 1
        self._observe(finding.vendor, finding.tag, finding.url or "")

    def describe(self, decision: Decision) -> list[tuple[bytes, bytes]]:
        """The fields that `debug` adds to a response."""
        rulings = ", ".join(
            f"{name}={'allowed' if ruling.allowed else 'denied'};reason={ruling.reason}"
            for name, ruling in decision.rulings.items()
        )
        counts = f"cookies={self.cookies}, fields={self.fields}, elements={self.elements}"
        timing = f"consentmw;dur={self.seconds * 1000:.3f}"
        return [
            (b"consentmw-decision", rulings.encode("ascii")),
            (b"consentmw-suppressed", counts.encode("ascii")),
            (b"server-timing", timing.encode("ascii")),
        ]

    def _observe(self, vendor: str, kind: str, what: str) -> None:
        if self._observed:
            message = "not honoured, since the mode is 'observe': %s of %s, %s"
            self._journal.note(f"{kind} of {vendor}", self._path, message, kind, vendor, what)
