"""What a page holds: every resource, classified, whether or not anything is denied.

The page is read by the scanner that rewrites pages, with scripting off, so that what stands in
``noscript`` is seen; nothing is decided here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin, urlsplit

from consentmw.html.charset import decode_page
from consentmw.html.css import read_css_urls
from consentmw.html.listing import tokenize
from consentmw.html.names import VOID
from consentmw.html.resources import read_resources, runs
from consentmw.suppression.nested import carried_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from consentmw.core.catalogue import Catalogue, Classification
    from consentmw.html.attributes import Tag
    from consentmw.html.listing import Token

_EXCERPT_CHARACTERS: Final = 160
_MAX_DEPTH: Final = 8
"""Pages inside pages that are looked into, as when pages are rewritten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One thing that an element loads, or one loader that an inline script holds.

    Args:
        tag: The element's name, in lower case.
        attribute: Which of its attributes names the URL; empty for text.
        url: Absolute; empty for inline scripts.
        line: Where the element starts, from 1.
        offset: Where the element starts, in the page's bytes as they are scanned.
        excerpt: The start tag, or the start of an inline script.
        classification: What the catalogue says, if it says anything.
        tagged: The categories that the site's own tags name, on the element or around it.
        in_noscript: Whether only a browser without scripts loads it.
        first_party: Whether it is of the page's own host.
        is_stylesheet: Whether it is a ``link`` to a style sheet rather than a hint.
    """

    tag: str
    attribute: str
    url: str
    line: int
    offset: int
    excerpt: str
    classification: Classification | None
    tagged: tuple[str, ...]
    in_noscript: bool
    first_party: bool
    is_stylesheet: bool


def list_resources(
    page: bytes,
    *,
    catalogue: Catalogue,
    url: str,
    charset: str | None = None,
    tag_attributes: Sequence[str] = ("data-consent",),
) -> list[Resource]:
    """List everything that a page loads, in the order of the page.

    Args:
        page: The page's bytes.
        catalogue: Classifies.
        url: The page's own, absolute.
        charset: What its ``Content-Type`` says.
        tag_attributes: The attributes with which the site tags elements.
    """
    marks = tuple(name.lower().encode() for name in tag_attributes)
    listing = _Listing(decode_page(page, charset), catalogue, url, marks, depth=0)
    return list(listing.resources())


class _Listing:
    """One page while it is being listed."""

    def __init__(
        self, page: bytes, catalogue: Catalogue, url: str, marks: tuple[bytes, ...], *, depth: int
    ) -> None:
        self._page = page
        self._catalogue = catalogue
        self._base = url
        self._has_base = False
        self._own_host = (urlsplit(url).hostname or "").rstrip(".")
        self._marks = marks
        self._depth = depth
        self._line = 1
        self._counted = 0
        # Elements with a tag of the site's that are open: name, how many of it, categories.
        self._covers: list[tuple[bytes, int, tuple[str, ...]]] = []
        self._noscripts = 0

    def resources(self) -> Iterator[Resource]:
        tokens = tokenize(self._page, scripting=False)
        following = [*(token.start for token in tokens[1:]), len(self._page)]
        for token, text_end in zip(tokens, following, strict=False):
            if token.kind == "end":
                self._close(token.name)
            elif token.tag is not None:
                yield from self._element(token, token.tag, text_end)

    def _element(self, token: Token, tag: Tag, text_end: int) -> Iterator[Resource]:
        own = self._read_tag(tag)
        tagged = (*own, *(name for _, _, names in self._covers for name in names))
        resources = read_resources(tag, token.namespaces, "utf-8")
        is_code = tag.name == b"script" and runs(tag, token.namespaces, "utf-8")
        if tag.name == b"script" and not is_code:
            resources = []
        for resource in resources:
            carried = carried_in(resource)
            if carried:
                if self._depth < _MAX_DEPTH:
                    yield from self._inside(carried[0].content, token, tagged)
                continue
            attribute = resource.attribute.name.decode("utf-8", "replace")
            for found in resource.urls:
                if absolute := _joined(self._base, found.strip()):
                    yield self._resource(token, tag, tagged, attribute, absolute)
        if tag.name in {b"script", b"style"} and not resources:
            text = self._page[token.end : text_end].decode("utf-8", "replace")
            yield from self._text(token, tag, tagged, text, is_code=is_code)
        self._open(tag, own)

    def _text(
        self, token: Token, tag: Tag, tagged: tuple[str, ...], text: str, *, is_code: bool
    ) -> Iterator[Resource]:
        if tag.name == b"style":
            for url in read_css_urls(text):
                if absolute := _joined(self._base, url.text):
                    yield self._resource(token, tag, tagged, "", absolute)
        elif is_code and text.strip():
            excerpt = " ".join(text[: 4 * _EXCERPT_CHARACTERS].split())
            loaders = self._catalogue.classify_inline(text, own_host=self._own_host)
            for classification in loaders or (None,):
                yield self._described(token, tag, tagged, "", "", excerpt, classification)

    def _inside(self, content: bytes, token: Token, tagged: tuple[str, ...]) -> Iterator[Resource]:
        """What a page carries that stands in this element's attribute."""
        inner = _Listing(content, self._catalogue, self._base, self._marks, depth=self._depth + 1)
        inner._covers = [(b"", 1, tagged)] if tagged else []
        line = self._line_of(token.start)
        for resource in inner.resources():
            yield Resource(
                tag=resource.tag,
                attribute=resource.attribute,
                url=resource.url,
                line=line,
                offset=token.start,
                excerpt=resource.excerpt,
                classification=resource.classification,
                tagged=resource.tagged,
                in_noscript=resource.in_noscript or self._noscripts > 0,
                first_party=resource.first_party,
                is_stylesheet=resource.is_stylesheet,
            )

    def _resource(
        self, token: Token, tag: Tag, tagged: tuple[str, ...], attribute: str, absolute: str
    ) -> Resource:
        classification = None
        if not absolute.startswith(("data:", "blob:", "javascript:", "about:")):
            classification = self._catalogue.classify_url(absolute, own_host=self._own_host)
        excerpt = tag.raw.decode("utf-8", "replace")
        return self._described(token, tag, tagged, attribute, absolute, excerpt, classification)

    def _described(
        self,
        token: Token,
        tag: Tag,
        tagged: tuple[str, ...],
        attribute: str,
        url: str,
        excerpt: str,
        classification: Classification | None,
    ) -> Resource:
        rel = tag.get(b"rel")
        host = (urlsplit(url).hostname or "").rstrip(".") if url.startswith("http") else ""
        return Resource(
            tag=tag.name.decode("utf-8", "replace"),
            attribute=attribute,
            url=url,
            line=self._line_of(token.start),
            offset=token.start,
            excerpt=excerpt[:_EXCERPT_CHARACTERS],
            classification=classification,
            tagged=tuple(dict.fromkeys(tagged)),
            in_noscript=self._noscripts > 0,
            first_party=host in {"", self._own_host},
            is_stylesheet=rel is not None and "stylesheet" in rel.text("utf-8").lower().split(),
        )

    def _line_of(self, offset: int) -> int:
        # Offsets only grow, so that each byte is counted once.
        self._line += self._page.count(b"\n", self._counted, offset)
        self._counted = offset
        return self._line

    def _read_tag(self, tag: Tag) -> tuple[str, ...]:
        names: list[str] = []
        for mark in self._marks:
            attribute = tag.get(mark)
            if attribute is not None:
                names += attribute.text("utf-8").replace(",", " ").split()
        return tuple(names)

    def _open(self, tag: Tag, own: tuple[str, ...]) -> None:
        name = tag.name
        if name == b"base" and not self._has_base and (href := tag.get(b"href")) is not None:
            # HTML, the base element: the first one with a href counts.
            self._base = _joined(self._base, href.text("utf-8").strip()) or self._base
            self._has_base = True
        if name == b"noscript":
            self._noscripts += 1
        self._covers = [
            (covered, depth + (covered == name), names) for covered, depth, names in self._covers
        ]
        if own and name not in VOID:
            self._covers.append((name, 1, own))

    def _close(self, name: bytes) -> None:
        if name == b"noscript":
            self._noscripts = max(0, self._noscripts - 1)
        self._covers = [
            (covered, depth - (covered == name), names)
            for covered, depth, names in self._covers
            if covered != name or depth > 1
        ]


def _joined(base: str, url: str) -> str:
    """The absolute URL; empty where it is none, such as ``http://[``, and nothing is loaded."""
    try:
        absolute = urljoin(base, url)
        urlsplit(absolute)
    except ValueError:
        return ""
    return absolute
