"""A broken configuration stops the process, under a real uvicorn and with its problems printed."""

import subprocess
import sys

import pytest

MAPPING = """
from consentmw import ConsentMiddleware
from starlette.applications import Starlette

app = Starlette()
app.add_middleware(ConsentMiddleware, config={"regime": "opt", "categories": {"advertisng": 1}})
"""
WRAPPED = """
from consentmw import ConsentMiddleware
from starlette.applications import Starlette

app = ConsentMiddleware(Starlette(), config={"regime": "opt", "categories": {"advertisng": 1}})
"""
FILE = """
from consentmw import ConsentMiddleware, load_config
from starlette.applications import Starlette

app = Starlette()
app.add_middleware(ConsentMiddleware, config=load_config("consent.toml"))
"""


@pytest.mark.server
@pytest.mark.parametrize(
    ("module", "code"), [(MAPPING, 3), (WRAPPED, 3), (FILE, 1)], ids=["mapping", "wrapped", "file"]
)
def test_uvicorn_exits_and_prints_every_problem(module, code, tmp_path):
    (tmp_path / "site_under_test.py").write_text(module)
    (tmp_path / "consent.toml").write_text('regime = "opt"\ncategories = { advertisng = 1 }\n')

    run = subprocess.run(
        [sys.executable, "-m", "uvicorn", "site_under_test:app", "--port", "0"],
        cwd=tmp_path,
        env={"PYTHONPATH": ":".join([*sys.path, str(tmp_path)])},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert run.returncode == code, run.stderr
    assert "problems in the configuration" in run.stderr
    assert "regime" in run.stderr
    assert "advertisng" in run.stderr
