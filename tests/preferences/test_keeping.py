from datetime import date

import pytest
from starlette.datastructures import MutableHeaders
from visits import configure

from consentmw import Choice, keep_choice
from consentmw.errors import ConfigError, UnknownCategoryError

TODAY = date(2026, 11, 22)
DECLINED = Choice(denied=frozenset({"advertising"}), revision=1, chosen_on=TODAY)


def test_a_route_of_the_apps_own_can_keep_a_choice():
    config = configure()
    headers = MutableHeaders()
    keep_choice(headers, DECLINED, config=config, host="www.example.com")
    value = config.choice_signer.sign(DECLINED)
    assert headers.items() == [
        (
            "set-cookie",
            (
                f"__Host-privacy_choices={value}; Max-Age=34560000; Path=/; HttpOnly; "
                "SameSite=Lax; Secure"
            ),
        ),
        ("clear-site-data", '"prefetchCache", "prerenderCache"'),
    ]


def test_without_a_secret_nothing_is_kept():
    with pytest.raises(ConfigError, match="secret_keys: a choice can't be kept without one"):
        keep_choice(MutableHeaders(), DECLINED, config=configure(secret_keys=[]), host="x")


def test_a_category_that_nobody_defined_is_refused():
    choice = Choice(denied=frozenset({"advertisng"}), revision=1, chosen_on=TODAY)
    with pytest.raises(UnknownCategoryError):
        keep_choice(MutableHeaders(), choice, config=configure(), host="x")
