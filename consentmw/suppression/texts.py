"""What becomes of CSS, scripts and JSON in a page: a script goes whole, of the others their URLs.

Which of them is judged, and by which categories, is settled in `elements`.
"""

from __future__ import annotations

import json
import re
from functools import partial
from typing import TYPE_CHECKING, Final

from consentmw.html.css import read_css_urls
from consentmw.html.resources import lists_urls
from consentmw.html.sieve import INVALID_URL, KEEP_TEXT, Edit, TextVerdict
from consentmw.suppression.findings import tell
from consentmw.suppression.reasons import Reason, Reasons

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from consentmw.core.catalogue import DeniedIndex
    from consentmw.html.attributes import Attribute, Tag
    from consentmw.html.urls import Base

_LONE: Final = re.compile("[\ud800-\udfff]")
# A complete string, and whether it is a key.
_JSON_STRING: Final = re.compile(r"\"((?:[^\"\\\0-\x1f]|\\.)*+)(?:\"([\t\n\r ]*+:)?)?+", re.DOTALL)

# What a byte in front may take for its second half (Encoding standard, Shift_JIS and its like), and
# that ends or opens something in a script or a sheet; and a line end of GB18030.
_HALVES: Final = re.compile(rb"[\x80-\xff][\\`@\[\]{}]|\x81\x36")

_UNLIKE: Final = frozenset(("utf-8", "cp1252"))
"""UTF-8, and one of all others."""

Found = tuple[str, int, int]
"""A URL as it is meant, and where it stands in the text."""


def judge_text(
    tag: Tag,
    text: bytes,
    encodings: Sequence[str],
    *,
    index: DeniedIndex,
    own_host: str,
    bases: tuple[Base, ...],
    observe: bool,
) -> TextVerdict:
    """Decide about a text.

    Args:
        tag: The start tag of its element, a ``script`` or ``style``.
        text: As it stands in the page.
        encodings: Python's names of those in which a browser may read it.
        index: What is denied.
        own_host: The page's host.
        bases: Where relative URLs may start from.
        observe: Decide and report, but change nothing.
    """
    reasons = Reasons(index, own_host)

    def judge(encoding: str) -> TextVerdict:
        if tag.name == b"style":
            ask = partial(reasons.of_url_in_css, bases=bases)
            return _judge_urls(tag, text, encoding, _in_sheet, ask, observe)
        if lists_urls(tag, encoding):
            ask = partial(reasons.of_url, element=tag.name, role="fetch", bases=bases)
            return _judge_urls(tag, text, encoding, _in_json, ask, observe)
        found = index.inline_in(text, encoding, own_host=own_host)
        if found is None:
            return KEEP_TEXT
        note = tell(tag, "", None, Reason.by(found), "removed", observe=observe)
        return TextVerdict(drop=True, notes=(note,))

    verdict = _in_any_reading(judge(each) for each in _telling(tag, text, encodings))
    if observe and verdict is not KEEP_TEXT:
        return TextVerdict(notes=verdict.notes)
    return verdict


def _telling(tag: Tag, text: bytes, encodings: Sequence[str]) -> Sequence[str]:
    """Leave out the encodings by which a text says the same as by others.

    Names and hosts in scripts are ASCII. Where those in a sheet are, too, and no byte of theirs can
    be half of a character, all encodings agree but for UTF-8, in which there are more line ends.
    """
    if len(encodings) <= 2 or _HALVES.search(text) or lists_urls(tag, encodings[0]):
        return encodings
    if tag.name == b"style":
        urls = read_css_urls(text.decode("latin-1"))
        if not all(url.text.isascii() for url in urls):
            return encodings
    return [encodings[0], *(each for each in encodings[1:] if each in _UNLIKE)]


def edit_style(
    attribute: Attribute, ask: Callable[[str], Reason | None]
) -> list[tuple[Edit, str, Reason]]:
    """Return what makes the URLs of a ``style`` attribute harmless, each with its URL and why.

    The attribute is plain ASCII, in which no reference stands.
    """
    found = []
    for url in read_css_urls(attribute.value.decode("ascii")):
        reason = ask(url.text)
        if reason is not None:
            start = attribute.value_start
            edit = Edit(start + url.start, start + url.end, INVALID_URL)
            found.append((edit, url.text, reason))
    return found


def _judge_urls(
    tag: Tag,
    text: bytes,
    encoding: str,
    read: Callable[[str], Iterator[Found]],
    ask: Callable[[str], Reason | None],
    observe: bool,
) -> TextVerdict:
    edits = []
    notes = []
    # Decoded first, for a backslash may be half of a character; what can't be decoded is kept
    # apart, so that places in the characters are places in the bytes.
    decoded = text.decode(encoding, "surrogateescape")
    copied = offset = 0
    for url, first, last in read(decoded):
        reason = ask(url)
        if reason is not None:
            start = offset + _length(decoded[copied:first], encoding)
            copied, offset = last, start + _length(decoded[first:last], encoding)
            edits.append(Edit(start, offset, INVALID_URL))
            notes.append(tell(tag, "", url, reason, "attribute removed", observe=observe))
    return TextVerdict(edits=tuple(edits), notes=tuple(notes)) if edits else KEEP_TEXT


def _in_sheet(css: str) -> Iterator[Found]:
    return ((_LONE.sub("\ufffd", url.text), url.start, url.end) for url in read_css_urls(css))


def _in_json(text: str) -> Iterator[Found]:
    for match in _JSON_STRING.finditer(text):
        if match[2]:
            continue  # a key
        try:
            url = json.loads(match[0])
        except ValueError:
            return  # where one string is none, a browser reads nothing of it all
        yield _LONE.sub("\ufffd", url), *match.span(1)


def _in_any_reading(verdicts: Iterable[TextVerdict]) -> TextVerdict:
    """Make one of what is to happen to a text by each encoding in which it may be read."""
    several = [verdict for verdict in verdicts if verdict is not KEEP_TEXT]
    if len(several) < 2:
        return several[0] if several else KEEP_TEXT
    edits: list[Edit] = []
    for edit in sorted({edit for verdict in several for edit in verdict.edits}):
        if edits and edit.start < edits[-1].end:
            edits[-1] = edits[-1]._replace(end=max(edit.end, edits[-1].end))
        else:
            edits.append(edit)
    notes = dict.fromkeys(note for verdict in several for note in verdict.notes)
    return TextVerdict(
        drop=any(verdict.drop for verdict in several), edits=tuple(edits), notes=tuple(notes)
    )


def _length(text: str, encoding: str) -> int:
    return len(text if text.isascii() else text.encode(encoding, "surrogateescape"))
