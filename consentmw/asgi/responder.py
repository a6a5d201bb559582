"""One HTTP response on its way from the app to the server, message by message.

What becomes of it is decided when it starts (`response_start`), how a page is rewritten in
`page_response`. Whatever isn't known here is forwarded as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from consentmw.access import SCOPE_KEY
from consentmw.asgi.page_response import PageResponse
from consentmw.asgi.response_start import Instead, PageStart, Replay, Unreadable, start_response
from consentmw.asgi.unreadable import never_stored, unreadable_page
from consentmw.errors import RewriteError
from consentmw.suppression.hints import keep_links

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from starlette.types import Message, Receive, Send

    from consentmw.asgi.exchange import Exchange
    from consentmw.asgi.response_start import Turn

_EMPTY_BODY: Final = {"type": "http.response.body", "body": b""}
_TURNS: Final = (PageStart, Instead, Unreadable, Replay)


class Responder:
    """Stands between the app and the server for one request."""

    __slots__ = (
        "_answers_instead", "_exchange", "_page", "_passes", "_receive", "_send", "_started",
        "_swallows", "replays",
    )  # fmt: skip

    def __init__(
        self, exchange: Exchange, receive: Receive, send: Send, *, answers_instead: bool = False
    ) -> None:
        self._exchange = exchange
        self._receive = receive
        self._send = send
        self._answers_instead = answers_instead
        self._page: PageResponse | None = None
        self._started = False
        self._passes = False
        self._swallows = False
        self.replays = False
        """Whether the request has to be put to the app again."""

    def send(self, message: Message) -> Awaitable[None]:
        """Take a message of the app."""
        if self._passes and message["type"] == "http.response.body":
            return self._send(message)
        return self._take(message)

    def finish(self) -> None:
        """The app has returned.

        Raises:
            RewriteError: A page was broken off, and the app has caught the error.
        """
        if self._page is not None:
            self._page.check()

    async def _take(self, message: Message) -> None:
        kind = message["type"]
        if self._swallows:
            return
        if kind == "http.response.start":
            if self._started:
                raise RuntimeError("the app has started its response twice")
            # What is only informational is no start, and the app may still tighten.
            self._exchange.holder.started = self._started = message["status"] >= 200
            outcome = start_response(self._exchange, message)
            if isinstance(outcome, _TURNS):
                await self._turn(outcome)
            else:
                self._passes = self._started
                await self._send(outcome)
        elif self._page is not None:
            await self._send_of_page(self._page, message)
        elif kind == "http.response.early_hint":
            await self._early_hint(message)
        elif kind == "http.response.push":
            await self._push(message)
        else:
            await self._send(message)

    async def _turn(self, turn: Turn) -> None:
        """Do what else has to be done than to let the response pass."""
        if isinstance(turn, PageStart):
            self._page = PageResponse(
                start=turn.start,
                body=turn.body,
                send=self._send,
                untouched_start=turn.untouched,
                answer_instead=self._answer_instead,
                complete_start=self._exchange.completed,
            )
        elif isinstance(turn, Unreadable):
            await self._answer_instead(turn.error)
        else:
            self._swallows = True
            self.replays = isinstance(turn, Replay)
            if isinstance(turn, Instead):
                await self._send(turn.start)
                await self._send(_EMPTY_BODY)

    async def _send_of_page(self, page: PageResponse, message: Message) -> None:
        try:
            await page.send(message)
        except RewriteError as error:
            self._exchange.warn("a page can't be read and was broken off: %s", error)
            raise

    async def _early_hint(self, message: Message) -> None:
        exchange = self._exchange
        exchange.tighten()
        if not exchange.treatment.denies:
            await self._send(message)
            return
        index, host = exchange.treatment.index, exchange.request.host
        links = []
        for link in message.get("links", ()):
            kept = keep_links(link, index=index, own_host=host)
            exchange.account.add_fields(kept.denied)
            links += [value for value in kept.values if value is not None]
        if links:
            await self._send({**message, "links": links})

    async def _push(self, message: Message) -> None:
        # A push is always for the site's own host: what only its own file has rules for.
        exchange = self._exchange
        exchange.tighten()
        host = exchange.request.host
        path = message.get("path", "")
        if exchange.treatment.index.target(host, path, own_host=host) is None:
            await self._send(message)

    async def _answer_instead(self, error: RewriteError) -> None:
        exchange = self._exchange
        exchange.warn("a page can't be read, so it was not sent: %s", error)
        self._swallows = True
        # The server's scope: in the app's own, its router may have left traces.
        scope = exchange.request.scope
        state = {**(scope.get("state") or {}), "consent": exchange.holder.consent}
        scope = {**scope, SCOPE_KEY: exchange.holder, "state": state}
        if self._answers_instead:
            await never_stored(unreadable_page)(scope, self._receive, self._send)
            return
        # A site's own answer is a page like any other, with the same tags in its frame.
        exchange.may_replay = False
        responder = Responder(exchange, self._receive, self._send, answers_instead=True)
        await exchange.site.unreadable(scope, self._receive, responder.send)
        responder.finish()
