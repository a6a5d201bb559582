"""`mode = "observe"`: what would be kept from the browser is counted, and no byte is changed."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from consentmw.asgi.body import Watcher, build_rewriter
from consentmw.asgi.encoding import is_readable
from consentmw.asgi.response_fields import ResponseFields
from consentmw.asgi.response_headers import keep_headers

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import Message, Send

    from consentmw.asgi.account import Account
    from consentmw.asgi.body import Rewriter
    from consentmw.asgi.pages import PageType
    from consentmw.asgi.request import Request
    from consentmw.asgi.site import Site
    from consentmw.asgi.treatment import Treatment


class Observer:
    """Watches the response to one request for which something is denied."""

    def __init__(
        self, *, site: Site, request: Request, treatment: Treatment, account: Account, send: Send
    ) -> None:
        self._site = site
        self._request = request
        self._treatment = treatment
        self._account = account
        self._send = send
        self._watcher: Watcher | None = None

    async def send(self, message: Message) -> None:
        """Take a message of the app, and pass it on."""
        kind = message["type"]
        if kind == "http.response.start":
            fields = ResponseFields(message)
            self._guard(lambda: self._look_at_fields(fields))
            message = fields.message
            if self._site.debug:
                described = self._account.describe(self._treatment.decision)
                message = {**message, "headers": [*fields.headers, *described]}
        elif kind == "http.response.body" and self._watcher is not None:
            watcher, chunk = self._watcher, bytes(message.get("body", b""))
            more = message.get("more_body", False)
            self._guard(lambda: self._look_at_body(watcher, chunk, more=more))
        await self._send(message)

    def _look_at_fields(self, fields: ResponseFields) -> None:
        request = self._request
        if fields.may_be_filtered:
            _, denied = keep_headers(
                fields.headers,
                index=self._treatment.index,
                host=request.host,
                own_names=request.visit.names.own,
                now=datetime.now(UTC),
            )
            self._account.add_fields(denied)
        page = fields.read_page_type(html_types=self._site.html_types)
        if page is not None and request.shows(page) and is_readable(fields.codings):
            rewriter = build_rewriter(page, partial(self._build, page))
            self._watcher = Watcher(rewriter, fields.codings)

    def _look_at_body(self, watcher: Watcher, chunk: bytes, *, more: bool) -> None:
        watcher.look(chunk)
        if not more:
            watcher.close()

    def _guard(self, look: Callable[[], None]) -> None:
        try:
            look()
        except Exception as error:  # noqa: BLE001 # who only watches must not break what is watched
            self._watcher = None
            self._site.journal.warn(
                "unreadable page", self._request.full_path, "a page can't be read: %s", error
            )

    def _build(self, page: PageType, xml: bool) -> Rewriter:
        return self._site.page_policy(self._treatment.decision).rewriter(
            host=self._request.host,
            path=self._request.full_path,
            xml=xml,
            charset=page.charset,
            on_finding=self._account.add_finding,
        )
