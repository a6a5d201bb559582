"""The demo site starts from a checkout and from a wheel, and from nothing but what is in it."""

import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import httpx
import pytest
from hatchling.builders.wheel import WheelBuilder
from rig.serving import free_socket

import consentmw.cli.demo

pytestmark = pytest.mark.server

PROJECT = Path(__file__).parents[2]
TAG = "fbq('init'"


def shown(folder, environment):
    """Whether a visitor without a signal and one with it get a tag, and the demo's exit code."""
    with free_socket() as bound:
        port = bound.getsockname()[1]
    code = "from consentmw.cli import main; main()"
    with subprocess.Popen(
        [sys.executable, "-c", code, "demo", "--port", str(port)],
        cwd=folder,
        env=os.environ | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            url = f"http://127.0.0.1:{port}/"
            pages = [fetch(url, headers) for headers in ({}, {"sec-gpc": "1"})]
        finally:
            os.killpg(process.pid, signal.SIGINT)  # as a terminal does
            process.wait(20)
    return [TAG in page for page in pages], process.returncode


def fetch(url, headers):
    deadline = time.monotonic() + 20
    while True:
        try:
            return httpx.get(url, headers=headers).raise_for_status().text
        except httpx.TransportError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def test_it_starts_from_a_checkout(tmp_path):
    assert shown(tmp_path, {}) == ([True, False], 0)


def test_it_starts_from_a_wheel(tmp_path):
    (wheel,) = WheelBuilder(str(PROJECT)).build(directory=str(tmp_path), versions=["standard"])
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        archive.extractall(tmp_path / "installed")
    installed = tmp_path / "installed"

    assert shown(installed, {"PYTHONPATH": str(installed)}) == ([True, False], 0)
    assert not [name for name in names if "/client/" in name or name.startswith("tests")]


def test_without_what_serves_it_it_says_what_to_install(run, monkeypatch):
    monkeypatch.setattr(consentmw.cli.demo, "find_spec", lambda name: None)

    code, _, err = run("demo")

    assert code == 2
    assert "pip install fastapi uvicorn" in err


@pytest.mark.parametrize("port", ["0", "65536", "http"])
def test_a_port_that_is_none_is_refused(run, port):
    assert run("demo", "--port", port)[0] == 2
