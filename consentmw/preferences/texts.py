"""What the preference centre says, in the languages that a site offers.

The texts that ship are TOML files beside the templates; a site changes single ones, or adds a whole
language, in its own configuration. Whatever can be wrong with them is found at start-up.
"""

from __future__ import annotations

import tomllib
from importlib.resources import files
from string import Formatter
from typing import TYPE_CHECKING, Final

from markupsafe import Markup, escape

from consentmw.core.categories import nearest_name
from consentmw.errors import ConfigError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from consentmw.config import Config

_SHIPPED: Final = files("consentmw.preferences") / "texts"
_MONTHS_A_YEAR: Final = 12
# RFC 9110, section 12.5.4, sets no limit; a header of a real browser names a dozen at most.
_MAX_LANGUAGES_READ: Final = 32
# RFC 5646, section 4.4.1: no tag needs more. Each subtag is a look-up of all before it, so that a
# header of one endless tag would cost a second.
_LONGEST_TAG: Final = 35


class Texts:
    """All texts of one language."""

    def __init__(self, language: str, values: Mapping[str, str]) -> None:
        self.language = language
        self._values = values
        self._months = [month.strip() for month in values["months"].split(",")]

    def __call__(self, key: str, **values: object) -> Markup:
        """A text as HTML, with its placeholders filled; what is filled in is escaped."""
        return escape(self._values[key]).format(**values)

    def get(self, key: str) -> Markup | None:
        """A text that not every site has."""
        return self(key) if key in self._values else None

    def day(self, day: date) -> Markup:
        """A date in words."""
        return self("date", day=day.day, month=self._months[day.month - 1], year=day.year)

    def enumerate(self, words: Sequence[str | Markup]) -> Markup:
        """Several words as one phrase."""
        *rest, last = map(escape, words)
        if not rest:
            return last
        key = "list_of_two" if len(rest) == 1 else "list_of_more"
        return self(key, first=Markup(", ").join(rest), last=last)


def load_texts(config: Config) -> dict[str, Texts]:
    """The texts of each language that a site offers, in the order of its preference.

    Raises:
        ConfigError: A language without texts, an unknown key, a placeholder that is never filled.
    """
    english = _shipped("en")
    optional = {
        f"category_{name}{suffix}" for name in config.categories for suffix in ("", "_description")
    }
    # What a site calls a category goes before our word for it, and after its own translation.
    own = {
        f"category_{category.name}{suffix}": text
        for category in config.categories.values()
        for suffix, text in (("", category.label), ("_description", category.description))
        if text
    }
    languages = {}
    problems = []
    for language in config.preferences.languages:
        changed = config.preferences.texts.get(language, {})
        values = {**_shipped(language), **_plain(own), **changed}
        languages[language] = values
        faults = _faults(changed, values, known={*english, *optional}, english=english)
        table = f"preferences.texts.{language}"
        problems += [
            Problem(source=config.source, table=table, key=key, message=message)
            for key, message in faults
        ]
    problems += [
        Problem(
            source=config.source,
            table="preferences.texts",
            key=language,
            message=f"not one of the languages offered: {', '.join(config.preferences.languages)}",
        )
        for language in config.preferences.texts
        if language not in languages
    ]
    if problems:
        raise ConfigError(problems)
    return {language: Texts(language, values) for language, values in languages.items()}


def negotiate(offered: Iterable[str], accepted: str) -> str:
    """The language to answer in, by RFC 4647 "lookup" on an `Accept-Language` field.

    Args:
        offered: The languages there are, the one to fall back on first.
        accepted: The field's value, from a visitor: whatever it is, the answer is an offered one.
    """
    known = list(offered)
    ranges = []
    for place, item in enumerate(accepted.lower().split(",")[:_MAX_LANGUAGES_READ]):
        part, _, parameter = item.partition(";")
        tag = part.strip()
        name, _, weight = parameter.strip().partition("=")
        quality = _quality(weight) if name == "q" else 1.0
        if quality > 0 and len(tag) <= _LONGEST_TAG:
            ranges.append((-quality, place, tag))
    for _, _, tag in sorted(ranges):
        subtags = tag.split("-")
        for length in range(len(subtags), 0, -1):
            if (candidate := "-".join(subtags[:length])) in known:
                return candidate
    return known[0]


def _quality(weight: str) -> float:
    try:
        quality = float(weight)
    except ValueError:
        return 0.0
    return quality if 0 <= quality <= 1 else 0.0


def _plain(texts: Mapping[str, str]) -> dict[str, str]:
    # A label is no template: its braces are braces.
    return {key: text.replace("{", "{{").replace("}", "}}") for key, text in texts.items()}


def _shipped(language: str) -> dict[str, str]:
    path = _SHIPPED / f"{language}.toml"
    return tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}


def _faults(
    changed: Mapping[str, str],
    values: Mapping[str, str],
    *,
    known: set[str],
    english: Mapping[str, str],
) -> Iterable[tuple[str, str]]:
    for key in changed:
        if key not in known:
            nearest = nearest_name(key, known)
            yield key, f"unknown text{f', did you mean {nearest!r}?' if nearest else ''}"
    missing = [key for key in english if key not in values]
    if missing:
        more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
        yield "", f"no text ships for this language; missing: {', '.join(missing[:3])}{more}"
    for key in sorted(known & set(values)):
        try:
            unfilled = _placeholders(values[key]) - _placeholders(english.get(key, ""))
        except ValueError:
            yield key, "expected braces around the name of a placeholder only"
            continue
        if unfilled:
            yield key, f"nothing is filled in for {', '.join(sorted(unfilled))}"
    if len(values.get("months", english["months"]).split(",")) != _MONTHS_A_YEAR:
        yield "months", "expected twelve names with commas between them"


def _placeholders(text: str) -> set[str]:
    # A field such as {x.y} would reach into what is filled in; it is none of the names either.
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
