"""The files that run in the browser, under names that change with their content.

The code is what `client/build.mjs` makes of the sources beside this module; the rules are made of
the site's catalogue, one file for each category that can be denied, so that a visitor's browser
keeps what two denied sets have in common.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import quote

from starlette.responses import Response

from consentmw.browser.rules import build_rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from starlette.types import Receive, Scope, Send

    from consentmw.config import Config
    from consentmw.core.catalogue import Catalogue
    from consentmw.core.categories import Category

Code = Literal["guard", "register", "retired", "signal", "worker"]

_STATIC: Final = files("consentmw.browser") / "static"
# Long enough for the visits of one page, and no deployment is as short.
_MAX_SUCCESSOR_AGE_SECONDS: Final = 60
# A server of many sites has a configuration for each.
_MAX_SITES: Final = 256
_INSERTED: Final = re.compile(
    r"/(?:guard|register|signal)\.[0-9a-f]{12}\.js\Z|/rules\.[0-9a-f]{18}\.js\Z"
)
_DIGEST: Final = re.compile(r"[0-9a-f]{12}\.js\Z")


@dataclass(frozen=True, slots=True)
class Script:
    """One file, as an ASGI app, and the name under which it is served."""

    name: str
    content: bytes

    @property
    def stem(self) -> str:
        """The part of the name that stays when the content changes."""
        return _DIGEST.sub("", self.name)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve it for good."""
        # RFC 8246: whatever is under this name never changes.
        headers = {"Cache-Control": "public, max-age=31536000, immutable"}
        await serve(self.content, headers, scope, receive, send)


@dataclass(frozen=True, slots=True)
class Successor:
    """What stands in for a file of another deployment: the same one as it is in this."""

    script: Script

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve it for now: while a deployment goes on, its file may be new and not yet here."""
        headers = {"Cache-Control": f"public, max-age={_MAX_SUCCESSOR_AGE_SECONDS}"}
        await serve(self.script.content, headers, scope, receive, send)


class Successors:
    """Finds what stands in for a file whose digest nobody knows here.

    A page that a cache has kept asks for the files that it was made with; without them it would be
    without a guard. A rules file's stem tells its category.
    """

    def __init__(self, path: str, scripts: Iterable[Script]) -> None:
        self._path = path
        self._by_stem = {script.stem: Successor(script) for script in scripts}

    def find(self, path: str) -> Successor | None:
        """Return what answers this path under `root_path`, if it is one of such a file."""
        if not path.startswith(self._path):
            return None
        stem, digests = _DIGEST.subn("", path.removeprefix(self._path))
        return self._by_stem.get(stem) if digests else None


async def serve(
    content: bytes, headers: Mapping[str, str], scope: Scope, receive: Receive, send: Send
) -> None:
    """Answer with a script, whatever says so."""
    if scope["method"] in ("GET", "HEAD"):
        headers = {**headers, "X-Content-Type-Options": "nosniff"}
        response = Response(content, media_type="text/javascript", headers=headers)
    else:
        response = Response(status_code=405, headers={"Allow": "GET, HEAD"})
    await response(scope, receive, send)


@lru_cache
def code(name: Code) -> Script:
    """A file of ours that is the same everywhere."""
    return _script(f"{name}.", (_STATIC / f"{name}.js").read_bytes())


_made: Final[dict[tuple[str, Category, bool], Script | None]] = {}


class SiteScripts:
    """The rules of one site."""

    def __init__(self, config: Config) -> None:
        self._config = config

    @cached_property
    def rules(self) -> Mapping[str, Script]:
        """The rules of each category that can be denied, as far as there are any."""
        return self._build(names_vendors=False)

    @cached_property
    def rules_for_developers(self) -> Mapping[str, Script]:
        """The same, with what the guard tells a page's developer: who is behind each rule."""
        return self._build(names_vendors=True)

    def rules_of(self, denied: Iterable[str], *, names_vendors: bool = False) -> list[Script]:
        """The rules of a denied set."""
        scripts = self.rules_for_developers if names_vendors else self.rules
        return [scripts[name] for name in sorted(denied) if name in scripts]

    def _build(self, *, names_vendors: bool) -> dict[str, Script]:
        made = {
            category.name: _rules_script(self._config.catalogue, category, names_vendors)
            for category in self._config.categories.values()
            if not category.required
        }
        return {name: script for name, script in made.items() if script is not None}


@lru_cache(_MAX_SITES)
def site_scripts(config: Config) -> SiteScripts:
    """The rules of a site, made once."""
    return SiteScripts(config)


def prefix_of(config: Config, root_path: str) -> str:
    """Where the files of a site are, as a URL's path; it ends in a slash."""
    return quote(f"{root_path}{config.preferences.path}/")


def placeholder_address(config: Config, root_path: str) -> str:
    """Where the page is that stands in for a suppressed frame, as a URL's path."""
    return f"{prefix_of(config, root_path)}frame"


def scope_of(root_path: str) -> str:
    """What the service worker is for: all of the site's pages, and none beyond its prefix."""
    return quote(f"{root_path}/")


def is_inserted(url: str) -> bool:
    """Whether a URL, of whatever site, is of a script that this package puts into pages."""
    return _INSERTED.search(url) is not None


def _rules_script(catalogue: Catalogue, category: Category, names_vendors: bool) -> Script | None:
    """The rules of one category; made once for all sites whose files say the same."""
    key = (catalogue.version, category, names_vendors)
    if key not in _made:
        if len(_made) >= _MAX_SITES:
            _made.clear()
        rules = build_rules(catalogue, category, names_vendors=names_vendors)
        if rules is None:
            _made[key] = None
        else:
            text = json.dumps(rules, separators=(",", ":"))
            content = f"(self.consentmw??=[]).push({text});".encode("ascii")
            _made[key] = _script(f"rules.{_key(category.name)}", content)
    return _made[key]


def _script(stem: str, content: bytes) -> Script:
    return Script(f"{stem}{hashlib.sha256(content).hexdigest()[:12]}.js", content)


def _key(category: str) -> str:
    # Not the name itself: filter lists hide what is called advertising.
    return hashlib.sha256(category.encode("ascii")).hexdigest()[:6]
