"""The browser's name, as its owner would say it: "Firefox on Linux"."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from markupsafe import Markup

    from consentmw.preferences.texts import Texts

# What real browsers send has some 200 characters, and the patterns behind this are many.
_MAX_LENGTH: Final = 512
_VARIANTS: Final = frozenset({"Mobile", "iOS", "WebView"})
_SYSTEMS: Final = {"Mac OS X": "macOS"}


def name_browser(user_agent: str, texts: Texts) -> Markup:
    """A browser and its system in the words of a language; "This browser" where it isn't known."""
    browser, system = _read_names(user_agent[:_MAX_LENGTH])
    if browser and system:
        return texts("browser_on_system", browser=browser, system=system)
    return texts("browser_unknown")


@lru_cache(1024)
def _read_names(user_agent: str) -> tuple[str, str]:
    # Cold, the library takes longer to import and to parse than all of a request otherwise does.
    import user_agents

    agent = user_agents.parse(user_agent)
    browser, system = agent.browser.family, agent.os.family
    if "Other" in (browser, system):
        return "", ""
    # "Chrome Mobile iOS" is "Chrome" to whoever holds the phone.
    words = [word for word in browser.split() if word not in _VARIANTS]
    return " ".join(words) or browser, _SYSTEMS.get(system, system)
