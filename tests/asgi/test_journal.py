"""What is written to the log, and how often."""

import logging

import pytest
from rig.messages import Says, ask, body, says_page, start

from consentmw import ConsentMiddleware
from consentmw.asgi.journal import Journal, shown

GPC = [("sec-gpc", "1")]
CONFIG = {
    "categories": {"advertising": {"hosts": ["ads.vendor.example"]}},
    "browser": {"guard": "off"},
}


def test_a_text_from_outside_is_quoted_cut_and_has_no_query():
    assert shown("a\nb") == "'a\\nb'"
    assert shown("https://x.example/p?email=a@b") == "'https://x.example/p'"
    assert len(shown("x" * 10_000)) == 202


def test_a_kind_is_told_once_for_each_path(caplog):
    journal = Journal()
    with caplog.at_level(logging.INFO, "consentmw"):
        for path in ("/a", "/a", "/b"):
            journal.warn("kind", path, "it happened: %s", "x?y")
            journal.note("another", path, "noted")

    assert [record.message for record in caplog.records] == [
        "it happened: 'x' (path '/a')",
        "noted (path '/a')",
        "it happened: 'x' (path '/b')",
        "noted (path '/b')",
    ]


def test_what_nobody_listens_to_is_not_remembered_as_said(caplog):
    journal = Journal()
    with caplog.at_level(logging.ERROR, "consentmw"):
        journal.warn("kind", "/", "unheard")
    with caplog.at_level(logging.WARNING, "consentmw"):
        journal.warn("kind", "/", "heard")

    assert [record.message for record in caplog.records] == ["heard (path '/')"]


def test_the_memory_of_what_was_said_is_bounded(monkeypatch):
    monkeypatch.setattr("consentmw.asgi.journal._MAX_REMEMBERED", 3)
    journal = Journal()

    for number in range(20):
        journal.warn("kind", f"/{number}", "again")

    assert len(journal._said) <= 3


def test_a_tag_that_nobody_defined_is_told_with_the_page(caplog):
    page = b'<!doctype html><p data-consent="advertisng">x</p>'
    app = ConsentMiddleware(says_page(page), config=CONFIG)
    with caplog.at_level(logging.WARNING, "consentmw"):
        for path in ("/a", "/a?x"):
            ask(app, path.partition("?")[0], GPC)

    (line,) = [r.message for r in caplog.records if "nobody defined" in r.message]
    assert "advertisng" in line
    assert "'/a'" in line


OBSERVE = {**CONFIG, "enforcement": {"mode": "observe"}}


@pytest.mark.parametrize("content", [b"\xff" * 50, b"no gzip"])
def test_a_page_that_can_not_be_watched_passes_and_is_told(content, caplog):
    messages = [start(("content-encoding", "gzip")), body(content, more=True), body(b"rest")]

    answer = ask(ConsentMiddleware(Says(*messages), config=OBSERVE), headers=GPC)

    assert answer.messages == messages
    assert "can't be read" in caplog.text


def test_a_defect_in_who_only_watches_breaks_nothing(monkeypatch, caplog):
    def fails(*args, **more):
        raise IndexError("a defect")

    monkeypatch.setattr("consentmw.asgi.observer.keep_headers", fails)
    messages = [start(("set-cookie", "_adv=1")), body(b"<p>")]

    answer = ask(ConsentMiddleware(Says(*messages), config=OBSERVE), headers=GPC)

    assert answer.messages == messages
    assert "a defect" in caplog.text


@pytest.mark.parametrize(
    "messages",
    [
        [start(), body(b"<p>a", more=True), body(b"b")],
        [start(content_type=""), body(b"<p>a", more=True), body(b"b")],
        [start(content_type="application/json"), body(b"{}")],
        [start(("content-encoding", "exi")), body(b"?")],
        [{"type": "http.response.debug", "info": {}}, start(("x-a", "b")), body()],
    ],
)
def test_who_only_watches_changes_nothing(messages):
    assert ask(ConsentMiddleware(Says(*messages), config=OBSERVE), headers=GPC).messages == messages
    assert ask(ConsentMiddleware(Says(*messages), config=OBSERVE)).messages == messages


def test_who_only_watches_says_so_in_debug():
    app = says_page(b"<p>x", ("link", "<https://ads.vendor.example>; rel=preload"))

    answer = ask(ConsentMiddleware(app, config=OBSERVE, debug=True), headers=GPC)

    assert answer.get("consentmw-suppressed") == "cookies=0, fields=1, elements=0"
    assert answer.body == b"<p>x"
