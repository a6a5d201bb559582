"""What a URL, a cookie or an inline script is: rules, indexed, and the rule behind each answer.

A catalogue is immutable and has two layers. What a site says in its own file outranks the built-in
layer whole; and of the site's own host nothing is said but what that file says. In a layer the
longest host with a matching rule decides; on one host, URL rules go before the host's own rule and
the one with more literal characters first.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from consentmw.core.addresses import read_address
from consentmw.core.layers import RuleLayer, suffixes
from consentmw.core.needles import Needles
from consentmw.core.rules import Classification, Rule, RuleKind
from consentmw.core.scripts import Loader, LoaderFinder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = [
    "Catalogue",
    "Classification",
    "DeniedIndex",
    "Loader",
    "Rule",
    "RuleKind",
]

# Answers are remembered for what a site's pages name again and again. The numbers bound memory to a
# few megabytes; longer texts are looked up anew, because visitors can make them up without end.
_REMEMBERED: Final = 4096
_REMEMBERED_LENGTH: Final = 512
_REMEMBERED_SCRIPTS: Final = 256
_REMEMBERED_SCRIPT_LENGTH: Final = 16_384
# Denied sets: two to the power of the optional categories, of which a site uses a handful.
_REMEMBERED_DENIED_SETS: Final = 64
_ANYTHING: Final = Needles((b"",))


class Catalogue:
    """All rules together; the module's docstring says which of them decides."""

    def __init__(
        self,
        built_in: RuleLayer | Iterable[Rule] = (),
        *,
        site: RuleLayer | Iterable[Rule] = (),
        version: str = "",
    ) -> None:
        """Index the rules; `version` spares the digest where one of the built-in rules is known."""
        self.built_in = built_in if isinstance(built_in, RuleLayer) else RuleLayer(built_in)
        self.site = site if isinstance(site, RuleLayer) else RuleLayer(site)
        self._built_in_version = version or _digest(self.built_in.rules)
        self.version: str = self._built_in_version
        """A digest of the content: it changes when an answer could."""
        if self.site.rules:
            self.version = _digest(self.site.rules, self._built_in_version)
        remember = lru_cache(maxsize=_REMEMBERED)
        self._remembered_target: Callable[..., Classification | None] = remember(self._target)
        self._remembered_url: Callable[..., Classification | None] = remember(self._url)
        self._remembered_cookie: Callable[..., Classification | None] = remember(self._cookie)
        self._remembered_indexes: Callable[[frozenset[str]], DeniedIndex] = lru_cache(
            maxsize=_REMEMBERED_DENIED_SETS
        )(lambda denied: DeniedIndex(self, denied))
        self._finder: LoaderFinder | None = None

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule, the site's first."""
        return self.site.rules + self.built_in.rules

    @property
    def inline_rules(self) -> list[Rule]:
        """The rules for inline scripts, the site's in place of built-in ones of their pattern."""
        layers = (self.built_in, self.site)
        return list({rule.pattern: rule for layer in layers for rule in layer.inline}.values())

    def extended(self, rules: Iterable[Rule]) -> Catalogue:
        """Return this catalogue with a site's rules, which outrank all that is built in."""
        site = [rule if rule.from_site else rule._replace(from_site=True) for rule in rules]
        return Catalogue(
            self.built_in, site=[*self.site.rules, *site], version=self._built_in_version
        )

    def denying(self, denied: frozenset[str]) -> DeniedIndex:
        """Return the catalogue as seen where these categories are denied; built once for each."""
        return self._remembered_indexes(denied)

    def classify_url(self, url: str, *, own_host: str = "") -> Classification | None:
        """Classify a URL as pages write it: absolute, without scheme, or relative to `own_host`."""
        if len(url) > _REMEMBERED_LENGTH:
            return self._url(url, own_host)
        return self._remembered_url(url, own_host)

    def classify_target(
        self, host: str, target: str, *, own_host: str = ""
    ) -> Classification | None:
        """Classify a URL taken apart: lower-case ASCII host, ``/path?query``."""
        if len(target) > _REMEMBERED_LENGTH:
            return self._target(host, target, own_host)
        return self._remembered_target(host, target, own_host)

    def classify_any_host(self, target: str) -> Classification | None:
        """Classify ``/path?query`` by what the built-in catalogue says of any host."""
        table = self.built_in.paths.get("*")
        rule = None if table is None else table.find(target)
        if rule is None:
            return None
        return Classification(category=rule.category, vendor=rule.vendor, rule=rule)

    def classify_cookie(self, name: str, *, set_by_site: bool) -> Classification | None:
        """Classify a cookie; if the site sets it, only by a name that nobody else would choose."""
        if len(name) > _REMEMBERED_LENGTH:
            return self._cookie(name, set_by_site)
        return self._remembered_cookie(name, set_by_site)

    def classify_inline(self, script: str, *, own_host: str = "") -> tuple[Classification, ...]:
        """Return what an inline script loads or starts, in order of appearance, each once."""
        loaders = self.find_loaders(script, own_host=own_host)
        return tuple(dict.fromkeys(loader.classification for loader in loaders))

    def find_loaders(self, script: str, *, own_host: str = "") -> Iterator[Loader]:
        """Yield each place of a script that loads or starts something, in order."""
        if self._finder is None:
            self._finder = LoaderFinder(self.inline_rules, self._find_target)
        return self._finder.find(script, own_host)

    def _find_target(self, host: str, target: str, own_host: str) -> Classification | None:
        return self.classify_target(host, target, own_host=own_host)

    def _url(self, url: str, own_host: str) -> Classification | None:
        address = read_address(url, own_host)
        return None if address is None else self._target(*address, own_host)

    def _target(self, host: str, target: str, own_host: str) -> Classification | None:
        if host == own_host:
            rule = self.site.own_paths.find(target) or self.site.find(host, target)
        else:
            rule = self.site.find(host, target) or self.built_in.find(host, target)
        if rule is None:
            return None
        return Classification(category=rule.category, vendor=rule.vendor, rule=rule)

    def _cookie(self, name: str, set_by_site: bool) -> Classification | None:
        for layer in (self.site, self.built_in):
            table = layer.distinctive_cookies if set_by_site else layer.cookies
            rule = table.find(name)
            if rule is not None:
                return Classification(category=rule.category, vendor=rule.vendor, rule=rule)
        return None


class DeniedIndex:
    """A catalogue as one denied set sees it: what is denied, and nothing of what isn't."""

    def __init__(self, catalogue: Catalogue, denied: frozenset[str]) -> None:
        self.catalogue = catalogue
        self.denied = denied
        self.hosts: frozenset[str] = frozenset(
            catalogue.site.hosts_of(denied) | catalogue.built_in.hosts_of(denied)
        )
        """The host patterns with anything denied, ``*`` for any host among them."""
        self.site_paths: bool = catalogue.site.own_paths.names_any(denied)
        """Whether the site's file denies paths of its own host."""
        self._any_host: Needles | None = None
        if "*" in self.hosts:
            needles = {
                pattern.needle.encode()
                for layer in (catalogue.site, catalogue.built_in)
                if "*" in layer.paths
                for pattern in layer.paths["*"].patterns
                if pattern.rule.category in denied
            }
            # A per cent sign may stand for any letter of what is looked for.
            self._any_host = Needles(needles, also=(b"%[2-7]",))
        self._finder = LoaderFinder(
            [rule for rule in catalogue.inline_rules if rule.category in denied],
            self._find_target,
            self.hosts,
            self._any_host,
        )
        self._remembered_inline: Callable[[str, str], Classification | None] = lru_cache(
            maxsize=_REMEMBERED_SCRIPTS
        )(self._inline)

    def watch_for(self, host: str, *, own_host: str = "") -> Needles | None:
        """Return what to look for in the bytes around a URL of a host, a sound shortcut.

        Nothing can be denied of it where this is `None` or isn't found. Of a host on which nothing
        is denied, that is what any host is denied for: the paths of software that anybody can host.
        """
        catalogue = self.catalogue
        known = [suffix for suffix in suffixes(host) if suffix != "*"]
        if host == own_host:
            own = catalogue.site.hosts_of(self.denied)
            denied = self.site_paths or any(suffix in own for suffix in known)
            return _ANYTHING if denied else None
        if self.denies_on(host):
            return _ANYTHING
        by_site = catalogue.site.hosts
        return None if any(suffix in by_site for suffix in known) else self._any_host

    def denies_on(self, host: str) -> bool:
        """Tell whether anything is denied of this very host, and not of any host."""
        return any(suffix in self.hosts for suffix in suffixes(host) if suffix != "*")

    def target(self, host: str, target: str, *, own_host: str) -> Classification | None:
        """Return the classification of a URL taken apart, if it is denied.

        What any host is denied for is denied whatever else the built-in catalogue knows of the
        host: a container is one, wherever it is served from. The site's own word outranks it.
        """
        found = self.catalogue.classify_target(host, target, own_host=own_host)
        if found is None or found.category in self.denied:
            return found
        if found.rule.from_site:
            return None
        return self._if_denied(self.catalogue.classify_any_host(target))

    def cookie(self, name: str, *, set_by_site: bool) -> Classification | None:
        """Return the classification of a cookie, if it is denied."""
        return self._if_denied(self.catalogue.classify_cookie(name, set_by_site=set_by_site))

    def inline(self, script: str, *, own_host: str = "") -> Classification | None:
        """Return the first denied thing that an inline script loads or starts."""
        if len(script) > _REMEMBERED_SCRIPT_LENGTH:
            return self._inline(script, own_host)
        return self._remembered_inline(script, own_host)

    def inline_in(self, script: bytes, encoding: str, *, own_host: str) -> Classification | None:
        """Return the same for bytes of an ASCII-compatible encoding, most quickly if it is None."""
        finder = self._finder
        words = finder.words_in(script)
        if not words and not finder.names_any(script):
            return None
        found = finder.find(script.decode(encoding, "replace"), own_host, words)
        return next((loader.classification for loader in found), None)

    def _if_denied(self, classification: Classification | None) -> Classification | None:
        if classification is not None and classification.category in self.denied:
            return classification
        return None

    def _find_target(self, host: str, target: str, own_host: str) -> Classification | None:
        return self.target(host, target, own_host=own_host)

    def _inline(self, script: str, own_host: str) -> Classification | None:
        return next((loader.classification for loader in self._finder.find(script, own_host)), None)


def _digest(rules: Iterable[Rule], salt: str = "") -> str:
    digest = hashlib.sha256(salt.encode())
    for rule in rules:
        digest.update(repr(rule).encode())
    return digest.hexdigest()[:16]
