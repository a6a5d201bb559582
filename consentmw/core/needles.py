"""Whether any of many texts stands in some bytes: a question that decides what need not be read."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Needles:
    """Texts that are looked for together."""

    __slots__ = ("_patterns",)

    def __init__(self, texts: Iterable[bytes], *, also: Iterable[bytes] = ()) -> None:
        """Take the texts, and further expressions that count as found, too."""
        by_first: dict[bytes, list[bytes]] = {}
        for text in texts:
            by_first.setdefault(text[:1], []).append(text)
        # `re` jumps to a plain first character at once; alternatives it would try at every byte.
        self._patterns = [re.compile(expression) for expression in also]
        self._patterns += [re.compile(_branch(words)) for words in by_first.values()]

    def search(self, data: bytes, start: int = 0, end: int = sys.maxsize) -> bool:
        """Tell whether one of them stands between two positions."""
        for pattern in self._patterns:  # noqa: SIM110 - `any` would take twice as long
            if pattern.search(data, start, end) is not None:
                return True
        return False


def _branch(words: list[bytes]) -> bytes:
    """Return one expression for all the words, which tries no two that begin alike."""
    first, last = min(words), max(words)
    length = next(
        (n for n, pair in enumerate(zip(first, last, strict=False)) if pair[0] != pair[1]),
        len(first),
    )
    shared = first[:length]
    rest: dict[bytes, list[bytes]] = {}
    for word in words:
        rest.setdefault(word[length : length + 1], []).append(word[length:])
    expression = re.escape(shared)
    if b"" in rest:
        # One of them is the beginning of all.
        return expression
    branches = [_branch(each) for each in rest.values()]
    return expression + (branches[0] if len(branches) == 1 else b"(?:%s)" % b"|".join(branches))
