"""Reading what a server was asked to send by itself, where it turns out to be a page to rewrite.

The extensions `http.response.pathsend` and `http.response.zerocopysend` (asgiref,
`docs/extensions.rst`). Servers that have them are told that they are not there where a page may
have to be rewritten; this is for apps that send the messages nevertheless.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

import anyio
from anyio import to_thread

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

_CHUNK_BYTES: Final = 64 * 1024


async def read_path(message: Mapping[str, Any]) -> AsyncIterator[bytes]:
    """The content of the file that a `pathsend` names."""
    async with await anyio.open_file(message["path"], "rb") as file:
        while chunk := await file.read(_CHUNK_BYTES):
            yield chunk


async def read_open_file(message: Mapping[str, Any]) -> AsyncIterator[bytes]:
    """The part that a `zerocopysend` names of an open file."""
    descriptor: int = message["file"].fileno()
    offset: int | None = message.get("offset")
    left: int | None = message.get("count")
    while left is None or left > 0:
        size = _CHUNK_BYTES if left is None else min(left, _CHUNK_BYTES)
        if offset is None:
            # Without an offset the file is read where it stands, which moves on.
            chunk = await to_thread.run_sync(os.read, descriptor, size)
        else:
            chunk = await to_thread.run_sync(os.pread, descriptor, size, offset)
            offset += len(chunk)
        if not chunk:
            return
        left = None if left is None else left - len(chunk)
        yield chunk
