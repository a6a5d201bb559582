"""The `Cookie` fields of a request, taken apart; what a browser says again is read once.

A browser sends the same cookies with each request of a visit, so the last few fields are
remembered. Their number and size bound the memory; longer ones are read each time.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

# A thousand browsers at a time, each with the cookies that sites have: a megabyte or two.
_REMEMBERED: Final = 1024
_REMEMBERED_BYTES: Final = 1024
# All that `str.strip` takes for it, as apps that decode the field do.
_WHITE_SPACE: Final = b" \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0"


class CookieFields:
    """Names and values in their order, of whatever fields they came in."""

    __slots__ = ("_distinct", "_pairs", "names")

    def __init__(self, fields: tuple[bytes, ...]) -> None:
        self._pairs = [pair for field in fields for pair in field.split(b";")]
        self.names = [pair.partition(b"=")[0].strip(_WHITE_SPACE) for pair in self._pairs]
        """Stripped of whatever could surround a name, by any reading."""
        self._distinct: dict[bytes, tuple[str, ...]] = {}

    def values(self, name: bytes) -> tuple[str, ...]:
        """The values of all cookies of one name, each once."""
        distinct = self._distinct.get(name)
        if distinct is None:
            pairs = zip(self.names, self._pairs, strict=True)
            found = [_value(pair) for own_name, pair in pairs if own_name == name]
            distinct = self._distinct[name] = tuple(dict.fromkeys(found))
        return distinct


NO_COOKIES: Final = CookieFields(())


def read_cookie_fields(fields: list[bytes]) -> CookieFields:
    """Take the `Cookie` fields of a request apart; HTTP/2 sends several."""
    if len(fields) == 1 and len(fields[0]) <= _REMEMBERED_BYTES:
        return _remembered((fields[0],))
    return CookieFields(tuple(fields))


_remembered = lru_cache(_REMEMBERED)(CookieFields)


def _value(pair: bytes) -> str:
    return pair.partition(b"=")[2].strip(b" \t").strip(b'"').decode("latin-1")
