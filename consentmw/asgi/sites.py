"""Which configuration a request belongs to, on a server of one site or of many."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Protocol, runtime_checkable

from consentmw.config import Config
from consentmw.config.hosts import MAX_HOST_LENGTH, bare_host
from consentmw.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from consentmw.asgi.site import Site
    from consentmw.errors import Problem

# Hosts that one server answers for at a time; a visitor can make up others without end.
_REMEMBERED: Final = 1024


@runtime_checkable
class ConfigByHost(Protocol):
    """Gives the configuration of a host, in lower case and without a port.

    A host that isn't the server's raises `LookupError`. Where the callable has an attribute
    `hosts`, the configurations of those are checked at start-up.
    """

    def __call__(self, host: str, /) -> Config | Mapping[str, Any]:
        """The configuration of a host."""
        ...


class Sites:
    """Finds the site of a request and remembers it.

    Args:
        config: One configuration, a mapping that is one, or what gives one for each host.
        build_site: Puts a configuration to work.

    Raises:
        ConfigError: With the problems of all configurations that are known by now.
    """

    def __init__(
        self,
        config: Config | Mapping[str, Any] | ConfigByHost,
        build_site: Callable[[Config], Site],
    ) -> None:
        self._build_site = build_site
        self._by_config: dict[Config, Site] = {}
        self.only: Site | None = None
        """The site, where there is one only."""
        if isinstance(config, ConfigByHost):
            self._config_of = config
            self._check(getattr(config, "hosts", ()))
        else:
            self.only = build_site(_read(config))

    def find(self, headers: Iterable[tuple[bytes, bytes]]) -> Site | None:
        """The site that a request's `Host` names, or `None` where it is none of the server's."""
        raw_host = next((value for name, value in headers if name == b"host"), b"")
        # Whatever is longer is no host, and would be remembered as one that isn't known.
        if len(raw_host) > MAX_HOST_LENGTH:
            return None
        return self._find(bare_host(raw_host.decode("latin-1")))

    @lru_cache(_REMEMBERED)  # noqa: B019 # one object, which lives as long as the process
    def _find(self, host: str) -> Site | None:
        try:
            config = _read(self._config_of(host))
        except LookupError:
            return None
        site = self._by_config.get(config)
        if site is None:
            if len(self._by_config) >= _REMEMBERED:
                self._by_config.clear()
            site = self._by_config[config] = self._build_site(config)
        return site

    def _check(self, hosts: Iterable[str]) -> None:
        problems: list[Problem] = []
        for host in hosts:
            try:
                self._find(host)
            except ConfigError as error:
                problems += error.problems
        if problems:
            raise ConfigError(problems)


def _read(config: Config | Mapping[str, Any]) -> Config:
    return config if isinstance(config, Config) else Config.from_mapping(config)
