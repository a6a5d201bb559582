"""Where the tree builder stands, as far as it decides how the bytes after a tag are read.

A browser's tokenizer treats the content of ``style`` as text, except in an SVG image, in an old
``select`` and in a few other places. To know these places this module follows the open elements
from the root of a foreign element (``svg``, ``math``) inwards. What is open around it isn't
followed: an end tag that reaches that far may close the foreign element or be ignored, and then
both are kept.

A `Place` is one possible position; a scanner holds a set of them, nearly always just `IN_HTML`.
HTML standard, "tree construction dispatcher" and "the rules for parsing tokens in foreign content".
"""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from consentmw.html.attributes import Tag

Namespace = Literal["html", "svg", "math"]
TextKind = Literal["", "rcdata", "rawtext", "script", "plaintext"]


class Kind(Enum):
    """What an open element is to the dispatcher."""

    FOREIGN = auto()
    HTML_POINT = auto()
    """An HTML integration point: start tags and text inside it follow HTML's rules."""
    TEXT_POINT = auto()
    """A MathML text integration point: likewise, but for two tags."""
    HTML = auto()
    """An HTML element inside one of these."""
    OLD_SELECT = auto()
    """A ``select`` as the standard read it until 2025: most tags inside are ignored."""


class Open(NamedTuple):
    """One open element."""

    kind: Kind
    namespace: Namespace
    name: bytes


Place = tuple[Open, ...]
IN_HTML: Final[Place] = ()


# What keeps an end tag from reaching further out: HTML, "has an element in scope", and `button` and
# `select`, which do for some.
SCOPES: Final = frozenset(
    b"applet button caption marquee object select table td template th svg math foreignobject desc"
    b" mi mo mn ms mtext annotation-xml".split()
)


class Step(NamedTuple):
    """What a start tag does in one place."""

    place: Place
    namespace: Namespace | None
    """Where the element goes; None where the tag is ignored."""
    text: TextKind = ""
    """How the bytes that follow are read."""


TEXT_KINDS: Final[dict[bytes, TextKind]] = {
    b"title": "rcdata",
    b"textarea": "rcdata",
    b"style": "rawtext",
    b"xmp": "rawtext",
    b"iframe": "rawtext",
    b"noembed": "rawtext",
    b"noframes": "rawtext",
    b"noscript": "rawtext",
    b"script": "script",
    b"plaintext": "plaintext",
}

VOID: Final = frozenset(
    b"area base basefont bgsound br col embed frame hr image img input keygen link meta param"
    b" source track wbr".split()
)

_BREAKOUT: Final = frozenset(
    b"b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li"
    b" listing menu meta nobr ol p pre ruby s small span strong strike sub sup table tt u ul"
    b" var".split()
)
_BREAKOUT_FONT: Final = (b"color", b"face", b"size")
_TEXT_POINTS: Final = frozenset((b"mi", b"mo", b"mn", b"ms", b"mtext"))
_SVG_POINTS: Final = frozenset((b"foreignobject", b"desc", b"title"))
_TABLE_PARTS: Final = frozenset(b"caption col colgroup table tbody td tfoot th thead tr".split())
# No element of these names is ever open around a foreign one: their end tags change nothing.
_NEVER_OPEN: Final = frozenset((*TEXT_KINDS, b"svg", b"math", b"body", b"html", b"head")) | VOID
# The only open HTML elements that nothing but their own end tag, or that of an outer one, closes.
HEADINGS: Final = frozenset((b"h1", b"h2", b"h3", b"h4", b"h5", b"h6"))
_FIRM: Final = frozenset(
    b"address article aside blockquote center details dialog div fieldset figcaption figure footer"
    b" header hgroup main nav section summary".split()
)


def start(place: Place, tag: Tag, *, scripting: bool) -> tuple[Step, ...]:
    """Tell what a start tag may do at a place."""
    name = tag.name
    if place:
        top = place[-1]
        kind = top.kind
        if kind is Kind.OLD_SELECT:
            return _start_in_select(place, tag, scripting=scripting)
        if kind is Kind.FOREIGN or (kind is Kind.TEXT_POINT and name in {b"mglyph", b"malignmark"}):
            return _start_in_foreign(place, tag, scripting=scripting)
    return _start_in_html(place, tag, scripting=scripting)


def _start_in_html(place: Place, tag: Tag, *, scripting: bool) -> tuple[Step, ...]:
    name = tag.name
    text = TEXT_KINDS.get(name, "")
    if text and (scripting or name != b"noscript"):
        return (Step(place, "html", text),)
    if name in {b"svg", b"math"}:
        namespace: Namespace = "svg" if name == b"svg" else "math"
        if tag.self_closing:
            return (Step(place, namespace),)
        return (Step((*place, Open(Kind.FOREIGN, namespace, name)), namespace),)
    if place and name == b"frameset":
        # Takes the body's place, and closes all that is open in it.
        return Step(place, None), Step(IN_HTML, "html")
    inside = place
    if place and name not in VOID:
        inside = (*place, Open(Kind.HTML, "html", name))
    if place and any(entry.name == b"select" and entry.kind is Kind.HTML for entry in place):
        return (Step(inside, "html"), *_start_past_select(place, tag, scripting=scripting))
    if name == b"select":
        return Step(inside, "html"), Step((*place, Open(Kind.OLD_SELECT, "html", name)), "html")
    if place and name in _TABLE_PARTS:
        # Inside a table, a part of it closes the cell around the foreign element.
        return Step(inside, "html"), Step(place, None), Step(IN_HTML, "html")
    return (Step(inside, "html"),)


def _start_past_select(place: Place, tag: Tag, *, scripting: bool) -> tuple[Step, ...]:
    """Tell what becomes of a tag that closes an open ``select``, as `select` and `input` do."""
    if tag.name not in {b"select", b"input", b"keygen", b"textarea", b"hr"}:
        return ()
    depth = max(n for n, entry in enumerate(place) if entry.name == b"select")
    outside = place[:depth]
    if tag.name == b"select":
        return (Step(outside, None),)
    return start(outside, tag, scripting=scripting)


def _start_in_foreign(place: Place, tag: Tag, *, scripting: bool) -> tuple[Step, ...]:
    name = tag.name
    top = place[-1]
    if name in _BREAKOUT or (name == b"font" and any(map(tag.get, _BREAKOUT_FONT))):
        while place and place[-1].kind is Kind.FOREIGN:
            place = place[:-1]
        return _start_in_html(place, tag, scripting=scripting)
    if name == b"svg" and top.name == b"annotation-xml" and top.namespace == "math":
        return _start_in_html(place, tag, scripting=scripting)
    if tag.self_closing:
        return (Step(place, top.namespace),)
    kind = _kind(top.namespace, tag)
    return (Step((*place, Open(kind, top.namespace, name)), top.namespace),)


def _kind(namespace: Namespace, tag: Tag) -> Kind:
    name = tag.name
    if namespace == "svg":
        return Kind.HTML_POINT if name in _SVG_POINTS else Kind.FOREIGN
    if name in _TEXT_POINTS:
        return Kind.TEXT_POINT
    if name == b"annotation-xml":
        encoding = tag.get(b"encoding")
        if encoding is not None and encoding.text("latin-1").lower() in {
            "text/html",
            "application/xhtml+xml",
        }:
            return Kind.HTML_POINT
    return Kind.FOREIGN


def _start_in_select(place: Place, tag: Tag, *, scripting: bool) -> tuple[Step, ...]:
    name = tag.name
    if name == b"script":
        return (Step(place, "html", "script"),)
    if name == b"template":
        # Parsers that are older than templates ignore them here.
        return Step((*place, Open(Kind.HTML, "html", name)), "html"), Step(place, None)
    if name == b"select":
        return (Step(place[:-1], None),)
    if name in {b"input", b"keygen", b"textarea"}:
        return start(place[:-1], tag, scripting=scripting)
    if name in _TABLE_PARTS:
        return Step(place, None), *start(place[:-1], tag, scripting=scripting)
    return (Step(place, "html" if name in {b"option", b"optgroup", b"hr"} else None),)


def end(place: Place, name: bytes) -> tuple[Place, ...]:
    """Tell where an end tag may lead from a place."""
    if not place:
        return (place,)
    top = place[-1]
    if top.kind is Kind.OLD_SELECT:
        if name == b"select":
            return (place[:-1],)
        return (place, place[:-1]) if name in _TABLE_PARTS else (place,)
    if top.kind is Kind.HTML:
        return _end_in_html(place, name)
    return _end_in_foreign(place, name)


def _end_in_foreign(place: Place, name: bytes) -> tuple[Place, ...]:
    if name in {b"p", b"br"}:
        # Breaks out since 2021; older parsers stay inside.
        outside = place
        while outside and outside[-1].kind is not Kind.HTML:
            outside = outside[:-1]
        return place, outside
    for depth in range(len(place) - 1, -1, -1):
        entry = place[depth]
        if entry.kind is Kind.HTML or entry.kind is Kind.OLD_SELECT:
            inner = end(place[: depth + 1], name)
            return tuple(place if p == place[: depth + 1] else p for p in inner)
        if entry.name == name:
            return (place[:depth],)
    return (place,) if name in _NEVER_OPEN else (place, IN_HTML)


def _end_in_html(place: Place, name: bytes) -> tuple[Place, ...]:
    depth = len(place)
    firm = True
    heading = name in HEADINGS
    while depth and place[depth - 1].kind is Kind.HTML:
        entry = place[depth - 1]
        if entry.name == name or (heading and entry.name in HEADINGS):
            if depth == len(place):
                return (place[: depth - 1],)
            return place, place[: depth - 1]
        firm = firm and entry.name in _FIRM
        depth -= 1
    found = {place}
    if not firm:
        # All of them may have been closed by implication: then the end tag meets what is around.
        found.update(p for p in end(place[:depth], name) if p != place[:depth])
    if name in _TABLE_PARTS or name == b"template":
        found.add(IN_HTML)
    return tuple(found)


def follows_html(place: Place) -> bool:
    """Tell whether start tags are read by HTML's rules here."""
    return not place or place[-1].kind in {Kind.HTML_POINT, Kind.TEXT_POINT, Kind.HTML}


def allows_cdata(place: Place) -> bool:
    """Tell whether ``<![CDATA[`` opens a section here."""
    return bool(place) and place[-1].namespace != "html"
