"""What of a parsed page is alive and denied, and what may be touched at all.

Two strengths of one question: `alive` names what a browser would load, and none of it may remain;
`touchable` names, generously, what may be suppressed, and nothing beyond it may be missing.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, Protocol

import tinycss2
from fuzzing.places import Page, candidates, pages_in, places, resolve
from fuzzing.trees import turbohtml_elements
from fuzzing.xml_documents import xml_elements

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fuzzing.places import Bases, Place
    from fuzzing.trees import Element


GUARD = "/choices/guard.js"
"""What the tests have inserted."""


class Judge(Protocol):
    """What is denied on the pages of one test."""

    bases: Bases
    """The pages' own address."""

    def denies_place(self, place: Place) -> bool:
        """Whether what is there is denied."""

    def denies_on(self, host: str) -> bool:
        """Whether anything on a host is."""

    def denies_script(self, text: str) -> bool:
        """Whether an inline script is."""

    def may_deny_script(self, text: str) -> bool:
        """Whether an inline script may be taken for denied."""

    def denies_tag(self, value: str) -> bool | None:
        """What a site's own tag says: denied, allowed, or nothing."""


class Reading(NamedTuple):
    """How one browser reads pages: its parser, with scripting on or off."""

    parse: Callable[[str, bool], list[Element]]
    scripting: bool

    def elements(self, text: str) -> list[Element]:
        """Every element of a page; nothing from a parser that trips over it."""
        elements = self.parse(text, self.scripting)
        # turbohtml takes svg's `template` for HTML's at the end tag, and closes even the root.
        roots = sum(element.parent is None for element in elements)
        return elements if roots == 1 else []

    def __str__(self) -> str:
        return f"{self.parse.__name__}, scripting {'on' if self.scripting else 'off'}"


_CODE = re.compile(
    r"(?:(?:text|application)/(?:x-)?(?:java|ecma)script"
    r"|text/(?:livescript|jscript|javascript1\.[0-5])|module)?\Z",
    re.IGNORECASE,
)
_HINTS = frozenset(
    {
        *("preload", "prefetch", "preconnect", "dns-prefetch", "modulepreload", "prerender"),
        *("stylesheet", "icon", "shortcut", "manifest", "mask-icon"),
        *("apple-touch-icon", "apple-touch-icon-precomposed"),
    }
)
_LOADS: dict[str, tuple[str, ...]] = {
    "script": ("src",),
    "img": ("src", "srcset"),
    "source": ("src", "srcset"),
    "iframe": ("src", "srcdoc"),
    "frame": ("src",),
    "embed": ("src",),
    "object": ("data",),
    "video": ("src", "poster"),
    "audio": ("src",),
    "track": ("src",),
    "link": ("href", "imagesrcset"),
    "input": ("src",),
    "body": ("background",),
    "table": ("background",),
    "thead": ("background",),
    "tbody": ("background",),
    "tfoot": ("background",),
    "tr": ("background",),
    "td": ("background",),
    "th": ("background",),
}
_SVG_LOADS = frozenset({"image", "feImage", "script", "use"})
_FRAMES = frozenset({"iframe", "frame", "object", "embed"})


def is_code(element: Element) -> bool:
    """Whether a script element's content runs (HTML, "prepare the script element")."""
    kind = element.attributes.get("type")
    if kind is None and element.space == "html":
        language = element.attributes.get("language")
        return not language or _CODE.match("text/" + language) is not None
    return not kind or _CODE.match(kind.strip(" \t\n\f\r")) is not None


def loading_attributes(element: Element) -> tuple[str, ...]:
    """The attributes by which an element loads something."""
    attributes = element.attributes
    if element.name == "script" and not is_code(element):
        return ()
    if element.space == "svg":
        return ("href", "xlink:href") if element.name in _SVG_LOADS else ()
    if element.space != "html":
        return ()
    if element.name == "input" and attributes.get("type", "").lower() != "image":
        return ()
    if element.name == "link" and not _HINTS & set(attributes.get("rel", "").lower().split()):
        return ()
    if element.name == "iframe" and "srcdoc" in attributes:
        return ("srcdoc",)
    return _LOADS.get(element.name, ())


def bases_of(elements: list[Element], own: Bases, before: Element | None = None) -> Bases:
    """A page's base URLs: its own, or what its first ``base`` with a ``href`` says.

    With ``before``, those at the time when that element comes: foster parenting may put a ``base``
    in front of what came earlier.
    """
    place = before.tag if before is not None else None
    for element in elements:
        if place is None or element.tag is None:
            if element is before:
                break
        elif element.tag >= place:
            continue
        if element.name == "base" and element.space == "html" and not element.inert:
            href = element.attributes.get("href")
            if href is not None and not element.is_in_shadow():
                return tuple(_frozen(href, base) for base in own)
    return own


def _frozen(href: str, base: str) -> str:
    # HTML, "set the frozen base URL".
    resolved = resolve(href, base)
    unfit = resolved is None or resolved.startswith(("data:", "javascript:"))
    return base if unfit else resolved or base


def alive(text: str, reading: Reading, judge: Judge, inherited: Bases | None = None) -> list[str]:
    """Name everything of a denied resource that a browser would load from ``text``."""
    return [
        why for past in history(text, reading) for why in _alive(past, reading, judge, inherited)
    ]


def history(text: str, reading: Reading) -> Iterator[str]:
    """Yield a page, and as much of it as had come when a ``frameset`` took the body's place.

    What stood in the body has loaded by then, though it is in no tree that a parser returns.
    """
    yield text
    if "<frameset" in text.lower():
        for element in reading.elements(text):
            if element.name == "frameset" and element.tag is not None:
                yield text[: element.tag[0]]
                return


def _alive(text: str, reading: Reading, judge: Judge, inherited: Bases | None) -> list[str]:
    elements = reading.elements(text)
    placed = turbohtml_elements(text, reading.scripting)
    if not any(element.tag for element in elements):
        _borrow_places(elements, placed)
    for element in elements:
        if element.name in {"body", "html"} and "data-consent" in element.attributes:
            # A later tag adds to the attributes, but what is loaded by then is loaded.
            first = next(each for each in placed if each.name == element.name)
            # Where this reading has it only implied, none of them is its own.
            names = first.own_attributes(text) if element.tag else set()
            element.late = "data-consent" not in names
            if element.late and _loaded_untagged(element.name, text, reading):
                del element.attributes["data-consent"]
    own = inherited or judge.bases
    # Most pages have no `base` to look for behind each of their elements.
    based = elements if any(element.name == "base" for element in elements) else []
    unfinished = _unfinished_script(placed)
    for element in elements:
        if element.name == "script" and _is_unfinished(element, unfinished):
            element.text = ""
    allowed = [e for e in elements if e.name in _COPIED and _said_around(e, judge) is False]
    return [
        f"<{element.name} {why}"
        for element in elements
        if not element.inert
        and element.attributes.get("src") != GUARD
        and not _is_copy(element, allowed)
        for why in _loads(element, bases_of(based, own, _before(element)), reading, judge)
    ]


def _loaded_untagged(name: str, text: str, reading: Reading) -> bool:
    """Whether a body had what it loads before the site's tag on it had come."""
    for match in re.finditer(rf"<{name}(?=[\s/>])", text, re.IGNORECASE):
        past = [e for e in reading.elements(text[: match.start()]) if e.name == name]
        if past and {"background", "style"} & past[0].attributes.keys():
            return "data-consent" not in past[0].attributes
    return False


def _borrow_places(elements: list[Element], placed: list[Element]) -> None:
    """Give what a parser that tells no places has found those of the same elements elsewhere."""
    for name in {each.name for each in elements}:
        ours = [each for each in elements if each.name == name]
        theirs = [each for each in placed if each.name == name]
        if len(ours) == len(theirs):
            for element, other in zip(ours, theirs, strict=True):
                element.tag, element.end = other.tag, other.end


def _before(element: Element) -> Element | None:
    """What stands behind every ``base`` that counts when an element loads something."""
    # The attributes of the body, where it is only implied, come from a later tag.
    return None if element.name in {"body", "html"} and element.tag is None else element


# What has nothing inside, but for what of svg has such a name; a script of svg has, which is text.
_NO_CONTAINERS = frozenset(
    {"script", "img", "source", "iframe", "frame", "embed", "track", "link", "input"}
)


def _is_unfinished(element: Element, unfinished: str) -> bool:
    if element.tag is None:
        return element.text == unfinished
    return element.end is None


def _unfinished_script(placed: list[Element]) -> str:
    """The text of a script that the end of the file cuts, which therefore never runs."""
    scripts = [each for each in placed if each.name == "script"]
    return scripts[-1].text if scripts and scripts[-1].end is None else ""


# HTML, "reconstruct the active formatting elements".
_COPIED = frozenset(
    {"a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong"}
    | {"tt", "u"}
)


def _is_copy(element: Element, originals: list[Element]) -> bool:
    """Whether the parser has made an element again of a tag that stands where the site allows it.

    What it loads is loaded already.
    """
    return any(
        element is not each
        and element.name == each.name
        and element.tag in {None, each.tag}
        and element.attributes == each.attributes
        for each in originals
    )


def _tag_of(element: Element, judge: Judge) -> bool | None:
    return judge.denies_tag(element.attributes.get("data-consent", ""))


def _said_around(element: Element, judge: Judge) -> bool | None:
    """What the innermost tag says that stands around an element."""
    return next(
        (
            tag
            for a in element.ancestors()
            if (a.name not in _NO_CONTAINERS or (a.space != "html" and a.name != "script"))
            and not a.late
            and (tag := _tag_of(a, judge)) is not None
        ),
        None,
    )


def _loads(element: Element, bases: Bases, reading: Reading, judge: Judge) -> Iterator[str]:
    names = loading_attributes(element)
    # With a source, be it an empty one, a script's text is ignored; SVG's has another name.
    sources = {"href", "xlink:href"} if element.space == "svg" else {"src"}
    runs = (
        element.name == "script"
        and element.space != "math"
        and sources.isdisjoint(element.attributes)
        and is_code(element)
    )
    style = element.name == "style" and element.space != "math"
    if not (names or runs or style or _is_list(element) or "style" in element.attributes):
        return
    if element.name == ":other":
        return  # of no namespace in which attributes mean anything
    own = _tag_of(element, judge)
    around = _said_around(element, judge)
    if own is False or (own is None and around is False):
        return  # the site says that it is allowed
    denied = own is True or (own is None and around is True)
    for name in names:
        value = element.attributes.get(name)
        if value is None or not value.strip():
            continue  # nothing is loaded from an empty URL
        if name == "srcdoc":
            nested = alive(page_of(value).text, nested_reading(element, reading), judge, bases)
            yield from (f"srcdoc: {why}" for why in nested)
        elif denied:
            yield f"{name} tagged>"
        elif any(judge.denies_place(place) for place in _places_in(name, value, bases)):
            yield f"{name}={value!r}>"
        elif element.name in _FRAMES:
            for page in pages_in(value):
                inner = nested_reading(element, reading, page)
                nested = alive(page.text, inner, judge, ("data:,",))
                yield from (f"{name} data: {why}" for why in nested)
    if runs and (denied or judge.denies_script(element.text)):
        yield f">{element.text!r}"
    if element.name == "script" and _is_list(element):
        for url in _json_strings(element.text):
            if any(judge.denies_place(place) for place in places(url, bases)):
                yield f"lists {url!r}>"
    sheets = [element.attributes.get("style", "")]
    if style and element.attributes.get("type", "").lower() in {"", "text/css"}:
        sheets.append(element.text)
    for sheet in sheets:
        for url in css_urls(sheet):
            if url and any(judge.denies_place(place) for place in places(url, bases)):
                yield f"style {url!r}>"


def _is_list(element: Element) -> bool:
    """Whether an element may be an import map or speculation rules."""
    kind = element.attributes.get("type", "").strip("\t\n\f\r ").lower()
    return kind in {"importmap", "speculationrules"}


def _json_strings(text: str) -> Iterator[str]:
    """Yield every string in some JSON that is no key; nothing where it isn't JSON."""
    try:
        values = [json.loads(text)]
    except ValueError:
        return
    while values:
        match values.pop():
            case str(value):
                yield value
            case list(inner):
                values += inner
            case dict(members):
                values += members.values()
            case _:
                pass


def _places_in(name: str, value: str, bases: Bases) -> frozenset[Place]:
    if name not in {"srcset", "imagesrcset"}:
        return places(value, bases)
    return frozenset(place for url in candidates(value) for place in places(url, bases))


@lru_cache(maxsize=4096)
def css_urls(sheet: str) -> tuple[str, ...]:
    """Return what a style sheet, or a ``style`` attribute, loads; read by tinycss2."""
    if "(" not in sheet and "@" not in sheet:
        return ()
    return tuple(_urls_among(tinycss2.parse_component_value_list(sheet), ""))


_SETS = frozenset({"image-set", "-webkit-image-set"})


def _urls_among(tokens: list[tinycss2.ast.Node], function: str) -> Iterator[str]:
    importing = function in {"url", "src"}  # then the first token counts
    for token in tokens:
        if token.type in {"whitespace", "comment"}:
            continue
        expected, importing = importing, False
        match token.type:
            case "url":
                yield token.value
            case "at-keyword":
                importing = token.lower_value == "import"
            case "string" if expected or function in _SETS:
                yield token.value
            case "function":
                yield from _urls_among(token.arguments, token.lower_name)
            case "() block" | "[] block" | "{} block":
                yield from _urls_among(token.content, "")
            case _:
                pass


def _words(value: str) -> Iterator[str]:
    for word in _WORD.findall(value):
        yield word
        yield from css_urls(f"url('{word}')")


_WORD = re.compile(r"[^\n\r\f \"'();]+")
# Whatever may hold a URL, loaded or not: an engine may be stricter than browsers are today.
_TOUCHABLE = frozenset(
    {
        *("src", "srcset", "srcdoc", "href", "xlink:href", "data", "poster", "background"),
        *("imagesrcset", "ping", "formaction", "action", "lowsrc", "dynsrc", "manifest"),
        *(
            "codebase",
            "classid",
            "archive",
            "longdesc",
            "cite",
            "usemap",
            "profile",
            "style",
            "content",
        ),
    }
)


def touchable(element: Element, all_bases: set[Bases], judge: Judge) -> bool | set[str]:
    """What may be suppressed of an element: all (True), some attributes, or nothing (False)."""
    if _tag_of(element, judge) or any(_tag_of(a, judge) for a in element.ancestors()):
        return True
    if element.name == "script" and judge.may_deny_script(element.text):
        return True
    touched = {
        name
        for name, value in element.attributes.items()
        if (name in _TOUCHABLE or (element.space == "svg" and "(" in value))
        and _may_be_denied(value, all_bases, judge)
    }
    base = element.attributes.get("href") if element.name == "base" else None
    if base is not None and any(
        judge.denies_on(place.host) for bases in all_bases for place in places(base, bases)
    ):
        # What stands in front of it may be asked for only behind it.
        touched.add("href")
    return touched or False


def _may_be_denied(value: str, all_bases: set[Bases], judge: Judge) -> bool:
    # No host has a U+FFFD, but another decoder may read a letter where one says that.
    value = value.replace("\ufffd", "x")
    return judge.may_deny_script(value) or any(
        judge.denies_place(place)
        for bases in all_bases
        for url in {value, *candidates(value), *_words(value), *css_urls(value)}
        for place in places(url, bases)
    )


def nested_pages(element: Element) -> Iterator[tuple[str, list[Page]]]:
    """Yield the pages that an element carries in its attributes."""
    if element.name == "iframe" and "srcdoc" in element.attributes:
        yield "srcdoc", [page_of(element.attributes["srcdoc"])]
    if element.name in _FRAMES:
        for name in ("src", "data"):
            pages = pages_in(element.attributes.get(name, ""))
            if pages:
                yield name, pages


def page_of(srcdoc: str) -> Page:
    """The document of a ``srcdoc``, which is never in quirks mode (HTML, "initial")."""
    return Page("<!doctype html>" + srcdoc)


def nested_reading(element: Element, outer: Reading, page: Page | None = None) -> Reading:
    """How the browser that reads a page so reads the one that an element of it carries."""
    if page is not None and page.xml:
        return Reading(xml_elements, True)
    sandbox = element.attributes.get("sandbox") if element.name == "iframe" else None
    if sandbox is not None and "allow-scripts" not in sandbox.lower().split():
        return Reading(outer.parse, False)
    return outer
