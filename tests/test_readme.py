"""The README does what it says: each of its code blocks is run, and so is the demo's file."""

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route

from consentmw import ConsentMiddleware, load_config
from consentmw.testing import client

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
REFERENCE = ROOT / "consentmw" / "config" / "reference.toml"
SECRET = {"CONSENT_SECRET": "a secret of the tests, of some length"}
# The columns that are read of a list like the Open Cookie Database.
COOKIE_LIST = "Category,Cookie / Data Key name,Wildcard match\nMarketing,_some_pixel,0\n"


def blocks(language):
    found = re.findall(rf"^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    assert found, f"the README has no {language} block"
    return found


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder as a reader has it who follows the quick start."""
    quick_start = next(block for block in blocks("toml") if block.startswith("# consent.toml"))
    (tmp_path / "consent.toml").write_text(quick_start)
    (tmp_path / "templates").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CONSENT_SECRET", SECRET["CONSENT_SECRET"])
    return tmp_path


def is_of_the_suite(block):
    """Whether a block shows the files of `examples/own_suite`, which are run as they stand."""
    return "import pytest" in block or "consent_app" in block


def test_the_first_app_answers_the_signal_as_the_readme_says(folder):
    names = {}
    exec(compile(blocks("python")[0], "README.md", "exec"), names)
    (promised,) = re.findall(r"^curl -H 'Sec-GPC: 1' \S+ +# (.*)$", README, re.MULTILINE)

    with client(names["app"], "gpc") as visitor:
        answer = visitor.get("/")

    assert answer.text == promised
    assert answer.headers["vary"] == "Sec-GPC, Cookie"


@pytest.mark.parametrize(
    "block",
    [block for block in blocks("python") if not is_of_the_suite(block)],
    ids=lambda block: block[:40],
)
def test_each_python_block_runs(folder, block):
    if not block.lstrip().startswith(("from", "import")):
        pytest.fail(f"a block has to stand by itself:\n{block}")
    names = {}
    exec(compile(block, "README.md", "exec"), names)
    app = names.get("app")
    if app is not None:
        with client(app, config=load_config("consent.toml")) as visitor:
            assert visitor.get("/privacy-choices").status_code == 200


def definitions(source):
    nodes = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {ast.dump(node) for node in ast.parse(source).body if isinstance(node, nodes)}


def test_what_is_shown_of_the_suite_is_in_its_files():
    shown = set().union(*map(definitions, filter(is_of_the_suite, blocks("python"))))
    files = (ROOT / "examples" / "own_suite").glob("*.py")
    assert shown
    assert shown <= set().union(*(definitions(path.read_text()) for path in files))


@pytest.mark.parametrize("block", blocks("toml"), ids=lambda block: block[:30])
def test_each_toml_block_is_a_valid_configuration(tmp_path, block):
    (tmp_path / "consent.toml").write_text(block)
    for name in re.findall(r'^templates = "(.+)"', block, re.MULTILINE):
        (tmp_path / name).mkdir()
    for name in re.findall(r'"([\w-]+\.(?:csv|txt))(?:#\w+)?"', block):
        (tmp_path / name).write_text(COOKIE_LIST if name.endswith("csv") else "ads.example\n")
    load_config(tmp_path / "consent.toml", environ=SECRET)


def test_the_list_of_keys_is_the_one_that_is_held_against_the_code():
    assert any(block.strip() in REFERENCE.read_text() for block in blocks("toml"))
    longest = max(blocks("toml"), key=len)
    assert longest.strip() == REFERENCE.read_text().split("\n", 2)[2].strip()


def test_tags_in_html_do_what_is_said_of_them(folder):
    page = next(block for block in blocks("html") if "data-consent" in block)
    site = Starlette(routes=[Route("/", lambda request: HTMLResponse(page))])
    app = ConsentMiddleware(site, config=load_config("consent.toml"))
    with client(app, config=load_config("consent.toml")) as visitor:
        sent = visitor.get("/", headers={"Sec-GPC": "1"}).text
    assert "This text stays." in sent
    assert "partner-bundle.js" not in sent
    assert "This image goes." not in sent


@pytest.mark.parametrize("block", blocks("sh"), ids=lambda block: block[:30])
def test_each_command_is_one_that_a_shell_reads(block):
    subprocess.run(["sh", "-n"], input=block, text=True, check=True)
    for path in re.findall(r"\bexamples/\S+", block):
        assert (ROOT / path).exists(), path


def test_the_demo_starts_by_its_file(tmp_path):
    """Everything in `examples/` compiles, and the demo's module makes its app."""
    shutil.copytree(ROOT / "examples" / "health_plan", tmp_path / "demo")
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    said = subprocess.run(
        [sys.executable, "-W", "error", "-c", "import app; print(app.app.title)"],
        cwd=tmp_path / "demo",
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (said.stdout, said.stderr) == ("Juniper Health Plan\n", "")


def test_links_within_the_readme_lead_somewhere():
    headings = {
        re.sub(r"[^a-z0-9 -]", "", line.lstrip("# ").lower()).replace(" ", "-")
        for line in README.splitlines()
        if line.startswith("#")
    }
    assert set(re.findall(r"\]\(#(.*?)\)", README)) <= headings
    for path in re.findall(r"\]\(([A-Za-z.]+\.md)\)", README):
        assert (ROOT / path).exists(), path
