"""One request that is enforced for, and what is known of its answer so far."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from consentmw.access import SCOPE_KEY
from consentmw.asgi.account import Account
from consentmw.asgi.app_request import build_app_request, scope_for_app, without_body_past_us

if TYPE_CHECKING:
    from starlette.types import Message

    from consentmw.asgi.app_request import SiteConsent
    from consentmw.asgi.request import Request
    from consentmw.asgi.site import Site
    from consentmw.asgi.treatment import Treatment
    from consentmw.asgi.variants import Variant


class Exchange:
    """What the parts that deal with one request share.

    Args:
        site: Whose request it is.
        request: As the server gave it.
        treatment: What the decision about it means.
        account: What counts, where that has begun already.
        may_replay: Whether it may be put to the app again, should the app tighten.
    """

    __slots__ = (
        "_account", "app_request", "holder", "may_replay", "request", "scope", "site",
        "tightened", "treatment",
    )  # fmt: skip

    def __init__(
        self,
        site: Site,
        request: Request,
        treatment: Treatment,
        account: Account | None = None,
        *,
        may_replay: bool = True,
    ) -> None:
        self.site = site
        self.request = request
        self.treatment = treatment
        """By now: an app may tighten."""
        self.tightened = False
        """Whether it has."""
        self.may_replay = may_replay
        self._account = account
        variant = treatment.variant(request.root_path, inserts=request.insertable)
        self.app_request = build_app_request(request, site, treatment, variant)
        """What the app is shown, in place of what the browser sent."""
        if account is not None:
            account.add_cookies(self.app_request.denied_cookies)
        self.scope: dict[str, Any] = scope_for_app(request.scope, site, treatment.consent)
        """The scope with which the app is called."""
        if self.app_request.headers is not None:
            self.scope["headers"] = self.app_request.headers
        extensions = self.scope.get("extensions")
        if extensions and variant.policy is not None and request.visit.page_possible:
            self.scope["extensions"] = without_body_past_us(extensions)
        self.holder: SiteConsent = self.scope[SCOPE_KEY]
        """Where the app tightens."""

    @property
    def account(self) -> Account:
        """What has been kept from the browser."""
        if self._account is None:
            self._account = Account(self.site.journal, self.request.full_path)
        return self._account

    @property
    def can_be_replayed(self) -> bool:
        """Whether the app can be asked again for what suits the visitor now that it tightened."""
        return self.tightened and self.may_replay and self.request.safe_method

    def replay(self) -> Exchange:
        """The same request, of a visitor of whom the present treatment was known before."""
        request = self.request.without_conditions(self.site)
        return Exchange(self.site, request, self.treatment, self._account, may_replay=False)

    def tighten(self) -> None:
        """Take over what the app has tightened."""
        if self.holder.consent is not self.treatment.consent:
            self.treatment = self.site.treat_again(self.holder.consent)
            self.tightened = True

    def variant(self, *, inserts: bool = True) -> Variant:
        """The form in which a page leaves."""
        request = self.request
        inserts = inserts and request.insertable
        return self.treatment.variant(request.root_path, inserts=inserts)

    def completed(self, start: Message) -> Message:
        """A start message with what `debug` adds to it, which is known only when it leaves."""
        if not self.site.debug:
            return start
        described = self.account.describe(self.treatment.decision)
        return {**start, "headers": [*start["headers"], *described]}

    def warn(self, message: str, error: object) -> None:
        """Tell the log of a page that can't be read."""
        self.site.journal.warn("unreadable page", self.request.full_path, message, error)
