"""The commands as they are called: arguments in, text, files and exit code out."""

import json
import re
import subprocess
import sys
import tomllib
from xml.etree import ElementTree as ET

import pytest
from planted_faults import PAGES, build_broken, build_fixed

from consentmw import load_config
from consentmw.cli.app import app

PAGE = """<!doctype html>
<title>Home</title>
<a href="second.html">Second</a>
<script src="https://connect.facebook.net/en_US/fbevents.js"></script>
<script src="https://unheard-of.example/x.js"></script>
<script src="/own.js"></script>
"""


@pytest.fixture
def run(monkeypatch, capsys):
    """Runs a command and gives exit code, output and error output."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["consentmw", *map(str, arguments)])
        monkeypatch.setenv("COLUMNS", "200")
        with pytest.raises(SystemExit) as caught:
            app()
        written = capsys.readouterr()
        return caught.value.code or 0, written.out, written.err

    return run


@pytest.fixture
def folder(tmp_path):
    site = tmp_path / "site"
    site.mkdir()
    (site / "index.html").write_text(PAGE)
    (site / "second.html").write_text('<img src="https://www.facebook.com/tr?id=1">')
    return site


@pytest.fixture
def modules(monkeypatch):
    """Makes the broken and the fixed site importable as `sites:broken` and `sites:fixed`."""
    import types

    module = types.ModuleType("sites")
    module.broken, module.fixed = build_broken(), build_fixed()
    monkeypatch.setitem(sys.modules, "sites", module)


def test_the_version_is_printed(run):
    code, out, _ = run("--version")

    assert code == 0
    assert re.fullmatch(r"consentmw \d+\.\d+\.\d+\n", out)


@pytest.mark.parametrize(
    "command", ["init", "check", "explain", "scan", "audit", "declaration", "demo"]
)
def test_every_command_explains_itself(run, command):
    code, out, _ = run(command, "--help")

    assert code == 0
    assert "Usage" in out


def test_without_its_extra_the_command_line_says_which_one_it_needs():
    code = "import sys; sys.modules['typer'] = None\nfrom consentmw.cli import main\nmain()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert 'pip install "consentmw[cli]"' in done.stderr


def test_scan_lists_what_a_folder_holds_by_category(run, folder):
    code, out, _ = run("scan", folder)

    assert code == 0
    for word in ("advertising", "Meta", "fbevents.js", "unclassified", "unheard-of", "2 pages"):
        assert word in out
    assert "own.js" not in out


def test_scan_as_json_holds_everything(run, folder):
    code, out, _ = run("scan", folder, "--format", "json")
    report = json.loads(out)

    assert code == 0
    assert report["pages"] == 2
    assert {entry["url"] for entry in report["categories"]["advertising"]} == {
        "https://connect.facebook.net/en_US/fbevents.js",
        "https://www.facebook.com/tr?id=1",
    }


def test_scan_as_sarif_warns_of_what_nobody_knows(run, folder, tmp_path):
    report = tmp_path / "scan.sarif"

    code, _, err = run("scan", folder, "-f", "sarif", "-o", report)
    log = json.loads(report.read_text())

    assert code == 0
    assert "2 pages" in err
    assert log["version"] == "2.1.0"
    warnings = [one for one in log["runs"][0]["results"] if one["level"] == "warning"]
    assert ["unheard-of.example" in one["message"]["text"] for one in warnings] == [True]


def test_scan_as_a_page_is_self_contained(run, folder, tmp_path):
    report = tmp_path / "scan.html"

    run("scan", folder, "-f", "html", "-o", report)
    page = report.read_text()

    assert "<svg" in page
    assert "fbevents.js" in page
    assert not re.search(r"<(script|link|img|iframe)\b", page)


def test_a_table_can_be_kept_in_a_file(run, folder, tmp_path):
    report = tmp_path / "scan.txt"

    run("scan", folder, "-o", report)

    assert "Meta" in report.read_text()


@pytest.mark.parametrize(
    ("category", "code"), [("unclassified", 1), ("advertising", 1), ("consent", 0)]
)
def test_scan_fails_on_what_it_is_told_to_fail_on(run, folder, category, code):
    assert run("scan", folder, "--fail-on", category)[0] == code


def test_scan_goes_on_from_what_an_interrupted_one_has_noted(run, folder, tmp_path):
    log = tmp_path / "scan.jsonl"

    run("scan", folder, "--limit", "1", "--resume", log)
    assert len(log.read_text().splitlines()) == 1
    with log.open("a") as file:
        file.write('{"url": "cut sho')
    _, out, _ = run("scan", folder, "--resume", log, "-f", "json")

    assert json.loads(out)["pages"] == 2
    assert len([line for line in log.read_text().splitlines() if line.endswith("}")]) == 2


def test_audit_finds_every_planted_fault(run, modules):
    code, out, _ = run(
        "audit", "sites:broken", "--opt-out-with", "optout=1", "-f", "json", "--limit", "100"
    )
    found = {}
    for fault in json.loads(out)["faults"]:
        path = fault["url"].removeprefix("https://testserver")
        found.setdefault(path, set()).add(fault["kind"])

    assert code == 1
    planted = {path: set(page.faults) for path, page in PAGES.items() if page.faults}
    planted["/redirect"] = {"leaked-cookie"}
    planted["/.well-known/gpc.json"] = {"gpc-support-missing"}
    assert found == planted


def test_audit_reports_nothing_on_the_same_site_in_order(run, modules):
    code, out, _ = run("audit", "sites:fixed", "-f", "json", "--limit", "100")
    report = json.loads(out)

    assert (code, report["faults"]) == (0, [])
    assert sum(page["suppressed"] for page in report["pages"]) >= 20
    assert any("token" in name or "csrf" in name for name in _unstable(report, "/token"))


def _unstable(report, path):
    return next(page["unstable"] for page in report["pages"] if page["url"].endswith(path))


def test_audit_as_a_table_names_the_leaks(run, modules):
    code, out, _ = run("audit", "sites:broken", "--opt-out-with", "optout=1", "--limit", "5")

    assert code == 1
    assert "leaked-resource" in out
    assert "leaks" in out


def test_audit_as_junit_has_a_case_for_each_page(run, modules, tmp_path):
    report = tmp_path / "audit.xml"

    run("audit", "sites:broken", "-f", "junit", "-o", report, "--limit", "100")
    suite = ET.parse(report).getroot()

    assert int(suite.get("tests")) == len(suite)
    assert int(suite.get("failures")) == len(suite.findall("testcase/failure")) > 15


def test_audit_as_sarif_calls_a_leak_an_error(run, modules):
    _, out, _ = run("audit", "sites:broken", "-f", "sarif", "--limit", "100")
    results = json.loads(out)["runs"][0]["results"]

    assert {one["level"] for one in results} == {"error", "warning"}


def test_an_option_that_is_no_cookie_is_refused(run, modules):
    assert run("audit", "sites:broken", "--opt-out-with", "optout")[0] == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["https://connect.facebook.net/en_US/fbevents.js"], ["advertising", "Meta"]),
        (["www.facebook.com/tr?id=1"], ["advertising", "Meta"]),
        (["--cookie", "_fbp"], ["advertising", "Meta"]),
    ],
)
def test_explain_says_what_something_is_and_why(run, arguments, words):
    code, out, _ = run("explain", *arguments)

    assert code == 0
    for word in [*words, "rule", "source"]:
        assert word in out


def test_explain_reads_an_inline_script_from_a_file(run, tmp_path):
    script = tmp_path / "inline.js"
    script.write_text("fbq('init', '123');")

    code, out, _ = run("explain", "--inline", script)

    assert code == 0
    assert "Meta" in out


def test_explain_says_where_no_rule_matches(run):
    code, out, _ = run("explain", "https://unheard-of.example/x.js")

    assert code == 1
    assert "no rule matches" in out


@pytest.mark.parametrize(
    "arguments",
    [[], ["https://a.example/", "--cookie", "b"], ["--cookie", "b", "--page"], ["https://"]],
    ids=["nothing", "two", "page-of-a-cookie", "no-host"],
)
def test_explain_refuses_what_it_cannot_mean(run, arguments):
    assert run("explain", *arguments)[0] == 2


def test_check_prints_what_a_configuration_means(run, tmp_path):
    file = tmp_path / "consent.toml"
    file.write_text(
        'secret_keys = ["long enough to be a secret of a test"]\n'
        '[categories.advertising]\nhosts = ["ads.example.com"]\n'
        '[[zones]]\npaths = ["/member/*"]\ndeny = ["advertising"]\n'
    )

    code, out, _ = run("check", file)

    assert code == 0
    for word in ("advertising", "/member/*", "honoured", "/privacy-choices"):
        assert word in out


@pytest.mark.parametrize(
    ("policy", "code"), [("script-src 'none'", 1), ("script-src 'self'", 0), ("img-src *", 0)]
)
def test_check_says_where_a_sites_own_policy_keeps_the_guard_out(
    run, tmp_path, monkeypatch, policy, code
):
    import types

    from starlette.applications import Starlette
    from starlette.responses import HTMLResponse
    from starlette.routing import Route

    def home(request):
        return HTMLResponse("<p>x</p>", headers={"content-security-policy": policy})

    module = types.ModuleType("strict")
    module.app = Starlette(routes=[Route("/", home)])
    monkeypatch.setitem(sys.modules, "strict", module)
    file = tmp_path / "consent.toml"
    file.write_text("")

    found, out, _ = run("check", file, "--site", "strict:app")

    assert found == code
    assert ("The guard can't run on strict:app" in out) == bool(code)


def test_check_prints_every_problem_and_fails(run, tmp_path):
    file = tmp_path / "consent.toml"
    file.write_text('regime = "opt-aut"\n[signals]\ngcp = true\n')

    code, _, err = run("check", file)

    assert code == 2
    assert "regime" in err
    assert "gcp" in err


def test_init_writes_a_configuration_that_loads(run, folder, tmp_path, monkeypatch):
    file = tmp_path / "consent.toml"
    monkeypatch.setenv("CONSENT_SECRET", "long enough to be a secret of a test")

    code, out, _ = run("init", folder, "-o", file)

    assert code == 0
    assert "unclassified: 1" in out
    assert "unheard-of.example" in file.read_text()
    assert tomllib.loads(file.read_text())["regime"] == "opt-out"
    assert load_config(file).secret_keys == ("long enough to be a secret of a test",)
    assert run("init", folder, "-o", file)[0] == 2
    assert run("init", folder, "-o", file, "--force")[0] == 0


def test_declaration_lists_the_cookies_that_are_set_and_declared(run, modules, tmp_path):
    file = tmp_path / "consent.toml"
    file.write_text('[categories.analytics]\ncookies = ["_visits", "se*"]\n')

    _, table, _ = run("declaration", "sites:fixed", "--config", file)
    _, page, _ = run("declaration", "sites:fixed", "--config", file, "-f", "html")
    _, data, _ = run("declaration", "sites:fixed", "--config", file, "-f", "json")

    assert "| `_fbp` | Meta" in table
    assert "| `_visits` |" in table
    assert "se*" not in table  # the scan has met `session`, which it covers
    assert "<td>_fbp</td>" in page
    assert {"_fbp", "_gcl_au", "_visits"} <= {one["name"] for one in json.loads(data)}


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("nowhere", "neither a URL"),
        ("no_such_module:app", "can't import"),
        ("json:no_such_app", "no_such_app"),
        ("http://127.0.0.1:9/", "127.0.0.1:9"),
        ("https://", "no http or https URL"),
    ],
)
def test_a_target_that_cannot_be_read_ends_with_its_own_exit_code(run, target, message):
    code, _, err = run("audit", target)

    assert code == 3
    assert message in err


def test_a_folder_without_pages_is_no_target(run, tmp_path):
    code, _, err = run("scan", tmp_path)

    assert code == 3
    assert ".html" in err


def test_a_header_that_is_none_is_refused(run, folder):
    assert run("scan", folder, "--header", "no colon")[0] == 2
