"""The compact form in which the built-in catalogue ships, and the one place that loads it.

The form is JSON: a list of groups, each with the facts that its rules share and the patterns by
kind. `build` writes it from the vendor files; nothing else does.
"""

from __future__ import annotations

import gc
import hashlib
import json
from functools import cache
from importlib import resources
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from consentmw.core.catalogue import Catalogue
from consentmw.core.layers import RuleLayer
from consentmw.core.rules import Rule, RuleKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

BUILT_FILE: Final = "catalogue.json"
_KINDS: Final[tuple[RuleKind, ...]] = ("host", "url", "cookie", "inline")


@cache
def load_catalogue() -> Catalogue:
    """Return the built-in catalogue; all apps of a process share the one value."""
    content = resources.files(__package__).joinpath(BUILT_FILE).read_bytes()
    # Thousands of rules are made and none is thrown away; looking for garbage among them, over and
    # over, would take half of the time.
    collects = gc.isenabled()
    gc.disable()
    try:
        return read_built(content)
    finally:
        if collects:
            gc.enable()


def read_built(content: bytes) -> Catalogue:
    """Return the catalogue that the compact form describes."""
    form = json.loads(content)
    groups, countries = form["groups"], form["countries"]
    layer = RuleLayer(
        _read_groups(groups, {"host", "url", "inline"}),
        countries=countries,
        read_cookies=lambda: _read_groups(groups, {"cookie"}),
    )
    return Catalogue(layer, version=hashlib.sha256(content).hexdigest()[:16])


def _read_groups(groups: list[Any], kinds: Collection[RuleKind]) -> Iterator[Rule]:
    for vendor, category, source, note, generic, patterns in groups:
        for kind, group in zip(_KINDS, patterns, strict=True):
            for pattern in group if kind in kinds else ():
                yield Rule(
                    kind=kind,
                    pattern=pattern,
                    category=category,
                    vendor=vendor,
                    source=source,
                    distinctive=not generic,
                    note=note,
                )


def write_built(rules: Iterable[Rule], countries: Mapping[str, Sequence[str]]) -> bytes:
    """Return the compact form of rules, one group a line; equal rules give equal bytes."""

    def shared(rule: Rule) -> tuple[Any, ...]:
        return (rule.vendor, rule.category, rule.source, rule.note, int(not rule.distinctive))

    lines = []
    for facts, group in groupby(sorted(rules, key=lambda r: (shared(r), r.pattern)), key=shared):
        members = list(group)
        patterns = [[rule.pattern for rule in members if rule.kind == kind] for kind in _KINDS]
        lines.append(json.dumps([*facts, patterns], ensure_ascii=False, separators=(",", ":")))
    groups = ",\n".join(lines)
    return (
        f'{{"countries":{json.dumps(countries, indent=None)},"groups":[\n{groups}\n]}}\n'.encode()
    )
