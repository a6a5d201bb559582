"""Which categories there are: the five built-in ones and the shape that a site's own must have.

Knows nothing of rules, requests or files: a category is a name, the words a visitor reads for it,
and the two facts the decision turns on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A bucket of resources that is allowed or denied as one."""

    name: str
    label: str = ""
    """What a visitor reads; empty where the preference centre's own texts name it."""
    description: str = ""
    required: bool = False
    """Whether it can't be declined, as with a login."""
    sale_or_share: bool = False
    """Whether it is the legal act that Global Privacy Control opts out of."""
    placeholder: bool = False
    """Whether a suppressed frame leaves a box that says what was there."""


BUILT_IN: Final = (
    Category(name="authentication", required=True),
    Category(name="status", required=True),
    Category(name="analytics"),
    Category(name="advertising", sale_or_share=True),
    Category(name="consent", required=True),
)

# Names stand in HTML attributes (split at spaces and commas), TOML keys and form fields.
_NAME: Final = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*", re.ASCII)
MAX_NAME_LENGTH: Final = 64


def is_category_name(name: str) -> bool:
    """Whether a name can be a category's: lower-case ASCII words joined by single hyphens."""
    return len(name) <= MAX_NAME_LENGTH and _NAME.fullmatch(name) is not None


def nearest_name(name: str, known: Iterable[str]) -> str | None:
    """The known name that was probably meant, if one is close enough to be worth suggesting."""
    # Comparing is quadratic in the length, and a page's tag can be of any length.
    matches = get_close_matches(name[: 2 * MAX_NAME_LENGTH].lower(), list(known), n=1, cutoff=0.6)
    return matches[0] if matches else None
