"""What one configuration comes to, computed once and kept for all of its requests.

What is remembered is bounded, and what visitors make up pushes out no decision that others need.
"""

from __future__ import annotations

import time
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from consentmw import browser, preferences
from consentmw.asgi.caching import with_vary
from consentmw.asgi.journal import logger
from consentmw.asgi.request_cookies import read_values
from consentmw.asgi.treatment import Treatment
from consentmw.asgi.variants import engine_version
from consentmw.asgi.visit import Visits
from consentmw.browser.scripts import placeholder_address
from consentmw.core.choice import NO_CHOICE
from consentmw.core.decision import build_consent
from consentmw.core.signals import NO_SIGNALS, Signals
from consentmw.suppression.page import PagePolicy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp

    from consentmw.asgi.journal import Journal
    from consentmw.asgi.request import Request
    from consentmw.asgi.visit import Visit
    from consentmw.config import Config
    from consentmw.core.decision import Consent, Decision
    from consentmw.html.stretches import Stretches
    from consentmw.suppression.cookies import DeniedCookie

# What a decision depends on: GPC, DNT, the edge's denial, what the zones deny, the values of the
# choice and of the report, and the day.
_Choosing = tuple[bool, bool, bool, frozenset[str], tuple[bytes, ...], tuple[bytes, ...], int]

# What a request has led to: its cookies, its visit, what the zones deny, and the day; how it is
# treated, and the cookies that are denied.
_Outcome = tuple[
    tuple[bytes, "Visit", frozenset[str], int], "Treatment", tuple["DeniedCookie", ...]
]

_NOTHING: Final[frozenset[str]] = frozenset()
_GPC: Final = Signals(gpc=True)
_EPOCH: Final = date(1970, 1, 1)
_SECONDS_A_DAY: Final = 86_400
# Signals, zones and the choices of some days: a few hundred on a busy site.
_MAX_REMEMBERED: Final = 4096
# Some hundred browsers at a time, each for scripts, images, pages and data: a megabyte, and four at
# most. Each has one place, which the next one takes.
_REMEMBERED_OUTCOMES: Final = 1024
_MAX_OUTCOME_BYTES: Final = 4096
_MAX_TIGHTENED: Final = 256
# Denied sets whose verdicts on tags are remembered: a site has a handful of them.
_MAX_POLICIES: Final = 64

# The two values that a CDN sends by the recipe of the README.
EDGE_DENIES: Final = b"1"
EDGE_DENIES_NOTHING: Final = b"0"


class Site:
    """A configuration at work."""

    def __init__(
        self,
        config: Config,
        *,
        journal: Journal,
        unreadable: ASGIApp,
        stretches: Stretches,
        debug: bool,
    ) -> None:
        self.config = config
        self.journal = journal
        self.unreadable = unreadable
        self._stretches = stretches
        self.debug = debug
        self.mode = config.enforcement.mode
        self.optional = frozenset(c.name for c in config.categories.values() if not c.required)
        self.html_types = frozenset(name.encode("ascii") for name in config.enforcement.html_types)
        self.strips_cookies = config.enforcement.request_cookies == "strip"
        self.strategy = config.caching.strategy
        self.vary = (b"Sec-GPC", b"Cookie", *((b"DNT",) if config.signals.dnt else ()))
        (self.vary_field,) = with_vary((), self.vary)
        self.edge_header = (
            config.caching.edge_header.encode("ascii") if self.strategy == "edge" else b""
        )
        visits = Visits(config.cookie, also=[self.edge_header] if self.edge_header else [])
        self.read_visit = visits.read
        self.endpoints: Mapping[str, ASGIApp] = {
            **browser.build_endpoints(config, debug=debug),
            **preferences.build_endpoints(config),
        }
        self.find_successor = browser.build_successors(config, debug=debug).find
        # What may be denied to anyone: a field that this concerns makes a response one of several.
        self.anything = config.catalogue.denying(self.optional)
        self.fingerprint = config.fingerprint
        self.shape = f"{engine_version()} {self.fingerprint}"
        self._signer = config.choice_signer
        self._policies: dict[tuple[frozenset[str], frozenset[str], str], PagePolicy] = {}
        self._harmless: dict[frozenset[str], set[bytes]] = {}
        self._treatments: dict[_Choosing, Treatment] = {}
        self._seen = [0] * _REMEMBERED_OUTCOMES
        self._outcomes: list[_Outcome | None] = [None] * _REMEMBERED_OUTCOMES
        self._tightened: dict[Consent, Treatment] = {}
        self._announce()
        if self.mode != "off":
            self._warm_up()

    def treat(self, request: Request) -> Treatment:
        """Decide about a request."""
        visit, cookies = request.visit, request.cookies
        zone_denied = self.zone_denied(request) if self.config.zones else _NOTHING
        day = int(time.time()) // _SECONDS_A_DAY
        # A browser sends the same cookies with everything that it asks for. They are kept from the
        # second time on: among very many visitors there is hardly one, and to keep them costs more
        # than to read them.
        said = (cookies, visit, zone_denied, day)
        digest = hash(cookies) ^ visit.salt
        place = digest % _REMEMBERED_OUTCOMES
        again = self._seen[place] == digest
        if again:
            outcome = self._outcomes[place]
            if outcome is not None and outcome[0] == said:
                _, request.treatment, request.denied_cookies = outcome
                return outcome[1]
        treatment = self._find_treatment(request, zone_denied, day)
        denied_cookies = request.cookies_denied_by(treatment)
        request.treatment, request.denied_cookies = treatment, denied_cookies
        if not again:
            self._seen[place] = digest
        elif len(cookies) + visit.size_bytes <= _MAX_OUTCOME_BYTES:
            self._outcomes[place] = (said, treatment, denied_cookies)
        return treatment

    def _find_treatment(self, request: Request, zone_denied: frozenset[str], day: int) -> Treatment:
        visit = request.visit
        choices: tuple[bytes, ...] = ()
        reports: tuple[bytes, ...] = ()
        if self._signer is not None and request.cookies:
            # By value and once each, so that nobody can make up requests that differ.
            choices = read_values(request.cookies, visit.names.choice)
            reports = read_values(request.cookies, visit.names.report)
        denies_all = bool(self.edge_header) and self.edge_key(visit) == EDGE_DENIES
        gpc, dnt = visit.signals.gpc, visit.signals.dnt
        key = (gpc, dnt, denies_all, zone_denied, choices, reports, day)
        return self._treatments.get(key) or self._decide(key)

    def _decide(self, key: _Choosing) -> Treatment:
        gpc, dnt, denies_all, zone_denied, choices, reports, day = key
        reading, reported, verified = NO_CHOICE, False, True
        if self._signer is not None:
            values = [value.decode("latin-1") for value in choices]
            reading = self._signer.read(values, today=_EPOCH + timedelta(days=day))
            read = [self._signer.read_report(value.decode("latin-1")) for value in reports]
            reported, verified = any(read), all(read)
        consent = build_consent(
            self.config.policy,
            zone_denied=zone_denied,
            signals=Signals(gpc=gpc, dnt=dnt, navigator=reported),
            choice=reading,
            edge_denied=self.optional if denies_all else _NOTHING,
        )
        treatment = Treatment(self, consent)
        # Anyone can make up values that no key verifies, and so push out what others need.
        if reading.status in ("absent", "valid") and verified:
            if len(self._treatments) >= _MAX_REMEMBERED:
                self._treatments.clear()
            self._treatments[key] = treatment
        return treatment

    def harmless_names(self, denied: frozenset[str]) -> set[bytes]:
        """The names of cookies that were seen not to be among what is denied."""
        if len(self._harmless) >= _MAX_POLICIES:
            self._harmless.clear()
        return self._harmless.setdefault(denied, set())

    def treat_again(self, consent: Consent) -> Treatment:
        """What a consent means that an app, or an outer instance, has tightened."""
        treatment = self._tightened.get(consent)
        if treatment is None:
            if len(self._tightened) >= _MAX_TIGHTENED:
                self._tightened.clear()
            treatment = self._tightened[consent] = Treatment(self, consent)
        return treatment

    def zone_denied(self, request: Request) -> frozenset[str]:
        """What the zones deny where this request goes."""
        denied = self.config.zone_denied(request.host, request.full_path)
        # Some servers put the prefix into `path` and some don't; a zone counts for both readings.
        if request.path != request.full_path:
            denied |= self.config.zone_denied(request.host, request.path)
        return denied

    def edge_key(self, visit: Visit) -> bytes:
        """What the CDN says of the request; empty where it doesn't say what the recipe would."""
        values = visit.values(self.edge_header)
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
        edge_key = self.edge_key(request.visit)
        # What the app has tightened by itself it may have tightened for this visitor only.
        if treatment.consent.app_denied:
            return True
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
        """Build what the first visitors who opted out would wait for, a tenth of a second."""
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
                stretches=self._stretches,
            )
        return policy

    def _placeholders(self, denied: frozenset[str], root_path: str) -> dict[str, str]:
        categories = self.config.categories
        address = placeholder_address(self.config, root_path)
        return {name: address for name in denied if categories[name].placeholder}

    def insertion(self, consent: Consent, *, root_path: str) -> bytes:
        """What is put into a page's head for a consent, before it is fitted to a response."""
        return browser.insertion_for(self.config, consent, root_path=root_path, debug=self.debug)
