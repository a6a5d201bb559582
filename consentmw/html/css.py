"""The URLs in a style sheet or in a ``style`` attribute.

Tokens are told apart as CSS Syntax does, as far as a URL can hide: ``url(…)`` with and without
quotes, ``@import "…"``, strings inside ``image-set()`` and ``src()``, comments, escapes. What no
browser loads anything from (a bad string, a bad URL, a second string) is no URL.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_ESCAPE: Final = re.compile(
    r"\\(?:([0-9a-fA-F]{1,6})(?:\r\n|[ \t\r\n\f])?|(\r\n|[\n\r\f])|(.)|\Z)", re.DOTALL
)
# CSS Syntax, "consume an escaped code point": white space behind a number goes with it.
_CODE: Final = r"\\(?:[0-9a-fA-F]{1,6}+(?:\r\n|[ \t\r\n\f])?+|[^\n\r\f0-9a-fA-F]|\Z)"
_NAME: Final = r"(?:[-A-Za-z0-9_\0\x80-\U0010ffff]|" + _CODE + r")++"
_IN_DOUBLE: Final = r"(?:[^\"\\\n\r\f]|\\(?:\r\n|[\n\r\f]|\Z)|" + _CODE + r")*+"
_IN_SINGLE: Final = _IN_DOUBLE.replace('"', "'")
# Runs of what can't begin anything of interest are one step: a name does where it calls a function.
_SKIP: Final = re.compile(
    r"(?:[^-A-Za-z0-9_\0\x80-\U0010ffff\\\"'@#/<]++|<(?:!--)?+|"
    + _NAME
    + r"(?!\()|\#(?:"
    + _NAME
    + r")?+|/(?!\*)|\\(?=[\n\r\f]))*+"
)
_TOKEN: Final = re.compile(
    r"(?P<comment>/\*(?:[^*]|\*(?!/))*+(?:\*/|\Z))|<!--"
    r"|\"(?P<double>" + _IN_DOUBLE + r")(?P<double_end>\"|\Z)?+"
    r"|'(?P<single>" + _IN_SINGLE + r")(?P<single_end>'|\Z)?+"
    r"|@(?P<at>(?:" + _NAME + r")?+)"
    r"|\#(?:" + _NAME + r")?+"
    r"|(?P<name>" + _NAME + r")(?P<call>\()?+"
    r"|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<space>[ \t\r\n\f]++)|(?P<end>;)|.",
    re.DOTALL,
)
# A number, with a sign or without, is no function's name, whatever stands behind it.
_NUMBER: Final = re.compile(r"-?[0-9]")
_WHITE: Final = r"[ \t\r\n\f]*+"
# A control character in it makes it a bad URL; NUL doesn't, for it has become U+FFFD by then.
_BARE_URL: Final = re.compile(
    _WHITE + r"(?:(?=[\"'])|(?P<bare>(?:[^\"'()\\ \x01-\x1f\x7f]|" + _CODE + r")*+)"
    r"(?P<whole>" + _WHITE + r"(?:\)|\Z))?+)"
)
_BAD_URL: Final = re.compile(r"(?:[^)\\]|" + _CODE + r"|\\)*+\)?+")
_CLOSING: Final = {"(": ")", "[": "]", "{": "}"}
# Functions of which every string is a URL, and those of which it is the first.
_SETS: Final = frozenset({"image-set", "-webkit-image-set", "image", "cross-fade"})
_FIRST: Final = frozenset({"url", "src"})
_LONGEST_NAME: Final = 128
"""Characters of a name that are looked at; `-webkit-image-set` in escapes has 119."""


class CssUrl(NamedTuple):
    """A URL and where it stands, in characters, without quotes."""

    text: str
    start: int
    end: int


def read_css_urls(css: str) -> Iterator[CssUrl]:
    """Yield every URL that a style sheet loads something from."""
    # What is open, from the first function on in which strings are URLs, and what closes it.
    functions: list[tuple[str, str]] = []
    expecting = False  # whether the next token may be the URL of `@import`, `url(` or `src(`
    position = 0
    while position < len(css):
        if not (functions or expecting):
            skipped = _SKIP.match(css, position)
            position = skipped.end() if skipped is not None else position
        match = _TOKEN.match(css, position)
        if match is None:
            return
        position = match.end()
        kind = match.lastgroup
        if kind in {"comment", "space"}:
            continue
        expected, expecting = expecting, False
        if kind in {"double_end", "single_end"}:
            if expected or (functions and functions[-1][0] in _SETS):
                within = kind.partition("_")[0]
                yield CssUrl(_unescape(match[within]), *match.span(within))
        elif kind == "at":
            expecting = _read_name(match["at"]) == "import"
        elif kind == "call":
            name = _read_name(match["name"])
            if name == "url":
                bare = _BARE_URL.match(css, position)
                if bare is not None and bare["bare"] is not None:
                    position = bare.end()
                    if bare["whole"] is None:
                        # CSS Syntax, "consume the remnants of a bad url": nothing is loaded.
                        bad = _BAD_URL.match(css, position)
                        position = bad.end() if bad is not None else position
                    else:
                        yield CssUrl(_unescape(bare["bare"], "\ufffd"), *bare.span("bare"))
                    continue
            expecting = name in _FIRST
            if functions or name in _SETS:
                functions.append((name, ")"))
        elif kind == "open" and functions:
            functions.append(("", _CLOSING[match["open"]]))
        elif kind == "close" and functions and functions[-1][1] == match["close"]:
            functions.pop()


def _read_name(written: str) -> str:
    """Return a name in lower case, or nothing where it can't be one that loads anything."""
    if len(written) > _LONGEST_NAME or _NUMBER.match(written):
        return ""
    return _unescape(written).lower()


def _unescape(text: str, at_end: str = "") -> str:
    """Replace escapes; a backslash at the very end stands for `at_end`."""
    # CSS Syntax, "preprocessing the input stream".
    text = text.replace("\0", "\ufffd")
    if "\\" not in text:
        return text
    return _ESCAPE.sub(lambda match: _escaped(match, at_end), text)


def _escaped(match: re.Match[str], at_end: str) -> str:
    if match[1]:
        number = int(match[1], 16)
        bad = number == 0 or number > 0x10FFFF or 0xD800 <= number <= 0xDFFF
        return "\ufffd" if bad else chr(number)
    return match[3] or ("" if match[2] else at_end)
