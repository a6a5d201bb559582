"""The same centre for single-page apps: read the decision, choose, withdraw; in JSON.

`GET` tells what holds, `POST` chooses (what isn't named stays as it was), `DELETE` takes back
whatever was allowed. The protections are those of the form. `schema.json` beside it describes what
goes in and comes out.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from consentmw.access import consent_from_scope
from consentmw.core.categories import nearest_name
from consentmw.core.decision import build_consent
from consentmw.preferences.body import BodyTooLarge, read_body
from consentmw.preferences.keeping import keep_choice, private_headers, signer_of
from consentmw.preferences.origin import Origin, read_origin
from consentmw.preferences.state import is_current, open_questions, read_states
from consentmw.preferences.submission import (
    Submission,
    build_choice,
    find_conflicts,
    optional_categories,
)
from consentmw.preferences.view import description, label

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from starlette.types import Receive, Scope, Send

    from consentmw.config import Config
    from consentmw.core.choice import ChoiceReading
    from consentmw.core.decision import Consent
    from consentmw.preferences.rendering import Renderer
    from consentmw.preferences.texts import Texts

SCHEMA: Final = (files("consentmw.preferences") / "static" / "schema.json").read_bytes()


class _RefusedError(Exception):
    """A request that changes nothing; becomes the answer's status and body."""

    def __init__(self, status: int, code: str, message: str, **extra: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"error": {"code": code, "message": message, **extra}}


class Api:
    """The JSON interface of one site, as an ASGI app."""

    def __init__(self, config: Config, *, renderer: Renderer, today: Callable[[], date]) -> None:
        self._config = config
        self._signer = signer_of(config)
        self._renderer = renderer
        self._today = today
        self._headers = private_headers()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request whose scope holds the consent."""
        request = Request(scope, receive)
        try:
            response = await self._answer(request)
        except ClientDisconnect:
            return
        except _RefusedError as refusal:
            response = JSONResponse(refusal.body, refusal.status, headers=self._headers)
            if refusal.status == 405:
                response.headers["Allow"] = "GET, HEAD, POST, DELETE"
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        consent = consent_from_scope(request.scope)
        if request.method in ("GET", "HEAD"):
            return self._tell(request, consent)
        if request.method == "POST":
            submission = _parse(await _read_json(request), consent)
        elif request.method == "DELETE":
            # What was allowed is declined from here on. To forget a denial would be to allow.
            if consent.choice is None or not consent.choice.allowed:
                return self._tell(request, consent)
            submission = Submission(deny=consent.choice.allowed)
        else:
            raise _RefusedError(405, "method", "GET, POST and DELETE are what there is here")
        _check_origin(request, submission)
        _check_signal(consent, submission)
        return self._keep(request, consent, submission)

    def _keep(self, request: Request, consent: Consent, submission: Submission) -> Response:
        choice = build_choice(consent, submission, today=self._today())
        value = self._signer.sign(choice)
        after = _with_reading(consent, self._signer.read([value], today=self._today()))
        response = self._tell(request, after)
        host = request.headers.get("host", "")
        keep_choice(response.headers, choice, config=self._config, host=host)
        return response

    def _tell(self, request: Request, consent: Consent) -> Response:
        accepted = ",".join(request.headers.getlist("accept-language"))
        texts = self._renderer.choose_texts(request.query_params.get("lang", ""), accepted)
        headers = {**self._headers, "Content-Language": texts.language}
        return JSONResponse(self._describe(consent, texts), headers=headers)

    def _describe(self, consent: Consent, texts: Texts) -> dict[str, Any]:
        choice = consent.choice
        return {
            "regime": consent.policy.regime,
            "revision": consent.policy.revision,
            "enforced": self._config.enforcement.mode == "enforce",
            "signal": None if consent.signal is None else str(consent.signal),
            "ask": [category.name for category in open_questions(consent, today=self._today())],
            "categories": [
                {
                    "name": state.category.name,
                    "label": label(state.category, texts).unescape(),
                    "description": description(state.category, texts).unescape(),
                    "required": state.category.required,
                    "sale_or_share": state.category.sale_or_share,
                    "allowed": state.allowed,
                    "reason": str(state.reason),
                    "locked": state.locked,
                }
                for state in read_states(consent)
            ],
            "choice": None
            if choice is None
            else {
                "allowed": sorted(choice.allowed),
                "denied": sorted(choice.denied),
                "chosen_on": choice.chosen_on.isoformat(),
                "current": is_current(consent),
            },
        }


class Schema:
    """The published description of the interface."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve it, as an ASGI app."""
        response = Response(
            SCHEMA,
            media_type="application/schema+json",
            headers={"Cache-Control": "public, max-age=86400", "X-Content-Type-Options": "nosniff"},
        )
        await response(scope, receive, send)


async def _read_json(request: Request) -> Any:
    # A form of another site can send text/plain that parses as JSON; this type it can't.
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise _RefusedError(415, "type", "expected a body of type application/json")
    try:
        return json.loads(await read_body(request))
    except BodyTooLarge:
        raise _RefusedError(413, "large", "the body is larger than any choice") from None
    except (ValueError, RecursionError):
        raise _RefusedError(400, "unreadable", "the body is no JSON") from None


def _parse(body: Any, consent: Consent) -> Submission:
    if not isinstance(body, dict):
        raise _RefusedError(422, "shape", "expected an object")
    unknown = set(body) - {"allow", "deny", "confirm_conflict"}
    if unknown:
        raise _RefusedError(422, "shape", f"unknown member {min(unknown)[:200]!r}")
    optional = optional_categories(consent)
    everything = body.get("deny") == "all"
    deny = optional if everything else _names(body.get("deny", []), "deny", optional)
    allow = _names(body.get("allow", []), "allow", optional)
    both = allow & deny
    if both:
        raise _RefusedError(422, "shape", f"{min(both)!r} can't be allowed and denied at once")
    confirmed = body.get("confirm_conflict", False)
    if not isinstance(confirmed, bool):
        raise _RefusedError(422, "shape", "expected confirm_conflict to be true or false")
    if not (allow or deny):
        raise _RefusedError(422, "shape", "expected categories to allow or to deny")
    return Submission(allow=allow, deny=deny, conflict_confirmed=confirmed)


def _names(value: Any, member: str, optional: frozenset[str]) -> frozenset[str]:
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise _RefusedError(422, "shape", f"expected {member} to be a list of categories")
    for name in value:
        if name not in optional:
            nearest = nearest_name(name, optional)
            hint = f", did you mean {nearest!r}?" if nearest else ""
            message = f"{name[:200]!r} is no category that can be chosen{hint}"
            raise _RefusedError(422, "category", message)
    return frozenset(value)


def _check_origin(request: Request, submission: Submission) -> None:
    origin = read_origin(request.headers)
    if origin is Origin.FOREIGN or (submission.allow and origin is not Origin.OURS):
        raise _RefusedError(403, "foreign", "this isn't known to come from a page of this site")


def _check_signal(consent: Consent, submission: Submission) -> None:
    for state in read_states(consent):
        if state.category.name in submission.allow and state.locked:
            message = f"{state.category.name!r} can't be allowed: {state.reason}"
            raise _RefusedError(409, "locked", message, reason=str(state.reason))
    conflicts = find_conflicts(consent, submission.allow)
    if conflicts and not submission.conflict_confirmed:
        message = "the browser sends an opt-out signal; tell the visitor, then confirm_conflict"
        raise _RefusedError(409, "conflict", message, categories=list(conflicts))


def _with_reading(consent: Consent, reading: ChoiceReading) -> Consent:
    return build_consent(
        consent.policy,
        zone_denied=consent.zone_denied,
        app_denied=consent.app_denied,
        signals=consent.signals,
        account_opted_out=consent.account_opted_out,
        choice=reading,
    )
