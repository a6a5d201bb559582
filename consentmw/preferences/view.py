"""What the page shows, in the order in which it shows it: values in, values and words out.

The templates only place what is here; they decide nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from markupsafe import Markup

from consentmw.core.decision import Reason
from consentmw.preferences.declared import Declared, read_declared
from consentmw.preferences.state import SIGNALS, is_current, read_states

if TYPE_CHECKING:
    from collections.abc import Iterable

    from consentmw.config import Config
    from consentmw.core.categories import Category
    from consentmw.core.decision import Consent
    from consentmw.preferences.state import CategoryState
    from consentmw.preferences.texts import Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One thing that the page says about what holds now."""

    kind: Literal["honored", "saved", "warning", "plain"]
    title: Markup
    sentences: tuple[Markup, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryView:
    """A category as the page shows it."""

    name: str
    label: Markup
    description: Markup
    allowed: bool
    required: bool
    sale_or_share: bool
    lock: Markup | None
    """Why it can't be switched; `None` where it can."""
    declared: Declared
    places: tuple[str, ...]
    """Where zones keep it off for everyone."""


class Viewer:
    """Says what there is to say about one site."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._declared = {name: read_declared(config.catalogue, name) for name in config.categories}

    def categories(self, consent: Consent, texts: Texts) -> list[CategoryView]:
        """Every category, required ones included."""
        return [
            CategoryView(
                name=state.category.name,
                label=label(state.category, texts),
                description=description(state.category, texts),
                allowed=state.allowed,
                required=state.category.required,
                sale_or_share=state.category.sale_or_share,
                lock=_lock(state, texts),
                declared=self._declared[state.category.name],
                places=self._places(state.category.name),
            )
            for state in read_states(consent)
        ]

    def statements(self, consent: Consent, texts: Texts, *, browser: Markup) -> list[Statement]:
        """What holds for the visitor now, as plainly as it can be said."""
        said = [
            *_say_signal(consent, texts, browser),
            *_say_choice(consent, texts),
        ]
        choice = consent.choice
        if choice is not None and not is_current(consent):
            said.append(Statement(kind="plain", title=texts("revised")))
        return said

    def _places(self, category: str) -> tuple[str, ...]:
        places: list[str] = []
        for zone in self._config.zones:
            if category in zone.deny:
                hosts, paths = zone.hosts or ("",), zone.paths or ("/*",)
                places += [f"{host}{path}" for host in hosts for path in paths]
        return tuple(dict.fromkeys(places))


def label(category: Category, texts: Texts) -> Markup:
    """A category's name for a visitor; where nobody gave it one, its bare name in words."""
    words = category.name.replace("-", " ").replace("_", " ").capitalize()
    return texts.get(f"category_{category.name}") or Markup.escape(words)


def description(category: Category, texts: Texts) -> Markup:
    """What a category is, where anybody has said it."""
    return texts.get(f"category_{category.name}_description") or Markup()


def labels(categories: Iterable[Category], texts: Texts) -> Markup:
    """Several categories as one phrase."""
    return texts.enumerate([label(category, texts) for category in categories])


def _lock(state: CategoryState, texts: Texts) -> Markup | None:
    if not state.locked:
        return None
    if state.reason is Reason.REQUIRED:
        return texts("always_on")
    if state.reason is Reason.ACCOUNT:
        return texts("locked_account")
    if state.reason in SIGNALS:
        return texts("locked_signal")
    return texts("locked_zone")


def _say_signal(consent: Consent, texts: Texts, browser: Markup) -> Iterable[Statement]:
    states = read_states(consent)
    choice = consent.choice
    by_signal = [state.category for state in states if state.reason in SIGNALS]
    if by_signal:
        # 11 CCR 7025(c)(6): says that the signal was processed; the switches show the state.
        key = "honored_dnt" if consent.signal is Reason.DNT else "honored_gpc"
        sentences = [texts(key, browser=browser)]
        overruled = [c for c in by_signal if choice is not None and c.name in choice.allowed]
        if choice is not None and overruled and is_current(consent):
            day, names = texts.day(choice.chosen_on), labels(overruled, texts)
            sentences.append(texts("overruled", date=day, categories=names))
        yield Statement(kind="honored", title=texts("honored_title"), sentences=tuple(sentences))
    confirmed = [state.category for state in states if state.reason is Reason.CONFIRMED]
    if confirmed and choice is not None and choice.conflict_confirmed_on is not None:
        sentence = texts(
            "confirmed",
            browser=browser,
            date=texts.day(choice.conflict_confirmed_on),
            categories=labels(confirmed, texts),
        )
        yield Statement(kind="plain", title=texts("confirmed_title"), sentences=(sentence,))


def _say_choice(consent: Consent, texts: Texts) -> Iterable[Statement]:
    optional = [state for state in read_states(consent) if not state.category.required]
    chosen = [state for state in optional if state.reason is Reason.CHOICE]
    declined = [state.category for state in chosen if not state.allowed]
    allowed = [state.category for state in chosen if state.allowed]
    on = [state for state in optional if state.allowed]
    day = () if consent.choice is None else (texts.day(consent.choice.chosen_on),)
    chosen_on = tuple(texts("chosen_on", date=date) for date in day)
    if not on:
        yield Statement(
            kind="plain",
            title=texts("all_off_title"),
            sentences=(texts("all_off"), *(chosen_on if declined else ())),
        )
    elif declined:
        sentence = texts("some_off", categories=labels(declined, texts))
        yield Statement(
            kind="plain", title=texts("some_off_title"), sentences=(sentence, *chosen_on)
        )
    elif consent.policy.regime == "opt-in" and allowed:
        sentence = texts("some_on", categories=labels(allowed, texts))
        yield Statement(
            kind="plain", title=texts("some_on_title"), sentences=(sentence, *chosen_on)
        )
    elif all(state.allowed for state in optional):
        # Never "opted in": nobody has said so.
        yield Statement(kind="plain", title=texts("none_off_title"), sentences=(texts("none_off"),))
