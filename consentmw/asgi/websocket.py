"""What passes while a websocket is opened: its handshake is an HTTP response like any other.

`websocket.accept` carries fields, and so does the response by which an app turns a handshake down
(extension `websocket.http.response`). Bodies of the latter are shown by no browser.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from consentmw.asgi.response_headers import keep_headers

if TYPE_CHECKING:
    from starlette.types import Message, Send

    from consentmw.asgi.exchange import Exchange

_WITH_FIELDS: Final = frozenset({"websocket.accept", "websocket.http.response.start"})


class HandshakeResponder:
    """Stands between the app and the server for one websocket."""

    def __init__(self, exchange: Exchange, send: Send) -> None:
        self._exchange = exchange
        self._send = send

    async def send(self, message: Message) -> None:
        """Take a message of the app."""
        if message["type"] in _WITH_FIELDS:
            exchange = self._exchange
            exchange.holder.started = True
            exchange.tighten()
            if exchange.treatment.denies and message.get("headers"):
                headers, _ = keep_headers(
                    list(message["headers"]),
                    index=exchange.treatment.index,
                    host=exchange.request.host,
                    own_names=exchange.request.visit.names.own,
                    now=datetime.now(UTC),
                )
                message = {**message, "headers": headers}
        await self._send(message)
