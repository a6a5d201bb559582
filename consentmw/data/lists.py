"""Lists of a site's own: cookies as in the Open Cookie Database, hosts as in a hosts file.

The category of a list is the one whose table names it. A list that holds several kinds is named
with the kind that is meant, ``cookies.csv#Marketing``, by its own column of categories.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from consentmw.data.built import load_catalogue
from consentmw.errors import CatalogueError

if TYPE_CHECKING:
    from pathlib import Path

_NAME: Final = "Cookie / Data Key name"
_CATEGORY: Final = "Category"
_WILDCARD: Final = "Wildcard match"
# Shorter names are anybody's.
_SHORTEST_DISTINCTIVE: Final = 4


def read_cookie_list(path: Path) -> tuple[str, ...]:
    """The cookie patterns of a CSV file with the Open Cookie Database's columns.

    A file named ``….csv#Marketing`` gives only the rows of that category of its own.

    Raises:
        CatalogueError: A column is missing, there is no such category, or the file is no CSV.
        OSError: The file can't be read.
    """
    name, _, wanted = path.name.partition("#")
    text = path.with_name(name).read_text("utf-8-sig")
    reader = csv.DictReader(io.StringIO(text, newline=""))
    try:
        needed = {_NAME, _WILDCARD} | ({_CATEGORY} if wanted else set())
        missing = needed.difference(reader.fieldnames or ())
        if missing:
            raise CatalogueError(f"no column {', '.join(sorted(map(repr, missing)))}")
        rows = list(reader)
    except csv.Error as error:
        raise CatalogueError(f"after line {reader.line_num}: {error}") from error
    if wanted:
        categories = sorted({row[_CATEGORY] for row in rows if row[_CATEGORY]})
        if wanted not in categories:
            raise CatalogueError(
                f"no row of category {wanted!r}; there are {', '.join(categories)}"
            )
        rows = [row for row in rows if row[_CATEGORY] == wanted]
    return tuple(
        name + ("*" if (row[_WILDCARD] or "").strip() == "1" else "")
        for row in rows
        if (name := (row[_NAME] or "").strip())
    )


def read_host_list(path: Path) -> tuple[str, ...]:
    """The hosts of a file with one host a line, or an address and its hosts; `#` begins a comment.

    Names without a dot, such as the ``localhost`` of every hosts file, are this machine's own.

    Raises:
        OSError: The file can't be read.
    """
    hosts: list[str] = []
    for line in path.read_text("utf-8-sig").splitlines():
        words = line.partition("#")[0].split()
        # `0.0.0.0 ads.example.com` in a hosts file; a line of one word is a host by itself.
        hosts += words[1:] if len(words) > 1 else words
    return tuple(host for host in hosts if _is_foreign(host))


def is_distinctive(pattern: str) -> bool:
    """Tell whether a cookie's name from a list is so peculiar that it may apply to the site's own.

    A list of thousands holds `id` and `session` too, which a site chose without knowing of it.
    """
    name = pattern.replace("*", "")
    if len(name) < _SHORTEST_DISTINCTIVE:
        return False
    known = load_catalogue().classify_cookie(name, set_by_site=False)
    if known is None or known.rule.distinctive:
        return True
    # Named after what it counts, but marked as a script's own: `_example_tracker`, not `tracker`.
    return name.startswith("_") and known.category in {"advertising", "analytics"}


def _is_foreign(host: str) -> bool:
    return "." in host and not host.endswith((".localdomain", ".local")) and host != "0.0.0.0"  # noqa: S104 - a line of hosts files, no address to bind to
