"""What a tag does in the insertion modes of tables, and of a ``select`` as it was until 2025."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from consentmw.html.names import TABLE_MISFITS, TABLE_PARTS
from consentmw.html.readers import Age
from consentmw.html.tree import body
from consentmw.html.tree.insertion import Insertion
from consentmw.html.tree.stack import BITS

if TYPE_CHECKING:
    from consentmw.html.attributes import Tag
    from consentmw.html.tree.builder import Builder

# Each rule returns whether the tag has to be processed again, by the rules of the mode then.

_TABLE: Final = BITS[b"table"]
_SECTIONS: Final = (b"tbody", b"thead", b"tfoot")
_SECTION_BITS: Final = sum(BITS[name] for name in _SECTIONS)
_CELLS: Final = (b"td", b"th")
_NEVER_ENDED: Final = frozenset((b"body", b"caption", b"col", b"colgroup", b"html"))


def start_in_table(builder: Builder, tag: Tag) -> bool:
    """Process a start tag "in table"."""
    name = tag.name
    if name in TABLE_PARTS:
        builder.clear_back_to(b"table", b"template", b"html")
        if name == b"caption":
            builder.add_formatting(None)
            builder.insert(tag)
            builder.mode = Insertion.IN_CAPTION
        elif name == b"colgroup":
            builder.insert(tag)
            builder.mode = Insertion.IN_COLUMN_GROUP
        elif name == b"col":
            builder.push(b"colgroup")
            builder.mode = Insertion.IN_COLUMN_GROUP
            return True
        elif name in _SECTIONS:
            builder.insert(tag)
            builder.mode = Insertion.IN_TABLE_BODY
        else:
            builder.push(b"tbody")
            builder.mode = Insertion.IN_TABLE_BODY
            return True
        return False
    if name == b"table":
        return _end_table(builder)
    if name in {b"style", b"script", b"template"}:
        body.start_in_head(builder, tag)
    elif name == b"input" and body.is_hidden(tag):
        builder.insert_closed()
    elif name == b"form":
        if builder.form is None and (builder.top.template is None or builder.age is Age.OF_2012):
            builder.form = builder.insert(tag)
            if builder.placed is not None:
                builder.placed = builder.placed._replace(node=None)
            builder.pop()
    elif name != b"html":
        builder.fostering = True
        body.start(builder, tag)
        builder.fostering = False
    return False


def _end_table(builder: Builder) -> bool:
    if not builder.top.table_scope & _TABLE:
        return False
    builder.pop_until(b"table")
    builder.reset_mode()
    return True


def end_in_table(builder: Builder, name: bytes) -> bool:
    """Process an end tag "in table"."""
    if name == b"table":
        _end_table(builder)
    elif name == b"template":
        body.end_template(builder, name)
    elif name not in TABLE_PARTS and name not in _NEVER_ENDED:
        builder.fostering = True
        body.end(builder, name)
        builder.fostering = False
    return False


def text_in_table(builder: Builder, *, blank: bool) -> None:
    """Process text "in table" and "in table text"."""
    if builder.is_at(*TABLE_MISFITS, b"template") and blank:
        return
    if blank and builder.age is Age.OF_2012:
        return
    builder.fostering = True
    body.text(builder, blank=blank)
    builder.fostering = False


# ---- caption, column group ----


def _close_caption(builder: Builder) -> bool:
    if not builder.top.table_scope & BITS[b"caption"]:
        return False
    builder.pop_until(b"caption")
    builder.clear_formatting()
    builder.mode = Insertion.IN_TABLE
    return True


def start_in_caption(builder: Builder, tag: Tag) -> bool:
    """Process a start tag "in caption"."""
    if tag.name in TABLE_PARTS:
        return _close_caption(builder)
    body.start(builder, tag)
    return False


def end_in_caption(builder: Builder, name: bytes) -> bool:
    """Process an end tag "in caption"."""
    if name == b"caption":
        _close_caption(builder)
    elif name == b"table":
        return _close_caption(builder)
    elif name not in TABLE_PARTS and name not in _NEVER_ENDED:
        body.end(builder, name)
    return False


def _close_column_group(builder: Builder) -> bool:
    if not builder.is_at(b"colgroup"):
        return False
    builder.pop()
    builder.mode = Insertion.IN_TABLE
    return True


def start_in_column_group(builder: Builder, tag: Tag) -> bool:
    """Process a start tag "in column group"."""
    if tag.name == b"col":
        builder.insert_closed()
    elif tag.name == b"template":
        body.start_in_head(builder, tag)
    elif tag.name != b"html":
        return _close_column_group(builder)
    return False


def end_in_column_group(builder: Builder, name: bytes) -> bool:
    """Process an end tag "in column group"."""
    if name == b"colgroup":
        _close_column_group(builder)
    elif name == b"template":
        body.end_template(builder, name)
    elif name != b"col":
        return _close_column_group(builder)
    return False


def text_in_column_group(builder: Builder, *, blank: bool) -> bool:
    """Process text "in column group"."""
    return not blank and _close_column_group(builder)


# ---- bodies, rows, cells ----


def _close_section(builder: Builder) -> bool:
    if not builder.top.table_scope & _SECTION_BITS:
        return False
    builder.clear_back_to(*_SECTIONS, b"template", b"html")
    builder.pop()
    builder.mode = Insertion.IN_TABLE
    return True


def start_in_table_body(builder: Builder, tag: Tag) -> bool:
    """Process a start tag "in table body"."""
    name = tag.name
    if name == b"tr" or name in _CELLS:
        builder.clear_back_to(*_SECTIONS, b"template", b"html")
        builder.mode = Insertion.IN_ROW
        if name == b"tr":
            builder.insert(tag)
            return False
        builder.push(b"tr")
        return True
    if name in TABLE_PARTS:
        return _close_section(builder)
    return start_in_table(builder, tag)


def end_in_table_body(builder: Builder, name: bytes) -> bool:
    """Process an end tag "in table body"."""
    if name in _SECTIONS:
        if builder.top.table_scope & BITS[name]:
            _close_section(builder)
        return False
    if name == b"table":
        return _close_section(builder)
    return end_in_table(builder, name)


def _close_row(builder: Builder) -> bool:
    if not builder.top.table_scope & BITS[b"tr"]:
        return False
    builder.clear_back_to(b"tr", b"template", b"html")
    builder.pop()
    builder.mode = Insertion.IN_TABLE_BODY
    return True


def start_in_row(builder: Builder, tag: Tag) -> bool:
    """Process a start tag "in row"."""
    name = tag.name
    if name in _CELLS:
        builder.clear_back_to(b"tr", b"template", b"html")
        builder.insert(tag)
        builder.mode = Insertion.IN_CELL
        builder.add_formatting(None)
        return False
    if name in TABLE_PARTS:
        return _close_row(builder)
    return start_in_table(builder, tag)


def end_in_row(builder: Builder, name: bytes) -> bool:
    """Process an end tag "in row"."""
    if name == b"tr":
        _close_row(builder)
        return False
    if name == b"table":
        return _close_row(builder)
    if name in _SECTIONS:
        return bool(builder.top.table_scope & BITS[name]) and _close_row(builder)
    return end_in_table(builder, name)


def _close_cell(builder: Builder) -> bool:
    if not builder.top.table_scope & (BITS[b"td"] | BITS[b"th"]):
        return False
    builder.pop_until(*_CELLS)
    builder.clear_formatting()
    builder.mode = Insertion.IN_ROW
    return True


def start_in_cell(builder: Builder, tag: Tag) -> bool:
    """Process a start tag "in cell"."""
    if tag.name in TABLE_PARTS:
        return _close_cell(builder)
    body.start(builder, tag)
    return False


def end_in_cell(builder: Builder, name: bytes) -> bool:
    """Process an end tag "in cell"."""
    if name in _CELLS:
        if builder.top.table_scope & BITS[name]:
            builder.pop_until(name)
            builder.clear_formatting()
            builder.mode = Insertion.IN_ROW
    elif name in {b"table", b"tr", *_SECTIONS}:
        return bool(builder.top.table_scope & BITS[name]) and _close_cell(builder)
    elif name not in _NEVER_ENDED:
        body.end(builder, name)
    return False


# ---- select, until 2025 ----

_IN_SELECT_IN_TABLE: Final = frozenset(
    (b"caption", b"table", b"tbody", b"tfoot", b"thead", b"tr", b"td", b"th")
)


def _close_select(builder: Builder) -> None:
    builder.pop_until(b"select")
    builder.reset_mode()


def start_in_select(builder: Builder, tag: Tag) -> bool:
    """Process a start tag "in select"."""
    name = tag.name
    in_2012 = builder.age is Age.OF_2012
    if name in {b"option", b"optgroup"} or (name == b"hr" and not in_2012):
        if builder.is_at(b"option"):
            builder.pop()
        if name != b"option" and builder.is_at(b"optgroup"):
            builder.pop()
        if name == b"hr":
            builder.insert_closed()
        else:
            builder.insert(tag)
    elif name == b"select":
        _close_select(builder)
    elif name in {b"input", b"keygen", b"textarea"}:
        _close_select(builder)
        builder.turned = True
        return True
    elif name in {b"script", b"template"}:
        body.start_in_head(builder, tag)
    return False


def end_in_select(builder: Builder, name: bytes) -> bool:
    """Process an end tag "in select"."""
    if name == b"optgroup":
        if builder.is_at(b"option") and builder.top.under.name == b"optgroup":
            builder.pop()
        if builder.is_at(b"optgroup"):
            builder.pop()
    elif name == b"option":
        if builder.is_at(b"option"):
            builder.pop()
    elif name == b"select":
        _close_select(builder)
    elif name == b"template":
        body.end_template(builder, name)
    return False


def start_in_select_in_table(builder: Builder, tag: Tag) -> bool:
    """Process a start tag "in select in table"."""
    if tag.name in _IN_SELECT_IN_TABLE:
        _close_select(builder)
        return True
    return start_in_select(builder, tag)


def end_in_select_in_table(builder: Builder, name: bytes) -> bool:
    """Process an end tag "in select in table"."""
    if name in _IN_SELECT_IN_TABLE:
        if not builder.top.table_scope & BITS[name]:
            return False
        _close_select(builder)
        return True
    return end_in_select(builder, name)
