"""Runs a scan for the commands that need one, with its progress on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio

from consentmw.cli.progress import crawl_progress
from consentmw.inspection.browser import open_browser_site
from consentmw.inspection.scan import scan

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from consentmw.cli.target import Target
    from consentmw.inspection.inventory import Inventory


def scan_target(
    target: Target,
    *,
    limit: int,
    concurrency: int = 4,
    delay_seconds: float = 0.0,
    headers: Mapping[str, str] | None = None,
    in_browser: bool = False,
    log_path: Path | None = None,
) -> Inventory:
    """Scan a target; the arguments are those of `consentmw.inspection.scan.scan`.

    Raises:
        TargetError: It can't be read.
    """

    async def run() -> Inventory:
        site = open_browser_site(target.site) if in_browser else target.site
        with crawl_progress("scan", limit) as on_progress:
            async with site:
                return await scan(
                    site,
                    catalogue=target.catalogue,
                    tag_attributes=target.tag_attributes,
                    limit=limit,
                    concurrency=concurrency,
                    delay_seconds=delay_seconds,
                    headers=headers,
                    leave_out=target.preference_centre,
                    log_path=log_path,
                    on_progress=on_progress,
                )

    return anyio.run(run)
