"""The ways in which browsers may read a page."""

from __future__ import annotations

from enum import IntEnum, auto
from typing import NamedTuple


class Age(IntEnum):
    """Whose rules are followed, where they have changed."""

    TODAY = auto()
    """The standard since 2025: in a ``select`` nearly every element may stand."""
    OF_2024 = auto()
    """Before: most tags inside a ``select`` are ignored. WebKit and Blink, though never Gecko, also
    took CDATA sections within integration points for comments."""
    OF_2012 = auto()
    """html5lib's: no templates, and `</p>` doesn't end a foreign element."""


class Reader(NamedTuple):
    """One way in which a browser may read a page."""

    age: Age
    scripting: bool
