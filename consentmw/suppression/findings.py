"""What is told about a page: which element was suppressed, by which rule, and where it stood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from consentmw.core.rules import Rule
    from consentmw.html.attributes import Tag
    from consentmw.suppression.reasons import Reason

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


def tell(
    tag: Tag, attribute: str, url: str | None, reason: Reason, action: Action, *, observe: bool
) -> Finding:
    """Return what is told of an element; where the site only observes, nothing was done to it."""
    if observe and action not in {"inline too long", "unknown tag"}:
        action = "observed"
    return Finding(
        tag=tag.name.decode("latin-1"),
        attribute=attribute,
        url=url,
        category=reason.category,
        vendor=reason.vendor,
        rule=reason.rule,
        action=action,
    )
