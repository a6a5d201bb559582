"""The rules of one origin, indexed: the site's own file is one layer, what is built in another."""

from __future__ import annotations

from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from consentmw.core.patterns import CookieTable, PathTable, UrlPattern, check_host
from consentmw.errors import CatalogueError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from consentmw.core.rules import Rule

_NO_COUNTRIES: Final[Mapping[str, Sequence[str]]] = MappingProxyType({})


class RuleLayer:
    """Rules by host suffix, by path, by cookie name; a later rule replaces one of its pattern."""

    def __init__(
        self,
        rules: Iterable[Rule] = (),
        *,
        countries: Mapping[str, Sequence[str]] = _NO_COUNTRIES,
        read_cookies: Callable[[], Iterable[Rule]] = tuple,
    ) -> None:
        """Index rules.

        Args:
            rules: Of every kind.
            countries: Which domains a host such as ``google.*`` stands for.
            read_cookies: Gives further cookie rules, when one is first asked for: most of what is
                built in, and no page needs them.
        """
        self._rules = tuple({(rule.kind, rule.pattern): rule for rule in rules}.values())
        self._read_cookies = read_cookies
        self.hosts: dict[str, Rule] = {}
        self.inline: list[Rule] = []
        patterns: dict[str, list[UrlPattern]] = {}
        for rule in self._rules:
            match rule.kind:
                case "host":
                    host = check_host(rule.pattern)
                    for each in _expand(host, countries) if host[-2:] == ".*" else (host,):
                        self.hosts.setdefault(each, rule)
                case "url":
                    pattern = UrlPattern(rule)
                    patterns.setdefault(pattern.host, []).append(pattern)
                case "inline":
                    self.inline.append(rule)
        self.own_paths = PathTable(patterns.pop("", ()))
        """Rules that name a path without a host: the site's own."""
        self.paths = _tables(patterns, countries)
        self._anywhere = self.paths.get("*", PathTable(()))
        known = (self.hosts.keys() | self.paths.keys()) - {"*"}
        self._domains = frozenset(_domain(host) for host in known)
        # A rule for `localhost` or a whole top-level domain covers what `_domain` tells apart.
        self._knows_tops = any("." not in host for host in known)

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule."""
        return (*self._rules, *self._read_cookies())

    @cached_property
    def cookies(self) -> CookieTable:
        """Every cookie rule."""
        return CookieTable(rule for rule in self.rules if rule.kind == "cookie")

    @cached_property
    def distinctive_cookies(self) -> CookieTable:
        """Those that hold for what a site sets itself."""
        return CookieTable(
            rule for rule in self.rules if rule.kind == "cookie" and rule.distinctive
        )

    def find(self, host: str, target: str) -> Rule | None:
        """Return the rule for a URL taken apart.

        The longest host with a rule that matches decides; on one host, paths go before the host.
        """
        domains = self._domains
        if domains and (self._knows_tops or _domain(host) in domains):
            paths, hosts = self.paths, self.hosts
            suffix = host
            while suffix:
                # `suffixes`, written out: this is the hot loop of every URL that isn't remembered.
                if suffix in paths:
                    rule = paths[suffix].find(target)
                    if rule is not None:
                        return rule
                if suffix in hosts:
                    return hosts[suffix]
                suffix = suffix.partition(".")[2]
        return self._anywhere.find(target)

    def hosts_of(self, categories: frozenset[str]) -> set[str]:
        """Return the host patterns under which anything of these categories is known."""
        return {host for host, rule in self.hosts.items() if rule.category in categories} | {
            host for host, table in self.paths.items() if table.names_any(categories)
        }


def suffixes(host: str) -> Iterator[str]:
    """Yield what rules may be kept under: a host, each domain above it, and ``*`` for any host."""
    while host:
        yield host
        host = host.partition(".")[2]
    yield "*"


def _domain(host: str) -> str:
    """Return the last two labels: of most hosts of most pages nothing that ends so is known."""
    rest, _, top = host.rpartition(".")
    return f"{rest.rpartition('.')[2]}.{top}"


def _expand(host: str, countries: Mapping[str, Sequence[str]]) -> Iterable[str]:
    """Return the domains for which a host such as ``google.*`` stands."""
    for key, domains in countries.items():
        if host == key or host.endswith(f".{key}"):
            return [host.removesuffix(key) + domain for domain in domains]
    raise CatalogueError(f"{host!r}: nothing says which domains that stands for")


def _tables(
    patterns: dict[str, list[UrlPattern]], countries: Mapping[str, Sequence[str]]
) -> dict[str, PathTable]:
    """Index URL rules by host; the domains of a ``google.*`` share one table where they can."""
    tables = {host: PathTable(found) for host, found in patterns.items() if host[-2:] != ".*"}
    for wide in patterns.keys() - tables.keys():
        shared = PathTable(patterns[wide])
        for host in _expand(wide, countries):
            own = patterns.get(host)
            tables[host] = shared if own is None else PathTable([*own, *patterns[wide]])
    return tables
