"""Where an element's text ends, looked for only once however the bytes come.

A text that has to be judged is held until its end is there. Each time more of it comes, the search
goes on from where it stopped.
"""

from __future__ import annotations

from consentmw.html.tokens import Escape, Found, script_end, text_end


class EndSearch:
    """The last search of a page that found no end yet."""

    __slots__ = ("_escape", "_name", "_reached", "_start")

    def __init__(self) -> None:
        self._name = b""
        # Offsets in the page.
        self._start = self._reached = -1
        self._escape = Escape.NONE

    def find(self, name: bytes, data: bytes, start: int, base: int, *, script: bool) -> Found:
        """Find the end tag of an element whose text starts in a buffer that starts at `base`."""
        position = start
        escape = Escape.NONE
        if base + start == self._start and name == self._name:
            position, escape = self._reached - base, self._escape
        if script:
            found, escape = script_end(data, position, escape)
        else:
            found = text_end(name, data, position)
        if not found.complete:
            self._name, self._start = name, base + start
            self._reached, self._escape = base + found.position, escape
        return found
