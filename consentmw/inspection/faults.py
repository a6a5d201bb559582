"""What can be wrong with how a site honours opt-outs, by names that don't change."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from consentmw.inspection.findings import Found


class FaultKind(StrEnum):
    """What can be wrong; the values are stable names for reports and CI."""

    LEAKED_RESOURCE = "leaked-resource"
    LEAKED_INLINE = "leaked-inline"
    LEAKED_NOSCRIPT = "leaked-noscript"
    LEAKED_COOKIE = "leaked-cookie"
    LEAKED_HINT = "leaked-hint"
    LOST_CONTENT = "lost-content"
    LOST_COOKIE = "lost-cookie"
    DIFFERENT_STATUS = "different-status"
    MISSING_VARY = "missing-vary"
    SHARED_VALIDATOR = "shared-validator"
    STALE_NOT_MODIFIED = "stale-not-modified"
    MORE_CACHEABLE = "more-cacheable"
    GPC_SUPPORT_MISSING = "gpc-support-missing"
    GPC_SUPPORT_INVALID = "gpc-support-invalid"
    UNREADABLE = "unreadable"


LEAKS = frozenset(kind for kind in FaultKind if kind.value.startswith("leaked-"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong on one page for one visitor."""

    kind: FaultKind
    url: str
    state: str
    message: str
    found: Found | None = None

    @property
    def is_leak(self) -> bool:
        """Whether something reached a visitor who had declined it."""
        return self.kind in LEAKS

    def __str__(self) -> str:
        return f"{self.url} [{self.state}] {self.kind}: {self.message}"
