"""Whether a site's own templates can be used: each is filled once, before any visitor comes.

A template fails when it is filled, not when it is read: by a name or a text that nobody gives it,
by a file that it extends. Whoever would then see an error is a visitor who wants to opt out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from jinja2 import TemplateSyntaxError

from consentmw.core.decision import build_consent
from consentmw.core.signals import Signals
from consentmw.errors import ConfigError, Problem
from consentmw.preferences.statements import build_statements
from consentmw.preferences.view import Viewer, labels

if TYPE_CHECKING:
    from collections.abc import Iterator

    from consentmw.config import Config
    from consentmw.preferences.rendering import Renderer

_BUTTON: Final = 'value="opt-out"'
_Trial = tuple[str, Callable[[], str], str]
"""A template's name, what fills it, and what it has to hold then."""


def check_templates(config: Config, renderer: Renderer) -> None:
    """Fill every template as for a visitor who said nothing, and one who sends the signal.

    Raises:
        ConfigError: One or more of the site's own can't be used. Ours can.
    """
    if not config.preferences.templates:
        return
    problems: dict[str, Problem] = {}
    for trial in _trials(config, renderer):
        message = _fault(*trial)
        if message:
            problems[message] = Problem(
                source=config.source, table="preferences", key="templates", message=message
            )
    if problems:
        raise ConfigError(problems.values())


def _fault(name: str, fill: Callable[[], str], needed: str) -> str:
    try:
        html = fill()
    except TemplateSyntaxError as error:
        return f"{error.filename or name}, line {error.lineno}: {error.message}"
    except Exception as error:  # noqa: BLE001 - a template is the site's own code, and may do anything
        return f"{name}: {type(error).__name__}: {error}"
    if needed not in html:
        return (
            f'{name}: no way to opt out: expected a form with method="post" and in it a button '
            'with name="action" value="opt-out" (a layout.html needs {% block main %})'
        )
    return ""


def _trials(config: Config, renderer: Renderer) -> Iterator[_Trial]:
    texts = next(iter(renderer.texts.values()))
    optional = [c for c in config.policy.categories if not c.required]
    browser = texts("browser_unknown")

    def trial(name: str, *, needed: str = "", **values: Any) -> _Trial:
        values |= {"texts": texts, "root_path": "", "return_to": "/news"}
        return name, lambda: renderer.render(name, **values), needed

    languages = renderer.languages(texts, root_path="", return_to="/news")
    for signals in (Signals(), Signals(gpc=True)):
        consent = build_consent(config.policy, signals=signals)
        views = Viewer(config).categories(consent, texts)
        yield trial(
            "page.html",
            needed=_BUTTON if optional else "",
            languages=languages,
            statements=build_statements(consent, texts, browser=browser, enforces=True),
            optional=[view for view in views if not view.required],
            required=[view for view in views if view.required],
            declines_all=False,
            browser=browser,
        )
    yield trial("refused.html", languages=languages, sentence=texts("refused_large"))
    yield trial("link.html", text=texts("link_choices"))
    if optional:
        words, names = labels(optional, texts), [category.name for category in optional]
        yield trial("ask.html", needed=_BUTTON, categories=words)
        yield trial(
            "conflict.html",
            languages=languages,
            browser=browser,
            against=words,
            allow=names,
            allow_without=names,
        )
