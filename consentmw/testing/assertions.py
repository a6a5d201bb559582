"""What a response to a visitor must and must not hold; each failure names element, line and rule.

A response of this package's own clients knows the site's configuration. For any other response
(httpx, Starlette's test client, requests: whatever has ``status_code``, ``headers``, ``content``
and ``url``) the built-in catalogue classifies, unless ``config`` is given.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from anyio.from_thread import start_blocking_portal

from consentmw.data import load_catalogue
from consentmw.inspection.audit import audit_page, found_of, read_gpc_support_problem
from consentmw.inspection.comparison import compare_pages
from consentmw.inspection.findings import find_all
from consentmw.inspection.pages import FetchedPage
from consentmw.inspection.sites import AppSite
from consentmw.inspection.states import build_states, find_config
from consentmw.testing.clients import CONFIG_EXTENSION, HOST, client

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx
    from starlette.types import ASGIApp

    from consentmw.config import Config
    from consentmw.inspection.findings import Found

_CACHE_FAULTS = frozenset(
    {"missing-vary", "shared-validator", "stale-not-modified", "more-cacheable"}
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
    """Assert that a response holds nothing of these categories.

    Args:
        response: To a visitor who declined them.
        categories: At least one; of the built-in ones or the site's own.
        config: As for `assert_no_advertising`.
    """
    __tracebackhide__ = True
    if not categories:
        raise ValueError("name at least one category")
    leaked = _found(response, config, categories)
    if leaked:
        raise AssertionError(_message(f"{_place(response)} holds", leaked))


def assert_no_cookies(response: Response, *categories: str, config: Config | None = None) -> None:
    """Assert that a response sets no cookie of these categories.

    Args:
        response: Any response, a redirect included.
        categories: At least one.
        config: As for `assert_no_advertising`.
    """
    __tracebackhide__ = True
    if not categories:
        raise ValueError("name at least one category")
    leaked = [one for one in _found(response, config, categories) if one.kind == "cookie"]
    if leaked:
        raise AssertionError(_message(f"{_place(response)} sets", leaked))


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
    lost = compare_pages(pages, [_page(treated)], declined).lost
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


def assert_cacheable_by_variant(app: ASGIApp, path: str, *, config: Config | None = None) -> None:
    """Assert that no cache, shared or the browser's own, mixes up the variants of a page.

    Looks at ``Vary``, ``Cache-Control`` and the validators, and asks each variant for a 304 with
    what the plain page carries.

    Args:
        app: The site.
        path: A page that advertising is suppressed in.
        config: The site's configuration; found in the app where left out.
    """
    __tracebackhide__ = True
    config = config or find_config(app)
    states = [
        state
        for name, state in build_states(config, host=HOST).items()
        if name in {"gpc", "opted-out"}
    ]

    async def audit() -> list[str]:
        async with AppSite(app) as site:
            result = await audit_page(
                site,
                f"{site.origin}{path}",
                states=states,
                catalogue=config.catalogue,
                tag_attributes=config.tag_attributes,
            )
        return [str(fault) for fault in result.faults if fault.kind in _CACHE_FAULTS]

    # A thread of its own: the test may run in an event loop already.
    with start_blocking_portal() as portal:
        faults = portal.call(audit)
    if faults:
        raise AssertionError("a cache would mix the variants up:\n  " + "\n  ".join(faults))


def assert_gpc_support_resource(visitor: httpx.Client) -> None:
    """Assert that the site says at ``/.well-known/gpc.json`` that it honours GPC.

    Args:
        visitor: Any client of the site.
    """
    __tracebackhide__ = True
    answer = visitor.get("/.well-known/gpc.json")
    problem = read_gpc_support_problem(_page(answer))
    if problem is not None:
        raise AssertionError(f"/.well-known/gpc.json: {problem}")


def _page(response: Response) -> FetchedPage:
    headers = getattr(response.headers, "multi_items", response.headers.items)()
    return FetchedPage(
        url=str(response.url),
        status=response.status_code,
        headers=tuple((name.lower(), value) for name, value in headers),
        body=response.content,
    )


def _found(response: Response, config: Config | None, categories: tuple[str, ...]) -> list[Found]:
    config = config or getattr(response, "extensions", {}).get(CONFIG_EXTENSION)
    known = set(config.categories) if config is not None else None
    for category in categories:
        if known is not None and category not in known:
            raise ValueError(f"no category {category!r}; there are {', '.join(sorted(known))}")
    found = find_all(
        _page(response),
        config.catalogue if config is not None else load_catalogue(),
        tag_attributes=config.tag_attributes if config is not None else ("data-consent",),
        now=datetime.now(tz=UTC),
    )
    return found_of(found, frozenset(categories))


def _place(response: Response) -> str:
    return f"{_page(response).path} ({response.status_code})"


def _message(head: str, leaked: list[Found]) -> str:
    lines = "\n".join(f"  {one.describe()}" for one in leaked)
    return f"{head} {len(leaked)} that {'is' if len(leaked) == 1 else 'are'} declined:\n{lines}"
