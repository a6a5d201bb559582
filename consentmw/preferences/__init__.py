"""The preference centre: where a visitor sees what holds, declines it, and sees that it was done.

`build_endpoints` gives the middleware what it serves by itself; `TemplateHelpers` gives an app's
own templates the link to it, and in the opt-in regime the notice that asks; `keep_choice` is for a
site whose own pages take the choice.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from consentmw.preferences.api import Api, Schema
from consentmw.preferences.assets import build_assets
from consentmw.preferences.centre import Centre
from consentmw.preferences.helpers import TemplateHelpers
from consentmw.preferences.keeping import keep_choice
from consentmw.preferences.rendering import Renderer
from consentmw.preferences.trial import check_templates
from consentmw.preferences.well_known import build_statement

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.types import ASGIApp

    from consentmw.config import Config

__all__ = ["TemplateHelpers", "build_endpoints", "keep_choice"]


def build_endpoints(
    config: Config, *, today: Callable[[], date] | None = None
) -> Mapping[str, ASGIApp]:
    """Everything of a visitor's choices that the middleware serves, by path under `root_path`.

    Without a secret there is no preference centre, only what the site states about itself.

    Args:
        config: The site.
        today: The day, in UTC; the clock's if not given.

    Raises:
        ConfigError: A text or a template of the site's own that can't be used.
    """
    today = today or _today
    endpoints = build_statement(config.well_known)
    if config.choice_signer is not None:
        path = config.preferences.path
        renderer = Renderer(config)
        check_templates(config, renderer)
        endpoints |= build_assets(path)
        centre = Centre(config, renderer=renderer, today=today)
        # People type the slash too, and a printed notice may have it.
        endpoints |= {path: centre, f"{path}/": centre}
        endpoints[f"{path}/api"] = Api(config, renderer=renderer, today=today)
        endpoints[f"{path}/api/schema.json"] = Schema()
    return endpoints


def _today() -> date:
    return datetime.now(UTC).date()
