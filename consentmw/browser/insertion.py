"""What is put into a page's head, and how it gets past the policy that the page comes with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from consentmw.browser.policies import read_permit
from consentmw.browser.scripts import code, prefix_of, scope_of, site_scripts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from consentmw.config import Config
    from consentmw.core.decision import Consent

_ELEMENT: Final = b"<script "
# With a value, because a page may be XML.
_RELOADS: Final = b' data-reload=""'


def insertion_for(
    config: Config, consent: Consent, *, root_path: str = "", nonce: str = "", debug: bool = False
) -> bytes:
    """Return the elements for the beginning of a page's head; ASCII, often empty.

    The guard, as far as anything is denied, and the script that reports the signal of a browser
    without header, as far as that could change anything.

    Args:
        config: The site's.
        consent: Of the request.
        root_path: Under which the app is mounted.
        nonce: Of the page's own policy; `fit_insertion` finds and adds it, too.
        debug: Whether the guard tells the page's developer what it suppresses.
    """
    prefix = prefix_of(config, root_path)
    elements = [
        *_guard(config, consent, prefix=prefix, root_path=root_path, debug=debug),
        *_signal(config, consent, prefix=prefix),
    ]
    insertion = "".join(elements).encode("ascii")
    return _with_nonce(insertion, nonce) if nonce else insertion


def signal_element(
    config: Config, consent: Consent, *, root_path: str = "", nonce: str = "", reload: bool = True
) -> str:
    """Return the element that reports the signal, for templates of pages that leave encoded.

    Args:
        config: The site's.
        consent: Of the request.
        root_path: Under which the app is mounted.
        nonce: Of the page's own policy.
        reload: Whether the page may be loaded again; not if it answers a POST.
    """
    prefix = prefix_of(config, root_path)
    element = "".join(_signal(config, consent, prefix=prefix)).encode("ascii")
    element = element if reload else element.replace(_RELOADS, b"")
    return (_with_nonce(element, nonce) if nonce else element).decode("ascii")


class Fitted(NamedTuple):
    """An insertion as it suits one response."""

    insertion: bytes
    complaint: str
    """Why it won't run there, in words for the site's owner; empty if it will."""


def fit_insertion(
    insertion: bytes, headers: Iterable[tuple[bytes, bytes]], *, method: str, host: str
) -> Fitted:
    """Suit an insertion to a response: the nonce of its policy, and no second POST.

    Args:
        insertion: As `insertion_for` gives it.
        headers: Of the response, with lower-case names.
        method: Of the request.
        host: Which the page is served by.
    """
    if method != "GET":
        insertion = insertion.replace(_RELOADS, b"")
    if not insertion:
        return Fitted(insertion, "")
    permit = read_permit(headers, host=host)
    if permit.nonce:
        insertion = _with_nonce(insertion, permit.nonce)
    return Fitted(insertion, permit.complaint)


def _guard(
    config: Config, consent: Consent, *, prefix: str, root_path: str, debug: bool
) -> list[str]:
    if config.browser.guard == "off" or not consent.denied:
        return []
    rules = site_scripts(config).rules_of(consent.denied, names_vendors=debug)
    if not rules:
        return []
    elements = [_element(prefix + script.name) for script in (*rules, code("guard"))]
    # A worker is for all of the site's pages: what only this one denies is not its affair.
    if config.browser.guard == "script+worker" and consent.denied - consent.decision.zone_denied:
        attributes = f' data-scope="{scope_of(root_path)}"'
        elements.append(_element(prefix + code("register").name, attributes))
    return elements


def _signal(config: Config, consent: Consent, *, prefix: str) -> list[str]:
    if not config.signals.navigator or not config.secret_keys or consent.signal is not None:
        return []
    if not any(
        category.sale_or_share and category.name not in consent.denied
        for category in config.categories.values()
    ):
        return []
    return [_element(prefix + code("signal").name, ' async="" data-reload=""')]


def _element(address: str, attributes: str = "") -> str:
    return f'<script src="{address}"{attributes}></script>'


def _with_nonce(insertion: bytes, nonce: str) -> bytes:
    return insertion.replace(_ELEMENT, b'<script nonce="%s" ' % nonce.encode("ascii"))
