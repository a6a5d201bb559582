"""The engine's job done with what else there is; each is built once, and called with chunks.

None of them is held to what the engine is held to: only lol_html and turbohtml leave untouched
bytes alone, and none knows about ``noscript``, nested pages or character sets. That makes the
comparison kind to them.
"""

from __future__ import annotations

import html.parser
from functools import partial
from typing import TYPE_CHECKING, Any

import bs4
import lolhtml
import lxml.html
import turbohtml.rewrite
from selectolax.lexbor import LexborHTMLParser

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Check = Callable[[str], bool]
    Job = Callable[[Sequence[bytes]], object]

LOADING = {
    "script": ("src",),
    "img": ("src", "srcset"),
    "iframe": ("src",),
    "link": ("href",),
    "source": ("src", "srcset"),
    "embed": ("src",),
    "object": ("data",),
    "video": ("src", "poster"),
    "audio": ("src",),
    "track": ("src",),
    "input": ("src",),
    "image": ("href", "xlink:href"),
    "use": ("href", "xlink:href"),
}
SELECTOR = ", ".join(LOADING)
_VOID = frozenset({"img", "link", "source", "embed", "track", "input"})


def _is_denied(check: Check, name: str, get: Callable[[str], str | None]) -> bool:
    tagged = get("data-consent")
    if tagged is not None:
        return "advertising" in tagged
    for attribute in LOADING[name]:
        value = get(attribute)
        if value and check(value):
            return True
    return False


class _LolHandlers:
    """Handlers for lol_html; it tells them apart by their methods."""

    def __init__(self, check: Check) -> None:
        self._check = check

    def element(self, element: Any) -> None:
        if _is_denied(self._check, element.tag_name, element.get_attribute):
            element.remove()


class _LolHead:
    def __init__(self, insertion: str) -> None:
        self._insertion = insertion

    def element(self, element: Any) -> None:
        element.prepend(self._insertion, lolhtml.ContentType.HTML)


def build_lolhtml(check: Check, insertion: bytes) -> Job:
    """python-lolhtml: Cloudflare's streaming rewriter."""
    handlers, head = _LolHandlers(check), _LolHead(insertion.decode())

    def run(chunks: Sequence[bytes]) -> bytes:
        out: list[bytes] = []
        rewriter = lolhtml.HTMLRewriter(out.append)
        rewriter.on(SELECTOR, handlers)
        rewriter.on("head", head)
        for chunk in chunks:
            rewriter.write(chunk)
        rewriter.end()
        return b"".join(map(bytes, out))

    return run


def build_turbohtml(check: Check, insertion: bytes) -> Job:
    """turbohtml.rewrite: exact, but for whole strings."""
    inserted = insertion.decode()

    def visit(element: Any) -> None:
        if _is_denied(check, element.tag, element.get):
            element.remove()

    def head(element: Any) -> None:
        element.prepend(inserted, html=True)

    handlers = [(SELECTOR, visit), ("head", head)]

    def run(chunks: Sequence[bytes]) -> bytes:
        page = b"".join(chunks).decode("utf-8", "surrogateescape")
        out = turbohtml.rewrite.rewrite(page, elements=handlers)
        return out.encode("utf-8", "surrogateescape")

    return run


def build_selectolax(check: Check, insertion: bytes) -> Job:
    """selectolax (lexbor): parses and writes anew."""
    inserted = insertion.decode()

    def run(chunks: Sequence[bytes]) -> bytes:
        tree = LexborHTMLParser(b"".join(chunks).decode("utf-8", "replace"))
        for node in tree.css(SELECTOR):
            if _is_denied(check, node.tag, node.attributes.get):
                node.decompose()
        head = tree.head
        if head is not None:
            head.insert_child(inserted)
        return (tree.html or "").encode()

    return run


def build_lxml(check: Check, insertion: bytes) -> Job:
    """lxml.html: parses by libxml2's rules and writes anew."""

    def run(chunks: Sequence[bytes]) -> bytes:
        root = lxml.html.document_fromstring(b"".join(chunks))
        for element in list(root.iter(*LOADING)):
            if _is_denied(check, element.tag, element.get):
                element.drop_tree()
        for head in root.iter("head"):
            head.insert(0, lxml.html.Element("script", src="/privacy-choices/guard.js"))
            break
        return bytes(lxml.html.tostring(root))

    return run


class _StdlibRewriter(html.parser.HTMLParser):
    """A rewriter on the standard library's parser, as one would write it by hand."""

    def __init__(self, check: Check, insertion: str) -> None:
        super().__init__(convert_charrefs=False)
        self._check, self._insertion = check, insertion
        self._inside: str | None = None
        self.out: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._inside:
            return
        if tag in LOADING and _is_denied(self._check, tag, dict(reversed(attrs)).get):
            self._inside = None if tag in _VOID else tag
            return
        self.out.append(self.get_starttag_text() or "")
        if tag == "head":
            self.out.append(self._insertion)

    handle_startendtag = handle_starttag

    def handle_endtag(self, tag: str) -> None:
        if self._inside == tag:
            self._inside = None
        elif not self._inside:
            self.out.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self._inside:
            self.out.append(data)

    def handle_entityref(self, name: str) -> None:
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.handle_data(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        self.handle_data(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self.handle_data(f"<!{decl}>")


def build_stdlib(check: Check, insertion: bytes) -> Job:
    """html.parser of the standard library."""
    inserted = insertion.decode()

    def run(chunks: Sequence[bytes]) -> bytes:
        parser = _StdlibRewriter(check, inserted)
        for chunk in chunks:
            parser.feed(chunk.decode("utf-8", "replace"))
        parser.close()
        return "".join(parser.out).encode()

    return run


def build_beautifulsoup(check: Check, insertion: bytes, parser: str = "html.parser") -> Job:
    """BeautifulSoup on the parser that it takes by default, or on another."""

    def run(chunks: Sequence[bytes]) -> bytes:
        soup = bs4.BeautifulSoup(b"".join(chunks), parser)
        for element in soup.find_all(list(LOADING)):
            if not element.decomposed and _is_denied(check, element.name, element.attrs.get):
                element.decompose()
        if soup.head is not None:
            soup.head.insert(0, soup.new_tag("script", src="/privacy-choices/guard.js"))
        return soup.encode()

    return run


RIVALS: dict[str, Callable[[Check, bytes], Job]] = {
    "python-lolhtml": build_lolhtml,
    "turbohtml.rewrite (whole str only)": build_turbohtml,
    "selectolax (writes anew)": build_selectolax,
    "lxml (writes anew)": build_lxml,
    "html.parser (inexact)": build_stdlib,
    "BeautifulSoup on lxml (writes anew)": partial(build_beautifulsoup, parser="lxml"),
    "BeautifulSoup (writes anew)": build_beautifulsoup,
}
STREAMING_RIVALS: dict[str, Callable[[Check, bytes], Job]] = {
    "python-lolhtml": build_lolhtml,
    "html.parser (inexact)": build_stdlib,
}
