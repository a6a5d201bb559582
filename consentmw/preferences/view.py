"""The categories as the page shows them: values in, values and words out.

The templates only place what is here; they decide nothing. What the page says on top of them is
`statements`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from consentmw.core.decision import Reason
from consentmw.preferences.declared import Declared, read_declared
from consentmw.preferences.state import SIGNALS, read_states

if TYPE_CHECKING:
    from collections.abc import Iterable

    from consentmw.config import Config
    from consentmw.core.categories import Category
    from consentmw.core.decision import Consent
    from consentmw.preferences.state import CategoryState
    from consentmw.preferences.texts import Texts


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
        self._enforces = config.enforcement.mode == "enforce"
        self._declared = {name: read_declared(config, name) for name in config.categories}

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
                lock=self._lock(state, texts),
                declared=self._declared[state.category.name],
                places=self._places(state.category.name),
            )
            for state in read_states(consent)
        ]

    def _lock(self, state: CategoryState, texts: Texts) -> Markup | None:
        if not state.locked:
            return None
        if state.reason is Reason.REQUIRED:
            return texts("always_on")
        if not self._enforces:
            return texts("locked_kept")
        if state.reason is Reason.ACCOUNT:
            return texts("locked_account")
        if state.reason in SIGNALS:
            return texts("locked_signal")
        return texts("locked_zone")

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
