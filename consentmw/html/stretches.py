"""Stretches of markup that come again: a site's pages repeat most of what they say.

What was read before and met again is kept with all that came of it. It is given back only for the
very same bytes in the same circumstances, so that it is exact, never likely. What mostly comes in
one piece, as a page does that is asked for again, is joined to one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Hashable

    from consentmw.html.sieve import Edit

MAX_BYTES: Final = 65_536
"""The longest stretch; an SVG sprite with a site's icons comes close. It is no longer than what the
scanner looks ahead (`MAX_TRIAL_BYTES`), so that none depends on what stands behind it."""
MAX_ALL_BYTES: Final = 32 << 20
"""All stretches together: the frames and scripts of some large sites, and the pages that are most
visited."""
KEY_BYTES: Final = 64
"""By how many bytes a stretch is looked up; what is shorter is read again as quickly."""
_MAX_MET: Final = 16_384
_ADMITTED_IN_TURN: Final = 8
_MAX_ALIKE: Final = 16
"""Stretches that begin alike; each is compared in turn."""


class Stretch(NamedTuple):
    """Bytes that were read before, and what came of it."""

    raw: bytes
    outset: Hashable
    """All that decides about them beside the bytes, and that is the same behind them."""
    edits: tuple[Edit, ...] = ()
    """Counted from the start."""
    notes: tuple[tuple[int, tuple[object, ...]], ...] = ()
    """Likewise."""


class Stretches:
    """The stretches of one site, or of a few.

    Where there are too many, every other one is forgotten: pages that are more than can be kept
    then still find some of theirs, which they wouldn't if always the oldest had to go. Threads may
    share them: what one forgets while another one looks is only read again.
    """

    __slots__ = ("_bytes", "_kept", "_met", "_turn", "_was_full")

    def __init__(self) -> None:
        self._kept: dict[bytes, list[Stretch]] = {}
        self._bytes = 0
        self._met: set[bytes] = set()
        self._was_full = False
        self._turn = 0

    def find(self, data: bytes, position: int, outset: Hashable) -> Stretch | None:
        """Return the stretch that begins at a position, if it is kept."""
        for stretch in self._kept.get(data[position : position + KEY_BYTES], ()):
            if stretch.outset == outset and data.startswith(stretch.raw, position):
                return stretch
        return None

    def wants(self, data: bytes, start: int, end: int) -> bool:
        """Tell whether a stretch is worth keeping: not where nothing like it was met before."""
        if not KEY_BYTES <= end - start <= MAX_BYTES:
            return False
        key = data[start : start + KEY_BYTES]
        if key not in self._met:
            if len(self._met) >= _MAX_MET:
                self._met.clear()
            self._met.add(key)
            return False
        if not self._was_full:
            return True
        # Pages that are more than can be kept would else be written here again and again.
        self._turn = (self._turn + 1) % _ADMITTED_IN_TURN
        return not self._turn

    def keep(self, stretch: Stretch) -> bool:
        """Keep a stretch that is wanted, unless there are too many that begin alike."""
        if self._bytes + len(stretch.raw) > MAX_ALL_BYTES:
            self._was_full = True
            for key in [*self._kept][::2]:
                self._bytes -= sum(len(each.raw) for each in self._kept.pop(key, ()))
        alike = self._kept.setdefault(stretch.raw[:KEY_BYTES], [])
        if len(alike) >= _MAX_ALIKE:
            return False
        # The longest first: what it begins with may be kept, too.
        alike.append(stretch)
        alike.sort(key=_length, reverse=True)
        self._bytes += len(stretch.raw)
        return True

    def forget(self, stretch: Stretch) -> None:
        """Forget a stretch, all of which stands in a longer one."""
        key = stretch.raw[:KEY_BYTES]
        alike = self._kept.get(key, ())
        left = [each for each in alike if each is not stretch]
        if len(left) < len(alike):
            self._bytes -= len(stretch.raw)
            if left:
                self._kept[key] = left
            else:
                self._kept.pop(key, None)


def _length(stretch: Stretch) -> int:
    return len(stretch.raw)
