"""The fast lane: jumps over everything that can't be of interest, inside the expression engine.

Most of a page is text and tags that load nothing, and most URLs name hosts that nobody asks about.
One expression consumes runs of such bytes; Python is entered only where a script or a style sheet
begins, where a tag names a host (one look-up then decides), and where something is out of the
ordinary. There the scanner takes its exact step, and the lane goes on behind it.

The lane is sound because it knows less than the scanner, not more: what it jumps over it has
matched completely, in a shape of which the exact reading is certain.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from consentmw.html import tree
from consentmw.html.attributes import TAG, Tag
from consentmw.html.scanner import SHUTS_FRAMES, Frames, Mode
from consentmw.html.sieve import JUDGE_TEXT, KEEP, KEEP_TEXT, Edit
from consentmw.html.tokens import comment_end, script_end, text_end

if TYPE_CHECKING:
    from consentmw.html.scanner import Job, Scanner
    from consentmw.html.sieve import Sought

_IN_HTML: Final = (tree.IN_HTML,)
_HTML_ONLY: Final[tuple[tree.Namespace, ...]] = ("html",)
_MAX_KNOWN: Final = 256
_MAX_KNOWN_BYTES: Final = 1024
"""Script tags whose verdict is remembered for the rest of the page; most pages have ten kinds."""

# ---- the parts of the expression ----
# Byte classes are written positively: the engine compares a negated class slower.

_SPACE = rb"[\t\n\f\r ]"
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
_SVG_PAIRED = (b"path", b"use", b"title", b"rect", b"circle")
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


def _any(*alternatives: bytes) -> bytes:
    return rb"(?:" + rb"|".join(alternatives) + rb")"


def _host(name: bytes) -> bytes:
    return _HOST % (name, name)


def _svg(stop: bytes) -> bytes:
    """Build the expression for a whole ``svg`` of plain shapes, groups of them two levels deep.

    Every element in it is closed by its own end tag, so that nothing around it can be affected.
    """
    value = rb"(?:=(?:\"[^\"(&]*+\"|\"url\(#[^\"()&]*+\)\"))?+"
    attribute = _any(
        rb"d=\"[^\"]*+\"",
        rb"transform=\"[^\"]*+\"",
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

    return rb"svg" + attributes + rb">" + content(2) + rb"</svg>"


@lru_cache(maxsize=64)
def _expression(marks: tuple[bytes, ...], *, relative: bool, head: bool) -> re.Pattern[bytes]:
    """Build the expression that runs to the next point of interest.

    Args:
        marks: Names of attributes that have to be stopped at.
        relative: Whether a URL that names no host can be jumped over.
        head: Whether the page is still where text or a tag could begin its body.
    """
    stop = b"(?!%s(?![a-z0-9:._@-]))" % _any(*map(re.escape, marks)) if marks else b""
    begin = rb"(?:" + _SPACE + rb"++" + stop
    attributes = (
        begin
        + _any(
            rb"[ac-oqrt-z_:@]" + _REST + _VALUE,
            rb"s" + _any(_STYLE, rb"(?!rc|tyle)" + _REST + _VALUE),
            rb"b(?!ackground)" + _REST + _VALUE,
            rb"p(?!ing|oster)" + _REST + _VALUE,
        )
        + rb")*+"
    )
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
    close = rb"[\t\n\f\r /]*+>"
    source = attributes + _SPACE + rb"++src="
    link = rb"link" + link_attributes + _SPACE + rb"++href="
    skips = [
        # An end tag closes nothing that matters here.
        _any(rb"/[a-z1-6]++", _HEAD_PLAIN if head else _PLAIN) + attributes + close,
        # Comments without a double dash inside; `<!-->` is one of its own kind.
        rb"!--(?!-?>)[^-]*+(?:-(?!-)[^-]*+)*+-->",
    ]
    if not marks:
        skips.append(rb"title>[^<]*+</title>")
    if relative:
        skips += [
            rb"script" + source + _RELATIVE + attributes + space + rb"></script>",
            link + _RELATIVE + link_attributes + close,
        ]
    if not head:
        if relative:
            skips.append(rb"(?:img|source)" + source + _RELATIVE + attributes + close)
        skips.append(_svg(stop))
        # As long as there are only options in a `select`, all of its readings are one.
        skips.append(rb"textarea" + attributes + rb">[^<]*+</textarea>")
        option = rb"</?opt(?:ion|group)" + attributes + close
        skips.append(rb"select" + attributes + rb">(?:[^<]++|" + option + rb")*+</select>")
    stops = [
        rb"(?P<inline>s(?:cript|tyle)" + attributes + space + rb">)",
        rb"script" + source + _host(b"script") + attributes + space + rb"></script>",
        link + _host(b"link") + link_attributes + close,
    ]
    if not head:
        stops += [
            rb"(?:img|source)" + source + _host(b"image") + attributes + close,
            rb"iframe" + source + _host(b"frame") + attributes + space + rb"></iframe>",
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


# Up to the quote: no reference, no backslash, nothing that is removed from URLs.
_PLAIN_REST: Final = re.compile(rb"[ !#-%'-\[\]-~]*+(?=\")")
_PLAIN_REST_SINGLE: Final = re.compile(rb"[ -%(-\[\]-~]*+(?=')")
# Start tags that only the scanner understands: what follows them, or all of the page, reads
# otherwise.
_TURNS: Final = frozenset(b"base script style plaintext svg math select template frameset".split())


_NOTHING: Final = re.compile(rb"")


class Lane:
    """Takes one page's single reading as far as nothing of interest comes."""

    def __init__(self, job: Job) -> None:
        self._job = job
        sieve = job.sieve
        self._sieve = sieve
        self._inline: dict[bytes, tuple[Tag, bool] | None] = {}
        self._marks: tuple[bytes, ...] | None = None
        self._relative = False
        self._in_head = self._in_body = _NOTHING

    def look_at(self, data: bytes) -> None:
        """Choose the expressions for a buffer: few have an attribute that has to be stopped at."""
        marks = tuple(mark for mark in self._sieve.marks if data.find(mark) >= 0)
        relative = not self._sieve.watches_relative
        if marks == self._marks and relative is self._relative:
            return
        self._marks, self._relative = marks, relative
        self._in_head = _expression(marks, relative=relative, head=True)
        self._in_body = _expression(marks, relative=relative, head=False)

    def open_to(self, reading: Scanner) -> bool:
        """Tell whether a reading stands where the lane may be taken."""
        return (
            reading.mode is Mode.DATA
            and reading.places == _IN_HTML
            and not reading.covers
            and reading.frames is not Frames.INSIDE
            and not self._job.insertion
        )

    def run(self, reading: Scanner, data: bytes) -> None:
        """Move a reading to the next piece that the scanner has to look at."""
        if self._sieve.watches_relative is self._relative:
            # A `base` has turned relative URLs into something of interest.
            self.look_at(data)
        in_body = reading.frames is Frames.SHUT
        reading.position = self._advance(
            data, reading.position, len(data), in_body=in_body, cutting=True
        )

    def _advance(
        self, data: bytes, position: int, end: int, *, in_body: bool, cutting: bool
    ) -> int:
        expression = self._in_body if in_body else self._in_head
        index = expression.groupindex
        at, inline = index["at"], index["inline"]
        watched = self._sieve.watched
        match = expression.match
        while True:
            found = match(data, position, end)
            assert found is not None  # noqa: S101 - an expression that matches the empty text
            position = found.end()
            stop = found.lastindex
            if stop is None or stop <= at:
                behind = self._plain_step(data, position, end, in_body=in_body, cutting=cutting)
            elif stop > inline:
                sought = watched[found[stop]]
                if sought is None or self._lacks(sought, data, found.end(stop)):
                    continue
                behind = self._named_host(data, found, cutting=cutting)
                if behind < 0:
                    position = found.start(at)
            else:
                behind = self._text_element(data, found, end, cutting=cutting)
                if behind < 0:
                    position = found.start(at)
            if behind < 0:
                return position
            position = behind

    def _named_host(self, data: bytes, found: re.Match[bytes], *, cutting: bool) -> int:
        """Keep or cut an element that names a watched host; return its end, or -1 for neither."""
        start = found.start("at")
        match = TAG.match(data, start)
        if match is None:
            return -1
        verdict = self._sieve.judge(Tag(match[0], match[2]), _HTML_ONLY, ())
        if verdict is KEEP:
            return found.end()
        if not (cutting and verdict.drop and verdict.cover is None):
            return -1
        self._cut(start, found.end(), verdict.notes)
        return found.end()

    def _cut(self, start: int, end: int, notes: tuple[object, ...]) -> None:
        job = self._job
        job.edits.append(Edit(start, end, b"", apart=True))
        if notes:
            job.notes.append((job.base + start, notes))

    def _plain_step(
        self, data: bytes, position: int, end: int, *, in_body: bool, cutting: bool
    ) -> int:
        """Return the end of a piece that can be kept or cut as it stands, or -1."""
        match = TAG.match(data, position, end)
        if match is None:
            if data.startswith(b"<!--", position) and end > position + 5:
                comment = comment_end(data, position + 4, opening=True)
                if comment.complete and comment.position <= end:
                    return comment.position
            return -1
        if match[1]:
            return match.end()
        name = match[2].lower()
        if name in _TURNS or (not in_body and name in SHUTS_FRAMES):
            return -1
        verdict = self._sieve.judge(Tag(match[0], name), _HTML_ONLY, ())
        behind = match.end()
        if verdict is not KEEP:
            if not (cutting and verdict.drop and verdict.cover is None and name in tree.VOID):
                return -1
            self._cut(position, behind, verdict.notes)
        elif name == b"noscript":
            return self._noscript(data, behind, end)
        elif name in tree.TEXT_KINDS:
            found = text_end(name, data, behind)
            behind = found.position + len(name) + 3
            if not found.complete or behind > end or data[behind - 1] != 0x3E:
                return -1
        return behind

    def _noscript(self, data: bytes, position: int, end: int) -> int:
        """Return the end of a ``noscript`` that may stay as it is in both readings, or -1."""
        found = text_end(b"noscript", data, position)
        behind = found.position + 11
        if not found.complete or behind > end or data[behind - 1] != 0x3E:
            return -1
        inside = self._advance(data, position, found.position, in_body=True, cutting=False)
        return behind if inside == found.position else -1

    @staticmethod
    def _lacks(sought: Sought, data: bytes, position: int) -> bool:
        """Tell whether what is sought is surely not in the rest of a URL."""
        rest = _PLAIN_REST.match(data, position) or _PLAIN_REST_SINGLE.match(data, position)
        if rest is None:
            return False
        end = rest.end()
        return data.find(b"/.", position, end) < 0 and not sought.search(data, position, end)

    def _text_element(
        self, data: bytes, found: re.Match[bytes], limit: int, *, cutting: bool
    ) -> int:
        """Keep or cut a script without ``src``, or a style sheet; return -1 for neither."""
        position = found.end()
        start = found.start("at")
        raw = data[start:position]
        is_script = raw.startswith(b"<script")
        if raw in self._inline:
            known = self._inline[raw]
        else:
            tag = Tag(raw, b"script" if is_script else b"style")
            verdict = self._sieve.judge(tag, _HTML_ONLY, ())
            plain = verdict is KEEP or verdict == JUDGE_TEXT
            known = (tag, verdict is KEEP) if plain else None
            if len(self._inline) < _MAX_KNOWN and len(raw) < _MAX_KNOWN_BYTES:
                self._inline[raw] = known
        if known is None:
            return -1
        if is_script:
            end, _ = script_end(data, position)
            behind = end.position + 9
        else:
            end = text_end(b"style", data, position)
            behind = end.position + 8
        # `</script>` and nothing else; the scanner reads what has spaces or attributes.
        if not end.complete or behind > limit or data[behind - 1] != 0x3E:
            return -1
        tag, keep = known
        if not keep:
            if end.position - position > self._job.max_text_bytes:
                return -1
            text = data[position : end.position]
            judged = self._sieve.judge_text(tag, text, (), complete=True)
            if judged is not KEEP_TEXT:
                if not (cutting and judged.drop):
                    return -1
                self._cut(start, behind, judged.notes)
        return behind
