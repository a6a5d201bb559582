"""Runs a scan for the commands that need one, with its progress on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import typer

from consentmw.cli.progress import crawl_progress
from consentmw.inspection.scan import scan

if TYPE_CHECKING:
    from pathlib import Path

    from consentmw.cli.target import Target
    from consentmw.inspection.inventory import Inventory


def scan_target(target: Target, *, log_path: Path | None = None) -> Inventory:
    """Scan a target, and say where it was not the whole of it.

    Args:
        target: What is scanned.
        log_path: Where each visited page is noted, and an earlier scan gone on from.

    Raises:
        TargetError: It can't be read.
    """

    async def run() -> Inventory:
        async with target.site as site:
            with crawl_progress("scan") as on_progress:
                return await scan(
                    site,
                    catalogue=target.catalogue,
                    tag_attributes=target.tag_attributes,
                    limit=target.limit,
                    concurrency=target.concurrency,
                    leave_out=target.preference_centre,
                    log_path=log_path,
                    on_progress=on_progress,
                )

    inventory = anyio.run(run)
    if inventory.is_cut_short:
        tell_cut_short(target)
    return inventory


def tell_cut_short(target: Target) -> None:
    """Say that there are more pages than were looked at."""
    typer.echo(
        f"stopped at {target.limit} pages, and there are more: --limit takes them in", err=True
    )
