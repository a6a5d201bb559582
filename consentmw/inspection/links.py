"""A page taken apart: where its links lead, and the units in which two forms of it are compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urljoin

from consentmw.browser.scripts import is_inserted
from consentmw.html.charset import decode_page
from consentmw.html.listing import tokenize
from consentmw.html.names import VOID

if TYPE_CHECKING:
    from consentmw.inspection.pages import FetchedPage

_LINKING: Final = {b"a": b"href", b"area": b"href", b"iframe": b"src", b"frame": b"src"}
_SHOWN_CHARACTERS: Final = 100


class Unit(NamedTuple):
    """What a comparison counts: a start tag, a run of text, or the text of a script or style."""

    name: str
    """The element's name; empty for text."""
    content: str
    """Of a start tag the whole of it; white space is folded."""

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
    for token in tokenize(decode_page(page.body, page.charset), scripting=False):
        tag = token.tag
        if tag is None:
            continue
        if tag.name == b"base" and not has_base:
            attribute = tag.get(b"href")
            if attribute is not None:
                # HTML, the base element: the first one with a href counts.
                base = urljoin(page.url, attribute.text("utf-8").strip())
                has_base = True
        elif (name := _LINKING.get(tag.name)) is not None:
            attribute = tag.get(name)
            if attribute is not None:
                links.append(attribute.text("utf-8").strip())
    return [url for link in links if (url := _joined(base, link))]


def _joined(base: str, link: str) -> str:
    try:
        return urljoin(base, link)
    except ValueError:
        return ""  # such as http://[, which names no host


def read_units(page: FetchedPage) -> list[tuple[Unit, int]]:
    """Take a page apart into units, each with the offset of the element that it belongs to.

    What the middleware inserts is left out: it is there for some visitors and not for others. So
    is what stands in an element with the attribute `data-varies`: a page says with it that a
    part, such as "Opt-Out Request Honored", is meant to differ by what was chosen.
    """
    if not page.is_html:
        return [(Unit("", repr(page.body)), 0)]
    data = decode_page(page.body, page.charset)
    units: list[tuple[Unit, int]] = []
    raw_start, raw_name, raw_offset = 0, "", -1
    varying, depth = b"", 0
    for token in tokenize(data, scripting=False):
        if depth:
            name_here = token.tag.name if token.tag is not None else token.name
            depth += (name_here == varying) * (-1 if token.kind == "end" else token.kind == "start")
            continue
        if raw_name and token.start > raw_start:
            _add_text(units, data[raw_start : token.start], raw_name, raw_offset)
        raw_name = ""
        if token.tag is not None:
            source = token.tag.get(b"src")
            if source is not None and is_inserted(source.text("utf-8")):
                continue
            if token.tag.get(b"data-varies") is not None:
                varying, depth = token.tag.name, int(token.tag.name not in VOID)
                continue
            name = token.tag.name.decode("utf-8", "replace")
            tag = " ".join(token.tag.raw.decode("utf-8", "replace").split())
            units.append((Unit(name, tag), token.start))
            raw_start, raw_name, raw_offset = token.end, name, token.start
        elif token.kind == "text":
            _add_text(units, data[token.start : token.end], "", token.start)
    if raw_name:
        _add_text(units, data[raw_start:], raw_name, raw_offset)
    return units


def _add_text(units: list[tuple[Unit, int]], text: bytes, name: str, offset: int) -> None:
    folded = " ".join(text.decode("utf-8", "replace").split())
    if folded:
        units.append((Unit(name, folded), offset))
