"""What becomes of a response when the app starts it.

Decides by the status and the fields, which are read once: what of them leaves, and whether the body
is a page that has to be rewritten on its way. Sends nothing.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from consentmw.asgi.body import PageBody, build_rewriter
from consentmw.asgi.caching import as_private, with_vary
from consentmw.asgi.encoding import is_readable
from consentmw.asgi.request_cookies import read_values
from consentmw.asgi.response_fields import ResponseFields
from consentmw.asgi.response_headers import keep_headers
from consentmw.asgi.validators import has_tag, with_marker, without_descriptions
from consentmw.asgi.visit import FRAGMENT_VARY
from consentmw.browser import added_headers, fit_insertion
from consentmw.errors import RewriteError
from consentmw.suppression.leftovers import expire_cookies

if TYPE_CHECKING:
    from starlette.types import Message

    from consentmw.asgi.body import Rewriter
    from consentmw.asgi.exchange import Exchange
    from consentmw.asgi.pages import PageType
    from consentmw.asgi.variants import Variant

Headers = list[tuple[bytes, bytes]]

_TOTAL_OF_RANGE: Final = re.compile(rb"[ \t]*bytes[ \t]+[0-9]+-[0-9]+/([0-9]+)[ \t]*")


class PageStart(NamedTuple):
    """The body has to be rewritten."""

    start: Message
    """Of the rewritten page, still with the app's own length."""
    body: PageBody
    untouched: Message | None
    """The start with which a page that can't be read may leave; `None` where it may not."""


class Instead(NamedTuple):
    """A short answer in the place of the app's."""

    start: Message


class Unreadable(NamedTuple):
    """The body is a page, and can't be read."""

    error: RewriteError


class Replay(NamedTuple):
    """The app has to be asked again."""


Turn = PageStart | Instead | Unreadable | Replay


def start_response(exchange: Exchange, message: Message) -> Message | Turn:
    """What leaves in the place of a start message, or what else has to be done."""
    site, request = exchange.site, exchange.request
    exchange.tighten()
    # The browser's copy was made before the app tightened, and can't be used again.
    if message["status"] == 304 and exchange.can_be_replayed:
        return Replay()
    fields = ResponseFields(message)
    page = fields.read_page_type(html_types=site.html_types)
    if page is not None and not request.shows(page):
        fields = _kept_from_being_shown(exchange, fields, page)
        page = None
    app_request, varies = exchange.app_request, exchange.holder.asked
    if (
        page is None
        and not varies
        and not fields.may_be_filtered
        and not app_request.denied_cookies
        and not app_request.unmarked
        and not site.debug
    ):
        return fields.message
    headers = fields.headers
    if fields.may_be_filtered:
        headers, differs = _filter(exchange, fields)
        varies = varies or differs
    revalidated = fields.status == 304 and has_tag(headers, app_request.unmarked)
    if app_request.denied_cookies and fields.status == 200:
        headers = _expire_leftovers(exchange, headers, page)
    if varies or revalidated or page is not None:
        fragment = page is not None and _lacks_insertion(exchange)
        also = FRAGMENT_VARY if fragment else () if page is None else page.varies_by
        if also or fields.varies:
            headers = with_vary(headers, (*site.vary, *also))
        else:
            headers = [*headers, site.vary_field]
        # The key of an edge doesn't tell fragments from pages.
        if site.keeps_private(request, exchange.treatment) or (fragment and site.edge_header):
            headers = as_private(headers)
    if revalidated:
        # RFC 9110, 8.6: the length would have to be that of the page as it is sent.
        headers = _rewritten(exchange, _without_length(headers), exchange.variant())
    start = {**fields.message, "headers": headers}
    return exchange.completed(start) if page is None else _start_page(exchange, start, fields, page)


def _kept_from_being_shown(
    exchange: Exchange, fields: ResponseFields, page: PageType
) -> ResponseFields:
    """What passes as it is, and no cache may give to those for whom it is a page."""
    headers = with_vary(fields.headers, page.varies_by)
    # The key of an edge doesn't tell who asks for data; too many images would stay out of it.
    if exchange.site.edge_header and exchange.treatment.denies and page.shown == "documents":
        headers = as_private(headers)
    return ResponseFields({**fields.message, "headers": headers})


def _filter(exchange: Exchange, fields: ResponseFields) -> tuple[Headers, bool]:
    """The fields that may leave, and whether others would leave to other visitors."""
    keep = partial(
        keep_headers,
        fields.headers,
        host=exchange.request.host,
        own_names=exchange.request.visit.names.own,
        now=datetime.now(UTC),
    )
    if exchange.treatment.denies:
        headers, denied = keep(index=exchange.treatment.index)
        if denied:
            exchange.account.add_fields(denied)
            return headers, True
    return fields.headers, bool(keep(index=exchange.site.anything)[1])


def _expire_leftovers(exchange: Exchange, headers: Headers, page: PageType | None) -> Headers:
    """Expire what the browser still holds, on a page that it shows by itself."""
    request = exchange.request
    visit = request.visit
    if visit.dest != b"document" and (visit.dest or page is None):
        return headers
    # What only a zone, the app or a cache denies here may be allowed on the site's next page.
    denied = exchange.treatment.consent.denied_everywhere
    names = [
        cookie.name
        for cookie in exchange.app_request.denied_cookies
        if cookie.classification.category in denied
    ]
    if not names:
        return headers
    tried = read_values(request.cookies, visit.names.expired)
    expiry = expire_cookies(
        names,
        host=request.host,
        path=request.full_path,
        tried=tried[0].decode("latin-1") if tried else "",
    )
    if not expiry.fields:
        return headers
    remembered = (visit.names.expired, expiry.tried.encode("ascii"))
    remember = b"%s=%s; Path=/; HttpOnly; SameSite=Lax" % remembered
    fields = [(b"set-cookie", value) for value in (*expiry.fields, remember)]
    return as_private([*headers, *fields])


def _lacks_insertion(exchange: Exchange) -> bool:
    """Whether the page of this address is another one, with something put into its head."""
    request = exchange.request
    return request.visit.fragment and bool(
        exchange.treatment.variant(request.root_path, inserts=True).insertion
    )


# ---- pages ----


def _start_page(
    exchange: Exchange, start: Message, fields: ResponseFields, page: PageType
) -> Message | Turn:
    # SVG has no head, nor has most other XML, which passes unread where nothing is denied.
    variant = exchange.variant(
        inserts=page.shown == "anywhere"
        or (page.shown == "documents" and exchange.treatment.denies)
    )
    if variant.policy is None:
        return exchange.completed(start)
    codings = fields.codings
    if fields.status == 206:
        if page.syntax == "unknown" and not exchange.request.visit.page_possible:
            return exchange.completed(start)  # a part of a video, say, that nobody sniffs at
        return _start_part(exchange, start, variant)
    if codings and not variant.denies:
        # It leaves as it is; its tag is marked so that a request that brings it is understood.
        headers = with_marker(start["headers"], variant.marker)
        return exchange.completed({**start, "headers": headers})
    if not is_readable(codings):
        # Whoever had not opted out before the app tightened was offered every coding.
        if exchange.can_be_replayed:
            return Replay()
        return Unreadable(RewriteError(f"encoded with {', '.join(codings)}"))
    headers = _rewritten(exchange, start["headers"], variant)
    if variant.denies and page.content_type is not None:
        # What it is read by here is what every browser has to read it by.
        headers = [field for field in headers if field[0].lower() != b"content-type"]
        if page.content_type:
            headers.append((b"content-type", page.content_type))
    if exchange.request.scope["method"] == "HEAD":
        # GET would answer with another length, which nobody knows before it is asked.
        return exchange.completed({**start, "headers": _without_length(headers)})
    return PageStart(
        start={**start, "headers": headers},
        body=PageBody(_build_rewriter(exchange, variant, page, headers), codings),
        untouched=None if variant.denies else start,
    )


def _start_part(exchange: Exchange, start: Message, variant: Variant) -> Message | Instead:
    """A part of a page: where the whole would be rewritten, nobody knows which bytes it is."""
    headers = start["headers"]
    if not variant.denies and not has_tag(headers, exchange.app_request.unmarked):
        return exchange.completed(start)
    ranges = [value for name, value in headers if name.lower() == b"content-range"]
    total = _TOTAL_OF_RANGE.fullmatch(ranges[0]) if ranges else None
    # RFC 9110, 14.4 and 15.5.17.
    refused = [(b"content-range", b"bytes */" + total[1])] if total else []
    refused += [(b"content-length", b"0"), (b"cache-control", b"no-store")]
    refused = with_vary(refused, exchange.site.vary)
    return Instead({"type": start["type"], "status": 416, "headers": refused})


def _rewritten(exchange: Exchange, headers: Headers, variant: Variant) -> Headers:
    """The fields of a rewritten page, from those of the app's."""
    request = exchange.request
    headers = without_descriptions(with_marker(headers, variant.marker))
    if not variant.denies or request.nested:
        return headers
    consent = exchange.treatment.consent
    return headers + added_headers(exchange.site.config, consent, root_path=request.root_path)


def _build_rewriter(
    exchange: Exchange, variant: Variant, page: PageType, headers: Headers
) -> Rewriter:
    request = exchange.request
    fitted = fit_insertion(
        variant.insertion,
        [(name.lower(), value) for name, value in headers],
        method=request.scope["method"],
        host=request.host,
    )
    if fitted.complaint:
        message = "what is inserted won't run: %s"
        exchange.site.journal.warn("insertion", request.full_path, message, fitted.complaint)
    policy = variant.policy
    assert policy is not None  # noqa: S101 # for the type checker

    def build(xml: bool) -> Rewriter:
        return policy.rewriter(
            host=request.host,
            path=request.full_path,
            xml=xml,
            charset=page.charset,
            insertion=fitted.insertion,
            on_finding=exchange.account.add_finding,
        )

    return build_rewriter(page, build)


def _without_length(headers: Headers) -> Headers:
    return [field for field in headers if field[0].lower() != b"content-length"]
