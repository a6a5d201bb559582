# /// script
# requires-python = ">=3.11"
# dependencies = ["tomli-w>=1.0"]
# ///
"""Regenerate `imported/third_party_web.toml` from the npm package third-party-web (MIT).

    uv run consentmw/data/import_third_party_web.py [version]
    python -m consentmw.data.build

It needs `npm` on the path, which fetches and verifies the package; nothing else reaches the
network. What its categories are taken for, which of its entities are something else and which
hosts are left out is in `import_policy.toml`; the vendor files outrank what is imported.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import tomli_w

TARGET = Path(__file__).parent / "imported" / "third_party_web.toml"

POLICY = tomllib.loads((Path(__file__).parent / "import_policy.toml").read_text("utf-8"))[
    "third-party-web"
]


def read_package(version: str) -> tuple[str, list[dict[str, Any]]]:
    """Fetch the package with npm; return its exact version and its entities."""
    with tempfile.TemporaryDirectory() as folder:
        packed = subprocess.run(  # noqa: S603 - the only argument is a version
            ["npm", "pack", "--json", f"third-party-web@{version}"],  # noqa: S607 - npm's place differs
            cwd=folder,
            check=True,
            capture_output=True,
        )
        details = json.loads(packed.stdout)[0]
        with tarfile.open(Path(folder) / details["filename"]) as archive:
            data = "package/dist/entities-nostats.json"
            if data not in archive.getnames():
                raise SystemExit(f"third-party-web {details['version']} has no {data}")
            content = archive.extractfile(data)
            return details["version"], json.loads(content.read() if content else "[]")


def convert(entities: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return our vendors: each host once, with the category of the first entity that names it."""
    refined = {name: category for category, names in POLICY["entities"].items() for name in names}
    seen = set(POLICY["left_out"]["hosts"])
    vendors = []
    for entity in entities:
        name = entity["name"]
        category = refined.pop(name, None) or POLICY["categories"].get(entity["category"])
        domains = {domain.removeprefix("*.").lower() for domain in entity["domains"]}
        hosts = sorted(host for host in domains - seen if not re.fullmatch(r"[\d.]+", host))
        if category and hosts:
            seen.update(hosts)
            vendors.append({"name": name, "category": category, "hosts": hosts})
    for name in refined:
        sys.stderr.write(f"no such entity any more: {name}\n")
    return sorted(vendors, key=lambda vendor: vendor["name"].lower())


def main() -> None:
    """Write the file anew."""
    version, entities = read_package(sys.argv[1] if len(sys.argv) > 1 else "latest")
    content = {"source": f"third-party-web {version}", "vendors": convert(entities)}
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(
        "# Written by import_third_party_web.py; see NOTICE for the licence of the source.\n"
        + tomli_w.dumps(content),
        "utf-8",
    )


if __name__ == "__main__":
    main()
