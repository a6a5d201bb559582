"""What one configuration comes to, computed once and kept for all of its requests.

A `Site` belongs to a configuration, a `Treatment` to one outcome of the decision there. What is
remembered is bounded, and what a visitor could make up is not remembered at all.
"""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from consentmw import browser, preferences
from consentmw.asgi.journal import logger
from consentmw.asgi.request import READ_FIELDS, HostNames, read_host_names
from consentmw.asgi.variants import Variant, build_marker, engine_version
from consentmw.browser.scripts import placeholder_address
from consentmw.core.choice import NO_CHOICE
from consentmw.core.decision import build_consent
from consentmw.core.signals import NO_SIGNALS, Signals, read_signals
from consentmw.suppression.page import PagePolicy

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from starlette.types import ASGIApp

    from consentmw.asgi.journal import Journal
    from consentmw.asgi.request import Request
    from consentmw.config import Config
    from consentmw.core.decision import Consent, Decision

_NOTHING: Final[frozenset[str]] = frozenset()
_GPC: Final = Signals(gpc=True)
_EPOCH: Final = date(1970, 1, 1)
_SECONDS_A_DAY: Final = 86_400
# Signals, zones and the choices of some days: a few hundred on a busy site.
_MAX_REMEMBERED: Final = 4096
# Denied sets whose verdicts on tags are remembered: a site has a handful of them.
_MAX_POLICIES: Final = 64
# An app is mounted under one prefix, or a few.
_MAX_VARIANTS: Final = 16
_MAX_REMEMBERED_NAME: Final = 64
_MAX_REMEMBERED_HOSTS: Final = 256

# The two values that a CDN sends by the recipe of the README.
EDGE_DENIES: Final = b"1"
EDGE_DENIES_NOTHING: Final = b"0"


class Treatment:
    """What a decision means for the responses to it."""

    __slots__ = ("_harmless", "_site", "_variants", "consent", "decision", "denies", "index")

    def __init__(self, site: Site, consent: Consent) -> None:
        self._site = site
        self._variants: dict[tuple[str, bool], Variant] = {}
        self._harmless: set[bytes] = set()
        self.consent = consent
        self.decision: Decision = consent.decision
        self.denies = bool(consent.denied)
        self.index = site.config.catalogue.denying(consent.denied)

    def variant(self, root_path: str, *, inserts: bool) -> Variant:
        """The form of a page under a prefix, with or without what is inserted."""
        key = (root_path, inserts)
        variant = self._variants.get(key)
        if variant is None:
            variant = self._build_variant(root_path, inserts=inserts)
            if len(self._variants) < _MAX_VARIANTS:
                self._variants[key] = variant
        return variant

    def denies_cookie(self, names: Iterable[bytes]) -> bool:
        """Whether any of these cookies of a request is denied."""
        # A site's visitors send the same names over and over.
        if self._harmless.issuperset(names):
            return False
        for name in names:
            if self.index.cookie(name.decode("latin-1"), set_by_site=True) is not None:
                return True
            if len(self._harmless) < _MAX_REMEMBERED and len(name) <= _MAX_REMEMBERED_NAME:
                self._harmless.add(name)
        return False

    def _build_variant(self, root_path: str, *, inserts: bool) -> Variant:
        site = self._site
        insertion = site.insertion(self.consent, root_path=root_path) if inserts else b""
        if not (self.denies or insertion):
            return Variant(denies=False, insertion=b"", policy=None, marker=b"")
        return Variant(
            denies=self.denies,
            insertion=insertion,
            policy=site.page_policy(self.decision, root_path=root_path),
            marker=build_marker(self.decision, insertion, shaped_by=site.shape),
        )


class Site:
    """A configuration at work."""

    def __init__(
        self, config: Config, *, journal: Journal, unreadable: ASGIApp, debug: bool
    ) -> None:
        self.config = config
        self.journal = journal
        self.unreadable = unreadable
        self.debug = debug
        self.mode = config.enforcement.mode
        self.optional = frozenset(c.name for c in config.categories.values() if not c.required)
        self.html_types = frozenset(name.encode("ascii") for name in config.enforcement.html_types)
        self.strips_cookies = config.enforcement.request_cookies == "strip"
        self.strategy = config.caching.strategy
        self.vary = (b"Sec-GPC", b"Cookie", *((b"DNT",) if config.signals.dnt else ()))
        self.edge_header = (
            config.caching.edge_header.encode("ascii") if self.strategy == "edge" else b""
        )
        self.read_fields = READ_FIELDS | ({self.edge_header} if self.edge_header else set())
        self.endpoints: Mapping[str, ASGIApp] = {
            **browser.build_endpoints(config),
            **preferences.build_endpoints(config),
        }
        # What may be denied to anyone: a field that this concerns makes a response one of several.
        self.anything = config.catalogue.denying(self.optional)
        self.shape = f"{engine_version()} {config.fingerprint}"
        self._signer = config.choice_signer
        self._policies: dict[tuple[frozenset[str], frozenset[str], str], PagePolicy] = {}
        self._treatments: dict[tuple[object, ...], Treatment] = {}
        self._host_names: dict[bytes, HostNames] = {}
        self._announce()
        if self.mode != "off":
            self._warm_up()

    def host_names(self, raw_host: bytes) -> HostNames:
        """A host, as its field gives it, and the names of this package's cookies on it."""
        names = self._host_names.get(raw_host)
        if names is None:
            names = read_host_names(raw_host, self.config.cookie)
            if len(self._host_names) < _MAX_REMEMBERED_HOSTS:
                self._host_names[raw_host] = names
        return names

    def treat(self, request: Request) -> Treatment:
        """Decide about a request."""
        fields = request.fields
        signals = NO_SIGNALS
        if b"sec-gpc" in fields or b"dnt" in fields:
            signals = _read_signals(fields)
        choices: Sequence[str] = ()
        reported = False
        cookies = request.cookies
        if cookies.names and self._signer is not None:
            names = request.names
            if names.choice in cookies.names:
                # By value and once each, so that nobody can make up requests that differ.
                choices = cookies.values(names.choice)
            if names.report in cookies.names:
                reported = any(map(self._signer.read_report, cookies.values(names.report)))
        zone_denied = self.zone_denied(request) if self.config.zones else _NOTHING
        app_denied = _NOTHING
        if self.edge_header and self.edge_key(request) == EDGE_DENIES:
            app_denied = self.optional
        today = int(time.time()) // _SECONDS_A_DAY
        key = (signals.gpc, signals.dnt, reported, *choices, zone_denied, app_denied, today)
        treatment = self._treatments.get(key)
        if treatment is None:
            reading = NO_CHOICE
            if self._signer is not None:
                reading = self._signer.read(choices, today=_EPOCH + timedelta(days=today))
            consent = build_consent(
                self.config.policy,
                zone_denied=zone_denied,
                app_denied=app_denied,
                signals=replace(signals, navigator=reported),
                choice=reading,
            )
            treatment = Treatment(self, consent)
            # Anyone can make up values that no key verifies, and so push out what others need.
            if reading.status in ("absent", "valid"):
                if len(self._treatments) >= _MAX_REMEMBERED:
                    self._treatments.clear()
                self._treatments[key] = treatment
        return treatment

    def treat_again(self, consent: Consent) -> Treatment:
        """What a consent means that an app, or an outer instance, has tightened."""
        return Treatment(self, consent)

    def zone_denied(self, request: Request) -> frozenset[str]:
        """What the zones deny where this request goes."""
        denied = self.config.zone_denied(request.names.host, request.full_path)
        # Some servers put the prefix into `path` and some don't; a zone counts for both readings.
        if request.path != request.full_path:
            denied |= self.config.zone_denied(request.names.host, request.path)
        return denied

    def edge_key(self, request: Request) -> bytes:
        """What the CDN says of the request; empty where it doesn't say what the recipe would."""
        values = request.fields.get(self.edge_header, ())
        if EDGE_DENIES in values:
            return EDGE_DENIES
        return EDGE_DENIES_NOTHING if EDGE_DENIES_NOTHING in values else b""

    def keeps_private(self, request: Request, treatment: Treatment) -> bool:
        """Whether a page that may differ has to be kept out of shared caches.

        At an edge, everyone with the same key is sent the same page. One key stands for "everything
        denied", the other for visitors who have said nothing; what is neither is for nobody else.
        """
        if self.strategy != "edge":
            return self.strategy == "private"
        edge_key = self.edge_key(request)
        if edge_key == EDGE_DENIES:
            return treatment.decision.denied != self.optional
        baseline = build_consent(
            self.config.policy,
            zone_denied=self.zone_denied(request) if self.config.zones else _NOTHING,
        )
        return edge_key != EDGE_DENIES_NOTHING or treatment.decision.denied != baseline.denied

    def _announce(self) -> None:
        """Say once, at start-up, what nobody should find out from the pages."""
        source = self.config.source
        if self.mode == "observe":
            logger.warning("%s: mode is 'observe', so opt-outs are not honoured", source)
        elif self.mode == "off":
            logger.warning("%s: mode is 'off': choices are kept, and nothing is enforced", source)
        if self._signer is None:
            logger.warning(
                "%s: no secret_keys, so signals, zones and tags are honoured, and there is no"
                " preference centre",
                source,
            )

    def _warm_up(self) -> None:
        """Build what the first visitors who opted out would wait for, most of a second."""
        for signals in (NO_SIGNALS, _GPC):
            treatment = Treatment(self, build_consent(self.config.policy, signals=signals))
            if treatment.denies:
                page = self.page_policy(treatment.decision).rewriter(host="", charset="utf-8")
                page.feed(b"<!doctype html><head><title></title></head><body><p></p></body>")
                page.close()

    def page_policy(self, decision: Decision, *, root_path: str = "") -> PagePolicy:
        """What decides about the elements of a page; one for each denied set."""
        placeholders = self._placeholders(decision.denied, root_path)
        # Behind a mount such as `/{tenant}` the prefix is the visitor's to make up.
        prefix = root_path if placeholders else ""
        key = (decision.denied, decision.zone_denied, prefix)
        policy = self._policies.get(key)
        if policy is None:
            if len(self._policies) >= _MAX_POLICIES:
                self._policies.clear()
            policy = self._policies[key] = PagePolicy(
                index=self.config.catalogue.denying(decision.denied),
                zone_denied=decision.zone_denied,
                categories=self.config.categories,
                tag_attributes=self.config.tag_attributes,
                max_inline_bytes=self.config.enforcement.max_inline_bytes,
                observe=self.mode == "observe",
                placeholders=placeholders,
            )
        return policy

    def _placeholders(self, denied: frozenset[str], root_path: str) -> dict[str, str]:
        categories = self.config.categories
        address = placeholder_address(self.config, root_path)
        return {name: address for name in denied if categories[name].placeholder}

    def insertion(self, consent: Consent, *, root_path: str) -> bytes:
        """What is put into a page's head for a consent, before it is fitted to a response."""
        return browser.insertion_for(self.config, consent, root_path=root_path, debug=self.debug)


def _read_signals(fields: Mapping[bytes, Sequence[bytes]]) -> Signals:
    gpc = fields.get(b"sec-gpc", ())
    if len(gpc) == 1 and gpc[0] == b"1" and b"dnt" not in fields:
        return _GPC  # as browsers say it
    return read_signals(
        [(name, value) for name in (b"sec-gpc", b"dnt") for value in fields.get(name, ())]
    )
