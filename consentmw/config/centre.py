"""What a site says of its own preference centre, and of its support of the signal.

The texts and templates themselves are read where they are used; here they are only named.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from consentmw.config.settings import GpcSupport, Link, PreferencesSettings, SupportedBrowser

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from consentmw.config.tables import Table

_OWN_PATH: Final = re.compile(r"(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*")


def read_preferences(table: Table, folder: Path) -> PreferencesSettings:
    """`[preferences]`; the preference centre judges the texts, whose keys are its own."""

    def check_path(path: str) -> str | None:
        if _OWN_PATH.fullmatch(path):
            return None
        return "a path such as '/privacy-choices', without a slash at its end"

    def check_language(tag: str) -> str | None:
        return None if _LANGUAGE.fullmatch(tag) else "a language tag in lower case such as 'en'"

    texts = table.table("texts")
    templates = table.string("templates")
    if templates and not (folder / templates).is_dir():
        table.problem("templates", f"{str(folder / templates)!r} is no folder")
    settings = PreferencesSettings(
        path=table.string("path", default="/privacy-choices", check=check_path),
        languages=table.strings("languages", check=check_language) or ("en", "es"),
        site_name=table.string("site_name"),
        stylesheet=table.string("stylesheet", check=_check_address),
        templates=str(folder / templates) if templates else "",
        links=tuple(_read_link(link) for link in table.tables("links")),
        browsers=tuple(_read_supported_browser(row) for row in table.tables("browsers")),
        texts=MappingProxyType(
            {language: _read_texts(texts.table(language)) for language in texts.names()}
        ),
    )
    table.finish()
    return settings


def check_secret(root: Table) -> None:
    """Report what needs a preference centre where there is no secret, and so none."""
    if root.raw("secret_keys"):
        return
    message = "needs secret_keys: without one there is no preference centre"
    preferences, signals = root.table("preferences"), root.table("signals")
    for key in preferences.names():
        # The path is also that of the scripts, which need no secret.
        if key != "path":
            preferences.problem(key, message)
    if signals.raw("conflict") == "ask":
        signals.problem("conflict", message)


def read_gpc_support(table: Table) -> GpcSupport:
    """`[well_known]`."""
    support = GpcSupport(
        gpc=table.boolean("gpc", default=False) if table.raw("gpc") is not None else None,
        last_update=table.day("last_update"),
    )
    # W3C GPC, GPC Support Resource: the date says when the statement was made; alone it says
    # nothing.
    if support.gpc is None and support.last_update is not None:
        table.problem("gpc", "expected true or false beside last_update")
    table.finish()
    return support


def _read_link(table: Table) -> Link:
    link = Link(
        label=_required(table, "label"),
        url=_required_address(table),
        description=table.string("description"),
    )
    table.finish()
    return link


def _read_supported_browser(table: Table) -> SupportedBrowser:
    browser = SupportedBrowser(
        name=_required(table, "name"),
        signal=table.string("signal"),
        url=table.string("url", check=_check_address),
    )
    table.finish()
    return browser


def _read_texts(table: Table) -> Mapping[str, str]:
    return MappingProxyType({key: table.string(key) for key in table.names()})


def _required(table: Table, key: str) -> str:
    if table.raw(key) is None:
        table.problem(key, "expected a string, found nothing")
    return table.string(key)


def _required_address(table: Table) -> str:
    if table.raw("url") is None:
        table.problem("url", "expected an address, found nothing")
    return table.string("url", check=_check_address)


def _check_address(address: str) -> str | None:
    # What is written here becomes a link: no other scheme, and nothing that leaves the path.
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = None
    if parts is not None and address.isprintable() and " " not in address:
        if parts.scheme in ("https", "http") and parts.netloc:
            return None
        if address.startswith("/") and not address.startswith(("//", "/\\")):
            return None
    return "'https://host/path', or '/path' on the site itself"
