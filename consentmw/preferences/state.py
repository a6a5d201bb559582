"""What there is to say to a visitor: the state of each category, and whether to ask at all.

Pure: from the consent of a request to values. The words for it are the templates'.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from consentmw.core.decision import Reason

if TYPE_CHECKING:
    from datetime import date

    from consentmw.core.categories import Category
    from consentmw.core.decision import Consent

# Cal. Civ. Code 1798.135(c)(4): who has opted out isn't asked to allow again for 12 months.
REST: Final = timedelta(days=366)

SIGNALS: Final = frozenset({Reason.GPC, Reason.NAVIGATOR, Reason.DNT})


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryState:
    """What a category is for the visitor at hand."""

    category: Category
    allowed: bool
    reason: Reason
    locked: bool
    """Whether the visitor's choice couldn't change it."""


def read_states(consent: Consent) -> tuple[CategoryState, ...]:
    """The state of every category, required ones included, in the site's order."""
    asks = consent.policy.signals.conflict == "ask"
    outranked = {Reason.REQUIRED, Reason.ZONE, Reason.APP, Reason.ACCOUNT}
    if not asks:
        # Whoever wants this back switches the signal off: there is no button here that undoes it.
        outranked |= SIGNALS
    return tuple(
        CategoryState(
            category=category,
            allowed=consent.allows(category.name),
            reason=(reason := consent.reason(category.name)),
            locked=reason in outranked,
        )
        for category in consent.policy.categories
    )


def is_current(consent: Consent) -> bool:
    """Whether there is a choice and it was made of what the site does now."""
    choice = consent.choice
    return choice is not None and choice.revision == consent.policy.revision


def open_questions(consent: Consent, *, today: date) -> tuple[Category, ...]:
    """The categories that a visitor is asked to allow; none where it isn't time to ask.

    Only the opt-in regime asks, only about what nobody has said anything of, until there is a
    choice, and not for twelve months after one that declined something.
    """
    if consent.policy.regime == "opt-out" or is_current(consent) or _rests(consent, today):
        return ()
    return tuple(
        state.category
        for state in read_states(consent)
        if state.reason is Reason.REGIME and not state.locked
    )


def _rests(consent: Consent, today: date) -> bool:
    if not consent.reading.denied:
        return False
    # A denial that can't be verified has no day; it was made, and that is enough.
    return consent.choice is None or today - consent.choice.chosen_on < REST
