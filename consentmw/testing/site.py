"""Pages of an app, visited as every visitor: all that a crawl finds, or one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from anyio.from_thread import start_blocking_portal

from consentmw.errors import RewriteError, TargetError
from consentmw.inspection.audit import SiteAudit, audit_site
from consentmw.inspection.in_process import AppSite
from consentmw.inspection.page_audit import PageAudit, audit_page
from consentmw.inspection.plan import plan_audit
from consentmw.inspection.states import find_config
from consentmw.testing.clients import HOST

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection

    from starlette.types import ASGIApp

    from consentmw.config import Config
    from consentmw.inspection.plan import AuditPlan

_CACHE_FAULTS: Final = frozenset(
    {"missing-vary", "shared-validator", "stale-not-modified", "more-cacheable"}
)
T = TypeVar("T")


def assert_site_honours_opt_outs(
    app: ASGIApp,
    *,
    start: tuple[str, ...] = ("/",),
    limit: int = 200,
    ignore: Collection[str] = (),
    config: Config | None = None,
) -> SiteAudit:
    """Crawl an app in process and assert on each page what the single assertions do.

    Nothing declined comes through, nothing else goes missing, no cache mixes the variants up, and
    ``/.well-known/gpc.json`` says so.

    Args:
        app: The site.
        start: Paths from which the crawl sets out.
        limit: Pages at the most; pages of different kinds come first.
        ignore: Kinds of faults to pass over (`consentmw.inspection.faults.FaultKind`).
        config: The site's configuration; found in the app where left out.

    Returns:
        What was seen, for further assertions.
    """
    __tracebackhide__ = True

    async def audit(site: AppSite, plan: AuditPlan) -> SiteAudit:
        return await audit_site(site, plan, limit=limit)

    result = _audited(AppSite(app, start=start), config, audit)
    faults = [fault for fault in result.faults if fault.kind not in ignore]
    if faults:
        listed = "\n".join(f"  {fault}" for fault in faults)
        raise AssertionError(f"{len(faults)} faults on {len(result.pages)} pages:\n{listed}")
    return result


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

    async def audit(site: AppSite, plan: AuditPlan) -> PageAudit:
        return await audit_page(site, f"{site.origin}{path}", plan)

    result = _audited(AppSite(app), config, audit)
    faults = [str(fault) for fault in result.faults if fault.kind in _CACHE_FAULTS]
    if faults:
        raise AssertionError("a cache would mix the variants up:\n  " + "\n  ".join(faults))


def _audited(
    site: AppSite, config: Config | None, audit: Callable[[AppSite, AuditPlan], Awaitable[T]]
) -> T:
    __tracebackhide__ = True
    plan = plan_audit(config or find_config(site.app), host=HOST)

    async def run() -> T:
        async with site:
            return await audit(site, plan)

    # A thread of its own: the test may run in an event loop already.
    with start_blocking_portal() as portal:
        try:
            return portal.call(run)
        except (TargetError, RewriteError) as error:
            raise AssertionError(
                f"the app's pages can't be read: {error} (consentmw.testing.client(app).get(…) "
                "shows what the app itself raises)"
            ) from error
