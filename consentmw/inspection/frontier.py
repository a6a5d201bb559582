"""Which URL of a site a crawl visits next, and which it never does.

Different kinds of pages come first: what a site has hundreds of, such as the days of a calendar or
the results of a search, doesn't take up the limit before anything else has been seen.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from consentmw.inspection.addresses import origin_of, read_address

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_DIGITS: Final = re.compile(r"\d+")
# So that a site without an end doesn't fill the memory; some megabytes of URLs.
_MOST_KNOWN: Final = 20_000


class Frontier:
    """The URLs that are known, and those still to be visited.

    Args:
        origin: Only URLs of this scheme and host are taken.
        limit: How many URLs are visited at the most.
        leave_out: A path that isn't taken, nor what is below it: the preference centre, whose
            pages say what was chosen.
        may_fetch: Whether the site lets a crawler have a URL.
    """

    def __init__(
        self,
        origin: str,
        *,
        limit: int,
        leave_out: str | None = None,
        may_fetch: Callable[[str], bool] = lambda _: True,
    ) -> None:
        self._origin = origin
        self._limit = limit
        self._leave_out = leave_out
        self._may_fetch = may_fetch
        self._known: set[str] = set()
        self._visited: set[str] = set()
        self._waiting: dict[str, deque[str]] = {}
        self._kinds: list[tuple[int, int, str]] = []
        """A heap of the kinds that are waiting: how many of each were visited, which came first."""
        self._visited_kinds: Counter[str] = Counter()

    def add(self, urls: Iterable[str]) -> None:
        """Take the URLs that are new, and of this site."""
        for url in urls:
            address = read_address(url)
            if address is None or address in self._known or len(self._known) >= _MOST_KNOWN:
                continue
            if origin_of(address) == self._origin and self._is_wanted(address):
                self._known.add(address)
                self._wait(address)

    def take(self) -> str | None:
        """Return the next URL to visit; None where none is waiting, or the limit is reached."""
        while self._kinds and len(self._visited) < self._limit:
            _, order, kind = heappop(self._kinds)
            waiting = self._waiting[kind]
            url = waiting.popleft()
            is_new = url not in self._visited
            if is_new:
                self._visit(url)
            if waiting:
                heappush(self._kinds, (self._visited_kinds[kind], order, kind))
            else:
                del self._waiting[kind]
            if is_new:
                return url
        return None

    def pass_over(self, urls: Iterable[str]) -> None:
        """Count these as visited: an earlier run has been there."""
        for url in urls:
            self._known.add(url)
            self._visit(url)

    @property
    def expected(self) -> int:
        """How many URLs will have been visited at the end, as far as is known by now."""
        return min(len(self._known), self._limit)

    @property
    def is_cut_short(self) -> bool:
        """Whether there are URLs that only the limit keeps from being visited."""
        return len(self._visited) >= self._limit and len(self._known) > len(self._visited)

    def _is_wanted(self, url: str) -> bool:
        if self._leave_out and f"{urlsplit(url).path}/".startswith(f"{self._leave_out}/"):
            return False
        return self._may_fetch(url)

    def _wait(self, url: str) -> None:
        kind = _kind(url)
        waiting = self._waiting.get(kind)
        if waiting is None:
            self._waiting[kind] = waiting = deque()
            heappush(self._kinds, (self._visited_kinds[kind], len(self._known), kind))
        waiting.append(url)

    def _visit(self, url: str) -> None:
        self._visited.add(url)
        self._visited_kinds[_kind(url)] += 1


def _kind(url: str) -> str:
    """What pages of the same template have in common: the folder, numbers aside, and the query."""
    parts = urlsplit(url)
    folder = _DIGITS.sub("0", parts.path.rpartition("/")[0])
    names = sorted(pair.partition("=")[0] for pair in parts.query.split("&") if pair)
    return f"{folder}?{'&'.join(names)}"
