"""What is allowed for one request, and why: the one numbered list of precedence.

Everything that the answer depends on is an argument, so equal inputs have one answer, and the
answer is remembered: on the path of a request a decision is a look-up. Which inputs a request has
is for the shell to find out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

from consentmw.core.categories import BUILT_IN, nearest_name
from consentmw.core.choice import NO_CHOICE, Choice, ChoiceReading, ChoiceStatus
from consentmw.core.signals import NO_SIGNALS, Signals, SignalSettings
from consentmw.errors import UnknownCategoryError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from consentmw.core.categories import Category

Regime = Literal["opt-out", "opt-in"]

# Zones, signals, an account's state and the choices of some days: a few hundred for a busy site.
_REMEMBERED: Final = 4096


class Reason(StrEnum):
    """The line of the precedence that decided about a category."""

    REQUIRED = "required"
    ZONE = "zone"
    APP = "app"
    GPC = "gpc"
    NAVIGATOR = "navigator"
    DNT = "dnt"
    ACCOUNT = "account"
    CHOICE = "choice"
    EDGE = "edge"
    """Denied to everyone to whom a cache sends the same page."""
    CONFIRMED = "confirmed"
    """Allowed by a choice that the visitor confirmed in the face of a signal."""
    REGIME = "regime"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """The answer for one category."""

    allowed: bool
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Policy:
    """What a site has settled for all of its visitors. Compared by identity: it is made once."""

    categories: tuple[Category, ...] = BUILT_IN
    regime: Regime = "opt-out"
    revision: int = 1
    signals: SignalSettings = field(default_factory=SignalSettings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The answer for one request: each category allowed or denied, each with its reason."""

    rulings: Mapping[str, Ruling] = field(hash=False)
    denied: frozenset[str]
    zone_denied: frozenset[str]
    """Denied by a zone or by the app itself; this outranks what a page's own tags say."""


def decide(
    policy: Policy,
    *,
    zone_denied: frozenset[str] = frozenset(),
    app_denied: frozenset[str] = frozenset(),
    signals: Signals = NO_SIGNALS,
    account_opted_out: bool = False,
    choice: ChoiceReading = NO_CHOICE,
    edge_denied: frozenset[str] = frozenset(),
) -> Decision:
    """Decide about each category.

    Args:
        policy: The site's settings.
        zone_denied: What the zones of this host and path deny to everyone.
        app_denied: What the app denies for this response.
        signals: What the browser says by itself.
        account_opted_out: Whether a known account has opted out of sale and sharing.
        choice: What the choice cookies of the request amount to.
        edge_denied: What a cache asks to be denied, since it keeps the page for others, too.
    """
    signal = _honoured_signal(signals, policy.signals)
    rulings = {
        category.name: _rule(
            category,
            policy=policy,
            zone_denied=zone_denied,
            app_denied=app_denied,
            signal=signal,
            account_opted_out=account_opted_out,
            reading=choice,
            edge_denied=edge_denied,
        )
        for category in policy.categories
    }
    denied = frozenset(name for name, ruling in rulings.items() if not ruling.allowed)
    return Decision(
        rulings=MappingProxyType(rulings),
        denied=denied,
        zone_denied=denied & (zone_denied | app_denied),
    )


def _rule(
    category: Category,
    *,
    policy: Policy,
    zone_denied: frozenset[str],
    app_denied: frozenset[str],
    signal: Reason | None,
    account_opted_out: bool,
    reading: ChoiceReading,
    edge_denied: frozenset[str],
) -> Ruling:
    """The first line that applies decides."""
    name = category.name
    choice = reading.choice
    allowed_by_choice = (
        choice is not None
        and choice.revision == policy.revision
        and name in choice.allowed
        and name not in reading.denied
    )
    confirmed = (
        policy.signals.conflict == "ask"
        and allowed_by_choice
        and choice is not None
        and choice.conflict_confirmed_on is not None
    )
    # 1. What is required can't be declined, by anyone.
    if category.required:
        return Ruling(allowed=True, reason=Reason.REQUIRED)
    # 2. A zone denies to everyone, and an app may tighten.
    if name in zone_denied:
        return Ruling(allowed=False, reason=Reason.ZONE)
    if name in app_denied:
        return Ruling(allowed=False, reason=Reason.APP)
    # 3. A signal opts out of sale and sharing. 11 CCR 7025(c)(3): also against an earlier setting,
    #    unless the visitor was told of the conflict and confirmed.
    if signal is not None and category.sale_or_share and not confirmed:
        return Ruling(allowed=False, reason=signal)
    # 4. 11 CCR 7025(c)(5): a known consumer stays opted out where the signal is absent later.
    if account_opted_out and category.sale_or_share:
        return Ruling(allowed=False, reason=Reason.ACCOUNT)
    # 5. A denial survives a new revision and a broken signature; an allowance survives neither.
    if name in reading.denied:
        return Ruling(allowed=False, reason=Reason.CHOICE)
    # A cache's key can only tighten, and hides no better reason.
    if name in edge_denied:
        return Ruling(allowed=False, reason=Reason.EDGE)
    if allowed_by_choice:
        against_signal = signal is not None and category.sale_or_share
        return Ruling(allowed=True, reason=Reason.CONFIRMED if against_signal else Reason.CHOICE)
    # 6. Nobody has said anything.
    return Ruling(allowed=policy.regime == "opt-out", reason=Reason.REGIME)


def _honoured_signal(signals: Signals, settings: SignalSettings) -> Reason | None:
    if signals.gpc and settings.gpc:
        return Reason.GPC
    if signals.navigator and settings.navigator:
        return Reason.NAVIGATOR
    if signals.dnt and settings.dnt:
        return Reason.DNT
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """The decision as an app sees it, with everything that led to it. Immutable and shared."""

    policy: Policy
    decision: Decision
    signals: Signals
    reading: ChoiceReading
    zone_denied: frozenset[str]
    app_denied: frozenset[str]
    account_opted_out: bool
    edge_denied: frozenset[str]

    @property
    def denied(self) -> frozenset[str]:
        """The categories that are denied."""
        return self.decision.denied

    @property
    def denied_everywhere(self) -> frozenset[str]:
        """What is denied on whichever page: not by its zone, the app, or the cache in front."""
        return build_consent(
            self.policy,
            signals=self.signals,
            account_opted_out=self.account_opted_out,
            choice=self.reading,
        ).denied

    @property
    def without_edge(self) -> Consent:
        """The same as it is for what no cache keeps."""
        return self._with(edge_denied=frozenset()) if self.edge_denied else self

    @property
    def gpc(self) -> bool:
        """Whether the browser says by header or by script that Global Privacy Control is on."""
        return self.signals.gpc or self.signals.navigator

    @property
    def signal(self) -> Reason | None:
        """The signal that this site honours for the request, if there is one."""
        return _honoured_signal(self.signals, self.policy.signals)

    @property
    def choice(self) -> Choice | None:
        """What the visitor chose in the preference centre, if it could be verified."""
        return self.reading.choice

    @property
    def choice_status(self) -> ChoiceStatus:
        """What became of the choice cookie: why there is no `choice`, for instance."""
        return self.reading.status

    def allows(self, category: str) -> bool:
        """Whether a category is allowed.

        Raises:
            UnknownCategoryError: Nobody has defined it; names the nearest one that somebody has.
        """
        return self._ruling(category).allowed

    def reason(self, category: str) -> Reason:
        """Why a category is allowed or denied.

        Raises:
            UnknownCategoryError: Nobody has defined it.
        """
        return self._ruling(category).reason

    def tightened(self, *categories: str) -> Consent:
        """The same with some categories denied by the app; what is required stays allowed.

        Raises:
            UnknownCategoryError: Nobody has defined one of them.
        """
        for category in categories:
            self._ruling(category)
        return self._with(app_denied=self.app_denied.union(categories))

    def _with(self, **changed: frozenset[str]) -> Consent:
        denied = {
            "zone_denied": self.zone_denied,
            "app_denied": self.app_denied,
            "edge_denied": self.edge_denied,
        }
        return build_consent(
            self.policy,
            signals=self.signals,
            account_opted_out=self.account_opted_out,
            choice=self.reading,
            **{**denied, **changed},
        )

    def _ruling(self, category: str) -> Ruling:
        rulings = self.decision.rulings
        try:
            return rulings[category]
        except KeyError:
            raise UnknownCategoryError(category, nearest_name(category, rulings)) from None


def build_consent(
    policy: Policy,
    *,
    zone_denied: frozenset[str] = frozenset(),
    app_denied: frozenset[str] = frozenset(),
    signals: Signals = NO_SIGNALS,
    account_opted_out: bool = False,
    choice: ChoiceReading = NO_CHOICE,
    edge_denied: frozenset[str] = frozenset(),
) -> Consent:
    """Decide as `decide` does, and give the answer the form that an app sees.

    Equal inputs give the same object. The arguments are those of `decide`.
    """
    return _build(policy, zone_denied, app_denied, signals, account_opted_out, choice, edge_denied)


# By place, since it would tell apart who names an argument from who leaves it to its default.
@lru_cache(_REMEMBERED)
def _build(
    policy: Policy,
    zone_denied: frozenset[str],
    app_denied: frozenset[str],
    signals: Signals,
    account_opted_out: bool,
    choice: ChoiceReading,
    edge_denied: frozenset[str],
) -> Consent:
    return Consent(
        policy=policy,
        decision=decide(
            policy,
            zone_denied=zone_denied,
            app_denied=app_denied,
            signals=signals,
            account_opted_out=account_opted_out,
            choice=choice,
            edge_denied=edge_denied,
        ),
        signals=signals,
        reading=choice,
        zone_denied=zone_denied,
        app_denied=app_denied,
        account_opted_out=account_opted_out,
        edge_denied=edge_denied,
    )
