"""``consentmw scan``: lists every script, pixel, frame, hint and cookie of a site."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from consentmw.cli.reports.as_html import scan_as_html
from consentmw.cli.reports.as_json import scan_as_json
from consentmw.cli.reports.as_sarif import scan_as_sarif
from consentmw.cli.reports.as_tables import print_scan
from consentmw.cli.scanning import scan_target
from consentmw.cli.target import (
    ConcurrencyOption,
    ConfigOption,
    DelayOption,
    HeaderOption,
    LimitOption,
    OutputOption,
    RobotsOption,
    TargetArgument,
    read_headers,
    read_target,
)

if TYPE_CHECKING:
    from consentmw.inspection.inventory import Inventory


class ScanFormat(StrEnum):
    """How the result is written."""

    TABLE = "table"
    JSON = "json"
    SARIF = "sarif"
    HTML = "html"


def scan(
    target: TargetArgument,
    *,
    config: ConfigOption = None,
    limit: LimitOption = 500,
    concurrency: ConcurrencyOption = 4,
    delay: DelayOption = 0.0,
    robots: RobotsOption = True,
    header: HeaderOption = None,
    browser: Annotated[
        bool,
        typer.Option("--browser", help="Load each page in Chromium, so that its scripts run."),
    ] = False,
    format: Annotated[  # noqa: A002 (the option's name)
        ScanFormat, typer.Option("--format", "-f", help="How the result is written.")
    ] = ScanFormat.TABLE,
    output: OutputOption = None,
    log: Annotated[
        Path | None,
        typer.Option(
            "--resume",
            help="Note each page in this file, and go on from what an earlier scan noted there.",
            dir_okay=False,
        ),
    ] = None,
    fail_on: Annotated[
        list[str] | None,
        typer.Option(
            "--fail-on",
            help="Exit with 1 if anything of this category is there; 'unclassified' for what "
            "nobody knows. Can be given several times.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """List every script, pixel, frame, hint and cookie of a site, by category and vendor.

    Crawls within the site: one host, links only, robots.txt obeyed. Cookies that the server sets
    are listed with those that scripts can't see; with --browser those that scripts set, too.
    """
    opened = read_target(target, config, obey_robots=robots)
    headers = read_headers(header)

    inventory = scan_target(
        opened,
        limit=limit,
        concurrency=concurrency,
        delay_seconds=delay,
        headers=headers,
        in_browser=browser,
        log_path=log,
    )
    _write(inventory, target, format, output)
    groups = inventory.by_category()
    failed = [name for name in fail_on or () if groups.get(name)]
    if failed:
        typer.echo(f"--fail-on: {', '.join(failed)} found", err=True)
        raise typer.Exit(1)


def _write(inventory: Inventory, target: str, format_: ScanFormat, output: Path | None) -> None:
    if format_ is ScanFormat.TABLE:
        print_scan(inventory, target, output)
        return
    writers = {
        ScanFormat.JSON: scan_as_json,
        ScanFormat.SARIF: scan_as_sarif,
        ScanFormat.HTML: scan_as_html,
    }
    text = writers[format_](inventory, target)
    if output is None:
        typer.echo(text)
    else:
        output.write_text(text, encoding="utf-8")
        typer.echo(f"{output}: {inventory.page_count} pages", err=True)
