"""A site with one fault a page, and the same site in order.

`build_broken` honours the opt-out by hand, as sites do that have never checked; every page but the
decoys gets one thing wrong. `build_fixed` serves the same pages without any handling of its own,
behind the middleware. Both keep the decoys: a token, a time and rotating content, which differ
from visit to visit and are no fault.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from consentmw import ConsentMiddleware

PIXEL = '<img src="https://www.facebook.com/tr?id=1&amp;ev=PageView" width="1" height="1" alt="">'
SCRIPT = '<script async src="https://connect.facebook.net/en_US/fbevents.js"></script>'
FRAME = '<iframe src="https://12345.fls.doubleclick.net/activityi;src=12345"></iframe>'
HINT = '<link rel="preconnect" href="https://googleads.g.doubleclick.net">'
LOADER = "<script>fbq('init', '1234567890');fbq('track', 'PageView');</script>"
SRCSET = (
    '<img srcset="https://ib.adnxs.com/seg?add=1 1x, https://ib.adnxs.com/seg?add=2 2x" alt="">'
)
TAGGED = '<img data-consent="advertising" src="/own-banner.png" alt="An offer">'
HEADER_HINT = "<https://static.criteo.net/js/ld/ld.js>; rel=preload; as=script"

_PAGE = (
    "<!doctype html><html lang=en><head><title>{path}</title>{head}</head>"
    "<body><h1>{path}</h1>{body}{links}</body></html>"
)
_counter = itertools.count()


def opted_out(request: Request) -> bool:
    """What the broken site looks at: the header, and a cookie of its own."""
    return request.headers.get("sec-gpc") == "1" or request.cookies.get("optout") == "1"


@dataclass
class Page:
    """One page: what it shows, and what the broken site does of it for who opted out."""

    plain: str = ""
    broken: str = ""
    head: str = ""
    broken_head: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    broken_headers: dict[str, str] = field(default_factory=lambda: {"vary": "Sec-GPC, Cookie"})
    status: int = 200
    broken_status: int = 200
    vary: bool = True
    media_type: str | None = "text/html"
    faults: frozenset[str] = frozenset()


SESSION = "session=abc; HttpOnly; Secure; SameSite=Lax; Path=/"

PAGES: dict[str, Page] = {
    "/script": Page(SCRIPT, SCRIPT, faults=frozenset({"leaked-resource"})),
    "/frame": Page(FRAME, FRAME, faults=frozenset({"leaked-resource"})),
    "/srcset": Page(SRCSET, SRCSET, faults=frozenset({"leaked-resource"})),
    "/tagged": Page(TAGGED, TAGGED, faults=frozenset({"leaked-resource"})),
    "/inline": Page(LOADER, LOADER, faults=frozenset({"leaked-inline"})),
    "/noscript": Page(
        f"{SCRIPT}<noscript>{PIXEL}</noscript>",
        f"<noscript>{PIXEL}</noscript>",
        faults=frozenset({"leaked-noscript"}),
    ),
    "/hint": Page(head=HINT, broken_head=HINT, faults=frozenset({"leaked-hint"})),
    "/header-hint": Page(
        headers={"link": HEADER_HINT},
        broken_headers={"link": HEADER_HINT},
        faults=frozenset({"leaked-hint"}),
    ),
    "/cookie": Page(
        headers={"set-cookie": "_fbp=fb.1.2.3; Max-Age=7776000; Path=/"},
        broken_headers={"set-cookie": "_fbp=fb.1.2.3; Max-Age=7776000; Path=/"},
        faults=frozenset({"leaked-cookie"}),
    ),
    "/lost-script": Page(
        f'{SCRIPT}<script src="/checkout.js"></script>', faults=frozenset({"lost-content"})
    ),
    "/lost-text": Page(f"{SCRIPT}<p>Opening hours</p>", faults=frozenset({"lost-content"})),
    "/lost-cookie": Page(
        SCRIPT, headers={"set-cookie": SESSION}, faults=frozenset({"lost-cookie"})
    ),
    "/status": Page(SCRIPT, broken_status=403, faults=frozenset({"different-status"})),
    "/vary": Page(SCRIPT, vary=False, broken_headers={}, faults=frozenset({"missing-vary"})),
    "/etag": Page(
        SCRIPT,
        headers={"etag": '"1"'},
        broken_headers={"etag": '"1"', "vary": "Sec-GPC, Cookie"},
        faults=frozenset({"shared-validator", "stale-not-modified"}),
    ),
    "/last-modified": Page(
        SCRIPT,
        headers={"last-modified": "Sun, 01 Nov 2026 10:00:00 GMT"},
        broken_headers={"vary": "Sec-GPC, Cookie"},
        faults=frozenset({"stale-not-modified"}),
    ),
    "/cacheable": Page(
        SCRIPT,
        headers={"cache-control": "private, max-age=60"},
        broken_headers={"cache-control": "public, max-age=600", "vary": "Sec-GPC, Cookie"},
        faults=frozenset({"more-cacheable"}),
    ),
    "/header-only": Page(SCRIPT, faults=frozenset({"leaked-resource"})),
    "/untyped": Page(SCRIPT, SCRIPT, media_type=None, faults=frozenset({"leaked-resource"})),
    "/token": Page('<input type="hidden" name="csrf" value="{count}">' + SCRIPT),
    "/time": Page("<p>Served at {count}</p>" + SCRIPT),
    "/rotating": Page("{rotating}" + SCRIPT),
    # Without anything to be suppressed there are no variants, whatever else differs.
    "/same-but-for-a-token": Page(
        '<input type="hidden" name="csrf" value="{count}">', vary=False, broken_headers={}
    ),
}
DECOYS = ("/token", "/time", "/rotating", "/same-but-for-a-token")
for _decoy in DECOYS:
    PAGES[_decoy].broken = PAGES[_decoy].plain.replace(SCRIPT, "")
_ROTATION = itertools.cycle(["<p>First offer</p>", "<p>First offer</p>", "<p>Second offer</p>"])


def _render(path: str, head: str, body: str) -> str:
    links = "".join(f'<a href="{other}">{other}</a>' for other in [*PAGES, "/redirect"])
    count = str(next(_counter))
    filled = body.replace("{count}", count).replace("{rotating}", next(_ROTATION))
    return _PAGE.format(path=path, head=head, body=filled, links=links)


def _not_modified(request: Request, page: Page) -> bool:
    return (
        "etag" in page.headers and request.headers.get("if-none-match") == page.headers["etag"]
    ) or (
        "last-modified" in page.headers
        and request.headers.get("if-modified-since") == page.headers["last-modified"]
    )


def _plain(path: str, page: Page) -> Callable[[Request], Response]:
    def answer(request: Request) -> Response:
        if _not_modified(request, page):
            return Response(status_code=304, headers=page.headers)
        headers = {"vary": "Sec-GPC, Cookie", **page.headers} if page.vary else page.headers
        body = _render(path, page.head, page.plain)
        return Response(body, page.status, headers=headers, media_type=page.media_type)

    return answer


def _broken(path: str, page: Page) -> Callable[[Request], Response]:
    plain = _plain(path, page)

    def answer(request: Request) -> Response:
        by_header_only = path == "/header-only" and request.headers.get("sec-gpc") != "1"
        if not opted_out(request) or by_header_only or _not_modified(request, page):
            return plain(request)
        body = _render(path, page.broken_head, page.broken)
        headers = page.broken_headers
        return Response(body, page.broken_status, headers=headers, media_type=page.media_type)

    return answer


def _redirect(request: Request) -> Response:
    answer = RedirectResponse("/token")
    answer.headers["set-cookie"] = "_gcl_au=1.1.2; Max-Age=7776000; Path=/"
    return answer


def _build(handler: Callable[[str, Page], Callable[[Request], Response]]) -> Starlette:
    def home(request: Request) -> Response:
        return Response(_render("/", "", "<p>Welcome</p>"), media_type="text/html")

    routes = [Route(path, handler(path, page)) for path, page in PAGES.items()]
    return Starlette(routes=[Route("/", home), Route("/redirect", _redirect), *routes])


def build_broken() -> Starlette:
    """Build the site with its faults."""
    return _build(_broken)


def build_fixed() -> Starlette:
    """Build the site behind the middleware."""
    app = _build(_plain)
    config = {
        "secret_keys": ["a secret of the test's"],
        "well_known": {"gpc": True, "last_update": date(2026, 11, 1)},
    }
    app.add_middleware(ConsentMiddleware, config=config)
    return app
