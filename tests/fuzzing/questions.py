"""The two questions put to each page: is anything denied alive, is anything else changed?

The second is asked byte for byte: the output must be the input less whole elements and attributes
that some reading of the page shows to be denied, and nothing is taken on trust from the engine.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from random import Random
from typing import TYPE_CHECKING, NamedTuple, Protocol

from fuzzing.denied import CATEGORIES, DENIED, SITE, FuzzJudge, build_catalogue
from fuzzing.liveness import Judge, Reading, alive, bases_of, nested_pages, touchable
from fuzzing.places import page_in
from fuzzing.trees import PARSERS, turbohtml_elements

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from fuzzing.documents import Document

INSERTION = b"<script src=/choices/guard.js></script>"
GUARD = "/choices/guard.js"
JUDGE = FuzzJudge()


class Rewriter(Protocol):
    """What is under test."""

    def feed(self, chunk: bytes) -> bytes: ...
    def close(self) -> bytes: ...


class Finding(NamedTuple):
    """One page that shows a defect."""

    question: str
    """``alive``, ``changed``, ``cut`` (the chunks matter), ``insertion`` or ``error``."""
    detail: str


def build_policy(policy_class: Callable[..., object]) -> object:
    """A policy of the fuzzer's catalogue, from the engine's class or a mutant's."""
    return policy_class(
        index=build_catalogue().denying(DENIED),
        zone_denied=frozenset(),
        categories=CATEGORIES,
        tag_attributes=("data-consent",),
        max_inline_bytes=1 << 20,
    )


def readings(*names: str) -> list[Reading]:
    """Each named parser (all of them by default), with scripting on and off."""
    return [
        Reading(PARSERS[name], scripting)
        for name in names or PARSERS
        for scripting in (True, False)
    ]


FAST = readings("turbohtml", "lexbor")


def rewrite(
    policy: object, document: Document, *, insertion: bytes, cuts: Iterable[int] = ()
) -> bytes:
    """Push a page through, cut where it is said."""
    rewriter: Rewriter = policy.rewriter(host=SITE, charset=document.label, insertion=insertion)  # type: ignore[attr-defined] # a policy
    body = document.body
    out = []
    start = 0
    for cut in cuts:
        out.append(rewriter.feed(body[start:cut]))
        start = cut
    out.append(rewriter.feed(body[start:]))
    out.append(rewriter.close())
    return b"".join(out)


def examine(policy: object, document: Document, witnesses: list[Reading]) -> Finding | None:
    """Ask everything of one page; None where all is well."""
    rng = Random(document.seed ^ 0x5EED)
    insertion = INSERTION if rng.random() < 0.5 else b""
    try:
        out = rewrite(policy, document, insertion=insertion)
        for cuts in _cuts(rng, len(document.body)):
            other = rewrite(policy, document, insertion=insertion, cuts=cuts)
            if other != out:
                return Finding("cut", f"at {cuts[:20]!r}: {other!r} is not {out!r}")
    except Exception as error:  # noqa: BLE001 # whatever it is, no page may raise it
        return Finding("error", repr(error))
    prefix = document.prefix
    if not out.startswith(prefix):
        return Finding("changed", f"the byte order mark is gone: {out!r}")
    before = document.body[len(prefix) :].decode(document.encoding, "replace")
    after = out[len(prefix) :].decode(document.encoding, "replace")
    inserted = insertion.decode()
    return (
        _ask_alive(after, witnesses)
        or _ask_inserted(after, inserted, witnesses)
        or _ask_changed(before, after.replace(inserted, "", 1) if insertion else after)
    )


def _cuts(rng: Random, length: int) -> Iterator[list[int]]:
    for _ in range(2):
        yield sorted(rng.randrange(length + 1) for _ in range(rng.randrange(1, 9)))
    if rng.random() < 0.1:
        yield list(range(length + 1))


def _ask_alive(text: str, witnesses: list[Reading]) -> Finding | None:
    for reading in witnesses:
        left = alive(text, reading, JUDGE)
        if left:
            return Finding("alive", f"{reading}: {left} in {text!r}")
    return None


def _ask_inserted(text: str, inserted: str, witnesses: list[Reading]) -> Finding | None:
    """What is inserted stands once, and before everything that can load or run."""
    if not inserted:
        return None
    if text.count(inserted) != 1:
        return Finding("insertion", f"{text.count(inserted)} times in {text!r}")
    for reading in witnesses:
        for element in reading.elements(text):
            if element.name not in {"html", "head"}:
                if element.attributes.get("src") != GUARD:
                    return Finding("insertion", f"{reading}: <{element.name}> first in {text!r}")
                break
    return None


def _ask_changed(before: str, after: str) -> Finding | None:
    if before == after or only_cuts(before, after, JUDGE):
        return None
    return Finding("changed", f"{before!r} became {after!r}")


def only_cuts(before: str, after: str, judge: Judge) -> bool:
    """Whether ``after`` is ``before`` less what some reading of ``before`` shows to be denied."""
    cuts = _Cuts(judge)
    for reading in readings("turbohtml", "html5lib"):
        cuts.collect(before, reading)
    return cuts.explain(before, after)


class _Cuts:
    """The spans of one page that may go, and the attributes whose pages may be rewritten."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._ends: dict[int, set[int]] = {}
        self._pages: dict[int, dict[int, str]] = {}

    def collect(self, text: str, reading: Reading) -> None:
        """Note what one reading of the page shows."""
        judge = self._judge
        elements = reading.elements(text)
        all_bases = {judge.bases, bases_of(elements, judge.bases)}
        inside_tag = (
            False  # a tag holds to its own end tag, wherever a tree would close the element
        )
        for element in elements:
            if element.tag is None:
                continue
            start, end = element.tag
            attributes = list(attribute_spans(text, start, end))
            pages = dict(nested_pages(element))
            touched = inside_tag or touchable(element, all_bases, judge)
            names = set(touched) if isinstance(touched, set) else set()
            if touched is True:
                names.update(name for name, _, _ in attributes)
            names.update(name for name, page in pages.items() if self._has_denied(page, reading))
            inside_tag = inside_tag or touchable(element, set(), judge) is True
            if names or touched:
                self._add(start, end)
                if element.name in {"script", "iframe"}:
                    self._add(start, element.end[1] if element.end else len(text))
            for name, first, last in attributes:
                if name not in names:
                    continue
                if name in pages:
                    self._pages.setdefault(first, {})[last] = pages[name]
                blanks = first  # the blanks in front may go with the attribute
                while blanks > start and text[blanks - 1] in " \t\n\f\r/":
                    blanks -= 1
                for place in range(blanks, first + 1):
                    self._add(place, last)

    def _has_denied(self, page: str, reading: Reading) -> bool:
        inner = _Cuts(self._judge)
        inner.collect(page, reading)
        return bool(inner._ends)

    def _add(self, start: int, end: int) -> None:
        self._ends.setdefault(start, set()).add(end)

    def explain(self, before: str, after: str) -> bool:
        """Whether ``after`` is ``before`` less some of the spans.

        Where a cut would join what stands on its two sides into new markup, a comment may stand.
        """
        starts = sorted({*self._ends, *self._pages})
        todo = [(0, 0)]
        seen: set[tuple[int, int]] = set()
        while todo:
            i, j = state = todo.pop()
            if state in seen:
                continue
            seen.add(state)
            index = bisect_left(starts, i)
            stop = starts[index] if index < len(starts) else len(before)
            if not after.startswith(before[i:stop], j):
                continue
            i, j = stop, j + stop - i
            if i == len(before):
                if j == len(after):
                    return True
                continue
            if after.startswith(before[i], j):
                todo.append((i + 1, j + 1))
            for end in self._ends.get(i, ()):
                todo.append((end, j))
                separator = _SEPARATOR.match(after, j)
                if separator:
                    todo.append((end, separator.end()))
            for end, page in self._pages.get(i, {}).items():
                match = _REWRITTEN.match(after, j)
                if match and self._explain_page(page, match[0]):
                    todo.append((end, match.end()))
        return False

    def _explain_page(self, page: str, attribute: str) -> bool:
        """Whether a rewritten ``srcdoc`` or ``data:`` URL carries its page less what is denied."""
        element = turbohtml_elements(f"<iframe {attribute}>", False)[-1]
        return any(
            only_cuts(page, after, self._judge)
            for value in element.attributes.values()
            for after in (value, page_in(value))
            if after is not None
        )


_SEPARATOR = re.compile(r"<!--[^<>]*-->")
_REWRITTEN = re.compile(r"[^\s=/>]+\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>]*)")
_ATTRIBUTE = re.compile(
    r"[ \t\n\f\r/]*+(=?[^ \t\n\f\r/>=]*+)"
    r"(?:[ \t\n\f\r]*+=[ \t\n\f\r]*+(?:\"[^\"]*+\"?|'[^']*+'?|[^ \t\n\f\r>]*+))?+"
)


def attribute_spans(text: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    """Yield every attribute of a tag with its place, duplicates included."""
    position = start + 1
    while position < end and text[position] not in " \t\n\f\r/>":
        position += 1
    while position < end - 1:
        match = _ATTRIBUTE.match(text, position, end)
        if match is None or match.end() == position:
            return
        if match[1]:
            yield match[1].lower(), match.start(1), min(match.end(), end)
        position = match.end()
