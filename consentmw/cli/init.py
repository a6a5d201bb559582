"""``consentmw init``: writes a commented configuration for a site, with what a scan found."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from consentmw.cli.output import check_writable, printable
from consentmw.cli.scanning import scan_target
from consentmw.cli.target import Target, on_target

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from consentmw.inspection.inventory import Entry, Inventory

_HEAD = """\
# How this site keeps its visitors' choices. Written by `consentmw init`; yours to edit.
# `consentmw check {file}` says what it means and what is wrong with it.

# Signs the opt-out: a long random value, kept out of this file.
#   export CONSENT_SECRET=$(python -c "import secrets; print(secrets.token_urlsafe(32))")
secret_keys = [{{ env = "CONSENT_SECRET" }}]

revision = 1            # raise it when purposes or vendors change, to ask again
regime = "opt-out"      # "opt-in": nothing optional before the visitor allows it

[signals]
gpc = true              # Global Privacy Control opts out of every category with sale_or_share

[enforcement]
mode = "enforce"        # "observe" decides and counts, but changes no byte
"""

_UNCLASSIFIED = """
# Nobody knows these. Move each host or name into the category that it belongs to;
# what stays here is not kept from anyone.
"""

_LAST = """
# What the site states at /.well-known/gpc.json, once it is true, and since when:
# [well_known]
# gpc = true
# last_update = {day}

# Pages on which nobody is tracked, whatever they chose:
# [[zones]]
# paths = ["/member/*"]
# deny = ["advertising", "analytics"]
"""


@on_target(limit=50)
def init(
    target: Target,
    *,
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", help="The file to write.", dir_okay=False, callback=check_writable
        ),
    ] = Path("consent.toml"),
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Write a commented consent.toml for a site, with what a scan of it found."""
    if output.exists() and not force:
        raise typer.BadParameter(f"{output} is there already; --force replaces it")
    inventory = scan_target(target)
    today = datetime.now(tz=UTC).date()
    text = build_configuration(inventory, output.name, today=today)
    output.write_text(text, encoding="utf-8")
    groups = inventory.by_category()
    typer.echo(f"{output}: {inventory.page_count} pages scanned")
    for category, entries in groups.items():
        typer.echo(f"  {category}: {len(entries)}")


def build_configuration(inventory: Inventory, file: str, *, today: date) -> str:
    """Return the text of a configuration for what was found.

    Args:
        inventory: Of a scan.
        file: The name under which the text will be kept.
        today: The day for whatever has to say one.
    """
    groups = inventory.by_category()
    unclassified = groups.pop("unclassified", [])
    parts = [_HEAD.format(file=file)]
    for category, entries in sorted(groups.items()):
        names = sorted({printable(_name(entry)) for entry in entries})
        parts.append(
            f"\n# {category}: known already, nothing to be written\n"
            + "".join(f"#   {name}\n" for name in names)
        )
    if unclassified:
        parts.append(_UNCLASSIFIED)
        parts.extend(_suggestions(unclassified))
    parts.append(_LAST.format(day=today.isoformat()))
    return "".join(parts)


def _name(entry: Entry) -> str:
    found = entry.found
    if found.kind == "cookie":
        name = f"cookie {found.name}"
    else:
        name = urlsplit(found.url).hostname or f"inline script, line {found.line}"
    return f"{name} ({found.vendor or 'tagged by the site'})"


def _suggestions(entries: Iterable[Entry]) -> Iterator[str]:
    hosts = sorted({urlsplit(entry.found.url).hostname or "" for entry in entries} - {""})
    cookies = sorted({entry.found.name for entry in entries if entry.found.kind == "cookie"})
    yield "# [categories.advertising]\n"
    for key, values in (("hosts", hosts), ("cookies", cookies)):
        if values:
            yield f"# {key} = [\n"
            # JSON's strings are TOML's basic strings, but for its pairs of surrogates.
            strings = (json.dumps(printable(value), ensure_ascii=False) for value in values)
            yield from (f"#     {string},\n" for string in strings)
            yield "# ]\n"
