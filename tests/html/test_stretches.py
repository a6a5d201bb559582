import pytest

from consentmw.html import stretches as keeping
from consentmw.html.stretches import Stretch, Stretches

LONG = b"x" * 80


def test_a_stretch_is_found_by_all_of_its_bytes_and_what_else_decides():
    stretches = Stretches()
    stretch = Stretch(LONG + b"</svg>", "in the body")
    stretches.keep(stretch)

    assert stretches.find(b"<p>" + stretch.raw + b"<p>", 3, "in the body") is stretch
    assert stretches.find(stretch.raw, 0, "in the head") is None
    assert stretches.find(LONG + b"</svG>", 0, "in the body") is None
    assert stretches.find(stretch.raw[:-1], 0, "in the body") is None


def test_of_those_that_begin_alike_the_longest_is_found_first():
    stretches = Stretches()
    short, long = Stretch(LONG, None), Stretch(LONG + b"<p>", None)
    for stretch in (short, long):
        assert stretches.keep(stretch)

    assert stretches.find(LONG + b"<p>", 0, None) is long
    assert stretches.find(LONG + b"<b>", 0, None) is short


def test_what_stands_in_a_longer_one_can_be_forgotten(monkeypatch):
    monkeypatch.setattr(keeping, "MAX_ALL_BYTES", 200)
    stretches = Stretches()
    parts = [Stretch(b"%d" % number + LONG, None) for number in range(2)]
    for part in parts:
        stretches.keep(part)
    whole = Stretch(parts[0].raw + parts[1].raw, None)

    for part in (*parts, *parts):
        stretches.forget(part)
    stretches.keep(whole)

    assert len(stretches._kept) == 1
    assert stretches.find(whole.raw, 0, None) is whole
    assert stretches.find(parts[1].raw, 0, None) is None


def test_of_those_that_begin_alike_only_some_are_kept():
    stretches = Stretches()

    kept = [stretches.keep(Stretch(LONG + b"%d" % number, None)) for number in range(20)]

    assert kept == [True] * 16 + [False] * 4


def test_what_is_met_again_is_wanted():
    stretches = Stretches()
    assert [stretches.wants(LONG, 0, 80) for _ in range(3)] == [False, True, True]


@pytest.mark.parametrize(
    ("size", "wanted"), [(63, False), (64, True), (65_536, True), (65_537, False)]
)
def test_what_is_short_or_long_is_never_wanted(size, wanted):
    stretches = Stretches()
    stretches.wants(b"x" * size, 0, size)
    assert stretches.wants(b"x" * size, 0, size) is wanted


def test_where_there_are_too_many_some_are_still_there_when_all_come_again(monkeypatch):
    monkeypatch.setattr(keeping, "MAX_ALL_BYTES", 2000)
    stretches = Stretches()
    pages = [b"%03d" % number + LONG for number in range(100)]
    found = 0
    for _ in range(20):
        found = 0
        for page in pages:
            if stretches.find(page, 0, None):
                found += 1
            elif stretches.wants(page, 0, len(page)):
                stretches.keep(Stretch(page, None))

    assert 8 < found <= 24
