"""What the fields of a response say about its body, read from its header list once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from consentmw.asgi.encoding import read_codings
from consentmw.asgi.pages import PageType, page_type
from consentmw.asgi.response_headers import FILTERED_FIELDS

if TYPE_CHECKING:
    from starlette.types import Message

# RFC 9110, 6.4.1 and 15.3.6: these, and what is only informational, have no body.
_BODILESS: Final = frozenset({204, 205, 304})
_READ: Final = FILTERED_FIELDS | {
    b"content-type", b"content-encoding", b"content-disposition", b"content-length",
    b"vary", b"x-content-type-options",
}  # fmt: skip
# An app writes a few dozen names; more than these are read anew each time.
_MAX_NAMES: Final = 512
_MAX_NAME_LENGTH: Final = 64


class _Names(dict[bytes, bytes | None]):
    """For each name, as an app writes it: in lower case if it is read here, or else `None`."""

    def __missing__(self, written: bytes) -> bytes | None:
        lowered = written.lower()
        name = lowered if lowered in _READ else None
        if len(self) < _MAX_NAMES and len(written) <= _MAX_NAME_LENGTH:
            self[written] = name
        return name


_NAMES: Final = _Names()


class ResponseFields:
    """The fields of one response."""

    __slots__ = ("_found", "headers", "message", "status")

    def __init__(self, start: Message) -> None:
        self.message = start
        """The start of the response, whose fields can be gone through again."""
        self.status: int = start["status"]
        headers = start.get("headers")
        if not isinstance(headers, list):  # ASGI has any iterable, which may be gone after this
            headers = list(headers or ())
            self.message = {**start, "headers": headers}
        self.headers: list[tuple[bytes, bytes]] = headers
        found: dict[bytes, list[bytes]] = {}
        for written, value in headers:
            name = _NAMES[written]
            if name is not None:
                if name in found:
                    found[name].append(value)
                else:
                    found[name] = [value]
        self._found = found

    @property
    def may_be_filtered(self) -> bool:
        """Whether there is any field of which something could be denied."""
        return not FILTERED_FIELDS.isdisjoint(self._found)

    @property
    def varies(self) -> bool:
        """Whether the app says by what it varies."""
        return b"vary" in self._found

    @property
    def codings(self) -> tuple[str, ...]:
        """What the body is encoded with."""
        return read_codings(self._found.get(b"content-encoding", ()))

    def read_page_type(self, *, html_types: frozenset[bytes]) -> PageType | None:
        """How the body is to be read as a page, or `None` where a browser shows none.

        Args:
            html_types: Further media types to be read as pages.
        """
        if self.status in _BODILESS or self.status < 200:
            return None
        page = page_type(self._found.get(b"content-type", ()), html_types=html_types)
        if page is None:
            return None
        if page.syntax == "unknown" and (self._has_nosniff() or self._is_empty()):
            return None
        return None if b"content-disposition" in self._found and self._is_attachment() else page

    def _has_nosniff(self) -> bool:
        # Fetch, 3.6 (determine nosniff): the first value counts.
        values = b",".join(self._found.get(b"x-content-type-options", ()))
        return values.partition(b",")[0].strip(b" \t").lower() == b"nosniff"

    def _is_empty(self) -> bool:
        return self._found.get(b"content-length") == [b"0"]

    def _is_attachment(self) -> bool:
        # RFC 6266, 4.1: the type is a token in any case of its letters.
        values = self._found[b"content-disposition"]
        types = [value.partition(b";")[0].strip(b" \t").lower() for value in values]
        return all(kind == b"attachment" for kind in types)
