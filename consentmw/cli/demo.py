"""``consentmw demo``: starts the demo site, of a checkout or of the installed package."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Final

import typer

from consentmw.cli.exits import EXIT_USAGE, interruptible

# The site is an example of the project; a wheel has a copy of it here.
_PLACES: Final = (
    Path(__file__).parents[2] / "examples" / "health_plan",
    Path(__file__).parent / "demo_site",
)
_NEEDED: Final = ("fastapi", "uvicorn")


@interruptible
def demo(
    port: Annotated[
        int, typer.Option("--port", "-p", min=1, max=65535, help="Where it listens.")
    ] = 8000,
) -> None:
    """Start the demo site: a health plan with real tags, to be seen with GPC on and off."""
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        typer.echo(
            f"The demo site is an app of FastAPI's: pip install {' '.join(missing)}", err=True
        )
        raise typer.Exit(EXIT_USAGE)
    folder = next(place for place in _PLACES if (place / "app.py").is_file())
    typer.echo(f"http://127.0.0.1:{port} (stop with Ctrl+C)")
    # Flushed before the server's own words.
    sys.stdout.flush()
    command = [sys.executable, "-m", "uvicorn", "app:app", "--port", str(port)]
    with subprocess.Popen(command, cwd=folder) as server:  # noqa: S603 (our own words)
        try:
            code = server.wait()
        except KeyboardInterrupt:
            code = 0  # the terminal has told the server, too, which ends as it is meant to
            server.wait()
    raise typer.Exit(code)
