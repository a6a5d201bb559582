import pytest

from consentmw.core.categories import BUILT_IN, is_category_name, nearest_name


def test_login_status_and_the_choice_itself_are_required():
    assert [c.name for c in BUILT_IN if c.required] == ["authentication", "status", "consent"]


def test_only_advertising_is_sale_or_share_by_default():
    assert [c.name for c in BUILT_IN if c.sale_or_share] == ["advertising"]


@pytest.mark.parametrize("name", ["a", "analytics", "session-replay", "a_b", "level3", "a" * 64])
def test_a_name_is_lower_case_words_joined_by_single_hyphens(name):
    assert is_category_name(name)


@pytest.mark.parametrize(
    "name", ["", "-a", "a-", "a--b", "A", "3d", "a b", "a,b", "ä", "a\n", "a" * 65, "*"]
)
def test_anything_else_is_no_name(name):
    assert not is_category_name(name)


def test_a_slip_of_the_keyboard_finds_what_was_meant():
    known = [category.name for category in BUILT_IN]
    assert nearest_name("advertisng", known) == "advertising"
    assert nearest_name("Analytics", known) == "analytics"


def test_something_else_altogether_finds_nothing():
    assert nearest_name("zzz", ["advertising"]) is None
    assert nearest_name("advertising" * 100_000, ["advertising"]) is None
