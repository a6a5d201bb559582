"""How a choice is given to the browser to keep, and what every answer of ours says besides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from consentmw.errors import ConfigError, Problem

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


def keep_choice(headers: MutableHeaders, choice: Choice, *, config: Config, host: str) -> None:
    """Add to a response's headers what makes the browser keep a choice.

    Args:
        headers: Those of the response, whatever route it is of.
        choice: What the visitor decided.
        config: The site.
        host: As the request names it.

    Raises:
        ConfigError: The site has no secret to sign it with.
        UnknownCategoryError: The choice names a category that the site doesn't have.
    """
    cookie = config.cookie
    parts = [
        f"{cookie.name_for(host)}={signer_of(config).sign(choice)}",
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


def signer_of(config: Config) -> ChoiceSigner:
    """What signs the choices of a site.

    Raises:
        ConfigError: The site has no secret, and so no preference centre either.
    """
    if config.choice_signer is None:
        message = "a choice can't be kept without one, so there is no preference centre"
        raise ConfigError(
            [Problem(source=config.source, table="", key="secret_keys", message=message)]
        )
    return config.choice_signer
