"""Opens what a command is pointed at, with the configuration and catalogue that go with it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from consentmw.config import load_config
from consentmw.data import load_catalogue
from consentmw.errors import TargetError
from consentmw.inspection.sites import AppSite, open_site
from consentmw.inspection.states import find_config

if TYPE_CHECKING:
    from consentmw.config import Config
    from consentmw.core.catalogue import Catalogue
    from consentmw.inspection.sites import Site

TargetArgument = Annotated[
    str,
    typer.Argument(
        help="A URL (https://…), an app in this process (module:app), or a folder of HTML files.",
        show_default=False,
    ),
]
ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config",
        "-c",
        help="The site's consent.toml; for module:app it is found in the app.",
        exists=True,
        dir_okay=False,
    ),
]
LimitOption = Annotated[int, typer.Option("--limit", "-n", min=1, help="Pages at the most.")]
ConcurrencyOption = Annotated[
    int, typer.Option("--concurrency", min=1, max=64, help="Requests under way at once.")
]
DelayOption = Annotated[
    float, typer.Option("--delay", min=0.0, help="Seconds to wait between requests.")
]
HeaderOption = Annotated[
    list[str] | None,
    typer.Option(
        "--header",
        "-H",
        help="Sent with each request, as 'Name: value'; a login's session, for example.",
        show_default=False,
    ),
]
RobotsOption = Annotated[
    bool, typer.Option("--robots/--no-robots", help="Obey the site's robots.txt.")
]
OutputOption = Annotated[
    Path | None,
    typer.Option("--output", "-o", help="Write the report to this file.", dir_okay=False),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A site, not yet open, and how its resources are classified."""

    name: str
    site: Site
    config: Config | None
    catalogue: Catalogue

    @property
    def preference_centre(self) -> str | None:
        """The path of the preference centre, whose pages differ by what was chosen."""
        return self.config.preferences.path if self.config else None

    @property
    def tag_attributes(self) -> tuple[str, ...]:
        """The attributes with which the site tags elements."""
        return self.config.tag_attributes if self.config else ("data-consent",)


def read_target(name: str, config_path: Path | None, *, obey_robots: bool) -> Target:
    """Find out what a target is and which configuration it has.

    Raises:
        TargetError: It can't be read.
        ConfigError: Its configuration can't be used.
    """
    site = open_site(name, obey_robots=obey_robots)
    config = load_config(config_path) if config_path is not None else _config_of(site)
    return Target(
        name=name,
        site=site,
        config=config,
        catalogue=config.catalogue if config else load_catalogue(),
    )


def _config_of(site: Any) -> Config | None:
    if not isinstance(site, AppSite):
        return None
    try:
        return find_config(site.app)
    except TargetError:
        return None  # an app without the middleware can be scanned and audited like any site


def read_headers(fields: list[str] | None) -> dict[str, str]:
    """Read ``Name: value`` options.

    Raises:
        typer.BadParameter: One of them has no colon or no name.
    """
    headers: dict[str, str] = {}
    for field in fields or []:
        name, colon, value = field.partition(":")
        if not colon or not name.strip():
            raise typer.BadParameter(f"{field!r} is not 'Name: value'", param_hint="--header")
        headers[name.strip().lower()] = value.strip()
    return headers
