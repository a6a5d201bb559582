"""What a page begins with, for whom, and with which nonce."""

from __future__ import annotations

import re

import pytest

from consentmw import browser
from consentmw.config import Config
from consentmw.core.decision import build_consent
from consentmw.core.signals import Signals

SECRET = "k" * 40
GPC = Signals(gpc=True)


def _config(**tables):
    return Config.from_mapping({"secret_keys": [SECRET], **tables})


def _insertion(config, *, signals=GPC, root_path="", zone_denied=frozenset(), **options):
    consent = build_consent(config.policy, signals=signals, zone_denied=zone_denied)
    return browser.insertion_for(config, consent, root_path=root_path, **options).decode()


def _files(insertion):
    return re.findall(r'src="[^"]*/(\w+)\.[0-9a-f]{12,18}\.js"', insertion)


def test_a_visitor_with_nothing_denied_gets_the_signal_script_only():
    insertion = _insertion(_config(), signals=Signals())
    assert _files(insertion) == ["signal"]
    assert ' async="" data-reload=""></script>' in insertion


@pytest.mark.parametrize(
    ("tables", "signals"),
    [
        ({"signals": {"navigator": False}}, Signals()),
        ({"secret_keys": []}, Signals()),
        ({"browser": {"guard": "off"}}, GPC),
        ({"browser": {"guard": "off"}}, Signals(navigator=True)),
        ({"categories": {"advertising": {"sale_or_share": False}}}, Signals()),
    ],
    ids=["not-listened-to", "no-secret", "guard-off", "reported-already", "nothing-to-opt-out-of"],
)
def test_nothing_is_inserted_without_need(tables, signals):
    assert _insertion(_config(**tables), signals=signals) == ""


def test_an_opted_out_visitor_gets_the_rules_and_then_the_guard():
    insertion = _insertion(_config())
    assert _files(insertion) == ["rules", "guard"]
    assert "async" not in insertion
    both = _insertion(_config(), zone_denied=frozenset({"analytics"}))
    assert _files(both) == ["rules", "rules", "guard"]
    # What two denied sets have in common has the same name in both.
    assert set(re.findall(r'src="([^"]+)"', insertion)) < set(re.findall(r'src="([^"]+)"', both))


def test_a_visitor_who_declined_something_else_still_gets_the_signal_script():
    insertion = _insertion(_config(), signals=Signals(), zone_denied=frozenset({"analytics"}))
    assert _files(insertion) == ["rules", "guard", "signal"]


def test_a_category_without_rules_needs_no_guard():
    config = _config(categories={"reading": {"label": "Reading"}})
    insertion = _insertion(config, signals=Signals(), zone_denied=frozenset({"reading"}))
    assert _files(insertion) == ["signal"]


def test_the_worker_is_registered_for_what_all_of_the_sites_pages_deny():
    config = _config(browser={"guard": "script+worker"})
    insertion = _insertion(config, root_path="/app")
    assert _files(insertion) == ["rules", "guard", "register"]
    assert ' data-scope="/app/"' in insertion
    in_zone = _insertion(config, signals=Signals(), zone_denied=frozenset({"advertising"}))
    assert "register" not in _files(in_zone)


def test_addresses_are_under_the_prefix_whatever_it_is_made_of():
    insertion = _insertion(_config(preferences={"path": "/datenschutz/wahl"}), root_path='/a "ü')
    assert 'src="/a%20%22%C3%BC/datenschutz/wahl/guard.' in insertion


def test_debug_mode_has_rules_of_its_own():
    config = _config()
    assert _insertion(config, debug=True) != _insertion(config)
    assert _files(_insertion(config, debug=True)) == ["rules", "guard"]


def test_a_nonce_goes_onto_each_element():
    insertion = _insertion(_config(), nonce="abc")
    assert insertion.count('<script nonce="abc" src=') == 2


def test_no_part_of_an_address_is_what_filter_lists_hide():
    insertion = _insertion(_config(browser={"guard": "script+worker"}))
    assert not re.search(r"cookie|consent|gdpr|banner|popup|advert", insertion)


def _fitted(policy, *, insertion=b"<script src=x></script>", method="GET"):
    headers = [(b"content-type", b"text/html")]
    headers += [(b"content-security-policy", value) for value in policy]
    return browser.fit_insertion(insertion, headers, method=method, host="www.site.example")


@pytest.mark.parametrize(
    "policy",
    [
        [],
        [b"default-src 'self'"],
        [b"script-src https:"],
        [b"script-src *"],
        [b"img-src 'none'"],
        [b"script-src-elem 'self'; script-src 'none'; default-src 'none'"],
        [b"script-src www.site.example"],
        [b"script-src https://www.site.example:443/"],
        [b"script-src https://*.site.example; img-src 'self'"],
        [b"SCRIPT-SRC 'SELF'; script-src 'none'"],
    ],
)
def test_a_policy_that_lets_the_site_itself_in_needs_no_nonce(policy):
    assert _fitted(policy) == (b"<script src=x></script>", "")


@pytest.mark.parametrize(
    "policy",
    [
        [b"script-src 'nonce-abc'"],
        [b"script-src 'nonce-abc' 'strict-dynamic' 'self' https:"],
        [b"default-src 'self', script-src 'NONCE-abc'"],
        [b"script-src 'nonce-abc' 'nonce-zzz'"],
        [b"script-src 'nonce-abc' 'nonce-x'", b"script-src 'nonce-y' 'nonce-abc'"],
    ],
)
def test_a_nonce_of_the_apps_policy_is_used(policy):
    assert _fitted(policy) == (b'<script nonce="abc" src=x></script>', "")


@pytest.mark.parametrize(
    "policy",
    [
        [b"script-src 'none'"],
        [b"default-src https://cdn.example"],
        [b"script-src 'sha256-AAAA'"],
        [b"script-src 'strict-dynamic' 'self'"],
        [b"script-src 'nonce-a'", b"script-src 'nonce-b'"],
        [b"script-src https://www.site.example/static/"],
        [b"script-src https://site.example https://*.www.site.example"],
        [b"script-src 'nonce-a\"onload'"],
    ],
)
def test_a_policy_that_keeps_the_guard_out_is_complained_about(policy):
    insertion, complaint = _fitted(policy)
    assert insertion == b"<script src=x></script>"
    assert "no nonce and no 'self'" in complaint


@pytest.mark.parametrize(
    ("types", "complaint"),
    [
        (b"", False),
        (b"; trusted-types app", True),
        (b"; trusted-types app consentmw", False),
        (b"; trusted-types *", False),
    ],
)
def test_a_list_of_trusted_types_has_to_name_ours(types, complaint):
    policy = b"script-src 'self'; require-trusted-types-for 'script'" + types
    assert bool(_fitted([policy]).complaint) is complaint


def test_a_report_only_policy_stops_nothing():
    headers = [(b"content-security-policy-report-only", b"default-src 'none'")]
    permit = browser.read_permit(headers, host="www.site.example")
    assert permit == ("", "")


@pytest.mark.parametrize(("method", "reloads"), [("GET", True), ("POST", False)])
def test_only_a_page_that_came_by_get_is_loaded_again(method, reloads):
    config = _config()
    insertion = browser.insertion_for(config, build_consent(config.policy))
    fitted = _fitted([], insertion=insertion, method=method)
    assert (b"data-reload" in fitted.insertion) is reloads
    element = browser.signal_element(config, build_consent(config.policy), reload=reloads)
    assert element.encode() == fitted.insertion


def test_the_element_for_templates_takes_a_nonce_and_is_empty_without_need():
    config = _config()
    element = browser.signal_element(config, build_consent(config.policy), nonce="abc")
    assert element.startswith('<script nonce="abc" src="/privacy-choices/signal.')
    assert browser.signal_element(config, build_consent(config.policy, signals=GPC)) == ""


def test_an_empty_insertion_is_never_complained_about():
    assert _fitted([b"default-src 'none'"], insertion=b"") == (b"", "")


def _added(csp, *, signals=GPC, root_path="", **categories):
    config = _config(browser={"csp": csp}, categories=categories)
    consent = build_consent(config.policy, signals=signals)
    return dict(browser.added_headers(config, consent, root_path=root_path))


def test_a_policy_is_added_for_the_opted_out_only_and_if_wanted():
    assert _added("off") == {}
    assert _added("enforce", signals=Signals()) == {}


def test_the_added_policy_allows_what_the_site_declares_in_allowed_categories():
    headers = _added(
        "enforce",
        root_path="/app",
        status={"hosts": ["pay.example"], "urls": ["https://chat.example/widget/*"]},
        advertising={"hosts": ["ads.example"], "urls": ["https://mixed.example/px"]},
    )
    assert headers[b"content-security-policy"] == (
        b"default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:"
        b" chat.example *.chat.example wss://chat.example wss://*.chat.example"
        b" pay.example *.pay.example wss://pay.example wss://*.pay.example"
        b"; report-uri /app/privacy-choices/reports; report-to privacy-choices"
    )
    assert headers[b"reporting-endpoints"] == b'privacy-choices="/app/privacy-choices/reports"'


def test_the_added_policy_can_report_only():
    assert list(_added("report-only")) == [
        b"content-security-policy-report-only",
        b"reporting-endpoints",
    ]
