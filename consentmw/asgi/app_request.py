"""The request as the app is shown it: without what was declined, and in the app's own terms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from consentmw.access import SCOPE_KEY, RequestConsent
from consentmw.asgi.accept_encoding import readable_codings
from consentmw.asgi.validators import Expected, needs_translation, translate_conditions
from consentmw.asgi.visit import DICTIONARY_FIELDS
from consentmw.suppression.cookies import keep_cookies

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from starlette.types import Scope

    from consentmw.asgi.request import Request
    from consentmw.asgi.site import Site
    from consentmw.asgi.treatment import Treatment
    from consentmw.asgi.variants import Variant
    from consentmw.core.decision import Consent
    from consentmw.suppression.cookies import DeniedCookie

Headers = list[tuple[bytes, bytes]]

# Extensions by which the server sends a file itself, so that its bytes never come past here.
_BODY_PAST_US: Final = ("http.response.pathsend", "http.response.zerocopysend")


class SiteConsent(RequestConsent):
    """The consent of a request, and the site that decided."""

    __slots__ = ("site",)

    def __init__(self, consent: Consent, site: Site) -> None:
        self.consent = consent
        self.asked = self.started = False
        self.site = site


def scope_for_app(scope: Scope, site: Site, consent: Consent) -> dict[str, Any]:
    """A copy of a scope in which the app finds the consent.

    The state is shared, as everywhere in Starlette: what an app notes there for the middlewares
    around it has to reach them. Servers make one for each request (ASGI, Lifespan State).
    """
    copied = {**scope}
    copied[SCOPE_KEY] = SiteConsent(consent, site)
    state = copied.get("state")
    if state is None:
        copied["state"] = {"consent": consent}
    else:
        state["consent"] = consent
    return copied


class AppRequest(NamedTuple):
    """What the app is shown, and what has to be remembered of the rest."""

    headers: Sequence[tuple[bytes, bytes]] | None
    """`None` where nothing is changed."""
    denied_cookies: tuple[DeniedCookie, ...] = ()
    """What the browser still holds of denied categories."""
    unmarked: frozenset[bytes] = frozenset()
    """The app's entity tags that came with the current marker."""


_UNCHANGED: Final = AppRequest(None)


def build_app_request(
    request: Request, site: Site, treatment: Treatment, variant: Variant
) -> AppRequest:
    """Show the app what it may see of a request's fields."""
    visit = request.visit
    headers: Sequence[tuple[bytes, bytes]] | None = None
    denied: tuple[DeniedCookie, ...] = ()
    if treatment.denies:
        denied = request.cookies_denied_by(treatment)
        if denied and site.strips_cookies:
            headers = _without_denied_cookies(request, treatment)
        if not visit.readable_codings:
            headers = _with_readable_codings(headers or request.scope["headers"])
    conditions = request.conditions
    if not conditions or not needs_translation(
        conditions, pages_differ=bool(variant.marker) and visit.page_possible
    ):
        return AppRequest(headers, denied) if headers or denied else _UNCHANGED
    expected = Expected(
        marker=variant.marker,
        page_possible=visit.page_possible,
        page_certain=visit.page_certain,
        safe_method=request.safe_method,
    )
    translation = translate_conditions(headers or request.scope["headers"], expected)
    return AppRequest(translation.headers, denied, translation.unmarked)


def without_body_past_us(extensions: dict[str, Any]) -> dict[str, Any]:
    """The server's extensions without those by which a page would get past the middleware."""
    return {name: value for name, value in extensions.items() if name not in _BODY_PAST_US}


def _without_denied_cookies(request: Request, treatment: Treatment) -> Headers:
    own_names = request.visit.names.own
    shown = []
    for name, value in request.scope["headers"]:
        if name == b"cookie":
            kept = keep_cookies(value, index=treatment.index, own_names=own_names).value
            if kept:
                shown.append((name, kept))
        else:
            shown.append((name, value))
    return shown


def _with_readable_codings(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    return [
        (name, readable_codings(value) if name == b"accept-encoding" else value)
        for name, value in headers
        if name not in DICTIONARY_FIELDS
    ]
