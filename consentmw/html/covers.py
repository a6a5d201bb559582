"""Elements that say something of all inside them, and where they end.

A browser ignores an end tag whose element is out of its reach: `</span>` where a paragraph is open
inside, `</div>` where a table is. The element goes on then, and so does what it says. To know,
this module counts what is open inside it, and rather too much than too little: an element that is
thought to be open keeps the outer one open. In a page whose tags are nested well nothing is left.

HTML standard, "in body": "any other end tag", "has an element in scope", the adoption agency.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from consentmw.html.tree import HEADINGS, SCOPES, VOID

MAX_COVERS: Final = 64
"""Covering elements inside one another; what lies deeper is still covered by the outer ones."""
MAX_OPEN: Final = 512
"""Elements inside one that are counted; with more, it goes on to the end of the document."""


class Cover(NamedTuple):
    """An element that says something of all inside it."""

    name: bytes
    meaning: object
    open: tuple[bytes, ...] = ()
    """The elements open inside it that may keep an end tag from reaching it."""


_TABLE: Final = frozenset(b"caption col colgroup table tbody td template tfoot th thead tr".split())
_BLOCKS: Final = frozenset(
    b"address article aside blockquote center details dir div dl fieldset figcaption figure footer"
    b" header hgroup listing main menu nav ol pre section summary ul p li dd dt".split()
)
_SPECIAL: Final = (
    SCOPES
    | _TABLE
    | _BLOCKS
    | HEADINGS
    | frozenset(
        b"form iframe noembed noframes noscript plaintext script search style textarea title"
        b" xmp".split()
    )
)
# Their end tags reach through all but what marks a scope; every other one stops at what is special.
_BY_SCOPE: Final = (
    _BLOCKS | HEADINGS | frozenset((b"applet", b"button", b"marquee", b"object", b"select"))
)
_LISTS: Final = frozenset((b"ol", b"ul"))
# The adoption agency moves what is inside out of them, in at most eight steps.
_FORMATTING: Final = frozenset(b"a b big code em font i nobr s small strike strong tt u".split())
_ADOPTIONS: Final = 8
_CLOSED_BY_FORM: Final = frozenset(b"dd dt li optgroup option p rb rp rt rtc".split())
_CLOSE_PARAGRAPHS: Final = (_BLOCKS | HEADINGS | frozenset((b"form", b"plaintext", b"xmp"))) - {
    b"summary"
}
# No end tag closes them: whatever follows is put inside, too.
_NEVER_CLOSED: Final = frozenset((b"body", b"html"))


def opened(covers: tuple[Cover, ...], name: bytes) -> tuple[Cover, ...]:
    """Count an element that begins inside covers."""
    return tuple(_with_start(cover, name) for cover in covers)


def closed(covers: tuple[Cover, ...], name: bytes) -> tuple[Cover, ...]:
    """Take in an end tag, and leave out the covers that end with it."""
    ended = (_with_end(cover, name) for cover in covers)
    return tuple(cover for cover in ended if cover is not None)


def _with_start(cover: Cover, name: bytes) -> Cover:
    inside = cover.open
    if inside and inside[-1] == b"p" and name in _CLOSE_PARAGRAPHS:
        inside = inside[:-1]
    if _counts(cover.name, name):
        if len(inside) >= MAX_OPEN:
            return Cover(b"", cover.meaning)
        inside = (*inside, name)
    return cover if inside is cover.open else cover._replace(open=inside)


def _counts(outer: bytes, name: bytes) -> bool:
    """Tell whether an element has to be counted to know where an outer one ends."""
    if name == outer or outer == b"form":
        return bool(outer) and name not in VOID
    if outer in _BY_SCOPE or outer in _TABLE:
        return (
            name in SCOPES
            or (outer in HEADINGS and name in HEADINGS)
            or (outer == b"li" and name in _LISTS)
        )
    return name in _SPECIAL and bool(outer)


def _with_end(cover: Cover, name: bytes) -> Cover | None:
    inside = cover.open
    specials = 0
    for at in range(len(inside) - 1, -1, -1):
        entry = inside[at]
        if entry == name or (name in HEADINGS and entry in HEADINGS):
            # What is inside of these stays open.
            behind = inside[at + 1 :] if name == b"form" or name in _FORMATTING else ()
            return cover._replace(open=inside[:at] + behind)
        specials += entry in _SPECIAL
        if _stops(entry, name, specials):
            return cover
    if name != cover.name or name in _NEVER_CLOSED:
        return cover
    if name == b"form" and not _CLOSED_BY_FORM.issuperset(inside):
        return cover
    return None


def _stops(entry: bytes, name: bytes, specials: int) -> bool:
    """Tell whether an open element keeps the end tag of an outer one from reaching it."""
    if name in _TABLE:
        return entry in {b"table", b"template"}
    if entry in SCOPES:
        return True
    if name in _BY_SCOPE:
        return name == b"li" and entry in _LISTS
    if name in _FORMATTING:
        return specials >= _ADOPTIONS
    return name != b"form" and entry in _SPECIAL
