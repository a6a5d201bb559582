import json
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest
from planted_faults import PAGES
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route

from consentmw.cli.reports.as_junit import audit_as_junit
from consentmw.inspection.audit import SiteAudit
from consentmw.inspection.faults import Fault, FaultKind
from consentmw.inspection.page_audit import PageAudit


def test_audit_finds_every_planted_fault(run, planted):
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


def test_audit_reports_nothing_on_the_same_site_in_order(run, planted):
    code, out, _ = run("audit", "sites:fixed", "-f", "json", "--limit", "100")
    report = json.loads(out)

    assert (code, report["faults"]) == (0, [])
    assert sum(page["suppressed"] for page in report["pages"]) >= 20
    assert any("token" in name or "csrf" in name for name in _unstable(report, "/token"))


def _unstable(report, path):
    return next(page["unstable"] for page in report["pages"] if page["url"].endswith(path))


def test_audit_as_a_table_names_the_leaks(run, planted):
    code, out, _ = run("audit", "sites:broken", "--opt-out-with", "optout=1", "--limit", "5")

    assert code == 1
    assert "leaked-resource" in out
    assert "leaks" in out


def test_audit_as_a_table_tells_one_thing_once_and_for_whom(run, planted):
    _, out, _ = run("audit", "sites:broken", "--opt-out-with", "optout=1", "-n", "2")

    lines = [line.strip() for line in out.splitlines()]
    assert lines.count("leaked-resource  gpc, opted-out") == 1
    assert lines[-1] == ("sites:broken: 2 pages, 0 resources kept out, 1 other fault, 2 leaks")


def test_audit_as_junit_has_a_case_for_each_page(run, planted, tmp_path):
    report = tmp_path / "audit.xml"

    code, _, _ = run("audit", "sites:broken", "-f", "junit", "-o", report, "-n", "100")
    (suite,) = ET.parse(report).getroot()

    assert code == 1
    assert int(suite.get("tests")) == len(suite) == len(PAGES) + 3
    leaking = {case.get("name") for case in suite.findall("testcase[failure]")}
    assert len(leaking) == int(suite.get("failures")) == 11
    others = {case.get("name") for case in suite.findall("testcase[system-out]")}
    assert "https://testserver/vary" in others - leaking


@pytest.mark.parametrize(("options", "code"), [([], 0), (["--strict"], 1)])
def test_junit_fails_where_the_command_does(run, module, tmp_path, options, code):
    module("shop", app=Starlette(routes=[Route("/", lambda request: HTMLResponse("x"))]))
    report = tmp_path / "audit.xml"

    found, _, _ = run("audit", "shop:app", "-f", "junit", "-o", report, *options)

    assert found == code
    assert ET.parse(report).getroot().get("failures") == str(code)


def test_junit_holds_no_character_that_xml_can_not():
    url = "https://testserver/\x00\ud800\uffff"
    fault = Fault(kind=FaultKind.LEAKED_COOKIE, url=url, state="gpc", message="a\x1b[31m\ufffe")
    audit = SiteAudit(pages=(PageAudit(url=url, faults=(fault,)),), faults=(fault,))

    text = audit_as_junit(audit, "\x08", fails=lambda fault: fault.is_leak)

    assert ET.fromstring(text).find("testsuite/testcase/failure").text.count("\ufffd") == 5


def test_audit_as_sarif_calls_a_leak_an_error(run, planted):
    _, out, _ = run("audit", "sites:broken", "-f", "sarif", "--limit", "100")
    (log,) = json.loads(out)["runs"]

    assert {one["level"] for one in log["results"]} == {"error", "warning"}
    rules = {rule["id"]: rule for rule in log["tool"]["driver"]["rules"]}
    assert set(rules) == {str(kind) for kind in FaultKind}
    for result in log["results"]:
        assert result["ruleId"] in rules
        (place,) = result["locations"]
        # GitHub refuses all of a log in which one location has a scheme.
        uri = urlsplit(place["physicalLocation"]["artifactLocation"]["uri"])
        assert (uri.scheme, uri.netloc) == ("", "")
        assert uri.path.startswith("testserver/")
    prints = [one["partialFingerprints"]["consentmw/v1"] for one in log["results"]]
    assert len(set(prints)) == len(prints)


def test_an_option_that_is_no_cookie_is_refused(run, planted):
    assert run("audit", "sites:broken", "--opt-out-with", "optout")[0] == 2


def test_a_category_that_there_is_not_is_refused_and_not_missed(run, planted):
    code, _, err = run("audit", "sites:broken", "--category", "advertisng")

    assert code == 2
    assert "did you mean 'advertising'?" in err


def test_what_must_not_come_through_can_be_named(run, module):
    page = '<script src="https://www.google-analytics.com/analytics.js"></script>'
    module("shop", app=Starlette(routes=[Route("/", lambda request: HTMLResponse(page))]))

    assert run("audit", "shop:app")[0] == 0
    assert run("audit", "shop:app", "--category", "analytics")[0] == 1
