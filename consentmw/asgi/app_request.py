"""The request as the app is shown it: without what was declined, and in the app's own terms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from consentmw.asgi.accept_encoding import readable_codings
from consentmw.asgi.validators import CONDITIONS, Expected, translate_conditions
from consentmw.suppression.cookies import keep_cookies

if TYPE_CHECKING:
    from collections.abc import Iterable

    from consentmw.asgi.request import Request
    from consentmw.asgi.site import Site, Treatment
    from consentmw.asgi.variants import Variant
    from consentmw.suppression.cookies import DeniedCookie

Headers = list[tuple[bytes, bytes]]

# Extensions by which the server sends a file itself, so that its bytes never come past here.
_BODY_PAST_US: Final = ("http.response.pathsend", "http.response.zerocopysend")
# RFC 9842: what a browser offers to have an answer compressed against.
_DICTIONARY_FIELDS: Final = frozenset({b"available-dictionary", b"dictionary-id"})


class AppRequest(NamedTuple):
    """What the app is shown, and what has to be remembered of the rest."""

    headers: Iterable[tuple[bytes, bytes]]
    """The same object where nothing is changed."""
    denied_cookies: tuple[DeniedCookie, ...] = ()
    """What the browser still holds of denied categories."""
    unmarked: frozenset[bytes] = frozenset()
    """The app's entity tags that came with the current marker."""


def build_app_request(
    request: Request, site: Site, treatment: Treatment, variant: Variant
) -> AppRequest:
    """Show the app what it may see of a request's fields."""
    headers: Iterable[tuple[bytes, bytes]] = request.scope["headers"]
    denied: tuple[DeniedCookie, ...] = ()
    if treatment.denies:
        if b"cookie" in request.fields:
            headers, denied = _without_denied_cookies(headers, request, site, treatment)
        headers = _with_readable_codings(headers, request)
    if CONDITIONS.isdisjoint(request.fields):
        return AppRequest(headers, denied)
    translation = translate_conditions(
        headers,
        Expected(
            marker=variant.marker,
            page_possible=request.page_possible,
            page_certain=request.page_certain,
            safe_method=request.scope["method"] in ("GET", "HEAD"),
        ),
    )
    return AppRequest(translation.headers, denied, translation.unmarked)


def denied_cookies(request: Request, treatment: Treatment) -> tuple[DeniedCookie, ...]:
    """The cookies of denied categories that a browser has sent."""
    return tuple(
        cookie
        for value in request.fields.get(b"cookie", ())
        for cookie in keep_cookies(value, index=treatment.index, own_names=request.names.own).denied
    )


def without_body_past_us(extensions: dict[str, Any]) -> dict[str, Any]:
    """The server's extensions without those by which a page would get past the middleware."""
    return {name: value for name, value in extensions.items() if name not in _BODY_PAST_US}


def _without_denied_cookies(
    headers: Iterable[tuple[bytes, bytes]], request: Request, site: Site, treatment: Treatment
) -> tuple[Iterable[tuple[bytes, bytes]], tuple[DeniedCookie, ...]]:
    denied = denied_cookies(request, treatment)
    if not denied or not site.strips_cookies:
        return headers, denied
    shown = []
    for name, value in headers:
        if name == b"cookie":
            kept = keep_cookies(value, index=treatment.index, own_names=request.names.own).value
            if kept:
                shown.append((name, kept))
        else:
            shown.append((name, value))
    return shown, denied


def _with_readable_codings(
    headers: Iterable[tuple[bytes, bytes]], request: Request
) -> Iterable[tuple[bytes, bytes]]:
    accepted = request.fields.get(b"accept-encoding", ())
    readable = {value: readable_codings(value) for value in accepted}
    if b"available-dictionary" not in request.fields and all(
        value is shown for value, shown in readable.items()
    ):
        return headers
    return [
        (name, readable[value] if name == b"accept-encoding" else value)
        for name, value in headers
        if name not in _DICTIONARY_FIELDS
    ]
