"""Bytes held back between two chunks, and when it is worth looking at them again."""

from __future__ import annotations

from typing import Final

_EAGER_BYTES: Final = 4096
"""Up to this much held back is looked at again with each chunk."""


class Holding:
    """What of a stream couldn't be read yet."""

    __slots__ = ("_held", "_pending", "_pending_bytes")

    def __init__(self) -> None:
        self._held = b""
        self._pending: list[bytes] = []
        self._pending_bytes = 0

    @property
    def empty(self) -> bool:
        """Whether nothing is held."""
        return not self._held

    def add(self, chunk: bytes) -> bytes | None:
        """Return all that can be read now; None where more should come first."""
        held = self._held
        if not held:
            return chunk
        self._pending.append(chunk)
        self._pending_bytes += len(chunk)
        # Looking again only when there is an eighth more keeps the whole linear.
        if len(held) > _EAGER_BYTES and self._pending_bytes * 8 < len(held):
            return None
        return self.take()

    def take(self) -> bytes:
        """Return everything, and hold nothing any more."""
        data = b"".join((self._held, *self._pending))
        self._held = b""
        self._pending.clear()
        self._pending_bytes = 0
        return data

    def keep(self, rest: bytes) -> None:
        """Hold what couldn't be read."""
        self._held = rest
