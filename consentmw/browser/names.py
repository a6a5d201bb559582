"""The names of cookies that the guard has to know, in the order in which it tries them.

Thousands of names are compared with hundreds of patterns, so each is only compared with those that
begin alike.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import TYPE_CHECKING, Any

from consentmw.browser.folding import escape, fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from consentmw.core.patterns import Glob

    Name = tuple[Glob, int]
    """A name or a pattern of names, and whether it is denied."""


def telling_names(names: Sequence[Name]) -> list[Name]:
    """Names less those of which what is tried after them says the same."""
    telling: list[Name] = []
    denying = _Names()
    for glob, ruling in reversed([name for name in names if "*" in name[0].text]):
        # What allows is an exception to a pattern that is tried later, or says nothing.
        if ruling or denying.overlap(glob):
            telling.append((glob, ruling))
        if ruling:
            denying.add(glob)
    telling.reverse()
    rulings = {glob.text: ruling for glob, ruling in telling}
    places = {text: place for place, text in enumerate(rulings)}
    patterns = _Names()
    for glob, _ in telling:
        patterns.add(glob)

    def by_pattern(name: Glob) -> int:
        found = [other.text for other in patterns.begun_like(name) if other.matches(name.text)]
        return rulings[min(found, key=places.__getitem__)] if found else 0

    exact = (name for name in names if "*" not in name[0].text)
    return [(glob, ruling) for glob, ruling in exact if by_pattern(glob) != ruling] + telling


def in_groups(names: Sequence[Name]) -> list[list[Any]]:
    """Group names by ruling without changing which of two overlapping ones is tried first."""
    groups: list[tuple[_Names, int]] = []
    for glob, ruling in reversed(names):
        lowest: _Names | None = None
        for members, group_ruling in reversed(groups):
            if group_ruling == ruling:
                lowest = members
            # Only past names with which it has nothing in common may it move down.
            elif members.overlap(glob):
                break
        if lowest is None:
            lowest = _Names()
            groups.append((lowest, ruling))
        lowest.add(glob)
    return [
        [fold(escape(glob.text) for glob in members.uncovered()), ruling]
        for members, ruling in reversed(groups)
    ]


class _Names:
    """Names and patterns, which tell quickly what they have in common with another."""

    def __init__(self) -> None:
        self._by_prefix: dict[str, list[Glob]] = {}
        self._prefixes: list[str] = []
        """In alphabetical order."""
        self._lengths: list[int] = []
        """Of the prefixes, without that of the words."""
        self._words: list[tuple[str, Glob]] = []
        """Patterns without a prefix, each with a text that stands in every match."""

    def add(self, glob: Glob) -> None:
        """Take one in."""
        prefix = glob.prefix
        if prefix not in self._by_prefix:
            self._by_prefix[prefix] = []
            insort(self._prefixes, prefix)
            if prefix and len(prefix) not in self._lengths:
                insort(self._lengths, len(prefix))
        self._by_prefix[prefix].append(glob)
        if not prefix:
            self._words.append((glob.needle, glob))

    def begun_like(self, glob: Glob) -> Iterator[Glob]:
        """Yield those that say as much of the beginning, or less."""
        prefix, is_exact = glob.prefix, "*" not in glob.text
        for needle, word in self._words:
            if not is_exact or needle in prefix:
                yield word
        for length in self._lengths:
            if length > len(prefix):
                break
            yield from self._by_prefix.get(prefix[:length], ())

    def overlap(self, glob: Glob) -> bool:
        """Tell whether any of them can match what one tried before them can; see `_overlap`."""
        if any(_overlap(glob, other) for other in self.begun_like(glob)):
            return True
        prefix = glob.prefix
        for place in range(bisect_left(self._prefixes, prefix), len(self._prefixes)):
            longer = self._prefixes[place]
            if not longer.startswith(prefix):
                break
            if any(_overlap(glob, other) for other in self._by_prefix[longer]):
                return True
        return False

    def uncovered(self) -> Iterator[Glob]:
        """Yield them less those that begin as another one has it."""
        beginning: str | None = None
        for prefix in self._prefixes:
            if beginning is not None and prefix.startswith(beginning):
                continue
            globs = self._by_prefix[prefix]
            whole = next((glob for glob in globs if glob.text == f"{prefix}*"), None)
            if whole is None:
                yield from globs
            else:
                yield whole
                beginning = prefix


def _overlap(one: Glob, other: Glob) -> bool:
    """Tell whether a pattern and one that is tried later can match the same name.

    When in doubt, they can. A word for a visitor's choice (``*optout*``) is tried before a vendor's
    prefix. Any other word is tried after it, and nobody's names are made of both: keeping such
    pairs in order would double the rules.
    """
    if "*" not in one.text:
        return other.matches(one.text)
    if "*" not in other.text:
        return one.matches(other.text)
    if one.prefix and not other.prefix:
        return False
    return alike_at_both_ends(one.text.split("*"), other.text.split("*"))


def alike_at_both_ends(one: Sequence[str], other: Sequence[str]) -> bool:
    """Tell of two patterns, split at their stars, whether a text may begin and end as both do."""
    return (one[0].startswith(other[0]) or other[0].startswith(one[0])) and (
        one[-1].endswith(other[-1]) or other[-1].endswith(one[-1])
    )
