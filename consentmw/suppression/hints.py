"""Which hosts a response's header fields may send a browser to, before or beside its page.

`Link`, `Speculation-Rules`, `Reporting-Endpoints`, `Report-To` and `NEL` make a browser look up,
connect to, fetch from or report to hosts, and no content security policy covers most of it. What
names a denied host is taken out; what is kept leaves byte for byte. A field that can't be read is
taken out too, since it can't be said whom it names: those in structured syntax and JSON a browser
couldn't read either.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from consentmw.core.catalogue import Classification, DeniedIndex

# Relations whose target a browser fetches or prepares for by itself (`next` older versions of
# Firefox). Others (canonical, license, …) only say something about the page.
_FETCHED_RELATIONS: Final = frozenset({
    "compression-dictionary", "dns-prefetch", "icon", "manifest", "modulepreload", "next",
    "preconnect", "prefetch", "preload", "prerender", "stylesheet",
})  # fmt: skip

_QUOTED: Final = rb'"(?:[^"\\]|\\.)*+"'
# RFC 8288, 3: <target> and parameters, to the comma that ends them.
_LINK: Final = re.compile(rb"[ \t,]*+<([^>]*+)>((?:[^,\"]|" + _QUOTED + rb")*+)(?:,|\Z)", re.DOTALL)
_LINK_PARAMETER: Final = re.compile(
    rb";[ \t]*+([^\s=;,\"]++)[ \t]*+=[ \t]*+(" + _QUOTED + rb"|[^;,\"]*+)", re.DOTALL
)
# RFC 9651: members that are strings, each with its parameters; of a dictionary also with its key.
_STRING_MEMBER: Final = re.compile(
    rb"[ \t]*+(?:[a-z*][a-z0-9_.*-]*+=)?\"((?:[^\"\\]|\\[\"\\])*+)\""
    rb"((?:[^,\"]|" + _QUOTED + rb")*+)(?:,|\Z)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeniedHint:
    """An entry of a header field that names a denied host."""

    field: str
    url: str
    classification: Classification


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptHints:
    """What is left of some fields, each in its place, and what was taken out of them."""

    values: tuple[bytes | None, ...]
    """`None` where nothing is left; the same object where nothing was taken out."""
    denied: tuple[DeniedHint, ...] = ()


def keep_hints(
    fields: Sequence[tuple[bytes, bytes]], *, index: DeniedIndex, own_host: str
) -> KeptHints:
    """Take what names denied hosts out of a response's hint fields.

    Args:
        fields: Names, in lower case and among `HINT_FIELDS`, with their values. They are read
            together, because `NEL` names a group that `Report-To` defines.
        index: What is denied.
        own_host: The request's host, to which relative URLs belong.
    """
    judge = _Judge(index, own_host)
    values = [_READERS[name](value, judge) if name in _READERS else value for name, value in fields]
    for position, (name, value) in enumerate(fields):
        # NEL names no URL: without its group it would be reported to one of an earlier response.
        if name == b"nel" and not judge.lost_groups.isdisjoint(_groups_of_nel(value)):
            values[position] = None
    return KeptHints(values=tuple(values), denied=tuple(judge.denied))


def keep_links(value: bytes, *, index: DeniedIndex, own_host: str) -> KeptHints:
    """The same for one value of `Link`, as early hints carry it."""
    return keep_hints([(b"link", value)], index=index, own_host=own_host)


class _Judge:
    """Classifies URLs for one response and notes what was denied."""

    def __init__(self, index: DeniedIndex, own_host: str) -> None:
        self._index = index
        self._own_host = own_host
        self.denied: list[DeniedHint] = []
        self.lost_groups: set[str] = set()
        """The groups of `Report-To` that no endpoint is left to."""

    def denies(self, field: str, url: str) -> bool:
        classification = self._index.catalogue.classify_url(url, own_host=self._own_host)
        if classification is None or classification.category not in self._index.denied:
            return False
        self.denied.append(DeniedHint(field=field, url=url, classification=classification))
        return True


def _read_links(value: bytes, judge: _Judge) -> bytes | None:
    kept: list[bytes] = []
    denied = False
    position = 0
    while match := _LINK.match(value, position):
        position = match.end()
        # All are asked about, so that all are noted.
        if [url for url in _fetched_urls(match[1], match[2]) if judge.denies("link", url)]:
            denied = True
        else:
            kept.append(match[0].strip(b" \t,"))
    if value[position:].strip(b" \t,"):
        # Where entries end from here on depends on who reads, so none of them is kept.
        denied = True
    return (b", ".join(kept) or None) if denied else value


def _fetched_urls(target: bytes, parameters: bytes) -> Iterator[str]:
    """The URLs of a link that a browser acts on by itself."""
    found = [(name.lower(), _text(value)) for name, value in _LINK_PARAMETER.findall(parameters)]
    # RFC 8288, 3.3: the first `rel` counts. Not every browser keeps to that, or to its quotes.
    said = " ".join(value for name, value in found if name == b"rel").lower()
    relations = said.replace("'", " ").split()
    if _FETCHED_RELATIONS.isdisjoint(relations):
        return
    yield _decoded(target)
    for name, value in found:
        if name == b"imagesrcset":
            # HTML, srcset: a URL has no white space; what is left over are commas and descriptors.
            yield from (part.strip(",") for part in value.split())


def _read_strings(value: bytes, judge: _Judge, *, field: str) -> bytes | None:
    """A list of strings (`Speculation-Rules`) or a dictionary of them (`Reporting-Endpoints`)."""
    kept: list[bytes] = []
    denied = False
    position = 0
    while position < len(value):
        match = _STRING_MEMBER.match(value, position)
        if match is None:
            return None
        position = match.end()
        if judge.denies(field, _decoded(re.sub(rb"\\(.)", rb"\1", match[1]))):
            denied = True
        else:
            kept.append(match[0].strip(b" \t,"))
    return (b", ".join(kept) or None) if denied else value


def _read_speculation_rules(value: bytes, judge: _Judge) -> bytes | None:
    return _read_strings(value, judge, field="speculation-rules")


def _read_reporting_endpoints(value: bytes, judge: _Judge) -> bytes | None:
    return _read_strings(value, judge, field="reporting-endpoints")


def _read_report_to(value: bytes, judge: _Judge) -> bytes | None:
    """Groups of endpoints, as JSON objects with commas between them."""
    groups = _json_objects(value)
    if groups is None:
        return None
    kept = []
    denied = False
    for group in groups:
        endpoints = group.get("endpoints")
        if not isinstance(endpoints, list):  # max_age 0 forgets a group without naming endpoints
            kept.append(group)
            continue
        left = [one for one in endpoints if not judge.denies("report-to", _endpoint_url(one))]
        denied = denied or len(left) < len(endpoints)
        if left or not endpoints:
            kept.append({**group, "endpoints": left})
        else:
            judge.lost_groups.add(_group_name(group.get("group")))
    if not denied:
        return value
    return b", ".join(json.dumps(group).encode("ascii") for group in kept) or None


def _groups_of_nel(value: bytes) -> set[str]:
    return {_group_name(policy.get("report_to")) for policy in _json_objects(value) or ()}


def _group_name(name: object) -> str:
    return name if isinstance(name, str) else "default"


def _endpoint_url(endpoint: object) -> str:
    url = endpoint.get("url") if isinstance(endpoint, dict) else None
    return url if isinstance(url, str) else ""


def _json_objects(value: bytes) -> list[dict[str, Any]] | None:
    # Reporting API (2018), 3.1: the field's value within brackets is a JSON list.
    try:
        read = json.loads(b"[" + value + b"]")
    except (ValueError, RecursionError):
        return None
    return read if all(isinstance(item, dict) for item in read) else None


def _text(value: bytes) -> str:
    """A parameter's value without its quotes."""
    if value.startswith(b'"'):
        value = re.sub(rb"\\(.)", rb"\1", value[1:-1], flags=re.DOTALL)
    return _decoded(value)


def _decoded(value: bytes) -> str:
    return value.decode("utf-8", "replace").strip()


_READERS: Final[dict[bytes, Callable[[bytes, _Judge], bytes | None]]] = {
    b"link": _read_links,
    b"speculation-rules": _read_speculation_rules,
    b"reporting-endpoints": _read_reporting_endpoints,
    b"report-to": _read_report_to,
}
HINT_FIELDS: Final = frozenset({*_READERS, b"nel"})
