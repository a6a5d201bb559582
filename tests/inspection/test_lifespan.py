from contextlib import asynccontextmanager

import anyio
import pytest
from starlette.applications import Starlette

from consentmw.errors import LifespanError
from consentmw.inspection.lifespan import running_lifespan


def test_the_app_is_started_before_the_block_and_stopped_after_it():
    seen = []

    async def app(scope, receive, send):
        assert scope["type"] == "lifespan"
        for phase in ("startup", "shutdown"):
            message = await receive()
            seen.append(message["type"])
            await send({"type": f"lifespan.{phase}.complete"})

    async def run():
        async with running_lifespan(app):
            seen.append("block")

    anyio.run(run)
    assert seen == ["lifespan.startup", "block", "lifespan.shutdown"]


def test_an_app_that_knows_no_lifespan_is_served_all_the_same():
    async def app(scope, receive, send):
        raise RuntimeError("only http")

    async def run():
        async with running_lifespan(app):
            return "served"

    assert anyio.run(run) == "served"


@pytest.mark.parametrize("phase", ["startup", "shutdown"])
def test_an_app_that_says_it_failed_raises_with_its_message(phase):
    async def app(scope, receive, send):
        while True:
            kind = (await receive())["type"]
            if kind == f"lifespan.{phase}":
                await send({"type": f"{kind}.failed", "message": "no database"})
                return
            await send({"type": f"{kind}.complete"})

    async def run():
        async with running_lifespan(app):
            pass

    with pytest.raises(LifespanError, match="no database"):
        anyio.run(run)


def test_what_the_block_raises_arrives_as_it_is_after_the_app_was_stopped():
    seen = []

    async def app(scope, receive, send):
        await receive()
        await send({"type": "lifespan.startup.complete"})
        seen.append((await receive())["type"])
        await send({"type": "lifespan.shutdown.complete"})

    async def run():
        async with running_lifespan(app):
            raise LookupError("in the block")

    with pytest.raises(LookupError, match="in the block"):
        anyio.run(run)
    assert seen == ["lifespan.shutdown"]


def test_an_app_that_breaks_while_it_runs_is_not_taken_for_one_without_a_lifespan():
    async def app(scope, receive, send):
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        raise RuntimeError("on the way out")

    async def run():
        async with running_lifespan(app):
            pass

    with pytest.raises(ExceptionGroup, match="unhandled errors") as caught:
        anyio.run(run)
    assert "on the way out" in repr(caught.value)


def test_requests_have_the_state_that_the_lifespan_left_each_a_copy_of_its_own():
    seen = []

    async def app(scope, receive, send):
        if scope["type"] == "lifespan":
            await receive()
            scope["state"]["database"] = "open"
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
        else:
            seen.append(dict(scope["state"]))
            scope["state"]["of"] = "this request"

    async def run():
        async with running_lifespan(app) as serving:
            await serving({"type": "http"}, None, None)
            await serving({"type": "http", "state": {"own": 1}}, None, None)

    anyio.run(run)
    assert seen == [{"database": "open"}, {"database": "open", "own": 1}]


def test_a_framework_that_says_it_failed_and_raises_has_failed():
    @asynccontextmanager
    async def lifespan(app):
        raise RuntimeError("no database")
        yield

    async def run():
        async with running_lifespan(Starlette(lifespan=lifespan)):
            pass

    with pytest.raises(LifespanError, match="RuntimeError: no database"):
        anyio.run(run)
