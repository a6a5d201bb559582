"""``consentmw check``: validates a configuration and says what it means."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import anyio
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from consentmw.browser.policies import read_permit
from consentmw.cli.exits import EXIT_FAILED, interruptible
from consentmw.config import load_config
from consentmw.inspection.landing import fetch_landing_page
from consentmw.inspection.sites import SiteOptions
from consentmw.inspection.states import GPC
from consentmw.inspection.targets import open_site

if TYPE_CHECKING:
    from consentmw.config import Config
    from consentmw.core.rules import RuleKind

_KINDS: tuple[RuleKind, ...] = ("host", "url", "cookie", "inline")


@interruptible
def check(
    file: Annotated[
        Path, typer.Argument(help="The configuration.", exists=True, dir_okay=False)
    ] = Path("consent.toml"),
    *,
    site: Annotated[
        str | None,
        typer.Option(
            "--site",
            help="Also ask the first page of this URL or module:app whether its own content "
            "security policy lets the guard run.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Validate a configuration and print what it means.

    Every problem is printed at once, with its table and key; the exit code is then 2. It is 1 where
    the guard can't run on the site.
    """
    config = load_config(file)
    console = Console()
    console.print(_categories(config))
    if config.zones:
        console.print(_zones(config))
    console.print(_settings(config))
    complaint = anyio.run(_guard_complaint, site) if site and config.browser.guard != "off" else ""
    if complaint:
        message = f"The guard can't run on {site}: {complaint}"
        console.print(message, style="bold red", markup=False, highlight=False)
        raise typer.Exit(EXIT_FAILED)


async def _guard_complaint(target: str) -> str:
    """Say what keeps the guard from running on a site's first page."""
    async with open_site(target, SiteOptions(obey_robots=False)) as site:
        page = await fetch_landing_page(site, GPC.all_headers())
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in page.headers]
    return read_permit(headers, host=page.host).complaint


def _categories(config: Config) -> Table:
    table = Table(title="Categories", title_justify="left")
    for heading in ("category", "can be declined", "declined by GPC", "without a choice"):
        table.add_column(heading)
    for heading in _KINDS:
        table.add_column(heading, justify="right")
    counts = Counter((rule.category, rule.kind) for rule in config.catalogue.rules)
    for name, category in config.categories.items():
        optional = not category.required
        table.add_row(
            escape(name),
            "yes" if optional else "no",
            "yes" if optional and category.sale_or_share and config.signals.gpc else "no",
            "denied" if optional and config.regime == "opt-in" else "allowed",
            *(str(counts[name, kind]) for kind in _KINDS),
        )
    return table


def _zones(config: Config) -> Table:
    table = Table(title="Zones (for everyone, whatever they chose)", title_justify="left")
    for heading in ("hosts", "paths", "denied"):
        table.add_column(heading)
    for zone in config.zones:
        table.add_row(
            escape(", ".join(zone.hosts) or "every host"),
            escape(", ".join(zone.paths) or "every path"),
            escape(", ".join(sorted(zone.deny))),
        )
    return table


def _settings(config: Config) -> Table:
    table = Table(title="Settings", title_justify="left", show_header=False)
    enforcement = {
        "enforce": "enforced",
        "observe": "[bold red]observed only: opt-outs are NOT honoured[/]",
        "off": "[bold red]off: opt-outs are NOT honoured[/]",
    }
    centre = (
        f"at {config.preferences.path}"
        if config.secret_keys
        else "[yellow]none: secret_keys is not set[/]"
    )
    rows = {
        "regime": config.regime,
        "mode": enforcement[config.enforcement.mode],
        "Global Privacy Control": "honoured" if config.signals.gpc else "[bold red]ignored[/]",
        "Do Not Track": "honoured" if config.signals.dnt else "ignored",
        "preference centre": centre,
        "choice cookie": f"{config.cookie.max_age_days} days, "
        + (f"for {config.cookie.domain}" if config.cookie.domain else "for one host"),
        "gpc.json": _statement(config),
        "guard in the browser": config.browser.guard,
        "caching": config.caching.strategy,
    }
    for name, value in rows.items():
        table.add_row(name, value)
    return table


def _statement(config: Config) -> str:
    """What the site says of itself at ``/.well-known/gpc.json``, and whether it can be true."""
    stated = config.well_known.gpc
    if stated is None:
        return f"[yellow]not served: {escape('[well_known]')} states nothing[/]"
    acts = config.enforcement.mode == "enforce" and config.signals.gpc
    if stated and not acts:
        return "[bold red]says that GPC is honoured, and it is NOT[/]"
    return "says that GPC is honoured" if stated else "says that GPC is not honoured"
