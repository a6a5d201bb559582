from consentmw.html import memory as remembering
from consentmw.html.memory import Memory, digest_of
from consentmw.html.sieve import KEEP, KEEP_TEXT
from consentmw.html.stretches import Stretches


def test_a_verdict_is_found_by_all_of_the_bytes():
    memory = Memory(Stretches())
    memory.keep_text(digest_of(b"..<script>one();", 2, 15), KEEP_TEXT)

    assert memory.texts.get(digest_of(b"<script>one()", 0, 13)) is KEEP_TEXT
    assert memory.texts.get(digest_of(b"<script>one();", 0, 14)) is None


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
        memory.keep_text(b"%d" % number, KEEP_TEXT)

    assert 450 < sum(map(len, memory.tags)) <= 1000
    assert 4 < len(memory.texts) <= 10
    assert b"499" in memory.texts
