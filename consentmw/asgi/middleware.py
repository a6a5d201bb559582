"""The middleware: what stands around an app, by the kind of scope.

Holds configuration only; what belongs to one request lives in a responder.
"""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

from consentmw.access import SCOPE_KEY
from consentmw.asgi.account import Account
from consentmw.asgi.app_request import scope_for_app
from consentmw.asgi.exchange import Exchange
from consentmw.asgi.journal import Journal
from consentmw.asgi.observer import Observer
from consentmw.asgi.request import Request
from consentmw.asgi.responder import Responder
from consentmw.asgi.site import Site
from consentmw.asgi.sites import Sites
from consentmw.asgi.unreadable import never_stored, unreadable_page
from consentmw.asgi.websocket import HandshakeResponder
from consentmw.errors import ConfigError
from consentmw.html.stretches import Stretches

if TYPE_CHECKING:
    from collections.abc import Awaitable, Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from consentmw.asgi.app_request import SiteConsent
    from consentmw.asgi.sites import ConfigByHost
    from consentmw.asgi.treatment import Treatment
    from consentmw.config import Config

_NOT_OURS: Final = b"This server has no site of that name.\n"


class ConsentMiddleware:
    """Keeps what a visitor has declined from reaching the visitor's browser.

    Args:
        app: The app to stand around.
        config: The configuration: as `load_config` reads it, as a mapping, or as a callable that
            gives one for each host of a server of many sites. What is wrong with it is answered to
            the server when it starts the app, which then exits with the whole message.
        debug: Whether each response says in its fields what was decided, what was suppressed and
            how long that took.
        unreadable: Answers in the place of a page that can't be read although something in it may
            be denied. What it answers is never stored.
    """

    def __init__(
        self,
        app: ASGIApp,
        config: Config | Mapping[str, Any] | ConfigByHost,
        *,
        debug: bool = False,
        unreadable: ASGIApp = unreadable_page,
    ) -> None:
        self.app = app
        self._journal = Journal()
        stretches = Stretches()  # one bound for the memory of all sites
        self._error: ConfigError | None = None

        def build_site(config: Config) -> Site:
            answer = never_stored(unreadable)
            return Site(
                config,
                journal=self._journal,
                unreadable=answer,
                stretches=stretches,
                debug=debug,
            )

        # Starlette builds its middlewares when the first scope arrives, and uvicorn takes an
        # exception there for an app without lifespan, to serve 500 to everyone from then on. So it
        # is kept until it can be answered as the protocol wants it.
        try:
            self._sites = Sites(config, build_site)
        except ConfigError as error:
            self._error = error

    @property
    def config(self) -> Config | None:
        """The site's configuration; `None` on a server of many, and where it can't be used."""
        site = None if self._error is not None else self._sites.only
        return None if site is None else site.config

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one scope; those of a kind that isn't known here go to the app."""
        kind = scope["type"]
        if kind not in ("http", "websocket"):
            if kind == "lifespan" and self._error is not None:
                await receive()
                await send({"type": "lifespan.startup.failed", "message": str(self._error)})
                return
            await self.app(scope, receive, send)
            return
        if self._error is not None:
            raise self._error
        site = self._sites.only or self._sites.find(scope["headers"])
        outer = scope.get(SCOPE_KEY)
        if site is None:
            await _refuse(kind, send)
        elif outer is not None and outer.site.fingerprint == site.fingerprint:
            self._journal.warn("nested", "", "the middleware stands around the app twice")
            await self.app(scope, receive, send)
        elif kind == "http":
            await self._serve(site, outer, scope, receive, send)
        else:
            await self._open(site, outer, scope, receive, send)

    def _serve(
        self,
        site: Site,
        outer: SiteConsent | None,
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> Awaitable[None]:
        """What answers a request: an endpoint of ours, or the app with what stands around it."""
        began = perf_counter() if site.debug else 0.0
        request = Request(scope, site, nested=outer is not None and outer.site.mode == "enforce")
        treatment = _treat(site, request, outer)
        path = request.route_path
        endpoint = site.endpoints.get(path) or site.find_successor(path)
        if endpoint is not None:
            # No cache keeps what an endpoint says of a visitor.
            consent = treatment.consent.without_edge
            return endpoint(scope_for_app(scope, site, consent), receive, send)
        if site.mode == "enforce":
            account = None
            if site.debug:
                account = Account(site.journal, request.full_path)
                account.seconds = perf_counter() - began
            return self._enforce(Exchange(site, request, treatment, account), receive, send)
        if site.mode == "observe" and treatment.denies:
            account = Account(site.journal, request.full_path, observed=True)
            account.add_cookies(request.cookies_denied_by(treatment))
            send = Observer(
                site=site, request=request, treatment=treatment, account=account, send=send
            ).send
        return self.app(scope_for_app(scope, site, treatment.consent), receive, send)

    async def _enforce(self, exchange: Exchange, receive: Receive, send: Send) -> None:
        responder = Responder(exchange, receive, send)
        await self.app(exchange.scope, receive, responder.send)
        responder.finish()
        if responder.replays:
            await self._enforce(exchange.replay(), _without_body(receive), send)

    async def _open(
        self,
        site: Site,
        outer: SiteConsent | None,
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        request = Request(scope, site, nested=outer is not None and outer.site.mode == "enforce")
        treatment = _treat(site, request, outer)
        if site.mode == "enforce":
            exchange = Exchange(site, request, treatment)
            await self.app(exchange.scope, receive, HandshakeResponder(exchange, send).send)
        else:
            await self.app(scope_for_app(scope, site, treatment.consent), receive, send)


def _treat(site: Site, request: Request, outer: SiteConsent | None) -> Treatment:
    """Decide about a request; an outer instance's denials hold here too."""
    treatment = site.treat(request)
    if outer is not None:
        tightened = outer.consent.denied & site.optional - treatment.decision.denied
        if tightened:
            return site.treat_again(treatment.consent.tightened(*tightened))
    return treatment


def _without_body(receive: Receive) -> Receive:
    """The rest of a connection whose request has been taken, and which had no body."""
    taken = False

    async def receive_again() -> Message:
        nonlocal taken
        if taken:
            return await receive()
        taken = True
        return {"type": "http.request", "body": b"", "more_body": False}

    return receive_again


async def _refuse(kind: str, send: Send) -> None:
    """RFC 9110, 15.5.20: the request was directed at a server that is not to answer it."""
    if kind == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(_NOT_OURS)).encode("ascii")),
    ]
    await send({"type": "http.response.start", "status": 421, "headers": headers})
    await send({"type": "http.response.body", "body": _NOT_OURS})
