"""The expression of the fast lane: what of a page is jumped over without a look at it.

Most of a page is text and tags that load nothing, and most URLs name hosts that nobody asks about.
One expression consumes runs of such bytes, each tag matched completely, in a shape of which the
exact reading is certain. It stops where there is something to decide, and says of what kind.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from consentmw.html.attributes import ATTRIBUTES
from consentmw.html.names import SHAPES, TEXT_KINDS

# ---- the parts of the expression ----
# Byte classes are written positively: the engine compares a negated class slower.

_SPACE = rb"[\t\n\f\r ]"
_CLOSE = rb"[\t\n\f\r /]*+>"
_REST = rb"[a-z0-9:._@-]*+"
_BARE = rb"[!#-&(-=?-\xff][!#-&(-=?-\xff]*+"
_VALUE = rb"(?:=(?:\"[^\"]*+\"|'[^']*+'|" + _BARE + rb"))?+"

# A `style` in which no function is called that may load anything: `url`, `src`, `image-set`,
# `image`, `cross-fade` end in one of these letters.
_STYLE = rb"tyle(?:=\"[^\"(&\\]*+(?:\((?<![lLtTcCeE]\()[^\"(&\\]*+)*+\"|(?=[ />]))"

# Elements that load nothing by themselves, whatever their attributes (but `background`, `ping`,
# `src`, `style`, which the attributes' part leaves out). The more frequent ones stand first.
_PLAIN = (
    rb"d(?:iv|[dlt]|etails|ialog|atalist|fn)|span|a|li|p|ul|br|m(?:eta|ain|ark|enu)|h[1-6r]"
    rb"|option|i|article|t(?:[drh]|able|ime|body|head|foot|t)|button|label|section|fig(?:ure|caption)"
    rb"|strong|b(?:lockquote|ig)?|header|nav|input|em|fo(?:rm|oter|nt)|aside|code|ol|u|ins|picture"
    rb"|s(?:mall|u[bp]|ummary|amp|trike)?|hgroup|address|c(?:ite|aption|ol|olgroup|enter)"
    rb"|abbr|optgroup|kbd|q|fieldset|legend|bd[io]|del|var|wbr|address|output|meter|progress|search"
    rb"|[a-z]++-[a-z0-9-]*+"
)
_HEAD_PLAIN = rb"meta"
_SVG_LEAVES = (
    rb"path|circle|rect|line|poly(?:gon|line)|ellipse|use|stop"
    rb"|fe(?:ColorMatrix|Offset|GaussianBlur|Blend|Flood|Composite|MergeNode|Func[RGBA])"
)
_SVG_PAIRED = (
    b"path", b"use", b"title", b"rect", b"circle", b"stop", b"polygon", b"line", b"polyline",
    b"ellipse", b"feComposite", b"feOffset", b"feGaussianBlur", b"feFlood", b"feColorMatrix",
)  # fmt: skip
_SVG_GROUPS = (b"g", b"defs", b"clipPath", b"symbol", b"mask", b"filter")
_SVG_OUTER_GROUPS = (b"g", b"defs")
_SVG_CAMEL = (
    rb"viewBox|preserveAspectRatio|gradientUnits|gradientTransform|clipPathUnits|filterUnits|maskUnits"
    rb"|stdDeviation|patternUnits|baseProfile|maskContentUnits"
)

# A URL that names no host: a path, or a name before any colon, or an image in place.
_RELATIVE = (
    rb"(?:\"(?:/[A-Za-z0-9_.~-]|/?(?=\")|#|[A-Za-z0-9_.~-]++(?=[/?#\"])|data:image/[a-z+]++[;,])"
    rb"[^\"]*+\""
    rb"|'(?:/[A-Za-z0-9_.~-]|[A-Za-z0-9_.~-]++(?=[/?#'])|data:image/[a-z+]++[;,])[^']*+')"
)
# A host in plain letters, and what ends it; the rest of the URL can't change it any more.
_HOST = (
    rb"(?:\"(?:https?:)?//(?P<%s>[a-z0-9.-]++)(?=[/?#\"])[^\"]*+\""
    rb"|'(?:https?:)?//(?P<%s_>[a-z0-9.-]++)(?=[/?#'])[^']*+')"
)


# Start tags that only the scanner understands: what follows them, or all of the page, reads
# otherwise.
TURNING: Final = SHAPES.union(
    b"base script style plaintext svg math select template frameset".split()
)
_SPECIAL: Final = rb"(?:%s)[\t\n\f\r />]" % b"|".join(sorted(TURNING.union(TEXT_KINDS)))


def _any(*alternatives: bytes) -> bytes:
    return rb"(?:" + rb"|".join(alternatives) + rb")"


def _host(name: bytes) -> bytes:
    return _HOST % (name, name)


def _stop(marks: tuple[bytes, ...]) -> bytes:
    return b"(?!%s(?![a-z0-9:._@-]))" % _any(*map(re.escape, marks)) if marks else b""


def _attributes(stop: bytes) -> bytes:
    """Build the expression for attributes by which an element loads nothing."""
    return (
        rb"(?:"
        + _SPACE
        + rb"++"
        + stop
        + _any(
            rb"[ac-oqrt-z_:@]" + _REST + _VALUE,
            rb"s" + _any(_STYLE, rb"(?!rc|tyle)" + _REST + _VALUE),
            rb"b(?!ackground)" + _REST + _VALUE,
            rb"p(?!ing|oster)" + _REST + _VALUE,
        )
        + rb")*+"
    )


def _options(attributes: bytes) -> bytes:
    return rb"(?:[^<]++|</?opt(?:ion|group)" + attributes + _CLOSE + rb")*+"


def _svg(stop: bytes) -> tuple[bytes, bytes]:
    """Build the expressions for a whole ``svg`` of plain shapes, and for what one may contain.

    Groups of shapes are two levels deep. Every element is closed by its own end tag, so that
    nothing around it can be affected.
    """
    value = rb"(?:=(?:\"[^\"(&]*+\"|\"url\(#[^\"()&]*+\)\"))?+"
    attribute = _any(
        rb"d=\"[^\"]*+\"",
        rb"(?:transform|(?:gradient|pattern)Transform)=\"[^\"]*+\"",
        rb"(?:xlink:)?href=\"#[^\"&]*+\"",
        rb"(?:" + _SVG_CAMEL + rb")" + value,
        rb"[a-gi-wyz_:]" + _REST + value,
        rb"h(?!ref)" + _REST + value,
        rb"x(?!link:href)" + _REST + value,
    )
    attributes = rb"(?:" + _SPACE + rb"++" + stop + attribute + rb")*+" + _SPACE + rb"*+"
    # No groups are captured inside a possessive loop: CPython 3.11 and 3.12 get their spans wrong.
    stop_element = rb"<stop" + attributes + rb"(?:/>|></stop>)"
    leaves = [
        rb"(?:%s)%s/>" % (_SVG_LEAVES, attributes),
        *(rb"%s%s>[^<]*+</%s>" % (name, attributes, name) for name in _SVG_PAIRED),
        *(
            rb"%sGradient%s>(?:[^<]++|%s)*+</%sGradient>" % (kind, attributes, stop_element, kind)
            for kind in (b"linear", b"radial")
        ),
        # A style sheet in which nothing can load anything.
        rb"style" + attributes + rb">[^<&(@\\]*+</style>",
    ]

    def content(depth: int) -> bytes:
        groups = _SVG_GROUPS if depth == 1 else _SVG_OUTER_GROUPS if depth else ()
        inner = content(depth - 1) if depth else b""
        pairs = [rb"%s%s>%s</%s>" % (name, attributes, inner, name) for name in groups]
        return rb"(?:[^<]++|<" + _any(*leaves, *pairs) + rb")*+"

    return rb"svg" + attributes + rb">" + content(2) + rb"</svg>", content(2)


class Inside(NamedTuple):
    """What can be jumped over inside an element that a piece of a page leaves open."""

    svg: re.Pattern[bytes]
    select: re.Pattern[bytes]


@lru_cache(maxsize=64)
def build_inside(marks: tuple[bytes, ...]) -> Inside:
    """Build the expressions for the inside of an ``svg`` and of a ``select``.

    Args:
        marks: Names of attributes that have to be stopped at.
    """
    stop = _stop(marks)
    return Inside(re.compile(_svg(stop)[1]), re.compile(_options(_attributes(stop))))


@lru_cache(maxsize=64)
def build_expression(marks: tuple[bytes, ...], *, relative: bool, head: bool) -> re.Pattern[bytes]:
    """Build the expression that runs to the next point of interest.

    Where it stops at a tag, the group ``at`` is empty and in front of it, and one more group says
    what it is: ``inline`` a script or style sheet with its text to come, ``script``, ``link``,
    ``image`` or ``frame`` the host that such an element names, ``tag`` any other.

    Args:
        marks: Names of attributes that have to be stopped at.
        relative: Whether a URL that names no host can be jumped over.
        head: Whether the page is still where text or a tag could begin its body.
    """
    stop = _stop(marks)
    begin = rb"(?:" + _SPACE + rb"++" + stop
    attributes = _attributes(stop)
    link_attributes = (
        begin
        + _any(
            rb"[ac-gj-oqrt-z_:@]" + _REST + _VALUE,
            rb"[hi](?!ref(?![a-z])|magesrcset)" + _REST + _VALUE,
            rb"s(?!rc|tyle)" + _REST + _VALUE,
            rb"[bp]" + _REST + _VALUE,
        )
        + rb")*+"
    )
    space = _SPACE + rb"*+"
    source = attributes + _SPACE + rb"++src="
    link = rb"link" + link_attributes + _SPACE + rb"++href="
    skips = [
        # An end tag closes nothing that matters here.
        rb"/[a-z1-6]++>",
        _any(rb"/[a-z1-6]++", _HEAD_PLAIN if head else _PLAIN) + attributes + _CLOSE,
        # Comments without a double dash inside; `<!-->` is one of its own kind.
        rb"!--(?!-?>)[^-]*+(?:-(?!-)[^-]*+)*+-->",
        rb"title>[^<]*+</title>",
    ]
    if relative:
        skips += [
            rb"script" + source + _RELATIVE + attributes + space + rb"></script>",
            link + _RELATIVE + link_attributes + _CLOSE,
        ]
    if not head:
        if relative:
            skips.append(rb"(?:img|source)" + source + _RELATIVE + attributes + _CLOSE)
        skips.append(_svg(stop)[0])
        # As long as there are only options in a `select`, all of its readings are one.
        skips.append(rb"textarea" + attributes + rb">[^<]*+</textarea>")
        skips.append(rb"select" + attributes + rb">" + _options(attributes) + rb"</select>")
    stops = [
        rb"(?P<inline>s(?:cript|tyle)" + attributes + space + rb">)",
        rb"script" + source + _host(b"script") + attributes + space + rb"></script>",
        link + _host(b"link") + link_attributes + _CLOSE,
    ]
    if not head:
        stops += [
            rb"(?:img|source)" + source + _host(b"image") + attributes + _CLOSE,
            rb"iframe" + source + _host(b"frame") + attributes + space + rb"></iframe>",
            rb"(?P<tag>(?!%s)[a-z][a-z0-9-]*+(?=[\t\n\f\r />])%s>)" % (_SPECIAL, ATTRIBUTES),
        ]
    text = _SPACE + rb"*+" if head else rb"[^<]*+"
    return re.compile(
        rb"(?:"
        + text
        + rb"<"
        + _any(*skips)
        + rb")*+"
        + text
        + rb"(?:(?P<at>)<"
        + _any(*stops)
        + rb")?"
    )
