"""Every exception that the package raises; each carries the evidence its message is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable


class ConsentmwError(Exception):
    """The root of everything that this package raises."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong with a configuration: where it stands and what would be accepted."""

    source: str
    """The file, or a word for a mapping that came from none."""
    table: str
    """The TOML table, such as ``categories.advertising``; empty at the top level."""
    key: str
    """The key within the table; empty where the table itself is meant."""
    message: str
    """What was found and what would be accepted."""

    def __str__(self) -> str:
        table = f"[{self.table}]" if self.table else ""
        place = " ".join(part for part in (self.source, table, self.key) if part)
        return f"{place}: {self.message}"


class ConfigError(ConsentmwError):
    """A configuration that can't be used, with all of its problems at once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        head = f"{count} problem{'' if count == 1 else 's'} in the configuration"
        super().__init__("\n".join([f"{head}:", *(f"  {problem}" for problem in self.problems)]))


class UnknownCategoryError(ConsentmwError, LookupError):
    """A category that the site's configuration doesn't define."""

    def __init__(self, name: str, nearest: str | None = None) -> None:
        self.name = name
        self.nearest = nearest
        hint = f", did you mean {nearest!r}?" if nearest else ""
        super().__init__(f"unknown category {name[:200]!r}{hint}")


class CatalogueError(ConsentmwError):
    """Catalogue data that can't be read, or whose entries contradict one another."""


class CookieError(ConsentmwError):
    """A choice that can't be trusted as it stands."""

    def __init__(self, reason: Literal["malformed", "tampered", "expired"], detail: str) -> None:
        self.reason = reason
        super().__init__(f"{reason}: {detail}")


class RewriteError(ConsentmwError):
    """A page that can't be read, so that nobody can say what would be left in it."""


class StoreError(ConsentmwError):
    """A store of records that can't be read or written."""


class TargetError(ConsentmwError):
    """A target of the tools that names no site, app or folder, or one that does not answer."""


class LifespanError(ConsentmwError):
    """An app that said, run in this process, that it could not start or stop."""
