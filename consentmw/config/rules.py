"""The rules that a site writes under `[categories.…]`, checked and made into `Rule`s.

What a pattern means is the catalogue's affair; here it is only kept from meaning far too much, and
from standing in two categories.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from consentmw.core.patterns import Glob, UrlPattern, check_host
from consentmw.core.rules import Rule
from consentmw.data.lists import is_distinctive, read_cookie_list, read_host_list
from consentmw.errors import CatalogueError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from consentmw.config.tables import Table
    from consentmw.core.rules import RuleKind

# RFC 6265, section 4.1.1: a cookie's name is a token. Brackets and colons are no part of one, yet
# browsers take them and PHP sites use them. A pattern that begins with a star would take every
# cookie there is, the session's included.
_COOKIE: Final = re.compile(r"[A-Za-z0-9!#$%&'+.^_`|~\[\]:-][A-Za-z0-9!#$%&'*+.^_`|~\[\]:-]*")
# Shorter markers occur in any script.
_SHORTEST_MARKER: Final = 5


def read_rules(tables: Iterable[Table], *, folder: Path, choice_cookie: str) -> tuple[Rule, ...]:
    """Read the rules of all categories; a pattern may stand in one of them only.

    Args:
        tables: The categories' tables, each named `categories.<name>`.
        folder: What the paths of lists are relative to.
        choice_cookie: The name of the choice cookie, which no other category may take.
    """
    rules: dict[tuple[RuleKind, str], Rule] = {}
    for table in tables:
        category = table.name.removeprefix("categories.")
        for key, kind, pattern, source in _read_patterns(table, folder):
            rule = Rule(
                kind=kind,
                pattern=pattern,
                category=category,
                vendor="",
                source=source,
                distinctive=key != "cookie_lists" or is_distinctive(pattern),
                from_site=True,
            )
            try:
                rule = _checked(rule, choice_cookie)
            except CatalogueError as error:
                table.problem(key, f"{pattern!r}: {error}")
                continue
            # A pattern may be written down and stand in a list of the same category as well.
            owner = rules.setdefault((kind, rule.pattern), rule).category
            if owner != category:
                table.problem(key, f"{pattern!r} is in category {owner!r} already")
    return tuple(rules.values())


def _read_patterns(table: Table, folder: Path) -> Iterator[tuple[str, RuleKind, str, str]]:
    """Each pattern with its key, its kind and the file in which it stands."""
    written: tuple[tuple[str, RuleKind], ...] = (
        ("cookies", "cookie"),
        ("hosts", "host"),
        ("urls", "url"),
        ("inline", "inline"),
    )
    for key, kind in written:
        for pattern in table.strings(key):
            yield key, kind, pattern, table.problems.source
    for name in table.strings("cookie_lists"):
        for pattern in _read_list(table, "cookie_lists", folder / name):
            yield "cookie_lists", "cookie", pattern, name
    for name in table.strings("host_lists"):
        for pattern in _read_list(table, "host_lists", folder / name):
            yield "host_lists", "host", pattern, name


def _read_list(table: Table, key: str, path: Path) -> Iterable[str]:
    read = read_cookie_list if key == "cookie_lists" else read_host_list
    try:
        return read(path)
    except (OSError, UnicodeDecodeError, CatalogueError) as error:
        table.problem(key, f"{str(path)!r} can't be read: {error}")
        return ()


def _checked(rule: Rule, choice_cookie: str) -> Rule:
    """The rule in its canonical form; `CatalogueError` where it can't be one."""
    pattern = rule.pattern
    if rule.kind == "host":
        host = check_host(pattern)
        if "." not in host:
            raise CatalogueError("expected a host such as 'ads.example.com', with a dot in it")
        # Two spellings of one host are one host.
        return rule._replace(pattern=host)
    if rule.kind == "url":
        UrlPattern(rule)
        if not pattern.strip("/*"):
            raise CatalogueError("this is every page of the site itself")
    elif rule.kind == "cookie":
        if _COOKIE.fullmatch(pattern) is None:
            raise CatalogueError("expected a cookie's name, or its beginning and '*'")
        if rule.category != "consent" and Glob(pattern).matches(choice_cookie):
            raise CatalogueError(f"this takes the choice cookie {choice_cookie!r} itself")
    elif len(pattern.strip()) < _SHORTEST_MARKER:
        raise CatalogueError(f"expected at least {_SHORTEST_MARKER} characters of a loader")
    return rule
