"""The sources of the scripts: checked by TypeScript, and what is served is what they give."""

from __future__ import annotations

import os
import subprocess

import pytest
from node import CLIENT


@pytest.fixture(scope="module", autouse=True)
def _packages():
    """`npm ci` in the sources' folder, which `.ci/run` does, brings TypeScript and esbuild."""
    if not (CLIENT / "node_modules" / ".bin" / "tsc").exists():
        reason = f"no packages of npm in {CLIENT.name}/"
        if os.environ.get("CONSENTMW_REQUIRE_NODE"):
            pytest.fail(reason)
        pytest.skip(reason)


def _run(*command):
    done = subprocess.run(command, cwd=CLIENT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_typescript_finds_nothing_wrong():
    _run("npm", "run", "--silent", "check")


def test_the_served_files_are_what_the_sources_give():
    _run("npm", "run", "--silent", "build", "--", "--check")
