import re
import tomllib
from datetime import date
from importlib.resources import files
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from visits import configure

from consentmw.core.categories import BUILT_IN
from consentmw.errors import ConfigError
from consentmw.preferences.texts import load_texts, negotiate

FOLDER = files("consentmw.preferences") / "texts"
SHIPPED = {
    name: tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8")) for name in ("en", "es")
}
TEMPLATES = [
    path.read_text("utf-8")
    for path in (files("consentmw.preferences") / "templates").iterdir()
    if path.name.endswith(".html")
]


def texts(language="en", **settings):
    return load_texts(configure(**settings))[language]


def problems(**settings):
    with pytest.raises(ConfigError) as caught:
        load_texts(configure(**settings))
    return [str(problem) for problem in caught.value.problems]


def placeholders(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_the_languages_say_the_same_things():
    assert list(SHIPPED["en"]) == list(SHIPPED["es"])
    for key, text in SHIPPED["en"].items():
        assert placeholders(text) == placeholders(SHIPPED["es"][key]), key


def test_every_text_that_a_template_says_is_there():
    keys = {key for text in TEMPLATES for key in re.findall(r"\bt\(['\"](\w+)['\"]", text)}
    assert keys
    assert keys <= set(SHIPPED["en"])


def test_every_built_in_category_has_a_name_and_a_description():
    for category in BUILT_IN:
        assert f"category_{category.name}" in SHIPPED["en"]
        assert f"category_{category.name}_description" in SHIPPED["en"]


def test_the_words_that_the_law_gives_are_these():
    english = SHIPPED["en"]
    assert english["honored_title"] == "Opt-Out Request Honored"
    assert english["link_choices"] == "Your Privacy Choices"
    assert english["link_california"] == "Your California Privacy Choices"
    assert english["link_do_not_sell"] == "Do Not Sell or Share My Personal Information"


def test_what_is_filled_in_is_escaped():
    assert texts()("scope", browser="<b>").startswith("&lt;b&gt;, on this device.")


@pytest.mark.parametrize(
    ("language", "words", "phrase"),
    [
        ("en", ["a"], "a"),
        ("en", ["a", "b"], "a and b"),
        ("en", ["a", "b", "c"], "a, b, and c"),
        ("es", ["a", "b", "c"], "a, b y c"),
        ("en", ["<a>", "b"], "&lt;a&gt; and b"),
    ],
)
def test_several_words_become_a_phrase(language, words, phrase):
    assert texts(language).enumerate(words) == phrase


def test_a_day_is_said_in_the_words_of_the_language():
    assert texts("en").day(date(2026, 11, 2)) == "November 2, 2026"
    assert texts("es").day(date(2026, 1, 31)) == "31 de enero de 2026"


def test_a_site_changes_what_it_likes():
    changed = texts(preferences={"texts": {"en": {"title": "Privacy & you"}}})
    assert changed("title") == "Privacy &amp; you"
    assert changed("save") == "Save my choices"


def test_a_translation_of_the_sites_own_goes_before_its_label():
    settings = {
        "categories": {"social": {"label": "Social {media}"}, "advertising": {"label": "Ads"}},
        "preferences": {"texts": {"es": {"category_social": "Redes"}}},
    }
    assert texts("en", **settings).get("category_social") == "Social {media}"
    assert texts("es", **settings).get("category_social") == "Redes"
    assert texts("es", **settings).get("category_advertising") == "Ads"
    assert texts("en", **settings).get("category_other") is None


def test_a_language_of_the_sites_own_brings_every_text():
    settings = {"languages": ["de", "en"], "texts": {"de": {**SHIPPED["en"], "title": "Wahl"}}}
    assert texts("de", preferences=settings)("title") == "Wahl"


def test_all_problems_of_all_languages_are_reported():
    settings = {
        "languages": ["en", "de"],
        "texts": {
            "en": {
                "tittle": "x",
                "scope": "{brwser}, {browser.x}",
                "saved": "{",
                "months": "one, two",
            },
            "es": {"title": "x"},
        },
    }
    assert sorted(problems(preferences=settings)) == [
        (
            "configuration [preferences.texts.de]: no text ships for this language; "
            f"missing: language, title, intro and {len(SHIPPED['en']) - 3} more"
        ),
        (
            "configuration [preferences.texts.en] months: expected twelve names with commas "
            "between them"
        ),
        (
            "configuration [preferences.texts.en] saved: expected braces around the name of a "
            "placeholder only"
        ),
        "configuration [preferences.texts.en] scope: nothing is filled in for browser.x, brwser",
        "configuration [preferences.texts.en] tittle: unknown text, did you mean 'title'?",
        "configuration [preferences.texts] es: not one of the languages offered: en, de",
    ]


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("es", "es"),
        ("ES-mx", "es"),
        ("es-419,en;q=0.9", "es"),
        ("fr, de", "en"),
        ("en;q=0.2, es;q=0.9", "es"),
        ("en;q=0, es;q=0.1", "es"),
        ("es;q=0", "en"),
        ("es;q=x", "en"),
        ("es;q=2", "en"),
        ("es;level=1", "es"),
        ("*", "en"),
        (",".join(["fr"] * 32 + ["es"]), "en"),
        ("es" + "-x" * 16, "es"),
        ("es" + "-x" * 17, "en"),
    ],
)
def test_the_browser_says_which_language_it_prefers(accepted, language):
    assert negotiate(["en", "es"], accepted) == language


@given(st.text())
def test_no_header_leads_to_a_language_that_is_not_offered(accepted):
    assert negotiate(["en", "es"], accepted) in {"en", "es"}
