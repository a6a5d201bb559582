"""The commands as they are called: arguments in, text, files and exit code out."""

import sys
from types import ModuleType

import pytest
from planted_faults import build_broken, build_fixed

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
def module(monkeypatch):
    """Makes apps importable: `module("shop", app=app)` is the target `shop:app`."""

    def make(name, **attributes):
        made = ModuleType(name)
        vars(made).update(attributes)
        monkeypatch.setitem(sys.modules, name, made)

    return make


@pytest.fixture
def planted(module):
    """Makes the broken and the fixed site importable as `sites:broken` and `sites:fixed`."""
    module("sites", broken=build_broken(), fixed=build_fixed())
