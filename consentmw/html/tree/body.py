"""What a tag does "in body", the insertion mode in which nearly all of a page is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from consentmw.html.names import BLOCKS, FORMATTING, HEADINGS, TABLE_PARTS, TEXT_KINDS
from consentmw.html.readers import Age
from consentmw.html.tree.adoption import adopt, find, push_formatting, reconstruct, remove
from consentmw.html.tree.foreign import insert_foreign
from consentmw.html.tree.insertion import Insertion
from consentmw.html.tree.stack import BITS, HEADING_BITS, ITEM, PARAGRAPH

if TYPE_CHECKING:
    from collections.abc import Callable

    from consentmw.html.attributes import Tag
    from consentmw.html.tree.builder import Builder
    from consentmw.html.tree.stack import Open

    Start = Callable[[Builder, Tag], None]
    End = Callable[[Builder, bytes], None]

_SELECT: Final = BITS[b"select"]
# No names of elements: they stand for what was one in 2012 and isn't special any more.
_NEWER_BLOCKS: Final = frozenset((b"dialog", b"search"))
_IN_TABLES: Final = frozenset(
    (
        Insertion.IN_TABLE,
        Insertion.IN_CAPTION,
        Insertion.IN_COLUMN_GROUP,
        Insertion.IN_TABLE_BODY,
        Insertion.IN_ROW,
        Insertion.IN_CELL,
    )
)


def start(builder: Builder, tag: Tag) -> None:
    """Process a start tag."""
    rule = _STARTS.get(tag.name)
    if rule is None:
        _any_other(builder, tag)
    else:
        rule(builder, tag)


def end(builder: Builder, name: bytes) -> None:
    """Process an end tag."""
    rule = _ENDS.get(name)
    if rule is None:
        end_any_other(builder, name)
    else:
        rule(builder, name)


def text(builder: Builder, *, blank: bool) -> None:
    """Process text, of which all is white space or not."""
    reconstruct(builder)
    if not blank:
        builder.shut_frames()


# ---- start tags ----


def close_paragraph(builder: Builder) -> None:
    """Close a ``p`` element, if there is one in button scope."""
    if builder.top.within & PARAGRAPH:
        builder.pop_until(b"p")


def _any_other(builder: Builder, tag: Tag) -> None:
    reconstruct(builder)
    builder.insert(tag)


def _ignore(builder: Builder, tag: Tag) -> None:
    del builder, tag


def start_in_head(builder: Builder, tag: Tag) -> None:
    """Process a start tag by the rules "in head" that hold in other modes, too."""
    name = tag.name
    kind = TEXT_KINDS.get(name, "")
    if name == b"template":
        head = builder.head if builder.mode is Insertion.AFTER_HEAD else None
        builder.insert(tag, parent=head)
        builder.add_formatting(None)
        builder.shut_frames()
        builder.mode = Insertion.IN_TEMPLATE
        builder.template_modes = (*builder.template_modes, Insertion.IN_TEMPLATE)
    else:
        head = builder.head if builder.mode is Insertion.AFTER_HEAD else None
        builder.insert_closed(kind, parent=head)


def _body(builder: Builder, tag: Tag) -> None:
    del tag
    if builder.top.second == b"body" and builder.top.template is None:
        builder.shut_frames()


def _frameset(builder: Builder, tag: Tag) -> None:
    if builder.top.second == b"body" and builder.frames_ok:
        builder.top = builder.top.at(0)
        builder.insert(tag)
        builder.mode = Insertion.IN_FRAMESET


def _block(builder: Builder, tag: Tag) -> None:
    if builder.age is Age.OF_2012 and tag.name in _NEWER_BLOCKS:
        _any_other(builder, tag)
        return
    close_paragraph(builder)
    builder.insert(tag)


def _heading(builder: Builder, tag: Tag) -> None:
    close_paragraph(builder)
    if builder.is_at(*HEADINGS):
        builder.pop()
    builder.insert(tag)


def _pre(builder: Builder, tag: Tag) -> None:
    close_paragraph(builder)
    builder.insert(tag)
    builder.shut_frames()


def _form(builder: Builder, tag: Tag) -> None:
    in_template = builder.top.template is not None
    if builder.form is not None and not in_template:
        return
    close_paragraph(builder)
    node = builder.insert(tag)
    if not in_template:
        builder.form = node


def _list_item(builder: Builder, tag: Tag) -> None:
    builder.shut_frames()
    names = (b"li",) if tag.name == b"li" else (b"dd", b"dt")
    if builder.top.items & sum(BITS[name] for name in names):
        builder.pop_until(*names)
    close_paragraph(builder)
    builder.insert(tag)


def _plaintext(builder: Builder, tag: Tag) -> None:
    close_paragraph(builder)
    builder.insert(tag)
    builder.text = "plaintext"


def _button(builder: Builder, tag: Tag) -> None:
    if builder.top.scope & BITS[b"button"]:
        builder.imply_ends()
        builder.pop_until(b"button")
    reconstruct(builder)
    builder.insert(tag)
    builder.shut_frames()


def _anchor(builder: Builder, tag: Tag) -> None:
    node = find(builder.formatting, b"a")
    if node is not None:
        if adopt(builder, b"a"):
            end_any_other(builder, b"a")
        remove(builder, node)
        _remove_from_stack(builder, node)
    _formatting(builder, tag)


def _remove_from_stack(builder: Builder, node: Open) -> None:
    """Take an element out of the stack, if it is in it, and leave what stands on it."""
    top = builder.top
    if not top.holds(node):
        return
    above = []
    while top is not node:
        above.append(top)
        top = top.under
    builder.spend(len(above))
    below = node.under
    instead: dict[Open, Open | None] = {}
    for each in reversed(above):
        instead[each] = below = each.put_on(below, parent=each.parent)
    builder.put(below)
    builder.follow(instead)


def _formatting(builder: Builder, tag: Tag) -> None:
    reconstruct(builder)
    push_formatting(builder, builder.insert(tag))


def _nobr(builder: Builder, tag: Tag) -> None:
    reconstruct(builder)
    if builder.top.scope & BITS[b"nobr"]:
        if adopt(builder, b"nobr"):
            end_any_other(builder, b"nobr")
        reconstruct(builder)
    push_formatting(builder, builder.insert(tag))


def _marked(builder: Builder, tag: Tag) -> None:
    reconstruct(builder)
    builder.insert(tag)
    builder.add_formatting(None)
    builder.shut_frames()


def _table(builder: Builder, tag: Tag) -> None:
    if not builder.quirks:
        close_paragraph(builder)
    builder.insert(tag)
    builder.shut_frames()
    builder.mode = Insertion.IN_TABLE


def _void(builder: Builder, tag: Tag) -> None:
    del tag
    reconstruct(builder)
    builder.insert_closed()
    builder.shut_frames()


def _input(builder: Builder, tag: Tag) -> None:
    if builder.age is Age.TODAY and builder.top.scope & _SELECT:
        builder.pop_until(b"select")
        builder.turned = True
    reconstruct(builder)
    builder.insert_closed()
    if not is_hidden(tag):
        builder.shut_frames()


def is_hidden(tag: Tag) -> bool:
    """Tell whether an ``input`` is of the type ``hidden``."""
    kind = tag.get(b"type")
    return kind is not None and kind.text("latin-1").lower() == "hidden"


def _closed(builder: Builder, tag: Tag) -> None:
    del tag
    builder.insert_closed()


def _rule(builder: Builder, tag: Tag) -> None:
    del tag
    close_paragraph(builder)
    if builder.age is Age.TODAY and builder.top.scope & _SELECT:
        builder.imply_ends()
    builder.insert_closed()
    builder.shut_frames()


def _textarea(builder: Builder, tag: Tag) -> None:
    del tag
    builder.insert_closed("rcdata")
    builder.shut_frames()


def _xmp(builder: Builder, tag: Tag) -> None:
    del tag
    close_paragraph(builder)
    reconstruct(builder)
    builder.insert_closed("rawtext")
    builder.shut_frames()


def _iframe(builder: Builder, tag: Tag) -> None:
    del tag
    builder.insert_closed("rawtext")
    builder.shut_frames()


def _raw(builder: Builder, tag: Tag) -> None:
    del tag
    builder.insert_closed("rawtext")


def _noscript(builder: Builder, tag: Tag) -> None:
    if builder.scripting:
        builder.insert_closed("rawtext")
    else:
        _any_other(builder, tag)


def _select(builder: Builder, tag: Tag) -> None:
    if builder.age is Age.TODAY and builder.top.scope & _SELECT:
        builder.pop_until(b"select")
        return
    reconstruct(builder)
    builder.insert(tag)
    builder.shut_frames()
    if builder.age is not Age.TODAY:
        in_table = builder.mode in _IN_TABLES
        builder.mode = Insertion.IN_SELECT_IN_TABLE if in_table else Insertion.IN_SELECT


def _option(builder: Builder, tag: Tag) -> None:
    if builder.age is Age.TODAY and builder.top.scope & _SELECT:
        builder.imply_ends(b"optgroup" if tag.name == b"option" else b"")
    elif builder.is_at(b"option"):
        builder.pop()
    reconstruct(builder)
    builder.insert(tag)


def _ruby(builder: Builder, tag: Tag) -> None:
    newer = tag.name in {b"rb", b"rtc"}
    if newer and builder.age is Age.OF_2012:
        _any_other(builder, tag)
        return
    if builder.top.scope & BITS[b"ruby"]:
        builder.imply_ends(b"" if newer else b"rtc")
    builder.insert(tag)


def _foreign(builder: Builder, tag: Tag) -> None:
    reconstruct(builder)
    insert_foreign(builder, tag, "svg" if tag.name == b"svg" else "math")


def _index(builder: Builder, tag: Tag) -> None:
    if builder.age is not Age.OF_2012:
        _any_other(builder, tag)
    elif builder.form is None:
        # A form, two rules, a label and an input, all closed again.
        close_paragraph(builder)
        builder.insert_closed()
        reconstruct(builder)
        builder.shut_frames()


_STARTS: Final[dict[bytes, Start]] = {
    **dict.fromkeys(
        b"base basefont bgsound link meta noframes script style template title".split(),
        start_in_head,
    ),
    **dict.fromkeys(BLOCKS, _block),
    **dict.fromkeys(HEADINGS, _heading),
    **dict.fromkeys(FORMATTING, _formatting),
    **dict.fromkeys((b"pre", b"listing"), _pre),
    **dict.fromkeys((b"li", b"dd", b"dt"), _list_item),
    **dict.fromkeys((b"applet", b"marquee", b"object"), _marked),
    **dict.fromkeys((b"area", b"br", b"embed", b"img", b"image", b"keygen", b"wbr"), _void),
    **dict.fromkeys((b"param", b"source", b"track"), _closed),
    **dict.fromkeys((b"noembed", b"noframes"), _raw),
    **dict.fromkeys((b"option", b"optgroup"), _option),
    **dict.fromkeys((b"rb", b"rp", b"rt", b"rtc"), _ruby),
    **dict.fromkeys((b"math", b"svg"), _foreign),
    **dict.fromkeys((*TABLE_PARTS, b"frame", b"head", b"html"), _ignore),
    b"a": _anchor,
    b"body": _body,
    b"button": _button,
    b"form": _form,
    b"frameset": _frameset,
    b"hr": _rule,
    b"iframe": _iframe,
    b"input": _input,
    b"isindex": _index,
    b"nobr": _nobr,
    b"noscript": _noscript,
    b"plaintext": _plaintext,
    b"select": _select,
    b"table": _table,
    b"textarea": _textarea,
    b"xmp": _xmp,
}

# ---- end tags ----


def end_any_other(builder: Builder, name: bytes) -> None:
    """Process "any other end tag": close an element if nothing special is open inside it."""
    node = builder.top
    if not node.reach & 1 << (hash(name) % 61):
        return
    any_space = builder.age is Age.OF_2012
    sought = name, any_space
    while not node.lacks(sought):
        if node.name == name and (node.space == "html" or (any_space and name != b"foreignobject")):
            builder.top = node.under
            return
        if node.special:
            break
        node = node.under
    builder.spend(builder.top.miss(sought, node))


def _end_body(builder: Builder, name: bytes) -> None:
    if builder.top.scope & BITS[b"body"]:
        builder.mode = Insertion.AFTER_BODY
        if name == b"html":
            builder.mode = Insertion.AFTER_AFTER_BODY


def _end_block(builder: Builder, name: bytes) -> None:
    if name in {b"search", b"select"} and builder.age is Age.OF_2012:
        end_any_other(builder, name)
    elif builder.top.scope & BITS[name]:
        builder.pop_until(name)


def _end_form(builder: Builder, name: bytes) -> None:
    if builder.top.template is not None:
        _end_block(builder, name)
        return
    node = builder.form
    builder.form = None
    if node is None or not builder.top.holds(node) or node.depth <= builder.top.fence:
        return
    builder.imply_ends()
    _remove_from_stack(builder, node)


def _end_paragraph(builder: Builder, name: bytes) -> None:
    del name
    close_paragraph(builder)


def _end_list_item(builder: Builder, name: bytes) -> None:
    if builder.top.within & ITEM if name == b"li" else builder.top.scope & BITS[name]:
        builder.pop_until(name)


def _end_heading(builder: Builder, name: bytes) -> None:
    del name
    if builder.top.scope & HEADING_BITS:
        builder.pop_until(*HEADINGS)


def _end_formatting(builder: Builder, name: bytes) -> None:
    if adopt(builder, name):
        end_any_other(builder, name)


def _end_marked(builder: Builder, name: bytes) -> None:
    if builder.top.scope & BITS[name]:
        builder.pop_until(name)
        builder.clear_formatting()


def _end_br(builder: Builder, name: bytes) -> None:
    del name
    reconstruct(builder)
    if builder.age is not Age.OF_2012:
        builder.shut_frames()


def end_template(builder: Builder, name: bytes) -> None:
    """Process the end tag of a ``template``, which closes everything inside it."""
    del name
    if builder.top.template is not None:
        builder.pop_until(b"template")
        builder.clear_formatting()
        builder.template_modes = builder.template_modes[:-1]
        builder.reset_mode()


_ENDS: Final[dict[bytes, End]] = {
    **dict.fromkeys((BLOCKS - {b"p"}) | {b"button", b"listing", b"pre", b"select"}, _end_block),
    **dict.fromkeys(HEADINGS, _end_heading),
    **dict.fromkeys(FORMATTING, _end_formatting),
    **dict.fromkeys((b"li", b"dd", b"dt"), _end_list_item),
    **dict.fromkeys((b"applet", b"marquee", b"object"), _end_marked),
    **dict.fromkeys((b"body", b"html"), _end_body),
    b"br": _end_br,
    b"form": _end_form,
    b"p": _end_paragraph,
    b"template": end_template,
}
