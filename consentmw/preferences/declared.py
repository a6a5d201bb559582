"""What a site declares in each category, in the words a visitor can use: companies and cookies.

It comes from what the site's own file says. What is in a list that it names is what the site might
meet, not what it has. The built-in catalogue only lends them the companies' names:
what it knows and the site doesn't have is nothing to tell a visitor about.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from consentmw.data import load_catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable

    from consentmw.config import Config
    from consentmw.core.catalogue import Catalogue
    from consentmw.core.rules import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What there is of a category on a site."""

    vendors: tuple[str, ...] = ()
    cookies: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    """Hosts and URLs of which no company is known."""


def read_declared(config: Config, category: str) -> Declared:
    """What a site's own file puts into a category."""
    built_in = load_catalogue()
    vendors: list[str] = []
    cookies: list[str] = []
    addresses: list[str] = []
    for rule in config.declared:
        if rule.category != category:
            continue
        vendor = _vendor(rule, built_in)
        if vendor:
            vendors.append(vendor)
        if rule.kind == "cookie":
            cookies.append(rule.pattern)
        elif rule.kind in ("host", "url") and not vendor:
            addresses.append(rule.pattern)
    return Declared(
        vendors=_distinct(vendors), cookies=_distinct(cookies), addresses=_distinct(addresses)
    )


def _vendor(rule: Rule, built_in: Catalogue) -> str:
    # A star stands for anything, so what is left when it is nothing is one of the rule's own.
    example = rule.pattern.replace("*", "")
    if rule.kind == "cookie":
        found = built_in.classify_cookie(example, set_by_site=False)
    elif rule.kind == "inline":
        found = next(iter(built_in.classify_inline(example)), None)
    else:
        found = built_in.classify_url(f"//{example}/" if rule.kind == "host" else example)
    # Under another category it is the same host's other business.
    return found.vendor if found is not None and found.category == rule.category else ""


def _distinct(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(words), key=str.casefold))
