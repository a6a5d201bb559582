"""When a cookie expires: the date of `Expires` as browsers read it, which is as nothing else does.

RFC 6265bis, section 5.6.1 (unchanged since RFC 6265, 5.1.1). `email.utils` reads dates that a
browser ignores and ignores dates that a browser reads, and the difference is a cookie that stays.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

_NOT_DELIMITERS: Final = re.compile(rb"[^\x09\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]+")
_TIME: Final = re.compile(rb"(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\D.*)?", re.DOTALL)
_DAY: Final = re.compile(rb"(\d{1,2})(?:\D.*)?", re.DOTALL)
_YEAR: Final = re.compile(rb"(\d{2,4})(?:\D.*)?", re.DOTALL)
_MONTHS: Final = (
    b"jan", b"feb", b"mar", b"apr", b"may", b"jun",
    b"jul", b"aug", b"sep", b"oct", b"nov", b"dec",
)  # fmt: skip


def read_cookie_date(value: bytes) -> datetime | None:
    """The moment that a cookie-date names, or `None` where a browser would ignore it."""
    time: tuple[int, int, int] | None = None
    day = month = year = None
    for token in _NOT_DELIMITERS.findall(value):
        # Each token is tried as what is still missing, in this order.
        if time is None and (match := _TIME.fullmatch(token)):
            time = (int(match[1]), int(match[2]), int(match[3]))
        elif day is None and (match := _DAY.fullmatch(token)):
            day = int(match[1])
        elif month is None and token[:3].lower() in _MONTHS:
            month = _MONTHS.index(token[:3].lower()) + 1
        elif year is None and (match := _YEAR.fullmatch(token)):
            year = int(match[1])
    if time is None or day is None or month is None or year is None:
        return None
    if year < 100:
        year += 1900 if year >= 70 else 2000
    if year < 1601:
        return None
    try:
        return datetime(year, month, day, *time, tzinfo=UTC)
    except ValueError:
        return None
