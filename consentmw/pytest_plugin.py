"""Gives pytest the four visitors as fixtures, and a marker that runs a test for each of them.

A suite says once which app it is about, in its ``conftest.py``::

    @pytest.fixture
    def consent_app():
        return app

This module is imported by every run of pytest where the package is installed, so it imports
nothing but pytest itself until a fixture is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from consentmw.config import Config
    from consentmw.inspection.states import VisitorState

_STATE_NAMES = ("no-signal", "gpc", "opted-out", "allowed")


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line(
        "markers",
        "consent_states(*names): run the test once for each of these visitors, for all of "
        f"{', '.join(_STATE_NAMES)} where none is named; the fixture consent_client is that one",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Turn a marked test into one for each visitor."""
    marker = metafunc.definition.get_closest_marker("consent_states")
    if marker is None:
        return
    if "consent_state" not in metafunc.fixturenames:
        raise pytest.Collector.CollectError(
            f"{metafunc.definition.nodeid}: consent_states has no effect without the fixture "
            "consent_client or consent_state"
        )
    names = marker.args or _STATE_NAMES
    unknown = [name for name in names if name not in _STATE_NAMES]
    if unknown:
        raise pytest.Collector.CollectError(
            f"{metafunc.definition.nodeid}: consent_states knows no {unknown[0]!r}; "
            f"there are {', '.join(_STATE_NAMES)}"
        )
    metafunc.parametrize("consent_state", names, indirect=True)


@pytest.fixture
def consent_app() -> Any:
    """The app that is tested; to be overridden in the suite's ``conftest.py``."""
    pytest.fail(
        "consentmw doesn't know which app to test. Put this into conftest.py:\n\n"
        "    @pytest.fixture\n    def consent_app():\n        return app",
        pytrace=False,
    )


@pytest.fixture
def consent_config(consent_app: Any) -> Config:
    """The app's configuration, found in its middleware; override it where that can't be."""
    from consentmw.inspection.states import find_config

    return find_config(consent_app)


@pytest.fixture
def consent_state(
    request: pytest.FixtureRequest, consent_app: Any, consent_config: Config
) -> VisitorState:
    """The visitor that ``consent_client`` is: the marker's, or one without a signal."""
    from consentmw.testing.clients import resolve_state

    return resolve_state(consent_app, getattr(request, "param", "no-signal"), consent_config)


@pytest.fixture
def consent_client(
    consent_app: Any, consent_config: Config, consent_state: VisitorState
) -> Iterator[httpx.Client]:
    """A client for the visitor that the marker ``consent_states`` names."""
    yield from _client(consent_app, consent_state, consent_config)


@pytest.fixture
def no_signal_client(consent_app: Any, consent_config: Config) -> Iterator[httpx.Client]:
    """A visitor who says nothing."""
    yield from _client(consent_app, "no-signal", consent_config)


@pytest.fixture
def gpc_client(consent_app: Any, consent_config: Config) -> Iterator[httpx.Client]:
    """A visitor whose browser sends Global Privacy Control."""
    yield from _client(consent_app, "gpc", consent_config)


@pytest.fixture
def opted_out_client(consent_app: Any, consent_config: Config) -> Iterator[httpx.Client]:
    """A visitor who has opted out of everything optional in the preference centre."""
    yield from _client(consent_app, "opted-out", consent_config)


@pytest.fixture
def allowed_client(consent_app: Any, consent_config: Config) -> Iterator[httpx.Client]:
    """A visitor who has allowed everything in the preference centre."""
    yield from _client(consent_app, "allowed", consent_config)


@pytest.fixture
def async_consent_client(
    consent_app: Any, consent_config: Config, consent_state: VisitorState
) -> httpx.AsyncClient:
    """``consent_client`` for asynchronous tests; ``async with`` it, for the lifespan too."""
    from consentmw.testing.clients import async_client

    return async_client(consent_app, consent_state, config=consent_config)


def _client(app: Any, state: str | VisitorState, config: Config) -> Iterator[httpx.Client]:
    from consentmw.testing.clients import client

    with client(app, state, config=config) as opened:
        yield opened
