import pytest
from visits import configure

from consentmw.preferences.agent import name_browser
from consentmw.preferences.texts import load_texts

TEXTS = load_texts(configure())


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox on Linux",
        ),
        (
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 "
                "(KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1"
            ),
            "Safari on iOS",
        ),
        (
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 "
                "(KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
            ),
            "Chrome on macOS",
        ),
        (
            (
                "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) "
                "Chrome/120.0.0.0 Mobile Safari/537.36"
            ),
            "Chrome on Android",
        ),
        ("curl/8.0", "This browser"),
        ("", "This browser"),
    ],
)
def test_a_browser_has_the_name_that_its_owner_knows(agent, name):
    assert name_browser(agent, TEXTS["en"]) == name


def test_it_is_said_in_the_visitors_language():
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    assert name_browser(agent, TEXTS["es"]) == "Firefox en Linux"
    assert name_browser("", TEXTS["es"]) == "Este navegador"
