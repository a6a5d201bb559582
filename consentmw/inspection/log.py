"""The file with which a broken-off scan goes on: a line for each visited page, as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from consentmw.errors import TargetError
from consentmw.inspection.findings import Found

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

# Raised with every change of what a line holds.
_VERSION: Final = 1


class CrawlLog:
    """Takes a scan's pages as they come.

    Args:
        path: Made where it is missing, and added to where it is the log of this site.
        site: Its name.

    Raises:
        TargetError: It can't be written.
    """

    def __init__(self, path: Path, site: str) -> None:
        try:
            self._file = path.open("a", encoding="utf-8", errors="backslashreplace")
        except OSError as error:
            raise TargetError(f"{path}: {error.strerror}") from error
        if self._file.tell():
            self._file.write("\n")  # ends a line that an interrupted run has left open
        else:
            self._write({"scan": site, "version": _VERSION})

    def write(self, url: str, links: Iterable[str], found: Iterable[Found], error: str) -> None:
        """Add one visited page."""
        self._write(
            {
                "url": url,
                "links": list(links),
                "found": [asdict(one) for one in found],
                "error": error,
            }
        )

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _write(self, line: dict[str, Any]) -> None:
        self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
        self._file.flush()


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedPage:
    """One line of a crawl's log."""

    url: str
    links: tuple[str, ...]
    found: tuple[Found, ...]
    error: str


def read_crawl_log(path: Path, site: str) -> Iterator[LoggedPage]:
    """Yield the pages that an earlier run has logged, line by line; none where there is no file.

    Raises:
        TargetError: It is something else, or of another site.
    """
    if not path.exists() or not path.stat().st_size:
        return
    with path.open(encoding="utf-8", errors="replace") as lines:
        head = _read_line(next(lines))
        if "scan" not in head:
            raise TargetError(f"{path}: no log of a scan; --resume would add to it")
        if (head["scan"], head.get("version")) != (site, _VERSION):
            raise TargetError(f"{path}: the log of another scan, of {head['scan']!r}")
        for text in lines:
            line = _read_line(text)
            if not line:
                continue  # an empty line, or the one at which the earlier run was interrupted
            yield LoggedPage(
                url=line["url"],
                links=tuple(line["links"]),
                found=tuple(_read_found(one) for one in line["found"]),
                error=line["error"],
            )


def _read_line(text: str) -> dict[str, Any]:
    try:
        line = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return line if isinstance(line, dict) else {}


def _read_found(members: dict[str, Any]) -> Found:
    return Found(**{**members, "tagged": tuple(members["tagged"])})
