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

What follows is public; everything else may change between two releases.
"""

from __future__ import annotations

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
