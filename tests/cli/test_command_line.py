"""What is the same for every command: help, targets, exit codes, files that can be written."""

import re
import signal
import subprocess
import sys

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route


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


@pytest.mark.parametrize("command", ["init", "scan", "audit", "declaration"])
def test_every_command_that_reads_a_site_reads_it_alike(run, command):
    _, out, _ = run(command, "--help")

    for option in ("--config", "--limit", "--delay", "--timeout", "--header", "--browser"):
        assert option in out


def test_without_its_extra_the_command_line_says_which_one_it_needs():
    code = "import sys; sys.modules['typer'] = None\nfrom consentmw.cli import main\nmain()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert 'pip install "consentmw[cli]"' in done.stderr


@pytest.mark.parametrize("command", ["scan", "audit", "declaration", "init"])
@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("nowhere", "neither a URL"),
        ("localhost:8000", "neither a URL"),
        ("no_such_module:app", "can't import 'no_such_module' (ModuleNotFoundError"),
        ("json:no_such_app", "no_such_app"),
        ("json:__name__", "is no app: str can't be called"),
        ("http://127.0.0.1:9/", "127.0.0.1:9"),
        ("https://", "no http or https URL"),
        ("http://[", "no http or https URL"),
    ],
)
def test_a_target_that_cannot_be_read_ends_with_its_own_exit_code(
    run, command, target, message, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)

    code, out, err = run(command, target)

    assert (code, out) == (3, "")
    assert message in err


@pytest.mark.parametrize(
    ("source", "message"),
    [("raise RuntimeError('no database')", "RuntimeError: no database"), ("a b", "SyntaxError")],
)
def test_a_module_that_fails_says_why(run, tmp_path, monkeypatch, source, message):
    (tmp_path / "fails_at_import.py").write_text(source)
    monkeypatch.syspath_prepend(tmp_path)

    code, _, err = run("scan", "fails_at_import:app")

    assert code == 3
    assert message in err


@pytest.mark.parametrize("command", ["scan", "audit"])
def test_an_app_that_fails_is_not_found_to_be_in_order(run, module, command):
    def home(request):
        raise RuntimeError("no database")

    module("shop", app=Starlette(routes=[Route("/", home)]))

    code, _, err = run(command, "shop:app")

    assert code == 3
    assert "answers 500 (RuntimeError: no database)" in err


def test_a_configuration_that_cannot_be_used_is_a_wrong_command(run, folder, tmp_path):
    file = tmp_path / "consent.toml"
    file.write_text('regime = "opt-aut"')

    code, _, err = run("scan", folder, "--config", file)

    assert code == 2
    assert "regime" in err


def test_a_folder_without_pages_is_no_target(run, tmp_path):
    code, _, err = run("scan", tmp_path)

    assert code == 3
    assert ".html" in err


@pytest.mark.parametrize("field", ["no colon", ": x", "a b: x", "a: \u00e9", "a: b\r\nc: d"])
def test_a_header_that_is_none_is_refused(run, folder, field):
    code, _, err = run("scan", folder, "--header", field)

    assert code == 2
    assert "is not 'Name: value'" in err


def test_headers_go_with_each_request(run, module):
    seen = []

    def home(request):
        seen.append((request.headers.get("x-staging"), request.headers.get("cookie")))
        return HTMLResponse("x")

    module("shop", app=Starlette(routes=[Route("/", home)]))
    code, _, _ = run(
        "audit", "shop:app", "-H", "X-Staging: 1", "-H", "cookie: a=1", "-H", "Cookie: b=2"
    )

    assert code == 0
    assert set(seen) == {("1", "a=1; b=2")}


@pytest.mark.parametrize(
    "arguments",
    [("scan", "-o"), ("scan", "--resume"), ("audit", "-o"), ("declaration", "-o"), ("init", "-o")],
)
def test_a_file_that_cannot_be_written_is_told_before_anything_is_done(run, tmp_path, arguments):
    command, option = arguments

    code, _, err = run(command, "nowhere", option, tmp_path / "missing" / "file")

    assert code == 2
    assert "is no folder" in err


def test_an_interrupted_command_has_not_failed_its_check(tmp_path):
    (tmp_path / "slow.py").write_text(
        "import asyncio\n"
        "async def app(scope, receive, send):\n"
        "    if scope['type'] == 'http':\n"
        "        print('asked', flush=True)\n"
        "        await asyncio.sleep(60)\n"
    )
    # What a shell runs in the background ignores the signal, and so does all that it starts.
    heed = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    code = f"{heed}; from consentmw.cli import main; main()"
    command = [sys.executable, "-c", code, "scan", "slow:app"]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "asked\n"
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)

    assert process.returncode == 130
    assert err.strip() == "interrupted"
