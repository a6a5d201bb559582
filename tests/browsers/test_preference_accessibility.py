"""axe-core on every form of the page and the notice, light and dark, on a phone and on a desk.

axe-core comes from npm when the tests run; CONSENTMW_AXE names a copy that is there already.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from preference_site import CENTRE, build_site

_RUN = """async () => {
    const found = await axe.run(document, {resultTypes: ['violations'], ...%s});
    return found.violations.map((v) => `${v.id}: ${v.help} (${v.nodes[0].html})`);
}"""
# Nothing else in a page depends on the scheme.
_IN_THE_DARK = "{runOnly: ['color-contrast']}"
_WIDTHS = (360, 1280)


@pytest.fixture(scope="session")
def axe(request: pytest.FixtureRequest) -> str:
    """The source of axe-core."""
    if given := os.environ.get("CONSENTMW_AXE"):
        return Path(given).read_text("utf-8")
    folder = request.config.cache.mkdir("axe-core")
    source = folder / "node_modules" / "axe-core" / "axe.min.js"
    if not source.exists():
        npm = shutil.which("npm")
        if npm is None:
            if os.environ.get("CONSENTMW_REQUIRE_BROWSERS"):
                pytest.fail("npm, which brings axe-core, is not installed")
            pytest.skip("npm, which brings axe-core, is not installed")
        subprocess.run(
            [npm, "install", "--silent", "--no-save", "--prefix", folder, "axe-core@4"], check=True
        )
    return source.read_text("utf-8")


def hold(page, axe, *, what, widths=_WIDTHS):
    """Hold that nothing is wrong, nothing is too wide, and nothing is too small to be hit."""
    page.evaluate("() => {" + axe + "}")
    for width in widths:
        page.browser.resize(width, 800)
        page.wait_for("(w) => Math.abs(innerWidth - w) < 20", width)
        violations = page.evaluate(_RUN % (_IN_THE_DARK if page.browser.options.dark else "{}"))
        assert violations == [], f"{what} at {width} pixels"
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), what
        # WCAG 2.2, 2.5.8: 24 by 24 pixels, except for links in a sentence.
        small = page.evaluate(
            """() => [...document.querySelectorAll('button, input:not([type=hidden]), summary')]
                .filter((e) => { const r = e.getBoundingClientRect();
                    return r.width < 24 || r.height < 24; }).map((e) => e.outerHTML)"""
        )
        assert small == [], what


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_page_has_no_violation_in_any_of_its_states(serve, open_browser, axe, dark):
    site = serve(build_site())
    asking = serve(build_site(signals={"conflict": "ask"}), host="asking.example")
    browser = open_browser(dark=dark)
    page = browser.open(site.url + CENTRE)
    hold(page, axe, what="nothing chosen")
    page.evaluate("() => document.querySelectorAll('details').forEach((d) => d.open = true)")
    hold(page, axe, what="with all details")
    hold(browser.open(f"{site.url}{CENTRE}?lang=es"), axe, what="in Spanish")
    hold(browser.open(f"{site.url}{CENTRE}?saved=1"), axe, what="blocked")
    page = browser.open(site.url + CENTRE)
    page.click("button[value=save]")
    hold(page, axe, what="saved")
    page.click("button[value=opt-out]")
    hold(page, axe, what="opted out")
    browser.set_gpc(True)
    hold(browser.open(site.url + CENTRE), axe, what="with a signal")
    page = browser.open(asking.url + CENTRE)
    page.click("#pc-advertising")
    page.click("button[value=save]")
    assert "Your browser asks otherwise" in page.text
    hold(page, axe, what="conflict")
    browser.network.stub("https://forging.example/", forged_form(site))
    page = browser.open("https://forging.example/")
    page.click("button")
    assert "Nothing was changed" in page.text
    hold(page, axe, what="refused")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_notice_has_no_violation(serve, open_browser, axe, dark):
    site = serve(build_site(regime="opt-in"))
    for language in ("en-US", "es-MX"):
        browser = open_browser(dark=dark, language=language)
        page = browser.open(site.url + "/")
        assert page.count(".pca") == 1
        hold(page, axe, what=f"notice, {language}")


def test_long_words_and_many_categories_fit_a_narrow_window(serve, open_browser, axe):
    long = "Rechtsschutzversicherungsgesellschaftsdatenverarbeitung"
    categories = {
        f"kind-{number}": {
            "label": f"{long} {number}",
            "description": long,
            "hosts": [f"a-{long.lower()}.of-{number}.a-host-with-a-long-name.example"],
        }
        for number in range(12)
    }
    preferences = {"site_name": long, "links": [{"label": long, "url": "https://a.example/"}]}
    site = serve(build_site(categories=categories, preferences=preferences, zones=[]))
    page = open_browser(height=256).open(site.url + CENTRE)
    page.evaluate("() => document.querySelectorAll('details').forEach((d) => d.open = true)")
    # WCAG 2.2, 1.4.10: 320 pixels are a window of 1280 at 400 %.
    hold(page, axe, what="long words", widths=(320, 1280))
    outside = page.evaluate(
        """() => [...document.querySelectorAll('.pc-toggle, .pc-label')].filter((e) =>
            e.getBoundingClientRect().right > e.closest('.pc-card').getBoundingClientRect().right
        ).length"""
    )
    assert outside == 0


def forged_form(site):
    from rig.network import Stub

    return Stub(
        body=f"<!doctype html><title>x</title><form method=post action='{site.url}{CENTRE}'>"
        "<input type=hidden name=allow value=advertising>"
        "<button name=action value=save>Win</button></form>",
        content_type="text/html",
    )


def test_another_site_can_not_allow_anything(serve, open_browser, network):
    site = serve(build_site(regime="opt-in"))
    network.stub("https://forging.example/", forged_form(site))
    browser = open_browser()
    page = browser.open("https://forging.example/")
    page.click("button")
    assert page.url == site.url + CENTRE
    assert "Nothing was changed" in page.text
    assert browser.cookies() == []
