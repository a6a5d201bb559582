"""Which fields of a response, of whatever type and status, may reach the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from consentmw.suppression.cookies import DeniedCookie, denied_set_cookie
from consentmw.suppression.hints import HINT_FIELDS, DeniedHint, keep_hints

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from consentmw.core.catalogue import DeniedIndex

Headers = list[tuple[bytes, bytes]]
DeniedField = DeniedCookie | DeniedHint

# The fields, in lower case, of which anything could be denied.
FILTERED_FIELDS: Final = HINT_FIELDS | {b"set-cookie"}


def keep_headers(
    headers: Sequence[tuple[bytes, bytes]],
    *,
    index: DeniedIndex,
    host: str,
    own_names: Collection[str],
    now: datetime,
) -> tuple[Headers, tuple[DeniedField, ...]]:
    """Take out what is denied; everything else stays in its place.

    Args:
        headers: The fields of the response.
        index: What is denied.
        host: The request's host, in lower case and without a port.
        own_names: Cookies of this package.
        now: When the response is sent.
    """
    denied: list[DeniedField] = []
    kept: list[tuple[bytes, bytes] | None] = list(headers)
    hint_places = []
    for place, (name, value) in enumerate(headers):
        lowered = name.lower()
        if lowered == b"set-cookie":
            cookie = denied_set_cookie(value, index=index, own_names=own_names, now=now)
            if cookie is not None:
                denied.append(cookie)
                kept[place] = None
        elif lowered in HINT_FIELDS:
            hint_places.append(place)
    if hint_places:
        fields = [(headers[place][0].lower(), headers[place][1]) for place in hint_places]
        hints = keep_hints(fields, index=index, own_host=host)
        denied += hints.denied
        for place, left in zip(hint_places, hints.values, strict=True):
            kept[place] = None if left is None else (headers[place][0], left)
    return [field for field in kept if field is not None], tuple(denied)
