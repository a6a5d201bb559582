import gc
import json

import pytest

from consentmw.core.rules import Rule
from consentmw.data import build, load_catalogue
from consentmw.data.build import build_catalogue, main, read_countries, read_entries, read_imported
from consentmw.data.built import BUILT_FILE, read_built, write_built
from consentmw.data.vendor_files import find_faults


@pytest.fixture(scope="module")
def entries():
    return read_entries()


def test_every_hand_written_rule_does_what_its_examples_say_and_contradicts_none(entries):
    assert find_faults(entries, read_countries()) == []


def test_the_compact_form_is_what_the_files_say():
    assert main(["--check"]) == 0, "run python -m consentmw.data.build"


def test_a_hand_written_rule_replaces_an_imported_one(entries):
    written = {entry.rule.pattern: entry.rule for entry in entries if entry.rule.kind == "host"}
    shared = [rule for rule in read_imported() if rule.pattern in written]
    built = {rule.pattern: rule for rule in load_catalogue().rules if rule.kind == "host"}
    assert shared
    assert all(built[rule.pattern] == written[rule.pattern] for rule in shared)


@pytest.mark.parametrize("host", ["www.google.com", "www.google.de", "google.com"])
def test_an_imported_www_host_hides_no_written_path_of_its_domain(host):
    found = load_catalogue().classify_url(f"https://{host}/pagead/1p-user-list/1/?random=1")
    assert found is not None
    assert found.category == "advertising"


def test_no_imported_host_is_one_that_people_log_in_to_or_host_with():
    sensitive = {
        "google.com",
        "facebook.com",
        "microsoft.com",
        "apple.com",
        "amazonaws.com",
        "cloudfront.net",
        "paypal.com",
    }
    advertising = {rule.pattern for rule in read_imported() if rule.category == "advertising"}
    assert advertising.isdisjoint(sensitive)


def test_imported_rules_name_their_source():
    # A vendor's own page or module goes before the package in which it was found.
    assert {rule.source.rpartition(", in ")[2].partition(" ")[0] for rule in read_imported()} == {
        "third-party-web",
        "prebid.js",
        "tarteaucitronjs",
    }


def test_an_imported_cookie_is_never_taken_for_the_sites_own():
    cookies = [rule for rule in read_imported() if rule.kind == "cookie"]
    assert {rule.pattern for rule in cookies} >= {"_atrk_uid", "_au_last_seen*", "__vrf"}
    assert not any(rule.distinctive for rule in cookies)


def test_a_hand_written_pattern_goes_before_an_imported_name(folder):
    (folder / "imported" / "prebid.toml").write_text(
        'source = "p 1"\nvendors = [{ name = "P", category = "advertising", '
        'cookies = ["_a_sync", "_b_session"] }]'
    )
    (folder / "vendors" / "a.toml").write_text(
        VENDOR
        + 'cookies = [{ pattern = "_a_*", hit = "_a_1", miss = "_b" }, '
        + '{ pattern = "*session*", hit = "session1", miss = "x", distinctive = false }]'
    )
    catalogue = read_built(build_catalogue())
    assert {
        name: catalogue.classify_cookie(name, set_by_site=False).vendor
        for name in ("_a_sync", "_b_session")
    } == {"_a_sync": "A", "_b_session": "P"}


def test_the_compact_form_keeps_every_field_and_ignores_order():
    rules = [
        Rule(kind="host", pattern="a.example", category="status", vendor="A", source="s"),
        Rule(
            kind="url",
            pattern="https://*.example/x",
            category="status",
            vendor="A",
            source="s",
            note="ü",
        ),
        Rule(
            kind="cookie",
            pattern="uid",
            category="advertising",
            vendor="B",
            source="t",
            distinctive=False,
        ),
        Rule(kind="inline", pattern="b('init'", category="advertising", vendor="B", source="t"),
    ]
    form = write_built(rules, {"google.*": ["google.com"]})
    assert write_built(reversed(rules), {"google.*": ["google.com"]}) == form
    assert sorted(read_built(form).rules, key=repr) == sorted(rules, key=repr)
    assert json.loads(form)["countries"] == {"google.*": ["google.com"]}


@pytest.mark.parametrize("collects", [True, False])
def test_loading_leaves_the_collection_of_garbage_as_it_was(collects):
    before = gc.isenabled()
    load_catalogue.cache_clear()
    try:
        (gc.enable if collects else gc.disable)()
        load_catalogue()
        assert gc.isenabled() is collects
    finally:
        (gc.enable if before else gc.disable)()


def test_one_catalogue_serves_a_whole_process():
    assert load_catalogue() is load_catalogue()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "vendors").mkdir()
    (tmp_path / "imported").mkdir()
    (tmp_path / "countries.toml").write_text('"google.*" = ["google.com"]')
    monkeypatch.setattr(build, "_HERE", tmp_path)
    return tmp_path


VENDOR = '[a]\nname = "A"\nhomepage = "h"\ncategory = "status"\nsource = "s"\n'


def test_a_build_writes_what_a_check_then_accepts(folder, capsys):
    (folder / "vendors" / "a.toml").write_text(VENDOR + 'hosts = ["a.example"]')
    assert main(["--check"]) == 1
    assert "out of date" in capsys.readouterr().err
    assert main([]) == 0
    assert main(["--check"]) == 0
    assert (folder / BUILT_FILE).read_bytes() == build_catalogue()
    (folder / "vendors" / "a.toml").write_text(VENDOR + 'hosts = ["b.example"]')
    assert main(["--check"]) == 1


def test_a_build_of_files_that_contradict_one_another_writes_nothing(folder, capsys):
    (folder / "vendors" / "a.toml").write_text(VENDOR + 'hosts = ["a.example"]')
    (folder / "vendors" / "b.toml").write_text(VENDOR + 'hosts = ["a.example"]')
    assert main([]) == 1
    assert "b.toml [a] host 'a.example': also in a.toml [a]" in capsys.readouterr().err
    assert not (folder / BUILT_FILE).exists()
