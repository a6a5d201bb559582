"""Content security policies: reading the app's, to know whether the guard may run, and adding ours.

The app's policy is never changed. CSP 3, section 8.1: further policies "can only further restrict".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from consentmw.config import Config
    from consentmw.core.decision import Consent

# CSP 3, 2.3.1: a nonce is base64 or base64url; anything else never matches, and could end the tag.
_NONCE: Final = re.compile(r"'nonce-([A-Za-z0-9+/_-]+={0,2})'", re.IGNORECASE)
_TYPES_POLICY: Final = "consentmw"
_ENDPOINT: Final = "privacy-choices"
# CSP 3, 6.8.3: the directives that speak for an external script, the first present one decides.
_SCRIPT_DIRECTIVES: Final = ("script-src-elem", "script-src", "default-src")


class Permit(NamedTuple):
    """What an app's policies have to say about a script of ours."""

    nonce: str
    """To be put on the element; empty where none is needed."""
    complaint: str
    """Why a browser wouldn't run it, or not as well; empty if all is well."""


def read_permit(headers: Iterable[tuple[bytes, bytes]], *, host: str) -> Permit:
    """Read from a response's headers whether a script of the page's own host will run."""
    policies = list(_policies(headers))
    if not policies:
        return Permit("", "")
    nonces: list[set[str]] = []
    for policy in policies:
        sources = next((policy[name] for name in _SCRIPT_DIRECTIVES if name in policy), None)
        if sources is None or _allows_host(sources, host):
            continue
        # Of several policies each has to be satisfied, and an element has one nonce.
        nonces.append({match[1] for source in sources if (match := _NONCE.fullmatch(source))})
    shared = set.intersection(*nonces) if nonces else set()
    complaint = ""
    if nonces and not shared:
        complaint = "the app's content security policy has no nonce and no 'self' for scripts"
    elif any(not _allows_types(policy) for policy in policies):
        complaint = f"'trusted-types' of the app's policy doesn't list {_TYPES_POLICY!r}"
    return Permit(min(shared, default=""), complaint)


def added_headers(
    config: Config, consent: Consent, *, root_path: str = ""
) -> list[tuple[bytes, bytes]]:
    """Return the headers of our own policy; none unless the site wants it and something is denied.

    It allows the site itself and what its own file declares in allowed categories. Inline scripts,
    with or without a nonce or a hash, are left to the app's own policy: here they are all allowed.
    """
    if config.browser.csp == "off" or not consent.denied:
        return []
    reports = f"{root_path}{config.preferences.path}/reports"
    hosts = sorted(_declared_hosts(config, consent))
    # Schemes are the page's by default, which doesn't include a socket's (CSP 3, 6.7.2.8).
    sources = [s for host in hosts for s in (host, f"*.{host}", f"wss://{host}", f"wss://*.{host}")]
    policy = " ".join(["default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:", *sources])
    policy += f"; report-uri {reports}; report-to {_ENDPOINT}"
    suffix = "-report-only" if config.browser.csp == "report-only" else ""
    return [
        (f"content-security-policy{suffix}".encode("ascii"), policy.encode("ascii")),
        (b"reporting-endpoints", f'{_ENDPOINT}="{reports}"'.encode("ascii")),
    ]


def _declared_hosts(config: Config, consent: Consent) -> Iterator[str]:
    site = config.catalogue.site
    for host, rule in site.hosts.items():
        if rule.category not in consent.denied:
            yield host
    for host, table in site.paths.items():
        if any(pattern.rule.category not in consent.denied for pattern in table.patterns):
            yield host


def _policies(headers: Iterable[tuple[bytes, bytes]]) -> Iterator[Mapping[str, Sequence[str]]]:
    for name, value in headers:
        if name != b"content-security-policy":
            continue
        for text in value.decode("latin-1").split(","):
            policy: dict[str, Sequence[str]] = {}
            for directive in text.split(";"):
                words = directive.split()
                if words:
                    # CSP 3, 2.2.1: of two directives of one name the first counts.
                    policy.setdefault(words[0].lower(), words[1:])
            yield policy


def _allows_host(sources: Sequence[str], host: str) -> bool:
    words = {source.lower() for source in sources}
    # CSP 3, 6.7.1.1: 'strict-dynamic' switches the host expressions off.
    if "'strict-dynamic'" in words:
        return False
    return any(_matches(word, host) for word in words)


def _matches(source: str, host: str) -> bool:
    if source in ("'self'", "*", "https:"):
        return True
    # A source with a path may allow some files of the host; ours are not among them.
    name, _, path = (
        source.partition("://")[2].partition("/") if "://" in source else source.partition("/")
    )
    name = name.partition(":")[0]
    if path:
        return False
    return name == host or (name.startswith("*.") and host.endswith(name[1:]))


def _allows_types(policy: Mapping[str, Sequence[str]]) -> bool:
    if "require-trusted-types-for" not in policy or "trusted-types" not in policy:
        return True
    names = policy["trusted-types"]
    return _TYPES_POLICY in names or "*" in names
