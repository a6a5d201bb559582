"""XHTML and SVG documents: the same job by XML's rules.

Names are case-sensitive and belong to namespaces, every element is closed, CDATA sections and
processing instructions exist, and whatever isn't well-formed ends the page in a browser: here it is
a `RewriteError`. So is a document type with entities of its own, which may stand for markup.
"""

from __future__ import annotations

import re
from collections import ChainMap
from dataclasses import replace
from operator import itemgetter
from typing import TYPE_CHECKING, Final, NamedTuple

from consentmw.errors import RewriteError
from consentmw.html.holding import Holding
from consentmw.html.readers import EVERYBODY
from consentmw.html.scanner import MAX_TAG_BYTES
from consentmw.html.sieve import HTML_ONLY, KEEP, KEEP_TEXT, Edit
from consentmw.html.writing import XML_JOINS, Writer
from consentmw.html.xml_tags import (
    CLOSED,
    END_TAG,
    SPACE,
    START_TAG,
    STYLE_SHEET,
    namespace_of,
    read_declarations,
    read_style_sheet,
    read_tag,
)
from consentmw.html.xml_text import read_own_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from consentmw.html.attributes import Tag
    from consentmw.html.names import Namespace
    from consentmw.html.sieve import Sieve, TextVerdict, Verdict

MAX_DEPTH: Final = 5000
"""Open elements; what Blink's XML parser allows."""
MAX_COVERS: Final = 100
"""Different things that elements around one another say; more than any site has categories."""
MAX_CODES: Final = 16
"""Scripts and style sheets inside one another: the text of each is looked for through all of it."""

_DOCTYPE: Final = re.compile(
    rb"<!DOCTYPE(?:[^>\[\"']++|\"[^\"]*+\"|'[^']*+')*+(\[(?:[^\]\"'<]++|\"[^\"]*+\"|'[^']*+'"
    rb"|<!--.*?-->|<\?.*?\?>|<(?!!--|\?))*+\]" + SPACE + rb"*+)?>",
    re.DOTALL,
)

# Elements that a head may consist of, and what it stands in.
_BEFORE_BODY: Final = frozenset(b"html head base link meta noscript script style title".split())


class Element(NamedTuple):
    """One open element."""

    name: bytes
    """As written, prefix and all."""
    covers: tuple[object, ...]
    """What it says of everything inside it, and what those around it do."""
    dropped: bool
    in_template: bool
    codes: int
    """Scripts and style sheets among it and those around it."""
    shadowed: Mapping[bytes, str]
    """What the prefixes that it declares stand for around it; nothing where they are unknown."""


_DOCUMENT: Final = Element(
    name=b"", covers=(), dropped=False, in_template=False, codes=0, shadowed={}
)


class XmlRewriter:
    """Rewrites one XML page as the sieve decides; the counterpart of `rewriter.Rewriter`."""

    def __init__(
        self,
        sieve: Sieve,
        *,
        max_text_bytes: int = 1 << 20,
        insertion: bytes = b"",
        insert_only: bool = False,
    ) -> None:
        """Start a page; the arguments are those of `rewriter.Rewriter`."""
        self._sieve = sieve
        self._max_text_bytes = max_text_bytes
        self._insertion = insertion
        self._insert_only = insert_only
        self._holding = Holding()
        self._writer = Writer(XML_JOINS)
        self._later: list[Edit] = []
        """What is to be changed in bytes that are held."""
        self._open: list[Element] = []
        self._prefixes: dict[bytes, str] = {}
        """What they stand for inside the innermost element."""
        self._base = 0
        self._has_base = False
        """Whether there was a ``base`` that counts."""
        self._has_body = False
        """Whether there was anything but what describes the page."""
        self._failure: RewriteError | None = None

    def feed(self, chunk: bytes) -> bytes:
        """Take the next bytes and return what can leave; `RewriteError` if they can't be read."""
        data = self._holding.add(chunk)
        return b"" if data is None else self._run(data, final=False)

    def close(self) -> bytes:
        """Return what is left at the end of the page."""
        return self._run(self._holding.take(), final=True)

    def _run(self, data: bytes, *, final: bool) -> bytes:
        if self._failure is not None:
            raise self._failure
        edits, self._later = self._later, []
        try:
            end = self._read(data, edits, final=final)
        except RewriteError as error:
            self._failure = error
            raise
        self._holding.keep(data[end:])
        self._base += end
        # What is inside a style sheet is come to after its text has been judged, which may reach
        # into a CDATA section that has yet to end.
        edits.sort(key=itemgetter(0))
        while edits and edits[-1].end > end:
            edit = edits.pop()
            self._later.append(edit._replace(start=edit.start - end, end=edit.end - end))
        return self._writer.write(data, end, edits)

    def _read(self, data: bytes, edits: list[Edit], *, final: bool) -> int:
        """Read as far as the bytes reach, file the edits, and return how far that is."""
        position = 0
        while True:
            if self._insert_only and not self._insertion:
                return len(data)
            start = data.find(b"<", position)
            if start < 0:
                self._skip(edits, position, len(data))
                return len(data)
            self._skip(edits, position, start)
            end = self._piece(data, start, edits, final=final)
            if end < 0:
                return start
            position = end

    def _skip(self, edits: list[Edit], start: int, end: int) -> None:
        """Pass bytes on, or not, inside an element that is dropped."""
        if end > start and self._open and self._open[-1].dropped:
            edits.append(Edit(start, end, b"", apart=True))

    def _piece(self, data: bytes, start: int, edits: list[Edit], *, final: bool) -> int:
        """Read one piece of markup and return its end, or -1 where that has yet to come."""
        following = data[start + 1 : start + 2]
        if following == b"!":
            end = self._declaration(data, start)
        elif following == b"?":
            end = data.find(b"?>", start) + 2
            end = end if end >= 2 else -1
            if end > 0 and data.startswith(STYLE_SHEET, start):
                self._judge_style_sheet(data[start:end], start, edits)
        elif following == b"/":
            match = END_TAG.match(data, start)
            end = -1 if match is None else match.end()
            if match is not None:
                self._close(match[1], start, end, edits)
                return end
        else:
            return self._start_tag(data, start, edits, final=final)
        if end < 0:
            return self._unfinished(data, start, final=final)
        self._skip(edits, start, end)
        return end

    def _unfinished(self, data: bytes, start: int, *, final: bool) -> int:
        if final:
            # What the page's end cuts never comes to be.
            return len(data)
        if data[start + 1 : start + 2] not in {b"!", b"?"} and CLOSED.match(data, start):
            raise RewriteError(f"not well-formed XML: {data[start : start + 60]!r}")
        if len(data) - start > MAX_TAG_BYTES:
            raise RewriteError(f"a piece of markup is longer than {MAX_TAG_BYTES} bytes")
        return -1

    @staticmethod
    def _declaration(data: bytes, start: int) -> int:
        for opening, closing in ((b"<!--", b"-->"), (b"<![CDATA[", b"]]>")):
            if data.startswith(opening, start):
                at = data.find(closing, start + len(opening))
                return at + 3 if at >= 0 else -1
        if data.startswith(b"<!DOCTYPE", start):
            match = _DOCTYPE.match(data, start)
            if match is None:
                return -1
            inside = match[1] or b""
            # Blink takes an instruction in here for one of the document.
            if b"<!" in inside.replace(b"<!--", b"") or STYLE_SHEET in inside:
                raise RewriteError("a document type with declarations of its own can't be read")
            return match.end()
        if len(data) - start >= 9:
            raise RewriteError(f"not well-formed XML: {data[start : start + 60]!r}")
        return -1

    def _judge_style_sheet(self, raw: bytes, start: int, edits: list[Edit]) -> None:
        """Judge ``<?xml-stylesheet href="…"?>`` as the ``link`` that it amounts to."""
        for tag in read_style_sheet(raw):
            verdict = self._sieve.judge(tag, HTML_ONLY, ())
            self._note(start, verdict.notes)
            if verdict.drop:
                edits.append(Edit(start, start + len(raw), b"", apart=True))
                return

    # ---- elements ----

    def _start_tag(self, data: bytes, start: int, edits: list[Edit], *, final: bool) -> int:
        match = START_TAG.match(data, start)
        if match is None:
            return self._unfinished(data, start, final=final)
        end = match.end()
        around = self._open[-1] if self._open else _DOCUMENT
        if around.dropped:
            self._skip(edits, start, end)
            self._push(match, around._replace(name=match[1], shadowed={}))
            return end
        declared = read_declarations(match[2])
        prefixes = ChainMap(declared, self._prefixes) if declared else self._prefixes
        tag = read_tag(match[0], prefixes)
        if tag is not None and tag.repeats:
            # Blink reports it of two prefixes, and lets the last one count.
            raise RewriteError(f"an attribute is there twice: {match[0][:60]!r}")
        namespace = namespace_of(match[1], prefixes)
        name = tag.name if tag is not None and namespace == "html" else b""
        covers = (around.covers,) if around.covers else ()
        drop = False
        cover = None
        codes = around.codes
        if tag is not None and namespace is None:
            # It loads nothing, but what it contains may; of it only the site's own tag counts.
            verdict = self._sieve.judge(tag.reduced(self._sieve.marks), (), covers)
            cover = verdict.cover
            self._note(start, verdict.notes)
        elif tag is not None and namespace is not None:
            behind: tuple[Edit, ...] = ()
            verdict = self._ask(tag, namespace, covers)
            notes = verdict.notes
            # An SVG image keeps its place, as in HTML.
            drop = verdict.drop and (namespace == "html" or tag.name in {b"script", b"style"})
            cover = verdict.cover
            if verdict.content and not match[3]:
                codes += 1
                if codes > MAX_CODES:
                    raise RewriteError(f"more than {MAX_CODES} scripts stand inside one another")
                judged = self._judge_text(data, tag, end, covers, final=final)
                if judged is None:
                    return -1
                drop = drop or judged.drop
                behind = judged.edits
                notes += judged.notes
            self._note(start, notes)
            if drop and not self._open:
                # XML 1.0, 2.1: a document has a root.
                edits.append(Edit(start, end, b"<suppressed/>"))
            elif drop:
                edits.append(Edit(start, end, b"", apart=True))
            else:
                edits.extend(
                    Edit(edit.start + start, edit.end + start, _in_value(edit.replacement))
                    for edit in verdict.edits
                )
                edits.extend(behind)
            if self._insertion and name == match[1] == b"head" and not match[3]:
                edits.append(Edit(end, end, self._insertion))
                self._insertion = b""
        self._has_body = self._has_body or not (drop or name in _BEFORE_BODY)
        inside = around.covers
        if cover is not None and cover not in inside:
            if len(inside) >= MAX_COVERS:
                raise RewriteError(f"more than {MAX_COVERS} tags of the site hold for one element")
            inside = (*inside, cover)
        element = Element(
            name=match[1],
            covers=inside,
            dropped=drop,
            in_template=around.in_template or name == b"template",
            codes=codes,
            shadowed={each: self._prefixes.get(each, "") for each in declared},
        )
        if self._push(match, element):
            self._prefixes.update(declared)
        return end

    def _ask(
        self, tag: Tag, namespace: Namespace, covers: tuple[tuple[object, ...], ...]
    ) -> Verdict:
        if namespace == "html" and tag.name == b"base" and tag.get(b"href") is not None:
            verdict = self._take_base(tag)
            if verdict is not KEEP:
                return verdict
        return self._sieve.judge(tag, (namespace,), covers)

    def _take_base(self, tag: Tag) -> Verdict:
        """Take in what a ``base`` says, if it is the one that counts."""
        # HTML, "document base URL": the first in the document, whatever it stands in. What is
        # inside a template isn't in the document, by XML's rules too.
        if self._has_base or (self._open and self._open[-1].in_template):
            return KEEP
        verdict = self._sieve.rebase(tag, dict.fromkeys(EVERYBODY, True), late=self._has_body)
        # Where its URL goes, the next one counts.
        self._has_base = not verdict.edits
        return verdict

    def _push(self, match: re.Match[bytes], element: Element) -> bool:
        """Open an element, and tell whether it is more than its tag."""
        if match[3]:
            return False
        if len(self._open) >= MAX_DEPTH:
            raise RewriteError(f"more than {MAX_DEPTH} elements are open")
        self._open.append(element)
        return True

    def _close(self, name: bytes, start: int, end: int, edits: list[Edit]) -> None:
        if not self._open or self._open[-1].name != name:
            raise RewriteError(f"</{name.decode('utf-8', 'replace')[:60]}> closes nothing")
        self._skip(edits, start, end)
        for prefix, uri in self._open.pop().shadowed.items():
            if uri:
                self._prefixes[prefix] = uri
            else:
                self._prefixes.pop(prefix, None)

    def _judge_text(
        self,
        data: bytes,
        tag: Tag,
        position: int,
        covers: tuple[tuple[object, ...], ...],
        *,
        final: bool,
    ) -> TextVerdict | None:
        """Judge the text of a script or a style sheet; None where more of it has to come first.

        The edits of the verdict are counted from the start of `data`.
        """
        limit = position + self._max_text_bytes + 1
        own = read_own_text(data, position, min(limit, len(data)))
        if not own.complete and not final and len(data) < limit:
            return None
        text = own.text
        if not text:
            return KEEP_TEXT
        complete = own.complete or final
        if own.has_references:
            # They mean characters, the bytes around them what the page's encoding says.
            for encoding in self._sieve.encodings:
                judged = self._sieve.judge_text(
                    tag, own.in_utf_8(encoding), covers, complete=complete, encoding="utf-8"
                )
                if judged.drop or judged.edits:
                    return replace(judged, drop=True, edits=())
            return judged
        judged = self._sieve.judge_text(tag, text, covers, complete=complete)
        if not judged.edits:
            return judged
        placed = own.place(judged.edits)
        if placed is None:
            return replace(judged, drop=True, edits=())
        return replace(judged, edits=tuple(placed))

    def _note(self, start: int, notes: tuple[object, ...]) -> None:
        if notes:
            self._sieve.note(notes, self._base + start)


def _in_value(replacement: bytes) -> bytes:
    """Write what goes into a start tag, in HTML's way, so that XML reads the same value."""
    # XML 1.0, 3.3.3: white space in a value is a space, unless a reference stands for it.
    for character, reference in (
        (b"\t", b"&#9;"),
        (b"\n", b"&#10;"),
        (b"\r", b"&#13;"),
        (b"<", b"&lt;"),
    ):
        replacement = replacement.replace(character, reference)
    return replacement
