"""What is denied on the fuzzer's pages: a small catalogue, and the same told to the witnesses."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from consentmw.core.catalogue import Catalogue, Rule, RuleKind

if TYPE_CHECKING:
    from fuzzing.places import Place

SITE = "site.example"
PATH = "/section/page.html"
HOST = "tag-denied.example"
"""Denied with all of its subdomains."""
ADDRESS = "203.0.113.9"
"""Denied, and an IPv4 address, which can be written in many ways."""
MIXED = "mixed.example"
"""A host of which only what is below ``/pagead/`` is denied."""
OWN_PATH = "/ads/"
"""Denied on the site's own host."""
LOADER = "load.tag-denied.example/boot.js"
START = "deniedtag('init'"

CATEGORY = "advertising"
DENIED = frozenset({CATEGORY})
CATEGORIES = ("authentication", "status", "consent", "analytics", CATEGORY)


def _rule(kind: RuleKind, pattern: str) -> Rule:
    return Rule(kind=kind, pattern=pattern, category=CATEGORY, vendor="A vendor", source="tests")


def build_catalogue() -> Catalogue:
    """The catalogue of the fuzzer's pages."""
    built_in = [
        _rule("host", HOST),
        _rule("host", ADDRESS),
        _rule("url", f"https://{MIXED}/pagead/*"),
        _rule("inline", LOADER),
        _rule("inline", START),
    ]
    return Catalogue(built_in).extended([_rule("url", OWN_PATH + "*")])


INDEX = build_catalogue().denying(DENIED)


class FuzzJudge:
    """The same again, without the catalogue's code."""

    bases = tuple(f"{scheme}://{SITE}{PATH}" for scheme in ("https", "http"))

    def denies_place(self, place: Place) -> bool:
        """Whether what is there is denied."""
        host, target = place
        # The folder itself belongs to it; a server reads `%73` as it reads `s`.
        path = unquote(target.partition("?")[0]) + "/"
        return (
            f".{host}".endswith(f".{HOST}")
            or host == ADDRESS
            or (f".{host}".endswith(f".{MIXED}") and path.startswith("/pagead/"))
            or (host == SITE and path.startswith(OWN_PATH))
        )

    def denies_on(self, host: str) -> bool:
        """Whether anything there is, wherever a page stands."""
        return host == ADDRESS or f".{host}".endswith((f".{HOST}", f".{MIXED}"))

    def denies_script(self, text: str) -> bool:
        """Whether an inline script loads or starts what is denied."""
        # What stands in a comment of the script doesn't run; the catalogue knows comments.
        named = LOADER in text or START in text
        return named and INDEX.inline(text, own_host=SITE) is not None

    def may_deny_script(self, text: str) -> bool:
        """Whether the catalogue, which knows more ways to load something, says so."""
        return INDEX.inline(text, own_host=SITE) is not None

    def denies_tag(self, value: str) -> bool | None:
        """What a tag says: any denied category denies, and so does one that nobody knows."""
        names = value.replace(",", " ").split()
        if not names:
            return None
        return any(name not in CATEGORIES or name == CATEGORY for name in names)
