"""Clients that talk to an ASGI app in process as one of the four visitors."""

from __future__ import annotations

import warnings
from contextlib import AsyncExitStack, ExitStack
from typing import TYPE_CHECKING, Any, Self

import httpx
from anyio.from_thread import start_blocking_portal

from consentmw.errors import TargetError
from consentmw.inspection.lifespan import running_lifespan
from consentmw.inspection.states import build_states, find_config

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from types import TracebackType

    from anyio.from_thread import BlockingPortal
    from starlette.types import ASGIApp

    from consentmw.config import Config
    from consentmw.inspection.states import VisitorState

BASE_URL = "https://testserver"
HOST = "testserver"
CONFIG_EXTENSION = "consentmw.config"
"""Under this key of a response's extensions the assertions find the site's configuration."""


class InProcessTransport(httpx.BaseTransport):
    """Lets a synchronous httpx client talk to an ASGI app, whose lifespan runs meanwhile.

    Args:
        app: Any ASGI app.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._serving = app
        self._stack = ExitStack()
        self._portal: BlockingPortal | None = None

    def __enter__(self) -> Self:
        portal = self._stack.enter_context(start_blocking_portal())
        lifespan: AbstractContextManager[ASGIApp] = portal.wrap_async_context_manager(
            running_lifespan(self._app)
        )
        self._serving = self._stack.enter_context(lifespan)
        self._portal = portal
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        self._portal = None
        self._serving = self._app
        self._stack.__exit__(exc_type, exc_value, traceback)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Hand one request to the app and wait for the whole answer."""
        if self._portal is not None:
            return self._portal.call(self._answer, request)
        with start_blocking_portal() as portal:
            return portal.call(self._answer, request)

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        # The client's own stream is synchronous; the app's side reads bytes asynchronously.
        inner_request = httpx.Request(
            request.method, request.url, headers=request.headers, content=request.read()
        )
        transport = httpx.ASGITransport(self._serving)
        response = await transport.handle_async_request(inner_request)
        content = await response.aread()
        return httpx.Response(
            response.status_code,
            headers=[
                (name, value)
                for name, value in response.headers.raw
                # `content` is decoded by now, and httpx would decode it again.
                if name.lower() not in {b"content-encoding", b"content-length"}
            ],
            content=content,
            request=request,
        )


class AsyncInProcessTransport(httpx.AsyncBaseTransport):
    """The same for an asynchronous client.

    Args:
        app: Any ASGI app.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._serving = app
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        self._serving = await self._stack.enter_async_context(running_lifespan(self._app))
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        self._serving = self._app
        await self._stack.__aexit__(exc_type, exc_value, traceback)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Hand one request to the app."""
        return await httpx.ASGITransport(self._serving).handle_async_request(request)


def client(
    app: ASGIApp, state: str | VisitorState = "no-signal", *, config: Config | None = None
) -> httpx.Client:
    """Return a synchronous httpx client that visits the app as one of the four visitors.

    Used as a context manager it runs the app's lifespan; without, each request stands alone.

    Args:
        app: Any ASGI app.
        state: A name of :data:`~consentmw.inspection.states.STATE_NAMES`, or a state.
        config: The site's configuration; found in the app where it is left out.
    """
    config, visitor = _resolve(app, state, config)

    def remember(response: httpx.Response) -> None:
        response.extensions[CONFIG_EXTENSION] = config

    return httpx.Client(
        event_hooks={"response": [remember]},
        transport=InProcessTransport(app),
        base_url=BASE_URL,
        headers=dict(visitor.headers),
        cookies=_cookie_jar(visitor),
        follow_redirects=True,
    )


def async_client(
    app: ASGIApp, state: str | VisitorState = "no-signal", *, config: Config | None = None
) -> httpx.AsyncClient:
    """Return an asynchronous httpx client that visits the app as one of the four visitors.

    With ``async with`` it runs the app's lifespan; the arguments are those of :func:`client`.
    """
    config, visitor = _resolve(app, state, config)

    async def remember(response: httpx.Response) -> None:
        response.extensions[CONFIG_EXTENSION] = config

    return httpx.AsyncClient(
        event_hooks={"response": [remember]},
        transport=AsyncInProcessTransport(app),
        base_url=BASE_URL,
        headers=dict(visitor.headers),
        cookies=_cookie_jar(visitor),
        follow_redirects=True,
    )


def starlette_client(
    app: ASGIApp,
    state: str | VisitorState = "no-signal",
    *,
    config: Config | None = None,
    **options: Any,
) -> Any:
    """Return Starlette's (and FastAPI's) own ``TestClient`` as one of the four visitors.

    Args:
        app: Any ASGI app.
        state: As for :func:`client`.
        config: As for :func:`client`.
        options: Handed to ``TestClient`` as they are.
    """
    with warnings.catch_warnings():
        # Newer Starlettes deprecate httpx for httpx2; which of the two a suite uses is its own say.
        warnings.simplefilter("ignore")
        from starlette.testclient import TestClient
    config, visitor = _resolve(app, state, config)
    options.setdefault("base_url", BASE_URL)
    options["headers"] = {**visitor.headers, **options.get("headers", {})}
    options["cookies"] = {**visitor.cookies, **options.get("cookies", {})}
    opened = TestClient(app, **options)

    def remember(response: Any) -> None:
        response.extensions[CONFIG_EXTENSION] = config

    opened.event_hooks["response"].append(remember)
    return opened


def resolve_state(app: ASGIApp, state: str | VisitorState, config: Config | None) -> VisitorState:
    """Return the state of that name for that app.

    Raises:
        ValueError: There is no such state, or none can be made without a secret.
        TargetError: A signed choice is asked for, and the app has no configuration to be found.
    """
    return _resolve(app, state, config)[1]


def _resolve(
    app: ASGIApp, state: str | VisitorState, config: Config | None
) -> tuple[Config | None, VisitorState]:
    if config is None:
        try:
            config = find_config(app)
        except TargetError:
            if isinstance(state, str) and state not in build_states(None, host=HOST):
                raise
    if not isinstance(state, str):
        return config, state
    states = build_states(config, host=HOST)
    if state not in states:
        raise ValueError(
            f"no state {state!r} here; there are {', '.join(states)} "
            "(a signed choice needs secret_keys in the configuration)"
        )
    return config, states[state]


def _cookie_jar(visitor: VisitorState) -> httpx.Cookies:
    jar = httpx.Cookies()
    for name, value in visitor.cookies.items():
        jar.set(name, value, domain="", path="/")
    return jar
