"""What a command is pointed at, how that is read, and the configuration that goes with it.

The options of this are the same for every command that reads a site; `on_target` gives them to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from inspect import Parameter, signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, get_type_hints

import typer

from consentmw.cli.exits import interruptible
from consentmw.config import PreferencesSettings, load_config
from consentmw.core.categories import BUILT_IN, nearest_name
from consentmw.data import load_catalogue
from consentmw.errors import TargetError
from consentmw.inspection.browser import open_browser_site
from consentmw.inspection.in_process import AppSite
from consentmw.inspection.sites import SiteOptions
from consentmw.inspection.states import find_config
from consentmw.inspection.targets import open_site

if TYPE_CHECKING:
    from consentmw.config import Config
    from consentmw.core.catalogue import Catalogue
    from consentmw.inspection.sites import Site

# RFC 9110, sections 5.1 and 5.5.
_FIELD: Final = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*:\s*([\t\x20-\x7e]*)")

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
    int, typer.Option("--concurrency", min=1, max=64, help="Pages under way at once.")
]
DelayOption = Annotated[
    float, typer.Option("--delay", min=0.0, help="Seconds to wait between requests.")
]
TimeoutOption = Annotated[
    float, typer.Option("--timeout", min=0.1, help="Seconds that a whole answer may take.")
]
HeaderOption = Annotated[
    list[str] | None,
    typer.Option(
        "--header",
        "-H",
        help="Sent with each request, as 'Name: value'; a login's session, for example. Can be "
        "given several times.",
        show_default=False,
    ),
]
RobotsOption = Annotated[
    bool, typer.Option("--robots/--no-robots", help="Obey the site's robots.txt.")
]
BrowserOption = Annotated[
    bool, typer.Option("--browser", help="Load each page in Chromium as well, so that scripts run.")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A site, not yet open, how much of it is read, and how its resources are classified."""

    name: str
    site: Site
    config: Config | None
    catalogue: Catalogue
    limit: int
    concurrency: int

    @property
    def preference_centre(self) -> str:
        """The path of the preference centre, whose pages differ by what was chosen."""
        settings = self.config.preferences if self.config else PreferencesSettings()
        return settings.path

    @property
    def tag_attributes(self) -> tuple[str, ...]:
        """The attributes with which the site tags elements."""
        return self.config.tag_attributes if self.config else ("data-consent",)

    def check_categories(
        self, names: Iterable[str], option: str, *, others: tuple[str, ...] = ()
    ) -> None:
        """Hold that there are such categories; one that is none would never be found.

        Raises:
            typer.BadParameter: One of them is none, and none of the others that may be named.
        """
        known = self.config.categories if self.config else [one.name for one in BUILT_IN]
        for name in names:
            if name not in (accepted := [*known, *others]):
                nearest = nearest_name(name, accepted)
                hint = f", did you mean {nearest!r}?" if nearest else f": {', '.join(accepted)}"
                raise typer.BadParameter(f"no category {name!r}{hint}", param_hint=option)


def read_target(
    target: TargetArgument,
    *,
    config: ConfigOption = None,
    limit: LimitOption = 500,
    concurrency: ConcurrencyOption = 4,
    delay: DelayOption = 0.0,
    timeout: TimeoutOption = 30.0,
    robots: RobotsOption = True,
    header: HeaderOption = None,
    browser: BrowserOption = False,
) -> Target:
    """Find out what a target is and which configuration it has.

    Raises:
        TargetError: It can't be read.
        ConfigError: Its configuration can't be used.
        typer.BadParameter: A header field is none.
    """
    options = SiteOptions(
        obey_robots=robots,
        delay_seconds=delay,
        headers=read_headers(header),
        timeout_seconds=timeout,
    )
    site = open_site(target, options)
    own = load_config(config) if config is not None else _config_of(site)
    return Target(
        name=target,
        site=open_browser_site(site) if browser else site,
        config=own,
        catalogue=own.catalogue if own else load_catalogue(),
        limit=limit,
        concurrency=concurrency,
    )


def on_target(*, limit: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the target that it is pointed at, with the options of `read_target`.

    Args:
        limit: How many pages the command reads unless it is told otherwise.
    """

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        shared, (_, *own) = _parameters(read_target), _parameters(command)
        shared = [one.replace(default=limit) if one.name == "limit" else one for one in shared]
        names = {one.name for one in shared}

        @wraps(command)
        @interruptible
        def run(**values: Any) -> None:
            target = read_target(**{name: values.pop(name) for name in names})
            command(target, **values)

        run.__signature__ = signature(run, follow_wrapped=False).replace(  # type: ignore[attr-defined] # typer reads it
            parameters=[*shared, *own]
        )
        run.__annotations__ = {one.name: one.annotation for one in [*shared, *own]}
        return run

    return decorate


def _parameters(function: Callable[..., Any]) -> list[Parameter]:
    hints = get_type_hints(function, include_extras=True)
    parameters = signature(function).parameters.values()
    return [one.replace(annotation=hints[one.name]) for one in parameters]


def _config_of(site: Site) -> Config | None:
    if not isinstance(site, AppSite):
        return None
    try:
        return find_config(site.app)
    except TargetError:
        return None  # an app without the middleware can be scanned and audited like any site


def read_headers(fields: Iterable[str] | None) -> dict[str, str]:
    """Read ``Name: value`` options.

    Raises:
        typer.BadParameter: One of them is no header field.
    """
    headers: dict[str, str] = {}
    for field in fields or ():
        match = _FIELD.fullmatch(field.strip())
        if match is None:
            raise typer.BadParameter(f"{field!r} is not 'Name: value'", param_hint="--header")
        name, value = match[1].lower(), match[2].strip()
        headers[name] = f"{headers[name]}; {value}" if name == "cookie" in headers else value
    return headers
