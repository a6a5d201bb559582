"""The fuzzer's run within the suite's budget; `tests/fuzz.py` is the long one.

The pages are the same on every run, so that a change is what turns it red.
"""

from dataclasses import replace
from functools import partial
from itertools import chain

import pytest
from fuzzing.documents import Document, plain_pages, write_document
from fuzzing.questions import INSERTION, build_policy, examine, readings, rewrite
from fuzzing.regressions import REGRESSIONS, SEEDS

from consentmw.errors import RewriteError
from consentmw.html import lane, stretches
from consentmw.suppression.page import PagePolicy

FIXED_PAGES = 2_500


@pytest.fixture(scope="module")
def policy():
    return build_policy(PagePolicy)


@pytest.mark.usefixtures("untraced")
def test_nothing_denied_lives_and_nothing_else_is_missing_in_pages_always_the_same(policy):
    witnesses = readings()
    for seed in range(FIXED_PAGES):
        finding = examine(policy, write_document(seed), witnesses)
        assert finding is None, f"python tests/fuzz.py --documents 1 --seed {seed}: {finding}"


def test_nothing_denied_lives_and_nothing_else_is_missing_in_each_ingredient_by_itself(policy):
    for document in plain_pages():
        assert examine(policy, document, readings()) is None, document


@pytest.mark.usefixtures("untraced")
def test_every_shortcut_gives_what_the_exact_reading_gives(policy):
    exact = build_policy(partial(PagePolicy, shortcuts=False))
    for document in chain(plain_pages(), map(write_document, range(FIXED_PAGES))):
        outputs = []
        for each in (policy, exact):
            try:
                outputs.append(rewrite(each, document, insertion=INSERTION))
            except RewriteError as error:
                outputs.append(str(error))
        assert outputs[0] == outputs[1], document


@pytest.mark.usefixtures("untraced")
def test_what_was_met_before_reads_as_if_it_never_was(monkeypatch):
    monkeypatch.setattr(stretches, "KEY_BYTES", 6)
    monkeypatch.setattr(lane, "_LONG_BYTES", 200)
    monkeypatch.setattr(lane, "_PART_BYTES", 100)
    policy = build_policy(PagePolicy)
    exact = build_policy(partial(PagePolicy, shortcuts=False))
    for document in map(write_document, range(FIXED_PAGES)):
        if document.xml or document.prefix:
            continue
        # The same bytes again and again, then somewhere else, and with something else behind them.
        cut = document.seed % (len(document.body) + 6)
        again = [("<body>", "", ())] * 4 + [("<body>", "", (cut, cut + 150))] * 4
        for before, after, cuts in [
            *again,
            ("<body>", "<img src=x>", ()),
            ("<p><body>", "'>\"><p>", ()),
        ]:
            longer = replace(document, text=before + document.text + after)
            outputs = []
            for each in (policy, exact):
                try:
                    outputs.append(rewrite(each, longer, insertion=b"", cuts=cuts))
                except RewriteError as error:
                    outputs.append(str(error))
            assert outputs[0] == outputs[1], longer


@pytest.mark.parametrize("text", REGRESSIONS, ids=range(len(REGRESSIONS)))
def test_a_page_that_once_got_something_past_the_engine_does_not_any_more(policy, text):
    witnesses = readings()
    for seed in range(8):  # both with and without an insertion, cut at different places
        finding = examine(policy, Document(seed, text), witnesses)
        assert finding is None, finding


@pytest.mark.parametrize("seed", SEEDS)
def test_a_page_of_the_generator_that_once_was_read_wrongly_is_read_right(policy, seed):
    assert examine(policy, write_document(seed), readings()) is None
