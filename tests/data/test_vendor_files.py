import pytest

from consentmw.core.rules import Rule
from consentmw.data.vendor_files import find_faults, read_vendors
from consentmw.errors import CatalogueError

HEAD = """
[example]
name = "Example"
homepage = "https://ads.example"
category = "advertising"
source = "https://ads.example/docs"
"""


def read(text):
    return list(read_vendors(text, file="test.toml"))


def faults(text):
    return find_faults(read(text), {"google.*": ["google.com"]})


def test_a_rule_takes_from_its_vendor_what_it_does_not_say_itself():
    why = 'why = "both"\n'
    rules = [
        entry.rule
        for entry in read(
            HEAD
            + why
            + 'hosts = ["ads.example", { pattern = "a.example", category = "authentication" }]\n'
            + 'cookies = [{ pattern = "uid", distinctive = false, source = "https://x.example" }]'
        )
    ]
    assert rules == [
        Rule(
            kind="host",
            pattern="ads.example",
            category="advertising",
            vendor="Example",
            source="https://ads.example/docs",
            note="both",
        ),
        Rule(
            kind="host",
            pattern="a.example",
            category="authentication",
            vendor="Example",
            source="https://ads.example/docs",
        ),
        Rule(
            kind="cookie",
            pattern="uid",
            category="advertising",
            vendor="Example",
            source="https://x.example",
            distinctive=False,
            note="both",
        ),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[a", "test.toml: "),
        ("[a]\nname = 'A'", "misses homepage, category, source"),
        (HEAD + "host = ['a.example']", "unknown host; known are"),
        (HEAD + "hosts = [{ category = 'status' }]", "misses pattern"),
        (HEAD + "hosts = [{ pattern = 'a.example', note = 'x' }]", "unknown note"),
        (HEAD + "hosts = [{ pattern = 'a.example', category = 'ads' }]", "unknown category 'ads'"),
        (HEAD + "hosts = [{ pattern = 'a.example', distinctive = true }]", "only a cookie's"),
        (HEAD + "urls = ['https://a.example/x']", "needs a 'hit' and a 'miss'"),
        (HEAD + "cookies = ['_x_*']", "needs a 'hit' and a 'miss'"),
        (HEAD + "inline = [{ pattern = 'x(', hit = 'x(' }]", "needs a 'hit' and a 'miss'"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_with_its_place(text, message):
    with pytest.raises(CatalogueError, match=r"test\.toml") as raised:
        read(text)
    assert message in str(raised.value)


def test_a_plain_name_needs_no_examples():
    assert faults(HEAD + "hosts = ['ads.example', 'www.google.*']\ncookies = ['_x']") == []


@pytest.mark.parametrize(
    ("rules", "fault"),
    [
        (
            "urls = [{ pattern = '//a.example/x', hit = '//a.example/y', miss = '//a.example/z' }]",
            "doesn't match its hit",
        ),
        (
            "urls = [{ pattern = '//a.example/*', hit = '//a.example/y', miss = '//a.example/z' }]",
            "matches its near miss",
        ),
        ("inline = [{ pattern = 'x(', hit = 'y(', miss = 'z(' }]", "doesn't match its hit"),
        ("cookies = [{ pattern = '_x*', hit = '_xy', miss = '_xz' }]", "matches its near miss"),
        ("hosts = ['a.example', 'a.example']", "also in test.toml [example]"),
    ],
)
def test_an_example_has_to_do_what_it_says(rules, fault):
    (found,) = faults(HEAD + rules)
    assert fault in found
    assert found.startswith("test.toml [example]")


def test_an_example_is_about_its_own_rule_alone():
    ads, stats = "https://a.example/js?id=AW-1", "https://a.example/js?id=G-1"
    rules = f"""urls = [
        {{ pattern = "https://a.example/js?id=AW-*", hit = "{ads}", miss = "{stats}" }},
        {{ pattern = "https://a.example/js?id=G-*", hit = "{stats}", miss = "{ads}" }},
    ]"""
    assert faults(HEAD + rules) == []
