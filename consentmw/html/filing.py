"""What becomes of an element: the sieve is asked, and its verdict is filed as edits to the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from consentmw.html.attributes import TAG
from consentmw.html.names import CUT, SHUTS_FRAMES, TEXT_KINDS, VOID
from consentmw.html.sieve import HTML_ONLY, KEEP, KEEP_TEXT, Edit, make_hidden, make_inert
from consentmw.html.tree.builder import COUNTING

if TYPE_CHECKING:
    from consentmw.html.attributes import Tag
    from consentmw.html.names import TextKind
    from consentmw.html.scanner import Begun, Scanner
    from consentmw.html.sieve import TextVerdict, Verdict
    from consentmw.html.tokens import Found

MAX_EXTENT_BYTES: Final = 65_536
"""How far the end of an element is waited for that may be cut out of another reading's text."""
_BEGINS_BODIES: Final = CUT - {b"frame", b"link", b"script"}
"""Elements that may be cut out and that a head can't hold."""
_LETS_FRAMES_IN: Final = frozenset((b"source", b"track"))
"""Those behind which a ``frameset`` can still take the body's place."""
_SHOWN: Final = _BEGINS_BODIES - _LETS_FRAMES_IN
# What ends a comment, a CDATA section or raw text may start with one of these.
_MAY_END: Final = frozenset((b"", b"-", b"!", b"]", b"<", b"/"))


def file_element(scanner: Scanner, data: bytes, begun: Begun, *, final: bool) -> bool | None:
    """Judge an element and file what comes of it.

    Returns:
        Whether all is done; False where more of the page has to come first, and None where the
        element has to be read by the builders, because its tag says something of what is inside.
    """
    job = scanner.job
    standing = scanner.standing
    tag, text = begun.tag, begun.text
    start = scanner.position
    end = start + len(tag.raw)
    covers = standing.covers_here()
    verdict = _ask(scanner, begun, covers)
    if "html" in begun.namespaces or not begun.namespaces:
        empty = tag.name in VOID and len(begun.namespaces) < 2
    else:
        empty = tag.self_closing
    if standing.plain and verdict.cover is not None and not empty and _has_inside(tag, text):
        return None
    judged = KEEP_TEXT
    if verdict.content and not verdict.drop and text:
        seen = _judge_text(scanner, data, begun, covers, final=final)
        if seen is None:
            return False
        judged = seen
    drop = (verdict.drop or judged.drop) and begun.namespaces == HTML_ONLY
    if drop and _asks_of_body(scanner, tag):
        return None
    # It has to stay where its tag ends what is open around it, or that would stay open; where it is
    # the first of a page, or a document type behind it would begin to count; and where it begins
    # the body, or what follows would stay in the head.
    if begun.turned or not scanner.opened or _begins_body(scanner, tag):
        drop = False
    cutting = True
    if scanner.forked and (drop or verdict.edits or judged is not KEEP_TEXT):
        extent = _extent(scanner, data, tag, text, final=final) if drop else end
        if extent is None:
            return False
        certain = _is_text_to_others(scanner, data, start, extent, final=final)
        if certain is None:
            return False
        cutting = certain
        drop = drop and cutting
    job.note(start, verdict.notes)
    job.note(start, judged.notes)
    if drop:
        job.cut(start, end)
        standing.undo(tag)
        scanner.dropping = text in {"script", "rawtext"}
    else:
        _file_edits(scanner, begun, verdict, judged, cutting=cutting)
    if standing.plain and standing.islet is None and not drop and shuts_frames(tag):
        standing.frames_shut = True
    if not empty:
        # What is cut out says nothing of what it stood in.
        standing.cover(tag.name, KEEP if drop else verdict)
        if verdict.content and not verdict.drop and not text:
            scanner.awaiting.add(tag, start, scanner, covers)
    job.tell("start", start, end, tag.name, tag, begun.namespaces)
    return True


def _asks_of_body(scanner: Scanner, tag: Tag) -> bool:
    """Tell whether only the builders know if an element begins the body."""
    standing = scanner.standing
    return (
        tag.name in _BEGINS_BODIES
        and standing.plain
        and not (standing.frames_shut or standing.blind)
        and scanner.scripting is not False
    )


def _begins_body(scanner: Scanner, tag: Tag) -> bool:
    """Tell whether an element begins the body for somebody whose scripts may look for it."""
    standing = scanner.standing
    if tag.name not in _BEGINS_BODIES:
        return False
    return standing.begins_body() or (tag.name in _LETS_FRAMES_IN and standing.takes_frames())


def _ask(scanner: Scanner, begun: Begun, covers: tuple[tuple[object, ...], ...]) -> Verdict:
    sieve = scanner.job.sieve
    tag, namespaces = begun.tag, begun.namespaces
    if not namespaces:
        if tag.name not in COUNTING:
            return KEEP
        namespaces = HTML_ONLY
    elif tag.name == b"base" and tag.get(b"href") is not None and "html" in namespaces:
        verdict = _take_base(scanner, begun)
        if verdict is not KEEP:
            return verdict
    return sieve.judge(tag, namespaces, covers, readers=scanner.readers)


def _take_base(scanner: Scanner, begun: Begun) -> Verdict:
    """Take in what a ``base`` says, only once however often its element is come back to."""
    if scanner.rebased is None or scanner.rebased[0] is not begun:
        standing = scanner.standing
        verdict = KEEP
        counting = standing.take_base(alone=not scanner.forked)
        if counting:
            sieve = scanner.job.sieve
            verdict = sieve.rebase(begun.tag, counting, late=standing.has_body())
            if verdict.edits:
                standing.leave_base()
        scanner.rebased = begun, verdict
    return scanner.rebased[1]


def _has_inside(tag: Tag, text: TextKind) -> bool:
    """Tell whether there may be elements inside an element, in one reading at least."""
    return not text or tag.name == b"noscript" or tag.name not in TEXT_KINDS


def shuts_frames(tag: Tag) -> bool:
    """Tell whether a start tag in plain markup keeps a ``frameset`` out."""
    if tag.name == b"input":
        kind = tag.get(b"type")
        return kind is None or kind.text("latin-1").lower() != "hidden"
    return tag.name in SHUTS_FRAMES


def _file_edits(
    scanner: Scanner, begun: Begun, verdict: Verdict, judged: TextVerdict, *, cutting: bool
) -> None:
    """File what makes an element harmless that has to stay."""
    edits = scanner.job.edits
    tag = begun.tag
    start = scanner.position
    own = verdict.edits if cutting else verdict.guards
    if judged.drop:
        own = (*own, make_inert(tag))
    elif verdict.drop and begun.namespaces == HTML_ONLY and tag.name in _SHOWN:
        own = (*own, make_hidden(tag))
    for edit in own:
        edits.append(Edit(start + edit.start, start + edit.end, edit.replacement))
    if judged.drop:
        return
    behind = start + len(tag.raw)
    for edit in judged.edits:
        at = behind + edit.start
        end = at if scanner.forked else behind + edit.end
        edits.append(Edit(at, end, edit.replacement))


# ---- an element's text ----


def _judge_text(
    scanner: Scanner,
    data: bytes,
    begun: Begun,
    covers: tuple[tuple[object, ...], ...],
    *,
    final: bool,
) -> TextVerdict | None:
    """Judge an element's text, or what was seen of it; None where more has to come first."""
    job = scanner.job
    limit = job.max_text_bytes
    start = scanner.position + len(begun.tag.raw)
    found = _find_end(scanner, begun.tag, begun.text, data, start)
    if not found.complete and not final and len(data) - start <= limit:
        return None
    length = (found.position if found.complete else len(data)) - start
    content = data[start : start + min(length, limit)]
    return job.sieve.judge_text(
        begun.tag, content, covers, complete=length <= limit, readers=scanner.readers
    )


def _find_end(scanner: Scanner, tag: Tag, text: TextKind, data: bytes, start: int) -> Found:
    job = scanner.job
    return job.search.find(tag.name, data, start, job.base, script=text == "script")


# ---- other readings of the same bytes ----


def _extent(scanner: Scanner, data: bytes, tag: Tag, text: TextKind, *, final: bool) -> int | None:
    """Return where an element to be dropped ends; None where more has to come first."""
    end = scanner.position + len(tag.raw)
    if text not in {"script", "rawtext"}:
        return end
    found = _find_end(scanner, tag, text, data, end)
    match = TAG.match(data, found.position) if found.complete else None
    if match is not None:
        return match.end()
    return None if not final and len(data) - end <= MAX_EXTENT_BYTES else len(data) + 1


def _is_text_to_others(
    scanner: Scanner, data: bytes, start: int, end: int, *, final: bool
) -> bool | None:
    """Tell whether every other reading takes these bytes for the inside of text or a comment.

    Then they can be cut out, if what stands before them can't become the end of it together
    with what stands behind. None where another reading has to go on first.
    """
    job = scanner.job
    before = data[start - 1 : start] if start else job.before
    if not job.readings or before in _MAY_END:
        return False
    for other in job.readings:
        if other is scanner:
            continue
        if other.opaque_start <= start and end <= other.opaque_end:
            if other.opaque_code:
                # What is left of it might mean something else.
                return False
            continue
        if not other.reads_text or other.opaque_start > start:
            return False
        return False if final and other.position >= len(data) else None
    return True
