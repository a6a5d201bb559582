"""The guard on pages of all kinds: with policies, with code that patches the same, with workers."""

import re
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rig.network import Stub
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Mount, Route

from consentmw import Choice, ConsentMiddleware
from consentmw.config import Config

AD, PLAIN = "https://ads.denied.example", "https://cdn.innocent.example"


def build_config(*, guard="script", secret=True, placeholder=False, **tables):
    advertising = {"hosts": ["denied.example"], "cookies": ["_ad_*"], "placeholder": placeholder}
    return Config.from_mapping(
        {
            "secret_keys": ["k" * 40] if secret else [],
            "browser": {"guard": guard},
            "categories": {"advertising": advertising},
            **tables,
        }
    )


def build_app(pages, *, headers=(), config=None, debug=False):
    """A site of these bodies by path, in one middleware."""

    def respond(path, text):
        async def endpoint(request):
            kind = "text/javascript" if path.endswith(".js") else "text/html"
            return Response(text, media_type=kind, headers=dict(headers))

        return Route(path, endpoint, methods=["GET", "POST"])

    app = Starlette(routes=[respond(path, text) for path, text in pages.items()])
    return ConsentMiddleware(app, config=config or build_config(), debug=debug)


def html(*, scripts=("/page.js",), body="<p>page</p>"):
    """A page whose scripts are files, in which the server doesn't look for loaders."""
    elements = "".join(f'<script nonce="r4nd0m" src="{path}"></script>' for path in scripts)
    return f"<!doctype html><html><head><title>-</title></head><body>{body}{elements}</body></html>"


def pages_with(script, **pages):
    return {"/": html(), "/page.js": script, **pages}


def opt_out(browser, site, *categories):
    """Let a browser carry the choice: the rig's Chromium says GPC of pages, not of workers."""
    today = datetime.now(UTC).date()
    choice = Choice(denied=frozenset(categories or ("advertising",)), revision=1, chosen_on=today)
    value = build_config().choice_signer.sign(choice)
    browser.set_cookie(site.url, "__Host-privacy_choices", value)


def hosts_beside(site, page):
    return page.hosts - {site.host}


# Policies

INSERTS = f"""
  for (const host of ["{AD}", "{PLAIN}"]) {{
    const s = document.createElement("script"); s.src = host + "/a.js"; document.head.append(s);
    new Image().src = host + "/a.gif";
  }}
"""


@pytest.mark.parametrize(
    "policy",
    [
        "script-src 'nonce-r4nd0m'; object-src 'none'",
        "script-src 'nonce-r4nd0m' 'strict-dynamic' 'unsafe-inline' https:",
        "script-src 'self' 'nonce-r4nd0m' https://cdn.innocent.example; worker-src 'self'",
    ],
    ids=["nonce", "strict-dynamic", "self"],
)
def test_it_works_with_the_policy_of_the_app(serve, open_browser, policy):
    headers = [("content-security-policy", policy)]
    site = serve(build_app(pages_with(INSERTS), headers=headers))
    shown = open_browser(gpc=True).open(site.url + "/")
    assert hosts_beside(site, shown) == {"cdn.innocent.example"}
    assert any("/guard." in url for url in shown.urls)


TYPES = f"""
  const keep = (text) => text;
  const policy = trustedTypes.createPolicy("app", {{ createHTML: keep, createScriptURL: keep }});
  for (const host of ["{AD}", "{PLAIN}"]) {{
    const s = document.createElement("script");
    s.src = policy.createScriptURL(host + "/a.js");
    document.head.append(s);
  }}
  const p = document.createElement("p");
  document.body.append(p);
  p.innerHTML = policy.createHTML('<b>kept</b><img src="{AD}/a.gif"><img src="{PLAIN}/a.gif">');
  document.title = p.textContent;
  try {{ p.innerHTML = "text" }} catch {{ document.title += " and refused" }}
"""


def test_it_works_beside_trusted_types(serve, open_browser):
    policy = "script-src 'self' 'unsafe-inline' https:; require-trusted-types-for 'script'"
    site = serve(build_app(pages_with(TYPES), headers=[("content-security-policy", policy)]))
    shown = open_browser(gpc=True).open(site.url + "/")
    if not shown.evaluate("() => 'trustedTypes' in window"):
        pytest.skip("no trusted types in this browser")
    assert hosts_beside(site, shown) == {"cdn.innocent.example"}
    assert shown.title == "kept and refused"


# Pages that patch the same interfaces

PATCHES = f"""
  const calls = [];
  const native = window.fetch;
  window.fetch = function (...args) {{ calls.push("fetch"); return native.apply(this, args) }};
  const {{ open, send }} = XMLHttpRequest.prototype;
  XMLHttpRequest.prototype.open = function (method, url) {{
    calls.push("open " + method); this.wanted = url; return open.apply(this, arguments) }};
  const append = Node.prototype.appendChild;
  Node.prototype.appendChild = function (node) {{
    calls.push("append"); return append.call(this, node) }};
  const source = Object.getOwnPropertyDescriptor(HTMLImageElement.prototype, "src");
  Object.defineProperty(HTMLImageElement.prototype, "src", {{ ...source,
    set(value) {{ calls.push("src"); source.set.call(this, value) }} }});
  class Counted extends XMLHttpRequest {{}}
  class Box extends HTMLElement {{
    connectedCallback() {{
      const root = this.attachShadow({{ mode: "open" }});
      root.innerHTML = `<img src="{AD}/s.gif"><img src="{PLAIN}/s.gif">`;
    }}
  }}
  customElements.define("shop-box", Box);
  document.body.append(document.createElement("shop-box"));
  (async () => {{
    const data = await (await fetch("{PLAIN}/data.json")).json();
    const failed = await fetch("{AD}/data.json").catch((error) => error.name);
    const request = new Counted();
    request.open("GET", "{PLAIN}/data.json");
    await new Promise((done) => {{ request.onload = done; request.send() }});
    const refused = new XMLHttpRequest();
    refused.open("POST", "{AD}/data.json");
    await new Promise((done) => {{ refused.onerror = done; refused.send() }});
    document.body.appendChild(Object.assign(new Image(), {{ src: "{AD}/a.gif" }}));
    document.title = [data.total, failed, request.status, refused.status, calls.length,
      String(fetch.bind), native.name, /native code/.test(Function.prototype.toString.call(native)),
      request instanceof XMLHttpRequest].join(" ");
  }})();
"""


def test_libraries_that_wrap_the_same_interfaces_work(serve, network, open_browser):
    network.stub(f"{PLAIN}/data.json", Stub(body='{"total": 7}', content_type="application/json"))
    site = serve(build_app(pages_with(PATCHES)))
    shown = open_browser(gpc=True).open(site.url + "/")
    shown.wait_for("() => document.title !== '-'")
    assert hosts_beside(site, shown) == {"cdn.innocent.example"}
    assert re.fullmatch(r"7 TypeError 200 0 \d+ .* fetch true true", shown.title.replace("\n", " "))


NAVIGATES = """
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a");
    if (!link) return;
    event.preventDefault();
    const text = await (await fetch(link.href)).text();
    const next = new DOMParser().parseFromString(text, "text/html");
    history.pushState({}, "", link.href);
    document.body.replaceWith(document.adoptNode(next.body));
    for (const old of document.body.querySelectorAll("script")) {
      const script = document.createElement("script");
      script.text = old.text;
      for (const { name, value } of old.attributes) script.setAttribute(name, value);
      old.replaceWith(script);
    }
  });
"""


def test_navigation_inside_the_page_works(serve, open_browser):
    pages = {
        "/": html(body='<a href="/second">on</a>'),
        "/page.js": NAVIGATES,
        "/second": html(body=f'<img src="{PLAIN}/b.gif">', scripts=(f"{PLAIN}/b.js", "/second.js")),
        "/second.js": f'document.title = "second"; new Image().src = "{AD}/b.gif";',
    }
    site = serve(build_app(pages))
    shown = open_browser(gpc=True).open(site.url + "/")
    shown.click("a")
    shown.wait_for("() => document.title === 'second'")
    shown.settle()
    assert shown.url == site.url + "/second"
    assert hosts_beside(site, shown) == {"cdn.innocent.example"}
    assert {"/b.gif", "/b.js"} <= {r.path for r in shown.requests if r.host != site.host}


# Pages that mean no advertising

INNOCENT = (Path(__file__).parent / "guard_pages" / "innocent.js").read_text()
# One by one, so that each has its own time; what never comes is told, however slow the machine is.
LOOK = """async (name) => {
  const late = new Promise((_, fail) => setTimeout(() => fail(Error("nothing came")), 20000));
  const look = (async () => INNOCENT[name]())();
  const seen = await Promise.race([look, late]).catch(String);
  return JSON.stringify(seen, (_, value) => value === undefined ? "undefined" : value);
}"""


def innocent_site(serve, *, guard, host):
    pages = {
        "/": html(),
        "/page.js": INNOCENT,
        "/page.json": '{"a": 7}',
        "/worker.js": "onmessage = ({ data }) => postMessage(data)",
    }
    return serve(build_app(pages, config=build_config(guard=guard)), host=host)


def test_innocent_code_sees_what_it_would_see_without_the_guard(serve, open_browser):
    browser = open_browser(gpc=True)
    seen = []
    for guard in ("off", "script"):
        site = innocent_site(serve, guard=guard, host=f"{guard}.site.example")
        page = browser.open(site.url + "/")
        names = page.evaluate("() => Object.keys(INNOCENT)")
        seen.append({n: page.evaluate(LOOK, n).replace(site.host, "site") for n in names})
    plain, guarded = seen
    assert len(plain) >= 25
    assert {name: what for name, what in plain.items() if "Error: " in what} == {}
    assert {n: w for n, w in guarded.items() if w != plain[n]} == {}, {
        n: plain[n] for n in plain if guarded[n] != plain[n]
    }


# Told, not silent

TELLS = f"""
  window.told = [];
  document.addEventListener("consentmw:suppressed", (event) => told.push(event.detail));
  new Image().src = "{AD}/a.gif";
  document.cookie = "_ad_id=1; path=/";
  document.cookie = "kept=1; path=/";
  document.cookie = "_ad_old=; max-age=0";
  document.cookie = "_ad_older=max-age=0; path=/";
  window.cookieStore?.set("_ad_store", "1");
  window.cookieStore?.set({{ name: "kept_store", value: "1" }});
  const s = document.createElement("script");
  s.onerror = () => {{ document.title = "error event" }};
  s.src = "{AD}/a.js";
  document.head.append(s);
"""


@pytest.mark.parametrize("debug", [False, True])
def test_it_tells_what_it_suppresses(serve, open_browser, debug):
    site = serve(build_app(pages_with(TELLS), debug=debug))
    browser = open_browser(gpc=True)
    shown = browser.open(site.url + "/")
    shown.wait_for("() => told.some(({ kind }) => kind === 'script')")
    shown.wait_for("() => document.title === 'error event'")
    stores = shown.evaluate("() => 'cookieStore' in window")
    told = shown.evaluate("() => told")
    assert [(t["kind"], t["what"], t["category"], t["rule"]) for t in told] == [
        ("img", f"{AD}/a.gif", "advertising", "denied.example"),
        ("cookie", "_ad_id", "advertising", "_ad_id"),
        ("cookie", "_ad_older", "advertising", "_ad_older"),
        *([("cookie", "_ad_store", "advertising", "_ad_store")] if stores else []),
        ("script", f"{AD}/a.js", "advertising", "denied.example"),
    ]
    kept = {"kept"} | ({"kept_store"} if stores else set())
    shown.wait_for("(n) => document.cookie.split(';').length === n", len(kept))
    assert {cookie.name for cookie in browser.cookies()} == kept
    lines = [line.text for line in browser.console() if "suppressed" in line.text]
    assert len(lines) == (len(told) if debug else 0)
    for line, what in zip(lines, told, strict=debug):
        assert what["category"] in line or browser.name == "firefox"  # which prints no objects
        assert what["rule"] in line or browser.name == "firefox"


def test_no_name_of_the_guard_is_left_in_the_page(serve, open_browser):
    script = "window.before = Object.getOwnPropertyNames(window)"
    plain = serve(build_app(pages_with(script), config=build_config(guard="off")))
    guarded = serve(build_app(pages_with(script)), host="other.site.example")
    browser = open_browser(gpc=True)
    names = [
        set(browser.open(site.url + "/").evaluate("() => before")) for site in (plain, guarded)
    ]
    stubs = {"fbq", "ttq", "lintrk", "uetq", "dataLayer"}
    assert stubs <= names[1] - names[0]
    assert not [name for name in names[1] - names[0] if "consent" in name.lower()]


# Embeds


EMBEDS = f"""
  const frame = Object.assign(document.createElement("iframe"),
    {{ width: 320, height: 180, id: "inserted", title: "Map of our offices" }});
  frame.src = "{AD}/map";
  document.body.append(frame, Object.assign(document.createElement("p"), {{ id: "end" }}));
"""
LAYOUT = """() => [...document.querySelectorAll("iframe, #between, #end")].map((node) => {
  const { x, y, width, height } = node.getBoundingClientRect();
  return [node.id, x, y, width, height];
})"""


def test_a_suppressed_frame_leaves_a_placeholder_of_its_size_with_its_title(serve, open_browser):
    pages = {
        "/": html(
            body=f'<iframe id="written" title="A film" src="{AD}/film" width="560" height="315">'
            "</iframe><p id=between>between</p>"
        ),
        "/page.js": EMBEDS,
    }
    browser = open_browser()
    site = serve(build_app(pages, config=build_config(placeholder=True)))
    plain = browser.open(site.url + "/")
    assert "ads.denied.example" in plain.hosts
    before = plain.evaluate(LAYOUT)
    browser.set_gpc(True)
    shown = browser.open(site.url + "/")
    assert hosts_beside(site, shown) == set()
    assert shown.evaluate(LAYOUT) == before
    frames = """() => [...document.querySelectorAll("iframe")].map(({ contentDocument }) =>
      [contentDocument.querySelector("b").textContent, contentDocument.querySelector("a").href])"""
    centre = f"{site.url}/privacy-choices"
    assert shown.evaluate(frames) == [["A film", centre], ["Map of our offices", centre]]
    assert not [error for error in shown.errors if "Security Policy" in error]


# The service worker

PROBES = f'import("{AD}/late.js").catch(() => {{}}); import("{PLAIN}/late.js").catch(() => {{}});'


def worker_site(serve, *, guard="script+worker", pages=None, **options):
    pages = pages or pages_with(PROBES)
    return serve(build_app(pages, config=build_config(guard=guard)), **options)


def controlled(page):
    page.wait_for("() => navigator.serviceWorker.controller !== null")


def test_a_worker_goes_when_the_visitor_allows_again(serve, open_browser):
    site = worker_site(serve)
    browser = open_browser()
    opt_out(browser, site)
    controlled(browser.open(site.url + "/"))
    assert "ads.denied.example" not in browser.open(site.url + "/").hosts
    browser.set_cookie(site.url, "__Host-privacy_choices", "")
    page = browser.open(site.url + "/")
    page.wait_for("async () => (await navigator.serviceWorker.getRegistrations()).length === 0")
    assert "ads.denied.example" in browser.open(site.url + "/").hosts


SOURCES = """async () => {
  await fetch("/page.json");
  return performance.getEntriesByType("resource")
    .filter(({ name }) => new URL(name).host === location.host)
    .map(({ workerFinalSourceType }) => workerFinalSourceType ?? "");
}"""


def test_what_a_worker_would_only_pass_on_does_not_pass_through_it(
    serve, open_browser, browser_name
):
    site = worker_site(serve, pages=pages_with(PROBES) | {"/page.json": "{}"})
    browser = open_browser()
    opt_out(browser, site)
    controlled(browser.open(site.url + "/"))
    sources = browser.open(site.url + "/").evaluate(SOURCES)
    # Firefox has no static routes: there nothing of it says what happened.
    assert {*sources} == {"network" if browser_name == "chromium" else ""}


def test_a_worker_of_a_mounted_site_is_for_that_part_only(serve, open_browser):
    mounted = build_app(pages_with(PROBES), config=build_config(guard="script+worker"))
    outside = Route("/", lambda request: Response(html(scripts=()), media_type="text/html"))
    site = serve(Starlette(routes=[Mount("/app", app=mounted), outside]))
    browser = open_browser()
    opt_out(browser, site)
    controlled(browser.open(site.url + "/app/"))
    scope = "async () => (await navigator.serviceWorker.getRegistration('/app/')).scope"
    page = browser.open(site.url + "/app/")
    assert page.evaluate(scope) == f"{site.url}/app/"
    page.evaluate(f"() => import('{AD}/later.js').catch(() => {{}})")
    page.settle()
    assert "ads.denied.example" not in page.hosts
    page = browser.open(site.url + "/")
    assert page.evaluate("() => navigator.serviceWorker.controller") is None


def worker_requests(network):
    return [r for r in network.requests if r.path == "/privacy-choices/worker.js"]


def test_a_broken_worker_is_replaced_by_a_redeploy(serve, network, open_browser):
    broken = (
        "self.addEventListener('install', () => self.skipWaiting());"
        "self.addEventListener('activate', (e) => e.waitUntil(self.clients.claim()));"
        "self.addEventListener('fetch', (e) => e.respondWith(Response.error()));"
    )
    state = {"broken": True}
    app = build_app(pages_with(PROBES), config=build_config(guard="script+worker"))

    async def redeployed(scope, receive, send):
        if state["broken"] and scope.get("path") == "/privacy-choices/worker.js":
            headers = {"service-worker-allowed": "/", "cache-control": "no-cache"}
            response = Response(broken, media_type="text/javascript", headers=headers)
            return await response(scope, receive, send)
        return await app(scope, receive, send)

    site = serve(redeployed)
    browser = open_browser()
    opt_out(browser, site)
    page = browser.open(site.url + "/")
    controlled(page)
    state["broken"] = False
    # The page itself fails now, but the attempt has the worker looked for anew.
    asked = len(worker_requests(network))
    with suppress(Exception):  # each browser has an error of its own for it
        browser.open(site.url + "/", settle=False)
    deadline = time.monotonic() + 20
    while len(worker_requests(network)) == asked and time.monotonic() < deadline:
        time.sleep(0.1)
    network.settle()
    page = browser.open(site.url + "/")
    assert page.title == "-"
    assert page.hosts >= {"cdn.innocent.example"}
    assert "ads.denied.example" not in page.hosts


OWN_WORKER = """
  self.addEventListener("install", () => self.skipWaiting());
  self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
  self.addEventListener("fetch", (event) => {
    if (event.request.url.endsWith("/from-worker")) event.respondWith(new Response("mine"));
  });
"""
REGISTERS = """navigator.serviceWorker.register("/own.js");"""
ASKS = """async () => {
  const mine = await (await fetch("/from-worker")).text();
  const urls = (await navigator.serviceWorker.getRegistrations()).map((r) => r.active?.scriptURL);
  return [mine, ...urls.map((url) => new URL(url).pathname)];
}"""


@pytest.mark.parametrize("imports", [False, True], ids=["alone", "importing-ours"])
def test_a_worker_of_the_sites_own_stays(serve, open_browser, imports):
    own = ('importScripts("/privacy-choices/worker.js");' if imports else "") + OWN_WORKER
    pages = pages_with(REGISTERS + PROBES) | {"/own.js": own, "/later": html()}
    site = worker_site(serve, pages=pages)
    browser = open_browser()
    opt_out(browser, site)
    page = browser.open(site.url + "/")
    page.wait_for(
        "async () => (await navigator.serviceWorker.getRegistration())"
        "?.active?.scriptURL.endsWith('/own.js')"
    )
    controlled(page)
    page = browser.open(site.url + "/later")
    assert page.evaluate(ASKS) == ["mine", "/own.js"]
    assert ("ads.denied.example" in page.hosts) is not imports
    assert "cdn.innocent.example" in page.hosts
