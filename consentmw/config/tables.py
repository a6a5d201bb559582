"""A TOML table read key by key, collecting every problem instead of stopping at the first.

A reader asks for each key that it knows; whatever was not asked for is unknown. So no list of keys
stands beside the code that reads them. What was found is shown in a problem, except for secrets.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, TypeVar

from consentmw.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_Value = TypeVar("_Value", bool, int, str)
_Word = TypeVar("_Word", bound=str)

_TYPE_NAMES = {
    bool: "a boolean",
    int: "a whole number",
    float: "a number",
    str: "a string",
    list: "a list",
    tuple: "a list",
    dict: "a table",
}


class Problems:
    """The problems found so far in one configuration."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.found: list[Problem] = []

    def add(self, table: str, key: str, message: str) -> None:
        """Note one problem."""
        self.found.append(Problem(source=self.source, table=table, key=key, message=message))


class Table:
    """One table, by its path in the file (`name`), and the problems it shares with the others."""

    def __init__(self, values: Mapping[Any, Any], *, name: str, problems: Problems) -> None:
        # A mapping that came from no file may have keys that TOML couldn't.
        self._values = {str(key): value for key, value in values.items()}
        self._asked: set[str] = set()
        self.name = name
        self.problems = problems

    def problem(self, key: str, message: str) -> None:
        """Note what is wrong with a key of this table."""
        self.problems.add(self.name, key, message)

    def raw(self, key: str) -> Any:
        """What the file has for a key, unread; `None` where it has nothing."""
        self._asked.add(key)
        return self._values.get(key)

    def boolean(self, key: str, *, default: bool) -> bool:
        """A `true` or `false`."""
        value = self._typed(key, bool)
        return default if value is None else value

    def integer(self, key: str, *, default: int, least: int, most: int) -> int:
        """A whole number within bounds."""
        value = self._typed(key, int)
        if value is None:
            return default
        if not least <= value <= most:
            self.problem(key, f"found {value}, expected a whole number from {least} to {most}")
            return default
        return value

    def string(
        self, key: str, *, default: str = "", check: Callable[[str], str | None] | None = None
    ) -> str:
        """A string; `check` says what would be accepted instead, or `None` if it is fine."""
        value = self._typed(key, str)
        if value is None:
            return default
        expected = check(value) if check is not None else None
        if expected is not None:
            self.problem(key, f"found {value!r}, expected {expected}")
            return default
        return value

    def word(self, key: str, *, default: _Word, options: Sequence[_Word]) -> _Word:
        """One of a few words."""
        value = self._typed(key, str)
        if value is None:
            return default
        for option in options:
            if value == option:
                return option
        accepted = ", ".join(repr(option) for option in options)
        self.problem(key, f"found {value!r}{_meant(value, options)}; expected one of {accepted}")
        return default

    def day(self, key: str) -> date | None:
        """A date; TOML has them as `2026-01-31`, without quotes."""
        value = self.raw(key)
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        if value is not None:
            self.problem(key, f"found {value!r}, expected a date such as 2026-01-31, unquoted")
        return None

    def strings(
        self, key: str, *, check: Callable[[str], str | None] | None = None
    ) -> tuple[str, ...]:
        """A list of strings without repetition, each of which `check` accepts."""
        values = self.raw(key)
        if values is None:
            return ()
        if isinstance(values, str) or not isinstance(values, list | tuple):
            self.problem(key, f"found {_type_name(values)}, expected a list of strings")
            return ()
        accepted = []
        for value in values:
            expected = "a string" if not isinstance(value, str) else check and check(value)
            if expected:
                self.problem(key, f"found {value!r}, expected {expected}")
            else:
                accepted.append(value)
        return tuple(dict.fromkeys(accepted))

    def table(self, key: str) -> Table:
        """A table within; empty where the file has none."""
        values = self.raw(key)
        if values is not None and not isinstance(values, Mapping):
            self.problem(key, f"found {_type_name(values)}, expected a table")
            values = None
        return Table(values or {}, name=self._path(key), problems=self.problems)

    def tables(self, key: str) -> Iterator[Table]:
        """An array of tables, `[[key]]` in TOML."""
        values = self.raw(key)
        if values is None:
            return
        if isinstance(values, str) or not isinstance(values, list | tuple):
            self.problem(key, f"found {_type_name(values)}, expected [[{self._path(key)}]] tables")
            return
        for number, value in enumerate(values, start=1):
            if isinstance(value, Mapping):
                yield Table(value, name=f"{self._path(key)}#{number}", problems=self.problems)
            else:
                self.problem(key, f"found {_type_name(value)}, expected a table")

    def names(self) -> tuple[str, ...]:
        """All keys, where they are names of the site's own and not ours."""
        self._asked.update(self._values)
        return tuple(self._values)

    def finish(self) -> None:
        """Report the keys that nobody asked for."""
        for key in self._values:
            if key not in self._asked:
                self.problem(key, f"unknown key{_meant(key, sorted(self._asked))}")

    @property
    def known_keys(self) -> frozenset[str]:
        """The keys that were asked for."""
        return frozenset(self._asked)

    def _path(self, key: str) -> str:
        return f"{self.name}.{key}" if self.name else key

    def _typed(self, key: str, kind: type[_Value]) -> _Value | None:
        value = self.raw(key)
        # bool is an int to Python, but `revision = true` is a slip.
        if isinstance(value, kind) and type(value) is kind:
            return value
        if value is not None:
            self.problem(key, f"found {_type_name(value)}, expected {_TYPE_NAMES[kind]}")
        return None


def _type_name(value: object) -> str:
    return _TYPE_NAMES.get(type(value), type(value).__name__)


def _meant(name: str, known: Sequence[str]) -> str:
    matches = get_close_matches(name, known, n=1)
    return f", did you mean {matches[0]!r}?" if matches else ""
