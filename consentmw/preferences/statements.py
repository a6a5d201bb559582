"""What the page says of what holds now, as plainly as it can be said.

Pure. It says what is true and nothing else: "not opted out", never "opted in"; "honored" only
where the site acts on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from consentmw.core.decision import Reason
from consentmw.preferences.state import is_current, read_states
from consentmw.preferences.view import labels

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markupsafe import Markup

    from consentmw.core.decision import Consent
    from consentmw.preferences.state import CategoryState
    from consentmw.preferences.texts import Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One thing that the page says about what holds now."""

    kind: Literal["honored", "saved", "warning", "plain"]
    title: Markup
    sentences: tuple[Markup, ...] = ()


def build_statements(
    consent: Consent, texts: Texts, *, browser: Markup, enforces: bool
) -> list[Statement]:
    """Everything that there is to say, in its order; never nothing.

    Args:
        consent: Of the visitor at hand.
        texts: In whose language it is said.
        browser: The visitor's, by name.
        enforces: Whether the site acts on choices; in its other modes it only keeps them.
    """
    states = [state for state in read_states(consent) if not state.category.required]
    if not states:
        return [_plain(texts, "nothing")]
    if not enforces:
        return [_plain(texts, "kept_only")]
    said = [
        *_say_honored(consent, states, texts, browser),
        *_say_confirmed(consent, states, texts, browser),
    ]
    said += _say_choice(consent, states, texts, alone=not said)
    if consent.choice is not None and not is_current(consent):
        said.append(Statement(kind="plain", title=texts("revised")))
    return said


def _say_honored(
    consent: Consent, states: Sequence[CategoryState], texts: Texts, browser: Markup
) -> Iterator[Statement]:
    # 11 CCR 7025(c)(6): says that the signal was processed; the switches show the state. It was
    # also where something else, such as a zone, has the same off for everyone.
    off = [s.category for s in states if s.category.sale_or_share and not s.allowed]
    sentences = []
    if off and consent.signal is not None:
        key = "honored_dnt" if consent.signal is Reason.DNT else "honored_gpc"
        sentences.append(texts(key, browser=browser))
        choice = consent.choice
        overruled = [c for c in off if choice is not None and c.name in choice.allowed]
        if choice is not None and overruled and is_current(consent):
            day, names = texts.day(choice.chosen_on), labels(overruled, texts)
            sentences.append(texts("overruled", date=day, categories=names))
    if off and consent.account_opted_out:
        sentences.append(texts("honored_account", categories=labels(off, texts)))
    if sentences:
        yield Statement(kind="honored", title=texts("honored_title"), sentences=tuple(sentences))


def _say_confirmed(
    consent: Consent, states: Sequence[CategoryState], texts: Texts, browser: Markup
) -> Iterator[Statement]:
    confirmed = [state.category for state in states if state.reason is Reason.CONFIRMED]
    choice = consent.choice
    if confirmed and choice is not None and choice.conflict_confirmed_on is not None:
        yield _plain(
            texts,
            "confirmed",
            browser=browser,
            date=texts.day(choice.conflict_confirmed_on),
            categories=labels(confirmed, texts),
        )


def _say_choice(
    consent: Consent, states: Sequence[CategoryState], texts: Texts, *, alone: bool
) -> Iterator[Statement]:
    chosen = [state for state in states if state.reason is Reason.CHOICE]
    declined = [state.category for state in chosen if not state.allowed]
    allowed = [state.category for state in chosen if state.allowed]
    elsewhere = [s.category for s in states if s.reason in (Reason.ZONE, Reason.APP)]
    choice = consent.choice
    day = () if choice is None else (texts("chosen_on", date=texts.day(choice.chosen_on)),)
    if not any(state.allowed for state in states):
        yield _plain(texts, "all_off", *(day if declined else ()))
    elif declined:
        yield _plain(texts, "some_off", *day, categories=labels(declined, texts))
    elif consent.policy.regime == "opt-in" and allowed:
        yield _plain(texts, "some_on", *day, categories=labels(allowed, texts))
    elif all(state.allowed for state in states):
        # Never "opted in": nobody has said so.
        yield _plain(texts, "none_off")
    elif alone:
        yield _plain(texts, "zone_off", categories=labels(elsewhere, texts))


def _plain(texts: Texts, key: str, *more: Markup, **values: object) -> Statement:
    return Statement(
        kind="plain", title=texts(f"{key}_title"), sentences=(texts(key, **values), *more)
    )
