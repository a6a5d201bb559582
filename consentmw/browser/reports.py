"""Reports of our policy: they tell the owner of third parties that nobody has declared.

Nothing of a visitor is kept: of a report only the directive and the host it names are looked at,
and each pair is logged once. Anyone can send reports, so everything about them is bounded.
"""

from __future__ import annotations

import json
import logging
import time
from typing import TYPE_CHECKING, Any, Final

from starlette.requests import Request
from starlette.responses import Response

from consentmw.core.addresses import read_address

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.datastructures import Headers
    from starlette.types import Receive, Scope, Send

    from consentmw.core.catalogue import Catalogue

logger = logging.getLogger("consentmw")

_MEDIA_TYPES: Final = {"application/csp-report", "application/reports+json", "application/json"}
# A browser's report has some two kilobytes; by the Reporting API several come in one request.
_MAX_BYTES: Final = 32_768
_MAX_REPORTS: Final = 32
# Enough to hear of every third party of a busy site within minutes, too few to be a burden.
_MAX_REQUESTS_A_MINUTE: Final = 120
_MAX_PAIRS: Final = 1000
_MAX_TEXT: Final = 200


class ReportEndpoint:
    """Takes reports by `report-uri` and by the Reporting API."""

    def __init__(
        self, catalogue: Catalogue, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._catalogue = catalogue
        self._clock = clock
        self._told: set[tuple[str, str]] = set()
        self._minute = 0
        self._requests = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer without a body, whatever comes."""
        status = await self._take(Request(scope, receive))
        headers = {"Cache-Control": "no-store"} | ({"Allow": "POST"} if status == 405 else {})
        await Response(status_code=status, headers=headers)(scope, receive, send)

    async def _take(self, request: Request) -> int:
        if request.method != "POST":
            return 405
        if self._is_flooded():
            return 429
        if _media_type(request.headers) not in _MEDIA_TYPES:
            return 415
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > _MAX_BYTES:
                return 413
        try:
            reports = json.loads(bytes(body))
        except (ValueError, RecursionError):
            return 400
        own_host = request.url.hostname or ""
        for directive, blocked in _violations(reports):
            self._tell(directive, blocked, own_host)
        return 204

    def _is_flooded(self) -> bool:
        minute = int(self._clock()) // 60
        if minute != self._minute:
            self._minute, self._requests = minute, 0
        self._requests += 1
        return self._requests > _MAX_REQUESTS_A_MINUTE

    def _tell(self, directive: str, blocked: str, own_host: str) -> None:
        address = read_address(blocked)
        if address is None or not address[0] or address[0] == own_host:
            return
        host, target = address
        pair = (directive[:_MAX_TEXT], host[:_MAX_TEXT])
        if pair in self._told or len(self._told) >= _MAX_PAIRS:
            return
        self._told.add(pair)
        known = self._catalogue.classify_target(host, target, own_host=own_host)
        what = f"{known.category} of {known.vendor}" if known else "which nobody has declared"
        logger.warning("%r asks for %r, %s", pair[0], pair[1], what)


def _media_type(headers: Headers) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def _violations(reports: Any) -> Iterator[tuple[str, str]]:
    """Directive and blocked address of each report, in either of the two forms."""
    for report in (reports if isinstance(reports, list) else [reports])[:_MAX_REPORTS]:
        if not isinstance(report, dict):
            continue
        body = report.get("csp-report", report.get("body"))
        if not isinstance(body, dict):
            continue
        directive = body.get("effective-directive", body.get("effectiveDirective"))
        blocked = body.get("blocked-uri", body.get("blockedURL"))
        if isinstance(directive, str) and isinstance(blocked, str):
            yield directive, blocked
