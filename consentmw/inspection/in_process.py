"""An ASGI app in this process as a site; no socket, no server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self
from urllib.parse import urljoin

import anyio
import httpx

from consentmw.errors import TargetError
from consentmw.inspection.lifespan import running_lifespan
from consentmw.inspection.pages import FetchedPage
from consentmw.inspection.sites import (
    MAX_PAGE_BYTES,
    SiteOptions,
    StackedSite,
    check_coding,
    wants_body,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ORIGIN: Final = "https://testserver"
_DEFAULTS: Final = SiteOptions()


class AppSite(StackedSite):
    """An app whose lifespan runs while the site is open.

    Args:
        app: Any ASGI app.
        options: What is sent with each request, and how long an answer may take; nobody asks
            one's own app for a robots.txt or a pause.
        start: Paths from which a crawl sets out.
    """

    def __init__(
        self, app: ASGIApp, options: SiteOptions = _DEFAULTS, *, start: tuple[str, ...] = ("/",)
    ) -> None:
        super().__init__()
        self.origin = _ORIGIN
        self.start = tuple(urljoin(_ORIGIN, path) for path in start)
        self.app = app
        self.options = options

    async def __aenter__(self) -> Self:
        self._serving = await self._stack.enter_async_context(running_lifespan(self.app))
        return self

    async def fetch(self, url: str, headers: Mapping[str, str]) -> FetchedPage:
        """Ask the app for one URL.

        Raises:
            TargetError: It did not answer in time, or with nothing that can be read.
        """
        sent = {"accept": "*/*", "accept-encoding": "gzip", **self.options.sent_with(headers)}
        reader = _Reader(self._serving)
        # An app's 500 is a page to be looked at, as a browser would get it.
        transport = httpx.ASGITransport(reader, raise_app_exceptions=False)
        try:
            with anyio.fail_after(self.options.timeout_seconds):
                request = httpx.Request("GET", url, headers=sent)
                answer = await transport.handle_async_request(request)
                fields = tuple(
                    (name.decode("latin-1").lower(), value.decode("latin-1"))
                    for name, value in answer.headers.raw
                )
                body = b""
                if wants_body(fields):
                    check_coding(fields)
                    body = await answer.aread()
        except TimeoutError:
            seconds = f"{self.options.timeout_seconds:g} seconds"
            raise TargetError(f"no whole answer within {seconds}") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise TargetError(str(error) or type(error).__name__) from error
        if reader.too_large:
            raise TargetError(f"a page of more than {MAX_PAGE_BYTES} bytes")
        return FetchedPage(
            url=url, status=answer.status_code, headers=fields, body=body, cause=reader.cause
        )


class _Reader:
    """Goes away as a browser may, once there is nothing more that it wants to see."""

    def __init__(self, app: ASGIApp) -> None:
        self.too_large = False
        self.cause = ""
        self._app = app
        self._wants_body = True
        self._left = MAX_PAGE_BYTES

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def watch(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._wants_body = wants_body(
                    tuple(
                        (name.decode("latin-1").lower(), value.decode("latin-1"))
                        for name, value in message.get("headers", ())
                    )
                )
            elif message["type"] == "http.response.body":
                if not self._wants_body:
                    message = {**message, "body": b""}
                self._left -= len(message.get("body", b""))
                self.too_large = self._left < 0
                if self.too_large or (not self._wants_body and message.get("more_body")):
                    # ASGI, "Disconnected client - send exception": an OSError.
                    raise BrokenPipeError
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except Exception as error:
            self.cause = f"{type(error).__name__}: {error}"
            raise
