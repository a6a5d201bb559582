"""A site with a pixel, a tag, the link to its preference centre and, where it asks, the notice."""

from __future__ import annotations

from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from consentmw.asgi import ConsentMiddleware
from consentmw.config import Config
from consentmw.preferences import TemplateHelpers

CENTRE = "/privacy-choices"
ADS = {"ads.example", "pixel.example"}
MEASURED = {"stats.example"}

PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Example Health</title><link rel="icon" href="data:,">
<script src="https://ads.example/loader.js"></script>
<script src="https://stats.example/count.js"></script>
</head>
<body>
<header><a href="/">Home</a></header>
<main><h1 id="head">Find a doctor</h1><p id="text">%s</p>
<img src="https://pixel.example/p.gif" alt="" width="1" height="1"></main>
<footer>%s</footer>%s
</body></html>"""


def build_site(*, words: int = 40, **settings: Any) -> ConsentMiddleware:
    """The app of a site with these settings."""
    config = Config.from_mapping(
        {
            "secret_keys": ["a secret that is long enough"],
            "categories": {
                "advertising": {
                    "hosts": sorted(ADS),
                    "cookies": ["_fbp", "_gcl_*"],
                    "urls": ["https://www.google.com/pagead/*"],
                },
                "analytics": {"hosts": sorted(MEASURED), "cookies": ["_ga", "_ga_*"]},
                "session-replay": {
                    "label": "Session replay",
                    "description": "Records how pages are used.",
                    "sale_or_share": True,
                },
            },
            "preferences": {
                "site_name": "Example Health",
                "links": [
                    {
                        "label": "Opt out with members of the NAI",
                        "url": "https://thenai.org/opt-out/",
                        "description": "An industry page for interest-based advertising.",
                    }
                ],
                "browsers": [
                    {
                        "name": "Firefox",
                        "signal": "Settings, Privacy & Security: Tell websites not to sell or "
                        "share my data",
                        "url": "https://support.mozilla.org/kb/global-privacy-control",
                    },
                    {"name": "Brave", "signal": "On from the start"},
                ],
            },
            "zones": [{"paths": ["/member/*"], "deny": ["advertising"]}],
            **settings,
        },
        environ={},
    )
    helpers = TemplateHelpers(config)

    async def home(request: Request) -> HTMLResponse:
        text = "We help you find one near you. " * words
        return HTMLResponse(PAGE % (text, helpers.link(request), helpers.notice(request)))

    return ConsentMiddleware(Starlette(routes=[Route("/", home)]), config)


def tab_to(page: Any, selector: str) -> None:
    """Press Tab until an element has the focus, and hold that it can be seen there."""
    for _ in range(40):
        page.press("Tab")
        if page.evaluate("(s) => document.activeElement.matches(s)", selector):
            outline = page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none", f"{selector} doesn't show that it has the focus"
            return
    raise AssertionError(f"{selector} can't be reached by keyboard on {page.url}")


def switches(page: Any) -> dict[str, tuple[bool, bool]]:
    """Each switch: whether it is on, and whether it can be switched."""
    found = page.evaluate(
        "() => [...document.querySelectorAll('input[role=switch]')]"
        ".map((i) => [i.value, i.checked, !i.disabled])"
    )
    return {name: (on, free) for name, on, free in found}


def errors(page: Any) -> list[str]:
    """What the page did wrong, without what Firefox says of its own settings server."""
    return [error for error in page.errors if not error.startswith("RSLoader")]
