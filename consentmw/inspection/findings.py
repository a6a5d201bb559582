"""Every script, pixel, frame, hint and cookie of one response, and what it is."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from consentmw.inspection.addresses import read_address
from consentmw.inspection.cookies import SetCookie, lifetime_words, read_set_cookie
from consentmw.suppression.inventory import list_resources

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from consentmw.core.catalogue import Catalogue
    from consentmw.core.rules import Classification
    from consentmw.inspection.pages import FetchedPage, LoadedResource
    from consentmw.suppression.inventory import Resource

_EXCERPT_CHARACTERS: Final = 160
_HINT_FIELDS: Final = ("link", "speculation-rules", "reporting-endpoints", "report-to")
_URL_IN_HINT: Final = re.compile(r"""https?://[^\s"'<>,;]+|(?<=<)//[^\s"'<>,;]+""", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One thing that a response holds. Plain values only, so that it can be written to a file.

    Args:
        kind: ``script``, ``inline script``, ``image``, ``frame``, ``hint``, ``stylesheet``,
            ``media``, ``other``, ``header hint``, ``cookie`` or what a browser calls a request.
        name: The tag, the header's field or the cookie's name.
        url: Absolute; empty for inline scripts and cookies.
        line: In the page, from 1; 0 where it stands in no page.
        offset: In the page's bytes; -1 where it stands in no page.
        excerpt: The start of it, as it was sent.
        category: None where no rule matches.
        tagged: The categories with which the site itself tags it; they outrank the rule's.
        vendor: Empty where no rule matches.
        rule: Kind, pattern and source of the rule that matched; empty where none did.
        first_party: Whether it comes from the page's own host.
        in_noscript: Whether only a browser without scripts loads it.
        lifetime: Of a cookie, in words; empty for everything else.
        http_only: Whether it is a cookie that scripts can't see.
    """

    kind: str
    name: str
    url: str = ""
    line: int = 0
    offset: int = -1
    excerpt: str = ""
    category: str | None = None
    tagged: tuple[str, ...] = ()
    vendor: str = ""
    rule: str = ""
    first_party: bool = False
    in_noscript: bool = False
    lifetime: str = ""
    http_only: bool = False

    @property
    def categories(self) -> tuple[str, ...]:
        """What it counts as: the site's own tags, or else the rule's category."""
        if self.tagged:
            return self.tagged
        return () if self.category is None else (self.category,)

    @property
    def is_unclassified(self) -> bool:
        """Whether somebody ought to say what it is: a third party's, or a cookie."""
        if self.categories or self.kind == "inline script":
            return False
        return self.kind == "cookie" or not self.first_party

    @property
    def identity(self) -> tuple[str, str, str]:
        """What makes it the same thing on another page; queries, which differ, are left out."""
        parts = urlsplit(self.url)
        place = f"{parts.netloc}{parts.path}" if self.url else self.rule or self.excerpt
        return (self.kind, self.name if self.kind == "cookie" else "", place)

    @property
    def place(self) -> str:
        """Where it comes from: its URL, or its name, or the start of it."""
        if self.kind == "cookie":
            details = [self.lifetime, *(["HttpOnly"] if self.http_only else [])]
            return f"{self.name} ({', '.join(details)})"
        return self.url or self.excerpt

    def describe(self) -> str:
        """Say in one line what it is, where it stands and why it is that."""
        where = f"line {self.line}: " if self.line else ""
        what = self.excerpt or self.place
        if self.tagged:
            why = f"tagged {', '.join(self.tagged)} by the site"
        elif self.category is None:
            why = "unclassified"
        else:
            why = f"{self.category}, {self.vendor}, rule {self.rule}"
        return f"{where}{self.kind} {what} ({why})"


def find_all(
    page: FetchedPage,
    catalogue: Catalogue,
    *,
    tag_attributes: tuple[str, ...] = ("data-consent",),
    now: datetime,
) -> list[Found]:
    """List everything that a response holds.

    Args:
        page: Any response; what a browser loaded for it is listed too.
        catalogue: Classifies.
        tag_attributes: The attributes with which the site tags elements.
        now: Against which cookies' ``Expires`` counts.
    """
    found = list(_in_page(page, catalogue, tag_attributes)) if page.is_html else []
    found += _in_headers(page, catalogue)
    cookies = [
        cookie
        for value in page.values("set-cookie")
        if (cookie := read_set_cookie(value, now=now)) is not None and not cookie.deletes
    ]
    found += [_cookie(cookie, catalogue, set_by_site=True) for cookie in cookies]
    sent = {cookie.name for cookie in cookies}
    for cookie in page.stored:
        if cookie.name not in sent:
            own = f".{page.host}".endswith(f".{cookie.domain}")
            found.append(_cookie(cookie, catalogue, set_by_site=own))
    listed = {one.url for one in found}
    found += [_loaded(one, page, catalogue) for one in page.loaded if one.url not in listed]
    return found


def found_of(found: Iterable[Found], categories: frozenset[str]) -> list[Found]:
    """Return what belongs to one of these categories."""
    return [one for one in found if categories.intersection(one.categories)]


def _in_page(
    page: FetchedPage, catalogue: Catalogue, tag_attributes: tuple[str, ...]
) -> Iterator[Found]:
    resources = list_resources(
        page.markup,
        catalogue=catalogue,
        url=page.url,
        charset="utf-8",
        tag_attributes=tag_attributes,
    )
    for one in resources:
        yield _explained(
            Found(
                kind=_kind(one),
                name=one.tag,
                url=one.url,
                line=one.line,
                offset=one.offset,
                excerpt=one.excerpt[:_EXCERPT_CHARACTERS],
                tagged=one.tagged,
                first_party=one.first_party,
                in_noscript=one.in_noscript,
            ),
            one.classification,
        )


def _kind(resource: Resource) -> str:
    if resource.tag == "link":
        return "stylesheet" if resource.is_stylesheet else "hint"
    if resource.tag == "script":
        return "script" if resource.url else "inline script"
    return _KINDS.get(resource.tag, "other")


_KINDS: Final = {
    "img": "image",
    "image": "image",
    "input": "image",
    "iframe": "frame",
    "frame": "frame",
    "embed": "frame",
    "object": "frame",
    "video": "media",
    "audio": "media",
    "source": "media",
    "track": "media",
    "style": "stylesheet",
}


def _in_headers(page: FetchedPage, catalogue: Catalogue) -> Iterator[Found]:
    for field in _HINT_FIELDS:
        for value in page.values(field):
            for match in _URL_IN_HINT.finditer(value):
                url = read_address(match[0], page.url)
                if url is None:
                    continue
                yield _explained(
                    Found(
                        kind="header hint",
                        name=field,
                        url=url,
                        excerpt=f"{field}: {value}"[:_EXCERPT_CHARACTERS],
                        first_party=urlsplit(url).hostname == page.host,
                    ),
                    catalogue.classify_url(url, own_host=page.host),
                )


def _cookie(cookie: SetCookie, catalogue: Catalogue, *, set_by_site: bool) -> Found:
    return _explained(
        Found(
            kind="cookie",
            name=cookie.name,
            lifetime=lifetime_words(cookie.lifetime_seconds),
            http_only=cookie.http_only,
            first_party=set_by_site,
        ),
        catalogue.classify_cookie(cookie.name, set_by_site=set_by_site),
    )


def _loaded(resource: LoadedResource, page: FetchedPage, catalogue: Catalogue) -> Found:
    return _explained(
        Found(
            kind=resource.kind,
            name=resource.kind,
            url=resource.url,
            first_party=urlsplit(resource.url).hostname == page.host,
        ),
        catalogue.classify_url(resource.url, own_host=page.host),
    )


def _explained(found: Found, classification: Classification | None) -> Found:
    if classification is None:
        return found
    rule = classification.rule
    return replace(
        found,
        category=classification.category,
        vendor=classification.vendor,
        rule=f"{rule.kind} {rule.pattern} ({rule.source})",
    )
