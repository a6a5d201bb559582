"""Reading the vendor files: their format, its examples, and what contradicts what.

`vendors/README.md` describes the format for those who write it.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from consentmw.core.catalogue import Catalogue
from consentmw.core.categories import BUILT_IN
from consentmw.core.layers import RuleLayer
from consentmw.core.rules import Rule, RuleKind
from consentmw.errors import CatalogueError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

_CATEGORIES: Final = frozenset(category.name for category in BUILT_IN)
_KINDS: Final[dict[str, RuleKind]] = {
    "hosts": "host",
    "urls": "url",
    "cookies": "cookie",
    "inline": "inline",
}
_VENDOR_KEYS: Final = frozenset({"name", "homepage", "category", "source", "why", *_KINDS})
_RULE_KEYS: Final = frozenset(
    {"pattern", "category", "source", "why", "hit", "miss", "distinctive"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One rule of a vendor file with its two examples."""

    rule: Rule
    place: str
    """File and vendor, for messages."""
    hit: str
    miss: str


def read_vendors(text: str, *, file: str) -> Iterator[Entry]:
    """Yield the rules of one vendor file; `CatalogueError` names the file, vendor and pattern."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"{file}: {error}") from error
    for identifier, table in tables.items():
        place = f"{file} [{identifier}]"
        _check_keys(place, table, _VENDOR_KEYS, required=("name", "homepage", "category", "source"))
        for key, kind in _KINDS.items():
            for item in table.get(key, ()):
                yield _read_rule(place, kind, table, item)


def _read_rule(
    place: str,
    kind: RuleKind,
    vendor: dict[str, Any],
    item: str | dict[str, Any],
) -> Entry:
    values: dict[str, Any] = {"pattern": item} if isinstance(item, str) else item
    pattern = values.get("pattern", "")
    place = f"{place} {kind} {pattern!r}"
    _check_keys(place, values, _RULE_KEYS, required=("pattern",))
    category = values.get("category", vendor["category"])
    if category not in _CATEGORIES:
        raise CatalogueError(
            f"{place}: unknown category {category!r}; there are {', '.join(sorted(_CATEGORIES))}"
        )
    if "distinctive" in values and kind != "cookie":
        raise CatalogueError(f"{place}: only a cookie's name can be distinctive")
    rule = Rule(
        kind=kind,
        pattern=pattern,
        category=category,
        vendor=vendor["name"],
        source=values.get("source", vendor["source"]),
        distinctive=values.get("distinctive", True),
        note=values.get("why", vendor.get("why", "") if category == vendor["category"] else ""),
    )
    hit, miss = values.get("hit"), values.get("miss")
    if kind == "host" or (kind == "cookie" and "*" not in pattern):
        own_hit, own_miss = _own_example(kind, pattern)
        hit, miss = hit or own_hit, miss or own_miss
    if not hit or not miss:
        raise CatalogueError(f"{place}: needs a 'hit' and a 'miss'")
    return Entry(rule=rule, place=place, hit=hit, miss=miss)


def find_faults(entries: Iterable[Entry], countries: Mapping[str, Sequence[str]]) -> list[str]:
    """Return what is wrong with the entries together: contradictions, then examples that fail."""
    entries = list(entries)
    first: dict[tuple[str, str], Entry] = {}
    faults = [
        f"{entry.place}: also in {first[key].place}"
        for entry in entries
        if first.setdefault(key := (entry.rule.kind, entry.rule.pattern), entry) is not entry
    ]
    for entry in entries:
        # Alone, so that an example is about its rule and not about a neighbour that outranks it.
        alone = Catalogue(RuleLayer([entry.rule], countries=countries))
        if not _matches(alone, entry.rule, entry.hit):
            faults.append(f"{entry.place}: doesn't match its hit {entry.hit!r}")
        if _matches(alone, entry.rule, entry.miss):
            faults.append(f"{entry.place}: matches its near miss {entry.miss!r}")
    return faults


def _matches(catalogue: Catalogue, rule: Rule, example: str) -> bool:
    match rule.kind:
        case "cookie":
            return catalogue.classify_cookie(example, set_by_site=False) is not None
        case "inline":
            return bool(catalogue.classify_inline(example))
        case _:
            return catalogue.classify_url(example) is not None


def _own_example(kind: RuleKind, pattern: str) -> tuple[str, str]:
    """Return the hit and the near miss of a rule that is a plain name."""
    if kind == "cookie":
        return pattern, f"{pattern}x"
    # The near miss of a host is another's that begins with it; the other end is `check_host`'s.
    host = pattern.replace(".*", ".com")
    return f"https://a.{host}/", f"https://{host}.example/"


def _check_keys(
    place: str, table: Mapping[str, Any], known: Collection[str], required: Sequence[str]
) -> None:
    missing = [key for key in required if not table.get(key)]
    if missing:
        raise CatalogueError(f"{place}: misses {', '.join(missing)}")
    unknown = sorted(table.keys() - known)
    if unknown:
        raise CatalogueError(
            f"{place}: unknown {', '.join(unknown)}; known are {', '.join(sorted(known))}"
        )
