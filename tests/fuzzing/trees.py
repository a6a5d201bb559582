"""What independent HTML parsers make of a page, as one flat list of elements for all of them.

The parsers are the witnesses of the fuzzer: none shares a line with the engine. turbohtml and
html5lib also say where in the source each tag stands, for the question that is asked byte for byte.
html5lib is older than templates and today's ``select``; that is its worth: some browsers still are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import html5lib
import turbohtml
from html5lib.constants import tokenTypes
from html5lib.treebuilders import getTreeBuilder
from selectolax.lexbor import LexborHTMLParser

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Space = Literal["html", "svg", "math"]
Span = tuple[int, int]


@dataclass(slots=True)
class Element:
    """One element of a parsed page, in document order."""

    space: Space
    name: str
    attributes: dict[str, str]
    parent: Element | None
    inert: bool = False
    """Inside the contents of a template that no shadow root makes live."""
    text: str = ""
    """The text directly inside; kept where it may be code."""
    tag: Span | None = None
    """Where the start tag stands in the source."""
    end: Span | None = None
    """Where the end tag stands in the source; None where there is none."""
    late: bool = False
    """Whether the site's tag on it comes from a later start tag, with which nothing begins."""
    spans: dict[str, Span] = field(default_factory=dict)
    """Where each attribute stands in the source."""

    def is_in_shadow(self) -> bool:
        """Whether it is inside a shadow root that the page declares, no part of its own tree."""
        return any(a.name == "template" and a.space == "html" for a in self.ancestors())

    def own_attributes(self, text: str) -> set[str]:
        """Names of the attributes in its own start tag; nothing where that isn't known."""
        if self.tag is None:
            return set()
        start, end = self.tag
        return {name.lower() for name in _NAMES.findall(text[start:end])}

    def ancestors(self) -> Iterator[Element]:
        """From the parent to the root."""
        element = self.parent
        while element is not None:
            yield element
            element = element.parent


_NAMES = re.compile(r"[^\s\"'>/=]+(?=\s*[=\s/>])")
_ISINDEX = re.compile(r"(?<=<)isindex(?=[\s/>])", re.IGNORECASE)
_WITH_TEXT = frozenset({"script", "style", "noscript"})
_OPEN = frozenset({"open", "closed"})


def _span_in(text: str) -> Callable[[int, int], Span]:
    """Translate offsets in the text with normalised newlines, as parsers count, to ``text``."""
    if "\r" not in text:
        return lambda start, end: (start, end)
    ends = [0, *(match.end() for match in re.finditer(r"\r\n|[\s\S]", text))]
    return lambda start, end: (ends[start], ends[end])


def turbohtml_elements(text: str, scripting: bool) -> list[Element]:
    """Parse with turbohtml, with the places of tags and attributes in ``text``."""
    span = _span_in(text)
    # It has `isindex` end the search for what an end tag closes, which no browser does any more.
    text = _ISINDEX.sub("unknown", text)

    def place(found: Any) -> Span:
        return span(found.start_offset, found.end_offset)

    # Declared shadow roots are left where they are declared, for there the parser says where.
    root = turbohtml.parse(
        text, source_locations=True, scripting=scripting, allow_declarative_shadow_roots=False
    )
    elements: list[Element] = []
    todo: list[tuple[Any, Element | None, bool]] = [
        (node, None, False) for node in reversed(root.children)
    ]
    while todo:
        node, parent, inert = todo.pop()
        tag = node.tag if isinstance(node, turbohtml.Element) else None
        if tag is None:
            if isinstance(node, turbohtml.DocumentFragment):  # the contents of a template
                assert parent is not None
                live = parent.attributes.get("shadowrootmode", "").lower() in _OPEN
                inside = reversed(node.children)
                todo.extend((child, parent, inert or not live) for child in inside)
            elif parent is not None and isinstance(node, turbohtml.Text):
                parent.text += node.data if parent.name in _WITH_TEXT else ""
            continue
        element = Element(
            {"HTML": "html", "SVG": "svg", "MATHML": "math"}[node.namespace.name],  # type: ignore[arg-type] # the three names
            tag,
            {
                name: " ".join(value) if isinstance(value, list) else value or ""
                for name, value in node.attrs.items()
            },
            parent,
            inert,
        )
        location = node.source_location
        if location is not None:
            element.tag = place(location.start_tag)
            element.end = place(location.end_tag) if location.end_tag else None
            element.spans = {name: place(found) for name, found in location.attrs.items()}
        elements.append(element)
        todo.extend((child, element, inert) for child in reversed(node.children))
    return elements


def lexbor_elements(text: str, scripting: bool) -> list[Element]:
    """Parse with lexbor; its binding names no namespaces, so they follow from the ancestors."""
    root = LexborHTMLParser(text, scripting=scripting).root
    elements: list[Element] = []
    todo: list[tuple[Any, Element | None, bool]] = [(root, None, False)] if root else []
    while todo:
        node, parent, inert = todo.pop()
        if node.next is not None and node is not root:
            todo.append((node.next, parent, inert))
        if node.tag is None or node.tag.startswith("-") or node.tag.startswith("!"):
            if parent is not None and parent.name in _WITH_TEXT and node.is_text_node:
                parent.text += node.text_content or ""
            continue
        attributes = {name: value or "" for name, value in node.attributes.items()}
        element = Element(_space_below(parent, node.tag), node.tag, attributes, parent, inert)
        if node.tag in _GLYPHS and element.space == "math" and _stands_before_table(node):
            return []  # it is of HTML if it was moved out of the table, which nothing tells
        elements.append(element)
        if node.child is not None:
            todo.append((node.child, element, inert))
        if node.tag == "template" and element.space == "html":
            live = attributes.get("shadowrootmode", "").lower() in _OPEN
            todo.extend(
                (fragment.child, element, inert or not live)
                for fragment in node.template_fragments()
                if fragment.child is not None
            )
    return elements


def _stands_before_table(node: Any) -> bool:
    while node is not None:
        if node.tag == "table":
            return True
        node = node.next
    return False


_TEXT_POINTS = frozenset({"mi", "mo", "mn", "ms", "mtext"})
_GLYPHS = frozenset({"mglyph", "malignmark"})


def _space_below(parent: Element | None, name: str) -> Space:
    if parent is not None and parent.space == "svg":
        if parent.name not in {"foreignObject", "desc", "title"}:
            return "svg"
    elif parent is not None and parent.space == "math":
        encoding = parent.attributes.get("encoding", "").lower()
        if parent.name in _TEXT_POINTS:
            if name in _GLYPHS:
                return "math"
        elif parent.name == "annotation-xml":
            if encoding not in {"text/html", "application/xhtml+xml"} and name != "svg":
                return "math"
        else:
            return "math"
    return "svg" if name == "svg" else "math" if name == "math" else "html"


class _PlacingParser(html5lib.HTMLParser):  # type: ignore[misc] # html5lib's stubs are partial
    """html5lib, with the place of each start tag kept in an attribute that no page can name."""

    def mainLoop(self) -> None:  # noqa: N802 # html5lib's name
        tokenizer = self.tokenizer
        stream = tokenizer.stream
        opened = tokenizer.tagOpenState
        emit = tokenizer.emitCurrentToken
        start = 0
        self.end_tags: list[tuple[str, Span]] = []

        def tag_open_state() -> bool:
            nonlocal start
            start = stream.chunkOffset - 1
            return opened()

        def emit_current_token() -> None:
            token = tokenizer.currentToken
            emit()
            if token["type"] == tokenTypes["StartTag"]:
                token["data"][_PLACE] = _Place(f"{start} {stream.chunkOffset}")
            else:
                self.end_tags.append((token["name"], (start, stream.chunkOffset)))

        tokenizer.tagOpenState = tag_open_state
        tokenizer.emitCurrentToken = emit_current_token
        super().mainLoop()


_PLACE = "\x00place"


class _Place(str):
    """A place, which is no matter where attributes are compared: of equal formatting elements only
    three count."""

    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Place)


def html5lib_elements(text: str, scripting: bool) -> list[Element]:
    """Parse with html5lib, an implementation of the standard as it was before templates."""
    # Places are good within the parser's first chunk of 10,240 characters, longer than any of ours.
    span = _span_in(text)
    parser = _PlacingParser(tree=getTreeBuilder("etree"))
    try:
        document = parser.parse(text, scripting=scripting)
    except AssertionError:
        return []  # html5lib trips over some framesets and tables; then it bears no witness
    elements: list[Element] = []
    todo: list[tuple[Any, Element | None, bool]] = [(document, None, False)]
    while todo:
        node, parent, inert = todo.pop()
        if not isinstance(node.tag, str):
            continue
        uri, _, name = node.tag.rpartition("}")
        space: Space = "svg" if "svg" in uri else "math" if "Math" in uri else "html"
        attributes = {
            ("xlink:" + key.rpartition("}")[2] if "xlink" in key else key): value
            for key, value in node.attrib.items()
        }
        place = attributes.pop(_PLACE, None)
        element = Element(space, name, attributes, parent, inert)
        if place is not None:
            start, end = map(int, place.split())
            element.tag = span(start, end)
            later = (e for n, (_, e) in parser.end_tags if n == name and e > end)
            stop = next(later, None)
            element.end = None if stop is None else span(stop, stop)
        if name in _WITH_TEXT:
            element.text = (node.text or "") + "".join(child.tail or "" for child in node)
        closed = attributes.get("shadowrootmode", "").lower() not in _OPEN
        if name == "template" and space == "html" and closed:
            inert = True
        elements.append(element)
        todo.extend((child, element, inert) for child in reversed(node))
    for element in elements:
        inside = (e.tag for e in elements if e.tag is not None and element in e.ancestors())
        if (
            element.name in {"body", "html"}
            and element.tag
            and min(inside, default=element.tag) < element.tag
        ):
            element.tag = None  # it was implied, and has its attributes from a later tag
    return elements


PARSERS = {
    "turbohtml": turbohtml_elements,
    "lexbor": lexbor_elements,
    "html5lib": html5lib_elements,
}
