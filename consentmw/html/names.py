"""What the HTML standard says of elements by their name alone."""

from __future__ import annotations

from typing import Final, Literal

Namespace = Literal["html", "svg", "math"]
TextKind = Literal["", "rcdata", "rawtext", "script", "plaintext"]
"""How the bytes after a start tag are read; nothing for markup."""


def _set(names: bytes) -> frozenset[bytes]:
    return frozenset(names.split())


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

VOID: Final = _set(
    b"area base basefont bgsound br col embed frame hr image img input keygen link meta param"
    b" source track wbr"
)
CUT: Final = _set(b"script iframe img image link source embed track input frame")
"""Elements that may be cut out whole."""
HEADINGS: Final = _set(b"h1 h2 h3 h4 h5 h6")
FORMATTING: Final = _set(b"a b big code em font i nobr s small strike strong tt u")
# The tags that close a table's caption or cell, or a row.
TABLE_PARTS: Final = _set(b"caption col colgroup tbody td tfoot th thead tr")
TABLE_MISFITS: Final = _set(b"table tbody tfoot thead tr")
"""Where foster parenting puts what doesn't belong into a table in front of it."""

# "In body": the start tags that set the frameset-ok flag to "not ok".
SHUTS_FRAMES: Final = _set(
    b"body pre listing li dd dt button applet marquee object table area br embed img keygen wbr"
    b" input hr image textarea xmp iframe select"
)
# Start tags that close an open paragraph.
BLOCKS: Final = _set(
    b"address article aside blockquote center details dialog dir div dl fieldset figcaption figure"
    b" footer header hgroup main menu nav ol p search section summary ul"
)
# "Has an element in scope": what ends a scope, in HTML and in foreign elements.
SCOPES: Final = _set(b"applet caption html marquee object select table td template th")
FOREIGN_SCOPES: Final[dict[str, frozenset[bytes]]] = {
    "svg": _set(b"foreignobject desc title"),
    "math": _set(b"mi mo mn ms mtext annotation-xml"),
}
TEXT_POINTS: Final = _set(b"mi mo mn ms mtext")
SPECIAL: Final = _set(
    b"address applet area article aside base basefont bgsound blockquote body br button caption"
    b" center col colgroup dd details dir div dl dt embed fieldset figcaption figure footer form"
    b" frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html iframe img input keygen li"
    b" link listing main marquee menu meta nav noembed noframes noscript object ol p param"
    b" plaintext pre script search section select source style summary table tbody td template"
    b" textarea tfoot th thead title tr track ul wbr xmp"
)

BREAKS_OUT: Final = _set(
    b"b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li"
    b" listing menu meta nobr ol p pre ruby s small span strong strike sub sup table tt u ul var"
)
"""Start tags that end a foreign element; so does ``font`` with one of the following."""
BREAKS_OUT_FONT: Final = (b"color", b"face", b"size")
SHAPES: Final = _set(
    b"path g circle rect line polyline polygon ellipse use defs symbol stop lineargradient"
    b" radialgradient clippath mask filter tspan"
)
"""Foreign elements by whose names HTML's rules know nothing: nearly always they are foreign."""
