"""The benchmark runs, whatever it says: rivals and engine do the same job on one small page."""

import subprocess
import sys
from pathlib import Path

BENCHMARK = Path(__file__).parents[1] / "benchmarks" / "html_engine.py"
PAGE = "<!doctype html><head><base href=/><title>x</title><body><img src=//www.awin1.com/a.gif>"


def test_it_compares_every_rival_on_a_folder(tmp_path):
    (tmp_path / "page.html").write_text(PAGE)
    command = [sys.executable, BENCHMARK, tmp_path, "--rounds", "1"]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    for name in ("python-lolhtml", "selectolax", "BeautifulSoup", "its tokenizer alone"):
        assert name in printed
