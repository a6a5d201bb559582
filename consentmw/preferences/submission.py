"""What a visitor asks for, and the choice that comes of it.

Pure. Where a request came from, and so whether it may allow anything, is `origin`'s question.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from consentmw.core.choice import Choice
from consentmw.core.decision import Reason
from consentmw.preferences.state import SIGNALS, is_current, read_states

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from consentmw.core.decision import Consent

# The page has a switch for each of 64 categories at most, and a handful of other fields.
_MAX_FIELDS: Final = 128
# What our form has once; twice it could be read in two ways.
_SINGLE: Final = frozenset({"action", "confirm", "next", "lang"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What is asked for; a category in neither set stays as it was chosen before."""

    allow: frozenset[str] = frozenset()
    deny: frozenset[str] = frozenset()
    conflict_confirmed: bool = False
    """Whether the visitor was told that a browser's signal says otherwise, and went on."""
    return_to: str = ""
    """Where the visitor came from, as the request has it."""
    language: str = ""


def read_form(body: bytes, consent: Consent) -> Submission | None:
    """Read the page's form; `None` if it is something else.

    What can't be switched is passed over: a form that was open while a signal was switched on, or
    a category required, is still this visitor's choice about the rest.
    """
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            max_num_fields=_MAX_FIELDS,
            errors="strict",
        )
    except ValueError:
        return None
    fields = dict(pairs)
    if sum(name in _SINGLE for name, _ in pairs) > len(_SINGLE & fields.keys()):
        return None
    action = fields.get("action")
    optional = optional_categories(consent)
    states = [state for state in read_states(consent) if not state.locked]
    switchable = {state.category.name for state in states}
    if action == "opt-out":
        allow, deny = frozenset[str](), optional
    elif action == "accept":
        # What the notice asks about is what nobody has said anything of.
        unasked = {state.category.name for state in states if state.reason is Reason.REGIME}
        allow, deny = frozenset(unasked), frozenset[str]()
    elif action == "save":
        ticked = {value for name, value in pairs if name == "allow"}
        allow, deny = frozenset(ticked & switchable), frozenset(switchable - ticked)
    else:
        return None
    return Submission(
        allow=allow,
        deny=deny,
        conflict_confirmed=fields.get("confirm") == "conflict",
        return_to=fields.get("next", ""),
        language=fields.get("lang", ""),
    )


def optional_categories(consent: Consent) -> frozenset[str]:
    """Everything that can be declined."""
    return frozenset(c.name for c in consent.policy.categories if not c.required)


def find_conflicts(consent: Consent, allow: Iterable[str]) -> tuple[str, ...]:
    """What would be allowed against the browser's signal, in the site's order."""
    wanted = set(allow)
    return tuple(
        state.category.name
        for state in read_states(consent)
        if state.category.name in wanted and state.reason in SIGNALS
    )


def build_choice(consent: Consent, submission: Submission, *, today: date) -> Choice:
    """The choice that a submission leads to from what was chosen before."""
    before = consent.choice
    # What was allowed under an older revision was allowed of something else.
    kept = before.allowed if before is not None and is_current(consent) else frozenset()
    if _confirms(consent, submission):
        # What the signal holds back, and the visitor wasn't told of now, isn't confirmed with it.
        kept = kept.difference(find_conflicts(consent, kept))
    denied = (consent.reading.denied - submission.allow) | submission.deny
    allowed = (kept | submission.allow) - denied
    return Choice(
        allowed=allowed,
        denied=denied,
        revision=consent.policy.revision,
        chosen_on=today,
        conflict_confirmed_on=_confirmed_on(consent, submission, allowed, today),
    )


def _confirms(consent: Consent, submission: Submission) -> bool:
    return submission.conflict_confirmed and bool(find_conflicts(consent, submission.allow))


def _confirmed_on(
    consent: Consent, submission: Submission, allowed: frozenset[str], today: date
) -> date | None:
    sold = {c.name for c in consent.policy.categories if c.sale_or_share} & allowed
    if not sold:
        return None
    if _confirms(consent, submission):
        return today
    before = consent.choice
    # An earlier confirmation was about what was allowed then, and about nothing that is added now.
    if before is not None and sold <= before.allowed and is_current(consent):
        return before.conflict_confirmed_on
    return None
