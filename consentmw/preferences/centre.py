"""The page itself: it shows what holds, takes the form, and sends the visitor back.

A plain form and a redirect: no script, no state beyond the choice. The same post twice is answered
the same twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import urlencode

from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from consentmw.access import consent_from_scope
from consentmw.preferences.agent import name_browser
from consentmw.preferences.body import BodyTooLarge, read_body
from consentmw.preferences.keeping import keep_choice, private_headers
from consentmw.preferences.origin import Origin, read_origin, way_back
from consentmw.preferences.state import is_current
from consentmw.preferences.statements import Statement, build_statements
from consentmw.preferences.submission import (
    Submission,
    build_choice,
    find_conflicts,
    optional_categories,
    read_form,
)
from consentmw.preferences.view import Viewer, labels

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from starlette.types import Receive, Scope, Send

    from consentmw.config import Config
    from consentmw.core.decision import Consent
    from consentmw.preferences.rendering import Renderer
    from consentmw.preferences.texts import Texts

_FORM: Final = "application/x-www-form-urlencoded"
_Refusal = Literal["foreign", "large", "unreadable", "method"]
_STATUS: Final[dict[_Refusal, int]] = {
    "foreign": 403,
    "large": 413,
    "unreadable": 400,
    "method": 405,
}


class Centre:
    """The preference centre of one site, as an ASGI app."""

    def __init__(
        self,
        config: Config,
        *,
        renderer: Renderer,
        today: Callable[[], date],
    ) -> None:
        self._config = config
        self._renderer = renderer
        self._viewer = Viewer(config)
        self._enforces = config.enforcement.mode == "enforce"
        self._today = today
        self._headers = private_headers(renderer.style_origin)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request whose scope holds the consent."""
        request = Request(scope, receive)
        if request.method in ("GET", "HEAD"):
            response = self._show(request)
        elif request.method == "POST":
            try:
                response = await self._take(request)
            except ClientDisconnect:
                return
        else:
            response = self._refuse(request, "method")
            response.headers["Allow"] = "GET, HEAD, POST"
        await response(scope, receive, send)

    def _show(self, request: Request) -> Response:
        consent = consent_from_scope(request.scope)
        saved = "saved" in request.query_params
        target = way_back(request.query_params.get("next", ""))
        texts = self._texts(request)
        browser = name_browser(request.headers.get("user-agent", ""), texts)
        statements = build_statements(consent, texts, browser=browser, enforces=self._enforces)
        if saved and consent.choice_status == "absent":
            # We have just asked for it to be kept, and it didn't come back.
            blocked = Statement(
                kind="warning", title=texts("blocked_title"), sentences=(texts("blocked"),)
            )
            statements.insert(0, blocked)
        elif saved and target and is_current(consent):
            return self._redirect(target)
        elif saved and is_current(consent):
            statements.insert(0, Statement(kind="saved", title=texts("saved")))
        categories = self._viewer.categories(consent, texts)
        return self._page(
            "page.html",
            request,
            texts,
            statements=statements,
            optional=[view for view in categories if not view.required],
            required=[view for view in categories if view.required],
            declines_all=consent.reading.denied >= optional_categories(consent),
            browser=browser,
            return_to=target,
        )

    async def _take(self, request: Request) -> Response:
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
            return self._refuse(request, "unreadable")
        try:
            body = await read_body(request)
        except BodyTooLarge:
            return self._refuse(request, "large")
        consent = consent_from_scope(request.scope)
        submission = read_form(body, consent)
        if submission is None:
            return self._refuse(request, "unreadable")
        origin = read_origin(request.headers)
        if origin is Origin.FOREIGN or (submission.allow and origin is not Origin.OURS):
            return self._refuse(request, "foreign", language=submission.language)
        conflicts = find_conflicts(consent, submission.allow)
        if conflicts and not submission.conflict_confirmed:
            return self._tell_conflict(request, consent, submission, conflicts)
        return self._keep(request, consent, submission)

    def _keep(self, request: Request, consent: Consent, submission: Submission) -> Response:
        query = {"saved": "1"}
        if target := way_back(submission.return_to):
            query["next"] = target
        if submission.language in self._renderer.texts:
            query["lang"] = submission.language
        response = self._redirect(f"{self._path(request)}?{urlencode(query)}")
        keep_choice(
            response.headers,
            build_choice(consent, submission, today=self._today()),
            config=self._config,
            host=request.headers.get("host", ""),
        )
        return response

    def _tell_conflict(
        self,
        request: Request,
        consent: Consent,
        submission: Submission,
        conflicts: tuple[str, ...],
    ) -> Response:
        texts = self._texts(request, submission.language)
        against = [c for c in consent.policy.categories if c.name in conflicts]
        return self._page(
            "conflict.html",
            request,
            texts,
            browser=name_browser(request.headers.get("user-agent", ""), texts),
            against=labels(against, texts),
            allow=sorted(submission.allow),
            allow_without=sorted(submission.allow.difference(conflicts)),
            return_to=way_back(submission.return_to),
        )

    def _refuse(self, request: Request, refusal: _Refusal, *, language: str = "") -> Response:
        texts = self._texts(request, language)
        return self._page(
            "refused.html",
            request,
            texts,
            status=_STATUS[refusal],
            sentence=texts(f"refused_{refusal}"),
            return_to="",
        )

    def _page(
        self,
        template: str,
        request: Request,
        texts: Texts,
        *,
        return_to: str,
        status: int = 200,
        **values: Any,
    ) -> Response:
        root_path = request.scope.get("root_path", "")
        html = self._renderer.render(
            template,
            texts=texts,
            root_path=root_path,
            return_to=return_to,
            languages=self._renderer.languages(texts, root_path=root_path, return_to=return_to),
            **values,
        )
        headers = {**self._headers, "Content-Language": texts.language}
        return HTMLResponse(html, status_code=status, headers=headers)

    def _redirect(self, target: str) -> Response:
        # 303: what follows a form is a page view, whichever way the form came.
        return RedirectResponse(target, status_code=303, headers=self._headers)

    def _texts(self, request: Request, wanted: str = "") -> Texts:
        accepted = ",".join(request.headers.getlist("accept-language"))
        return self._renderer.choose_texts(wanted or request.query_params.get("lang", ""), accepted)

    def _path(self, request: Request) -> str:
        return str(request.scope.get("root_path", "")) + self._config.preferences.path
