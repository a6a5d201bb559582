"""The cookies of a request, read from what its `Cookie` fields say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

# All that `str.strip` takes for it, as apps that decode the field do.
_WHITE_SPACE: Final = b" \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0"


def join_fields(values: Sequence[bytes]) -> bytes:
    """One field in the place of several (RFC 9113, 8.2.3)."""
    return values[0] if len(values) == 1 else b"; ".join(values)


def raw_names(cookies: bytes) -> list[bytes]:
    """The names in their order, with whatever white space stands around them."""
    return [pair.partition(b"=")[0] for pair in cookies.split(b";")]


def read_values(cookies: bytes, name: bytes) -> tuple[bytes, ...]:
    """The values of all cookies of one name, each once, in an order that says nothing."""
    # `find`, since `in` first tries to read a number out of bytes, which takes longer.
    start = cookies.find(name)
    if start < 0:
        return ()
    # As browsers write it, and once.
    end = start + len(name)
    if (
        cookies.find(name, end) < 0
        and cookies.startswith(b"=", end)
        and (start == 0 or cookies.endswith(b"; ", 0, start))
    ):
        return (_stripped(cookies[end + 1 :].partition(b";")[0]),)
    found = []
    for pair in cookies.split(b";"):
        if pair.find(name) >= 0:
            own_name, _, value = pair.partition(b"=")
            if own_name.strip(_WHITE_SPACE) == name:
                found.append(_stripped(value))
    return tuple(found) if len(found) < 2 else tuple(sorted(set(found)))


def _stripped(value: bytes) -> bytes:
    return value.strip(b" \t").strip(b'"')
