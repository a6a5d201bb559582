# /// script
# requires-python = ">=3.11"
# dependencies = ["tomli-w>=1.0"]
# ///
"""Regenerate `imported/prebid.toml` from the npm package prebid.js (Apache-2.0).

    uv run consentmw/data/import_prebid.py
    python -m consentmw.data.build

Advertising systems write an adapter for Prebid, header bidding's common library, and it names the
hosts that bids, user ids and syncs go to, and the cookies that it reads and writes; beside it lies
what the vendor discloses of its cookies under the TCF, with the purposes of each. That is the
vendors' own word, for exchanges that no other public list with an open licence knows. Only names
are taken. The last release of each major version is read, because vendors that left still stand in
pages, and their cookies in browsers; of a cookie the newest release that knows it is believed. It
needs `npm` on the path; nothing else reaches the network.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections import defaultdict
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import tomli_w

TARGET = Path(__file__).parent / "imported" / "prebid.toml"
VERSIONS = ("latest", "10", "9", "8", "7", "6", "4", "2", "1")

MODULE = re.compile(r"package/(?:modules|libraries)/.*?([A-Za-z0-9_-]+)(?:/[^/]+)?\.[jt]s")
KINDS = re.compile(r"(?:BidAdapter|IdSystem|AnalyticsAdapter|RtdProvider|Utils?|Library)$")
COMMENT = re.compile(r"/\*[\s\S]*?\*/|(?<![:'\"`])//[^\n'\"`]*$", re.MULTILINE)
# `//host`, also where code puts a region in front: `//${region}.host`, `'//' + region + '.host`.
HOST = re.compile(
    r"//(?:\$\{[^}'\"`]*\}[.-]?|['\"`]\s*\+[^+'\"`]{1,60}\+\s*['\"`]\.?)?"
    r"((?:[a-z0-9-]+\.)+[a-z]{2,})(?=[/'\"`:?$\\]|\s|$)"
)
# Cookies in code: the first argument of what reads or writes one, or the constant in its place.
NAME = r"['\"`]([\w.@-]{4,40})['\"`]"
COOKIE_CALL = re.compile(
    rf"(?:getCookie|setCookie|readCookie|cookieExists)\w*\(\s*(?:{NAME}|(\w+))"
)
CONSTANT = re.compile(rf"(?:const|let|var)\s+(\w+)\s*=\s*{NAME}")
# What disclosures write for a part that differs from site to site.
PLACEHOLDER = re.compile(r"\$?\{[^}]*\}|\$?\([^)]*\)|<[^>]*>|X{5}|(?:\*[&|])+\*?")
# TCF: storing alone, and measuring and improving content and services, buy nobody an audience.
ADVERTISING_PURPOSES = frozenset({2, 3, 4, 7, 9})
CHOICES = re.compile(r"opt[-_]?out|optin|gdpr|usp|consent", re.IGNORECASE)

SECOND_LEVEL = frozenset(
    ["ac", "co", "com", "edu", "go", "gov", "in", "ne", "net", "nom", "or", "org"]
)

POLICY = tomllib.loads((Path(__file__).parent / "import_policy.toml").read_text("utf-8"))["prebid"]


def fetch(version: str, folder: Path) -> tuple[str, Path]:
    """Fetch one release with npm; return its exact version and the archive."""
    packed = subprocess.run(  # noqa: S603 - the only argument is a version
        ["npm", "pack", "--json", f"prebid.js@{version}"],  # noqa: S607 - npm's place differs
        cwd=folder,
        check=True,
        capture_output=True,
    )
    # A range such as "9" packs the newest release of that major version.
    details = json.loads(packed.stdout)[-1]
    return details["version"], folder / details["filename"]


def read_hosts(archive: Path) -> dict[str, set[str]]:
    """Return the registrable domains that the release's modules name, and the modules."""
    found: dict[str, set[str]] = defaultdict(set)
    with tarfile.open(archive) as content:
        for member in content:
            module = MODULE.fullmatch(member.name)
            disclosed = re.fullmatch(r"package/metadata/modules/(\w+)\.json", member.name)
            file = content.extractfile(member) if module or disclosed else None
            if file is None:
                continue
            text = file.read().decode("utf-8", "replace")
            if module:
                for host in HOST.findall(COMMENT.sub("", text)):
                    found[registrable(host)].add(module[1])
            elif disclosed:
                for url in json.loads(text).get("disclosures") or ():
                    if url.startswith("https://"):
                        found[registrable(urlsplit(url).netloc.lower())].add(disclosed[1])
    return found


def read_cookies(archive: Path) -> dict[str, tuple[str, str, str]]:
    """Return the cookies that modules name and vendors disclose: vendor, category and source."""
    found: dict[str, tuple[str, str, str]] = {}
    with tarfile.open(archive) as content:
        for member in sorted(content, key=lambda member: member.name):
            module = MODULE.fullmatch(member.name)
            disclosed = re.fullmatch(r"package/metadata/modules/(\w+)\.json", member.name)
            file = content.extractfile(member) if module or disclosed else None
            if file is None:
                continue
            text = file.read().decode("utf-8", "replace")
            if module:
                constants = dict(CONSTANT.findall(COMMENT.sub("", text)))
                for literal, constant in COOKIE_CALL.findall(text):
                    if name := literal or constants.get(constant):
                        category = "consent" if CHOICES.search(name) else "advertising"
                        found.setdefault(
                            name, (KINDS.sub("", module[1]), category, f"{module[1]}, in ")
                        )
            elif disclosed:
                vendor = KINDS.sub("", disclosed[1])
                for url, disclosure in (json.loads(text).get("disclosures") or {}).items():
                    for cookie in disclosure.get("disclosures") or ():
                        if cookie["type"] == "cookie":
                            name = PLACEHOLDER.sub("*", cookie["identifier"])
                            found[name] = (vendor, category_of(cookie, name), f"{url}, in ")
    return {
        name: facts
        for name, facts in found.items()
        # Beginning with what differs, or with nothing that tells, a pattern would take in anything.
        if re.fullmatch(r"[\w.@-]{2,}\*?", name) and name not in POLICY["left_out"]["cookies"]
    }


def category_of(cookie: dict[str, Any], name: str) -> str:
    """Return what a disclosed cookie is for, by the purposes that its vendor declares."""
    purposes = {*(cookie.get("purposes") or ())}
    if cookie.get("optOut") or CHOICES.search(name):
        return "consent"
    if purposes & ADVERTISING_PURPOSES:
        return "advertising"
    if purposes & {8, 10}:
        return "analytics"
    return "advertising" if purposes else "status"


def registrable(host: str) -> str:
    """Return the domain that was registered, by as much of a suffix list as these hosts need."""
    labels = host.split(".")
    country = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in SECOND_LEVEL
    return ".".join(labels[-3:] if country else labels[-2:])


def main() -> None:
    """Write the file anew."""
    hosts: dict[str, set[str]] = defaultdict(set)
    cookies: dict[str, tuple[str, str, str]] = {}
    newest = ""
    with tempfile.TemporaryDirectory() as folder:
        for version in VERSIONS:
            exact, archive = fetch(version, Path(folder))
            newest = newest or exact
            for name, (vendor, category, place) in read_cookies(archive).items():
                cookies.setdefault(name, (vendor, category, f"{place}prebid.js {exact}"))
            for host, modules in read_hosts(archive).items():
                hosts[host] |= modules
            sys.stderr.write(f"read {exact}\n")
    vendors: dict[str, list[str]] = defaultdict(list)
    for host in sorted(hosts.keys() - set(POLICY["left_out"]["hosts"])):
        vendors[KINDS.sub("", min(hosts[host]))].append(host)
    disclosed: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for name, facts in sorted(cookies.items()):
        disclosed[facts].append(name)
    content = {
        "source": f"prebid.js {newest}",
        "vendors": [
            {"name": name, "category": "advertising", "hosts": found}
            for name, found in sorted(vendors.items())
        ]
        + [
            {"name": name, "category": category, "source": source, "cookies": found}
            for (name, category, source), found in sorted(disclosed.items())
        ],
    }
    TARGET.write_text(
        "# Written by import_prebid.py; see NOTICE for the licence of the source.\n"
        + tomli_w.dumps(content),
        "utf-8",
    )


if __name__ == "__main__":
    main()
