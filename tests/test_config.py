import contextlib
import tempfile
import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consentmw.config import (
    REFERENCE,
    BrowserSettings,
    CachingSettings,
    Config,
    CookieSettings,
    EnforcementSettings,
    GpcSupport,
    Link,
    PreferencesSettings,
    SignalSettings,
    SupportedBrowser,
    Zone,
    load_config,
)
from consentmw.core.categories import BUILT_IN
from consentmw.core.choice import MAX_CATEGORIES
from consentmw.errors import ConfigError

SECRET = "a secret that is long enough"


def configure(toml="", *, environ=None, folder=None):
    return Config.from_mapping(
        tomllib.loads(toml), source="consent.toml", environ=environ or {}, folder=folder
    )


def problems(toml, *, environ=None, folder=None):
    with pytest.raises(ConfigError) as caught:
        configure(toml, environ=environ, folder=folder)
    return [str(problem) for problem in caught.value.problems]


def test_an_empty_configuration_is_what_a_careful_site_would_choose():
    config = configure()
    assert config.source == "consent.toml"
    assert config.secret_keys == ()
    assert (config.revision, config.regime) == (1, "opt-out")
    assert config.tag_attributes == ("data-consent",)
    assert config.signals == SignalSettings(
        gpc=True, navigator=True, dnt=False, conflict="signal-wins"
    )
    assert config.cookie == CookieSettings(name="privacy_choices", domain=None, max_age_days=400)
    assert config.enforcement == EnforcementSettings(
        mode="enforce", request_cookies="strip", max_inline_bytes=1_048_576, html_types=()
    )
    assert config.caching == CachingSettings(strategy="vary", edge_header="x-privacy-variant")
    assert config.browser == BrowserSettings(guard="script", csp="off")
    assert tuple(config.categories.values()) == BUILT_IN
    assert config.zones == ()
    assert config.preferences == PreferencesSettings(
        path="/privacy-choices", languages=("en", "es")
    )
    assert config.well_known == GpcSupport(gpc=None, last_update=None)


def test_every_key_of_the_reference_is_read():
    config = load_config(REFERENCE, environ={"CONSENT_SECRET": SECRET})
    assert config.secret_keys == (SECRET,)
    assert config.cookie.domain == "example.com"
    assert config.categories["session-replay"].label == "Session replay"
    assert config.categories["session-replay"].description == "Records how pages are used."
    assert config.categories["session-replay"].sale_or_share
    assert config.zones == (
        Zone(
            hosts=("member.example.com",),
            paths=("/member/*", "/claims/*"),
            deny=frozenset({"advertising", "analytics"}),
        ),
    )
    assert config.preferences == PreferencesSettings(
        path="/privacy-choices",
        languages=("en", "es"),
        site_name="Example Health",
        stylesheet="/static/privacy.css",
        links=(
            Link(
                label="Opt out with members of the DAA",
                url="https://optout.aboutads.info/",
                description="An industry page for interest-based advertising.",
            ),
        ),
        browsers=(
            SupportedBrowser(
                name="Firefox",
                signal="Settings, Privacy & Security: Tell websites not to sell or share my data",
                url="https://support.mozilla.org/kb/global-privacy-control",
            ),
        ),
        texts={"en": {"title": "Your Privacy Choices"}},
    )
    assert config.well_known == GpcSupport(gpc=True, last_update=date(2026, 1, 31))


def asked_keys(mapping, monkeypatch):
    """The keys that the code asks for, table by table, while it reads a configuration."""
    from consentmw.config.tables import Table

    asked = {}
    finish = Table.finish

    def note(table):
        name = table.name.partition("#")[0]
        if name.startswith("categories."):
            name = "categories.*"
        asked.setdefault(name, set()).update(table.known_keys)
        finish(table)

    monkeypatch.setattr(Table, "finish", note)
    Config.from_mapping(mapping, environ={"CONSENT_SECRET": SECRET})
    return asked


def test_the_reference_lists_every_key_that_the_code_knows(monkeypatch):
    reference = tomllib.loads(REFERENCE.read_text("utf-8"))
    listed = {"": set(reference)}
    for name, value in reference.items():
        if name == "categories":
            listed["categories.*"] = {key for table in value.values() for key in table}
        elif isinstance(value, dict):
            listed[name] = set(value)
        elif isinstance(value, list) and isinstance(value[0], dict) and name != "secret_keys":
            listed[name] = {key for table in value for key in table}
    for name in ("links", "browsers"):
        listed[f"preferences.{name}"] = {
            key for table in reference["preferences"][name] for key in table
        }
    assert asked_keys(reference, monkeypatch) == listed


def test_the_reference_shows_the_defaults_where_it_claims_no_example():
    text = REFERENCE.read_text("utf-8").splitlines()
    without_examples = []
    skipping = False
    for line in text:
        if line.startswith("["):
            skipping = "example" in line
        if not skipping and "example" not in line.partition("#")[2]:
            without_examples.append(line)
    plain = "\n".join(without_examples).replace("[categories.session-replay]", "")
    defaults = configure(f"secret_keys = ['{SECRET}']\n{plain}")
    assert defaults.fingerprint == configure().fingerprint


# ── problems ─────────────────────────────────────────────────────────────────────────────────────


def test_all_problems_are_reported_together_each_with_its_place():
    with pytest.raises(ConfigError) as caught:
        configure(
            """
            revison = 2
            regime = "optout"

            [signals]
            gpc = "yes"

            [[zones]]
            paths = ["/member/*"]
            deny = ["advertisng"]
            """
        )
    assert str(caught.value) == (
        "4 problems in the configuration:\n"
        "  consent.toml regime: found 'optout', did you mean 'opt-out'?; "
        "expected one of 'opt-out', 'opt-in'\n"
        "  consent.toml [signals] gpc: found a string, expected a boolean\n"
        "  consent.toml [zones#1] deny: found 'advertisng', expected one of advertising, "
        "analytics, authentication, consent, status; did you mean 'advertising'?\n"
        "  consent.toml revison: unknown key, did you mean 'revision'?"
    )


@pytest.mark.parametrize(
    ("toml", "problem"),
    [
        ("revision = true", "revision: found a boolean, expected a whole number"),
        (
            "revision = 0",
            "revision: found 0, expected a whole number from 1 to 999999999",
        ),
        ("revision = 1.5", "revision: found a number, expected a whole number"),
        ("revision = 2026-01-01", "revision: found date, expected a whole number"),
        ("tag_attributes = 'data-x'", "tag_attributes: found a string, expected a list of strings"),
        ("tag_attributes = [1]", "tag_attributes: found 1, expected a string"),
        (
            "tag_attributes = ['Data X']",
            "tag_attributes: found 'Data X', expected the name of an attribute, in lower case",
        ),
        ("signals = 1", "signals: found a whole number, expected a table"),
        ("zones = 1", "zones: found a whole number, expected [[zones]] tables"),
        ("zones = [1]", "zones: found a whole number, expected a table"),
        ("[signal]", "signal: unknown key, did you mean 'signals'?"),
        ("[zzz]", "zzz: unknown key"),
        (
            "[cookie]\nname = '__Host-x'",
            (
                "[cookie] name: found '__Host-x', expected a cookie's name without '__Host-', "
                "which is added where it can be"
            ),
        ),
        (
            "[cookie]\nname = 'a b'",
            (
                "[cookie] name: found 'a b', expected a cookie's name without '__Host-', "
                "which is added where it can be"
            ),
        ),
        (
            "[cookie]\ndomain = 'com'",
            "[cookie] domain: found 'com', expected a domain such as '.example.com'",
        ),
        (
            "[cookie]\ndomain = 'https://example.com'",
            (
                "[cookie] domain: found 'https://example.com', expected a domain such as "
                "'.example.com'"
            ),
        ),
        (
            "[cookie]\nmax_age_days = 401",
            "[cookie] max_age_days: found 401, expected a whole number from 1 to 400",
        ),
        (
            "[enforcement]\nhtml_types = ['html']",
            (
                "[enforcement] html_types: found 'html', expected a media type such as "
                "'text/vnd.app+html'"
            ),
        ),
        (
            "[caching]\nedge_header = 'a b'",
            "[caching] edge_header: found 'a b', expected the name of a header",
        ),
        (
            "[browser]\nguard = 'worker'",
            (
                "[browser] guard: found 'worker', did you mean 'script+worker'?; "
                "expected one of 'script', 'script+worker', 'off'"
            ),
        ),
        (
            "[categories.Ads]",
            "[categories.Ads]: found 'Ads', expected lower-case words joined by hyphens",
        ),
        (
            "[categories.advertising]\nrequired = true",
            "[categories.advertising] required: what is sold or shared can be opted out of, by law",
        ),
        (
            "[categories.consent]\nrequired = false",
            "[categories.consent] required: the choice itself can't be declined",
        ),
        (
            "[categories.analytics]\ncookie = ['_ga']",
            "[categories.analytics] cookie: unknown key, did you mean 'cookies'?",
        ),
        (
            "[categories]\nadvertising = 1",
            "[categories] advertising: found a whole number, expected a table",
        ),
        (
            "[categories.advertising]\nhosts = ['https://ads.example.com/x']",
            "[categories.advertising] hosts: 'https://ads.example.com/x': ",
        ),
        (
            "[categories.advertising]\nhosts = ['com']",
            (
                "[categories.advertising] hosts: 'com': expected a host such as 'ads.example.com', "
                "with a dot in it"
            ),
        ),
        (
            "[categories.advertising]\nurls = ['ftp://example.com/']",
            "[categories.advertising] urls: 'ftp://example.com/': ",
        ),
        (
            "[categories.advertising]\nurls = ['/*']",
            "[categories.advertising] urls: '/*': this is every page of the site itself",
        ),
        (
            "[categories.advertising]\ncookies = ['*']",
            (
                "[categories.advertising] cookies: '*': expected a cookie's name, or its "
                "beginning and '*'"
            ),
        ),
        (
            "[categories.advertising]\ncookies = ['a=b']",
            (
                "[categories.advertising] cookies: 'a=b': expected a cookie's name, or its "
                "beginning and '*'"
            ),
        ),
        (
            "[categories.advertising]\ncookies = ['privacy*']",
            (
                "[categories.advertising] cookies: 'privacy*': this takes the choice cookie "
                "'privacy_choices' itself"
            ),
        ),
        (
            "[categories.advertising]\ninline = ['fbq ']",
            "[categories.advertising] inline: 'fbq ': expected at least 5 characters of a loader",
        ),
        (
            "[categories.advertising]\nhost_lists = ['absent.txt']",
            "[categories.advertising] host_lists: 'absent.txt' can't be read: ",
        ),
        ("[[zones]]\ndeny = ['advertising']", "[zones#1]: expected hosts, paths or both"),
        ("[[zones]]\npaths = ['/x']", "[zones#1] deny: expected at least one category"),
        (
            "[[zones]]\npaths = ['/x']\ndeny = ['status']",
            "[zones#1] deny: found 'status', expected a category that isn't required",
        ),
        (
            "[[zones]]\npaths = ['member']\ndeny = ['analytics']",
            (
                "[zones#1] paths: found 'member', expected a path such as '/member/*', "
                "where '*' stands for whole segments"
            ),
        ),
        (
            "[[zones]]\npaths = ['/mem*']\ndeny = ['analytics']",
            (
                "[zones#1] paths: found '/mem*', expected a path such as '/member/*', "
                "where '*' stands for whole segments"
            ),
        ),
        (
            "[[zones]]\nhosts = ['a.example.com:8000']\ndeny = ['analytics']",
            (
                "[zones#1] hosts: found 'a.example.com:8000', expected a host such as "
                "'member.example.com', without port"
            ),
        ),
        (
            "[preferences]\npath = '/privacy/'",
            (
                "[preferences] path: found '/privacy/', expected a path such as "
                "'/privacy-choices', without a slash at its end"
            ),
        ),
        (
            "[preferences]\npath = '/a/../b'",
            (
                "[preferences] path: found '/a/../b', expected a path such as "
                "'/privacy-choices', without a slash at its end"
            ),
        ),
        (
            "[preferences]\nlanguages = ['EN']",
            (
                "[preferences] languages: found 'EN', expected a language tag in lower case "
                "such as 'en'"
            ),
        ),
        (
            "[preferences]\nstylesheet = '//cdn.example.com/x.css'",
            (
                "[preferences] stylesheet: found '//cdn.example.com/x.css', "
                "expected 'https://host/path', or '/path' on the site itself"
            ),
        ),
        (
            "[preferences]\ntemplates = 'absent'",
            "[preferences] templates: 'absent' is no folder",
        ),
        (
            "[[preferences.links]]\nurl = 'javascript:alert(1)'",
            "[preferences.links#1] label: expected a string, found nothing",
        ),
        (
            "[[preferences.links]]\nlabel = 'x'\nurl = 'javascript:alert(1)'",
            (
                "[preferences.links#1] url: found 'javascript:alert(1)', "
                "expected 'https://host/path', or '/path' on the site itself"
            ),
        ),
        (
            "[[preferences.links]]\nlabel = 'x'\nurl = 'https://[x'",
            (
                "[preferences.links#1] url: found 'https://[x', "
                "expected 'https://host/path', or '/path' on the site itself"
            ),
        ),
        (
            "[[preferences.links]]\nlabel = 'x'",
            "[preferences.links#1] url: expected an address, found nothing",
        ),
        (
            "[preferences.texts]\nen = 'x'",
            "[preferences.texts] en: found a string, expected a table",
        ),
        (
            "[well_known]\ngpc = true\nlast_update = '2026-01-01'",
            (
                "[well_known] last_update: found '2026-01-01', expected a date such as 2026-01-31, "
                "unquoted"
            ),
        ),
        (
            "[well_known]\nlast_update = 2026-01-01",
            "[well_known] gpc: expected true or false beside last_update",
        ),
        (
            "secret_keys = 'x'",
            'secret_keys: expected a list of strings and of { env = "NAME" } tables',
        ),
        (
            "secret_keys = [{ env = 'ABSENT' }]",
            "secret_keys: environment variable ABSENT is not set",
        ),
        (
            "secret_keys = ['short']",
            "secret_keys: entry 1: expected at least 16 characters",
        ),
        (
            "secret_keys = [{ file = 'x' }]",
            'secret_keys: entry 1: expected a string or { env = "NAME" }',
        ),
    ],
)
def test_a_mistake_is_named_with_what_would_be_accepted(toml, problem):
    assert problems(toml)[0].startswith(f"consent.toml {problem}")


@pytest.mark.parametrize(
    ("key", "one", "other"),
    [
        ("cookies", "'_x'", "'_x'"),
        ("hosts", "'ads.example.com'", "'*.ADS.example.com'"),
        ("urls", "'https://example.com/a*'", "'https://example.com/a*'"),
        ("inline", "'example.com/loader.js'", "'example.com/loader.js'"),
    ],
)
def test_one_pattern_in_two_categories_is_an_error(key, one, other):
    found = problems(
        f"[categories.analytics]\n{key} = [{one}]\n[categories.advertising]\n{key} = [{other}]"
    )
    assert found == [
        f"consent.toml [categories.advertising] {key}: {other} is in category 'analytics' already"
    ]


def test_one_pattern_twice_in_a_category_is_one_rule():
    config = configure("[categories.advertising]\nhosts = ['a.example.com', '*.a.example.com']")
    found = config.catalogue.classify_url("https://a.example.com/")
    assert found is not None
    assert (found.category, found.rule.from_site) == ("advertising", True)


def test_more_categories_than_the_choice_cookie_holds_are_an_error():
    toml = "\n".join(f"[categories.c{number}]" for number in range(MAX_CATEGORIES - 4))
    assert problems(toml) == ["consent.toml [categories.c59]: 65 categories, expected at most 64"]


def test_two_names_that_the_choice_cookie_can_not_tell_apart_are_an_error(monkeypatch):
    monkeypatch.setattr("consentmw.config.reading.digest_of", lambda name: name[:1] * 4)
    found = problems("[categories.replay]\n[categories.recording]\n[categories.social]")
    assert any("can't tell it from 'replay'; rename one of them" in problem for problem in found)


@pytest.mark.parametrize(
    "toml",
    [
        "[preferences]\nsite_name = 'x'",
        "[[preferences.links]]\nlabel = 'x'\nurl = '/x'",
        "[signals]\nconflict = 'ask'",
        "secret_keys = []\n[signals]\nconflict = 'ask'",
    ],
)
def test_what_needs_a_preference_centre_needs_a_secret(toml):
    (problem,) = problems(toml)
    assert problem.endswith("needs secret_keys: without one there is no preference centre")
    assert configure(
        toml.removeprefix("secret_keys = []\n").join([f"secret_keys = ['{SECRET}']\n", ""])
    )


def test_without_a_secret_the_scripts_still_have_their_path():
    assert configure("[preferences]\npath = '/choices'").preferences.path == "/choices"


@pytest.mark.parametrize("name", ["advertisng", "analytic", "advertisement-x", "status-page"])
def test_a_slip_in_a_built_in_name_is_no_category_of_the_sites_own(name):
    toml = f"[categories.{name}]"
    if "-" in name:
        assert name in configure(toml).categories
    else:
        assert "unknown category" in problems(toml)[0]


def test_a_secret_is_never_shown():
    config = configure(f"secret_keys = ['{SECRET}']")
    assert SECRET not in repr(config)
    assert all(
        "hunter2" not in problem
        for toml in ("secret_keys = 'hunter2'", "secret_keys = ['hunter2', 1, {x = 'hunter2'}]")
        for problem in problems(toml)
    )


# ── secrets, mode, file ──────────────────────────────────────────────────────────────────────────


def test_secrets_come_from_the_environment_and_from_the_file_oldest_first():
    config = configure(
        f"secret_keys = [{{ env = 'OLD' }}, '{SECRET}']", environ={"OLD": "the key of last year"}
    )
    assert config.secret_keys == ("the key of last year", SECRET)
    assert config.choice_signer is config.choice_signer
    assert config.choice_signer is not None


def test_without_a_secret_nothing_can_be_signed():
    assert configure().choice_signer is None


@pytest.mark.parametrize("mode", ["enforce", "observe", "off"])
def test_the_environment_overrides_the_mode(mode):
    config = configure("[enforcement]\nmode = 'observe'", environ={"CONSENTMW_MODE": mode})
    assert config.enforcement.mode == mode


@pytest.mark.parametrize("mode", ["Off", "OFF", " off\n"])
def test_an_override_is_read_as_it_is_typed_in_a_hurry(mode):
    assert configure("", environ={"CONSENTMW_MODE": mode}).enforcement.mode == "off"


def test_an_empty_override_is_none():
    config = configure("[enforcement]\nmode = 'off'", environ={"CONSENTMW_MODE": " "})
    assert config.enforcement.mode == "off"


def test_a_mistaken_override_stops_the_start():
    assert problems("", environ={"CONSENTMW_MODE": "of"}) == [
        (
            "consent.toml [enforcement] mode: environment variable CONSENTMW_MODE is 'of', "
            "expected enforce, observe, off"
        )
    ]


@pytest.mark.parametrize(
    "content",
    [b"revision = ", b"\xff\xfe", b"revision = 1\nrevision = 2", b"x = " + b"[" * 5000],
    ids=["unfinished", "binary", "twice", "nested"],
)
def test_a_file_that_is_no_toml_is_a_problem_of_that_file(tmp_path, content):
    path = tmp_path / "consent.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    assert [problem.source for problem in caught.value.problems] == [str(path)]
    assert "can't be read" in str(caught.value)


def test_a_file_that_is_not_there_is_a_problem_of_that_file(tmp_path):
    with pytest.raises(ConfigError, match=r"absent\.toml: can't be read"):
        load_config(tmp_path / "absent.toml")


def test_lists_and_templates_are_found_beside_the_file(tmp_path):
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "hosts.txt").write_text("0.0.0.0 pixel.example.net\n# none\n")
    (tmp_path / "lists" / "names.csv").write_text(
        "ID,Platform,Category,Cookie / Data Key name,Domain,Description,Retention period,"
        "Data Controller,User Privacy & GDPR Rights Portals,Wildcard match\n"
        "1,Example,Marketing,_exm,,,,,,0\n2,Example,Marketing,_exm_,,,,,,1\n"
    )
    path = tmp_path / "consent.toml"
    path.write_text(
        f"secret_keys = ['{SECRET}']\n"
        "[categories.advertising]\nhost_lists = ['lists/hosts.txt']\n"
        "cookie_lists = ['lists/names.csv']\n[preferences]\ntemplates = 'lists'"
    )
    config = load_config(path)
    assert config.catalogue.classify_url("https://a.pixel.example.net/x").category == "advertising"
    for name in ("_exm", "_exm_1"):
        found = config.catalogue.classify_cookie(name, set_by_site=True)
        assert (found.category, found.rule.source) == ("advertising", "lists/names.csv")
    assert config.catalogue.classify_cookie("_exmx", set_by_site=True) is None
    assert Path(config.preferences.templates) == tmp_path / "lists"


# ── categories ───────────────────────────────────────────────────────────────────────────────────


def test_a_built_in_category_keeps_what_the_site_does_not_say():
    config = configure("[categories.advertising]\nlabel = 'Ads'\n[categories.analytics]")
    assert config.categories["advertising"].sale_or_share
    assert config.categories["advertising"].label == "Ads"
    assert not config.categories["analytics"].required
    assert list(config.categories) == [category.name for category in BUILT_IN]


def test_the_sites_own_categories_follow_in_its_order():
    config = configure("[categories.social]\n[categories.personalization]")
    assert list(config.categories)[5:] == ["social", "personalization"]
    assert config.policy.categories == tuple(config.categories.values())
    assert config.policy is config.policy


def test_the_sites_rules_outrank_the_built_in_ones():
    config = configure("[categories.status]\nhosts = ['doubleclick.net']")
    assert config.catalogue.classify_url("https://ad.doubleclick.net/x").category == "status"


# ── the choice cookie ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("host", "name", "secure"),
    [
        ("example.com", "__Host-privacy_choices", True),
        ("example.com:8443", "__Host-privacy_choices", True),
        ("localhost.example.com", "__Host-privacy_choices", True),
        ("notlocalhost", "__Host-privacy_choices", True),
        ("192.168.1.1", "__Host-privacy_choices", True),
        ("[2001:db8::1]:80", "__Host-privacy_choices", True),
        ("", "__Host-privacy_choices", True),
        ("localhost", "privacy_choices", False),
        ("LOCALHOST.:8000", "privacy_choices", False),
        ("app.localhost:8000", "privacy_choices", False),
        ("127.0.0.1:8000", "privacy_choices", False),
        ("127.8.9.1", "privacy_choices", False),
        ("[::1]:8000", "privacy_choices", False),
        ("[::1", "__Host-privacy_choices", True),
    ],
)
def test_the_cookie_is_bound_to_its_host_everywhere_but_at_home(host, name, secure):
    settings = CookieSettings()
    assert settings.name_for(host) == name
    assert settings.report_name_for(host) == f"{name}_signal"
    assert settings.secure_for(host) is secure


def test_a_shared_domain_has_a_plain_name():
    settings = configure("[cookie]\ndomain = '.Example.com'").cookie
    assert settings.domain == "example.com"
    assert settings.name_for("www.example.com") == "privacy_choices"
    assert settings.secure_for("www.example.com")


# ── the fingerprint ──────────────────────────────────────────────────────────────────────────────


def test_the_fingerprint_is_the_same_for_the_same_site():
    toml = "[[zones]]\npaths = ['/a']\ndeny = ['analytics', 'advertising']"
    assert configure(toml).fingerprint == configure(toml).fingerprint


@pytest.mark.parametrize(
    "toml",
    [
        "revision = 2",
        "regime = 'opt-in'",
        "[enforcement]\nmode = 'observe'",
        "[categories.advertising]\nhosts = ['ads.example.com']",
        "[categories.social]",
        "[[zones]]\npaths = ['/a']\ndeny = ['analytics']",
        "[preferences.texts.en]\ntitle = 'x'",
        "[well_known]\ngpc = true\nlast_update = 2026-01-01",
    ],
)
def test_the_fingerprint_changes_with_anything_that_shapes_a_response(toml):
    assert configure(f"secret_keys = ['{SECRET}']\n{toml}").fingerprint != configure().fingerprint


def test_the_fingerprint_knows_no_secret_and_no_file_name():
    one = configure(f"secret_keys = ['{SECRET}']")
    other = Config.from_mapping({}, source="elsewhere.toml", environ={})
    assert one.fingerprint == other.fingerprint


# ── hostile files ────────────────────────────────────────────────────────────────────────────────

KEYS = sorted(
    {
        key
        for line in REFERENCE.read_text("utf-8").splitlines()
        for key in [line.partition("=")[0].strip()]
        if key.isidentifier()
    }
    | {"categories", "zones", "preferences", "signals", "cookie", "advertising", "links", "texts"}
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(KEYS) | st.text(), inner, max_size=4)
    ),
    max_leaves=12,
)


def test_a_generic_name_of_a_list_is_never_taken_for_a_cookie_of_the_site(tmp_path):
    head = "Category,Cookie / Data Key name,Wildcard match\n"
    (tmp_path / "names.csv").write_text(head + "Marketing,session,0\nMarketing,_exm_offer,0\n")
    file = tmp_path / "consent.toml"
    file.write_text("[categories.advertising]\ncookie_lists = ['names.csv']\n")
    catalogue = load_config(file).catalogue
    assert catalogue.classify_cookie("_exm_offer", set_by_site=True).category == "advertising"
    assert catalogue.classify_cookie("session", set_by_site=False).category == "advertising"
    assert catalogue.classify_cookie("session", set_by_site=True) is None


@given(st.dictionaries(st.sampled_from(KEYS) | st.text() | st.integers(), VALUES, max_size=6))
def test_no_mapping_raises_anything_but_a_config_error(mapping):
    with contextlib.suppress(ConfigError):
        Config.from_mapping(mapping, environ={})


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_file_raises_anything_but_a_config_error(content):
    with tempfile.NamedTemporaryFile(suffix=".toml") as file:
        file.write(content)
        file.flush()
        with contextlib.suppress(ConfigError):
            load_config(file.name, environ={})
