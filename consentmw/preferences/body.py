"""Reading the little that a visitor may send us."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from starlette.requests import Request

# 64 categories with names of 64 characters, and a path to go back to, stay below this.
MAX_BODY_BYTES: Final = 16 * 1024


class BodyTooLarge(Exception):  # noqa: N818 - it reads as what it says
    """There is more of the body than anything of ours can be."""


async def read_body(request: Request) -> bytes:
    """Read the whole body, and no more of it than it can have.

    Raises:
        BodyTooLarge: As soon as that is known.
        ClientDisconnect: The visitor went away.
    """
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise BodyTooLarge
    return body
