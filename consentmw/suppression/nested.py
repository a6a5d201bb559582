"""Pages that stand inside an attribute: ``srcdoc``, and ``data:`` URLs shown in a frame."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as Base64Error
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import quote_from_bytes, unquote_to_bytes

from consentmw.html.encodings import read_label
from consentmw.html.mime import is_xml, read_mime_type
from consentmw.html.sieve import Edit

if TYPE_CHECKING:
    from consentmw.html.attributes import Attribute, Tag
    from consentmw.html.resources import Resource

_EDGES: Final = "".join(map(chr, range(0x21)))
_REMOVED: Final = str.maketrans("", "", "\t\n\r")
_BASE64: Final = re.compile(r";[ ]*base64\Z", re.IGNORECASE)
# Chromium takes it in any place, and trims what stands around a parameter's name.
_BASE64_ANYWHERE: Final = re.compile(r";\s*+base64\s*+(?:;|\Z)", re.IGNORECASE)
_CHARSET_ANYWHERE: Final = re.compile(
    r";\s*+charset\s*+=\s*+[\"']?+\s*+([^\s\"';,]++)", re.IGNORECASE
)
_WHITE_SPACE: Final = "\t\n\f\r "


class DataUrl(NamedTuple):
    """A ``data:`` URL, taken apart."""

    media_type: str
    """Without parameters, in lower case."""
    charset: str | None
    content: bytes
    fragment: str
    certain: bool
    """Whether every browser reads it so, or not at all."""


class Carried(NamedTuple):
    """A page that an attribute carries."""

    content: bytes
    xml: bool
    charset: str | None
    data: DataUrl | None
    """None for ``srcdoc``."""


def read_data_url(url: str) -> tuple[DataUrl, ...]:
    """Take a ``data:`` URL apart, in every way that browsers do; nothing for any other URL.

    Fetch, "data: URL processor". What stands in front of the comma is mostly plain, and read in one
    way only.
    """
    text = url.strip(_EDGES).translate(_REMOVED)
    if text[:5].lower() != "data:":
        return ()
    text, mark, fragment = text.partition("#")
    head, comma, body = text[5:].partition(",")
    if not comma:
        return ()
    head = head.strip(_WHITE_SPACE)
    encoded = _BASE64.search(head)
    typed = head[: encoded.start()] if encoded else head
    mime = read_mime_type(f"text/plain{typed}" if typed.startswith(";") else typed)
    labels = dict.fromkeys([mime.parameters.get("charset")])
    written = _CHARSET_ANYWHERE.findall(typed)
    labels.update(dict.fromkeys((*written[:1], *written[-1:])))
    content = unquote_to_bytes(body)
    contents = [] if encoded else [content]
    if _BASE64_ANYWHERE.search(head):
        decoded = _decode_base64(content)
        contents += [decoded] if decoded is not None else []
    certain = len(labels) == len(contents) == 1
    return tuple(
        DataUrl(mime.essence or "text/plain", label, each, mark + fragment, certain)
        for label in labels
        for each in contents
    )


def _decode_base64(text: bytes) -> bytes | None:
    """Infra, "forgiving-base64 decode"; None where it fails, and nothing is loaded."""
    text = text.translate(None, b"\t\n\f\r ")
    if len(text) % 4 == 0:
        text = text.removesuffix(b"=").removesuffix(b"=")
    if b"=" in text:
        return None
    try:
        return b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except Base64Error:
        return None


def carried_in(resource: Resource) -> tuple[Carried, ...]:
    """Return the page that a resource carries in place, if it does, in each way to read it."""
    if not resource.urls:
        return ()
    if resource.role == "page":
        content = resource.urls[0].encode("utf-8", "replace")
        return (Carried(content, xml=False, charset="utf-8", data=None),)
    found: list[Carried] = []
    if resource.role == "frame":
        for data in read_data_url(resource.urls[0]):
            xml = is_xml(data.media_type)
            if xml or data.media_type == "text/html":
                found.append(Carried(data.content, xml, data.charset, data))
    return tuple(found)


def written_by(url: str) -> Carried | None:
    """Return a ``javascript:`` URL read as a page: in a frame, its value is one."""
    text = url.strip(_EDGES).translate(_REMOVED)
    scheme, colon, script = text.partition(":")
    if not colon or scheme.lower() != "javascript":
        return None
    return Carried(unquote_to_bytes(script), xml=False, charset="utf-8", data=None)


def is_sandboxed(tag: Tag) -> bool:
    """Tell whether no script runs in the page that a frame shows."""
    sandbox = tag.get(b"sandbox") if tag.name == b"iframe" else None
    return sandbox is not None and "allow-scripts" not in sandbox.text("latin-1").lower().split()


def put_back(attribute: Attribute, carried: Carried, content: bytes, encoding: str) -> Edit:
    """Write a rewritten page back into its attribute."""
    if carried.data is None:
        text = content.decode("utf-8", "replace").replace("&", "&amp;").replace('"', "&quot;")
        text = text.replace("<", "&lt;").replace("\r", "&#13;")
    else:
        label = read_label(carried.charset) if carried.charset else None
        charset = f";charset={label}" if label else ""
        body = quote_from_bytes(content, safe="/:;=?@!$'()*+,-._~")
        fragment = carried.data.fragment.replace('"', "%22").replace("<", "%3C")
        text = f"data:{carried.data.media_type}{charset},{body}" + fragment.replace("&", "&amp;")
    value = text.encode(encoding, "xmlcharrefreplace")
    start = attribute.start + len(attribute.name)
    return Edit(start, attribute.end, b'="' + value + b'"')
