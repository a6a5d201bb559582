"""One response whose body is a page to be rewritten: its start is held until the body has begun.

What can't be read fails closed. Before anything has left, another answer goes out in its place;
after that the connection is broken off, because a page that ends as if it were complete would pass
for one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from consentmw.asgi.files import read_open_file, read_path
from consentmw.asgi.validators import without_descriptions
from consentmw.errors import RewriteError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from starlette.types import Message, Send

    from consentmw.asgi.body import PageBody

_BODY: Final = {"type": "http.response.body"}


class PageResponse:
    """Passes a page on while it is being rewritten.

    Args:
        start: The start message of the rewritten page, still with the app's own `Content-Length`.
        body: What the page's bytes go through.
        send: Where messages go.
        untouched_start: The start message with which a page that can't be read may leave as it is,
            given only where nothing is denied.
        answer_instead: Sends another answer in the place of a page that can't be read.
        complete_start: Adds to a start message what is known only when it leaves.
    """

    def __init__(
        self,
        *,
        start: Message,
        body: PageBody,
        send: Send,
        untouched_start: Message | None,
        answer_instead: Callable[[RewriteError], Awaitable[None]],
        complete_start: Callable[[Message], Message],
    ) -> None:
        self._held: Message | None = start
        self._held_body = b""
        self._body = body
        self._send = send
        self._untouched_start = untouched_start
        self._answer_instead = answer_instead
        self._complete_start = complete_start
        self._declared_bytes = _declared_bytes(start)
        self._received_bytes = 0
        self._passes = False
        self._answered = False
        self._failure: RewriteError | None = None

    async def send(self, message: Message) -> None:
        """Take a message that comes after the start.

        Raises:
            RewriteError: The page can't be read, and a part of it has left.
        """
        if self._failure is not None:
            raise self._failure
        if self._answered:
            return
        kind = message["type"]
        if self._passes:
            await self._send(message)
        elif kind == "http.response.body":
            more = message.get("more_body", False)
            await self._take(bytes(message.get("body", b"")), message, more=more)
        elif kind == "http.response.pathsend":
            await self._take_all(read_path(message), more=False)
        elif kind == "http.response.zerocopysend":
            await self._take_all(read_open_file(message), more=message.get("more_body", False))
        elif kind == "http.response.trailers":
            headers = without_descriptions(message.get("headers", ()))
            await self._send({**message, "headers": headers})
        else:
            await self._send(message)

    def check(self) -> None:
        """Say again what has failed, should the app have caught it.

        Raises:
            RewriteError: The page can't be read, and a part of it has left.
        """
        if self._failure is not None:
            raise self._failure

    async def _take_all(self, chunks: AsyncIterator[bytes], *, more: bool) -> None:
        async for chunk in chunks:
            await self.send({**_BODY, "body": chunk, "more_body": True})
        if not more:
            await self.send({**_BODY, "body": b""})

    async def _take(self, chunk: bytes, message: Message, *, more: bool) -> None:
        try:
            released = self._rewrite(chunk, more=more)
        except RewriteError as error:
            await self._fail(error, chunk, message)
            return
        except Exception as error:  # noqa: BLE001 # closed whatever fails, defects of ours included
            reason = RewriteError(f"reading the page failed: {type(error).__name__}")
            reason.__cause__ = error
            await self._fail(reason, chunk, message)
            return
        if more and chunk and not released:
            self._held_body += chunk if self._held and self._untouched_start else b""
            return
        if self._held is not None:
            start, self._held, self._held_body = self._held, None, b""
            start = _with_length(start, None if more else len(released))
            await self._send(self._complete_start(start))
        await self._send({**message, "body": released, "more_body": more})

    def _rewrite(self, chunk: bytes, *, more: bool) -> bytes:
        self._received_bytes += len(chunk)
        released = self._body.feed(chunk)
        if more:
            return released + self._body.flush()
        # The server would notice this by the length that the app declared, and no longer can.
        declared = self._declared_bytes
        if declared is not None and declared != b"%d" % self._received_bytes:
            raise RewriteError(
                f"the app declared {declared[:20].decode()} bytes and sent {self._received_bytes}"
            )
        return released + self._body.close()

    async def _fail(self, error: RewriteError, chunk: bytes, message: Message) -> None:
        if self._held is None:
            self._failure = error
            raise error
        self._held = None
        if self._untouched_start is not None:
            self._passes = True
            await self._send(self._untouched_start)
            await self._send({**message, "body": self._held_body + chunk})
        else:
            self._answered = True
            await self._answer_instead(error)


def _declared_bytes(start: Message) -> bytes | None:
    """The length as digits: an app may write more of them than Python reads as a number."""
    for name, value in start["headers"]:
        if name.lower() == b"content-length" and value.isdigit():
            return bytes(value).lstrip(b"0") or b"0"
    return None


def _with_length(start: Message, length: int | None) -> Message:
    """The start of a body of this length, or of a stream, where the app has declared a length."""
    headers: list[Any] = []
    for name, value in start["headers"]:
        if name.lower() != b"content-length":
            headers.append((name, value))
        elif length is not None:
            headers.append((name, str(length).encode("ascii")))
    return {**start, "headers": headers}
