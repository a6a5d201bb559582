"""The request as the app is shown it: without what was declined, and in the app's own terms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from consentmw.asgi.accept_encoding import readable_codings
from consentmw.asgi.validators import Expected, needs_translation, translate_conditions
from consentmw.suppression.cookies import keep_cookies

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

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
    fields = request.fields
    headers: Sequence[tuple[bytes, bytes]] | None = None
    denied: tuple[DeniedCookie, ...] = ()
    if treatment.denies:
        if treatment.denies_cookie(request.cookies.names):
            denied = denied_cookies(request, treatment)
            if site.strips_cookies:
                headers = _without_denied_cookies(request, treatment)
        if _has_unreadable_codings(fields):
            headers = _with_readable_codings(headers or request.scope["headers"])
    if not needs_translation(fields, pages_differ=bool(variant.marker) and request.page_possible):
        return AppRequest(headers, denied) if headers or denied else _UNCHANGED
    expected = Expected(
        marker=variant.marker,
        page_possible=request.page_possible,
        page_certain=request.page_certain,
        safe_method=request.safe_method,
    )
    translation = translate_conditions(headers or request.scope["headers"], expected)
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


def _without_denied_cookies(request: Request, treatment: Treatment) -> Headers:
    shown = []
    for name, value in request.scope["headers"]:
        if name == b"cookie":
            kept = keep_cookies(value, index=treatment.index, own_names=request.names.own).value
            if kept:
                shown.append((name, kept))
        else:
            shown.append((name, value))
    return shown


def _has_unreadable_codings(fields: Mapping[bytes, Sequence[bytes]]) -> bool:
    if not _DICTIONARY_FIELDS.isdisjoint(fields):
        return True
    accepted = fields.get(b"accept-encoding")
    return accepted is not None and [*map(readable_codings, accepted)] != accepted


def _with_readable_codings(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    return [
        (name, readable_codings(value) if name == b"accept-encoding" else value)
        for name, value in headers
        if name not in _DICTIONARY_FIELDS
    ]
