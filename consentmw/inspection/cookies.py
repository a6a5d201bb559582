"""What a ``Set-Cookie`` field says, as far as a report needs it (RFC 6265bis, section 5.6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

# Of seconds; more is for ever, and Python reads no number of thousands of digits.
_DIGITS: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class SetCookie:
    """One cookie that a response sets.

    Args:
        name: The cookie's name.
        lifetime_seconds: None for the session; zero or less where it is being deleted.
        http_only: Whether scripts are kept from it.
        secure: Whether it is sent over https only.
        same_site: The attribute's value, in lower case; empty where it is missing.
        domain: The attribute's value; empty for the host alone.
    """

    name: str
    lifetime_seconds: int | None
    http_only: bool
    secure: bool
    same_site: str
    domain: str

    @property
    def deletes(self) -> bool:
        """Whether the field takes a cookie away instead of setting one."""
        return self.lifetime_seconds is not None and self.lifetime_seconds <= 0

    @property
    def lifetime(self) -> str:
        """How long it stays, in words."""
        return lifetime_words(self.lifetime_seconds)


def read_set_cookie(value: str, *, now: datetime) -> SetCookie | None:
    """Read one ``Set-Cookie`` field; None where it sets no cookie with a name.

    Args:
        value: The field's value.
        now: Against which ``Expires`` counts, aware.
    """
    pair, _, rest = value.partition(";")
    name, equals, _ = pair.partition("=")
    name = name.strip()
    if not equals or not name:
        return None
    attributes: dict[str, str] = {}
    for part in rest.split(";"):
        key, _, attribute = part.partition("=")
        attributes[key.strip().lower()] = attribute.strip()
    return SetCookie(
        name=name,
        lifetime_seconds=_lifetime_seconds(attributes, now),
        http_only="httponly" in attributes,
        secure="secure" in attributes,
        same_site=attributes.get("samesite", "").lower(),
        domain=attributes.get("domain", "").lstrip(".").lower(),
    )


def _lifetime_seconds(attributes: dict[str, str], now: datetime) -> int | None:
    max_age = attributes.get("max-age", "")
    if max_age.removeprefix("-").isdecimal():
        return int(max_age[:_DIGITS])  # Max-Age wins over Expires
    try:
        expires = parsedate_to_datetime(attributes["expires"])
    except (KeyError, ValueError, OverflowError):
        return None
    if expires.tzinfo is None:
        expires = expires.replace(tzinfo=UTC)
    return round((expires - now).total_seconds())


def lifetime_words(seconds: int | None) -> str:
    """Say a lifetime as a privacy notice would.

    Args:
        seconds: None for the session.
    """
    if seconds is None:
        return "session"
    for unit, size in (("year", 31_536_000), ("month", 2_592_000), ("day", 86_400), ("hour", 3600)):
        if seconds >= size:
            count = round(seconds / size)
            return f"{count} {unit}{'' if count == 1 else 's'}"
    count = max(1, round(seconds / 60))
    return f"{count} minute{'' if count == 1 else 's'}"
