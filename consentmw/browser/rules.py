"""A category's part of the catalogue as the guard reads it: small, exact, and ready to be JSON.

Nothing of it is probabilistic: an address is denied in the browser if it is denied on the server,
the exceptions included. What can't change an answer is left out. `client/types.d.ts` describes the
form, `client/rules.js` reads it.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from itertools import takewhile
from string import ascii_uppercase
from typing import TYPE_CHECKING, Any, Final

from consentmw.browser.stubs import FUNCTIONS, QUEUES
from consentmw.core.layers import suffixes
from consentmw.core.patterns import Glob

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from consentmw.core.catalogue import Catalogue, DeniedIndex
    from consentmw.core.categories import Category
    from consentmw.core.layers import RuleLayer
    from consentmw.core.patterns import UrlPattern
    from consentmw.core.rules import Rule

_ANY_HOST: Final = "*"
_OWN_HOST: Final = ""
_MOST_SHARED: Final = len(ascii_uppercase) - 1


def build_rules(
    catalogue: Catalogue, category: Category, *, names_vendors: bool = False
) -> dict[str, Any] | None:
    """Return what the guard needs to keep a category out; `None` if nothing is known of it.

    Args:
        catalogue: The site's.
        category: The denied one; each has rules of its own, as an address has one category at most.
        names_vendors: Whether the page's developer is to be told the vendor of each rule.
    """
    builder = _Builder(catalogue.denying(frozenset((category.name,))))
    site, built_in = builder.site(), builder.built_in()
    cookies = builder.cookies()
    if not (site or built_in or cookies):
        return None
    rules: dict[str, Any] = {
        "category": category.name,
        "site": site,
        "builtIn": built_in,
        "cookies": cookies,
        "placeholder": category.placeholder,
        "ownPaths": bool(catalogue.site.own_paths.patterns),
        "stubs": builder.stubs(FUNCTIONS),
        "queues": builder.stubs(QUEUES),
    }
    if names_vendors:
        rules["vendors"] = builder.vendors()
    return rules


class _Builder:
    def __init__(self, index: DeniedIndex) -> None:
        self._index = index
        self._site = index.catalogue.site
        self._built_in = index.catalogue.built_in

    def site(self) -> list[list[Any]]:
        """The site's own layer, whole: it overrides what is built in."""
        layer = self._site
        if not any(self._denies(rule) for rule in layer.rules) and not self._built_in.rules:
            return []
        own = self._paths(layer.own_paths.patterns)
        return [
            *([[_joined([_OWN_HOST]), None, own]] if own else []),
            *self._grouped(layer, layer.hosts.keys() | layer.paths.keys()),
        ]

    def built_in(self) -> list[list[Any]]:
        """Those hosts of the built-in layer whose rules can change an answer.

        A host that is an exception to nothing but what is denied on any host (a container's file,
        wherever it is served from) is left out: that would be most of the catalogue.
        """
        return self._grouped(self._built_in, self._telling_hosts())

    def cookies(self) -> list[list[Any]]:
        """Names in groups of one ruling, in the order in which the groups are tried."""
        return _in_order([*self._cookies(self._site), *self._telling_cookies()])

    def stubs(self, stubs: Iterable[tuple[str, str, str]]) -> list[str]:
        """Names of suppressed vendors."""
        return [
            name for name, host, target in stubs if self._index.target(host, target, own_host="")
        ]

    def vendors(self) -> dict[str, str]:
        """The vendor of each rule, under the name by which the guard knows the rule."""
        vendors = {}
        for layer in (self._built_in, self._site):
            tables = [(_OWN_HOST, layer.own_paths), *layer.paths.items()]
            vendors.update(
                {host: rule.vendor for host, rule in layer.hosts.items() if self._denies(rule)}
            )
            for host, table in tables:
                for pattern in table.patterns:
                    if self._denies(pattern.rule):
                        query = pattern.query and f"?{pattern.query}"
                        vendors[f"{host}{_path(pattern)}{query}"] = pattern.rule.vendor
        return vendors

    def _telling_hosts(self) -> Iterator[str]:
        layer = self._built_in
        known = layer.hosts.keys() | layer.paths.keys()
        for host in known:
            domains = [domain for domain in suffixes(host) if domain != _ANY_HOST] or [_ANY_HOST]
            if self._index.hosts.isdisjoint(domains):
                continue
            # What only repeats the domain above it adds nothing.
            said = [domain for domain in domains if domain in known][:2]
            if len(said) == 2 and layer.paths.keys().isdisjoint(said):
                own, above = (self._denies(layer.hosts[domain]) for domain in said)
                if own == above:
                    continue
            yield host

    def _grouped(self, layer: RuleLayer, hosts: Iterable[str]) -> list[list[Any]]:
        """Hosts of which the same is said together: ``[hosts, ruling, paths]``."""
        alike: dict[tuple[int | None, tuple[tuple[str, str, int], ...]], list[str]] = {}
        for host in sorted(hosts):
            rule, table = layer.hosts.get(host), layer.paths.get(host)
            ruling = None if rule is None else self._denies(rule)
            paths = () if table is None else self._paths(table.patterns)
            if host == _ANY_HOST:
                # Nothing comes after these: what allows is needed before what denies only.
                last = max((place for place, path in enumerate(paths) if path[2]), default=-1)
                paths = paths[: last + 1]
            alike.setdefault((ruling, paths), []).append(host)
        return [
            [_joined(group), ruling, *([paths] if paths else [])]
            for (ruling, paths), group in alike.items()
        ]

    def _paths(self, patterns: Iterable[UrlPattern]) -> tuple[tuple[str, str, int], ...]:
        rulings: dict[tuple[str, str], int] = {}
        for pattern in patterns:
            # The first of two equal patterns decides.
            rulings.setdefault((_path(pattern), pattern.query), self._denies(pattern.rule))
        return tuple((path, query, ruling) for (path, query), ruling in rulings.items())

    def _telling_cookies(self) -> list[tuple[Glob, int]]:
        """The built-in names, less those of which a pattern says the same without them."""
        exact: list[tuple[Glob, int]] = []
        patterns: list[tuple[Glob, int]] = []
        for glob, ruling in self._cookies(self._built_in):
            (patterns if "*" in glob.text else exact).append((glob, ruling))
        telling: list[tuple[Glob, int]] = []
        denying, excepted = _Names(), _Names()
        for glob, ruling in reversed(patterns):
            # What allows is an exception to a pattern that is tried later, or says nothing.
            if ruling or denying.overlap(glob):
                telling.append((glob, ruling))
                (denying if ruling else excepted).add(glob)
        telling.reverse()
        own = [
            (glob, ruling)
            for glob, ruling in exact
            if (denying.match(glob.text) and not excepted.match(glob.text)) != bool(ruling)
        ]
        return [*reversed(own), *telling]

    def _cookies(self, layer: RuleLayer) -> Iterator[tuple[Glob, int]]:
        """Names in the order in which `CookieTable` tries them: exact, then the most literal."""
        rules = [(Glob(rule.pattern), rule) for rule in layer.rules if rule.kind == "cookie"]
        for glob, rule in sorted(
            rules, key=lambda r: ("*" in r[0].text, -r[0].literals, r[0].text)
        ):
            yield glob, self._denies_script(rule)

    def _denies_script(self, rule: Rule) -> int:
        # A script's cookie may be the site's own: only a name that tells its vendor counts.
        return self._denies(rule) if rule.distinctive else 0

    def _denies(self, rule: Rule) -> int:
        return int(rule.category in self._index.denied)


def _path(pattern: UrlPattern) -> str:
    return pattern.path if "*" in pattern.path else pattern.path.rstrip("/")


def _joined(hosts: Iterable[str]) -> str:
    """Hosts by their labels from the end, each less what it shares with the one before.

    A capital says how many characters that is, ``Acom.exampleL.ads`` being ``example.com`` and
    ``ads.example.com``. It saves a tenth of what gzip leaves.
    """
    text, previous = [], ""
    for host in sorted(".".join(reversed(host.split("."))) for host in hosts):
        alike = takewhile(lambda pair: pair[0] == pair[1], zip(previous, host, strict=False))
        shared = min(len(list(alike)), _MOST_SHARED)
        text.append(ascii_uppercase[shared] + host[shared:])
        previous = host
    return "".join(text)


def _in_order(names: Iterable[tuple[Glob, int]]) -> list[list[Any]]:
    """Group names by ruling without changing which of two overlapping ones is tried first."""
    groups: list[tuple[_Names, int]] = []
    for glob, ruling in names:
        for members, group_ruling in reversed(groups):
            if group_ruling == ruling:
                members.add(glob)
                break
            # Only past names with which it has nothing in common may it move up.
            if members.overlap(glob):
                groups.append((_Names(glob), ruling))
                break
        else:
            groups.append((_Names(glob), ruling))
    return [["\n".join(sorted(members.texts)), ruling] for members, ruling in groups]


class _Names:
    """Names and patterns of names, which tell quickly what they have in common with another."""

    def __init__(self, *globs: Glob) -> None:
        self.texts: list[str] = []
        self._exact: list[str] = []
        """In alphabetical order."""
        self._patterns: dict[str, list[Glob]] = {}
        """By what each match begins with."""
        self._beginnings: set[str] = set()
        """Of what the patterns' matches begin with."""
        self._anywhere: list[tuple[str, Glob]] = []
        """Those of which nothing is known but a word that each match holds."""
        for glob in globs:
            self.add(glob)

    def add(self, glob: Glob) -> None:
        """Take one in."""
        self.texts.append(glob.text)
        if "*" not in glob.text:
            insort(self._exact, glob.text)
        elif glob.prefix:
            self._patterns.setdefault(glob.prefix, []).append(glob)
            self._beginnings.update(_beginnings(glob.prefix))
        else:
            self._anywhere.append((max(glob.text.split("*"), key=len), glob))

    def match(self, name: str) -> bool:
        """Whether one of the patterns describes a name."""
        patterns = self._patterns
        return any(
            glob.matches(name)
            for beginning in _beginnings(name)
            if beginning in patterns
            for glob in patterns[beginning]
        ) or any(word in name and glob.matches(name) for word, glob in self._anywhere)

    def overlap(self, glob: Glob) -> bool:
        """Whether any of them can match a name that another pattern matches.

        ``theirs_*`` and ``*_ours`` are taken to have nothing in common: no vendor's names are made
        of both, and keeping such pairs in order would double the rules.
        """
        prefix = glob.prefix
        place = bisect_left(self._exact, prefix)
        if "*" not in glob.text:
            return self._exact[place : place + 1] == [prefix] or self.match(prefix)
        if prefix in self._beginnings or (not prefix and self._anywhere):
            return True
        if not self._patterns.keys().isdisjoint(_beginnings(prefix)):
            return True
        begun_alike = takewhile(lambda name: name.startswith(prefix), self._exact[place:])
        return any(map(glob.matches, begun_alike))


def _beginnings(text: str) -> list[str]:
    return [text[:length] for length in range(1, len(text) + 1)]
