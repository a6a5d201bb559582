"""The scripts, the service worker, the placeholder and what takes the signal's report."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections import Counter
from pathlib import Path

import httpx
import pytest

from consentmw import browser
from consentmw.access import SCOPE_KEY, RequestConsent
from consentmw.browser.scripts import code, site_scripts
from consentmw.config import Config
from consentmw.core.decision import build_consent
from consentmw.core.signals import Signals

SECRET = "k" * 40


def _config(**tables):
    return Config.from_mapping({"secret_keys": [SECRET], **tables})


def _client(
    config, *, signals=None, root_path="", base_url="https://www.site.example", debug=False
):
    """The endpoints as the middleware serves them."""
    endpoints = browser.build_endpoints(config, debug=debug)
    consent = build_consent(config.policy, signals=signals or Signals(gpc=True))

    async def app(scope, receive, send):
        scope = {**scope, "root_path": root_path, SCOPE_KEY: RequestConsent(consent)}
        await endpoints[scope["path"].removeprefix(root_path)](scope, receive, send)

    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=base_url)


def _paths(config):
    return [
        re.sub(r"[0-9a-f]{12}\.", "….", path).removeprefix("/privacy-choices/")
        for path in browser.build_endpoints(config)
    ]


@pytest.fixture
def anyio_backend():
    return "asyncio"


pytestmark = pytest.mark.anyio


async def test_each_script_is_served_for_good_under_the_digest_of_its_content():
    config = _config()
    async with _client(config) as client:
        paths = [p for p in browser.build_endpoints(config) if re.search(r"[0-9a-f]{12}\.js", p)]
        assert Counter(p.split("/")[-1].split(".")[0] for p in paths) == {
            "guard": 1,
            "register": 1,
            "rules": 2,
            "signal": 1,
            "worker": 1,
        }
        for path in paths:
            answer = await client.get(path)
            assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
            assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert hashlib.sha256(answer.content).hexdigest()[:12] in path
            assert (await client.post(path)).status_code == 405


def _of_another_deployment(path):
    return re.sub(r"[0-9a-f]{12}\.js$", "0123456789ab.js", path)


@pytest.mark.parametrize("debug", [False, True])
async def test_a_file_of_another_deployment_is_the_present_one_for_a_minute(debug):
    config = _config(browser={"guard": "script+worker"})
    find = browser.build_successors(config, debug=debug).find
    endpoints = browser.build_endpoints(config, debug=debug)
    served = {path: app for path, app in endpoints.items() if path.endswith(".js")}
    del served["/privacy-choices/worker.js"]
    for path, script in served.items():
        successor = find(_of_another_deployment(path))
        is_told = b'"vendors"' in successor.script.content
        assert is_told == (debug and "/rules." in path)
        assert successor.script.stem == script.stem
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(successor), base_url="https://www.site.example"
        ) as client:
            answer = await client.get(path)
            assert (await client.post(path)).status_code == 405
        assert answer.content == successor.script.content
        assert answer.headers["cache-control"] == "public, max-age=60"
    assert len({find(_of_another_deployment(path)).script for path in served}) == 6


@pytest.mark.parametrize(
    "name",
    [
        "guard.js",
        "guard.0123456789a.js",
        "guard.0123456789abc.js",
        "guard.0123456789AB.js",
        "guard.0123456789ab.js/",
        "guard.0123456789ab.js\n",
        "x/guard.0123456789ab.js",
        "retired.0123456789ab.js",
        "rules.0123456789ab.js",
        "rules.000000012345678901.js",
        "",
    ],
)
def test_nothing_stands_in_for_what_was_never_a_file(name):
    find = browser.build_successors(_config()).find
    assert find(f"/privacy-choices/{name}") is None
    assert find(f"/{name}") is None


def test_nothing_stands_in_for_what_is_switched_off():
    config = _config(browser={"guard": "off"}, signals={"navigator": False})
    find = browser.build_successors(config).find
    assert find("/privacy-choices/guard.0123456789ab.js") is None
    assert find("/privacy-choices/signal.0123456789ab.js") is None


@pytest.mark.parametrize("debug", [False, True])
async def test_what_is_inserted_is_what_is_served(debug):
    config = _config(browser={"guard": "script+worker"})
    consent = build_consent(config.policy, signals=Signals(gpc=True))
    insertions = browser.insertion_for(config, consent, root_path="/app", debug=debug)
    insertions += browser.insertion_for(config, build_consent(config.policy), root_path="/app")
    addresses = re.findall(rb'src="([^"]+)"', insertions)
    assert len(addresses) == 4
    async with _client(config, root_path="/app", debug=debug) as client:
        for address in addresses:
            assert (await client.get(address.decode())).status_code == 200
    # The rules that tell their vendors are made only where somebody asks for them.
    other = browser.insertion_for(config, consent, debug=not debug).decode()
    (rules,) = re.findall(r'src="([^"]+/rules\.[^"]+)"', other)
    assert (rules in browser.build_endpoints(config, debug=debug)) is debug


def test_only_what_is_in_use_is_served():
    everything = _paths(_config(browser={"guard": "script+worker", "csp": "enforce"}))
    assert {"frame", "worker.js", "signal", "signal.….js", "reports"} < set(everything)
    nothing = {"secret_keys": [], "browser": {"guard": "off"}}
    assert _paths(_config(**nothing)) == ["worker.js", "frame"]
    assert "signal" not in _paths(_config(signals={"navigator": False}))
    assert "reports" not in _paths(_config())


def _gzipped(content):
    return len(gzip.compress(content, 9))


def test_the_guard_is_under_4_kilobytes_and_the_signal_script_under_400_bytes():
    sizes = {name: _gzipped(code(name).content) for name in ("guard", "signal")}
    print(sizes)
    assert sizes["guard"] < 4000
    assert sizes["signal"] < 400


def test_rules_of_a_category_are_under_20_kilobytes():
    config = _config()
    scripts = site_scripts(config)
    sizes = {name: _gzipped(script.content) for name, script in scripts.rules.items()}
    print(sizes)
    assert sizes.keys() == {"advertising", "analytics"}
    assert max(sizes.values()) < 20_000
    # The signal denies one of them.
    denied = build_consent(config.policy, signals=Signals(gpc=True)).denied
    assert sum(sizes[name] for name in denied) < 20_000


@pytest.mark.parametrize("name", ["guard", "register", "retired", "signal", "worker"])
def test_no_script_evaluates_text(name):
    assert not re.search(rb"\beval\b|\bFunction\(|setTimeout\(['\"`]", code(name).content)


def test_the_only_names_that_scripts_leave_to_each_other_are_taken_away():
    sources = [p.read_text() for p in (Path(browser.__file__).parent / "client").glob("*.js")]
    read = {name for text in sources for name in re.findall(r"\w+\.(consentmw\w*)", text)}
    gone = {name for text in sources for name in re.findall(r"delete \w+\.(\w+);", text)}
    assert read == gone == {"consentmw", "consentmwWorker"}


# The signal's report


async def _report(client, **headers):
    return await client.post("/privacy-choices/signal", headers=headers)


async def test_a_report_is_kept_in_a_signed_session_cookie():
    config = _config()
    async with _client(config, signals=Signals()) as client:
        answer = await _report(client, **{"sec-fetch-site": "same-origin"})
    name, _, rest = answer.headers["set-cookie"].partition("=")
    value, *attributes = rest.split("; ")
    assert answer.status_code == 204
    assert name == "__Host-privacy_choices_signal"
    assert attributes == ["Path=/", "HttpOnly", "SameSite=Lax", "Secure"]
    assert config.choice_signer is not None
    assert config.choice_signer.read_report(value)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["clear-site-data"] == '"prefetchCache", "prerenderCache"'


async def test_a_report_counts_for_all_hosts_that_share_the_choice():
    async with _client(_config(cookie={"domain": ".site.example"})) as client:
        cookie = (await _report(client)).headers["set-cookie"]
    assert cookie.startswith("privacy_choices_signal=")
    assert cookie.endswith("; Domain=site.example; Secure")


async def test_a_report_works_on_this_machine_without_tls():
    async with _client(_config(), base_url="http://localhost:8000") as client:
        cookie = (await _report(client)).headers["set-cookie"]
    assert cookie.startswith("privacy_choices_signal=")
    assert "Secure" not in cookie


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
async def test_a_report_from_elsewhere_is_refused(site):
    async with _client(_config()) as client:
        answer = await _report(client, **{"sec-fetch-site": site})
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


async def test_a_report_is_a_post():
    async with _client(_config()) as client:
        answer = await client.get("/privacy-choices/signal")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


# The service worker


async def _worker(config, **options):
    async with _client(config, root_path="/app", **options) as client:
        return await client.get("/app/privacy-choices/worker.js")


async def test_the_worker_has_one_address_and_is_asked_for_anew():
    answer = await _worker(_config(browser={"guard": "script+worker"}))
    assert answer.headers["cache-control"] == "no-cache, private"
    assert answer.headers["service-worker-allowed"] == "/app/"
    assert answer.headers["vary"] == "Sec-GPC, Cookie"
    imported = re.search(r"importScripts\(\.\.\.(\[.*\])\);\n", answer.text)
    assert imported
    assert [re.sub(r"\.[0-9a-f]{12,18}", "", path) for path in json.loads(imported[1])] == [
        "/app/privacy-choices/rules.js",
        "/app/privacy-choices/worker.js",
    ]


@pytest.mark.parametrize(
    ("guard", "signals"),
    [
        ("script+worker", Signals()),
        ("script", Signals(gpc=True)),
        ("off", Signals(gpc=True)),
    ],
    ids=["nothing-denied", "no-worker-any-more", "off"],
)
async def test_where_there_is_nothing_to_do_the_worker_removes_itself(guard, signals):
    answer = await _worker(_config(browser={"guard": guard}), signals=signals)
    assert "registration.unregister()" in answer.text
    assert "importScripts" not in answer.text
    assert '"/app/privacy-choices/worker.js"' in answer.text


# The placeholder


async def test_a_placeholder_links_to_the_preference_centre_in_the_whole_window():
    async with _client(_config(), root_path="/app") as client:
        answer = await client.get("/app/privacy-choices/frame")
    assert '<a href="/app/privacy-choices" target="_top">Your Privacy Choices</a>' in answer.text
    assert "{{" not in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


async def test_a_placeholder_without_a_preference_centre_links_nowhere():
    async with _client(_config(secret_keys=[])) as client:
        answer = await client.get("/privacy-choices/frame")
    assert "<a" not in answer.text
