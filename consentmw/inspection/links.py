"""A page taken apart: where its links lead, and the units in which two forms of it are compared."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from consentmw.browser.scripts import is_inserted
from consentmw.html.listing import tokenize
from consentmw.html.names import VOID
from consentmw.inspection.addresses import read_address

if TYPE_CHECKING:
    from consentmw.html.attributes import Tag
    from consentmw.inspection.pages import FetchedPage

_LINKING: Final = {b"a": b"href", b"area": b"href", b"iframe": b"src", b"frame": b"src"}
# HTML, "shared declarative refresh steps", without the quotes that few write.
_REFRESH: Final = re.compile(
    r"\s*[0-9.]+\s*[;,\s]\s*(?:url\s*=\s*)?['\"]?([^'\"]+?)['\"]?\s*", re.IGNORECASE
)
# Another one for each answer, and so no part of what an element is.
_NONCE: Final = re.compile(rb"""[\s/]nonce=(?:"[^"]*"|'[^']*'|[^\s>]+)""", re.IGNORECASE)
_SHOWN_CHARACTERS: Final = 100


class Unit(NamedTuple):
    """What a comparison counts: a start tag, a word, or the text of a script or style."""

    name: str
    """The element's name; empty for text."""
    content: str
    """Of a start tag the whole of it; white space is folded."""

    @property
    def is_word(self) -> bool:
        """Whether it is a piece of the page's text."""
        return not self.name

    def __str__(self) -> str:
        content = self.content
        if len(content) > _SHOWN_CHARACTERS:
            content = content[:_SHOWN_CHARACTERS] + "…"
        if self.content.startswith("<"):
            return content
        return f"text {content!r}" + (f" in <{self.name}>" if self.name else "")


def read_links(page: FetchedPage) -> list[str]:
    """Return the absolute URLs to which a page links, in order."""
    base = page.url
    has_base = False
    links = []
    for token in tokenize(page.markup, scripting=False):
        tag = token.tag
        if tag is None:
            continue
        if tag.name == b"base" and not has_base:
            attribute = tag.get(b"href")
            if attribute is not None:
                # HTML, the base element: the first one with a href counts.
                base = read_address(attribute.text("utf-8"), page.url) or page.url
                has_base = True
        elif (name := _LINKING.get(tag.name)) is not None:
            attribute = tag.get(name)
            if attribute is not None:
                links.append(attribute.text("utf-8"))
        elif tag.name == b"meta" and (target := _refresh(tag)):
            links.append(target)
    return [url for link in links if (url := read_address(link, base)) is not None]


def _refresh(tag: Tag) -> str:
    """Where a ``meta`` element sends the browser; empty where it is another one."""
    kind, content = tag.get(b"http-equiv"), tag.get(b"content")
    if kind is None or content is None or kind.text("utf-8").strip().lower() != "refresh":
        return ""
    match = _REFRESH.fullmatch(content.text("utf-8"))
    return match[1] if match else ""


class Part(NamedTuple):
    """A unit where it stands in a page."""

    unit: Unit
    offset: int
    """Of the element that it belongs to."""
    varies: bool
    """Whether it is meant to differ by what was chosen, and so is no loss where it is missing."""


def read_parts(
    page: FetchedPage,
    *,
    categories: frozenset[str] = frozenset(),
    tag_attributes: tuple[str, ...] = (),
) -> list[Part]:
    """Take a page apart.

    What the middleware inserts is there for some visitors and not for others. So is what stands in
    an element with the attribute `data-varies`: a page says with it that a part, such as "Opt-Out
    Request Honored", is meant to differ. And an app may leave out with an advertisement whatever
    belongs to it, where it says what that is.

    Args:
        page: Any response.
        categories: What an element that the site has tagged with it may go with.
        tag_attributes: The attributes with which the site tags elements.
    """
    marks = tuple(name.lower().encode() for name in tag_attributes)
    if not page.is_html:
        return [Part(Unit("", repr(page.body)), 0, varies=False)] if page.body else []
    data = page.markup
    parts: list[Part] = []
    raw_start, raw_name, raw_offset = 0, "", -1
    varying, depth = b"", 0
    for token in tokenize(data, scripting=False):
        if raw_name and token.start > raw_start:
            _add_text(parts, data[raw_start : token.start], raw_name, raw_offset, varies=depth > 0)
        raw_name = ""
        if depth:
            name_here = token.tag.name if token.tag is not None else token.name
            depth += (name_here == varying) * (-1 if token.kind == "end" else token.kind == "start")
        if token.tag is not None:
            if not depth and _may_vary(token.tag, marks, categories):
                varying, depth = token.tag.name, 1
            source = token.tag.get(b"src")
            inserted = source is not None and is_inserted(source.text("utf-8"))
            name = token.tag.name.decode("utf-8", "replace")
            tag = " ".join(_NONCE.sub(b"", token.tag.raw).decode("utf-8", "replace").split())
            parts.append(Part(Unit(name, tag), token.start, inserted or depth > 0))
            raw_start, raw_name, raw_offset = token.end, name, token.start
            if depth and varying in VOID:
                depth = 0
        elif token.kind == "text":
            text = data[token.start : token.end]
            _add_text(parts, text, "", token.start, varies=depth > 0)
    if raw_name:
        _add_text(parts, data[raw_start:], raw_name, raw_offset, varies=depth > 0)
    return parts


def _may_vary(tag: Tag, marks: tuple[bytes, ...], categories: frozenset[str]) -> bool:
    if tag.get(b"data-varies") is not None:
        return True
    found = (attribute for mark in marks if (attribute := tag.get(mark)) is not None)
    return any(
        not categories.isdisjoint(attribute.text("utf-8").replace(",", " ").split())
        for attribute in found
    )


def _add_text(parts: list[Part], text: bytes, name: str, offset: int, *, varies: bool) -> None:
    words = text.decode("utf-8", "replace").split()
    # Words, because a run of text is cut in two by whatever stands in it, such as a pixel. The text
    # of a script or a style sheet is one thing.
    units = [" ".join(words)] if name and words else words
    parts.extend(Part(Unit(name, unit), offset, varies) for unit in units)
