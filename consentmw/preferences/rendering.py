"""From what there is to say to HTML: the templates, a site's own in front of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PackageLoader,
    StrictUndefined,
)
from markupsafe import Markup

from consentmw.preferences.assets import ASK_STYLE, ICON, PAGE_STYLE
from consentmw.preferences.texts import load_texts, negotiate

if TYPE_CHECKING:
    from consentmw.config import Config
    from consentmw.preferences.texts import Texts


class Renderer:
    """The templates and texts of one site; whether the templates can be used is `trial`'s question.

    Raises:
        ConfigError: A text that can't be used.
    """

    def __init__(self, config: Config) -> None:
        self._config = config
        self.texts = load_texts(config)
        loaders: list[FileSystemLoader | PackageLoader] = [
            PackageLoader("consentmw.preferences", "templates")
        ]
        if config.preferences.templates:
            loaders.insert(0, FileSystemLoader(config.preferences.templates))
        self._environment = Environment(
            loader=ChoiceLoader(loaders),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    @property
    def style_origin(self) -> str:
        """The origin of the site's own stylesheet, for the policy; empty if it is this one."""
        parts = urlsplit(self._config.preferences.stylesheet)
        return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""

    def choose_texts(self, wanted: str, accepted: str) -> Texts:
        """The texts of the language asked for, or of the one that the browser prefers."""
        return self.texts.get(wanted) or self.texts[negotiate(self.texts, accepted)]

    def render(self, name: str, *, texts: Texts, root_path: str, **values: Any) -> Markup:
        """Fill a template."""
        base = root_path + self._config.preferences.path
        html = self._environment.get_template(name).render(
            t=texts,
            path=base,
            root=root_path or "/",
            page_style=f"{base}/{PAGE_STYLE.name}",
            ask_style=f"{base}/{ASK_STYLE.name}",
            icon=f"{base}/{ICON.name}",
            settings=self._config.preferences,
            **values,
        )
        return Markup(html)  # noqa: S704 - the environment escapes what it fills in

    def languages(self, texts: Texts, *, root_path: str, return_to: str) -> list[dict[str, Any]]:
        """The links between the languages, the present one marked."""
        back = {"next": return_to} if return_to else {}
        return [
            {
                "tag": tag,
                "name": other("language"),
                "url": f"{root_path}{self._config.preferences.path}?"
                + urlencode({"lang": tag, **back}),
                "current": tag == texts.language,
            }
            for tag, other in self.texts.items()
        ]
