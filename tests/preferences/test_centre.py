import re
from datetime import UTC, datetime

import pytest
from visits import OURS, PATH, Visitor, configure

from consentmw.core.choice import Choice
from consentmw.core.decision import build_consent
from consentmw.core.signals import Signals
from consentmw.errors import ConfigError
from consentmw.preferences import build_endpoints
from consentmw.preferences.statements import build_statements
from consentmw.preferences.texts import load_texts
from consentmw.preferences.view import Viewer

CROSS = {"sec-fetch-site": "cross-site"}
GPC = {"sec-gpc": "1"}
NAME = "__Host-privacy_choices"
TODAY = datetime.now(UTC).date()


def kept(visitor):
    """What the browser keeps now: who is allowed, who is denied."""
    reading = visitor.config.choice_signer.read([visitor.cookies[NAME]], today=TODAY)
    assert reading.choice is not None
    return set(reading.choice.allowed), set(reading.choice.denied)


def switches(text):
    """Each switch of the page: whether it is on, and whether it can be switched."""
    found = re.findall(r'<input type="checkbox"[^>]*>', text)
    return {
        re.search(r'value="([^"]*)"', tag)[1]: (" checked" in tag, " disabled" not in tag)
        for tag in found
    }


# ── the page ─────────────────────────────────────────────────────────────────────────────────────


def test_a_visitor_who_said_nothing_has_not_opted_out():
    page = Visitor().get()
    assert page.status == 200
    assert "You have not opted out" in page.text
    assert "opted in" not in page.text.lower()
    assert switches(page.text) == {"analytics": (True, True), "advertising": (True, True)}


def test_the_answer_is_private_and_runs_nothing():
    page = Visitor().get()
    assert page["content-type"] == "text/html; charset=utf-8"
    assert page["content-language"] == "en"
    assert page["cache-control"] == "no-store"
    assert page["referrer-policy"] == "same-origin"
    assert page["x-content-type-options"] == "nosniff"
    assert page["content-security-policy"] == (
        "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    assert not page.changed
    for inline in ("<script", "<style", "style=", "onclick", "javascript:"):
        assert inline not in page.text


def test_nothing_on_it_is_what_filter_lists_hide():
    visitor = Visitor(configure(regime="opt-in"))
    pages = [visitor.get().text, visitor.post({"action": "save"}, headers=CROSS).text]
    for text in pages:
        names = re.findall(r'(?:id|class|name|href|src|action)="([^"]*)"', text)
        assert names
        for name in names:
            assert not re.search("cookie|consent|gdpr|banner|popup", name), name


def test_a_signal_is_shown_as_honored_with_its_switch_off_and_no_way_to_undo_it():
    page = Visitor(headers=GPC).get()
    assert "<h2>Opt-Out Request Honored</h2>" in page.text
    assert switches(page.text) == {"analytics": (True, True), "advertising": (False, False)}
    assert "Off, as your browser asks" in page.text
    buttons = re.findall(r"<button[^>]*>([^<]*)</button>", page.text)
    assert buttons == ["Opt out of everything optional", "Save my choices"]


def test_do_not_track_is_named_where_the_site_follows_it():
    page = Visitor(configure(signals={"dnt": True}), headers={"dnt": "1"}).get()
    assert "sends Do Not Track" in page.text


def test_an_earlier_allowance_that_a_signal_overrules_is_told():
    visitor = Visitor()
    visitor.post({"action": "save", "allow": ["advertising", "analytics"]})
    visitor.headers = GPC
    text = visitor.get().text
    assert "you allowed Advertising. Your browser now asks otherwise" in text
    assert "Opt-Out Request Honored" in text


def test_the_opt_in_regime_begins_with_everything_off():
    page = Visitor(configure(regime="opt-in")).get()
    assert "Everything optional is off" in page.text
    assert "Chosen on" not in page.text
    assert switches(page.text) == {"analytics": (False, True), "advertising": (False, True)}


def test_what_was_allowed_is_said():
    visitor = Visitor(configure(regime="opt-in"))
    text = visitor.follow(visitor.post({"action": "save", "allow": "analytics"})).text
    assert "Off by your choice: Advertising" in text
    text = visitor.follow(
        visitor.post({"action": "save", "allow": ["analytics", "advertising"]})
    ).text
    assert "On by your choice: Measurement and Advertising." in text


def test_a_zone_is_told_and_its_switch_locked():
    zones = [
        {"hosts": ["www.example.com"], "deny": ["advertising"]},
        {"paths": ["/member/*"], "deny": ["analytics"]},
    ]
    page = Visitor(configure(zones=zones)).get()
    assert switches(page.text) == {"analytics": (True, True), "advertising": (False, False)}
    assert "Off for everyone here" in page.text
    assert "<code>/member/*</code>" in page.text
    assert "<code>www.example.com/*</code>" in page.text


def titles(text):
    """What the page says holds now, in one line each."""
    return re.findall(r'<div class="pc-statement[^>]*>\s*<h2>(.*?)</h2>', text)


def test_a_signal_is_honored_where_a_zone_has_it_off_for_everyone_too():
    zones = [{"hosts": ["www.example.com"], "deny": ["advertising"]}]
    page = Visitor(configure(zones=zones), headers=GPC).get().text
    assert titles(page) == ["Opt-Out Request Honored"]
    assert "Off for everyone here" in page


def test_what_is_off_for_everyone_is_said_where_there_is_nothing_else_to_say():
    zones = [{"hosts": ["www.example.com"], "deny": ["advertising"]}]
    page = Visitor(configure(zones=zones)).get().text
    assert titles(page) == ["Some of this is off for everyone"]
    assert "Off here for everyone, whatever they chose: Advertising." in page


def test_an_account_that_has_opted_out_is_told_so():
    config = configure()
    consent = build_consent(config.policy, account_opted_out=True)
    texts = load_texts(config)["en"]
    (said,) = build_statements(consent, texts, browser=texts("browser_unknown"), enforces=True)
    assert (said.kind, said.title) == ("honored", "Opt-Out Request Honored")
    assert said.sentences == (
        "You have opted out with your account. Off wherever you are signed in: Advertising.",
    )


def test_a_signal_and_an_account_are_both_told():
    config = configure()
    consent = build_consent(config.policy, account_opted_out=True, signals=Signals(gpc=True))
    texts = load_texts(config)["en"]
    (said,) = build_statements(consent, texts, browser=texts("browser_unknown"), enforces=True)
    assert len(said.sentences) == 2


@pytest.mark.parametrize("headers", [{}, GPC], ids=["no-signal", "gpc"])
def test_a_site_with_nothing_optional_has_nothing_to_decline(headers):
    categories = {
        "analytics": {"required": True},
        "advertising": {"required": True, "sale_or_share": False},
    }
    page = Visitor(configure(categories=categories), headers=headers).get().text
    assert titles(page) == ["There is nothing to opt out of"]
    assert "you can decline it" not in page
    assert "Where your choice holds" not in page
    assert "<button" not in page


@pytest.mark.parametrize("mode", ["observe", "off"])
def test_a_site_that_does_not_act_on_choices_yet_says_nothing_else(mode):
    visitor = Visitor(configure(enforcement={"mode": mode}), headers=GPC)
    page = visitor.get().text
    assert titles(page) == ["This site does not act on choices yet"]
    for untrue in ("Honored", "as your browser asks", "Everything optional is off"):
        assert untrue not in page
    page = visitor.follow(visitor.post({"action": "opt-out"})).text
    assert titles(page) == ["Your choice is saved.", "This site does not act on choices yet"]


def test_what_the_site_declares_is_listed_under_its_category():
    categories = {
        "advertising": {
            "cookies": ["_fbp", "own_*"],
            "hosts": ["doubleclick.net", "ads.example.com"],
            "inline": ["connect.facebook.net/en_US/fbevents.js"],
        },
        "session-replay": {"description": "Records <pages>."},
    }
    page = Visitor(configure(categories=categories)).get().text
    assert "<code>ads.example.com</code>" in page
    assert "<code>_fbp</code> <code>own_*</code>" in page
    assert "doubleclick.net" not in page
    assert "Google" in page
    assert "Session replay" in page
    assert "Records &lt;pages&gt;." in page


def test_what_is_only_in_a_list_is_nothing_that_the_site_has(tmp_path):
    (tmp_path / "hosts.txt").write_text("listed.example.com\nads.example.com\n")
    (tmp_path / "names.csv").write_text(
        "Platform,Category,Cookie / Data Key name,Wildcard match\nX,Marketing,listed_name,0\n"
    )
    advertising = {
        "hosts": ["ads.example.com"],
        "host_lists": [str(tmp_path / "hosts.txt")],
        "cookie_lists": [str(tmp_path / "names.csv")],
    }
    page = Visitor(configure(categories={"advertising": advertising})).get().text
    assert "<code>ads.example.com</code>" in page
    assert "listed" not in page


def test_the_browser_is_named_and_the_sentence_about_this_device_said():
    firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    page = Visitor(headers={"user-agent": firefox}).get()
    assert "Firefox on Linux, on this device." in page.text


@pytest.mark.parametrize("agent", ["", "x", "<script>alert(1)</script>", "A" * 100_000])
def test_a_browser_that_nobody_knows_is_this_browser(agent):
    page = Visitor(headers={"user-agent": agent}).get()
    assert "This browser, on this device." in page.text
    assert "<script" not in page.text


def test_links_browsers_and_a_stylesheet_come_from_the_configuration():
    preferences = {
        "site_name": "Example <Health>",
        "stylesheet": "https://static.example.com/own.css",
        "links": [{"label": "NAI", "url": "https://thenai.org/", "description": "An industry."}],
        "browsers": [
            {"name": "Brave", "signal": "On."},
            {"name": "F", "url": "https://f.example/"},
        ],
    }
    page = Visitor(configure(preferences=preferences)).get()
    assert '<p class="pc-site">Example &lt;Health&gt;</p>' in page.text
    assert '<link rel="stylesheet" href="https://static.example.com/own.css">' in page.text
    assert "style-src 'self' https://static.example.com;" in page["content-security-policy"]
    assert '<a href="https://thenai.org/">NAI</a><br>An industry.' in page.text
    assert '<th scope="row">Brave</th><td>On.</td>' in page.text
    assert '<a href="https://f.example/">F</a>' in page.text


def test_the_way_back_leads_to_where_the_visitor_came_from():
    text = Visitor().get(f"{PATH}?next=%2Fnews%3Fa%3D1").text
    assert '<a href="/news?a=1">Back to the site</a>' in text
    assert '<input type="hidden" name="next" value="/news?a=1">' in text


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_the_way_back_never_leads_elsewhere(target):
    text = Visitor().get(f"{PATH}?next={target}").text
    assert "evil" not in text
    assert '<a href="/">Back to the site</a>' in text


def test_it_works_under_a_prefix():
    visitor = Visitor(root_path="/shop")
    text = visitor.get().text
    assert 'action="/shop/privacy-choices"' in text
    assert '<a href="/shop">Back to the site</a>' in text
    style = re.search(r'<link rel="stylesheet" href="/shop([^"]*)"', text)[1]
    assert visitor.get(style).status == 200
    answer = visitor.post({"action": "opt-out"})
    assert answer["location"] == "/shop/privacy-choices?saved=1"


def test_it_is_there_under_its_address_with_a_slash_at_the_end_too():
    page = Visitor().get(f"{PATH}/")
    assert titles(page.text) == ["You have not opted out"]


def test_its_title_says_first_what_has_just_been_done():
    visitor = Visitor()
    assert "<title>Your Privacy Choices</title>" in visitor.get().text
    page = visitor.follow(visitor.post({"action": "opt-out"})).text
    assert "<title>Your choice is saved. – Your Privacy Choices</title>" in page


def test_it_speaks_the_language_of_the_browser_or_the_one_that_was_picked():
    visitor = Visitor(headers={"accept-language": "fr, es-MX;q=0.8, en;q=0.5"})
    page = visitor.get()
    assert '<html lang="es">' in page.text
    assert page["content-language"] == "es"
    assert "Usted no se ha excluido" in page.text
    assert '<html lang="en">' in visitor.get(f"{PATH}?lang=en").text
    assert '<html lang="es">' in visitor.get(f"{PATH}?lang=zz").text
    answer = visitor.post({"action": "opt-out", "lang": "en"})
    assert answer["location"] == f"{PATH}?saved=1&lang=en"


def test_a_site_may_offer_one_language_only():
    text = Visitor(configure(preferences={"languages": ["es"]})).get().text
    assert '<html lang="es">' in text
    assert "pc-languages" not in text


def test_templates_of_the_site_come_before_ours(tmp_path):
    (tmp_path / "layout.html").write_text(
        "<!doctype html><title>{{ t('title') }}</title>"
        "<p>own layout</p>{% block main %}{% endblock %}"
    )
    text = Visitor(configure(preferences={"templates": str(tmp_path)})).get().text
    assert "own layout" in text
    assert "You have not opted out" in text


def test_a_template_that_is_broken_stops_the_start(tmp_path):
    (tmp_path / "page.html").write_text("{% if %}")
    config = configure(preferences={"templates": str(tmp_path)})
    with pytest.raises(ConfigError, match=r"\[preferences\] templates: .*page\.html, line 1: "):
        build_endpoints(config)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"page.html": "{{ nosuch }}"}, "page.html: UndefinedError: 'nosuch' is undefined"),
        ({"conflict.html": "{{ nosuch }}"}, "conflict.html: UndefinedError: 'nosuch' is undefined"),
        ({"ask.html": "opt-out {{ t('nosuch') }}"}, "ask.html: KeyError: 'nosuch'"),
        ({"link.html": "{% extends 'base.html' %}"}, "link.html: TemplateNotFound: base.html"),
        ({"layout.html": "{% if %}"}, "layout.html, line 1: Expected an expression"),
        ({"refused.html": b"\xff"}, "refused.html: UnicodeDecodeError: 'utf-8' codec"),
        (
            {"layout.html": "<!doctype html><title>x</title>"},
            'page.html: no way to opt out: expected a form with method="post" and in it a button',
        ),
        ({"ask.html": "<p>Really?</p>"}, "ask.html: no way to opt out"),
    ],
)
def test_a_template_that_would_fail_before_a_visitor_stops_the_start(tmp_path, files, message):
    for name, text in files.items():
        (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ConfigError) as caught:
        build_endpoints(configure(preferences={"templates": str(tmp_path)}))
    assert f"[preferences] templates: {message}" in str(caught.value).replace(f"{tmp_path}/", "")


def test_templates_need_no_way_to_opt_out_where_there_is_nothing_to_opt_out_of(tmp_path):
    (tmp_path / "layout.html").write_text("{% block main %}{% endblock %}")
    categories = {name: {"required": True} for name in ("analytics", "advertising")}
    categories["advertising"]["sale_or_share"] = False
    assert build_endpoints(
        configure(preferences={"templates": str(tmp_path)}, categories=categories)
    )


def test_all_templates_that_would_fail_are_told_at_once(tmp_path):
    for name in ("page.html", "ask.html"):
        (tmp_path / name).write_text("{{ nosuch }}")
    with pytest.raises(ConfigError) as caught:
        build_endpoints(configure(preferences={"templates": str(tmp_path)}))
    assert len(caught.value.problems) == 2


def test_without_a_secret_there_is_no_preference_centre():
    config = configure(secret_keys=[], well_known={"gpc": True})
    assert list(build_endpoints(config)) == ["/.well-known/gpc.json"]
    assert Visitor(config).get().text == "hello"


def test_a_head_request_is_answered_like_a_get():
    assert Visitor().get(method="HEAD").status == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS"])
def test_another_method_is_refused_with_what_there_is(method):
    answer = Visitor().get(method=method)
    assert (answer.status, answer["allow"]) == (405, "GET, HEAD, POST")
    assert "Nothing was changed" in answer.text


# ── choosing ─────────────────────────────────────────────────────────────────────────────────────


def test_the_one_step_opts_out_of_everything():
    visitor = Visitor()
    answer = visitor.post({"action": "opt-out"})
    assert answer.status == 303
    assert answer["location"] == f"{PATH}?saved=1"
    assert answer["cache-control"] == "no-store"
    assert answer["clear-site-data"] == '"prefetchCache", "prerenderCache"'
    assert kept(visitor) == (set(), {"analytics", "advertising"})
    page = visitor.follow(answer).text
    assert "Your choice is saved." in page
    assert "Everything optional is off" in page
    assert "Chosen on" in page
    assert switches(page) == {"analytics": (False, True), "advertising": (False, True)}
    assert "Opt out of everything optional" not in page


def test_the_choice_is_kept_where_no_script_and_no_other_site_reaches_it():
    value = Visitor().post({"action": "opt-out"})["set-cookie"]
    name, _, attributes = value.partition(";")
    assert name.startswith(f"{NAME}=1.*.")
    assert attributes == " Max-Age=34560000; Path=/; HttpOnly; SameSite=Lax; Secure"


def test_a_shared_domain_is_named():
    visitor = Visitor(configure(cookie={"domain": ".example.com", "max_age_days": 365}))
    value = visitor.post({"action": "opt-out"})["set-cookie"]
    assert value.startswith("privacy_choices=")
    assert value.endswith(
        "; Max-Age=31536000; Path=/; HttpOnly; SameSite=Lax; Domain=example.com; Secure"
    )


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:8000", "[::1]:8000"])
def test_on_this_machine_it_does_without_tls(host):
    value = Visitor(host=host).post({"action": "opt-out"})["set-cookie"]
    assert value.startswith("privacy_choices=")
    assert "Secure" not in value


def test_choosing_one_by_one_keeps_what_is_on_and_declines_what_is_off():
    visitor = Visitor()
    answer = visitor.post({"action": "save", "allow": ["analytics"], "next": "/news"})
    assert answer["location"] == f"{PATH}?saved=1&next=%2Fnews"
    assert kept(visitor) == ({"analytics"}, {"advertising"})
    assert visitor.follow(answer)["location"] == "/news"
    assert "You have opted out" in visitor.get().text


def test_allowing_everything_clears_nothing_ahead():
    answer = Visitor().post({"action": "save", "allow": ["analytics", "advertising"]})
    assert answer.changed
    assert not answer.all("clear-site-data")


def test_a_choice_can_be_changed_back():
    visitor = Visitor()
    visitor.post({"action": "opt-out"})
    visitor.post({"action": "save", "allow": ["analytics", "advertising"]})
    assert kept(visitor) == ({"analytics", "advertising"}, set())


def test_the_same_post_twice_is_answered_the_same_twice():
    visitor = Visitor(keeps_cookies=False)
    first, second = (visitor.post({"action": "opt-out"}) for _ in range(2))
    assert (first.status, first.headers) == (second.status, second.headers)
    visitor.keeps_cookies = True
    visitor.post({"action": "opt-out"})
    third = visitor.post({"action": "opt-out"})
    assert (third.status, third.headers) == (first.status, first.headers)


def test_a_target_elsewhere_is_dropped():
    answer = Visitor().post({"action": "opt-out", "next": "//evil.example"})
    assert answer["location"] == f"{PATH}?saved=1"


def test_a_browser_that_keeps_nothing_is_noticed():
    visitor = Visitor(keeps_cookies=False)
    page = visitor.follow(visitor.post({"action": "opt-out", "next": "/news"}))
    assert page.status == 200
    assert "Your browser did not keep your choice" in page.text
    assert 'role="alert"' in page.text
    assert "You have not opted out" in page.text


def test_a_revised_page_says_so_and_a_denial_holds():
    visitor = Visitor()
    visitor.post({"action": "save", "allow": ["analytics"]})
    revised = Visitor(configure(revision=2), cookies=visitor.cookies)
    text = revised.get().text
    assert "This page has changed since you chose. What you declined stays off." in text
    assert switches(text) == {"analytics": (True, True), "advertising": (False, True)}


def test_a_broken_choice_is_shown_as_what_it_still_does():
    visitor = Visitor()
    visitor.post({"action": "opt-out"})
    visitor.cookies[NAME] = visitor.cookies[NAME][:-4]
    text = visitor.get(f"{PATH}?saved=1").text
    assert "Everything optional is off" in text
    assert "did not keep" not in text
    assert "is saved" not in text


# ── forged, oversized, odd ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("form", [{"action": "accept"}, {"action": "save", "allow": "advertising"}])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        CROSS,
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"origin": "null"},
        {"origin": "https://evil.example"},
    ],
)
def test_a_post_that_allows_is_refused_on_any_doubt(form, headers):
    visitor = Visitor(configure(regime="opt-in"))
    answer = visitor.post(form, headers=headers)
    assert answer.status == 403
    assert not answer.changed
    assert "Nothing was changed" in answer.text
    assert answer["cache-control"] == "no-store"
    assert f'<a class="pc-button" href="{PATH}">' in answer.text


@pytest.mark.parametrize(
    "headers",
    [OURS, {"origin": "https://www.example.com"}, {"origin": "http://www.example.com"}],
    ids=["sec-fetch-site", "origin", "origin-before-tls"],
)
def test_a_post_of_our_page_may_allow(headers):
    visitor = Visitor(configure(regime="opt-in"))
    assert visitor.post({"action": "accept"}, headers=headers).status == 303
    assert kept(visitor) == ({"analytics", "advertising"}, set())


@pytest.mark.parametrize(
    "headers",
    [{}, {"origin": "null"}, {"origin": "https://proxied.example"}, {"sec-fetch-site": "none"}],
    ids=["no-header", "null", "behind-a-proxy-that-renames-the-host", "an-extension"],
)
def test_a_post_that_only_denies_is_never_refused_for_want_of_a_header(headers):
    for form in ({"action": "opt-out"}, {"action": "save"}):
        visitor = Visitor()
        assert visitor.post(form, headers=headers).status == 303
        assert kept(visitor) == (set(), {"analytics", "advertising"})


def test_not_even_a_denial_is_taken_from_another_site_by_the_browsers_own_word():
    answer = Visitor().post({"action": "opt-out"}, headers=CROSS)
    assert (answer.status, answer.changed) == (403, False)
    assert "Opt out of everything optional" in answer.text


def test_a_refusal_speaks_the_language_of_the_form():
    answer = Visitor().post({"action": "opt-out", "lang": "es"}, headers=CROSS)
    assert "No se cambió nada" in answer.text


def test_what_is_locked_is_not_allowed_by_a_form_made_by_hand():
    visitor = Visitor(headers=GPC)
    visitor.post({"action": "save", "allow": ["advertising", "analytics"]})
    assert kept(visitor) == ({"analytics"}, set())


def test_a_body_beyond_any_form_is_refused_before_it_has_come():
    visitor = Visitor()
    chunk = {"type": "http.request", "body": b"a" * 9000, "more_body": True}
    messages = [dict(chunk) for _ in range(10)]
    answer = visitor.ask(
        "POST",
        PATH,
        fields=[("content-type", "application/x-www-form-urlencoded"), *OURS.items()],
        messages=messages,
    )
    assert (answer.status, answer.changed) == (413, False)
    assert "larger than our form can be" in answer.text
    assert len(messages) == 8


def test_a_visitor_who_goes_away_is_answered_nothing():
    answer = Visitor().ask(
        "POST",
        PATH,
        fields=[("content-type", "application/x-www-form-urlencoded")],
        messages=[{"type": "http.disconnect"}],
    )
    assert answer.status == 0


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"action=opt-out", "text/plain"),
        (b"action=opt-out", "multipart/form-data; boundary=x"),
        (b"action=nothing", "application/x-www-form-urlencoded"),
        (b"\xff", "application/x-www-form-urlencoded"),
        (b"action=opt-out&action=accept", "application/x-www-form-urlencoded"),
        (b"action=accept&action=opt-out", "application/x-www-form-urlencoded"),
        (b"action=save&confirm=x&confirm=conflict", "application/x-www-form-urlencoded"),
    ],
)
def test_what_is_no_form_of_ours_changes_nothing(body, kind):
    answer = Visitor().post(body, kind=kind)
    assert (answer.status, answer.changed) == (400, False)
    assert "our form" in answer.text


def test_the_type_of_a_form_may_name_a_charset():
    kind = "Application/X-WWW-Form-Urlencoded; charset=UTF-8"
    assert Visitor().post(b"action=opt-out", kind=kind).changed


# ── a choice against a signal ────────────────────────────────────────────────────────────────────


def test_a_site_that_asks_tells_of_the_conflict_before_it_allows():
    visitor = Visitor(configure(signals={"conflict": "ask"}), headers=GPC)
    assert switches(visitor.get().text)["advertising"] == (False, True)
    form = {"action": "save", "allow": ["advertising", "analytics"], "next": "/news"}
    told = visitor.post(form)
    assert (told.status, told.changed) == (200, False)
    assert "Your browser asks otherwise" in told.text
    follow, allow = re.findall(r"<form.*?</form>", told.text, re.DOTALL)
    assert "Follow my browser" in follow
    assert re.findall(r'name="allow" value="([^"]*)"', follow) == ["analytics"]
    assert "confirm" not in follow
    assert "Allow it here" in allow
    assert re.findall(r'name="allow" value="([^"]*)"', allow) == ["advertising", "analytics"]
    assert 'name="confirm" value="conflict"' in allow
    assert visitor.post({**form, "confirm": "conflict"}).status == 303
    assert kept(visitor) == ({"advertising", "analytics"}, set())
    page = visitor.get().text
    assert "You allowed this against your browser" in page
    assert switches(page)["advertising"] == (True, True)


def test_a_confirmation_is_nothing_to_a_site_that_does_not_ask():
    visitor = Visitor(headers=GPC)
    visitor.post({"action": "save", "allow": ["advertising"], "confirm": "conflict"})
    assert kept(visitor)[0] == set()


def test_a_forged_confirmation_is_refused():
    visitor = Visitor(configure(signals={"conflict": "ask"}), headers=GPC)
    form = {"action": "save", "allow": ["advertising"], "confirm": "conflict"}
    assert visitor.post(form, headers={}).status == 403


def test_what_an_app_signs_itself_is_read_like_our_own():
    config = configure()
    choice = Choice(denied=frozenset({"analytics"}), revision=1, chosen_on=TODAY)
    visitor = Visitor(config, cookies={NAME: config.choice_signer.sign(choice)})
    assert "Off by your choice: Measurement." in visitor.get().text


def test_an_account_that_opted_out_is_told_where_that_came_from():
    config = configure()
    consent = build_consent(config.policy, account_opted_out=True)
    texts = load_texts(config)["en"]
    views = {view.name: view for view in Viewer(config).categories(consent, texts)}
    assert (views["advertising"].allowed, views["advertising"].lock) == (
        False,
        "Off, as you chose in your account",
    )
    assert views["analytics"].lock is None
