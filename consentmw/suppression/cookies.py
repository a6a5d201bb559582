"""Which cookies may pass between a server and a browser.

Works on single field values as they stand in `Set-Cookie` and `Cookie`, byte for byte: what is
kept leaves as it came. Which fields a message has is the shell's affair. The rules are those of
RFC 6265bis (draft 20), which browsers follow.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from consentmw.suppression.cookie_dates import read_cookie_date

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from consentmw.core.catalogue import Classification, DeniedIndex

_MAX_AGE: Final = re.compile(rb"-?[0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeniedCookie:
    """A cookie that may not pass, and the rule that says so."""

    name: str
    classification: Classification


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCookies:
    """What is left of a `Cookie` field, and what was taken out of it."""

    value: bytes
    denied: tuple[DeniedCookie, ...] = ()


def denied_set_cookie(
    value: bytes, *, index: DeniedIndex, own_names: Collection[str], now: datetime
) -> DeniedCookie | None:
    """The cookie that a `Set-Cookie` field would set although its category is denied.

    Args:
        value: The field's value.
        index: What is denied.
        own_names: Cookies of this package, which no rule concerns.
        now: The moment after which `Expires` is in the future; a deletion is never held back.
    """
    name = _set_cookie_name(value)
    if not name or name in own_names:
        return None
    classification = index.cookie(name, set_by_site=True)
    if classification is None or _deletes(value, now):
        return None
    return DeniedCookie(name=name, classification=classification)


def keep_cookies(value: bytes, *, index: DeniedIndex, own_names: Collection[str]) -> KeptCookies:
    """Take the denied cookies out of a `Cookie` field; where none is, the value is the same object.

    All that a site's own host is sent counts as set by the site: a request doesn't tell which
    script set a cookie, and a generic name is more likely the site's than a vendor's.
    """
    kept: list[bytes] = []
    denied: list[DeniedCookie] = []
    for pair in value.split(b";"):
        # As apps read it (Starlette, Django), whatever white space a browser wouldn't have sent.
        name = pair.partition(b"=")[0].decode("latin-1").strip()
        if name and name not in own_names:
            classification = index.cookie(name, set_by_site=True)
            if classification is not None:
                denied.append(DeniedCookie(name=name, classification=classification))
                continue
        kept.append(pair)
    if not denied:
        return KeptCookies(value=value)
    return KeptCookies(value=b";".join(kept).strip(b" \t;"), denied=tuple(denied))


def _set_cookie_name(value: bytes) -> str:
    # RFC 6265bis, 5.6: the pair ends at the first ";"; without "=" it is a value without a name.
    name, separator, _ = value.partition(b";")[0].partition(b"=")
    return name.strip(b" \t").decode("latin-1") if separator else ""


def _deletes(value: bytes, now: datetime) -> bool:
    """Whether a browser forgets the cookie at once, by RFC 6265bis, 5.6.1, 5.6.2 and 5.7."""
    max_age: bytes | None = None
    expires: datetime | None = None
    for attribute in value.split(b";")[1:]:
        key, _, argument = attribute.partition(b"=")
        key, argument = key.strip(b" \t").lower(), argument.strip(b" \t")
        # Of several attributes of one name, the last that can be read holds.
        if key == b"max-age" and _MAX_AGE.fullmatch(argument):
            max_age = argument
        elif key == b"expires":
            expires = read_cookie_date(argument) or expires
    if max_age is not None:  # It outranks `Expires`.
        return max_age.startswith(b"-") or not max_age.strip(b"0")
    return expires is not None and expires <= now
