"""Holds a site's page under an opt-out against its plain page: what went missing, what is unstable.

A page is taken apart into units: each start tag with its attributes, each run of text, each
script. Order doesn't count, so that a page that shuffles its content still compares. A unit is lost
where every plain visit had it, no visit under the opt-out had, and it belongs to nothing that was
declined.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING

from consentmw.inspection.links import Unit, read_units

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from consentmw.inspection.findings import Found
    from consentmw.inspection.pages import FetchedPage

# A wrapper that is empty once its pixel is gone shows nothing, and whoever removed it did no harm.
_INVISIBLE_WRAPPERS = frozenset({"noscript"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How the two forms of a page differ, apart from what was declined."""

    lost: tuple[str, ...]
    unstable: tuple[str, ...]


def compare_pages(
    plain: Sequence[FetchedPage], treated: Sequence[FetchedPage], declined: Iterable[Found]
) -> Comparison:
    """Compare several visits to one page.

    Args:
        plain: Visits without a signal, at least one; two or more show what is unstable.
        treated: Visits under the opt-out, at least one.
        declined: What the first plain visit holds of the declined categories.
    """
    # A script inside a larger declined element, or several loaders in one script, are one place.
    places = {one.offset for one in declined}
    first = read_units(plain[0])
    declined_units = Counter(unit for unit, offset in first if offset in places)
    plain_counts = [_count(read_units(page)) for page in plain]
    treated_counts = [_count(read_units(page)) for page in treated]
    always = reduce(and_, plain_counts)
    sometimes = reduce(or_, plain_counts) - always
    lost = always - reduce(or_, treated_counts) - declined_units
    return Comparison(lost=_names(lost), unstable=_names(sometimes))


def _count(units: Iterable[tuple[Unit, int]]) -> Counter[Unit]:
    return Counter(unit for unit, _ in units if unit.name not in _INVISIBLE_WRAPPERS)


def _names(units: Counter[Unit]) -> tuple[str, ...]:
    return tuple(
        str(unit) if count == 1 else f"{unit} ({count} times)" for unit, count in units.items()
    )
