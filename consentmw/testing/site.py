"""Every page of an app, visited as every visitor, in one assertion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anyio.from_thread import start_blocking_portal

from consentmw.inspection.audit import SiteAudit, audit_site
from consentmw.inspection.sites import AppSite
from consentmw.inspection.states import build_states, find_config
from consentmw.testing.clients import HOST

if TYPE_CHECKING:
    from collections.abc import Collection

    from starlette.types import ASGIApp

    from consentmw.config import Config


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
        limit: Pages at the most.
        ignore: Kinds of faults to pass over (`consentmw.inspection.audit.FaultKind`).
        config: The site's configuration; found in the app where left out.

    Returns:
        What was seen, for further assertions.
    """
    __tracebackhide__ = True
    config = config or find_config(app)
    states = [
        state
        for name, state in build_states(config, host=HOST).items()
        if name in {"gpc", "opted-out"}
    ]

    async def audit() -> SiteAudit:
        async with AppSite(app, start=start) as site:
            return await audit_site(
                site,
                states=states,
                catalogue=config.catalogue,
                tag_attributes=config.tag_attributes,
                limit=limit,
                leave_out=config.preferences.path,
            )

    # A thread of its own: the test may run in an event loop already.
    with start_blocking_portal() as portal:
        result = portal.call(audit)
    faults = [fault for fault in result.faults if fault.kind not in ignore]
    if faults:
        listed = "\n".join(f"  {fault}" for fault in faults)
        raise AssertionError(f"{len(faults)} faults on {len(result.pages)} pages:\n{listed}")
    return result
