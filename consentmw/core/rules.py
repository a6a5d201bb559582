"""What the catalogue is made of: a rule, and the classification that names the rule it rests on."""

from __future__ import annotations

from typing import Literal, NamedTuple

RuleKind = Literal["host", "url", "cookie", "inline"]


# Thousands of rules are made when a process starts: tuples take less than half of the time.
class Rule(NamedTuple):
    """One pattern and the category of what it matches."""

    kind: RuleKind
    pattern: str
    category: str
    vendor: str
    """The party that the resource belongs to, as people know it."""
    source: str
    """Where the fact comes from: a page of the vendor's, a data set, or the site's own file."""
    distinctive: bool = True
    """Whether a cookie's name is so peculiar that it tells the vendor on any site."""
    from_site: bool = False
    note: str = ""
    """Why the rule reads as it does, where it stands for something that does several jobs."""


class Classification(NamedTuple):
    """What one resource is, and the rule that says so."""

    category: str
    vendor: str
    rule: Rule
