"""A site behind a real server, read politely: one host, a pause, its robots.txt."""

from __future__ import annotations

import time
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import urlsplit

import anyio
import httpx
from protego import Protego

from consentmw.errors import TargetError
from consentmw.inspection.addresses import origin_of, read_address
from consentmw.inspection.pages import FetchedPage
from consentmw.inspection.sites import (
    MAX_PAGE_BYTES,
    ROBOTS_NAME,
    SiteOptions,
    StackedSite,
    check_coding,
    wants_body,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_DEFAULTS: Final = SiteOptions()
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_MAX_MOVES: Final = 5
# RFC 9309, section 2.5: a crawler reads 500 kibibytes at least.
_MAX_ROBOTS_BYTES: Final = 512 * 1024


class LiveSite(StackedSite):
    """A site at a URL.

    Args:
        url: Where to start. If the server says that the site has moved to another scheme or to its
            name with or without ``www.``, it is read there.
        options: How it is read.
    """

    def __init__(self, url: str, options: SiteOptions = _DEFAULTS) -> None:
        super().__init__()
        address = read_address(url)
        if address is None:
            raise TargetError(f"{url!r} is no http or https URL")
        parsed = httpx.URL(address)
        self.origin = origin_of(address)
        self.start: tuple[str, ...] = (str(parsed.copy_with(username="", password="")),)
        self.options = options
        # A password in the URL is for the server, and not for the reports.
        self.credentials = (parsed.username, parsed.password) if parsed.username else None
        self._wait_seconds = options.delay_seconds
        self._robots: Protego | None = None
        self._turn = anyio.Lock()
        self._next_at = 0.0
        self._client = httpx.AsyncClient(
            auth=self.credentials,
            # Each request states all of its cookies; what one visitor got is not the next one's.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            timeout=options.timeout_seconds,
            follow_redirects=False,
        )

    async def __aenter__(self) -> Self:
        await self._stack.enter_async_context(self._client)
        try:
            await self._arrive()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def _arrive(self) -> None:
        """Find the place where the site really is."""
        for _ in range(_MAX_MOVES):
            await self._read_robots()
            start = self.start[0]
            try:
                page = await self.fetch(start, {})
            except TargetError as error:
                raise TargetError(f"{start}: {error}") from error
            location = next(iter(page.values("location")), "")
            target = read_address(location, start) if page.status in _REDIRECTS else None
            if target is None or origin_of(target) == self.origin:
                return
            if _bare_name(target) != _bare_name(start):
                raise TargetError(
                    f"{start} leads to another site, {target}: if that is meant, name it instead"
                )
            self.origin, self.start = origin_of(target), (target,)
        raise TargetError(f"{self.start[0]} leads to no page: {_MAX_MOVES} redirects in a row")

    async def _read_robots(self) -> None:
        if not self.options.obey_robots:
            return
        url = f"{self.origin}/robots.txt"
        try:
            with anyio.fail_after(self.options.timeout_seconds):
                answer = await self._client.get(
                    url, headers=self.options.sent_with({}), follow_redirects=True
                )
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            raise TargetError(
                f"{self.origin} does not answer: {error or type(error).__name__}"
            ) from error
        # RFC 9309, section 2.3.1: 4xx means that anything may be fetched, 5xx that nothing may.
        if answer.status_code >= 500:
            raise TargetError(
                f"{url} answers {answer.status_code}, which forbids everything (RFC 9309); "
                "--no-robots passes over it"
            )
        text = answer.text[:_MAX_ROBOTS_BYTES] if answer.is_success else ""
        self._robots = Protego.parse(text)
        self._wait_seconds = max(
            self.options.delay_seconds, self._robots.crawl_delay(ROBOTS_NAME) or 0.0
        )
        if not self.may_fetch(self.start[0]):
            raise TargetError(f"{url} forbids {self.start[0]}; --no-robots passes over it")

    def may_fetch(self, url: str) -> bool:
        """Whether robots.txt lets us have this URL."""
        return self._robots is None or self._robots.can_fetch(url, ROBOTS_NAME)

    async def fetch(self, url: str, headers: Mapping[str, str]) -> FetchedPage:
        """Fetch one URL.

        Raises:
            TargetError: The server did not answer in time, or with nothing that can be read.
        """
        await self._await_turn()
        try:
            with anyio.fail_after(self.options.timeout_seconds):
                return await self._fetch(url, headers)
        except TimeoutError:
            seconds = f"{self.options.timeout_seconds:g} seconds"
            raise TargetError(f"no whole answer within {seconds}") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise TargetError(str(error) or type(error).__name__) from error

    async def _fetch(self, url: str, headers: Mapping[str, str]) -> FetchedPage:
        sent = self.options.sent_with(headers)
        async with self._client.stream("GET", url, headers=sent) as answer:
            fields = tuple(
                (name.decode("latin-1").lower(), value.decode("latin-1"))
                for name, value in answer.headers.raw
            )
            body = bytearray()
            if wants_body(fields):
                check_coding(fields)
                async for chunk in answer.aiter_bytes():
                    body += chunk
                    if len(body) > MAX_PAGE_BYTES:
                        raise TargetError(f"a page of more than {MAX_PAGE_BYTES} bytes")
        return FetchedPage(url=url, status=answer.status_code, headers=fields, body=bytes(body))

    async def _await_turn(self) -> None:
        if not self._wait_seconds:
            return
        async with self._turn:
            now = time.monotonic()
            await anyio.sleep(max(0.0, self._next_at - now))
            self._next_at = max(now, self._next_at) + self._wait_seconds


def _bare_name(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")
