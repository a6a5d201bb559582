"""Puts the commands together and turns the package's errors into messages and exit codes."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from consentmw import __version__
from consentmw.cli.audit import audit
from consentmw.cli.check import check
from consentmw.cli.declaration import declaration
from consentmw.cli.demo import demo
from consentmw.cli.exits import EXIT_TARGET, EXIT_USAGE
from consentmw.cli.explain import explain
from consentmw.cli.init import init
from consentmw.cli.scan import scan
from consentmw.errors import ConfigError, ConsentmwError

_commands = typer.Typer(
    name="consentmw",
    help="Sees, proves and tests what a site sends to visitors who opted out.",
    epilog="Exit codes: 0 all is well, 1 the check failed, 2 wrong command or configuration, "
    "3 the target can't be read, 130 interrupted.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"consentmw {__version__}")
        raise typer.Exit


@_commands.callback()
def _options(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version and stop.", is_eager=True, callback=_print_version
        ),
    ] = False,
) -> None: ...


for _command in (init, check, explain, scan, audit, declaration, demo):
    _commands.command()(_command)


def app() -> None:
    """Run the command that the process was started with."""
    try:
        _commands()
    except ConfigError as error:
        typer.echo(str(error), err=True)
        sys.exit(EXIT_USAGE)
    except ConsentmwError as error:
        typer.echo(f"consentmw: {error}", err=True)
        sys.exit(EXIT_TARGET)
