"""The four visitors that an opt-out makes: each as the headers that such a browser sends."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from consentmw.asgi import ConsentMiddleware
from consentmw.config import Config
from consentmw.core.choice import Choice
from consentmw.errors import TargetError

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitorState:
    """A visitor as a request shows it.

    Args:
        name: ``no-signal``, ``gpc``, ``opted-out`` or ``allowed``.
        headers: What the browser adds to each request.
        cookies: What it holds for the site from the start.
        declines: The categories that it must not get.
    """

    name: str
    headers: Mapping[str, str]
    cookies: Mapping[str, str]
    declines: frozenset[str] = frozenset()

    def all_headers(self) -> dict[str, str]:
        """Return the headers with the cookies among them, for clients without a cookie jar."""
        if not self.cookies:
            return dict(self.headers)
        pairs = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {**self.headers, "cookie": pairs}


NO_SIGNAL = VisitorState(name="no-signal", headers={}, cookies={})
GPC = VisitorState(
    name="gpc", headers={"sec-gpc": "1"}, cookies={}, declines=frozenset({"advertising"})
)
STATE_NAMES = ("no-signal", "gpc", "opted-out", "allowed")


def build_states(config: Config | None, *, host: str) -> dict[str, VisitorState]:
    """Return the states that can be shown to a site, by name.

    Args:
        config: The site's configuration. Without one, or without a secret in it, nobody can sign
            a choice, so only ``no-signal`` and ``gpc`` are there.
        host: The host that the choice cookie is named for.
    """
    if config is None:
        return {NO_SIGNAL.name: NO_SIGNAL, GPC.name: GPC}
    sale_or_share = {name for name, one in config.categories.items() if one.sale_or_share}
    gpc = replace(GPC, declines=frozenset(sale_or_share if config.signals.gpc else ()))
    states = {NO_SIGNAL.name: NO_SIGNAL, GPC.name: gpc}
    signer = config.choice_signer
    if signer is None:
        return states
    optional = frozenset(name for name, one in config.categories.items() if not one.required)
    for name, allowed in (("opted-out", frozenset[str]()), ("allowed", optional)):
        choice = Choice(
            allowed=allowed,
            denied=optional - allowed,
            revision=config.revision,
            chosen_on=datetime.now(tz=UTC).date(),
        )
        states[name] = VisitorState(
            name=name,
            headers={},
            cookies={config.cookie.name_for(host): signer.sign(choice)},
            declines=optional - allowed,
        )
    return states


def find_config(app: Any) -> Config:
    """Find the configuration of the middleware in an app.

    Looks at a ``ConsentMiddleware`` that wraps the app, at Starlette's and FastAPI's list of
    middleware, and at apps wrapped in others that keep theirs as ``app``.

    Raises:
        TargetError: There is none.
    """
    seen = 0
    current = app
    while current is not None and seen < 50:  # a wrapper that wraps itself would never end
        if isinstance(current, ConsentMiddleware):
            return _single(current.config)
        for middleware in getattr(current, "user_middleware", ()):
            if middleware.cls is ConsentMiddleware:
                return _single((*middleware.args, *middleware.kwargs.values())[0])
        current = getattr(current, "app", None)
        seen += 1
    raise TargetError(
        "no ConsentMiddleware in this app; name the configuration (the fixture consent_config, "
        "or --config at the command line)"
    )


def _single(config: object) -> Config:
    if isinstance(config, Config):
        return config
    if isinstance(config, dict):
        return Config.from_mapping(config)
    raise TargetError(
        "this app chooses its configuration by host; name the one to test with (the fixture "
        "consent_config, or --config at the command line)"
    )
