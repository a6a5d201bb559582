"""From the tables of a configuration to the settings, with every problem on the way.

The order of the functions is that of the file. Nothing here opens the file itself.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from consentmw.config.settings import (
    BrowserSettings,
    CachingSettings,
    CookieSettings,
    EnforcementSettings,
    SignalSettings,
)
from consentmw.config.zones import Zone
from consentmw.core.categories import BUILT_IN, Category, is_category_name, nearest_name
from consentmw.core.choice import MAX_AGE_DAYS, MAX_CATEGORIES, digest_of
from consentmw.core.patterns import check_host
from consentmw.errors import CatalogueError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from consentmw.config.settings import Mode
    from consentmw.config.tables import Table

MODES: Final[tuple[Mode, ...]] = ("enforce", "observe", "off")
MODE_VARIABLE: Final = "CONSENTMW_MODE"
# Whoever guesses the key can allow in anyone's name; nothing shorter is hard enough to guess.
_SHORTEST_KEY: Final = 16
_TOKEN: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_ATTRIBUTE: Final = re.compile(r"[a-z][a-z0-9_.:-]*")
_MEDIA_TYPE: Final = re.compile(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+")
_ZONE_PATH: Final = re.compile(r"(?:/(?:\*|[^*/\\?#]+))+/?|/")


def read_secret_keys(root: Table, environ: Mapping[str, str]) -> tuple[str, ...]:
    """The keys, oldest first. No message shows what was found: it may be a secret."""
    entries = root.raw("secret_keys")
    if entries is None:
        return ()
    if not isinstance(entries, list | tuple):
        root.problem("secret_keys", 'expected a list of strings and of { env = "NAME" } tables')
        return ()
    keys = []
    for number, entry in enumerate(entries, start=1):
        place = f"entry {number}"
        key = entry
        if isinstance(entry, dict) and set(entry) == {"env"} and isinstance(entry["env"], str):
            place = f"environment variable {entry['env']}"
            key = environ.get(entry["env"])
            if key is None:
                root.problem("secret_keys", f"{place} is not set")
                continue
        if not isinstance(key, str):
            root.problem("secret_keys", f'{place}: expected a string or {{ env = "NAME" }}')
        elif len(key) < _SHORTEST_KEY:
            root.problem("secret_keys", f"{place}: expected at least {_SHORTEST_KEY} characters")
        else:
            keys.append(key)
    return tuple(keys)


def read_tag_attributes(root: Table) -> tuple[str, ...]:
    """The attributes that tag an element with its categories."""

    def check(name: str) -> str | None:
        return None if _ATTRIBUTE.fullmatch(name) else "the name of an attribute, in lower case"

    if root.raw("tag_attributes") is None:
        return ("data-consent",)
    return root.strings("tag_attributes", check=check)


def read_signals(table: Table) -> SignalSettings:
    """`[signals]`."""
    settings = SignalSettings(
        gpc=table.boolean("gpc", default=True),
        navigator=table.boolean("navigator", default=True),
        dnt=table.boolean("dnt", default=False),
        conflict=table.word("conflict", default="signal-wins", options=("signal-wins", "ask")),
    )
    table.finish()
    return settings


def read_cookie(table: Table) -> CookieSettings:
    """`[cookie]`."""

    def check_name(name: str) -> str | None:
        if _TOKEN.fullmatch(name) and not name.startswith("__"):
            return None
        return "a cookie's name without '__Host-', which is added where it can be"

    def check_domain(domain: str) -> str | None:
        return None if _is_host(domain) and "." in domain[1:] else "a domain such as '.example.com'"

    domain = table.string("domain", check=check_domain)
    settings = CookieSettings(
        name=table.string("name", default="privacy_choices", check=check_name),
        domain=check_host(domain) if domain else None,
        max_age_days=table.integer(
            "max_age_days", default=MAX_AGE_DAYS, least=1, most=MAX_AGE_DAYS
        ),
    )
    table.finish()
    return settings


def read_enforcement(table: Table, environ: Mapping[str, str]) -> EnforcementSettings:
    """`[enforcement]`; the environment overrides the mode, for a roll-out or as a kill switch."""

    def check_type(name: str) -> str | None:
        return None if _MEDIA_TYPE.fullmatch(name) else "a media type such as 'text/vnd.app+html'"

    mode = table.word("mode", default="enforce", options=MODES)
    override = environ.get(MODE_VARIABLE, "").strip()
    if override:
        for option in MODES:
            if override.lower() == option:
                mode = option
                break
        else:
            accepted = ", ".join(MODES)
            message = f"environment variable {MODE_VARIABLE} is {override!r}, expected {accepted}"
            table.problem("mode", message)
    settings = EnforcementSettings(
        mode=mode,
        request_cookies=table.word("request_cookies", default="strip", options=("strip", "keep")),
        # An inline script is held in memory until it is decided; nobody writes a larger loader.
        max_inline_bytes=table.integer(
            "max_inline_bytes", default=1024 * 1024, least=1024, most=64 * 1024 * 1024
        ),
        html_types=table.strings("html_types", check=check_type),
    )
    table.finish()
    return settings


def read_caching(table: Table) -> CachingSettings:
    """`[caching]`."""

    def check_header(name: str) -> str | None:
        return None if _TOKEN.fullmatch(name) else "the name of a header"

    settings = CachingSettings(
        strategy=table.word("strategy", default="vary", options=("vary", "private", "edge")),
        edge_header=table.string(
            "edge_header", default="x-privacy-variant", check=check_header
        ).lower(),
    )
    table.finish()
    return settings


def read_browser(table: Table) -> BrowserSettings:
    """`[browser]`."""
    settings = BrowserSettings(
        guard=table.word("guard", default="script", options=("script", "script+worker", "off")),
        csp=table.word("csp", default="off", options=("off", "report-only", "enforce")),
    )
    table.finish()
    return settings


def read_categories(tables: Mapping[str, Table]) -> dict[str, Category]:
    """The built-in categories as the site changes them, then the site's own, in its order."""
    built_in = {category.name: category for category in BUILT_IN}
    categories = dict(built_in)
    digests = {digest_of(name): name for name in built_in}
    for name, table in tables.items():
        default = built_in.get(name, Category(name=name))
        category = Category(
            name=name,
            label=table.string("label"),
            description=table.string("description"),
            required=table.boolean("required", default=default.required),
            sale_or_share=table.boolean("sale_or_share", default=default.sale_or_share),
            placeholder=table.boolean("placeholder", default=default.placeholder),
        )
        if not is_category_name(name):
            table.problem("", f"found {name!r}, expected lower-case words joined by hyphens")
            continue
        if name not in built_in and (nearest := _misspelt(name, built_in)):
            table.problem("", f"unknown category {name!r}, did you mean {nearest!r}?")
            continue
        if category.required and category.sale_or_share:
            table.problem("required", "what is sold or shared can be opted out of, by law")
        if name == "consent" and not category.required:
            table.problem("required", "the choice itself can't be declined")
        if digests.setdefault(digest_of(name), name) != name:
            other = digests[digest_of(name)]
            table.problem("", f"the choice cookie can't tell it from {other!r}; rename one of them")
        categories[name] = category
    if len(categories) > MAX_CATEGORIES:
        last = list(tables.values())[-1]
        last.problem("", f"{len(categories)} categories, expected at most {MAX_CATEGORIES}")
    return categories


def _misspelt(name: str, built_in: Iterable[str]) -> str | None:
    # One letter off is a slip, and would take a category's rules out of what a signal opts out of.
    # A name of several words, such as analytics-eu, is meant.
    if "-" in name or "_" in name:
        return None
    matches = get_close_matches(name, list(built_in), n=1, cutoff=0.85)
    return matches[0] if matches else None


def read_zone(table: Table, categories: Mapping[str, Category]) -> Zone:
    """One of `[[zones]]`."""

    def check_zone_host(host: str) -> str | None:
        return None if _is_host(host) else "a host such as 'member.example.com', without port"

    def check_path(path: str) -> str | None:
        if _ZONE_PATH.fullmatch(path):
            return None
        return "a path such as '/member/*', where '*' stands for whole segments"

    def check_category(name: str) -> str | None:
        if name not in categories:
            nearest = nearest_name(name, categories)
            hint = f"; did you mean {nearest!r}?" if nearest else ""
            return f"one of {', '.join(sorted(categories))}{hint}"
        return "a category that isn't required" if categories[name].required else None

    hosts = table.strings("hosts", check=check_zone_host)
    zone = Zone(
        hosts=tuple(check_host(host) for host in hosts),
        # A scope's path is decoded, whichever way the file has it.
        paths=tuple(unquote(path) for path in table.strings("paths", check=check_path)),
        deny=frozenset(table.strings("deny", check=check_category)),
    )
    if table.raw("hosts") is None and table.raw("paths") is None:
        table.problem("", "expected hosts, paths or both")
    if not table.raw("deny"):
        table.problem("deny", "expected at least one category")
    table.finish()
    return zone


def _is_host(host: str) -> bool:
    try:
        check_host(host)
    except CatalogueError:
        return False
    return True
