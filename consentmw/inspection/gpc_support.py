"""Whether a site says that it honours GPC, in its support resource (W3C GPC)."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from consentmw.inspection.pages import FetchedPage

GPC_SUPPORT_PATH: Final = "/.well-known/gpc.json"


def read_gpc_support_problem(page: FetchedPage) -> str | None:
    """Say what is wrong with a site's GPC support resource; None where nothing is."""
    if page.status != 200:
        return f"answered {page.status}: the site doesn't say that it honours GPC"
    if page.media_type != "application/json":
        return f"served as {page.media_type or 'no type'!r} instead of 'application/json'"
    try:
        content = json.loads(page.body)
    except (ValueError, RecursionError) as error:
        return f"no JSON: {error}"
    if not isinstance(content, dict) or content.get("gpc") is not True:
        return "its member 'gpc' is not true"
    date = content.get("lastUpdate")
    if not isinstance(date, str):
        return "its member 'lastUpdate' is missing"
    try:
        datetime.fromisoformat(date)
    except ValueError:
        return f"its member 'lastUpdate' is no date: {date!r}"
    return None
