"""What is worth a line in the log, said once for each kind and path.

Visitors, pages and reports can make up texts and paths without end, so each is cut, shown with
``%r``, and without the query strings, in which visitors' data travels.
"""

from __future__ import annotations

import logging
from typing import Final

logger = logging.getLogger("consentmw")

# Kinds times paths of a large site; beyond it the memory of what was said starts anew.
_MAX_REMEMBERED: Final = 10_000
_MAX_TEXT: Final = 200


class Journal:
    """Writes to the log of the package and remembers what it has said."""

    def __init__(self) -> None:
        self._said: set[tuple[str, str]] = set()

    def warn(self, kind: str, path: str, message: str, *texts: object) -> None:
        """Write a warning, unless one of this kind was written for this path.

        Args:
            kind: What it is about; each has its own count of paths.
            path: The request's path; it is appended to the message.
            message: A format with one ``%s`` for each of `texts`.
            texts: What comes from a visitor, a page or an app.
        """
        self._write(logging.WARNING, kind, path, message, texts)

    def note(self, kind: str, path: str, message: str, *texts: object) -> None:
        """Write for the information of who asks for it, on the same terms."""
        self._write(logging.INFO, kind, path, message, texts)

    def _write(
        self, level: int, kind: str, path: str, message: str, texts: tuple[object, ...]
    ) -> None:
        if not logger.isEnabledFor(level):
            return
        key = (kind, path[:_MAX_TEXT])
        if key in self._said:
            return
        if len(self._said) >= _MAX_REMEMBERED:
            self._said.clear()
        self._said.add(key)
        logger.log(level, message + " (path %s)", *map(shown, texts), shown(path))  # noqa: G003 # the format is the caller's literal


def shown(text: object) -> str:
    """A text from outside as it may stand in a log: quoted, cut, without a query string."""
    return repr(str(text).partition("?")[0][:_MAX_TEXT])
