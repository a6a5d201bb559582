"""One HTTP response on its way from the app to the server, message by message.

The fields of every response are read once, when it starts; the body only of a page that has to be
rewritten (`PageResponse`). Whatever isn't known here is forwarded as it is.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from consentmw.access import SCOPE_KEY
from consentmw.asgi.account import Account
from consentmw.asgi.body import PageBody, build_rewriter
from consentmw.asgi.caching import as_private, with_vary
from consentmw.asgi.encoding import is_readable
from consentmw.asgi.page_response import PageResponse
from consentmw.asgi.response_fields import ResponseFields
from consentmw.asgi.response_headers import keep_headers
from consentmw.asgi.unreadable import never_stored, unreadable_page
from consentmw.asgi.validators import has_tag, with_marker, without_descriptions
from consentmw.asgi.visit import FRAGMENT_VARY
from consentmw.browser import added_headers, fit_insertion
from consentmw.errors import RewriteError
from consentmw.suppression.hints import keep_links
from consentmw.suppression.leftovers import expire_cookies

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from starlette.types import Message, Receive, Send

    from consentmw.access import RequestConsent
    from consentmw.asgi.app_request import AppRequest
    from consentmw.asgi.body import Rewriter
    from consentmw.asgi.pages import PageType
    from consentmw.asgi.request import Request
    from consentmw.asgi.site import Site, Treatment
    from consentmw.asgi.variants import Variant

Headers = list[tuple[bytes, bytes]]

_EMPTY_BODY: Final = {"type": "http.response.body", "body": b""}
_TOTAL_OF_RANGE: Final = re.compile(rb"[ \t]*bytes[ \t]+[0-9]+-[0-9]+/([0-9]+)[ \t]*")


class Responder:
    """Stands between the app and the server for one request."""

    __slots__ = (
        "_account", "_answers_instead", "_app_request", "_holder", "_may_replay", "_page",
        "_passes", "_receive", "_refused", "_request", "_send", "_site", "_started", "_swallows",
        "_tightened", "replays", "treatment",
    )  # fmt: skip

    def __init__(
        self,
        site: Site,
        request: Request,
        treatment: Treatment,
        app_request: AppRequest,
        holder: RequestConsent,
        account: Account | None,
        receive: Receive,
        send: Send,
        *,
        may_replay: bool,
        answers_instead: bool = False,
    ) -> None:
        self._site = site
        self._request = request
        self.treatment = treatment
        """What the decision means, as far as it is known by now: an app may tighten."""
        self._app_request = app_request
        self._holder = holder
        self._account = account
        self._receive = receive
        self._send = send
        self._may_replay = may_replay
        self._answers_instead = answers_instead
        self._page: PageResponse | None = None
        self._refused: RewriteError | None = None
        self._started = False
        self._tightened = False
        self._passes = False
        self._swallows = False
        self.replays = False
        """Whether the request has to be put to the app again, as one by the present treatment."""

    def send(self, message: Message) -> Awaitable[None]:
        """Take a message of the app."""
        if self._passes and message["type"] == "http.response.body":
            return self._send(message)
        return self._take(message)

    async def _take(self, message: Message) -> None:
        kind = message["type"]
        if self._swallows:
            return
        if kind == "http.response.start":
            if self._started:
                raise RuntimeError("the app has started its response twice")
            self._started = message["status"] >= 200
            leaving = self._start(message)
            if self._refused is not None:
                await self._answer_instead(self._refused)
                return
            self._passes = self._page is None and not self._swallows
            for first in leaving:
                await self._send(first)
        elif self._page is not None:
            await self._send_of_page(self._page, message)
        elif kind == "http.response.early_hint":
            await self._early_hint(message)
        elif kind == "http.response.push":
            await self._push(message)
        else:
            await self._send(message)

    def finish(self) -> None:
        """The app has returned.

        Raises:
            RewriteError: A page was broken off, and the app has caught the error.
        """
        if self._page is not None:
            self._page.check()

    async def _send_of_page(self, page: PageResponse, message: Message) -> None:
        try:
            await page.send(message)
        except RewriteError as error:
            self._warn("a page can't be read and was broken off: %s", error)
            raise

    def _start(self, message: Message) -> tuple[Message, ...]:
        """What leaves when the app starts its response."""
        site = self._site
        self._holder.started = self._started
        if self._holder.consent is not self.treatment.consent:
            self.treatment = site.treat_again(self._holder.consent)
            self._tightened = True
            # The browser's copy was made before the app tightened, and can't be used again.
            if message["status"] == 304 and self._can_replay:
                return self._replay()
        fields = ResponseFields(message)
        page = fields.read_page_type(html_types=site.html_types)
        if page is not None and not self._request.shows(page):
            fields = self._kept_from_being_shown(fields, page)
            page = None
        app_request = self._app_request
        if (
            page is None
            and not fields.may_be_filtered
            and not app_request.denied_cookies
            and not app_request.unmarked
            and not site.debug
        ):
            return (fields.message,)
        headers, varies = fields.headers, False
        if fields.may_be_filtered:
            headers, varies = self._filter(fields)
        revalidated = fields.status == 304 and has_tag(headers, app_request.unmarked)
        if app_request.denied_cookies:
            headers = self._expire_leftovers(headers, fields.status, page)
        if varies or revalidated or page is not None:
            fragment = page is not None and self._lacks_insertion()
            also = FRAGMENT_VARY if fragment else () if page is None else page.varies_by
            if also or fields.varies:
                headers = with_vary(headers, (*site.vary, *also))
            else:
                headers = [*headers, site.vary_field]
            # The key of an edge doesn't tell fragments from pages.
            if site.keeps_private(self._request, self.treatment) or (fragment and site.edge_header):
                headers = as_private(headers)
        if revalidated:
            # RFC 9110, 8.6: the length would have to be that of the page as it is sent.
            headers = self._rewritten(_without_length(headers), self._variant())
        start = {**fields.message, "headers": headers}
        return self._start_page(start, fields, page) if page else (self._complete(start),)

    @property
    def _can_replay(self) -> bool:
        return self._tightened and self._may_replay and self._request.safe_method

    def _replay(self) -> tuple[Message, ...]:
        self._swallows = self.replays = True
        return ()

    def _kept_from_being_shown(self, fields: ResponseFields, page: PageType) -> ResponseFields:
        """What passes as it is, and no cache may give to those for whom it is a page."""
        headers = with_vary(fields.headers, page.varies_by)
        # The key of an edge doesn't tell who asks for data; too many images would stay out of it.
        if self._site.edge_header and self.treatment.denies and page.shown == "documents":
            headers = as_private(headers)
        return ResponseFields({**fields.message, "headers": headers})

    def _start_page(
        self, start: Message, fields: ResponseFields, page: PageType
    ) -> tuple[Message, ...]:
        # SVG has no head, nor has most other XML, which passes unread where nothing is denied.
        variant = self._variant(
            inserts=page.shown == "anywhere"
            or (page.shown == "documents" and self.treatment.denies)
        )
        if variant.policy is None:
            return (self._complete(start),)
        codings = fields.codings
        if fields.status == 206:
            if page.syntax == "unknown" and not self._request.visit.page_possible:
                return (self._complete(start),)  # a part of a video, say, that nobody sniffs at
            return self._start_part(start, variant)
        if codings and not variant.denies:
            # It leaves as it is; its tag is marked so that a request that brings it is understood.
            headers = with_marker(start["headers"], variant.marker)
            return (self._complete({**start, "headers": headers}),)
        if not is_readable(codings):
            # Whoever had not opted out before the app tightened was offered every coding.
            if self._can_replay:
                return self._replay()
            self._refused = RewriteError(f"encoded with {', '.join(codings)}")
            return ()
        headers = self._rewritten(start["headers"], variant)
        if self._request.scope["method"] == "HEAD":
            # GET would answer with another length, which nobody knows before it is asked.
            return (self._complete({**start, "headers": _without_length(headers)}),)
        self._page = PageResponse(
            start={**start, "headers": headers},
            body=self._build_body(variant, page, codings, self._insertion(variant, headers)),
            send=self._send,
            untouched_start=None if variant.denies else start,
            answer_instead=self._answer_instead,
            complete_start=self._complete,
        )
        return ()

    def _start_part(self, start: Message, variant: Variant) -> tuple[Message, ...]:
        """A part of a page: where the whole would be rewritten, nobody knows which bytes it is."""
        headers = start["headers"]
        if not variant.denies and not has_tag(headers, self._app_request.unmarked):
            return (self._complete(start),)
        ranges = [value for name, value in headers if name.lower() == b"content-range"]
        total = _TOTAL_OF_RANGE.fullmatch(ranges[0]) if ranges else None
        # RFC 9110, 14.4 and 15.5.17.
        refused = [(b"content-range", b"bytes */" + total[1])] if total else []
        refused += [(b"content-length", b"0"), (b"cache-control", b"no-store")]
        self._swallows = True
        refused = with_vary(refused, self._site.vary)
        return ({"type": start["type"], "status": 416, "headers": refused}, _EMPTY_BODY)

    def _rewritten(self, headers: Headers, variant: Variant) -> Headers:
        """The fields of a rewritten page, from those of the app's."""
        headers = without_descriptions(with_marker(headers, variant.marker))
        if not variant.denies or self._request.nested:
            return headers
        site, request = self._site, self._request
        consent = self.treatment.consent
        return headers + added_headers(site.config, consent, root_path=request.root_path)

    def _insertion(self, variant: Variant, headers: Headers) -> bytes:
        """What is put into this response, by what its own policy lets run."""
        request = self._request
        fitted = fit_insertion(
            variant.insertion,
            [(name.lower(), value) for name, value in headers],
            method=request.scope["method"],
            host=request.host,
        )
        if fitted.complaint:
            message = "what is inserted won't run: %s"
            self._site.journal.warn("insertion", request.full_path, message, fitted.complaint)
        return fitted.insertion

    def _build_body(
        self, variant: Variant, page: PageType, codings: tuple[str, ...], insertion: bytes
    ) -> PageBody:
        policy = variant.policy
        assert policy is not None  # noqa: S101 # for the type checker

        def build(xml: bool) -> Rewriter:
            return policy.rewriter(
                host=self._request.host,
                path=self._request.full_path,
                xml=xml,
                charset=page.charset,
                insertion=insertion,
                on_finding=self._counted().add_finding,
            )

        return PageBody(build_rewriter(page, build), codings)

    async def _early_hint(self, message: Message) -> None:
        treatment = self._treatment_now()
        if not treatment.denies:
            await self._send(message)
            return
        links = []
        for link in message.get("links", ()):
            kept = keep_links(link, index=treatment.index, own_host=self._request.host)
            self._counted().add_fields(kept.denied)
            links += [value for value in kept.values if value is not None]
        if links:
            await self._send({**message, "links": links})

    async def _push(self, message: Message) -> None:
        # A push is always for the site's own host: what only its own file has rules for.
        treatment = self._treatment_now()
        host = self._request.host
        path = message.get("path", "")
        if treatment.denies and treatment.index.target(host, path, own_host=host) is not None:
            return
        await self._send(message)

    def _filter(self, fields: ResponseFields) -> tuple[Headers, bool]:
        """The fields that may leave, and whether others would leave to other visitors."""
        keep = partial(
            keep_headers,
            fields.headers,
            host=self._request.host,
            own_names=self._request.visit.names.own,
            now=datetime.now(UTC),
        )
        if self.treatment.denies:
            headers, denied = keep(index=self.treatment.index)
            self._counted().add_fields(denied)
            if denied:
                return headers, True
        return fields.headers, bool(keep(index=self._site.anything)[1])

    def _expire_leftovers(self, headers: Headers, status: int, page: PageType | None) -> Headers:
        """Expire what the browser still holds, on a page that it shows by itself."""
        request = self._request
        shown = request.visit.dest == b"document" or (not request.visit.dest and page is not None)
        if status != 200 or not shown:
            return headers
        # What only a zone, the app or a cache denies here may be allowed on the site's next page.
        denied = self.treatment.consent.denied_everywhere
        names = [
            cookie.name
            for cookie in self._app_request.denied_cookies
            if cookie.classification.category in denied
        ]
        if not names:
            return headers
        tried = request.visit.cookies.read(request.visit.names.expired)
        expiry = expire_cookies(
            names,
            host=request.host,
            path=request.full_path,
            tried=tried[0] if tried else "",
        )
        if not expiry.fields:
            return headers
        remember = b"%s=%s; Path=/; HttpOnly; SameSite=Lax" % (
            request.visit.names.expired,
            expiry.tried.encode("ascii"),
        )
        fields = [(b"set-cookie", value) for value in (*expiry.fields, remember)]
        return as_private([*headers, *fields])

    async def _answer_instead(self, error: RewriteError) -> None:
        self._warn("a page can't be read, so it was not sent: %s", error)
        self._swallows = True
        # The server's scope: in the app's own, its router may have left traces.
        scope = self._request.scope
        state = {**(scope.get("state") or {}), "consent": self._holder.consent}
        scope = {**scope, SCOPE_KEY: self._holder, "state": state}
        if self._answers_instead:
            await never_stored(unreadable_page)(scope, self._receive, self._send)
            return
        # A site's own answer is a page like any other, with the same tags in its frame.
        responder = Responder(
            self._site, self._request, self.treatment, self._app_request, self._holder,
            self._account, self._receive, self._send, may_replay=False, answers_instead=True,
        )  # fmt: skip
        await self._site.unreadable(scope, self._receive, responder.send)
        responder.finish()

    def _complete(self, start: Message) -> Message:
        if not self._site.debug:
            return start
        described = self._counted().describe(self.treatment.decision)
        return {**start, "headers": [*start["headers"], *described]}

    def _variant(self, *, inserts: bool = True) -> Variant:
        request = self._request
        inserts = inserts and request.insertable
        return self.treatment.variant(request.root_path, inserts=inserts)

    def _lacks_insertion(self) -> bool:
        """Whether the page of this address is another one, with something put into its head."""
        request = self._request
        return request.visit.fragment and bool(
            self.treatment.variant(request.root_path, inserts=True).insertion
        )

    def _treatment_now(self) -> Treatment:
        """What applies before the response has started, when the app may have tightened."""
        if self._holder.consent is self.treatment.consent:
            return self.treatment
        return self._site.treat_again(self._holder.consent)

    def _counted(self) -> Account:
        if self._account is None:
            self._account = Account(self._site.journal, self._request.full_path)
        return self._account

    def _warn(self, message: str, error: RewriteError) -> None:
        self._site.journal.warn("unreadable page", self._request.full_path, message, error)


def _without_length(headers: Headers) -> Headers:
    return [field for field in headers if field[0].lower() != b"content-length"]
