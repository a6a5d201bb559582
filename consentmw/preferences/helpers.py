"""What an app's own templates show of the preference centre: the link to it, and the notice.

The methods are plain functions of a request; `install` makes them globals of a Jinja2 environment,
whose templates have the request in their context, as Starlette's and FastAPI's do.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from jinja2 import pass_context
from markupsafe import Markup

from consentmw.access import consent_from_scope
from consentmw.preferences.keeping import signer_of
from consentmw.preferences.origin import way_back
from consentmw.preferences.rendering import Renderer
from consentmw.preferences.state import open_questions
from consentmw.preferences.view import labels

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from jinja2 import Environment
    from jinja2.runtime import Context
    from starlette.requests import HTTPConnection

    from consentmw.config import Config
    from consentmw.preferences.texts import Texts

# Cal. Code Regs. tit. 11, 7013 and 7015: the titles that such a link may have.
LinkLabel = Literal["choices", "california", "do_not_sell"]


class TemplateHelpers:
    """The helpers of one site.

    Raises:
        ConfigError: The site has no secret, so that there is nothing to link to.
    """

    def __init__(self, config: Config, *, today: Callable[[], date] | None = None) -> None:
        signer_of(config)
        self._renderer = Renderer(config)
        self._today = today or (lambda: datetime.now(UTC).date())

    def link(
        self,
        conn: HTTPConnection,
        *,
        label: LinkLabel = "choices",
        text: str = "",
        language: str = "",
    ) -> Markup:
        """The link to the preference centre, with the opt-out icon, to come back from it here.

        Args:
            conn: The request that is being answered.
            label: Which of the titles that the law names.
            text: Other words, where those aren't wanted.
            language: Of the page; the one that the browser prefers if not given, so that a page
                which caches share should say it.
        """
        texts = self._texts(conn, language)
        return self._render("link.html", conn, texts, text=text or texts(f"link_{label}"))

    def notice(self, conn: HTTPConnection, *, language: str = "") -> Markup:
        """The notice of the opt-in regime; nothing where there is nothing to ask.

        It lies over the lower edge of the window and moves nothing. Place it at the end of the
        body, where it also takes the room that keeps it from hiding the end of the page.
        """
        asked = open_questions(consent_from_scope(conn.scope), today=self._today())
        if not asked:
            return Markup()
        texts = self._texts(conn, language)
        return self._render("ask.html", conn, texts, categories=labels(asked, texts))

    def allows(self, conn: HTTPConnection, category: str) -> bool:
        """Whether a category is allowed for the request.

        Raises:
            UnknownCategoryError: Nobody has defined it.
        """
        return consent_from_scope(conn.scope).allows(category)

    def install(self, environment: Environment) -> None:
        """Add `privacy_choices_link`, `privacy_choices_notice` and `consent_allows`."""

        @pass_context
        def privacy_choices_link(context: Context, **options: str) -> Markup:
            return self.link(context["request"], **options)  # type: ignore[arg-type] # a template has no types

        @pass_context
        def privacy_choices_notice(context: Context, **options: str) -> Markup:
            return self.notice(context["request"], **options)

        @pass_context
        def consent_allows(context: Context, category: str) -> bool:
            return self.allows(context["request"], category)

        for helper in (privacy_choices_link, privacy_choices_notice, consent_allows):
            environment.globals[helper.__name__] = helper

    def _texts(self, conn: HTTPConnection, language: str) -> Texts:
        return self._renderer.choose_texts(
            language, ",".join(conn.headers.getlist("accept-language"))
        )

    def _render(self, name: str, conn: HTTPConnection, texts: Texts, **values: object) -> Markup:
        path, query = conn.url.path, conn.url.query
        whole = f"{path}?{query}" if query else path
        return self._renderer.render(
            name,
            texts=texts,
            root_path=conn.scope.get("root_path", ""),
            return_to=way_back(whole) or way_back(path),
            **values,
        )
