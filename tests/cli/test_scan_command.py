import json
import re

import pytest


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


def test_scan_refuses_to_fail_on_what_there_is_not(run, folder):
    code, _, err = run("scan", folder, "--fail-on", "unclasified")

    assert code == 2
    assert "did you mean 'unclassified'?" in err


def test_scan_names_the_files_of_a_folder(run, folder):
    report = json.loads(run("scan", folder, "-f", "json")[1])

    (pixel,) = [one for one in report["categories"]["advertising"] if one["kind"] == "image"]
    assert pixel["pages"] == [str(folder / "second.html")]


def test_a_place_of_a_sarif_log_is_a_file_from_here_so_that_it_is_shown_beside_the_code(
    run, folder, monkeypatch
):
    monkeypatch.chdir(folder.parent)

    log = json.loads(run("scan", "site", "-f", "sarif")[1])

    places = [one["locations"][0]["physicalLocation"] for one in log["runs"][0]["results"]]
    assert {"artifactLocation": {"uri": "site/second.html"}, "region": {"startLine": 1}} in places
    assert {place["artifactLocation"]["uri"] for place in places} == {
        "site/index.html",
        "site/second.html",
    }


def test_scan_goes_on_from_what_an_interrupted_one_has_noted(run, folder, tmp_path):
    log = tmp_path / "scan.jsonl"

    run("scan", folder, "--limit", "1", "--resume", log)
    assert len(log.read_text().splitlines()) == 2  # what it is the log of, and one page
    with log.open("a") as file:
        file.write('{"url": "cut sho')
    _, out, _ = run("scan", folder, "--resume", log, "-f", "json")

    assert json.loads(out)["pages"] == 2
    assert len([line for line in log.read_text().splitlines() if line.endswith("}")]) == 3
    _, again, _ = run("scan", folder, "--resume", log, "-f", "json")
    assert again == out


@pytest.mark.parametrize(
    "text", ['secret_keys = ["x"]\n', '{"pages": 2}\n', "[1]\n", '"scan"\n', "\x00\xff"]
)
def test_a_file_that_is_no_log_stays_as_it_is(run, folder, tmp_path, text):
    file = tmp_path / "consent.toml"
    file.write_text(text, encoding="latin-1")

    code, _, err = run("scan", folder, "--resume", file)

    assert code == 3
    assert "no log of a scan" in err
    assert file.read_text("latin-1") == text


def test_the_log_of_another_site_is_not_gone_on_from(run, folder, tmp_path):
    log = tmp_path / "scan.jsonl"
    run("scan", folder, "--resume", log)
    other = tmp_path / "other"
    other.mkdir()
    (other / "index.html").write_text("")

    code, _, err = run("scan", other, "--resume", log)

    assert code == 3
    assert f"the log of another scan, of '{folder}'" in err


def test_scan_says_where_it_has_not_seen_everything(run, folder):
    code, out, err = run("scan", folder, "--limit", "1", "-f", "json")

    assert code == 0
    assert "stopped at 1 pages, and there are more" in err
    assert json.loads(out)["cut_short"] is True
