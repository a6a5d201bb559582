"""The pattern language of URL and cookie rules: plain text in which ``*`` is any run of characters.

Matching never backtracks: the pieces between the stars are looked for one after the other, so that
a long hostile URL costs no more than its length.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, unquote_plus

from consentmw.errors import CatalogueError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from consentmw.core.rules import Rule

_URL_PATTERN: Final = re.compile(
    r"(?:https?://|//)?(\*(?=/)|(?:\*\.)?[^/?#*]*(?:\.\*)?)(/[^?#]*)?(?:\?([^#]*))?", re.ASCII
)
_LABEL: Final = r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?"
_HOST: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})*(?:\.\*)?")


def check_host(host: str) -> str:
    """Return a host pattern as the index keys it; `CatalogueError` says what is wrong with it.

    ``*.example.com`` is accepted for ``example.com``: a host covers its subdomains anyway.
    ``example.*`` stands for the countries' domains of that name, where an index knows them.
    """
    if _HOST.fullmatch(host):
        return host
    plain = host.lower().removeprefix("*.").removeprefix(".").removesuffix(".")
    if not plain.isascii():
        try:
            plain = plain.encode("idna").decode("ascii")
        except UnicodeError as error:
            raise CatalogueError(f"{host!r} is not a host name: {error}") from error
    if not _HOST.fullmatch(plain):
        hint = "; a URL belongs under 'urls'" if "/" in host else ""
        raise CatalogueError(f"{host!r} is not a host name such as 'ads.example.com'{hint}")
    return plain


class Glob:
    """A text in which ``*`` is any run of characters, none included."""

    __slots__ = ("_first", "_last", "_middle", "literals", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        first, *rest = text.split("*")
        self._first = first
        self._last = rest[-1] if rest else None
        self._middle = tuple(piece for piece in rest[:-1] if piece)
        self.literals = len(text) - text.count("*")

    @property
    def prefix(self) -> str:
        """What every match begins with."""
        return self._first

    @property
    def needle(self) -> str:
        """The longest text that stands in every match."""
        return max(self.text.split("*"), key=len)

    def matches(self, text: str) -> bool:
        """Tell whether the whole of `text` is described."""
        last = self._last
        if last is None:
            return text == self._first
        if not (text.startswith(self._first) and text.endswith(last)):
            return False
        position = len(self._first)
        end = len(text) - len(last)
        for piece in self._middle:
            position = text.find(piece, position, end)
            if position < 0:
                return False
            position += len(piece)
        return position <= end


class UrlPattern:
    """A URL rule, taken apart: the host, a glob for the path, globs for query parameters.

    ``https://host/path/*?name=value*``. The host covers its subdomains; it is ``*`` for software
    that anybody can host, and empty for a path of the site itself (``/path/*``). A path without
    ``*`` is compared whole, a slash at its end aside; one that ends in ``/*`` includes the folder,
    and one that begins with ``/*/`` means any depth. Parameters may stand in any order.
    """

    __slots__ = (
        "_any_depth",
        "_folder",
        "_parameters",
        "_path",
        "host",
        "name",
        "needle",
        "path",
        "query",
        "rule",
        "segment",
        "weight",
    )

    def __init__(self, rule: Rule) -> None:
        match = _URL_PATTERN.fullmatch(rule.pattern)
        if match is None or not (match[1] or match[2]):
            raise CatalogueError(
                f"{rule.pattern!r} is not a URL pattern such as 'https://example.com/path/*?id=A-*'"
                " or '/path/*'; '*' can't stand in a host"
            )
        self.rule = rule
        self.host = match[1] if match[1] in {"", "*"} else check_host(match[1])
        self.path = path = match[2] or "/*"
        self.query = match[3] or ""
        self._folder = path.endswith("/*")
        self._any_depth = path.startswith("/*/")
        self._path = Glob(path if "*" in path else path.rstrip("/"))
        self._parameters = tuple(
            (name, Glob(value), f"{name}={start}" if (start := value.partition("*")[0]) else name)
            for name, _, value in (p.partition("=") for p in self.query.split("&") if p)
        )
        self.name = path.rpartition("/")[2] if self._any_depth and "*" not in path[3:] else None
        """The last segment, where the path holds at any depth but has no other star."""
        # The slash before a folder's star need not be there.
        self.needle = max((piece.rstrip("/") for piece in self._path.text.split("*")), key=len)
        """The longest text that stands in every path that is described."""
        # The first segment is the key under which rules are looked up, unless a star blurs it.
        head, star, _ = path.partition("*")
        segment, slash, _ = head[1:].partition("/")
        self.segment = segment if slash or not star else None
        self.weight = self._path.literals + sum(
            len(name) + glob.literals for name, glob, _ in self._parameters
        )

    def matches(self, path: str, query: str) -> bool:
        """Tell whether a decoded path and a raw query are described."""
        # What the query lacks is seen sooner than how a path is made up.
        if self.needle not in path or (self._parameters and not self._query_matches(query)):
            return False
        glob = self._path
        if self._any_depth:
            path = "/" + path
        if not glob.matches(path):
            if path[-1:] == "/":
                matched = glob.matches(path.rstrip("/"))
            else:
                matched = self._folder and glob.matches(path + "/")
            return matched
        return True

    def _query_matches(self, query: str) -> bool:
        plain = "%" not in query and "+" not in query
        for name, glob, beginning in self._parameters:
            if plain and beginning not in query:
                return False
            for pair in query.split("&"):
                if pair.startswith(name):
                    key, _, value = pair.partition("=")
                    if not plain:
                        value = unquote_plus(value)
                    if key == name and glob.matches(value):
                        break
            else:
                return False
        return True


class PathTable:
    """The URL rules of one host, the more specific first.

    They are found by the path's first segment or, where they hold at any depth, by its last.
    """

    __slots__ = ("_anywhere", "_by_name", "_by_segment", "patterns")

    def __init__(self, patterns: Iterable[UrlPattern]) -> None:
        self.patterns = tuple(sorted(patterns, key=lambda p: (-p.weight, p.rule.pattern)))
        self._by_name: dict[str, tuple[UrlPattern, ...]] = {}
        rest = []
        for pattern in self.patterns:
            if pattern.name is None:
                rest.append(pattern)
            else:
                self._by_name[pattern.name] = (*self._by_name.get(pattern.name, ()), pattern)
        self._anywhere = tuple(p for p in rest if p.segment is None)
        self._by_segment = {
            segment: tuple(p for p in rest if p.segment in {segment, None})
            for segment in {p.segment for p in rest}
        }

    def names_any(self, categories: frozenset[str]) -> bool:
        """Tell whether a rule is of one of these categories."""
        return any(pattern.rule.category in categories for pattern in self.patterns)

    def find(self, target: str) -> Rule | None:
        """Return the rule for ``/path?query``, the most specific one."""
        if not self.patterns:
            return None
        path, _, query = target.partition("?")
        if "%" in path:
            path = unquote(path)
        found = None
        for pattern in self._by_segment.get(path[1:].partition("/")[0], self._anywhere):
            if pattern.matches(path, query):
                found = pattern
                break
        if self._by_name:
            for pattern in self._by_name.get(path.rpartition("/")[2], ()):
                more = found is None or pattern.weight > found.weight
                if more and pattern.matches(path, query):
                    found = pattern
                    break
        return None if found is None else found.rule


class CookieTable:
    """Cookie rules: exact names first, then the pattern with the most literal characters.

    A pattern that says how a name begins goes before one that begins with ``*``: a vendor's prefix
    says more than a word that may stand anywhere (``QSI_*`` and ``*Session*``). Only a distinctive
    word for a visitor's choice (``*optout*``) goes before a prefix: another answer could take the
    choice away.
    """

    __slots__ = ("_anywhere", "_exact", "_globs", "_prefix_lengths")

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._exact: dict[str, Rule] = {}
        by_prefix: dict[str, list[tuple[int, Glob, Rule]]] = {}
        for rule in rules:
            if "*" in rule.pattern:
                glob = Glob(rule.pattern)
                keeps_choice = rule.category == "consent" and rule.distinctive
                rank = 2 * keeps_choice + bool(glob.prefix)
                by_prefix.setdefault(glob.prefix, []).append((rank, glob, rule))
            else:
                self._exact[rule.pattern] = rule
        # Hundreds of words may stand anywhere, and hardly any name holds one.
        self._anywhere = tuple((found[1].needle, found) for found in by_prefix.pop("", ()))
        self._globs = {prefix: tuple(globs) for prefix, globs in by_prefix.items()}
        self._prefix_lengths = tuple(sorted({len(prefix) for prefix in by_prefix}))

    def find(self, name: str) -> Rule | None:
        """Return the rule for a cookie's name."""
        rule = self._exact.get(name)
        if rule is not None:
            return rule
        described = [found for needle, found in self._anywhere if needle in name]
        for length in self._prefix_lengths:
            described += self._globs.get(name[:length], ())
        candidates = [
            (rank, glob.literals, glob.text, rule)
            for rank, glob, rule in described
            if glob.matches(name)
        ]
        return max(candidates, key=lambda found: found[:3])[3] if candidates else None

    def in_order(self) -> Iterator[Rule]:
        """Yield the rules in the order in which `find` prefers them."""
        yield from self._exact.values()
        globs = [found for _, found in self._anywhere]
        globs += [found for group in self._globs.values() for found in group]
        for found in sorted(globs, key=lambda f: (f[0], f[1].literals, f[1].text), reverse=True):
            yield found[2]
