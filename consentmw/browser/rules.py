"""A category's part of the catalogue as the guard reads it: small, exact, and ready to be JSON.

Nothing of it is probabilistic: an address is denied in the browser if it is denied on the server,
the exceptions included. What can't change an answer is left out. `client/types.d.ts` describes the
form, `client/rules.js` reads it.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import takewhile
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from consentmw.browser.folding import fold
from consentmw.browser.names import alike_at_both_ends, in_groups, telling_names
from consentmw.browser.stubs import FUNCTIONS, QUEUES
from consentmw.core.layers import suffixes
from consentmw.core.patterns import Glob

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from consentmw.browser.names import Name
    from consentmw.browser.stubs import Stub
    from consentmw.core.catalogue import Catalogue, DeniedIndex
    from consentmw.core.categories import Category
    from consentmw.core.layers import RuleLayer
    from consentmw.core.patterns import PathTable, UrlPattern
    from consentmw.core.rules import Rule

    Paths = tuple[tuple[str, int], ...]
    """A host's paths as they are written in a rule file, and whether each is denied."""

_ANY_HOST: Final = "*"
_OWN_HOST: Final = ""
# So many hosts with a common end are written without it.
_MANY: Final = 8
# Catalogues and categories of a process; there is one catalogue unless a test makes others.
_MOST_BUILT_IN: Final = 32


def build_rules(
    catalogue: Catalogue, category: Category, *, names_vendors: bool = False
) -> dict[str, Any] | None:
    """Return what the guard needs to keep a category out; `None` if nothing is known of it.

    Args:
        catalogue: The site's.
        category: The denied one; each has rules of its own, as an address has one category at most.
        names_vendors: Whether the page's developer is to be told the vendor of each rule.
    """
    denied = frozenset((category.name,))
    index = catalogue.denying(denied)
    site, built_in = _Layer(catalogue.site, denied), _built_in(catalogue.built_in, denied)
    # The site's own layer is here whole, because it overrides what is built in.
    overrides = bool(catalogue.built_in.rules) or site.denies_anything
    site_hosts = site.all_hosts() if overrides else []
    cookies = in_groups([*site.names(), *built_in.names])
    if not (site_hosts or built_in.hosts or cookies):
        return None
    rules: dict[str, Any] = {
        "category": category.name,
        "layers": [site_hosts, built_in.hosts],
        "cookies": cookies,
        "placeholder": "frame" if category.placeholder else "about:blank",
        "ownPaths": bool(catalogue.site.own_paths.patterns),
        "stubs": _suppressed(FUNCTIONS, index),
        "queues": _suppressed(QUEUES, index),
    }
    if names_vendors:
        rules["vendors"] = {**_Layer(catalogue.built_in, denied).vendors(), **site.vendors()}
    return rules


class _BuiltIn(NamedTuple):
    hosts: list[list[Any]]
    names: list[Name]


@lru_cache(_MOST_BUILT_IN)
def _built_in(rules: RuleLayer, denied: frozenset[str]) -> _BuiltIn:
    """What can change an answer, made once for all sites of a process."""
    layer = _Layer(rules, denied)
    return _BuiltIn(layer.telling_hosts(), telling_names(layer.names()))


def _suppressed(stubs: Iterable[Stub], index: DeniedIndex) -> list[str]:
    return [name for name, host, target in stubs if index.target(host, target, own_host="")]


class _Layer:
    """One layer of a catalogue, as seen where one category is denied."""

    def __init__(self, layer: RuleLayer, denied: frozenset[str]) -> None:
        self._layer = layer
        self._denied = denied
        self._denied_hosts = layer.hosts_of(denied) - {_ANY_HOST}
        self._tables: Mapping[str, PathTable] = layer.paths
        if layer.own_paths.patterns:
            self._tables = {_OWN_HOST: layer.own_paths, **layer.paths}

    @property
    def denies_anything(self) -> bool:
        return any(self._denies(rule) for rule in self._layer.rules)

    def all_hosts(self) -> list[list[Any]]:
        """Everything that is said of hosts, in the form of `_grouped`."""
        return _grouped(
            (host, self._ruling(host), self._paths(host))
            for host in self._layer.hosts.keys() | self._tables.keys()
        )

    def telling_hosts(self) -> list[list[Any]]:
        """Those hosts whose rules can change an answer, in the form of `_grouped`.

        What any host is denied for is denied whatever is known of the host (`DeniedIndex.target`);
        otherwise most of the catalogue would have to be here as its exception.
        """
        return _grouped(
            (host, ruling, paths)
            for host in self._known_hosts()
            for ruling, paths in [self._telling(host)]
            if ruling is not None or paths
        )

    def names(self) -> list[Name]:
        """Cookies' names in the order in which the layer's table tries them."""
        # A script's cookie may be the site's own: only a name that tells its vendor counts.
        return [
            (Glob(rule.pattern), self._denies(rule))
            for rule in self._layer.distinctive_cookies.in_order()
        ]

    def vendors(self) -> dict[str, str]:
        """The vendor of each denied rule, under the name by which the guard knows the rule."""
        vendors = {
            host: rule.vendor for host, rule in self._layer.hosts.items() if self._denies(rule)
        }
        for host, table in self._tables.items():
            for pattern in table.patterns:
                if self._denies(pattern.rule):
                    vendors[host + _written(pattern).replace("#", "")] = pattern.rule.vendor
        return vendors

    def _known_hosts(self) -> Iterator[str]:
        hosts, tables = self._layer.hosts, self._tables
        for host in hosts.keys() | tables.keys():
            # What only repeats the domain above it adds nothing.
            said = [d for d in suffixes(host) if d != _ANY_HOST and (d in hosts or d in tables)]
            if len(said) > 1 and tables.keys().isdisjoint(said[:2]):
                own, above = (self._ruling(domain) for domain in said[:2])
                if own == above:
                    continue
            yield host

    def _telling(self, host: str) -> tuple[int | None, Paths]:
        ruling, paths = self._ruling(host), self._paths(host)
        if ruling:
            return ruling, paths
        above = not self._denied_hosts.isdisjoint({*suffixes(host)} - {host, _ANY_HOST})
        if not (ruling is None and above):
            paths = _telling_paths(paths)
        return (ruling if above else None), paths

    def _ruling(self, host: str) -> int | None:
        rule = self._layer.hosts.get(host)
        return None if rule is None else self._denies(rule)

    def _paths(self, host: str) -> Paths:
        """The host's patterns and their rulings, in the order in which its table tries them."""
        if host not in self._tables:
            return ()
        rulings: dict[str, int] = {}
        patterns = self._tables[host].patterns
        for pattern in sorted(patterns, key=lambda p: (-p.weight, p.name is not None)):
            # The first of two equal patterns decides.
            rulings.setdefault(_written(pattern), self._denies(pattern.rule))
        return tuple(rulings.items())

    def _denies(self, rule: Rule) -> int:
        return int(rule.category in self._denied)


def _grouped(hosts: Iterable[tuple[str, int | None, Paths]]) -> list[list[Any]]:
    """Hosts of which the same is said together: ``[hosts, ruling, paths, common end]``."""
    alike: dict[tuple[int | None, Paths], list[str]] = {}
    for host, ruling, paths in sorted(hosts):
        alike.setdefault((ruling, paths), []).append(_from_the_end(host))
    grouped: list[list[Any]] = []
    for (ruling, paths), group in alike.items():
        end = _common_end(group)
        folded = fold(host.removesuffix(end) for host in group)
        entry = [folded, ruling, _lines(paths), end]
        while entry[-1] == "":
            entry.pop()
        grouped.append(entry)
    return grouped


def _written(pattern: UrlPattern) -> str:
    """A pattern as a rule file has it; ``#`` is the place of slashes that change nothing."""
    path = pattern.path
    if "*" not in path:
        path = f"{path.rstrip('/') or '/'}#"
    elif not path.endswith(("*", "/")) and pattern.name is None:
        path += "#"
    parameters = (p if "=" in p else f"{p}=" for p in pattern.query.split("&") if p)
    written = "?".join(filter(None, (path, "&".join(parameters))))
    # The guard compares bytes, each as a character.
    return written.encode().decode("latin-1")


def _telling_paths(paths: Paths) -> Paths:
    """Paths less those that are allowed and no exception to one that is denied."""
    telling: list[tuple[str, int]] = []
    denied: list[str] = []
    for written, ruling in reversed(paths):
        path = written.partition("?")[0].replace("#", "")
        if ruling:
            denied.append(path)
        if ruling or any(_may_meet(path, other) for other in denied):
            telling.append((written, ruling))
    return tuple(reversed(telling))


def _may_meet(one: str, other: str) -> bool:
    """Tell whether two patterns can describe the same path; when in doubt, that they can."""
    # A slash more or less at the end is the same, and a folder is one of its own paths.
    pieces = ([piece.rstrip("/") for piece in path.split("*")] for path in (one, other))
    return alike_at_both_ends(*pieces)


def _lines(paths: Paths) -> str:
    return "\n".join(path if denies else f"!{path}" for path, denies in paths)


def _from_the_end(host: str) -> str:
    return ".".join(reversed(host.split(".")))


def _common_end(hosts: Sequence[str]) -> str:
    """What many hosts, written from the end, all have in common: ``google`` of ``de.google``."""
    if len(hosts) < _MANY:
        return ""
    shared = takewhile(
        lambda column: len(set(column)) == 1, zip(*(h[::-1] for h in hosts), strict=False)
    )
    return "".join(column[0] for column in shared)[::-1].partition(".")[2]
