"""What a response to a visitor must and must not hold; each failure names element, line and rule.

A response of this package's own clients knows the site's configuration. For any other response
(httpx, Starlette's test client, requests: whatever has ``status_code``, ``headers``, ``content``
and ``url``) the built-in catalogue classifies, unless ``config`` is given.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Protocol

from consentmw.core.categories import BUILT_IN
from consentmw.data import load_catalogue
from consentmw.inspection.comparison import compare_pages
from consentmw.inspection.findings import find_all, found_of
from consentmw.inspection.gpc_support import GPC_SUPPORT_PATH, read_gpc_support_problem
from consentmw.inspection.pages import FetchedPage
from consentmw.inspection.states import build_states, find_config
from consentmw.testing.clients import CONFIG_EXTENSION, HOST, client

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx
    from starlette.types import ASGIApp

    from consentmw.config import Config
    from consentmw.inspection.findings import Found


_ADVICE: Final = (
    "Is ConsentMiddleware around whatever sends this? If it is not what the rule says, declare or "
    "tag it as what it is ('consentmw explain' tells more)."
)


class Response(Protocol):
    """What is needed of a response; httpx, Starlette's test client and requests have it."""

    @property
    def status_code(self) -> int:
        """The status code."""
        ...

    @property
    def headers(self) -> Any:
        """All field lines; a mapping with ``items()``."""
        ...

    @property
    def content(self) -> bytes:
        """The body, its coding undone."""
        ...

    @property
    def url(self) -> Any:
        """Where it came from."""
        ...


def assert_no_advertising(response: Response, *, config: Config | None = None) -> None:
    """Assert that a response holds no advertising: no element, inline script, hint or cookie.

    Args:
        response: To a visitor who opted out.
        config: The site's configuration; known already where the client is this package's.
    """
    __tracebackhide__ = True
    assert_suppressed(response, "advertising", config=config)


def assert_suppressed(response: Response, *categories: str, config: Config | None = None) -> None:
    """Assert that a response holds nothing of these categories, nor any that redirected to it.

    Args:
        response: To a visitor who declined them.
        categories: At least one; of the built-in ones or the site's own.
        config: As for `assert_no_advertising`.
    """
    __tracebackhide__ = True
    if not categories:
        raise ValueError("name at least one category")
    _hold_none(response, config, categories, "holds")


def assert_no_cookies(response: Response, *categories: str, config: Config | None = None) -> None:
    """Assert that a response sets no cookie of these categories, nor any that redirected to it.

    Args:
        response: Any response.
        categories: At least one.
        config: As for `assert_no_advertising`.
    """
    __tracebackhide__ = True
    if not categories:
        raise ValueError("name at least one category")
    _hold_none(response, config, categories, "sets", kind="cookie")


def assert_same_without(
    plain: Response,
    treated: Response,
    *categories: str,
    again: Response | None = None,
    config: Config | None = None,
) -> None:
    """Assert that a page lost nothing but these categories.

    Args:
        plain: The page as a visitor without a signal gets it.
        treated: The same page as a visitor gets it who declined the categories.
        categories: What may be missing.
        again: A second plain visit; what differs between the two (tokens, times) doesn't count.
        config: As for `assert_no_advertising`.
    """
    __tracebackhide__ = True
    pages = [_page(one) for one in (plain, again) if one is not None]
    declined = _found(plain, config, categories)
    known = config or _config_of(plain)
    lost = compare_pages(
        pages,
        [_page(treated)],
        declined,
        categories=frozenset(categories),
        tag_attributes=_tag_attributes(known),
    ).lost
    if plain.status_code != treated.status_code:
        lost = (f"status {plain.status_code}, which became {treated.status_code}", *lost)
    if lost:
        listed = "\n".join(f"  {one}" for one in lost)
        raise AssertionError(
            f"{_place(treated)} has lost more than {', '.join(categories) or 'nothing'}:\n{listed}"
        )


def assert_login_survives(
    app: ASGIApp,
    *,
    log_in: Callable[[httpx.Client], object],
    members_path: str,
    shows: str,
    config: Config | None = None,
) -> None:
    """Assert that a member can log in and stays so, whichever of the four visitors it is.

    Args:
        app: The site.
        log_in: Logs in with the client it is given, as the site's form would.
        members_path: A page that only members see.
        shows: Words of that page.
        config: The site's configuration; found in the app where left out.
    """
    __tracebackhide__ = True
    config = config or find_config(app)
    failures = []
    for name, state in build_states(config, host=HOST).items():
        with client(app, state, config=config) as visitor:
            log_in(visitor)
            answer = visitor.get(members_path)
            held = sorted({cookie.name for cookie in visitor.cookies.jar})
        if answer.status_code != 200 or shows not in answer.text:
            failures.append(
                f"  {name}: {members_path} answers {answer.status_code}"
                f"{'' if shows in answer.text else f' without {shows!r}'}; the browser holds "
                f"{', '.join(held) or 'no cookie'}"
            )
    if failures:
        raise AssertionError("the login doesn't survive:\n" + "\n".join(failures))


def assert_gpc_support_resource(visitor: httpx.Client) -> None:
    """Assert that the site says at ``/.well-known/gpc.json`` that it honours GPC.

    Args:
        visitor: Any client of the site.
    """
    __tracebackhide__ = True
    answer = visitor.get(GPC_SUPPORT_PATH)
    problem = read_gpc_support_problem(_page(answer))
    if problem is not None:
        raise AssertionError(f"{GPC_SUPPORT_PATH}: {problem}")


def _page(response: Response) -> FetchedPage:
    headers = getattr(response.headers, "multi_items", response.headers.items)()
    return FetchedPage(
        url=str(response.url),
        status=response.status_code,
        headers=tuple((name.lower(), value) for name, value in headers),
        body=response.content,
    )


def _hold_none(
    response: Response,
    config: Config | None,
    categories: tuple[str, ...],
    verb: str,
    *,
    kind: str = "",
) -> None:
    __tracebackhide__ = True
    problems = []
    # A client that follows redirects shows the last answer; the first may have set the cookie.
    for one in [*getattr(response, "history", ()), response]:
        found = _found(one, config or _config_of(response), categories)
        leaked = [thing for thing in found if not kind or thing.kind == kind]
        if leaked:
            be = "is" if len(leaked) == 1 else "are"
            lines = "\n".join(f"  {thing.describe()}" for thing in leaked)
            problems.append(f"{_place(one)} {verb} {len(leaked)} that {be} declined:\n{lines}")
    if problems:
        raise AssertionError("\n".join([*problems, _ADVICE]))


def _found(response: Response, config: Config | None, categories: tuple[str, ...]) -> list[Found]:
    config = config or _config_of(response)
    known = config.categories if config is not None else {one.name for one in BUILT_IN}
    for category in categories:
        if category not in known:
            hint = "" if config is not None else "; of the site's own, with its config="
            raise ValueError(f"no category {category!r}; there are {', '.join(known)}{hint}")
    found = find_all(
        _page(response),
        config.catalogue if config is not None else load_catalogue(),
        tag_attributes=_tag_attributes(config),
        now=datetime.now(tz=UTC),
    )
    return found_of(found, frozenset(categories))


def _config_of(response: Response) -> Config | None:
    found: Config | None = getattr(response, "extensions", {}).get(CONFIG_EXTENSION)
    return found


def _tag_attributes(config: Config | None) -> tuple[str, ...]:
    return config.tag_attributes if config is not None else ("data-consent",)


def _place(response: Response) -> str:
    return f"{_page(response).path} ({response.status_code})"
