# ruff: noqa: E501 # ingredients: a line for each, however it has to be quoted
"""XHTML and SVG documents around something denied, and what an XML parser makes of them.

Browsers parse these by XML's rules: names are case-sensitive, prefixes are bound by the document,
`script` holds markup, entities may be declared, and what stands before an error has already run.
libxml2 reads them for the question what is alive, as it does in Chromium; expat, as in Firefox, says
where elements stand.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING
from xml.parsers import expat

from fuzzing.denied import HOST, LOADER, START
from fuzzing.spellings import denied_url, fine_url
from fuzzing.trees import Element
from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from fuzzing.trees import Space

_SPACES: dict[str, Space] = {
    "http://www.w3.org/1999/xhtml": "html",
    "http://www.w3.org/2000/svg": "svg",
    "http://www.w3.org/1998/Math/MathML": "math",
}
_XLINK = "http://www.w3.org/1999/xlink"


def xml_elements(text: str, scripting: bool) -> list[Element]:
    """Parse by libxml2 up to the first error; scripting makes no difference to XML."""
    del scripting
    parser = etree.XMLPullParser(
        events=("start", "end"), resolve_entities=True, no_network=True, huge_tree=False
    )
    elements: list[Element] = []
    seen: dict[etree._Element, Element] = {}
    try:
        parser.feed(re.sub(r"\A(\ufeff?<\?xml[^>]*?)\s+encoding\s*=\s*([\"']).*?\2", r"\1", text))
        parser.close()
    except (etree.XMLSyntaxError, ValueError):
        pass
    try:
        events = list(parser.read_events())
    except etree.XMLSyntaxError:
        events = []
    for event, node in events:
        if not isinstance(node.tag, str):
            continue
        if event == "end":
            if node in seen:
                seen[node].text = "".join([node.text or "", *(child.tail or "" for child in node)])
            continue
        uri, _, name = node.tag.rpartition("}")
        space = _SPACES.get(uri[1:])
        parent = seen.get(node.getparent()) if node.getparent() is not None else None
        attributes = {}
        for key, value in node.attrib.items():
            namespace, _, attribute = key.rpartition("}")
            if not namespace:
                attributes[attribute] = value
            elif namespace[1:] == _XLINK:
                attributes["xlink:" + attribute] = value
        element = Element(space or "html", name if space else ":other", attributes, parent)
        seen[node] = element
        elements.append(element)
    return elements


def is_well_formed(text: str) -> bool:
    """Whether a browser shows the document, and not an error."""
    try:
        etree.fromstring(text.encode(), etree.XMLParser(no_network=True))
    except etree.XMLSyntaxError:
        return False
    return True


def xml_elements_with_places(text: str, scripting: bool) -> list[Element]:
    """Parse by expat up to the first error, with the place of each tag."""
    del scripting
    parser = expat.ParserCreate("utf-8", namespace_separator=" ")
    data = text.encode()
    elements: list[Element] = []
    stack: list[Element] = []

    def place(index: int) -> int:
        return len(data[:index].decode("utf-8", "replace"))

    def tag_end(index: int) -> int:
        match = _TAG.match(data, index)
        return match.end() if match else index

    def start(name: str, attributes: dict[str, str]) -> None:
        uri, _, local = name.rpartition(" ")
        index = parser.CurrentByteIndex
        element = Element(
            _SPACES.get(uri, "html"),
            local if uri in _SPACES else ":other",
            {
                ("xlink:" if key.startswith(_XLINK) else "") + key.rpartition(" ")[2]: value
                for key, value in attributes.items()
            },
            stack[-1] if stack else None,
        )
        if data.startswith(b"<", index):
            element.tag = (place(index), place(tag_end(index)))
        elements.append(element)
        stack.append(element)

    def end(name: str) -> None:
        element = stack.pop()
        index = parser.CurrentByteIndex
        if element.tag and text.endswith("/>", 0, element.tag[1]):
            element.end = element.tag
        elif element.tag and data.startswith(b"</", index):
            element.end = (place(index), place(data.find(b">", index) + 1))

    def characters(content: str) -> None:
        for element in stack:  # generous: a script's own text is only what is directly inside
            if element is stack[-1] or element.name == "script":
                element.text += content

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    with suppress(expat.ExpatError):
        parser.Parse(data, True)
    return elements


_TAG = re.compile(rb"<(?:\"[^\"]*\"|'[^']*'|[^\"'>])*>")


def write_xml_document(rng: Random) -> str:
    """Write a document."""
    svg = rng.random() < 0.4
    declarations = ""
    if rng.random() < 0.3:
        declarations = rng.choice(
            (
                f"<!DOCTYPE html [<!ENTITY s \"<script xmlns='http://www.w3.org/1999/xhtml' src='//{HOST}/a'/>\">]>",
                f"<!DOCTYPE html [<!ENTITY h '{HOST}'><!ENTITY s 'x'>]>",
                f"<!DOCTYPE svg [<!ATTLIST image href CDATA '//{HOST}/a'><!ENTITY s 'x'>]>",
                "<!DOCTYPE html [<!ENTITY s '&#60;b/>'>]>",
                '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">',
                "<!DOCTYPE html [<!-- ]> <script> --><!ENTITY s ']>'>]>",
            )
        )
    head = rng.choice(("", "", "<?xml version='1.0'?>", '<?xml version="1.0" encoding="utf-8"?>\n'))
    sheet = rng.choice(("", "", f"<?xml-stylesheet href='//{HOST}/a.css'?>", "<?x >?>"))
    inside = "".join(rng.choice(_XML_PIECES)(rng) for _ in range(rng.randrange(1, 6)))
    if svg:
        body = f"<svg xmlns='http://www.w3.org/2000/svg' xmlns:svg='http://www.w3.org/2000/svg' xmlns:xlink='{_XLINK}' xmlns:q='{_XLINK}' xmlns:h='http://www.w3.org/1999/xhtml'>{inside}</svg>"
    else:
        body = f"<html xmlns='http://www.w3.org/1999/xhtml' xmlns:svg='http://www.w3.org/2000/svg' xmlns:xlink='{_XLINK}' xmlns:q='{_XLINK}' xmlns:h='http://www.w3.org/1999/xhtml'><head><title>t</title></head><body>{inside}</body></html>"
    text = head + declarations + sheet + body
    if rng.random() < 0.3:
        place = rng.randrange(len(text) + 1)
        text = (
            text[:place]
            + rng.choice(("<", ">", "&", "]]>", '"', "<!--", "<br>", "</p>", ""))
            + text[place + rng.randrange(3) :]
        )
    return text


def _value(rng: Random) -> str:
    url = denied_url(rng) if rng.random() < 0.75 else fine_url(rng)
    url = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", url)
    if rng.random() < 0.2:
        url = "".join(
            f"&#{ord(c)};" if rng.random() < 0.3 else "&amp;" if c == "&" else c for c in url
        )
    else:
        url = url.replace("&", "&amp;")
    return url.replace('"', "&quot;").replace("<", "&lt;")


_XML_NAMES = (
    ("script", "src"), ("h:script", "src"), ("SCRIPT", "src"), ("img", "src"), ("h:img", "src"), ("iframe", "src"), ("svg:image", "href"), ("image", "href"),
    ("svg:image", "xlink:href"), ("image", "q:href"), ("svg:script", "q:href"), ("script", "xlink:href"), ("svg:use", "href"), ("link", "href"),
    ("h:link", "href"), ("object", "data"), ("video", "poster"), ("img", "srcset"), ("x", "src"), ("img", "h:src"), ("IMG", "src"), ("embed", "src"),
    ("svg:feImage", "href"), ("frame", "src"), ("source", "src"), ("input type='image'", "src"),
)  # fmt: skip


def _xml_loader(rng: Random) -> str:
    name, attribute = rng.choice(_XML_NAMES)
    more = ' rel="preload"' if "link" in name else ""
    if rng.random() < 0.1:
        more += f' data-consent="{rng.choice(("advertising", "status"))}"'
    bare = name.partition(" ")[0]
    tag = f'<{name}{more}{rng.choice((" ", chr(10), "  "))}{attribute}{rng.choice(("=", " = "))}"{_value(rng)}"'
    return tag + rng.choice(
        (
            "/>",
            " />",
            f"></{bare}>",
            f">x</{bare} >",
            f"><p/></{bare}>",
            f"><![CDATA[</{bare}>]]></{bare}>",
        )
    )


def _xml_inline(rng: Random) -> str:
    code = rng.choice((f"s.src='https://{LOADER}'", f"{START})", f"{START.replace('d', '&#100;', 1)})", f"<![CDATA[{START});]]>", f"{START[:6]}<![CDATA[{START[6:]})]]>",
                       f"{START[:6]}<!-- -->{START[6:]})", "x&lt;y", f"<b>{START}</b>"))  # fmt: skip
    name = rng.choice(("script", "h:script", "svg:script"))
    return f"<{name}{rng.choice(('', ' type=' + chr(34) + 'module' + chr(34)))}>{code}</{name}>"


def _xml_wrap(rng: Random) -> str:
    inside = rng.choice(_XML_PIECES[:-1])(rng)
    before, after = rng.choice(
        (
            ("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?x ", "?>"), ("<style>", "</style>"), ("<title>", "</title>"), ("<noscript>", "</noscript>"),
            ("<svg:style>", "</svg:style>"), ("<template>", "</template>"), ("<p title='", "'/>"), ("<textarea>", "</textarea>"), ("<xmp>", "</xmp>"),
            ("<script><!--", "--></script>"), ("<div data-consent='advertising'>", "</div>"), ("<style><![CDATA[", "]]></style>"), ("<p>", "</p>"),
            ("<z xmlns='http://www.w3.org/2000/svg'>", "</z>"), ("<z xmlns='urn:x'>", "</z>"), ("<z xmlns='http://www.w3.org/1999/xhtml'>", "</z>"),
            ("<plaintext/>", ""), ("<script/>", ""), ("<iframe/>", ""),
        )
    )  # fmt: skip
    return before + inside + after


_XML_PIECES: tuple[Callable[[Random], str], ...] = (
    _xml_loader,
    _xml_loader,
    _xml_loader,
    _xml_inline,
    lambda rng: rng.choice(
        ("t", "&amp;", "&s;", "&h;", "&#60;", "<p>x</p>", "<br/>", "&nbsp;", "<p a='>'/>")
    ),
    _xml_wrap,
)
