"""Who visits a site in an audit, and what each of them must not get."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from consentmw.config import PreferencesSettings
from consentmw.data import load_catalogue
from consentmw.inspection.states import GPC, NO_SIGNAL, build_states

if TYPE_CHECKING:
    from collections.abc import Callable

    from consentmw.config import Config
    from consentmw.core.catalogue import Catalogue
    from consentmw.inspection.states import VisitorState


def _no_zones(_host: str, _path: str) -> frozenset[str]:
    return frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPlan:
    """What a site is held to.

    Args:
        catalogue: Says what is advertising.
        baseline: Whose page the others' are held against: who gets the most of it.
        visitors: Those who have declined something, one way or another.
        tolerated: Categories that may go missing without having been declined: a site need not
            tell them apart.
        tag_attributes: The attributes with which the site tags elements.
        leave_out: A path that isn't audited, nor what is below it.
        zone_denied: What nobody gets at a host and path, whatever they chose.
    """

    catalogue: Catalogue
    baseline: VisitorState = NO_SIGNAL
    visitors: tuple[VisitorState, ...] = (GPC,)
    tolerated: frozenset[str] = frozenset()
    tag_attributes: tuple[str, ...] = ("data-consent",)
    leave_out: str | None = None
    zone_denied: Callable[[str, str], frozenset[str]] = _no_zones


def plan_audit(config: Config | None, *, host: str) -> AuditPlan:
    """Plan the audit of a site.

    Args:
        config: The site's configuration; where nobody knows it, GPC is expected to keep
            advertising out, and nobody can say whether analytics is told apart from it.
        host: The site's.
    """
    states = build_states(config, host=host)
    if config is None:
        return AuditPlan(
            catalogue=load_catalogue(),
            tolerated=frozenset({"analytics"}),
            leave_out=PreferencesSettings().path,
        )
    # In the opt-in regime nobody gets anything optional before allowing it.
    asks = config.regime == "opt-in" and "allowed" in states
    baseline = states.pop("allowed" if asks else NO_SIGNAL.name)
    return AuditPlan(
        catalogue=config.catalogue,
        baseline=baseline,
        visitors=tuple(state for name, state in states.items() if name != "allowed"),
        tag_attributes=config.tag_attributes,
        leave_out=config.preferences.path,
        zone_denied=config.zone_denied,
    )
