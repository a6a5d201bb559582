"""The ways in which browsers may read a page."""

from __future__ import annotations

from enum import IntEnum, auto
from functools import cache
from typing import Final, NamedTuple


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


Readers = frozenset[Reader]

EVERYBODY: Final[Readers] = frozenset(Reader(age, runs) for age in Age for runs in (True, False))


@cache
def without_scripts(readers: Readers) -> Readers:
    """Return the same browsers where scripts don't run."""
    return frozenset(Reader(reader.age, scripting=False) for reader in readers)


@cache
def run_scripts(readers: Readers) -> bool | None:
    """Tell whether scripts run for readers; None where they may or not."""
    found = {reader.scripting for reader in readers}
    return found.pop() if len(found) == 1 else None


def readers_with(*, scripting: bool) -> Readers:
    """Return those of all browsers for which scripts run, or for which they don't."""
    return frozenset(reader for reader in EVERYBODY if reader.scripting is scripting)
