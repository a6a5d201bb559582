"""Where a report goes: to the terminal, or into a file that can be written."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer


def check_writable(path: Path | None) -> Path | None:
    """Hold that a file can be written, before anything has been done that would be lost.

    Raises:
        typer.BadParameter: It can't.
    """
    if path is None:
        return None
    folder = path.parent
    if not folder.is_dir():
        raise typer.BadParameter(f"{str(folder)!r} is no folder")
    if not os.access(path if path.exists() else folder, os.W_OK):
        raise typer.BadParameter(f"{str(path)!r} can't be written")
    return path


OutputOption = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        help="Write the report to this file.",
        dir_okay=False,
        callback=check_writable,
    ),
]


def write_report(text: str, output: Path | None) -> None:
    """Write a report, which ends with one line end, wherever it goes."""
    text = text.rstrip("\n") + "\n"
    if output is None:
        typer.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8", errors="backslashreplace")


def printable(text: str) -> str:
    """Return a text of a site's without what a terminal, or a comment in a file, can't hold."""
    return "".join(char if char.isprintable() else "\ufffd" for char in text)
