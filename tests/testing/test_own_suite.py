"""The suite in `examples/own_suite`, run as its site's developers run it."""

import subprocess
import sys
from pathlib import Path

SUITE = Path(__file__).parents[2] / "examples" / "own_suite"


def run_on(folder):
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)


def test_every_test_of_the_example_passes():
    done = run_on(SUITE)

    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout
    assert "skipped" not in done.stdout


def test_the_example_fails_where_its_site_stops_honouring_opt_outs(tmp_path):
    for path in SUITE.glob("*.py"):
        text = path.read_text()
        if path.name == "shop.py":
            assert '"well_known"' in text
            text = text.replace('"well_known"', '"enforcement": {"mode": "off"}, "well_known"')
        (tmp_path / path.name).write_text(text)

    done = run_on(tmp_path)

    assert done.returncode == 1
    assert "fbevents.js" in done.stdout
