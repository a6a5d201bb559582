import pytest

from consentmw.html import memory as remembering
from consentmw.html.memory import Memory, Stretch
from consentmw.html.sieve import KEEP, KEEP_TEXT

LONG = b"x" * 80


def test_a_stretch_is_found_by_all_of_its_bytes_and_what_else_decides():
    memory = Memory()
    stretch = Stretch(LONG + b"</svg>", "in the body")
    memory.keep_stretch(stretch)

    assert memory.find_stretch(b"<p>" + stretch.raw + b"<p>", 3, "in the body") is stretch
    assert memory.find_stretch(stretch.raw, 0, "in the head") is None
    assert memory.find_stretch(LONG + b"</svG>", 0, "in the body") is None
    assert memory.find_stretch(stretch.raw[:-1], 0, "in the body") is None


@pytest.mark.parametrize("size", [63, 65_537], ids=["short", "long"])
def test_a_stretch_that_is_short_or_long_is_not_remembered(size):
    memory = Memory()
    memory.keep_stretch(Stretch(b"x" * size, None))
    assert memory.find_stretch(b"x" * size, 0, None) is None


def test_the_verdict_about_a_long_text_is_remembered():
    memory = Memory()
    text = bytes(65_537)
    memory.keep_text(memoryview(text), KEEP_TEXT)

    assert memory.find_text(memoryview(text)) is KEEP_TEXT
    assert memory.find_text(memoryview(text + b"x")) is None


def test_a_full_memory_keeps_a_part_of_what_it_holds(monkeypatch):
    monkeypatch.setattr(remembering, "MAX_TAGS_BYTES", 1000)
    monkeypatch.setattr(remembering, "MAX_STRETCHES_BYTES", 1000)
    monkeypatch.setattr(remembering, "MAX_TEXTS", 10)
    memory = Memory()
    for number in range(500):
        memory.keep_tag(b"<p id=%03d>" % number, KEEP)
        memory.keep_stretch(Stretch(b"%03d" % number + LONG, None))
        memory.keep_text(memoryview(b"%03d" % number * 30_000), KEEP_TEXT)
    tags = sum(map(len, memory.tags))
    stretches = sum(
        memory.find_stretch(b"%03d" % number + LONG, 0, None) is not None for number in range(500)
    )

    assert 450 < tags <= 1000
    assert 5 < stretches <= 12
    assert memory.find_text(memoryview(b"499" * 30_000)) is KEEP_TEXT
    assert memory.find_text(memoryview(b"000" * 30_000)) is None
