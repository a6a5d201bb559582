"""What an element loads: the attributes that hold URLs, and what the URLs in each are.

Covered: see `_FETCHES` and `read_resources`. Not covered, because nothing is loaded until a person
acts or a script runs: ``a href``, ``form action``, ``formaction``, ``meta http-equiv=refresh``,
event handlers (``onclick``), ``javascript:`` URLs outside frames, ``attributionsrc``, which
browsers have given up, and ``blob:`` URLs, which only a script can make.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from consentmw.html.css import read_css_urls
from consentmw.html.urls import read_candidates

if TYPE_CHECKING:
    from collections.abc import Collection

    from consentmw.html.attributes import Attribute, Tag
    from consentmw.html.names import Namespace

Role = Literal["fetch", "frame", "page", "style"]


class Resource(NamedTuple):
    """One attribute by which an element loads something."""

    attribute: Attribute
    role: Role
    """``frame``: what is loaded is shown as a document, which may stand in the URL itself;
    ``page``: the value is a document; ``style``: it is CSS."""
    urls: tuple[str, ...]
    """Decoded; of ``page``, the document's text."""


_FETCHES: Final[dict[bytes, tuple[bytes, ...]]] = {
    b"script": (b"src",),
    b"img": (b"src",),
    b"image": (b"src",),
    b"source": (b"src",),
    b"video": (b"src", b"poster"),
    b"audio": (b"src",),
    b"track": (b"src",),
    b"input": (b"src",),
    b"link": (b"href",),
    **dict.fromkeys(
        b"body table thead tbody tfoot tr td th col colgroup".split(), (b"background",)
    ),
    # Firefox can be set to start these elements' URLs from there.
    b"object": (b"codebase",),
    b"embed": (b"codebase",),
}
_FRAMES: Final[dict[bytes, bytes]] = {
    b"iframe": b"src",
    b"frame": b"src",
    b"embed": b"src",
    b"object": b"data",
}
_SOURCE_SETS: Final[dict[bytes, bytes]] = {
    b"img": b"srcset",
    b"image": b"srcset",
    b"source": b"srcset",
    b"link": b"imagesrcset",
}
_SVG_FETCHES: Final = frozenset((b"image", b"script", b"use", b"feimage", b"font-face-uri"))
_SVG_ANIMATIONS: Final = frozenset((b"animate", b"set"))
# SVG's presentation attributes that take a URL: each is a declaration of style.
_STYLE_ATTRIBUTES: Final = frozenset(
    b"clip-path cursor fill filter marker marker-end marker-mid marker-start mask stroke".split()
)
_HREFS: Final = (b"href", b"xlink:href")

# The link types that make a browser ask for something (`next` older versions of Firefox);
# `alternate`, `canonical` and most others only say something.
_LOADING_RELS: Final = frozenset(
    {
        *("stylesheet", "icon", "mask-icon", "manifest", "apple-touch-icon"),
        *("apple-touch-icon-precomposed", "apple-touch-startup-image", "fluid-icon"),
        *("preload", "modulepreload", "prefetch", "preconnect", "dns-prefetch", "prerender"),
        *("next", "import", "compression-dictionary", "dictionary"),
    }
)
_URL_FUNCTION: Final = re.compile(rb"\(|&", re.IGNORECASE)


def read_resources(tag: Tag, namespaces: Collection[Namespace], encoding: str) -> list[Resource]:
    """List what an element loads if it stands in any of these namespaces."""
    found: list[Resource] = []
    if "html" in namespaces:
        found += _in_html(tag, encoding)
    if "svg" in namespaces:
        found += _in_svg(tag, encoding)
    style = tag.get(b"style")
    if style is not None and _URL_FUNCTION.search(style.value):
        found += _in_css(style, encoding)
    return found


def _in_html(tag: Tag, encoding: str) -> list[Resource]:
    name = tag.name
    found: list[Resource] = []
    if (name == b"link" and not loads(tag, encoding)) or (
        name == b"input" and _keyword(tag, b"type", encoding) != "image"
    ):
        return found
    found += [
        Resource(attribute, "fetch", (attribute.text(encoding),))
        for attribute_name in _FETCHES.get(name, ())
        if (attribute := tag.get(attribute_name)) is not None
    ]
    if name in _SOURCE_SETS and (attribute := tag.get(_SOURCE_SETS[name])) is not None:
        urls = tuple(read_candidates(attribute.text(encoding)))
        found.append(Resource(attribute, "fetch", urls))
    if name in _FRAMES and (attribute := tag.get(_FRAMES[name])) is not None:
        found.append(Resource(attribute, "frame", (attribute.text(encoding),)))
    if name == b"iframe" and (attribute := tag.get(b"srcdoc")) is not None:
        found.append(Resource(attribute, "page", (attribute.text(encoding),)))
    if name in {b"a", b"area"} and (attribute := tag.get(b"ping")) is not None:
        found.append(Resource(attribute, "fetch", tuple(attribute.text(encoding).split())))
    return found


def _in_svg(tag: Tag, encoding: str) -> list[Resource]:
    name = tag.name
    found: list[Resource] = []
    if name in _SVG_FETCHES:
        found += [
            Resource(attribute, "fetch", (attribute.text(encoding),))
            for href in _HREFS
            if (attribute := tag.get(href)) is not None
        ]
    elif name in _SVG_ANIMATIONS:
        found += _in_animation(tag, encoding)
    for attribute in tag.attributes:
        if attribute.name in _STYLE_ATTRIBUTES and _URL_FUNCTION.search(attribute.value):
            found += _in_css(attribute, encoding)
    return found


def _in_animation(tag: Tag, encoding: str) -> list[Resource]:
    animated = _keyword(tag, b"attributename", encoding)
    values = [
        attribute
        for name in (b"to", b"from", b"by", b"values")
        if (attribute := tag.get(name)) is not None
    ]
    if animated.endswith("href"):
        return [
            Resource(each, "fetch", tuple(map(str.strip, each.text(encoding).split(";"))))
            for each in values
        ]
    return [found for each in values for found in _in_css(each, encoding)]


def _in_css(attribute: Attribute, encoding: str) -> list[Resource]:
    urls = tuple(url.text for url in read_css_urls(attribute.text(encoding)))
    return [Resource(attribute, "style", urls)] if urls else []


def loads(tag: Tag, encoding: str) -> bool:
    """Tell whether a ``link`` makes a browser load something."""
    rel = tag.get(b"rel")
    return rel is not None and not _LOADING_RELS.isdisjoint(rel.text(encoding).lower().split())


def _keyword(tag: Tag, name: bytes, encoding: str) -> str:
    attribute = tag.get(name)
    return "" if attribute is None else attribute.text(encoding).lower()


# HTML, "JavaScript MIME type essence match", and the other values of `type` that run.
_SCRIPT_TYPES: Final = re.compile(
    r"(?:(?:text|application)/(?:x-)?(?:java|ecma)script|text/(?:livescript|jscript)"
    r"|text/javascript1\.[0-5]|module)?\Z",
    re.IGNORECASE,
)


def lists_urls(tag: Tag, encoding: str) -> bool:
    """Tell whether a ``script`` is JSON that tells a browser what to load.

    HTML, "import map parse result", "parse speculation rules": by the ``type`` alone.
    """
    return _keyword(tag, b"type", encoding).strip("\t\n\f\r ") in {"importmap", "speculationrules"}


def runs(tag: Tag, namespaces: Collection[Namespace], encoding: str) -> bool:
    """Tell whether a ``script`` runs, by its ``type`` and, in HTML, its ``language``."""
    kind = tag.get(b"type")
    if kind is not None:
        text = kind.text(encoding)
        return not text or _SCRIPT_TYPES.match(text.strip("\t\n\f\r ")) is not None
    language = tag.get(b"language") if "svg" not in namespaces else None
    text = "" if language is None else language.text(encoding)
    return not text or _SCRIPT_TYPES.match("text/" + text) is not None
