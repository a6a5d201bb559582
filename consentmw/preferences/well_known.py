"""`/.well-known/gpc.json`: what a site states about its support of Global Privacy Control.

W3C GPC, "GPC Support Resource": the statement of an origin, the same whoever asks. A date that the
site doesn't give is never made up.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from starlette.responses import Response

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from consentmw.config import GpcSupport

PATH: Final = "/.well-known/gpc.json"


def build_statement(support: GpcSupport) -> dict[str, ASGIApp]:
    """The resource at its path, where the site states anything."""
    if support.gpc is None:
        return {}
    statement: dict[str, bool | str] = {"gpc": support.gpc}
    if support.last_update is not None:
        statement["lastUpdate"] = support.last_update.isoformat()
    return {PATH: _Statement(json.dumps(statement).encode())}


class _Statement:
    def __init__(self, content: bytes) -> None:
        self._content = content

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] not in ("GET", "HEAD"):
            refused = Response(status_code=405, headers={"Allow": "GET, HEAD"})
            return await refused(scope, receive, send)
        # Caching is like that of any other resource; a day is soon enough for a new statement.
        headers = {"Cache-Control": "public, max-age=86400", "X-Content-Type-Options": "nosniff"}
        response = Response(self._content, media_type="application/json", headers=headers)
        return await response(scope, receive, send)
