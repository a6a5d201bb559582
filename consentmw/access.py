"""How an app, and our own endpoints, reach the decision of the request at hand.

The middleware puts one `RequestConsent` into the scope; everything here finds it there. It knows
nothing of how the decision came about or what is done about it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from starlette.requests import HTTPConnection

from consentmw.errors import ConsentmwError

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

    from consentmw.core.decision import Consent

SCOPE_KEY: Final = "consentmw"


class RequestConsent:
    """The consent of one request; the one thing about it that may change, and only tighten."""

    __slots__ = ("asked", "consent", "started")

    def __init__(self, consent: Consent) -> None:
        self.consent = consent
        self.asked = False
        """Whether anybody has asked for it, so that the response may differ by the answer."""
        self.started = False
        """Whether the response has begun, so that nothing can be tightened any more."""


def consent_from_scope(scope: Mapping[str, Any]) -> Consent:
    """The consent of a request, from its ASGI scope: for plain ASGI, Django, Litestar.

    Who asks before the response begins has it told to caches that it may differ between visitors.

    Raises:
        ConsentmwError: The request didn't come through the middleware.
    """
    holder = _holder(scope)
    holder.asked = True
    return holder.consent


async def get_consent(conn: HTTPConnection) -> Consent:
    """The consent of a request or websocket, as a dependency: `Depends(get_consent)`."""
    return consent_from_scope(conn.scope)


def deny(conn: HTTPConnection | MutableMapping[str, Any], *categories: str) -> Consent:
    """Deny categories for this response; what is required stays allowed, and nothing loosens.

    Args:
        conn: The request, the websocket, or its ASGI scope.
        categories: What to deny, on top of what is denied already.

    Returns:
        The tightened consent, which everybody else sees from here on too.

    Raises:
        ConsentmwError: The response has begun, or the request didn't come through the middleware.
        UnknownCategoryError: Nobody has defined one of the categories.
    """
    scope = conn.scope if isinstance(conn, HTTPConnection) else conn
    holder = _holder(scope)
    if holder.started:
        raise ConsentmwError("the response has begun; what it may hold can't be tightened any more")
    holder.asked = True
    holder.consent = holder.consent.tightened(*categories)
    scope.setdefault("state", {})["consent"] = holder.consent
    return holder.consent


def _holder(scope: Mapping[str, Any]) -> RequestConsent:
    holder = scope.get(SCOPE_KEY)
    if not isinstance(holder, RequestConsent):
        raise ConsentmwError(
            "no decision in this scope: is ConsentMiddleware around the app that asks?"
        )
    return holder
