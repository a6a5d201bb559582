"""Server-side consent and opt-out enforcement for ASGI apps.

A browser that sends Global Privacy Control, or that has opted out in the site's own preference
centre, gets the same site without advertising, decided on the server before a byte leaves.

The layers, each of which knows only those below it (import-linter holds them to it)::

    cli | pytest_plugin      what an owner runs
    testing                  assertions for a site's own suite
    inspection               what is on a site, and what came through
    asgi                     the middleware: scopes, messages, bodies, caches
    preferences | browser    what a visitor sees, and what runs in the visitor's browser
    access                   the decision of the request at hand
    suppression | config     what is kept from the browser; what the site has settled
    data                     the built-in catalogue
    core | html              pure: the decision; bytes of a page in, bytes out
    errors

What follows is public; everything else may change between two releases. It is imported where it is
first asked for: pytest imports this package in every run where it is installed, to find a plugin
that most runs don't use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from consentmw.access import consent_from_scope, deny, get_consent
    from consentmw.asgi import ConsentMiddleware
    from consentmw.config import Config, load_config
    from consentmw.core.categories import Category
    from consentmw.core.choice import Choice, ChoiceSigner
    from consentmw.core.decision import Consent, Reason
    from consentmw.errors import (
        CatalogueError,
        ConfigError,
        ConsentmwError,
        CookieError,
        Problem,
        RewriteError,
        StoreError,
        UnknownCategoryError,
    )
    from consentmw.preferences import TemplateHelpers, keep_choice

__version__ = "0.1.0"

__all__ = [
    "CatalogueError",
    "Category",
    "Choice",
    "ChoiceSigner",
    "Config",
    "ConfigError",
    "Consent",
    "ConsentMiddleware",
    "ConsentmwError",
    "CookieError",
    "Problem",
    "Reason",
    "RewriteError",
    "StoreError",
    "TemplateHelpers",
    "UnknownCategoryError",
    "__version__",
    "consent_from_scope",
    "deny",
    "get_consent",
    "keep_choice",
    "load_config",
]

_HOMES: Final = {
    "consentmw.access": (
        "consent_from_scope",
        "deny",
        "get_consent",
    ),
    "consentmw.asgi": ("ConsentMiddleware",),
    "consentmw.config": (
        "Config",
        "load_config",
    ),
    "consentmw.core.categories": ("Category",),
    "consentmw.core.choice": (
        "Choice",
        "ChoiceSigner",
    ),
    "consentmw.core.decision": (
        "Consent",
        "Reason",
    ),
    "consentmw.errors": (
        "CatalogueError",
        "ConfigError",
        "ConsentmwError",
        "CookieError",
        "Problem",
        "RewriteError",
        "StoreError",
        "UnknownCategoryError",
    ),
    "consentmw.preferences": (
        "TemplateHelpers",
        "keep_choice",
    ),
}
_HOME_OF: Final = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(home), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
