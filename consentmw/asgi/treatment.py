"""What one outcome of the decision means for all the requests that lead to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from consentmw.asgi.request_cookies import raw_names
from consentmw.asgi.variants import Variant, build_marker
from consentmw.suppression.cookies import keep_cookies

if TYPE_CHECKING:
    from consentmw.asgi.site import Site
    from consentmw.core.decision import Consent, Decision
    from consentmw.suppression.cookies import DeniedCookie

# Cookies' names that are seen again and again, and bound the memory of each denied set.
_MAX_NAMES: Final = 1024
_MAX_NAME_LENGTH: Final = 64
# An app is mounted under one prefix, or a few; a longer one a visitor may have made up.
_MAX_VARIANTS: Final = 16
_MAX_PREFIX_LENGTH: Final = 256


class Treatment:
    """What a decision means for the responses to it."""

    __slots__ = ("_harmless", "_site", "_variants", "consent", "decision", "denies", "index")

    def __init__(self, site: Site, consent: Consent) -> None:
        self._site = site
        self._variants: dict[tuple[str, bool], Variant] = {}
        self.consent = consent
        self.decision: Decision = consent.decision
        self.denies = bool(consent.denied)
        self.index = site.config.catalogue.denying(consent.denied)
        self._harmless = site.harmless_names(consent.denied)

    def variant(self, root_path: str, *, inserts: bool) -> Variant:
        """The form of a page under a prefix, with or without what is inserted."""
        key = (root_path, inserts)
        variant = self._variants.get(key)
        if variant is None:
            variant = self._build_variant(root_path, inserts=inserts)
            if len(self._variants) < _MAX_VARIANTS and len(root_path) <= _MAX_PREFIX_LENGTH:
                self._variants[key] = variant
        return variant

    def denied_cookies(
        self, cookies: bytes, *, own_names: frozenset[str]
    ) -> tuple[DeniedCookie, ...]:
        """The cookies of a request that are denied."""
        if not (cookies and self.denies):
            return ()
        # A site's visitors send the same names over and over.
        names = raw_names(cookies)
        if self._harmless.issuperset(names):
            return ()
        denied = keep_cookies(cookies, index=self.index, own_names=own_names).denied
        if not denied:
            room = _MAX_NAMES - len(self._harmless)
            short = [name for name in names if len(name) <= _MAX_NAME_LENGTH]
            self._harmless.update(short[:room] if room > 0 else ())
        return denied

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
