"""What the middleware serves by itself for the browser's part, by path under `root_path`."""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from starlette.datastructures import Headers
from starlette.responses import Response

from consentmw.access import consent_from_scope
from consentmw.browser.reports import ReportEndpoint
from consentmw.browser.scripts import (
    Script,
    Successors,
    code,
    prefix_of,
    scope_of,
    serve,
    site_scripts,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from starlette.types import ASGIApp, Receive, Scope, Send

    from consentmw.config import Config
    from consentmw.core.choice import ChoiceSigner

_PLACEHOLDER: Final = (files("consentmw.browser") / "static" / "frame.html").read_text("ascii")
# The one script of the placeholder, which shows the title that the frame has on the site's page.
_TITLE_SCRIPT: Final = _PLACEHOLDER.partition("<script>")[2].partition("</script>")[0]
_TITLE_DIGEST: Final = b64encode(hashlib.sha256(_TITLE_SCRIPT.encode()).digest()).decode()


def build_endpoints(config: Config, *, debug: bool = False) -> Mapping[str, ASGIApp]:
    """Return the scripts, the service worker and the report endpoints of a site.

    Args:
        config: The site's.
        debug: Whether `insertion_for` is told so, too: the guard's rules are then other files.
    """
    path = config.preferences.path
    endpoints: dict[str, ASGIApp] = {
        # Served also where the guard is off, so that a worker of earlier days removes itself.
        f"{path}/worker.js": Worker(config),
        # Also in the place of frames that are suppressed in the markup.
        f"{path}/frame": Placeholder(config),
    }
    for script in _scripts(config, debug=debug):
        endpoints[f"{path}/{script.name}"] = script
    if config.choice_signer is not None and config.signals.navigator:
        endpoints[f"{path}/signal"] = SignalReport(config, config.choice_signer)
    if config.browser.csp != "off":
        endpoints[f"{path}/reports"] = ReportEndpoint(config.catalogue)
    return endpoints


def build_successors(config: Config, *, debug: bool = False) -> Successors:
    """Return what finds an answer for a script of another deployment; as for `build_endpoints`."""
    return Successors(f"{config.preferences.path}/", _scripts(config, debug=debug))


def _scripts(config: Config, *, debug: bool) -> Iterator[Script]:
    if config.browser.guard != "off":
        scripts = site_scripts(config)
        yield from (code("guard"), code("register"), code("worker"))
        yield from scripts.rules.values()
        if debug:
            yield from scripts.rules_for_developers.values()
    if config.choice_signer is not None and config.signals.navigator:
        yield code("signal")


class SignalReport:
    """Takes the report of `navigator.globalPrivacyControl`, and has the browser keep it."""

    def __init__(self, config: Config, signer: ChoiceSigner) -> None:
        self._cookie = config.cookie
        self._value = signer.sign_report()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 204; the body of the request, if there is one, is of no interest."""
        headers = Headers(scope=scope)
        if scope["method"] != "POST":
            response = Response(status_code=405, headers={"Allow": "POST"})
        elif headers.get("sec-fetch-site", "same-origin") != "same-origin":
            response = Response(status_code=403)
        else:
            response = Response(status_code=204)
            response.headers.append("Set-Cookie", self._set_cookie(headers.get("host", "")))
            # Pages that were fetched ahead are as they were before.
            response.headers["Clear-Site-Data"] = '"prefetchCache", "prerenderCache"'
        response.headers["Cache-Control"] = "no-store"
        await response(scope, receive, send)

    def _set_cookie(self, host: str) -> str:
        # No Max-Age: a signal holds as long as the browser gives it, and it gives it anew.
        parts = [
            f"{self._cookie.report_name_for(host)}={self._value}",
            "Path=/",
            "HttpOnly",
            "SameSite=Lax",
        ]
        if self._cookie.domain:
            parts.append(f"Domain={self._cookie.domain}")
        if self._cookie.secure_for(host):
            parts.append("Secure")
        return "; ".join(parts)


class Worker:
    """The service worker, under its one stable address; or what removes it."""

    def __init__(self, config: Config) -> None:
        self._config = config

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve what suits the visitor."""
        config = self._config
        root_path = scope.get("root_path", "")
        prefix = prefix_of(config, root_path)
        denied = consent_from_scope(scope).denied
        rules = site_scripts(config).rules_of(denied)
        # The name tells our worker from a site's own that imports it, and is gone after that.
        start = f"self.consentmwWorker={json.dumps(f'{prefix}worker.js')};\n"
        if config.browser.guard == "script+worker" and rules:
            parts = [prefix + script.name for script in (*rules, code("worker"))]
            content = f"{start}importScripts(...{json.dumps(parts)});\n".encode("ascii")
        else:
            content = start.encode("ascii") + code("retired").content
        headers = {
            # Service Workers, 4.2: the script is asked for anew with each check for an update.
            "Cache-Control": "no-cache, private",
            "Service-Worker-Allowed": scope_of(root_path),
            "Vary": "Sec-GPC, Cookie",
        }
        await serve(content, headers, scope, receive, send)


class Placeholder:
    """The little page that stands in for a suppressed frame, in the size that this one had."""

    def __init__(self, config: Config) -> None:
        self._config = config

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve it; it says nothing of the visitor, and is the same for everyone."""
        link = ""
        if self._config.choice_signer is not None:
            centre = prefix_of(self._config, scope.get("root_path", "")).removesuffix("/")
            link = f'<a href="{centre}" target="_top">Your Privacy Choices</a>'
        headers = {
            "Cache-Control": "public, max-age=3600",
            "Content-Security-Policy": (
                f"default-src 'none'; script-src 'sha256-{_TITLE_DIGEST}'; "
                "style-src 'unsafe-inline'; frame-ancestors 'self'"
            ),
            "X-Content-Type-Options": "nosniff",
        }
        page = _PLACEHOLDER.replace("{{ link }}", link)
        await Response(page, media_type="text/html", headers=headers)(scope, receive, send)
