"""``consentmw demo``: starts the demo site of a checkout."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

_EXAMPLES = Path(__file__).parents[2] / "examples"
_DEMO = _EXAMPLES / "health_plan"


def demo(
    port: Annotated[int, typer.Option("--port", "-p", help="Where it listens.")] = 8000,
) -> None:
    """Start the demo site: a health plan with real tags, to be seen with GPC on and off."""
    if not _DEMO.is_dir():
        typer.echo(
            "The demo site is part of the source, not of the installed package. One command "
            "fetches and starts it:\n\n  git clone https://github.com/consentmw/consentmw && "
            "cd consentmw && pip install -e . && python examples/health_plan/app.py"
        )
        return
    typer.echo(f"http://127.0.0.1:{port} (stop with Ctrl+C)")
    command = [sys.executable, "-m", "uvicorn", "app:app", "--port", str(port)]
    raise typer.Exit(subprocess.call(command, cwd=_DEMO))  # noqa: S603 (our own words)
