"""The codecs of two bytes a character, by which what isn't valid is as long as in browsers.

Python's go on behind the first byte of a pair that is no character, and so take the second for the
first of another, which may swallow the ``@`` of a URL. Browsers take both, unless the
second is ASCII (Encoding standard, the decoders of chapters 10 to 14). What is valid is left to
Python's own codecs. They are registered under names of their own, because what is decoded here is
decoded in many places, by name.
"""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from _typeshed import ReadableBuffer

_Handled = tuple[str, int]
_PREFIX: Final = "as_browsers_"
DOUBLE_BYTES: Final = frozenset({"cp932", "euc_jp", "gb18030", "big5hkscs", "cp949"})
# The two ways in which texts are decoded here.
_REPLACING: Final[dict[str, Callable[[bytes], str]]] = {
    "replace": lambda _: "\ufffd",
    "surrogateescape": lambda taken: "".join(chr(0xDC00 + byte) for byte in taken),
}


def as_browsers(codec: str) -> str:
    """Return the name of a codec that decodes as browsers do, for the name of Python's."""
    return _PREFIX + codec if codec in DOUBLE_BYTES else codec


def _taken(codec: str, data: bytes) -> int:
    """Return how many bytes browsers take for one error, of data that starts with it."""
    lead, second, third, fourth = data[:4].ljust(4, b"\0")
    if codec == "cp932":
        leads = 0x81 <= lead <= 0x9F or 0xE0 <= lead <= 0xFC
    elif codec == "euc_jp":
        leads = lead in (0x8E, 0x8F) or 0xA1 <= lead <= 0xFE
        if lead == 0x8F and 0xA1 <= second <= 0xFE:
            return 2 if third < 0x80 else 3
    else:
        leads = 0x81 <= lead <= 0xFE
        if codec == "gb18030" and leads and 0x30 <= second <= 0x39:
            return 4 if 0x81 <= third <= 0xFE and 0x30 <= fourth <= 0x39 else 1
    return 2 if leads and second >= 0x80 else 1


def _handler(codec: str, replacing: Callable[[bytes], str]) -> Callable[[UnicodeError], _Handled]:
    def handle(error: UnicodeError) -> _Handled:
        if not isinstance(error, UnicodeDecodeError):
            raise error
        rest = error.object[error.start : error.start + 4]
        taken = rest[: _taken(codec, rest)]
        return replacing(taken), error.start + len(taken)

    return handle


def _build(codec: str) -> codecs.CodecInfo:
    python = codecs.lookup(codec)
    for errors, replacing in _REPLACING.items():
        codecs.register_error(f"{_PREFIX}{codec}_{errors}", _handler(codec, replacing))

    def decode(data: ReadableBuffer, errors: str = "strict", /) -> tuple[str, int]:
        if errors in _REPLACING:
            errors = f"{_PREFIX}{codec}_{errors}"
        return python.decode(bytes(data), errors)

    return codecs.CodecInfo(python.encode, decode, name=_PREFIX + codec)


_CODECS: Final = {_PREFIX + codec: _build(codec) for codec in DOUBLE_BYTES}
codecs.register(_CODECS.get)
