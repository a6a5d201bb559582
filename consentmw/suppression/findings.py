"""What is told about a page: which element was suppressed, by which rule, and where it stood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from consentmw.core.rules import Rule

Action = Literal[
    "removed",
    "attribute removed",
    "replaced",
    "page rewritten",
    "observed",
    "inline too long",
    "unknown tag",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was done to a page, or would have been."""

    tag: str
    """The element's name, in lower case."""
    attribute: str
    """The attribute that names the resource; empty for an element's text or tag."""
    url: str | None
    """As the page has it; None for an inline script."""
    category: str
    vendor: str
    """Empty where the site's own tag decided."""
    rule: Rule | None
    action: Action
    offset: int = -1
    """Of the element's ``<``, in bytes from the page's start."""
