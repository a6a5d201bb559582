"""Lists of a site's own: cookies as in the Open Cookie Database, hosts as in a hosts file.

Only the patterns are read: the category of all of them is the one whose table names the list.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from consentmw.errors import CatalogueError

if TYPE_CHECKING:
    from pathlib import Path

_NAME: Final = "Cookie / Data Key name"
_WILDCARD: Final = "Wildcard match"


def read_cookie_list(path: Path) -> tuple[str, ...]:
    """The cookie patterns of a CSV file with the Open Cookie Database's columns.

    Raises:
        CatalogueError: A column is missing, or the file is no CSV.
        OSError: The file can't be read.
    """
    reader = csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline=""))
    try:
        missing = {_NAME, _WILDCARD}.difference(reader.fieldnames or ())
        if missing:
            raise CatalogueError(f"no column {', '.join(sorted(map(repr, missing)))}")
        return tuple(
            name + ("*" if (row[_WILDCARD] or "").strip() == "1" else "")
            for row in reader
            if (name := (row[_NAME] or "").strip())
        )
    except csv.Error as error:
        raise CatalogueError(f"after line {reader.line_num}: {error}") from error


def read_host_list(path: Path) -> tuple[str, ...]:
    """The hosts of a file with one host a line, or an address and its hosts; `#` begins a comment.

    Raises:
        OSError: The file can't be read.
    """
    hosts: list[str] = []
    for line in path.read_text("utf-8-sig").splitlines():
        words = line.partition("#")[0].split()
        # `0.0.0.0 ads.example.com` in a hosts file; a line of one word is a host by itself.
        hosts += words[1:] if len(words) > 1 else words
    return tuple(hosts)
