"""Write the compact form from the vendor files and imports: `python -m consentmw.data.build`.

``--check`` writes nothing and fails where the compact form isn't what the files say.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Final

from consentmw.core.layers import RuleLayer
from consentmw.core.rules import Rule
from consentmw.data.built import BUILT_FILE, write_built
from consentmw.data.vendor_files import Entry, find_faults, read_vendors

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_HERE: Final = Path(__file__).parent


def read_countries() -> Mapping[str, Sequence[str]]:
    """Return the domains that hosts such as ``google.*`` stand for."""
    return tomllib.loads((_HERE / "countries.toml").read_text("utf-8"))


def read_entries() -> list[Entry]:
    """Return the hand-written rules with their examples, file by file."""
    return [
        entry
        for file in sorted((_HERE / "vendors").glob("*.toml"))
        for entry in read_vendors(file.read_text("utf-8"), file=file.name)
    ]


def read_imported() -> Iterator[Rule]:
    """Yield the rules of the imported data sets."""
    for file in sorted((_HERE / "imported").glob("*.toml")):
        content = tomllib.loads(file.read_text("utf-8"))
        for vendor in content["vendors"]:
            for host in vendor["hosts"]:
                yield Rule(
                    kind="host",
                    pattern=host,
                    category=vendor["category"],
                    vendor=vendor["name"],
                    source=content["source"],
                )


def build_catalogue() -> bytes:
    """Return the compact form of all files; a hand-written rule replaces an imported one."""
    countries = read_countries()
    written = RuleLayer((entry.rule for entry in read_entries()), countries=countries)
    # The longest host decides: an imported www.google.com would hide google.com's written paths.
    rules = {
        (rule.kind, rule.pattern): rule
        for rule in read_imported()
        if not (rule.pattern.startswith("www.") and rule.pattern[4:] in written.paths)
    }
    rules |= {(rule.kind, rule.pattern): rule for rule in written.rules}
    return write_built(rules.values(), countries)


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the files and write, or with ``--check`` compare, the compact form."""
    parser = argparse.ArgumentParser(prog="python -m consentmw.data.build", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, fail if out of date")
    options = parser.parse_args(arguments)
    faults = find_faults(read_entries(), read_countries())
    if faults:
        sys.stderr.write("\n".join([*faults, f"{len(faults)} faults", ""]))
        return 1
    content = build_catalogue()
    built = _HERE / BUILT_FILE
    if options.check:
        if not built.exists() or built.read_bytes() != content:
            sys.stderr.write(f"{BUILT_FILE} is out of date: run python -m consentmw.data.build\n")
            return 1
    else:
        built.write_bytes(content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
