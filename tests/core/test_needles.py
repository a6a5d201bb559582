import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consentmw.core.needles import Needles


@pytest.mark.parametrize(
    ("texts", "data", "found"),
    [
        ([b"/gtm.js"], b"https://a.example/gtm.js?id=1", True),
        ([b"/gtm.js"], b"https://a.example/gtm-js", False),
        ([b"/piwik.js", b"/piwik.php"], b"/piwik.php", True),
        ([b"/piwik.js", b"/piwik.php"], b"/piwik.p", False),
        ([b"/tag", b"/tag/js/gpt.js"], b"/tag", True),
        ([b"collect", b"/b/ss/"], b"/collect", True),
        ([b""], b"anything", True),
        ([], b"anything", False),
    ],
)
def test_it_finds_any_of_the_texts_and_no_other(texts, data, found):
    assert Needles(texts).search(data) is found


def test_it_looks_between_the_positions_only():
    needles = Needles([b"/b/ss/"])
    assert not needles.search(b"/b/ss/ x", 1)
    assert not needles.search(b"/b/ss/ x", 0, 5)


def test_further_expressions_count_too():
    assert Needles([b"/a"], also=[b"%[2-7]"]).search(b"x%41")


@given(st.lists(st.text("/ab.", max_size=4).map(str.encode), max_size=6), st.text("/ab.x"))
def test_it_agrees_with_looking_for_each_in_turn(texts, text):
    data = text.encode()
    assert Needles(texts).search(data) is any(
        re.search(re.escape(each), data) is not None for each in texts
    )
