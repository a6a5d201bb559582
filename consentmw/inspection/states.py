"""The four visitors that an opt-out makes: each as the headers that such a browser sends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from consentmw.asgi import ConsentMiddleware
from consentmw.config import Config
from consentmw.core.choice import Choice
from consentmw.core.decision import build_consent
from consentmw.core.signals import Signals
from consentmw.errors import TargetError


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitorState:
    """A visitor as a request shows it.

    Args:
        name: ``no-signal``, ``gpc``, ``opted-out`` or ``allowed``.
        headers: What the browser adds to each request.
        cookies: What it holds for the site from the start.
        declines: The categories that it must not get, zones aside.
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


_GPC_HEADERS: Final = {"sec-gpc": "1"}
NO_SIGNAL: Final = VisitorState(name="no-signal", headers={}, cookies={})
GPC: Final = VisitorState(
    name="gpc", headers=_GPC_HEADERS, cookies={}, declines=frozenset({"advertising"})
)
STATE_NAMES: Final = ("no-signal", "gpc", "opted-out", "allowed")


def build_states(config: Config | None, *, host: str) -> dict[str, VisitorState]:
    """Return the states that can be shown to a site, by name.

    Args:
        config: The site's configuration. Without one, or without a secret in it, nobody can sign
            a choice, so only ``no-signal`` and ``gpc`` are there.
        host: The host that the choice cookie is named for.
    """
    if config is None:
        return {NO_SIGNAL.name: NO_SIGNAL, GPC.name: GPC}
    today = datetime.now(tz=UTC).date()
    policy, signer = config.policy, config.choice_signer
    states = {
        name: VisitorState(
            name=name,
            headers=headers,
            cookies={},
            declines=build_consent(policy, signals=Signals(gpc=bool(headers))).denied,
        )
        for name, headers in ((NO_SIGNAL.name, {}), (GPC.name, _GPC_HEADERS))
    }
    if signer is None:
        return states
    optional = frozenset(name for name, one in config.categories.items() if not one.required)
    for name, allowed in (("opted-out", frozenset[str]()), ("allowed", optional)):
        choice = Choice(
            allowed=allowed,
            denied=optional - allowed,
            revision=config.revision,
            chosen_on=today,
        )
        value = signer.sign(choice)
        states[name] = VisitorState(
            name=name,
            headers={},
            cookies={config.cookie.name_for(host): value},
            declines=build_consent(policy, choice=signer.read([value], today=today)).denied,
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
                return _single(_config_argument(*middleware.args, **middleware.kwargs))
        current = getattr(current, "app", None)
        seen += 1
    raise TargetError(
        "no ConsentMiddleware in this app: add it, or name the configuration of what stands in "
        "front (config=…, the fixture consent_config, or --config at the command line)"
    )


def _config_argument(config: object = None, **_others: object) -> object:
    """The middleware's argument of that name, however it was given."""
    return config


def _single(config: object) -> Config:
    if isinstance(config, Config):
        return config
    if isinstance(config, Mapping):
        return Config.from_mapping(config)
    raise TargetError(
        "this app chooses its configuration by host; name the one to test with (the fixture "
        "consent_config, or --config at the command line)"
    )
