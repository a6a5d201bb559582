"""Takes tree builders through markup that was read before, when at last somebody asks them.

Nearly all of a page is read without any tree: nothing that follows depends on it. What was passed
is kept, and read here in one go where something does. It is markup that all browsers divide into
the same tags and texts, or it wouldn't have been passed, but for what is inside of ``noscript``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from consentmw.html import tokens
from consentmw.html.attributes import TAG, Tag
from consentmw.html.tree import browsers, modes
from consentmw.html.tree.browsers import Run
from consentmw.html.tree.quirks import is_quirky

if TYPE_CHECKING:
    from consentmw.html.names import TextKind
    from consentmw.html.tree.browsers import Builders
    from consentmw.html.tree.builder import Builder

_CDATA: Final = b"<![CDATA["
_TAG_OPEN: Final = re.compile(rb"</?[A-Za-z]")


def follow(builders: Builders, data: bytes) -> Builders:
    """Return the builders as they stand behind some markup, which ends where a tag begins."""
    run = Run()
    position = 0
    end = len(data)
    while position < end:
        start = data.find(b"<", position)
        if start < 0:
            run.add(data[position:])
            break
        if start > position:
            run.add(data[position:start])
        match = TAG.match(data, start)
        if match is not None:
            browsers.text(builders, run)
            run = Run()
            position = match.end()
            if match[1]:
                builders = browsers.end(builders, match[2].lower())
            else:
                tag = Tag(match[0], match[2].lower())
                builders, position = _start(builders, tag, data, position)
        elif data.startswith(_CDATA, start) and browsers.open_section(builders)[0]:
            at = data.find(b"]]>", start)
            run.add_literally(data[start + 9 : at if at >= 0 else end])
            position = at + 3 if at >= 0 else end
        elif data[start + 1 : start + 2] in {b"!", b"?", b"/"} and not _TAG_OPEN.match(data, start):
            browsers.text(builders, run)
            run = Run()
            position = _comment(builders, data, start)
        else:
            run.add(b"<")
            position = start + 1
    browsers.text(builders, run)
    return builders


def _comment(builders: Builders, data: bytes, start: int) -> int:
    """Pass a comment, or what counts as one; return its end."""
    if data.startswith(b"<!--", start):
        found = tokens.comment_end(data, start + 4, opening=True)
        return found.position if found.complete else len(data)
    at = data.find(b">", start)
    if at < 0:
        return len(data)
    doctype = data[start : at + 1]
    if doctype[:9].lower() == b"<!doctype":
        quirks = is_quirky(doctype)
        for builder in builders:
            modes.doctype(builder, quirks=quirks)
    return at + 1


def _start(builders: Builders, tag: Tag, data: bytes, position: int) -> tuple[Builders, int]:
    builders = browsers.start(builders, tag)
    kinds: dict[TextKind, list[Builder]] = {}
    for builder in builders:
        kinds.setdefault(builder.text, []).append(builder)
    markup = tuple(kinds.pop("", ()))
    if not kinds:
        return builders, position
    ((kind, readers),) = kinds.items()
    if kind == "script":
        found = tokens.script_end(data, position)[0]
    else:
        found = tokens.text_end(tag.name, data, position)
    match = TAG.match(data, found.position) if found.complete and kind != "plaintext" else None
    behind = match.end() if match is not None else len(data)
    if markup:
        markup = follow(markup, data[position:behind])
        return browsers.join((*readers, *markup)), behind
    return builders, behind
