"""The two questions put to each page: is anything denied alive, is anything else changed?

The second is asked byte for byte: the output must be the input less whole elements and attributes
that some reading of the page shows to be denied, and nothing is taken on trust from the engine.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from dataclasses import replace
from itertools import product
from random import Random
from typing import TYPE_CHECKING, NamedTuple, Protocol

from fuzzing.denied import CATEGORIES, DENIED, HOST, PATH, SITE, FuzzJudge, build_catalogue
from fuzzing.liveness import (
    GUARD,
    Judge,
    Reading,
    alive,
    bases_of,
    css_urls,
    history,
    loading_attributes,
    nested_pages,
    nested_reading,
    page_of,
    touchable,
)
from fuzzing.places import pages_in, places
from fuzzing.trees import PARSERS, turbohtml_elements
from fuzzing.xml_documents import is_well_formed, xml_elements, xml_elements_with_places

from consentmw.errors import RewriteError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from fuzzing.documents import Document
    from fuzzing.places import Bases, Page
    from fuzzing.trees import Element

INSERTION = b"<script src=/choices/guard.js></script>"
JUDGE = FuzzJudge()


class Rewriter(Protocol):
    """What is under test."""

    def feed(self, chunk: bytes) -> bytes: ...
    def close(self) -> bytes: ...


class Finding(NamedTuple):
    """One page that shows a defect."""

    question: str
    """``alive``, ``insertion``, ``framed``, ``changed``, ``cut`` (the chunks matter), ``error``."""
    detail: str


def build_policy(policy_class: Callable[..., object], *, max_inline_bytes: int = 1 << 20) -> object:
    """A policy of the fuzzer's catalogue, from the engine's class or a mutant's."""
    return policy_class(
        index=build_catalogue().denying(DENIED),
        zone_denied=frozenset(),
        categories=CATEGORIES,
        tag_attributes=("data-consent",),
        max_inline_bytes=max_inline_bytes,
    )


def readings(*names: str) -> list[Reading]:
    """Each named parser (all of them by default), with scripting on and off."""
    return [
        Reading(PARSERS[name], scripting)
        for name in names or PARSERS
        for scripting in (True, False)
    ]


FAST = readings("turbohtml", "lexbor")
PLACING = readings("turbohtml", "html5lib")
PLACES = ("turbohtml_elements", "html5lib_elements", "parse5")
"""The witnesses that say where in the source an element stands."""
XML_WITNESSES = [Reading(xml_elements, True)]
XML_PLACES = [Reading(xml_elements_with_places, True)]


def rewrite(
    policy: object, document: Document, *, insertion: bytes, cuts: Iterable[int] = ()
) -> bytes:
    """Push a page through, cut where it is said."""
    rewriter: Rewriter = policy.rewriter(  # type: ignore[attr-defined] # a policy
        host=SITE,
        path=PATH,
        xml=document.xml,
        charset=document.label,
        insertion=insertion,
    )
    body = document.body
    out = []
    start = 0
    for cut in cuts:
        out.append(rewriter.feed(body[start:cut]))
        start = cut
    out.append(rewriter.feed(body[start:]))
    out.append(rewriter.close())
    return b"".join(out)


def examine(
    policy: object,
    document: Document,
    witnesses: list[Reading],
    placing: list[Reading] | None = None,
) -> Finding | None:
    """Ask everything of one page; None where all is well.

    Args:
        policy: The engine's.
        document: The page.
        witnesses: Who is asked whether anything denied is alive.
        placing: Who is asked what may go; the witnesses by default.
    """
    rng = Random(document.seed ^ 0x5EED)
    insertion = INSERTION if rng.random() < 0.5 and not document.xml else b""
    if document.xml:
        witnesses = XML_WITNESSES
    try:
        out = rewrite(policy, document, insertion=insertion)
        for cuts in _cuts(rng, len(document.body)):
            other = rewrite(policy, document, insertion=insertion, cuts=cuts)
            if other != out:
                return Finding("cut", f"at {cuts[:20]!r}: {other!r} is not {out!r}")
    except RewriteError as error:
        return None if _may_be_refused(document) else Finding("error", repr(error))
    except Exception as error:  # noqa: BLE001 # whatever it is, no page may raise it
        return Finding("error", repr(error))
    prefix = document.prefix
    if not out.startswith(prefix):
        return Finding("changed", f"the byte order mark is gone: {out!r}")
    before = decoded(document.body[len(prefix) :], document.encoding)
    after = decoded(out[len(prefix) :], document.encoding)
    inserted = insertion.decode()
    return (
        _ask_alive(after, witnesses)
        or _ask_inserted(after, inserted, witnesses)
        or _ask_framed(before, after, witnesses)
        or _ask_changed(
            before,
            after.replace(inserted, "", 1) if insertion else after,
            placing or witnesses,
            xml=document.xml,
            undeclared=document.label is None and not prefix,
        )
    )


def decoded(body: bytes, encoding: str) -> str:
    """Decode as browsers do (Encoding standard, "decode"): a byte order mark is no character."""
    return body.decode(_AS_IN_BROWSERS.get(encoding, encoding), "replace").removeprefix("\ufeff")


# There they have half-width katakana and what Hong Kong added.
_AS_IN_BROWSERS = {"iso2022_jp": "iso2022_jp_ext", "big5": "big5hkscs"}


def _may_be_refused(document: Document) -> bool:
    # Entities and default attributes can put anything anywhere, and no page needs them; of a broken
    # document a browser shows the error.
    return document.xml and (
        "<!ENTITY" in document.text
        or "<!ATTLIST" in document.text
        or not is_well_formed(document.text)
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
        named = {element.name for element in turbohtml_elements(text, False) if element.tag}
        if named <= {"html", "body"}:
            return None  # nothing to stand before
        return Finding("insertion", f"{text.count(inserted)} times in {text!r}")
    for reading in witnesses:
        *_, past = history(text, reading)
        elements = reading.elements(past)
        if past is text and any(e.name == "frameset" and e.tag is None for e in elements):
            continue  # it doesn't tell what stood in the body that the frameset replaced
        # In the order of the source, where the parser tells, without what the source only implies.
        placed = sorted((e for e in elements if e.tag), key=lambda e: e.tag or (0, 0))
        for element in placed or elements:
            if element.name == "body":
                continue  # implied, or the first whose attributes count
            if loading_attributes(element) or element.name in {"script", "style", "base"}:
                if element.attributes.get("src") != GUARD:
                    return Finding("insertion", f"{reading}: <{element.name}> first in {text!r}")
                break
    return None


def _ask_framed(before: str, after: str, witnesses: list[Reading]) -> Finding | None:
    """No ``frameset`` takes the place of a body that was only kept by what has been cut out.

    Where some browser showed frames, others may do so, too: it can't be kept from them alone.
    """
    if "<frameset" not in after.lower() or _has_frames(before, witnesses):
        return None
    framed = _has_frames(after, witnesses)
    return Finding("framed", f"{framed}: {before!r} became {after!r}") if framed else None


def _has_frames(text: str, witnesses: list[Reading]) -> Reading | None:
    templates = "<template" in text.lower()
    for reading in witnesses:
        if templates and reading.parse is turbohtml_elements:
            continue  # it doesn't know that a template keeps a frameset out
        elements = reading.elements(text)
        if any(each.name == "frameset" and each.space == "html" for each in elements):
            return reading
    return None


def _ask_changed(
    before: str, after: str, witnesses: list[Reading], *, xml: bool, undeclared: bool
) -> Finding | None:
    if before == after or (xml and not is_well_formed(before)):
        return None
    if only_cuts(before, after, JUDGE, witnesses, xml=xml, undeclared=undeclared):
        return None
    return Finding("changed", f"{before!r} became {after!r}")


def only_cuts(
    before: str,
    after: str,
    judge: Judge,
    witnesses: list[Reading],
    *,
    xml: bool = False,
    undeclared: bool = False,
    inherited: frozenset[Bases] = frozenset(),
) -> bool:
    """Whether ``after`` is ``before`` less what some reading of ``before`` shows to be denied."""
    placing = XML_PLACES if xml else [w for w in witnesses if w.parse.__name__ in PLACES]
    for loose in (False, True):
        cuts = _Cuts(judge, placing, xml=xml, loose=loose)
        if undeclared:
            cuts.allow_foreign(before)
        for reading in placing:
            cuts.collect(before, reading, inherited)
        if cuts.explain(before, after):
            return True
        # Browsers read the page as it leaves, in which other elements may stand elsewhere.
        left = cuts.blank(before)
        for reading in placing:
            cuts.collect(left, reading, inherited)
        if cuts.explain(before, after):
            return True
        asked_parse5 = any(reading.parse.__name__ == "parse5" for reading in placing)
        placed = asked_parse5 or not _LACKS_A_WITNESS.search(before)
        if placed and not (cuts.lack_a_witness or _IN_A_TEMPLATE.search(before)):
            return False
    return False


# Until 2025, browsers read these as only parse5 among the witnesses does. Where it isn't asked,
# whatever looks like a tag may be one.
_LACKS_A_WITNESS = re.compile(r"<select|<!\[CDATA\[", re.IGNORECASE)
# Browsers ignore it there, and so does lexbor, which doesn't say where in the source things stand.
_IN_A_TEMPLATE = re.compile(r"<template.*<frameset", re.IGNORECASE | re.DOTALL)


_GO_WHOLE = frozenset({"img", "image", "link", "source", "embed", "track", "input"})


class _Cuts:
    """The spans of one page that may go, and the attributes whose pages may be rewritten."""

    def __init__(
        self,
        judge: Judge,
        witnesses: list[Reading],
        *,
        xml: bool = False,
        loose: bool = False,
    ) -> None:
        self._judge = judge
        self._witnesses = witnesses
        self._xml = xml
        self._loose = loose
        """Whether whatever looks like a tag may be one."""
        self.lack_a_witness = False
        """Whether a parser said nothing, for it tripped over the page."""
        self._bases: frozenset[Bases] = frozenset()
        self._ends: dict[int, set[int]] = {}
        self._insertions: dict[int, set[str]] = {}
        self._pages: dict[int, dict[int, list[Page]]] = {}
        self._whole: set[tuple[int, int]] = set()
        """The elements that may be cut out whole, by which others come to stand elsewhere."""

    def allow_foreign(self, text: str) -> None:
        """Let go what may be an escape sequence in an encoding that a browser guesses."""
        for foreign in _FOREIGN.finditer(text):
            self._add(foreign.start(), foreign.end())

    def collect(
        self, text: str, reading: Reading, inherited: frozenset[Bases] = frozenset()
    ) -> None:
        """Note what one reading of the page shows."""
        judge = self._judge
        elements = reading.elements(text)
        self.lack_a_witness = self.lack_a_witness or not elements
        for past in history(text, reading):
            # What a frameset took the place of was there before.
            found = {element.tag for element in elements}
            elements += [each for each in reading.elements(past) if each.tag not in found]
        all_bases = {judge.bases, *inherited}
        all_bases.update(
            bases_of(elements, judge.bases, each)
            for each in (None, *(each for each in elements if each.name == "base"))
        )
        # As in sheets, below.
        odd = [each for each in elements if "\ufffd" in each.attributes.get("href", "")]
        all_bases.update(
            bases_of([replace(each, attributes={"href": href})], judge.bases)
            for each in odd
            for href in (each.attributes["href"].replace("\ufffd", "x"),)
        )
        self._bases |= all_bases
        loose = list(_loose_elements(text, _ANY if self._loose else _UNFIT))
        if self._loose:
            for element in loose:
                element.space = "html"
                all_bases.add(bases_of([element], judge.bases))
        elements += loose
        elements.sort(key=lambda element: element.tag or (0, 0))
        for sheet in _SHEET.finditer(text):
            self._add_urls_in_style(text, sheet.start(1), sheet.end(1), all_bases)
        if any(touchable(element, set(), judge) is True for element in elements):
            for match in _WITH_TEXT.finditer(text):
                self._insert_type(text, match.start())
        for script in _SCRIPT.finditer(text):
            # Its end may be none, inside `<!-- <script>`.
            self._add_urls_in_json(text, script.start(2), len(text), all_bases)
            if judge.may_deny_script(script[2]):
                self._insert_type(text, script.start())
                if self._loose or "\r" in script[2]:
                    self._add(script.start(1), script.end(1))
        for frameset in _FRAMESET.finditer(text):
            # Ignored for the sake of something in front of it, which may have been cut.
            self._add(frameset.start(), frameset.end())
        for sheet in _XML_SHEET.finditer(text):
            self._add(sheet.start(), sheet.end())
        # A tag holds to its own end tag, wherever a tree would close the element.
        inside_tag = False
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
            names.update(
                name
                for name, carried in pages.items()
                if any(
                    (page.undeclared and _FOREIGN.search(page.text))
                    or self._has_denied(page, nested_reading(element, reading, page), all_bases)
                    for page in carried
                )
            )
            inside_tag = inside_tag or touchable(element, set(), judge) is True
            if names or touched:
                self._add(start, end)
                if element.name in _GO_WHOLE or element.name == "iframe":
                    # Where it has to stay.
                    for hidden in (" hidden", " hidden /"):
                        self._insert(start + 1 + _name_length(text, start), hidden)
                if element.name in _GO_WHOLE:
                    self._whole.add((start, end))
                if element.name in {"script", "iframe", "style"} or self._xml:
                    stop = element.end[1] if element.end else len(text)
                    self._add(start, stop)
                    if element.name == "iframe":
                        self._whole.add((start, stop))
                if element.name in {"script", "style"}:
                    self._insert_type(text, start)
            if element.name == "style" and any(
                judge.denies_place(place)
                for url in css_urls(element.text)
                for bases in all_bases
                for place in places(url, bases)
            ):
                self._insert_type(text, start)  # within svg, where references count
            for written, first, last in attributes:
                name = _in_xlink(written, text) if self._xml else written
                if names.isdisjoint((written, name)):
                    continue
                self._insert(first, RENAMED)
                value = _VALUE.match(text, first, last)
                if value is not None:
                    wholly = touched is True or inside_tag
                    self._add_urls_in_style(text, *value.span("value"), all_bases, wholly=wholly)
                if text[last:end].lstrip("\t\n\f\r ").startswith("="):
                    self._insert(last, " /")  # or it would give a value to a name in front
                if name in pages:
                    self._pages.setdefault(first, {})[last] = pages[name]
                blanks = first  # the blanks in front may go with the attribute
                while blanks > start and text[blanks - 1] in " \t\n\f\r/":
                    blanks -= 1
                for place in range(blanks, first + 1):
                    self._add(place, last)

    def blank(self, text: str) -> str:
        """Return the page without those elements, with everything else where it was."""
        for start, end in self._whole:
            text = text[:start] + " " * (end - start) + text[end:]
        return text

    def _add_urls_in_json(self, text: str, start: int, end: int, all_bases: set[Bases]) -> None:
        """Take in the URLs of an import map or speculation rules."""
        for match in _JSON_STRING.finditer(text, start, end):
            try:
                url = json.loads(match[0])
            except ValueError:
                continue
            if any(
                self._judge.denies_place(place)
                for bases in all_bases
                for place in places(url, bases)
            ):
                self._insert(match.start(1), INVALID_URL)
                self._add(*match.span(1))
                for tag in _WITH_TEXT.finditer(text):
                    self._insert_type(text, tag.start())  # within svg, where references count

    def _add_urls_in_style(
        self, text: str, start: int, end: int, all_bases: set[Bases], *, wholly: bool = False
    ) -> None:
        for match in _CSS_WORD.finditer(text, start, end):
            quoted = match[0][0] in "\"'"
            first, last = (
                match.start() + quoted,
                match.end() - (quoted and match[0][-1] == match[0][0]),
            )
            quote = match[0][0] if quoted else ""
            word = "".join(css_urls(f"url({quote}{text[first:last]}{quote})"))
            # No host has a U+FFFD, but the engine may take it for one of which nobody knows.
            word = word.replace("\0", "\ufffd").replace("\ufffd", "x")
            if wholly or any(
                self._judge.denies_place(place)
                for bases in all_bases
                for place in places(word, bases)
            ):
                self._insert(first, INVALID_URL)
                self._add(first, last)
                for tag in _WITH_TEXT.finditer(text):
                    self._insert_type(text, tag.start())

    def _has_denied(self, page: Page, reading: Reading, bases: set[Bases]) -> bool:
        if page.xml and not is_well_formed(page.text):
            return True  # a browser may show what stands in front of the error
        inner = _Cuts(self._judge, self._witnesses, xml=page.xml)
        for each in XML_PLACES if page.xml else [reading]:
            inner.collect(page.text, each, frozenset(bases))
        return bool(inner._ends or inner._insertions)

    def _insert_type(self, text: str, start: int) -> None:
        at = start + 1 + _name_length(text, start)
        self._insert(at, INERT + " " * text.startswith("/", at))

    def _insert(self, at: int, what: str) -> None:
        self._insertions.setdefault(at, set()).add(what)

    def _add(self, start: int, end: int) -> None:
        self._ends.setdefault(start, set()).add(end)

    def explain(self, before: str, after: str) -> bool:
        """Whether ``after`` is ``before`` less some of the spans.

        Where a cut would join what stands on its two sides into new markup, a comment may stand.
        """
        starts = sorted({*self._ends, *self._pages, *self._insertions})
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
            for inserted in self._insertions.get(i, ()):
                if after.startswith(inserted, j):
                    behind = j + len(inserted)
                    todo.extend((end, behind) for end in self._ends.get(i, ()))
                    if after.startswith(before[i], behind):
                        todo.append((i + 1, behind + 1))
            for end in self._ends.get(i, ()):
                todo.append((end, j))
                separator = _SEPARATOR.match(after, j)
                if separator:
                    todo.append((end, separator.end()))
            for end, carried in self._pages.get(i, {}).items():
                match = _REWRITTEN.match(after, j)
                if match and self._explain_page(carried, match[0]):
                    todo.append((end, match.end()))
        return False

    def _explain_page(self, carried: list[Page], attribute: str) -> bool:
        """Whether a rewritten ``srcdoc`` or ``data:`` URL carries its page less what is denied."""
        element = turbohtml_elements(f"<iframe {attribute}>", False)[-1]
        return any(
            page.xml is after.xml
            and only_cuts(
                page.text,
                after.text,
                self._judge,
                self._witnesses,
                xml=page.xml,
                undeclared=page.undeclared,
                inherited=self._bases,
            )
            for value in element.attributes.values()
            for afters in ([page_of(value)], pages_in(value))
            # What is left may be the same however it is decoded.
            for page, after in product(carried, afters)
        )


def _loose_elements(text: str, pattern: re.Pattern[str]) -> Iterator[Element]:
    """Yield what looks like a tag, wherever it stands."""
    for match in pattern.finditer(text):
        name = match[1]
        whole = _LOOSE_TAG.match(text, match.start())
        if whole is None:
            continue
        [*_, element] = turbohtml_elements(f"<x{whole[0][1 + len(name) :]}", False)
        if element.name == "x" and element.tag is not None:
            element.name = name.lower()
            element.tag = (match.start(), match.start() + element.tag[1] + len(name) - 1)
            end = re.compile(
                rf"</{re.escape(name)}(?=[\s/>])(?:[^>\"']|\"[^\"]*\"|'[^']*')*>", re.IGNORECASE
            ).search(text, element.tag[1])
            element.end = end.span() if end else None
            yield element


_ATTRIBUTE = re.compile(
    r"[ \t\n\f\r/]*+(=?[^ \t\n\f\r/>=]*+)"
    r"(?:[ \t\n\f\r]*+=[ \t\n\f\r]*+(?:\"[^\"]*+\"?|'[^']*+'?|[^ \t\n\f\r>]*+))?+"
)
_INSIDE = rf"(?=[\t\n\f\r />])(?:(?=[^>]){_ATTRIBUTE.pattern})*+>"
# Tags that a tree leaves out where they don't fit, or merges into earlier ones.
_UNFIT = re.compile(
    r"(?=<(body|table|t[drh]|thead|tbody|tfoot|frame)" + _INSIDE + ")", re.IGNORECASE
)
_LOOSE_TAG = re.compile(r"<[a-z][^\t\n\f\r />]*" + _INSIDE, re.IGNORECASE)
_ANY = re.compile(r"(?=<([a-z][^\t\n\f\r />]*)" + _INSIDE + ")", re.IGNORECASE)


# What the engine says that it inserts where nothing may be cut out.
INERT = " type=text/plain"
RENAMED = "suppressed-"
INVALID_URL = "about:invalid#"
_WITH_TEXT = re.compile(r"<(?:script|style)(?=[\t\n\f\r />])", re.IGNORECASE)
_SCRIPT = re.compile(
    r"(?=(<script(?=[\t\n\f\r />])[^>]*>(.*?)(?:</script(?:[^>\"']|\"[^\"]*\"|'[^']*')*>|\Z)))",
    re.IGNORECASE | re.DOTALL,
)
_FRAMESET = re.compile(r"<frameset(?=[\t\n\f\r />])[^>]*>", re.IGNORECASE)
_XML_SHEET = re.compile(rf"<\?xml-stylesheet(?:(?!\?>).)*{HOST}.*?\?>", re.DOTALL)
_SHEET = re.compile(r"(?=<style[^>]*>(.*?)(?:</style[\s/>]|\Z))", re.IGNORECASE | re.DOTALL)
_CSS_WORD = re.compile(
    r"\"(?:[^\"\n\r\f\\]|\\.)*+\"?|'(?:[^'\n\r\f\\]|\\.)*+'?"
    r"|(?:\\[0-9a-fA-F]{1,6}[ \t\n\r\f]?|\\[^\n\r\f]|[^ \t\n\r\f\"'()])+"
)


def _name_length(text: str, start: int) -> int:
    match = _NAME.match(text, start + 1)
    return len(match[0]) if match else 0


_NAME = re.compile(r"[^\t\n\f\r />]*")
_VALUE = re.compile(r"[^=]*=\s*([\"']?)(?P<value>.*?)\1\Z", re.DOTALL)
_JSON_STRING = re.compile(r"\"((?:[^\"\\]|\\.)*+)\"", re.DOTALL)
# Where nothing says how a page is encoded, a browser may take these for what changes its markup.
_FOREIGN = re.compile("[\0\x0e\x0f\x1b]")
_SEPARATOR = re.compile(r"<!--[^<>]*-->")
_REWRITTEN = re.compile(r"[^\s=/>]+\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>]*)")


def _in_xlink(name: str, text: str) -> str:
    """Return an attribute's name as parsers of XML tell it, whatever prefix XLink has."""
    prefix, colon, rest = name.partition(":")
    bound = rf"xmlns:{re.escape(prefix)}\s*=\s*[\"']http://www\.w3\.org/1999/xlink[\"']"
    return f"xlink:{rest}" if colon and re.search(bound, text) else name


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
