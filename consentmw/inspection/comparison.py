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
from itertools import groupby
from operator import and_, or_
from typing import TYPE_CHECKING

from consentmw.inspection.links import Unit, read_parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from consentmw.inspection.findings import Found
    from consentmw.inspection.links import Part
    from consentmw.inspection.pages import FetchedPage

# A wrapper that is empty once its pixel is gone shows nothing, and whoever removed it did no harm.
_INVISIBLE_WRAPPERS = frozenset({"noscript"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How the two forms of a page differ."""

    lost: tuple[str, ...]
    """What only the plain page has, apart from what was declined and what is meant to differ."""
    unstable: tuple[str, ...]
    """What differs from one plain visit to the next, as the first two have it."""
    removed: bool
    """Whether anything at all is only in the plain page."""
    added: bool
    """Whether anything at all is only in the other; with one visit it may be merely unstable."""

    @property
    def differs(self) -> bool:
        """Whether the two are different pages, and no cache may take one for the other."""
        return self.removed or self.added

    @property
    def is_doubtful(self) -> bool:
        """Whether another visit could show that there is less of a difference."""
        return bool(self.lost) or (self.added and bool(self.unstable))


def compare_pages(
    plain: Sequence[FetchedPage],
    treated: Sequence[FetchedPage],
    declined: Iterable[Found],
    *,
    categories: frozenset[str] = frozenset(),
    tag_attributes: tuple[str, ...] = (),
) -> Comparison:
    """Compare several visits to one page.

    Args:
        plain: Visits without a signal, at least one; two or more show what is unstable.
        treated: Visits under the opt-out, at least one.
        declined: What the first plain visit holds of the declined categories.
        categories: The declined ones; what stands in an element that the site has tagged with one
            of them may be missing.
        tag_attributes: The attributes with which the site tags elements.
    """

    def read(page: FetchedPage) -> list[Part]:
        return read_parts(page, categories=categories, tag_attributes=tag_attributes)

    # A script inside a larger declined element, or several loaders in one script, are one place.
    places = {one.offset for one in declined}
    plain_parts = [read(page) for page in plain]
    treated_parts = [read(page) for page in treated]
    declined_units = Counter(part.unit for part in plain_parts[0] if part.offset in places)
    plain_counts = [_count(parts) for parts in plain_parts]
    always = reduce(and_, plain_counts)
    lost = always - reduce(or_, map(_count, treated_parts)) - declined_units
    whole_plain = [Counter(part.unit for part in parts) for parts in plain_parts]
    whole_treated = [Counter(part.unit for part in parts) for parts in treated_parts]
    return Comparison(
        lost=_names(lost, plain_parts[:1]),
        unstable=_names(reduce(or_, plain_counts) - always, plain_parts[:2]),
        removed=bool(reduce(and_, whole_plain) - reduce(or_, whole_treated)),
        added=bool(reduce(and_, whole_treated) - reduce(or_, whole_plain)),
    )


def _count(parts: Iterable[Part]) -> Counter[Unit]:
    return Counter(part.unit for part in parts if _counts(part))


def _counts(part: Part) -> bool:
    return not part.varies and part.unit.name not in _INVISIBLE_WRAPPERS


def _names(units: Counter[Unit], pages: Iterable[Iterable[Part]]) -> tuple[str, ...]:
    """Name units in the order of the pages that hold them, words that follow as one text."""
    left = Counter(units)
    runs = [run for parts in pages for run in _runs(parts) if any(left[unit] for unit in run)]
    named: dict[int, list[str]] = {}
    # A text that is gone as a whole is named as a whole, wherever else its words stand.
    for number, run in sorted(enumerate(runs), key=lambda item: -len(item[1])):
        if (whole := Counter(run)) <= left:
            left -= whole
            named[number] = [_named(run)]
    for number, run in enumerate(runs):
        if number not in named:
            named[number] = []
            for is_left, group in groupby(run, key=lambda unit: _take(left, unit)):
                named[number] += [_named(group)] if is_left else []
    names = Counter(name for number in sorted(named) for name in named[number])
    return tuple(name if count == 1 else f"{name} ({count} times)" for name, count in names.items())


def _runs(parts: Iterable[Part]) -> Iterator[list[Unit]]:
    """What counts of a page, words that follow one another together."""
    for is_word, group in groupby(filter(_counts, parts), key=lambda part: part.unit.is_word):
        units = [part.unit for part in group]
        yield from [units] if is_word else [[unit] for unit in units]


def _take(left: Counter[Unit], unit: Unit) -> bool:
    if left[unit] <= 0:
        return False
    left[unit] -= 1
    return True


def _named(run: Iterable[Unit]) -> str:
    first, *rest = run
    return str(Unit("", " ".join(unit.content for unit in (first, *rest))) if rest else first)
