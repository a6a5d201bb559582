"""The command line: what is on a site, what it is, and whether opt-outs are honoured.

Needs the extra ``cli`` (``pip install "consentmw[cli]"``). One module a command; ``target`` opens
what a command is pointed at, ``reports`` writes what it found.

Exit codes (``exits``): 0 all is well, 1 the check failed (a leak, something unclassified), 2 the
command or the configuration is wrong, 3 the target can't be read, 130 interrupted.
"""

from __future__ import annotations

import sys

_EXTRA = {"httpx", "protego", "rich", "typer"}


def main() -> None:
    """Run the command line; the entry point of ``consentmw``."""
    try:
        from consentmw.cli.app import app
    except ModuleNotFoundError as error:
        if error.name not in _EXTRA:
            raise
        sys.exit(
            f"The command line needs {error.name!r}, which the extra 'cli' brings: "
            'pip install "consentmw[cli]"'
        )
    app()
