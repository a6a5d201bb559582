"""The files of the preference centre: the stylesheets and the opt-out icon.

Their names carry a digest of their content, so that a browser may keep them for good.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from starlette.responses import Response

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

_STATIC: Final = files("consentmw.preferences") / "static"
_MEDIA_TYPES: Final = {"css": "text/css", "svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One file and the name under which it is served, relative to the preference centre."""

    name: str
    content: bytes
    media_type: str

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve it, as an ASGI app."""
        if scope["method"] not in ("GET", "HEAD"):
            refused = Response(status_code=405, headers={"Allow": "GET, HEAD"})
            return await refused(scope, receive, send)
        headers = {
            # RFC 8246: whatever is under this name never changes.
            "Cache-Control": "public, max-age=31536000, immutable",
            "X-Content-Type-Options": "nosniff",
        }
        response = Response(self.content, media_type=self.media_type, headers=headers)
        return await response(scope, receive, send)


def _load(file: str) -> Asset:
    content = (_STATIC / file).read_bytes()
    stem, _, extension = file.partition(".")
    digest = hashlib.sha256(content).hexdigest()[:10]
    return Asset(
        name=f"{stem}.{digest}.{extension}", content=content, media_type=_MEDIA_TYPES[extension]
    )


PAGE_STYLE: Final = _load("page.css")
ASK_STYLE: Final = _load("ask.css")
ICON: Final = _load("choices.svg")


def build_assets(prefix: str) -> dict[str, ASGIApp]:
    """Every file, by its path."""
    return {f"{prefix}/{asset.name}": asset for asset in (PAGE_STYLE, ASK_STYLE, ICON)}
