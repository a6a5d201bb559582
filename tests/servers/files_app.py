"""Files, and around everything a spy that says in a field how the server was told of the body."""

from pathlib import Path

from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from consentmw import ConsentMiddleware

DEMO = Path(__file__).parents[2] / "examples" / "health_plan" / "static"

site = ConsentMiddleware(
    Starlette(routes=[Mount("/", StaticFiles(directory=DEMO))]),
    config={"signals": {"navigator": False}, "browser": {"guard": "off"}},
)


async def app(scope, receive, send):
    if scope["type"] != "http":
        await site(scope, receive, send)
        return
    held = []

    async def tell(message):
        if message["type"] == "http.response.start":
            held.append(message)
            return
        if held:
            start = held.pop()
            told = (b"x-told-by", message["type"].encode())
            await send({**start, "headers": [*start["headers"], told]})
        await send(message)

    await site(scope, receive, tell)
