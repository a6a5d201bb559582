from consentmw.html import memory as remembering
from consentmw.html.memory import Memory
from consentmw.html.sieve import KEEP, KEEP_TEXT
from consentmw.html.stretches import Stretches


def test_a_verdict_is_found_by_all_of_the_bytes():
    memory = Memory(Stretches())
    memory.keep_text(memoryview(b"<script>one()"), KEEP_TEXT)

    assert memory.find_text(memoryview(b"<script>one()")) is KEEP_TEXT
    assert memory.find_text(memoryview(b"<script>one();")) is None


def test_a_long_tag_is_not_remembered():
    memory = Memory(Stretches())
    memory.keep_tag(b"<p id=%s>" % (b"x" * 4096), KEEP)
    assert not memory.tags


def test_a_full_memory_keeps_a_part_of_what_it_holds(monkeypatch):
    monkeypatch.setattr(remembering, "MAX_TAGS_BYTES", 1000)
    monkeypatch.setattr(remembering, "MAX_TEXTS", 10)
    memory = Memory(Stretches())
    for number in range(500):
        memory.keep_tag(b"<p id=%03d>" % number, KEEP)
        memory.keep_text(memoryview(b"<script>%d" % number), KEEP_TEXT)

    assert 450 < sum(map(len, memory.tags)) <= 1000
    assert memory.find_text(memoryview(b"<script>499")) is KEEP_TEXT
    assert memory.find_text(memoryview(b"<script>0")) is None
