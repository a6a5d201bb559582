"""The URLs in a style sheet or in a ``style`` attribute.

Tokens are told apart as CSS Syntax does, as far as a URL can hide: ``url(…)`` with and without
quotes, ``@import "…"``, strings inside ``image-set()`` and ``src()``, comments, escapes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_ESCAPE: Final = re.compile(
    r"\\(?:([0-9a-fA-F]{1,6})(?:\r\n|[ \t\r\n\f])?|(\r\n|[\n\r\f])|(.))", re.DOTALL
)
# An escape takes the white space behind it with it.
_CODE: Final = r"\\[0-9a-fA-F]{1,6}+(?:\r\n|[ \t\r\n\f])?+|\\[^\n\r\f]"
_BACKWARDS: Final = re.compile(r"[\w-]*+")
_TO_SPACE: Final = dict.fromkeys(map(ord, "\t\r\n\f:;,()[]{}<>=+*/!\"'#@.&%|~^$?"), " ")
_AT_NAME: Final = re.compile(r"(?:[\w\x80-\U0010ffff-]|" + _CODE + r")*+")
_LONGEST_NAME: Final = 128
"""Characters looked back for a function's name; `-webkit-image-set` in escapes has 125."""
_BETWEEN: Final = re.compile(r"[^\"'(@/\\]*+")
# Runs of what can't begin anything of interest are one step.
_TOKEN: Final = re.compile(
    r"[^\"'()@;{}/\\]++|/\*(?:[^*]|\*(?!/))*+(?:\*/|\Z)"
    r"|\"(?P<double>(?:[^\"\\\n\r\f]|\\(?:\r\n|.))*+)|'(?P<single>(?:[^'\\\n\r\f]|\\(?:\r\n|.))*+)"
    r"|(?P<open>\()|(?P<close>\))|(?P<at>@)|(?P<end>[;{}])|\\.|.",
    re.DOTALL,
)
# A control character in it makes it a bad URL; NUL doesn't, for it has become U+FFFD by then.
_BARE_URL: Final = re.compile(
    r"[ \t\r\n\f]*+(?P<quote>[\"'])?"
    r"(?P<bare>(?:[^\"'()\\ \x01-\x1f\x7f]|" + _CODE + r")*+)"
)
_URL_END: Final = re.compile(r"[ \t\r\n\f]*+(?:\)|\Z)")
# Functions whose strings are URLs.
_STRINGS_ARE_URLS: Final = frozenset(
    {"image-set", "-webkit-image-set", "src", "image", "cross-fade"}
)


_LAST_LETTERS: Final = frozenset("lLtTcCeE")


class CssUrl(NamedTuple):
    """A URL and where it stands, in characters, without quotes."""

    text: str
    start: int
    end: int


def read_css_urls(css: str) -> Iterator[CssUrl]:
    """Yield every URL that a style sheet loads something from."""
    functions: list[str] = []
    importing = False
    position = 0
    while position < len(css):
        if not (functions or importing):
            # Where neither matters, the ends of declarations and blocks don't either.
            between = _BETWEEN.match(css, position)
            position = between.end() if between is not None else position
        match = _TOKEN.match(css, position)
        if match is None:
            return
        position = match.end()
        kind = match.lastgroup
        if kind is None:
            continue
        if kind == "open":
            name = _name_before(css, position - 1)
            if name == "url":
                bare = _BARE_URL.match(css, position)
                if bare is not None and not bare["quote"]:
                    position = bare.end()
                    if _URL_END.match(css, position) is None:
                        # CSS Syntax, "consume the remnants of a bad url": nothing is loaded.
                        position = css.find(")", position)
                        if position < 0:
                            return
                        continue
                    yield CssUrl(_unescape(bare["bare"]), bare.start("bare"), bare.end("bare"))
            functions.append(name)
        elif kind == "close":
            if functions:
                functions.pop()
        elif kind in {"double", "single"}:
            if importing or (functions and (_STRINGS_ARE_URLS | {"url"}) & set(functions[-2:])):
                yield CssUrl(_unescape(match[kind]), match.start(kind), match.end(kind))
            if css[position : position + 1] in {'"', "'"}:
                position += 1
        elif kind == "at":
            named = _AT_NAME.match(css, position)
            if named is not None:
                importing = _unescape(named[0]).lower() == "import"
                position = named.end()
        elif kind == "end":
            # Inside parentheses it is one more value: only their own end closes a function.
            importing = importing and bool(functions)


def _name_before(css: str, end: int) -> str:
    """Return a function's name, or nothing where it can't be one that loads anything."""
    if css[end - 1 : end] not in _LAST_LETTERS and "\\" not in css[max(0, end - 8) : end]:
        return ""
    before = css[max(0, end - _LONGEST_NAME) : end]
    if "\\" not in before:
        named = _BACKWARDS.match(before[::-1])
        return named[0][::-1].lower() if named else ""
    # Whatever stands further in front: only the end of the name is compared.
    return _unescape(before).lower().translate(_TO_SPACE).rpartition(" ")[2]


def _unescape(text: str) -> str:
    return _ESCAPE.sub(_escaped, text) if "\\" in text else text


def _escaped(match: re.Match[str]) -> str:
    if match[1]:
        number = int(match[1], 16)
        bad = number == 0 or number > 0x10FFFF or 0xD800 <= number <= 0xDFFF
        return "\ufffd" if bad else chr(number)
    return match[3] or ""
