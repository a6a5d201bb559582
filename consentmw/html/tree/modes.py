"""A token goes to the rules of the insertion mode, or to those for foreign content."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from consentmw.html.attributes import Tag
from consentmw.html.readers import Age
from consentmw.html.tree import body, foreign, tables
from consentmw.html.tree.insertion import BEFORE_BODY, Insertion
from consentmw.html.tree.stack import UNKNOWN_TEMPLATE

if TYPE_CHECKING:
    from collections.abc import Callable

    from consentmw.html.tree.builder import Builder

_FROM_HEAD: Final = frozenset(
    b"base basefont bgsound link meta noframes script style template title".split()
)
_IN_NOSCRIPT: Final = frozenset(b"basefont bgsound link meta noframes style".split())
_IMPLY: Final = frozenset((b"head", b"body", b"html", b"br"))
_AFTER_HEAD: Final = frozenset((b"body", b"html", b"br"))


def start(builder: Builder, tag: Tag) -> None:
    """Process a start tag."""
    if builder.age is Age.OF_2012 and tag.name == b"template":
        tag = Tag(tag.raw, UNKNOWN_TEMPLATE)
    builder.token = tag
    builder.placed = None
    builder.text = ""
    builder.turned = False
    if foreign.is_foreign(builder.top, tag) and not foreign.start(builder, tag):
        return
    while _STARTS[builder.mode](builder, tag):
        pass


def end(builder: Builder, name: bytes) -> None:
    """Process an end tag."""
    if builder.age is Age.OF_2012 and name == b"template":
        name = UNKNOWN_TEMPLATE
    if builder.top.space != "html" and not foreign.end(builder, name):
        return
    while _ENDS[builder.mode](builder, name):
        pass


def text(builder: Builder, *, blank: bool, other: bool, null: bool) -> None:
    """Process a run of text.

    Args:
        builder: The state.
        blank: Whether it begins with white space.
        other: Whether there is anything else in it but white space and NUL.
        null: Whether there is a NUL in it.
    """
    top = builder.top
    if top.space != "html" and not top.point:
        if other:
            builder.shut_frames()
        return
    if blank:
        while _TEXTS[builder.mode](builder, True):
            pass
    if other:
        while _TEXTS[builder.mode](builder, False):
            pass
    elif null and builder.mode in BEFORE_BODY:
        _leave_head(builder)


def doctype(builder: Builder, *, quirks: bool) -> None:
    """Process a document type."""
    if builder.mode is Insertion.INITIAL:
        builder.quirks = builder.quirks and quirks
        builder.mode = Insertion.BEFORE_HTML


# ---- before the body ----


def _open_head(builder: Builder) -> None:
    builder.push(b"head")
    builder.head = builder.top
    builder.mode = Insertion.IN_HEAD


def _close_head(builder: Builder) -> None:
    builder.pop()
    builder.mode = Insertion.AFTER_HEAD


def _open_body(builder: Builder) -> None:
    # Where the tag isn't written, browsers forget what stood in a `template` in the head.
    builder.frames_doubted = not builder.frames_ok
    builder.push(b"body")
    builder.mode = Insertion.IN_BODY


def _leave_head(builder: Builder) -> None:
    """Do what any token does that can't stand before the body."""
    if builder.mode in {Insertion.INITIAL, Insertion.BEFORE_HTML, Insertion.BEFORE_HEAD}:
        _open_head(builder)
    if builder.mode is Insertion.IN_HEAD_NOSCRIPT:
        builder.pop()
        builder.mode = Insertion.IN_HEAD
    if builder.mode is Insertion.IN_HEAD:
        _close_head(builder)
    _open_body(builder)


def _start_before_html(builder: Builder, tag: Tag) -> bool:
    builder.mode = Insertion.BEFORE_HEAD
    if tag.name == b"html":
        builder.place_root()
        return False
    return True


def _end_before_html(builder: Builder, name: bytes) -> bool:
    if builder.mode is Insertion.INITIAL:
        builder.mode = Insertion.BEFORE_HTML
    if name not in _IMPLY:
        return False
    builder.mode = Insertion.BEFORE_HEAD
    return True


def _start_before_head(builder: Builder, tag: Tag) -> bool:
    if tag.name == b"html":
        return False
    if tag.name == b"head":
        builder.head = builder.insert(tag)
        builder.mode = Insertion.IN_HEAD
        return False
    _open_head(builder)
    return True


def _end_before_head(builder: Builder, name: bytes) -> bool:
    if name not in _IMPLY:
        return False
    _open_head(builder)
    return True


def _start_in_head(builder: Builder, tag: Tag) -> bool:
    name = tag.name
    if name == b"html" or name == b"head":
        return False
    if name in _FROM_HEAD:
        body.start_in_head(builder, tag)
    elif name == b"noscript":
        if builder.scripting:
            builder.insert_closed("rawtext")
        else:
            builder.insert(tag)
            builder.mode = Insertion.IN_HEAD_NOSCRIPT
    else:
        _close_head(builder)
        return True
    return False


def _end_in_head(builder: Builder, name: bytes) -> bool:
    if name == b"head":
        _close_head(builder)
    elif name in _AFTER_HEAD:
        _close_head(builder)
        return True
    elif name == b"template":
        body.end_template(builder, name)
    return False


def _start_in_head_noscript(builder: Builder, tag: Tag) -> bool:
    name = tag.name
    if name in {b"html", b"head", b"noscript"}:
        return False
    if name in _IN_NOSCRIPT:
        body.start_in_head(builder, tag)
        return False
    builder.pop()
    builder.mode = Insertion.IN_HEAD
    return True


def _end_in_head_noscript(builder: Builder, name: bytes) -> bool:
    if name in {b"noscript", b"br"}:
        builder.pop()
        builder.mode = Insertion.IN_HEAD
        return name == b"br"
    return False


def _start_after_head(builder: Builder, tag: Tag) -> bool:
    name = tag.name
    if name == b"body":
        builder.insert(tag)
        builder.shut_frames()
        builder.mode = Insertion.IN_BODY
    elif name == b"frameset":
        builder.insert(tag)
        builder.mode = Insertion.IN_FRAMESET
    elif name in _FROM_HEAD:
        body.start_in_head(builder, tag)
    elif name not in {b"html", b"head"}:
        _open_body(builder)
        return True
    return False


def _end_after_head(builder: Builder, name: bytes) -> bool:
    if name in _AFTER_HEAD:
        _open_body(builder)
        return True
    if name == b"template":
        body.end_template(builder, name)
    return False


def _text_before_body(builder: Builder, blank: bool) -> bool:
    if not blank:
        _leave_head(builder)
    return not blank


# ---- the body, and what follows it ----


def _start_in_body(builder: Builder, tag: Tag) -> bool:
    body.start(builder, tag)
    return False


def _end_in_body(builder: Builder, name: bytes) -> bool:
    body.end(builder, name)
    return False


def _text_in_body(builder: Builder, blank: bool) -> bool:
    body.text(builder, blank=blank)
    return False


def _text_in_table(builder: Builder, blank: bool) -> bool:
    tables.text_in_table(builder, blank=blank)
    return False


def _text_in_column_group(builder: Builder, blank: bool) -> bool:
    return tables.text_in_column_group(builder, blank=blank)


def _no_text(builder: Builder, blank: bool) -> bool:
    del builder, blank
    return False


def _start_after_body(builder: Builder, tag: Tag) -> bool:
    if tag.name == b"html":
        return False
    builder.mode = Insertion.IN_BODY
    return True


def _end_after_body(builder: Builder, name: bytes) -> bool:
    if name == b"html" and builder.mode is Insertion.AFTER_BODY:
        builder.mode = Insertion.AFTER_AFTER_BODY
        return False
    builder.mode = Insertion.IN_BODY
    return True


def _text_after_body(builder: Builder, blank: bool) -> bool:
    if blank:
        body.text(builder, blank=True)
        return False
    builder.mode = Insertion.IN_BODY
    return True


# ---- templates, framesets ----

_TEMPLATE_MODES: Final[dict[bytes, Insertion]] = {
    **dict.fromkeys((b"caption", b"colgroup", b"tbody", b"tfoot", b"thead"), Insertion.IN_TABLE),
    b"col": Insertion.IN_COLUMN_GROUP,
    b"tr": Insertion.IN_TABLE_BODY,
    b"td": Insertion.IN_ROW,
    b"th": Insertion.IN_ROW,
}


def _start_in_template(builder: Builder, tag: Tag) -> bool:
    if tag.name in _FROM_HEAD:
        body.start_in_head(builder, tag)
        return False
    builder.mode = _TEMPLATE_MODES.get(tag.name, Insertion.IN_BODY)
    builder.template_modes = (*builder.template_modes[:-1], builder.mode)
    builder.turned = True
    return True


def _end_in_template(builder: Builder, name: bytes) -> bool:
    if name == b"template":
        body.end_template(builder, name)
    return False


def _start_in_frameset(builder: Builder, tag: Tag) -> bool:
    if tag.name == b"frameset":
        builder.insert(tag)
    elif tag.name == b"frame":
        builder.insert_closed()
    elif tag.name == b"noframes":
        body.start_in_head(builder, tag)
    return False


def _end_in_frameset(builder: Builder, name: bytes) -> bool:
    if name == b"frameset" and builder.is_at(b"frameset"):
        builder.pop()
        if not builder.is_at(b"frameset"):
            builder.mode = Insertion.AFTER_FRAMESET
    return False


def _start_after_frameset(builder: Builder, tag: Tag) -> bool:
    if tag.name == b"noframes":
        body.start_in_head(builder, tag)
    return False


def _end_after_frameset(builder: Builder, name: bytes) -> bool:
    if name == b"html" and builder.mode is Insertion.AFTER_FRAMESET:
        builder.mode = Insertion.AFTER_AFTER_FRAMESET
    return False


_STARTS: Final[dict[Insertion, Callable[[Builder, Tag], bool]]] = {
    Insertion.INITIAL: _start_before_html,
    Insertion.BEFORE_HTML: _start_before_html,
    Insertion.BEFORE_HEAD: _start_before_head,
    Insertion.IN_HEAD: _start_in_head,
    Insertion.IN_HEAD_NOSCRIPT: _start_in_head_noscript,
    Insertion.AFTER_HEAD: _start_after_head,
    Insertion.IN_BODY: _start_in_body,
    Insertion.IN_TABLE: tables.start_in_table,
    Insertion.IN_CAPTION: tables.start_in_caption,
    Insertion.IN_COLUMN_GROUP: tables.start_in_column_group,
    Insertion.IN_TABLE_BODY: tables.start_in_table_body,
    Insertion.IN_ROW: tables.start_in_row,
    Insertion.IN_CELL: tables.start_in_cell,
    Insertion.IN_SELECT: tables.start_in_select,
    Insertion.IN_SELECT_IN_TABLE: tables.start_in_select_in_table,
    Insertion.IN_TEMPLATE: _start_in_template,
    Insertion.AFTER_BODY: _start_after_body,
    Insertion.IN_FRAMESET: _start_in_frameset,
    Insertion.AFTER_FRAMESET: _start_after_frameset,
    Insertion.AFTER_AFTER_BODY: _start_after_body,
    Insertion.AFTER_AFTER_FRAMESET: _start_after_frameset,
}
_ENDS: Final[dict[Insertion, Callable[[Builder, bytes], bool]]] = {
    Insertion.INITIAL: _end_before_html,
    Insertion.BEFORE_HTML: _end_before_html,
    Insertion.BEFORE_HEAD: _end_before_head,
    Insertion.IN_HEAD: _end_in_head,
    Insertion.IN_HEAD_NOSCRIPT: _end_in_head_noscript,
    Insertion.AFTER_HEAD: _end_after_head,
    Insertion.IN_BODY: _end_in_body,
    Insertion.IN_TABLE: tables.end_in_table,
    Insertion.IN_CAPTION: tables.end_in_caption,
    Insertion.IN_COLUMN_GROUP: tables.end_in_column_group,
    Insertion.IN_TABLE_BODY: tables.end_in_table_body,
    Insertion.IN_ROW: tables.end_in_row,
    Insertion.IN_CELL: tables.end_in_cell,
    Insertion.IN_SELECT: tables.end_in_select,
    Insertion.IN_SELECT_IN_TABLE: tables.end_in_select_in_table,
    Insertion.IN_TEMPLATE: _end_in_template,
    Insertion.AFTER_BODY: _end_after_body,
    Insertion.IN_FRAMESET: _end_in_frameset,
    Insertion.AFTER_FRAMESET: _end_after_frameset,
    Insertion.AFTER_AFTER_BODY: _end_after_body,
    Insertion.AFTER_AFTER_FRAMESET: _end_after_frameset,
}
_TEXTS: Final[dict[Insertion, Callable[[Builder, bool], bool]]] = {
    **dict.fromkeys(BEFORE_BODY, _text_before_body),
    **dict.fromkeys(
        (Insertion.IN_BODY, Insertion.IN_CAPTION, Insertion.IN_CELL, Insertion.IN_TEMPLATE),
        _text_in_body,
    ),
    **dict.fromkeys(
        (Insertion.IN_TABLE, Insertion.IN_TABLE_BODY, Insertion.IN_ROW), _text_in_table
    ),
    **dict.fromkeys((Insertion.AFTER_BODY, Insertion.AFTER_AFTER_BODY), _text_after_body),
    **dict.fromkeys(
        (
            Insertion.IN_SELECT,
            Insertion.IN_SELECT_IN_TABLE,
            Insertion.IN_FRAMESET,
            Insertion.AFTER_FRAMESET,
            Insertion.AFTER_AFTER_FRAMESET,
        ),
        _no_text,
    ),
    Insertion.IN_COLUMN_GROUP: _text_in_column_group,
}
