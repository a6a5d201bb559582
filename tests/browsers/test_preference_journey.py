"""The preference centre as a visitor meets it: by keyboard, without scripts, with GPC, later."""

import pytest
from preference_site import ADS, CENTRE, MEASURED, build_site, errors, switches, tab_to

CHOICE = "__Host-privacy_choices"
EVERYWHERE = ADS | MEASURED


@pytest.mark.parametrize("javascript", [False, True], ids=["without-scripts", "with-scripts"])
def test_the_whole_journey_goes_by_keyboard(serve, open_browser, javascript):
    site = serve(build_site())
    browser = open_browser(javascript=javascript)
    page = browser.open(site.url + "/")
    assert page.hosts >= ({"pixel.example"} if not javascript else EVERYWHERE)
    tab_to(page, f"a[href^='{CENTRE}']")
    page.press("Enter", settle=True)
    assert page.url == f"{site.url}{CENTRE}?next=/"
    assert "You have not opted out" in page.text
    tab_to(page, "button[value=opt-out]")
    page.press("Enter", settle=True)
    # The way back is part of the choice: the visitor is where they came from.
    assert page.url == f"{site.url}/"
    again = browser.open(site.url + "/")
    assert not again.hosts & EVERYWHERE
    assert again.text == page.text
    centre = browser.open(site.url + CENTRE)
    assert "Everything optional is off" in centre.text
    assert set(switches(centre).values()) == {(False, True)}
    assert errors(centre) == []


def test_one_thing_is_declined_by_keyboard_and_the_rest_stays(serve, open_browser):
    site = serve(build_site())
    browser = open_browser(javascript=False)
    page = browser.open(site.url + CENTRE)
    tab_to(page, "#pc-advertising")
    page.press("Space")
    assert switches(page)["advertising"] == (False, True)
    tab_to(page, "button[value=save]")
    page.press("Enter", settle=True)
    assert "Your choice is saved." in page.text
    assert "Off by your choice: Advertising." in page.text
    assert switches(page) == {
        "analytics": (True, True),
        "advertising": (False, True),
        "session-replay": (True, True),
    }
    assert not browser.open(site.url + "/").hosts & ADS
    # And back again, the same way.
    page = browser.open(site.url + CENTRE)
    tab_to(page, "#pc-advertising")
    page.press("Space")
    tab_to(page, "button[value=save]")
    page.press("Enter", settle=True)
    assert browser.open(site.url + "/").hosts >= {"pixel.example"}


def test_a_browser_that_sends_gpc_reads_that_it_was_honored(serve, open_browser):
    site = serve(build_site())
    browser = open_browser(gpc=True)
    assert not browser.open(site.url + "/").hosts & ADS
    page = browser.open(site.url + CENTRE)
    assert "Opt-Out Request Honored" in page.text
    assert switches(page) == {
        "analytics": (True, True),
        "advertising": (False, False),
        "session-replay": (False, False),
    }
    buttons = page.evaluate(
        "() => [...document.querySelectorAll('button, [role=button], input[type=submit]')]"
        ".map((b) => b.innerText)"
    )
    assert buttons == ["Opt out of everything optional", "Save my choices"]
    page.click("button[value=save]")
    assert switches(page)["advertising"] == (False, False)
    assert not browser.open(site.url + "/").hosts & ADS
    assert errors(page) == []


def test_the_browser_and_this_device_are_named(serve, open_browser, browser_name):
    site = serve(build_site())
    text = open_browser().open(site.url + CENTRE).text
    assert {"chromium": "Chrome on Linux", "firefox": "Firefox on Linux"}[browser_name] in text
    assert "on this device" in text


def test_an_opt_out_outlives_the_browser_being_closed(serve, open_browser):
    site = serve(build_site())
    browser = open_browser(lasting=True)
    browser.open(site.url + CENTRE).click("button[value=opt-out]")
    (cookie,) = browser.cookies()
    assert (cookie.name, cookie.path, cookie.secure, cookie.http_only, cookie.same_site) == (
        CHOICE,
        "/",
        True,
        True,
        "Lax",
    )
    assert not cookie.session
    browser.restart()
    assert not browser.open(site.url + "/").hosts & EVERYWHERE
    assert "Everything optional is off" in browser.open(site.url + CENTRE).text


@pytest.mark.parametrize("javascript", [False, True], ids=["without-scripts", "with-scripts"])
def test_blocked_cookies_are_noticed(serve, open_browser, javascript):
    site = serve(build_site())
    browser = open_browser(cookies=False, javascript=javascript)
    page = browser.open(f"{site.url}{CENTRE}?next=/")
    page.click("button[value=opt-out]")
    assert "Your browser did not keep your choice" in page.text
    assert "Your choice is saved" not in page.text
    assert "You have not opted out" in page.text
    assert browser.cookies() == []


def test_a_choice_made_over_plain_http_on_this_machine_is_kept(serve, open_browser):
    site = serve(build_site())
    browser = open_browser()
    browser.network.serve("localhost", site.port)
    page = browser.open(f"http://localhost{CENTRE}")
    page.click("button[value=opt-out]")
    assert "Your choice is saved." in page.text
    assert [cookie.name for cookie in browser.cookies()] == ["privacy_choices"]


def test_a_double_click_opts_out_once(serve, open_browser):
    site = serve(build_site())
    browser = open_browser()
    page = browser.open(site.url + CENTRE)
    # Both come before the answer to either, and the page is left while the second is under way.
    page.evaluate(
        """() => setTimeout(() => {
            const button = document.querySelector('button[value=opt-out]');
            button.click(); button.click();
        }, 0) && null"""
    )
    page.settle()
    assert "Your choice is saved." in page.text
    assert len(browser.cookies()) == 1


def test_the_same_page_speaks_spanish(serve, open_browser):
    site = serve(build_site())
    browser = open_browser(language="es-MX")
    page = browser.open(site.url + CENTRE)
    assert page.evaluate("() => document.documentElement.lang") == "es"
    assert "Usted no se ha excluido" in page.text
    page.click("button[value=opt-out]")
    assert "Su elección está guardada." in page.text
    page.click(".pc-languages a[lang=en]")
    assert "Everything optional is off" in page.text


def test_a_site_that_asks_tells_of_a_conflict_first(serve, open_browser):
    site = serve(build_site(signals={"conflict": "ask"}))
    browser = open_browser(gpc=True, javascript=False)
    page = browser.open(site.url + CENTRE)
    tab_to(page, "#pc-advertising")
    page.press("Space")
    tab_to(page, "button[value=save]")
    page.press("Enter", settle=True)
    assert "Your browser asks otherwise" in page.text
    assert browser.cookies() == []
    tab_to(page, "form:last-of-type button")
    page.press("Enter", settle=True)
    assert switches(page)["advertising"] == (True, True)
    assert "pixel.example" in browser.open(site.url + "/").hosts


def test_a_single_page_app_chooses_without_leaving_its_page(serve, open_browser):
    site = serve(build_site())
    browser = open_browser()
    page = browser.open(site.url + "/")
    ask = """async (method, body) => {
        const headers = {"Content-Type": "application/json"};
        const answer = await fetch("/privacy-choices/api", {method, headers, body});
        const state = await answer.json();
        return Object.fromEntries(state.categories.map((c) => [c.name, c.allowed]));
    }"""
    assert page.evaluate(ask, "GET", None)["advertising"] is True
    assert page.evaluate(ask, "POST", '{"deny": ["advertising"]}')["advertising"] is False
    assert not browser.open(site.url + "/").hosts & ADS
    assert page.evaluate(ask, "POST", '{"allow": ["advertising"]}')["advertising"] is True
    assert page.evaluate(ask, "DELETE", None)["advertising"] is False
    assert not browser.open(site.url + "/").hosts & ADS


# ── the opt-in regime ────────────────────────────────────────────────────────────────────────────


def test_nothing_optional_comes_before_the_choice(serve, open_browser):
    site = serve(build_site(regime="opt-in"))
    browser = open_browser()
    page = browser.open(site.url + "/")
    assert not page.hosts & EVERYWHERE
    assert "May this site use Measurement, Advertising, and Session replay?" in page.text
    assert not browser.open(site.url + "/").hosts & EVERYWHERE


@pytest.mark.parametrize(("answer", "loads"), [("Decline", False), ("Accept", True)])
def test_the_notice_is_answered_by_keyboard_and_goes(serve, open_browser, answer, loads):
    site = serve(build_site(regime="opt-in"))
    browser = open_browser(javascript=False)
    page = browser.open(site.url + "/")
    value = {"Decline": "opt-out", "Accept": "accept"}[answer]
    tab_to(page, f".pca button[value={value}]")
    page.press("Enter", settle=True)
    assert page.url == site.url + "/"
    assert page.count(".pca") == 0
    assert ("pixel.example" in browser.open(site.url + "/").hosts) is loads


WIDTHS = (360, 1280)


def show_at(page, width, height=740):
    """Change the window as the person before it would."""
    page.browser.resize(width, height)
    page.wait_for("(w) => Math.abs(innerWidth - w) < 20", width)


def test_declining_is_as_prominent_as_accepting(serve, open_browser):
    site = serve(build_site(regime="opt-in"))
    page = open_browser().open(site.url + "/")
    for width in WIDTHS:
        show_at(page, width)
        looks = page.evaluate(
            """() => [...document.querySelectorAll('.pca button')].map((b) => {
                const s = getComputedStyle(b), r = b.getBoundingClientRect();
                return JSON.stringify([s.backgroundColor, s.color, s.fontSize, s.fontWeight,
                    s.borderTopColor, Math.round(r.width), Math.round(r.height), r.top]);
            })"""
        )
        assert len(looks) == 2
        assert len(set(looks)) == 1, f"at {width} pixels"


def test_the_notice_moves_nothing(serve, open_browser):
    where = """() => ['#head', '#text', 'footer'].map((s) => {
        const r = document.querySelector(s).getBoundingClientRect();
        return [r.x, r.y, r.width, r.height];
    })"""
    site = serve(build_site(regime="opt-in"))
    page = open_browser().open(site.url + "/")

    def places():
        found = []
        for width in WIDTHS:
            show_at(page, width)
            found.append(page.evaluate(where))
        return found

    assert page.count(".pca") == 1
    before = places()
    page.click(".pca button[value=opt-out]")
    assert page.count(".pca") == 0
    assert places() == before


def test_the_notice_hides_nothing_that_has_the_focus(serve, open_browser):
    site = serve(build_site(regime="opt-in", words=200))
    browser = open_browser()
    for width in WIDTHS:
        page = browser.open(site.url + "/")
        show_at(page, width)
        tab_to(page, f"footer a[href^='{CENTRE}']")
        seen = page.evaluate(
            """() => {
                const r = document.activeElement.getBoundingClientRect();
                const at = document.elementFromPoint(r.x + 4, r.y + r.height / 2);
                return document.activeElement.contains(at);
            }"""
        )
        assert seen, f"at {width} pixels"
    # At 400 % there is no room for anything that lies over a page (WCAG 2.2, 1.4.10).
    show_at(page, 320, 256)
    bar = "() => getComputedStyle(document.querySelector('.pca-bar')).position"
    assert page.evaluate(bar) == "static"
