"""The `Cookie` fields of a request, taken apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

# All that `str.strip` takes for it, as apps that decode the field do.
_WHITE_SPACE: Final = b" \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0"


class CookieFields:
    """The cookies of a request; HTTP/2 sends them in several fields."""

    __slots__ = ("_pairs", "names", "values")

    def __init__(self, values: Sequence[bytes]) -> None:
        self.values = values
        """The fields' values as they stand."""
        self._pairs = [pair for value in values for pair in value.split(b";")]
        self.names = [pair.partition(b"=")[0].strip(_WHITE_SPACE) for pair in self._pairs]
        """In their order, stripped of whatever could surround a name, by any reading."""

    def read(self, name: bytes) -> tuple[str, ...]:
        """The values of all cookies of one name, each once, in an order that says nothing."""
        count = self.names.count(name)
        if count == 0:
            return ()
        if count == 1:
            return (_value(self._pairs[self.names.index(name)]),)
        pairs = zip(self.names, self._pairs, strict=True)
        return tuple(sorted({_value(pair) for own_name, pair in pairs if own_name == name}))


NO_COOKIES: Final = CookieFields(())


def _value(pair: bytes) -> str:
    return pair.partition(b"=")[2].strip(b" \t").strip(b'"').decode("latin-1")
