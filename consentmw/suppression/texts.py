"""What becomes of the text of a script or a style sheet: a script goes whole, of a sheet its URLs.

Which of them is judged, and by which categories, is settled in `elements`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from consentmw.html.css import read_css_urls
from consentmw.html.sieve import INVALID_URL, KEEP_TEXT, Edit, TextVerdict
from consentmw.suppression.findings import tell
from consentmw.suppression.reasons import Reason, Reasons

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from consentmw.core.catalogue import DeniedIndex
    from consentmw.html.attributes import Tag
    from consentmw.html.urls import Base

_LONE: Final = re.compile("[\ud800-\udfff]")


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
        tag: The start tag of its element.
        text: As it stands in the page.
        encodings: Python's names of those in which a browser may read it.
        index: What is denied.
        own_host: The page's host.
        bases: Where relative URLs may start from.
        observe: Decide and report, but change nothing.
    """

    def judge(encoding: str) -> TextVerdict:
        if tag.name == b"style":
            return _judge_style(tag, text, encoding, Reasons(index, own_host), bases, observe)
        found = index.inline_in(text, encoding, own_host=own_host)
        if found is None:
            return KEEP_TEXT
        note = tell(tag, "", None, Reason.by(found), "removed", observe=observe)
        return TextVerdict(drop=True, notes=(note,))

    verdict = _in_any_reading(judge(encoding) for encoding in encodings)
    if observe and verdict is not KEEP_TEXT:
        return TextVerdict(notes=verdict.notes)
    return verdict


def _judge_style(
    tag: Tag,
    text: bytes,
    encoding: str,
    reasons: Reasons,
    bases: tuple[Base, ...],
    observe: bool,
) -> TextVerdict:
    edits = []
    notes = []
    # Decoded first, for a backslash may be half of a character; what can't be decoded is kept
    # apart, so that places in the characters are places in the bytes.
    css = text.decode(encoding, "surrogateescape")
    copied = offset = 0
    for url in read_css_urls(css):
        written = _LONE.sub("\ufffd", url.text)
        reason = reasons.of_url_in_css(written, bases)
        if reason is not None:
            start = offset + _length(css[copied : url.start], encoding)
            copied, offset = url.end, start + _length(css[url.start : url.end], encoding)
            edits.append(Edit(start, offset, INVALID_URL))
            notes.append(tell(tag, "", written, reason, "attribute removed", observe=observe))
    return TextVerdict(edits=tuple(edits), notes=tuple(notes)) if edits else KEEP_TEXT


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
