"""The settings of a site, one frozen value for each table of the configuration.

The defaults are those that a careful site would choose; how they are read is another module's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from consentmw.config.hosts import is_local
from consentmw.core.choice import MAX_AGE_DAYS
from consentmw.core.signals import SignalSettings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

Mode = Literal["enforce", "observe", "off"]

__all__ = [
    "BrowserSettings",
    "CachingSettings",
    "CookieSettings",
    "EnforcementSettings",
    "GpcSupport",
    "Link",
    "Mode",
    "PreferencesSettings",
    "SignalSettings",
    "SupportedBrowser",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class CookieSettings:
    """How the choice is kept in the visitor's browser."""

    name: str = "privacy_choices"
    domain: str | None = None
    """The domain whose hosts share the choice; each of them can then plant an allowance."""
    max_age_days: int = MAX_AGE_DAYS

    def name_for(self, host: str) -> str:
        """The name of the choice cookie on a host, as it stands in the header."""
        return self._prefixed(self.name, host)

    def report_name_for(self, host: str) -> str:
        """The name of the session cookie that keeps what the page's script reported."""
        return self._prefixed(f"{self.name}_signal", host)

    def secure_for(self, host: str) -> bool:
        """Whether the cookies carry `Secure`: everywhere but on this machine itself.

        The scheme of a request says nothing: behind a proxy that ends TLS it is `http`.
        """
        return not is_local(host)

    def _prefixed(self, name: str, host: str) -> str:
        # `__Host-` keeps subdomains from planting the cookie; it demands Secure and no Domain.
        return name if self.domain or is_local(host) else f"__Host-{name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class EnforcementSettings:
    """What is done about what is denied."""

    mode: Mode = "enforce"
    request_cookies: Literal["strip", "keep"] = "strip"
    max_inline_bytes: int = 1024 * 1024
    html_types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CachingSettings:
    """How caches in between learn that a page has variants."""

    strategy: Literal["vary", "private", "edge"] = "vary"
    edge_header: str = "x-privacy-variant"
    """The request header in which the CDN says the key that it has computed (`edge` only)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserSettings:
    """What runs in the browser of a visitor for whom something is denied."""

    guard: Literal["script", "script+worker", "off"] = "script"
    csp: Literal["off", "report-only", "enforce"] = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class GpcSupport:
    """What `/.well-known/gpc.json` states; nothing is served where `gpc` is `None`."""

    gpc: bool | None = None
    last_update: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link that the preference centre lists, to an industry's opt-out page for instance."""

    label: str
    url: str
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportedBrowser:
    """A row of the table of browsers that can send a signal."""

    name: str
    signal: str = ""
    """What to turn on, in the words of that browser."""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferencesSettings:
    """The preference centre: where it is and what a site adds to it."""

    path: str = "/privacy-choices"
    languages: tuple[str, ...] = ("en", "es")
    """In the order of preference; the first serves whoever asks for none of them."""
    site_name: str = ""
    stylesheet: str = ""
    """A stylesheet of the site's own, loaded after ours: the place for its CSS variables."""
    templates: str = ""
    """A folder of templates that come before ours."""
    links: tuple[Link, ...] = ()
    browsers: tuple[SupportedBrowser, ...] = ()
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: MappingProxyType({}))
    """Texts changed or added, by language and key."""
