"""The exit codes, which don't change, and what ends a command early."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Final, ParamSpec

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

EXIT_FAILED: Final = 1
"""The check failed: a leak, or what an option says is to fail."""
EXIT_USAGE: Final = 2
"""The command or the configuration is wrong."""
EXIT_TARGET: Final = 3
"""The target can't be read."""
EXIT_INTERRUPTED: Final = 130
"""Ended by Ctrl+C, as shells have it: 128 and the signal's number."""

P = ParamSpec("P")


def interruptible(command: Callable[P, None]) -> Callable[P, None]:
    """End a command with a code of its own where it was interrupted: its check has not failed."""

    @wraps(command)
    def run(*arguments: P.args, **options: P.kwargs) -> None:
        try:
            command(*arguments, **options)
        except KeyboardInterrupt:
            typer.echo("\ninterrupted", err=True)
            raise typer.Exit(EXIT_INTERRUPTED) from None

    return run
