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
from consentmw.core.rules import Rule, RuleKind
from consentmw.data.built import BUILT_FILE, write_built
from consentmw.data.vendor_files import Entry, find_faults, read_vendors

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_HERE: Final = Path(__file__).parent
_IMPORTED: Final[tuple[tuple[RuleKind, str], ...]] = (("host", "hosts"), ("cookie", "cookies"))
_ORDER: Final = ["third_party_web", "prebid", "tarteaucitron"]


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
    """Yield the rules of the imported data sets, the more careful first."""
    files = sorted((_HERE / "imported").glob("*.toml"), key=lambda file: _ORDER.index(file.stem))
    for file in files:
        content = tomllib.loads(file.read_text("utf-8"))
        for vendor in content["vendors"]:
            for kind, key in _IMPORTED:
                for pattern in vendor.get(key, ()):
                    yield Rule(
                        kind=kind,
                        pattern=pattern,
                        category=vendor["category"],
                        vendor=vendor["name"],
                        source=vendor.get("source", content["source"]),
                        # Nobody has looked at imported names one by one.
                        distinctive=kind != "cookie",
                    )


def build_catalogue() -> bytes:
    """Return the compact form of all files; hand-written rules replace imported ones."""
    countries = read_countries()
    written = RuleLayer((entry.rule for entry in read_entries()), countries=countries)
    rules: dict[tuple[str, str], Rule] = {}
    for rule in read_imported():
        if not _is_written(rule, written):
            rules.setdefault((rule.kind, rule.pattern), rule)
    rules |= {(rule.kind, rule.pattern): rule for rule in written.rules}
    return write_built(rules.values(), countries)


def _is_written(imported: Rule, written: RuleLayer) -> bool:
    """Tell whether what is written by hand says it already, or would be hidden by it."""
    if imported.kind == "cookie":
        # What anybody's name may hold (`*session*`) says less than a vendor's own list.
        known = written.cookies.find(imported.pattern)
        return known is not None and not known.pattern.startswith("*")
    # The longest host decides: an imported www.google.com would hide google.com's written paths.
    return imported.pattern.startswith("www.") and imported.pattern[4:] in written.paths


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
