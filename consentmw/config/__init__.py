"""The configuration of a site: the only reader of TOML, and the frozen value it becomes.

Everything is checked once, here, and every problem is reported at once; after start-up nothing
reads or checks it again. `reference.toml` lists every key with its default or an example.
"""

from __future__ import annotations

import hashlib
import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from consentmw.config import centre, reading
from consentmw.config.rules import read_rules
from consentmw.config.settings import (
    BrowserSettings,
    CachingSettings,
    CookieSettings,
    EnforcementSettings,
    GpcSupport,
    Link,
    Mode,
    PreferencesSettings,
    SignalSettings,
    SupportedBrowser,
)
from consentmw.config.tables import Problems, Table
from consentmw.config.zones import Zone
from consentmw.core.choice import ChoiceSigner
from consentmw.core.decision import Policy
from consentmw.data import load_catalogue
from consentmw.errors import ConfigError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from consentmw.core.catalogue import Catalogue
    from consentmw.core.categories import Category
    from consentmw.core.decision import Regime
    from consentmw.core.rules import Rule

__all__ = [
    "BrowserSettings",
    "CachingSettings",
    "Config",
    "CookieSettings",
    "EnforcementSettings",
    "GpcSupport",
    "Link",
    "Mode",
    "PreferencesSettings",
    "SignalSettings",
    "SupportedBrowser",
    "Zone",
    "load_config",
]

REFERENCE: Final = Path(__file__).with_name("reference.toml")
_NOWHERE: Final[frozenset[str]] = frozenset()
_REMEMBERED_PATHS: Final = 4096
# A visitor can make up longer ones without end, and sites hardly have any.
_MAX_REMEMBERED_PATH: Final = 512


@dataclass(frozen=True, kw_only=True, eq=False)
class Config:
    """What a site has configured, complete and checked. Two are the same if `fingerprint` is."""

    source: str
    """The file it was read from, for messages."""
    secret_keys: tuple[str, ...] = field(repr=False)
    """Oldest first; empty where the site has no preference centre."""
    revision: int
    regime: Regime
    tag_attributes: tuple[str, ...]
    signals: SignalSettings
    cookie: CookieSettings
    enforcement: EnforcementSettings
    caching: CachingSettings
    browser: BrowserSettings
    categories: Mapping[str, Category]
    """The built-in ones first, then the site's own, in its order."""
    zones: tuple[Zone, ...]
    preferences: PreferencesSettings
    well_known: GpcSupport
    catalogue: Catalogue = field(repr=False)
    """The built-in catalogue and, above it, the site's own rules."""

    @classmethod
    def from_mapping(
        cls,
        mapping: Mapping[str, Any],
        *,
        source: str = "configuration",
        environ: Mapping[str, str] = os.environ,
        folder: Path | None = None,
    ) -> Config:
        """Read a configuration that is in memory already.

        Args:
            mapping: As `tomllib` gives it.
            source: What to call it in messages.
            environ: Where secrets named by `env` and the mode's override come from.
            folder: What the paths in it are relative to; the working directory if not given.

        Raises:
            ConfigError: With all problems at once.
        """
        problems = Problems(source)
        if not isinstance(mapping, Mapping):  # a path, for instance
            found = type(mapping).__name__  # type: ignore[unreachable] # without a type checker
            problems.add("", "", f"found {found}, expected a mapping; load_config reads a file")
            raise ConfigError(problems.found)
        settings = _read(Table(mapping, name="", problems=problems), environ, folder or Path())
        if problems.found:
            raise ConfigError(problems.found)
        return cls(source=source, **settings)

    @cached_property
    def declared(self) -> tuple[Rule, ...]:
        """The rules that stand in the file itself, and not in a list that it names."""
        return tuple(rule for rule in self.catalogue.site.rules if rule.source == self.source)

    @cached_property
    def policy(self) -> Policy:
        """What the decision turns on."""
        return Policy(
            categories=tuple(self.categories.values()),
            regime=self.regime,
            revision=self.revision,
            signals=self.signals,
        )

    @cached_property
    def choice_signer(self) -> ChoiceSigner | None:
        """What signs and reads choices; `None` without a secret."""
        if not self.secret_keys:
            return None
        return ChoiceSigner(
            self.secret_keys,
            categories=self.categories.values(),
            max_age_days=self.cookie.max_age_days,
        )

    @cached_property
    def fingerprint(self) -> str:
        """A digest of all that shapes a response: the effective configuration without secrets."""
        shape = {
            item.name: getattr(self, item.name)
            for item in fields(self)
            if item.name not in ("source", "secret_keys", "catalogue")
        }
        shape["catalogue"] = self.catalogue.version
        canonical = json.dumps(shape, sort_keys=True, default=_plain)
        return hashlib.sha256(canonical.encode()).hexdigest()[:16]

    def zone_denied(self, host: str, path: str) -> frozenset[str]:
        """What the zones deny to everyone on a host and a full decoded path."""
        if not self.zones:
            return _NOWHERE
        if len(host) + len(path) > _MAX_REMEMBERED_PATH:
            return self._find_zones(host, path)
        return self._zone_denied(host, path)

    @cached_property
    def _zone_denied(self) -> Callable[[str, str], frozenset[str]]:
        return lru_cache(_REMEMBERED_PATHS)(self._find_zones)

    def _find_zones(self, host: str, path: str) -> frozenset[str]:
        return _NOWHERE.union(*(zone.deny for zone in self.zones if zone.matches(host, path)))


def load_config(path: str | os.PathLike[str], *, environ: Mapping[str, str] = os.environ) -> Config:
    """Read a configuration file; called at import, it makes a broken file stop the process.

    Raises:
        ConfigError: The file can't be read, or something in it is wrong; with all problems at once.
    """
    source = os.fspath(path)
    try:
        mapping = tomllib.loads(Path(path).read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        message = f"can't be read: {error}"
        raise ConfigError([Problem(source=source, table="", key="", message=message)]) from error
    return Config.from_mapping(mapping, source=source, environ=environ, folder=Path(path).parent)


def _read(root: Table, environ: Mapping[str, str], folder: Path) -> dict[str, Any]:
    categories_table = root.table("categories")
    tables = {name: categories_table.table(name) for name in categories_table.names()}
    categories = reading.read_categories(tables)
    cookie = reading.read_cookie(root.table("cookie"))
    rules = read_rules(tables.values(), folder=folder, choice_cookie=cookie.name)
    for table in tables.values():
        table.finish()
    settings = {
        "secret_keys": reading.read_secret_keys(root, environ),
        # The choice cookie has room for nine digits.
        "revision": root.integer("revision", default=1, least=1, most=999_999_999),
        "regime": root.word("regime", default="opt-out", options=("opt-out", "opt-in")),
        "tag_attributes": reading.read_tag_attributes(root),
        "signals": reading.read_signals(root.table("signals")),
        "cookie": cookie,
        "enforcement": reading.read_enforcement(root.table("enforcement"), environ),
        "caching": reading.read_caching(root.table("caching")),
        "browser": reading.read_browser(root.table("browser")),
        "categories": MappingProxyType(categories),
        "zones": tuple(reading.read_zone(zone, categories) for zone in root.tables("zones")),
        "preferences": centre.read_preferences(root.table("preferences"), folder),
        "well_known": centre.read_gpc_support(root.table("well_known")),
        "catalogue": load_catalogue().extended(rules),
    }
    centre.check_secret(root)
    root.finish()
    return settings


def _plain(value: object) -> object:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Mapping):
        return dict(value)
    if is_dataclass(value):
        return {item.name: getattr(value, item.name) for item in fields(value)}
    return str(value)
