"""A small app for what the demo doesn't do: early hints, a stream that waits, cookies read."""

import asyncio

from consentmw import ConsentMiddleware

LINKS = [
    b"<https://ads.example/ad.js>; rel=preload; as=script",
    b"</own.css>; rel=preload; as=style",
]


async def site(scope, receive, send):
    if scope["type"] == "lifespan":
        while (await receive())["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        await send({"type": "lifespan.shutdown.complete"})
        return
    if "http.response.early_hint" in scope.get("extensions", {}):
        await send({"type": "http.response.early_hint", "links": LINKS})
    cookies = b" | ".join(value for name, value in scope["headers"] if name == b"cookie")
    headers = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"x-cookies", cookies or b"none"),
        (b"x-scheme", scope["scheme"].encode()),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    for part in (b"<p>first</p><script src=https://ads.example/ad.js></script>", b"<p>second</p>"):
        await send({"type": "http.response.body", "body": part, "more_body": True})
        await asyncio.sleep(0.3)
    await send({"type": "http.response.body", "body": b""})


app = ConsentMiddleware(
    site,
    config={
        "categories": {"advertising": {"hosts": ["ads.example"], "cookies": ["_ads"]}},
        "signals": {"navigator": False},
        "browser": {"guard": "off"},
    },
)
