"""Runs an ASGI app's lifespan around a block, for clients that talk to the app in process."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import anyio

from consentmw.errors import LifespanError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.types import ASGIApp, Message, Receive, Scope, Send


@asynccontextmanager
async def running_lifespan(app: ASGIApp) -> AsyncIterator[ASGIApp]:
    """Start the app, run the block, stop the app (ASGI specification, lifespan protocol).

    The block is given the app as it is served meanwhile: each request has a copy of the state that
    the lifespan has left.

    An app that knows no lifespan raises on the scope; servers take that for "not supported" and
    serve it all the same, and so does this.

    Raises:
        LifespanError: The app answered ``startup.failed`` or ``shutdown.failed``.
    """
    to_app, from_block = anyio.create_memory_object_stream[dict[str, Any]](2)
    started, stopped = anyio.Event(), anyio.Event()
    failures: list[str] = []
    state: dict[str, Any] = {}

    async def receive() -> Message:
        return await from_block.receive()

    async def send(message: Message) -> None:
        kind = message["type"]
        if kind.endswith(".failed"):
            failures.append(message.get("message", "") or kind)
        (started if kind.startswith("lifespan.startup") else stopped).set()

    async def run() -> None:
        scope = {
            "type": "lifespan",
            "asgi": {"version": "3.0", "spec_version": "2.0"},
            "state": state,
        }
        try:
            await app(scope, receive, send)
        except Exception:
            # What says that it failed may raise besides.
            if started.is_set() and not failures:
                raise
        finally:
            started.set()
            stopped.set()

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        # ASGI specification, lifespan state: "a shallow copy of the namespace".
        await app({**scope, "state": {**state, **scope.get("state", {})}}, receive, send)

    with to_app, from_block:
        tasks = anyio.create_task_group()
        await tasks.__aenter__()
        try:
            tasks.start_soon(run)
            await to_app.send({"type": "lifespan.startup"})
            await started.wait()
            if not failures:
                try:
                    yield serve
                finally:
                    await to_app.send({"type": "lifespan.shutdown"})
                    await stopped.wait()
        finally:
            # Entered by hand, so that what the block raises doesn't arrive inside a group.
            tasks.cancel_scope.cancel()
            await tasks.__aexit__(None, None, None)
    if failures:
        raise LifespanError(failures[0])
