"""How a choice is given to the browser to keep, and what every answer of ours says besides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from starlette.datastructures import MutableHeaders

    from consentmw.config import Config
    from consentmw.core.choice import Choice, ChoiceSigner

_SECONDS_A_DAY: Final = 86_400


def private_headers(style_origin: str = "") -> dict[str, str]:
    """What a page about a visitor's choice says to browsers and caches."""
    style = f" {style_origin}" if style_origin else ""
    return {
        "Cache-Control": "no-store",
        # Nothing runs here, and nothing is loaded but our stylesheet, our icon, and a site's style.
        "Content-Security-Policy": (
            f"default-src 'none'; style-src 'self'{style}; img-src 'self'{style}; "
            f"font-src 'self'{style}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        ),
        # With no-referrer a form's Origin would be "null".
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }


def keep_choice(
    headers: MutableHeaders, choice: Choice, *, config: Config, signer: ChoiceSigner, host: str
) -> None:
    """Add to an answer what makes the browser keep a choice."""
    cookie = config.cookie
    parts = [
        f"{cookie.name_for(host)}={signer.sign(choice)}",
        f"Max-Age={cookie.max_age_days * _SECONDS_A_DAY}",
        "Path=/",
        "HttpOnly",
        "SameSite=Lax",
    ]
    if cookie.domain:
        parts.append(f"Domain={cookie.domain}")
    if cookie.secure_for(host):
        parts.append("Secure")
    headers.append("Set-Cookie", "; ".join(parts))
    if choice.denied:
        # Pages that were fetched ahead are as they were before. Never "cookies": that would delete
        # the choice itself (Clear-Site-Data is processed after Set-Cookie).
        headers.append("Clear-Site-Data", '"prefetchCache", "prerenderCache"')
