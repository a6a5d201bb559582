# /// script
# requires-python = ">=3.11"
# dependencies = ["tomli-w>=1.0"]
# ///
"""Regenerate `imported/tarteaucitron.toml` from the npm package tarteaucitronjs (MIT).

    uv run consentmw/data/import_tarteaucitron.py [version]
    python -m consentmw.data.build

The consent manager brings the loaders of some 240 services, many of them small and European, with
the cookies that each sets. Taken are, of its advertising and analytics services, the names of those
cookies and the domains that scripts are loaded from. What is left out and why is in
`import_policy.toml`. It needs `npm` on the path; nothing else reaches the network.
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

TARGET = Path(__file__).parent / "imported" / "tarteaucitron.toml"
SERVICES = "package/tarteaucitron.services.js"

SERVICE = re.compile(r"^tarteaucitron\.services\.\w+ = \{", re.MULTILINE)
COMMENT = re.compile(r"^\s*//.*$", re.MULTILINE)
FIELD = re.compile(r'"(type|name|uri)":\s*"([^"]*)"')
COOKIES = re.compile(r'"cookies":\s*\[([^\]]*)\]')
NAME = re.compile(r"['\"]([\w.-]+)['\"]")
LOADED = re.compile(
    r"(?:addScript|\.src)\s*(?:\(|=)\s*(?:[\w.]+\s*\+\s*)?['\"`](?:https?:)?//"
    r"((?:[a-z0-9-]+\.)+[a-z]{2,})(?=[/'\"`:?])"
)

POLICY = tomllib.loads((Path(__file__).parent / "import_policy.toml").read_text("utf-8"))[
    "tarteaucitron"
]


def read_package(version: str) -> tuple[str, str]:
    """Fetch the package with npm; return its exact version and the text of its services."""
    with tempfile.TemporaryDirectory() as folder:
        packed = subprocess.run(  # noqa: S603 - the only argument is a version
            ["npm", "pack", "--json", f"tarteaucitronjs@{version}"],  # noqa: S607 - npm's place differs
            cwd=folder,
            check=True,
            capture_output=True,
        )
        details = json.loads(packed.stdout)[0]
        with tarfile.open(Path(folder) / details["filename"]) as archive:
            content = archive.extractfile(SERVICES)
            return details["version"], (content.read() if content else b"").decode()


def convert(services: str, source: str) -> list[dict[str, Any]]:
    """Return our vendors: each host and each cookie once, as the first service has it."""
    seen_hosts = set(POLICY["left_out"]["hosts"])
    seen_cookies = set(POLICY["left_out"]["cookies"])
    vendors = []
    for service in SERVICE.split(COMMENT.sub("", services))[1:]:
        fields = dict(FIELD.findall(service))
        category = POLICY["types"].get(fields.get("type"))
        if category is None:
            continue
        listed = COOKIES.search(service)
        hosts = set(map(registrable, LOADED.findall(service))) - seen_hosts
        cookies = set(NAME.findall(listed[1]) if listed else ()) - seen_cookies
        seen_hosts |= hosts
        seen_cookies |= cookies
        if hosts or cookies:
            vendor: dict[str, Any] = {"name": fields["name"], "category": category}
            if fields.get("uri", "").startswith("https://"):
                vendor["source"] = f"{fields['uri']}, in {source}"
            vendor |= {"hosts": sorted(hosts)} if hosts else {}
            vendor |= {"cookies": sorted(map(widened, cookies))} if cookies else {}
            vendors.append(vendor)
    return sorted(vendors, key=lambda vendor: vendor["name"].lower())


def registrable(host: str) -> str:
    """Return the domain that was registered; what stands before it is a matter of delivery."""
    return ".".join(host.split(".")[-2:])


def widened(cookie: str) -> str:
    """Return a name as a pattern: where it ends in a separator, an account's number follows."""
    return f"{cookie}*" if cookie[-1] in "_-" and len(cookie.strip("_-")) > 2 else cookie


def main() -> None:
    """Write the file anew."""
    version, services = read_package(sys.argv[1] if len(sys.argv) > 1 else "latest")
    source = f"tarteaucitronjs {version}"
    content = {"source": source, "vendors": convert(services, source)}
    TARGET.write_text(
        "# Written by import_tarteaucitron.py; see NOTICE for the licence of the source.\n"
        + tomli_w.dumps(content),
        "utf-8",
    )


if __name__ == "__main__":
    main()
