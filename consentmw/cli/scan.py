"""``consentmw scan``: lists every script, pixel, frame, hint and cookie of a site."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from consentmw.cli.exits import EXIT_FAILED
from consentmw.cli.output import OutputOption, check_writable, write_report
from consentmw.cli.reports.as_html import scan_as_html
from consentmw.cli.reports.as_json import scan_as_json
from consentmw.cli.reports.as_sarif import scan_as_sarif
from consentmw.cli.reports.as_tables import print_scan
from consentmw.cli.scanning import scan_target
from consentmw.cli.target import Target, on_target


class ScanFormat(StrEnum):
    """How the result is written."""

    TABLE = "table"
    JSON = "json"
    SARIF = "sarif"
    HTML = "html"


@on_target(limit=500)
def scan(
    target: Target,
    *,
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
            callback=check_writable,
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
    target.check_categories(fail_on or (), "--fail-on", others=("unclassified",))
    inventory = scan_target(target, log_path=log)
    if format is ScanFormat.TABLE:
        print_scan(inventory, target.name, output)
    else:
        writers = {
            ScanFormat.JSON: scan_as_json,
            ScanFormat.SARIF: scan_as_sarif,
            ScanFormat.HTML: scan_as_html,
        }
        write_report(writers[format](inventory, target.name), output)
    if output is not None:
        typer.echo(f"{output}: {inventory.page_count} pages", err=True)
    groups = inventory.by_category()
    failed = [name for name in fail_on or () if groups.get(name)]
    if failed:
        typer.echo(f"--fail-on: {', '.join(failed)} found", err=True)
        raise typer.Exit(EXIT_FAILED)
