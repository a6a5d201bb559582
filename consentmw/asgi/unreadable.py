"""The answer in the place of a page that can't be read, where a site brings none of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from consentmw.asgi.caching import unstored

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_TEXT: Final = b"This page can't be shown right now.\n"


async def unreadable_page(_scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer 503, in plain text."""
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(_TEXT)).encode("ascii")),
    ]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": _TEXT})


def never_stored(app: ASGIApp) -> ASGIApp:
    """The same app with answers that no cache keeps: the next attempt may well succeed."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_unstored(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": unstored(message.get("headers", ()))}
            await send(message)

        await app(scope, receive, send_unstored)

    return answer
