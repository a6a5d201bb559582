"""What scripts cause to be asked for: each way the DOM has, for a denied and an innocent host.

`guard_pages/ways.js` has the ways. What gets past the guard is named here, each with the browsers
in which it does; everything else that is denied stays in, and everything innocent leaves.
"""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from consentmw import Choice, ConsentMiddleware
from consentmw.config import Config

WAYS = (Path(__file__).parent / "guard_pages" / "ways.js").read_text()
NUMBER_OF_WAYS = 96
BROWSERS = ("chromium", "firefox")
DENIED, INNOCENT = "t.denied.example", "cdn.innocent.example"

# Nothing that a script can patch stands in the way of these.
PAST_THE_SCRIPT = {
    "import()": {"chromium", "firefox"},
    "module that imports": {"chromium", "firefox"},
    "worker from a file": {"chromium", "firefox"},
    "frame's location": {"chromium", "firefox"},
    # What a declaration in Chromium is given can only be looked at afterwards, before the page is.
    "style.backgroundImage, then measured": {"chromium"},
    "style kept for later": {"chromium"},
}
# The navigation of a frame to another site is no request of the page that a worker controls.
PAST_THE_WORKER = {"frame's location": {"chromium", "firefox"}}


async def page(request):
    return HTMLResponse(f"<!doctype html><head><script>{WAYS}</script></head><body><p>ways</p>")


async def worker_file(request):
    source = "fetch(decodeURIComponent(location.search.slice(1)), {mode: 'no-cors'})"
    return Response(source, media_type="text/javascript")


def build_config(guard):
    return Config.from_mapping(
        {
            "secret_keys": ["k" * 40],
            "browser": {"guard": guard},
            "categories": {"advertising": {"hosts": ["denied.example"]}},
        }
    )


def build_app(guard):
    app = Starlette(routes=[Route("/", page), Route("/worker-file.js", worker_file)])
    return ConsentMiddleware(app, config=build_config(guard))


def opt_out(browser, site):
    """Let a browser carry the choice: the rig's Chromium says GPC of pages, not of workers."""
    today = datetime.now(UTC).date()
    choice = Choice(denied=frozenset({"advertising"}), revision=1, chosen_on=today)
    value = build_config("script").choice_signer.sign(choice)
    browser.set_cookie(site.url, "__Host-privacy_choices", value)


RUN = """async (hosts) => {
  const names = Object.keys(WAYS);
  for (const [place, name] of names.entries()) {
    for (const host of hosts) {
      const address = (kind) => `https://${host}/way-${place}.${kind}`;
      try {
        await Promise.race([WAYS[name](address), new Promise((done) => setTimeout(done, 100))]);
      } catch {}
    }
  }
  return names;
}"""


def ways_that_leave(browser, site, hosts):
    """The names of the ways by which each host was asked, and all the names."""
    shown = browser.open(site.url + "/")
    names = shown.evaluate(RUN, list(hosts))
    shown.settle()
    asked = {(r.host, r.path.partition(".")[0]) for r in shown.requests}
    leaving = [{n for i, n in enumerate(names) if (host, f"/way-{i}") in asked} for host in hosts]
    return leaving, set(names)


def test_without_a_guard_every_way_leads_out(serve, open_browser):
    site = serve(build_app("off"))
    (denied, innocent), names = ways_that_leave(open_browser(gpc=True), site, (DENIED, INNOCENT))
    assert len(names) == NUMBER_OF_WAYS
    assert denied == innocent == names


def test_the_guard_keeps_out_what_is_denied_and_nothing_else(serve, open_browser, browser_name):
    site = serve(build_app("script"))
    (denied, innocent), names = ways_that_leave(open_browser(gpc=True), site, (DENIED, INNOCENT))
    assert innocent == names
    assert denied == {way for way, browsers in PAST_THE_SCRIPT.items() if browser_name in browsers}


def test_with_the_service_worker_less_gets_past(serve, open_browser, browser_name):
    site = serve(build_app("script+worker"))
    browser = open_browser(gpc=True)
    opt_out(browser, site)
    shown = browser.open(site.url + "/")
    shown.wait_for("() => navigator.serviceWorker.controller !== null")
    (denied, innocent), names = ways_that_leave(browser, site, (DENIED, INNOCENT))
    assert innocent == names
    assert denied == {way for way, browsers in PAST_THE_WORKER.items() if browser_name in browsers}


def test_the_readme_says_how_many_leave():
    def row(guard, past):
        leaving = (sum(name in where for where in past.values()) for name in BROWSERS)
        return f"| {guard} | {' | '.join(map(str, leaving))} |"

    rows = [
        row('`"off"`', dict.fromkeys(range(NUMBER_OF_WAYS), BROWSERS)),
        row('`"script"` (default)', PAST_THE_SCRIPT),
        row('`"script+worker"`', PAST_THE_WORKER),
    ]
    text = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    assert "\n".join(rows) in text
    assert f"Of {NUMBER_OF_WAYS}\nways" in text


@pytest.mark.parametrize("guard", ["script", "script+worker"])
def test_a_visitor_who_has_not_opted_out_gets_no_guard(serve, open_browser, guard):
    site = serve(build_app(guard))
    shown = open_browser().open(site.url + "/")
    assert shown.hosts == {site.host}
    ours = [url for url in shown.urls if "/privacy-choices/" in url]
    assert ["/signal." in url for url in ours] == [True]
