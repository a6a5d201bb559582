"""What an inline script loads or starts, and what it merely mentions.

Two things count. A *loader* is the URL of something classified, written as a string of its own in
code that creates elements, sets ``.src``, imports, fetches or writes markup. A *start* is code that
a rule names, such as ``fbq('init'``. Neither counts in a comment, in the middle of a string, as the
value of a quoted key (``"pixel": "https://…"`` is data: what hydrates a page mentions everything)
or where it is compared with something or opened as a page.

No JavaScript is parsed. Text is searched for candidates in one pass; only where one is plausible by
what stands around it are strings and comments told from code, in one more pass. So a script that
mentions nobody costs nanoseconds a byte, and no script costs more than its length.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from consentmw.core.layers import suffixes
from consentmw.core.patterns import PathTable, UrlPattern
from consentmw.core.rules import Classification

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from consentmw.core.needles import Needles
    from consentmw.core.rules import Rule

# How far the URL may stand from the code that loads it. The longest published snippets (Google's,
# Meta's, Segment's) are below 3,000 characters.
_REACH: Final = 8192
# How much is read before a candidate; white space in minified and pretty code stays far below it.
_LOOK_BACK: Final = 160

# `//host`, also as `\/\/host` (JSON and PHP escape it so), and `+ ".host/` where the scheme or the
# first label is put in front by code: the form of ga.js and many others. Each begins with a plain
# character and ignores no case by flag: only so `re` looks for it at a nanosecond a byte.
_LABELS: Final = r"([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+)"
_URL: Final = re.compile(rf"/\\?/{_LABELS}")
_TAIL: Final = re.compile(rf"\+\s{{0,20}}['\"]\.?{_LABELS}(?=\\?/)")
_REST: Final = re.compile(r"[^'\"`\s<>]{0,2048}")

_SCHEME: Final = re.compile(r"(?:https?)?:?\Z", re.IGNORECASE)
_ATTRIBUTE: Final = re.compile(r"\b(?:src|srcset|data)\s*=\s*\\*\Z", re.IGNORECASE)
# A string is a question or a place to go to, not an order to load.
_ASKING: Final = re.compile(
    r"(?:indexOf|includes|startsWith|endsWith|match|search|test|replace|replaceAll|split"
    r"|window\.open|assign|URL)\s*\(\Z"
)
_GOING: Final = re.compile(r"(?:[=!]|\b(?:href|location|action)\s*)=\Z")
# Code that loads, and code that writes markup: words to look for, and what makes them so.
_LOADING: Final = {
    "createElement": re.compile(r"createElement(?:NS)?\b"),
    ".src": re.compile(r"\.src\s*="),
    "import": re.compile(r"(?<![\w$.])import(?:Scripts)?\s*\("),
    "Image": re.compile(r"(?<=new )Image\b"),
    "insertBefore": re.compile(r"insertBefore\b"),
    "append": re.compile(r"append(?:Child)?\s*\("),
    "sendBeacon": re.compile(r"sendBeacon\b"),
    "fetch": re.compile(r"(?<![\w$])fetch\s*\("),
    "XMLHttpRequest": re.compile(r"XMLHttpRequest\b"),
    "require": re.compile(r"(?<![\w$])require(?:js)?\s*\(\s*\["),
    "Script": re.compile(r"(?<=load|.add|ject|sert|pend|.get)Script\w*\s*\("),
    "setAttribute": re.compile(r"setAttribute\s*\("),
    ".ajax": re.compile(r"\.ajax\s*\("),
}
_WRITING: Final = {
    ".write": re.compile(r"\.write(?:ln)?\s*\("),
    "innerHTML": re.compile(r"innerHTML\b"),
    "insertAdjacentHTML": re.compile(r"insertAdjacentHTML\b"),
    "createContextualFragment": re.compile(r"createContextualFragment\b"),
    "srcdoc": re.compile(r"srcdoc\b"),
    ".html": re.compile(r"\.html\s*\("),
    ".append": re.compile(r"\.append\s*\("),
    ".prepend": re.compile(r"\.prepend\s*\("),
    ".after": re.compile(r"\.after\s*\("),
    ".before": re.compile(r"\.before\s*\("),
}

# Strings, templates, comments and regular expressions. A slash begins a regular expression where no
# value stands before it; what that rule gets wrong ends with the line at the latest. JavaScript has
# four ends of a line (ECMA-262, "line terminators"); in a string, two of them are mere characters.
_LINE: Final = r"\n\r\u2028\u2029"
_ESCAPED: Final = r"\\(?:\r\n|[\s\S])"
_TOKEN: Final = re.compile(
    rf"\"[^\"\\\n\r]*(?:{_ESCAPED}[^\"\\\n\r]*)*\"?"
    rf"|'[^'\\\n\r]*(?:{_ESCAPED}[^'\\\n\r]*)*'?"
    r"|`[^`\\]*(?:\\[\s\S][^`\\]*)*`?"
    rf"|//[^{_LINE}]*|<!--[^{_LINE}]*|/\*(?:[^*]|\*(?!/))*(?:\*/)?"
    rf"|(?:(?<=[(,=:\[!&|?{{}};+{_LINE}])|(?<=[(,=:\[!&|?{{}};+{_LINE}] )"
    r"|(?<=return)|(?<=return ))"
    rf"/(?![/*])[^/\\\[{_LINE}]*"
    rf"(?:(?:\\[^{_LINE}]|\[[^\]\\{_LINE}]*(?:\\[^{_LINE}][^\]\\{_LINE}]*)*\])[^/\\\[{_LINE}]*)*/?"
)

_ADDRESS: Final = re.compile(r"(?:https?://|//)?[a-z0-9-]+(?:\.[a-z0-9-]+)+/")
_QUOTES: Final = "'\"`"
_QUOTE: Final = "['\"`]"
_MARKER_PART: Final = re.compile(r"[A-Za-z0-9_$]+|\s+|.")
_COMMON_WORDS: Final = frozenset(
    {"window", "document", "self", "top", "config", "create", "get", "identify", "init", "load"}
    | {"initialize", "js", "method", "name", "new", "options", "page", "push", "q", "queue", "set"}
    | {"setup", "src", "start", "track", "url", "var"}
)
_IDENTIFIER: Final = re.compile(r"[A-Za-z0-9_$]+")
_WORDS: Final = bytes(
    code if code < 128 and (chr(code).isalnum() or chr(code) in "_$") else 0x20
    for code in range(256)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loader:
    """One place in a script where something is loaded or started."""

    position: int
    """Where in the script, in characters."""
    classification: Classification


@dataclass(frozen=True, slots=True)
class _Start:
    """Code that a rule names; to be shown: that it is code."""

    position: int
    classification: Classification


@dataclass(frozen=True, slots=True)
class _Url:
    """The URL of something classified; to be shown: that it is loaded."""

    position: int
    quote: int | None
    """The quote before it, which makes it a string of its own if a string begins there."""
    in_markup: bool
    """Whether it looks like the ``src`` of an element that the script would have to write."""
    classification: Classification


class LoaderFinder:
    """Finds what scripts load, by inline rules and by whatever classifies a URL."""

    def __init__(
        self,
        rules: Iterable[Rule],
        find_target: Callable[[str, str, str], Classification | None],
        hosts: Collection[str] | None = None,
        any_host: Needles | None = None,
    ) -> None:
        """Take inline rules, the answer for host, target and own host, and what is worth asking.

        That is the hosts of which something is to be found, and what to look for in the paths of
        any other; without hosts, everything is. A rule that is an address
        (``host.example/path``) is about loaders, any other about starts.
        """
        self._find_target = find_target
        self._markers: dict[bytes, list[Classification]] = {}
        """By the word that tells; see `_telling_word`."""
        addresses: dict[str, list[UrlPattern]] = {}
        for rule in rules:
            if _ADDRESS.match(rule.pattern):
                address = UrlPattern(rule)
                addresses.setdefault(address.host, []).append(address)
                continue
            classification = Classification(category=rule.category, vendor=rule.vendor, rule=rule)
            word = _telling_word(rule.pattern).encode()
            self._markers.setdefault(word, []).append(classification)
        self._words = frozenset(self._markers)
        self._addresses = {host: PathTable(found) for host, found in addresses.items()}
        self._hosts = None if hosts is None else self._addresses.keys() | hosts
        self._any_host = any_host

    def words_in(self, script: bytes) -> frozenset[bytes]:
        """Return which telling words of rules a script holds, in ASCII-compatible bytes.

        Asking a hash table for each word beats looking for each of the rules' words in turn, and a
        regular expression of them all by far.
        """
        return self._words.intersection(script.translate(_WORDS).split())

    def names_any(self, script: bytes) -> bool:
        """Tell whether a URL in ASCII-compatible bytes may be one that counts."""
        return any(self._urls(script.decode("latin-1")))

    def find(
        self, script: str, own_host: str = "", words: frozenset[bytes] | None = None
    ) -> Iterator[Loader]:
        """Yield what the script loads or starts, in order; `words` where they are known."""
        if words is None:
            words = self.words_in(script.encode("ascii", "replace"))
        candidates: list[_Start | _Url] = [
            *self._starts(script, words),
            *self._loads(script, own_host),
        ]
        if not candidates:
            return
        candidates.sort(key=lambda found: found.position)
        # What stands further behind the last one doesn't matter.
        reading = _Reading(script[: candidates[-1].position + 2 * _REACH])
        for candidate in candidates:
            if reading.confirms(candidate):
                yield Loader(position=candidate.position, classification=candidate.classification)

    def _starts(self, script: str, words: frozenset[bytes]) -> Iterator[_Start]:
        for word in words:
            for classification in self._markers[word]:
                for match in compile_marker(classification.rule.pattern).finditer(script):
                    yield _Start(match.start(), classification)

    def _urls(self, script: str) -> Iterator[re.Match[str]]:
        for pattern in (_URL, _TAIL):
            for match in pattern.finditer(script):
                if self._watches(match[1].lower(), script, match.end()):
                    yield match

    def _watches(self, host: str, script: str, end: int) -> bool:
        hosts = self._hosts
        if hosts is None:
            return True
        if any(suffix in hosts for suffix in suffixes(host) if suffix != "*"):
            return True
        if self._any_host is None:
            return False
        return self._any_host.search(script[end : end + 256].encode("ascii", "replace"))

    def _loads(self, script: str, own_host: str) -> Iterator[_Url]:
        for match in self._urls(script):
            quote, in_markup = _opening(script, match)
            if quote is not None and _is_mention(script, quote):
                quote = None
            if quote is None and not in_markup:
                continue
            rest = _REST.match(script, match.end())
            target = (rest[0] if rest else "").replace("\\/", "/").partition("#")[0]
            classification = self._classify(
                match[1].lower(), target if target.startswith("/") else "/" + target, own_host
            )
            if classification is not None:
                yield _Url(match.start(1), quote, in_markup, classification)

    def _classify(self, host: str, target: str, own_host: str) -> Classification | None:
        for suffix in suffixes(host) if self._addresses else ():
            table = self._addresses.get(suffix)
            rule = table and table.find(target)
            if rule:
                return Classification(category=rule.category, vendor=rule.vendor, rule=rule)
        return self._find_target(host, target, own_host)


class _Reading:
    """A script with its strings, comments and regular expressions told from its code."""

    def __init__(self, script: str) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        code: list[str] = []
        position = 0
        for match in _TOKEN.finditer(script):
            start, end = match.span()
            self._starts.append(start)
            self._ends.append(end)
            code.append(script[position:start])
            # Same length, so that positions stay what they are.
            code.append(" " * (end - start))
            position = end
        code.append(script[position:])
        text = "".join(code)
        self._script = script
        self._writing = _places(text, _WRITING)
        self._loading = sorted([*_places(text, _LOADING), *self._writing])

    def confirms(self, candidate: _Start | _Url) -> bool:
        """Tell whether the code does what the candidate looks like."""
        if isinstance(candidate, _Start):
            start = self._string_at(candidate.position)
            # A pattern may begin with a quote, and so with a string of its own.
            return start is None or start == candidate.position
        start = self._string_at(candidate.position)
        if start is None:
            return False
        if start == candidate.quote:
            return _near(self._loading, start)
        return (
            candidate.in_markup
            and self._script[start] in _QUOTES
            and not _is_mention(self._script, start)
            and _near(self._writing, start)
        )

    def _string_at(self, position: int) -> int | None:
        """Return where the string or comment around a position begins."""
        index = bisect_right(self._starts, position) - 1
        return self._starts[index] if index >= 0 and position < self._ends[index] else None


@lru_cache(maxsize=1024)
def compile_marker(pattern: str) -> re.Pattern[str]:
    """Compile JavaScript text as vendors' inline rules write it.

    White space matches any or none and may stand around punctuation, one quote matches any, ``*``
    is what a string can hold, and a word at either end is a whole one.
    """
    pieces = []
    parts = [part for part in _MARKER_PART.findall(pattern.strip()) if not part.isspace()]
    for part in parts:
        if part == "*":
            pieces.append(r"[^'\"`\s]*")
        elif _IDENTIFIER.fullmatch(part):
            pieces.append(part.replace("$", r"\$"))
        else:
            pieces.append(rf"\s*{_QUOTE if part in _QUOTES else re.escape(part)}\s*")
    # Neither end takes white space with it: where a match begins tells whether it is code.
    pieces[0] = pieces[0].removeprefix(r"\s*")
    pieces[-1] = pieces[-1].removesuffix(r"\s*")
    if _IDENTIFIER.fullmatch(parts[0]):
        # Behind the word, so that `re` jumps to where the word stands.
        pieces[0] += rf"(?<![\w$]{pieces[0]})"
    tail = r"(?![\w$])" if _IDENTIFIER.fullmatch(parts[-1]) else ""
    if parts[-1] == "=":
        tail = r"(?!=)"
    return re.compile("".join(pieces) + tail)


def _telling_word(pattern: str) -> str:
    """Return the word of a marker that the fewest scripts hold: the vendor's, not the verb."""
    words = _IDENTIFIER.findall(pattern)
    return next((word for word in words if word not in _COMMON_WORDS), "") or max(
        words, key=len, default=""
    )


def _opening(script: str, url: re.Match[str]) -> tuple[int | None, bool]:
    """Return where the quote before a URL is, if one is, and whether the URL may be in markup."""
    if url.re is _TAIL:
        return url.start(1) - (2 if script[url.start(1) - 1] == "." else 1), False
    end = url.start() - (url[0][1] == "\\")
    scheme = _SCHEME.search(script, max(0, end - 6), end)
    end = end if scheme is None else scheme.start()
    match script[end - 1 : end]:
        case "'" | '"' | "`":
            in_markup = _ATTRIBUTE.search(script, max(0, end - 24), end - 1) is not None
            return (None if script[end - 2 : end - 1] == "\\" else end - 1), in_markup
        case "=":
            return None, _ATTRIBUTE.search(script, max(0, end - 24), end) is not None
        case "}":
            # `${location.protocol}//host`: the string begins with the expression.
            opening = script.rfind("`", max(0, end - 64), end)
            return (opening if opening >= 0 else None), False
    return None, False


def _is_mention(script: str, quote: int) -> bool:
    """Tell from what stands before a string that it is data, a question or a place to go to."""
    before = script[max(0, quote - _LOOK_BACK) : quote].rstrip()
    match before[-1:]:
        case ":":
            # `{"key":` and `, 'key':`, but neither `{key:` nor `a ? 'b' :`.
            key = before[:-1].rstrip()
            opening = key.rfind(key[-1], 0, -1) if key[-1:] in {'"', "'"} else -1
            return opening > 0 and key[:opening].rstrip()[-1:] in {"{", ","}
        case "(":
            return _ASKING.search(before, max(0, len(before) - 24)) is not None
        case "=":
            return _GOING.search(before, max(0, len(before) - 24)) is not None
    return before.endswith("case")


def _places(code: str, words: Mapping[str, re.Pattern[str]]) -> list[int]:
    """Return where the words stand, in order; looking for each in turn beats one expression."""
    places = []
    for word, pattern in words.items():
        place = code.find(word)
        while place >= 0:
            if pattern.match(code, place):
                places.append(place)
            place = code.find(word, place + len(word))
    return sorted(places)


def _near(positions: list[int], position: int) -> bool:
    index = bisect_left(positions, position - _REACH)
    return index < len(positions) and positions[index] <= position + _REACH
