"""Score the built-in catalogue: `python tests/benchmarks/catalogue_score.py LABELS`.

LABELS is a folder with `domains.csv`, `urls.csv` and `cookies.csv`, and with `pages.json` where the
pages it describes stand in `../pages`; whatever is missing is left out. Prints for each: recall by
bucket, by count and weighted by prevalence; precision; the confusion table; the misses by weight.
"Strict" counts a label's own bucket only, "fair" its other defensible readings too; "kept" counts
whether a visitor who declines advertising, or analytics, is served as the label would have it. Of
hosts and URLs, a label of `none` is also met by `status`, and the other way round.

Of the elements of pages two kinds are counted apart, as nothing is to be suppressed there: mentions
(an inline script that holds the host only as data: as the value of a quoted key, in a list, within
the text of a longer string or as a link's address) and what bears the page's own name
(redditstatic.com on reddit.com).
"""

from __future__ import annotations

import csv
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from consentmw.core.catalogue import Catalogue
from consentmw.data import load_catalogue

NONE = "none"
KEPT = {NONE, "authentication", "consent", "status"}
MISSES_SHOWN = 25
# What stands before a host that is data: an escaped quote (a string within a string); a quoted key;
# a list; a link's address.
SCHEME = re.compile(r"(?:https?:)?/*$")
DATA = re.compile(
    r"""\\['"]$|[{,]\s*["'][^"'\\]*["']\s*:\s*["']$|[\[,]\s*["']$|href["']?\s*[,=:]\s*["']$|\b\w*[lL]ink\s*=\s*["']$"""
)
# What browsers run, and what Rocket Loader has renamed to run it later.
SCRIPT_TYPE = re.compile(
    r"|(?:[0-9a-f]{24}-)?(?:text/javascript|application/javascript|module)?", re.IGNORECASE
)


@dataclass
class Row:
    """One labelled example and what the catalogue makes of it."""

    name: str
    label: str
    others: frozenset[str]
    weight: float
    found: str
    groups: frozenset[str]
    weighs_none: bool

    @property
    def fair(self) -> bool:
        return (
            self.found == self.label
            or self.found in self.others
            or (self.weighs_none and {self.found, self.label} == {NONE, "status"})
        )


def read_rows(
    path: Path,
    name: str,
    classify: Callable[[dict[str, str]], str],
    groups: Callable[[dict[str, str]], Iterable[str]],
) -> list[Row]:
    with path.open(newline="", encoding="utf-8") as file:
        return [
            Row(
                name=line[name],
                label=line["bucket"],
                others=frozenset(filter(None, line["alt_buckets"].split("|"))),
                weight=float(line.get("weight") or 0),
                found=classify(line),
                groups=frozenset(groups(line)),
                weighs_none=name != "name",
            )
            for line in csv.DictReader(file)
        ]


def kept(row: Row) -> bool:
    """Whether it is kept from, or served to, a visitor as one of its labels would have it."""
    labels = {row.label, *row.others}
    return row.found in labels or (row.found in KEPT and not labels.isdisjoint(KEPT))


def weight(rows: Iterable[Row]) -> float:
    return sum(row.weight for row in rows)


def share(part: float, whole: float) -> str:
    return f"{part / whole:7.1%}" if whole else "      -"


def report(title: str, rows: list[Row]) -> None:
    print(f"\n== {title}: {len(rows)}")
    buckets = sorted({row.label for row in rows})
    print(f"{'bucket':16}{'rows':>6}{'strict':>9}{'fair':>9}{'kept':>9}{'weighted':>10}")
    for bucket in [*buckets, "all"]:
        mine = [row for row in rows if bucket in {row.label, "all"}]
        strict = share(sum(row.found == row.label for row in mine), len(mine))
        fair = share(sum(row.fair for row in mine), len(mine))
        as_kept = share(sum(kept(row) for row in mine), len(mine))
        weighted = share(weight(row for row in mine if row.fair), weight(mine))
        print(f"{bucket:16}{len(mine):6}  {strict}  {fair}  {as_kept}   {weighted}")
    called = [row for row in rows if row.found == "advertising"]
    strict = share(sum(row.label == "advertising" for row in called), len(called))
    fair = share(sum(row.fair for row in called), len(called))
    weighted = share(weight(row for row in called if row.fair), weight(called))
    print(
        f"called advertising: {len(called)}, so labelled{strict}, fairly{fair}, weighted{weighted}"
    )
    for row in called:
        if not row.fair:
            print(f"  wrongly advertising: {row.name} ({row.label})")
    table: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        table[row.label][row.found] += 1
    columns = sorted({row.found for row in rows})
    print(f"{'label / found':16}" + "".join(f"{column:>15}" for column in columns))
    for bucket in buckets:
        print(f"{bucket:16}" + "".join(f"{table[bucket][column]:15}" for column in columns))
    misses = sorted((row for row in rows if not row.fair), key=lambda row: -row.weight)
    for row in misses[:MISSES_SHOWN]:
        print(f"  miss {row.weight:8.4f} {row.name[:90]}: {row.label}, found {row.found}")
    if len(misses) > MISSES_SHOWN:
        print(f"  and {len(misses) - MISSES_SHOWN} more")


def read_pages(labels: Path, catalogue: Catalogue) -> list[Row]:
    """Return the elements of saved pages; an inline script's is found if what it loads is."""
    rows = []
    for name, page in json.loads((labels / "pages.json").read_text("utf-8")).items():
        file = labels.parent / "pages" / name
        if not file.exists():
            continue
        own_host = (urlsplit(page["page_url"] or "").hostname or "").lower()
        own_name = name_of(own_host)
        loaded = [
            (
                script,
                {
                    answer.category
                    for answer in catalogue.classify_inline(script, own_host=own_host)
                },
            )
            for script in read_scripts(file.read_text("utf-8", "replace"))
        ]
        for element in page["elements"]:
            groups = {element["via"], *(["mixed"] if element["mixed_host"] else [])}
            if own_name and name_of(element["host"]).startswith(own_name):
                groups.add("own")
            if element["via"] == "inline-script":
                naming = [(script, kinds) for script, kinds in loaded if element["host"] in script]
                found = set().union(*(kinds for _, kinds in naming))
                if all(mentions(script, element["host"]) for script, _ in naming):
                    groups.add("mention")
            else:
                answer = catalogue.classify_url(element["url"], own_host=own_host)
                found = {answer.category} if answer else set()
            label = element["bucket"] or NONE
            others = frozenset(filter(None, (element["alt_buckets"] or "").split("|")))
            best = label if label in found else min(found & others or found or {NONE})
            rows.append(
                Row(
                    name=f"{name[:24]} {element['via']} {element['url'][:60]}",
                    label=label,
                    others=others,
                    weight=1,
                    found=best,
                    groups=frozenset(groups),
                    weighs_none=True,
                )
            )
    return rows


def name_of(host: str) -> str:
    """Return the label that was registered, if it is long enough to be a name."""
    labels = host.split(".")
    short = len(labels) > 2 and len(labels[-2]) <= 3
    name = labels[-3] if short else labels[-2] if len(labels) > 1 else ""
    return name if len(name) >= 5 else ""


def mentions(script: str, host: str) -> bool:
    """Tell whether the host stands in a script as data only."""
    return all(
        DATA.search(SCHEME.sub("", script[max(0, match.start() - 160) : match.start()]))
        for match in re.finditer(rf"(?<![\w.-]){re.escape(host)}", script)
    )


def read_scripts(page: str) -> list[str]:
    """Return the inline scripts of a page, with ``\\/`` read as the slash it stands for."""
    return [
        (node.text(deep=True) or "").replace("\\/", "/")
        for node in LexborHTMLParser(page).css("script:not([src])")
        if SCRIPT_TYPE.fullmatch(node.attributes.get("type") or "")
    ]


def main(labels: Path) -> None:
    catalogue = load_catalogue()

    def classify_url(url: str) -> str:
        found = catalogue.classify_url(url, own_host="")
        return found.category if found else NONE

    def classify_cookie(name: str) -> str:
        found = catalogue.classify_cookie(name, set_by_site=False)
        return found.category if found else NONE

    if (labels / "domains.csv").exists():
        rows = read_rows(
            labels / "domains.csv",
            "domain",
            lambda line: classify_url(f"https://{line['domain']}/"),
            lambda line: [key for key in ("gold", "mixed") if line[key] == "1"],
        )
        report(
            "gold advertising and analytics hosts, not mixed",
            [
                row
                for row in rows
                if row.groups == {"gold"} and row.label in {"advertising", "analytics"}
            ],
        )
        report(
            "gold hosts that are mixed", [row for row in rows if row.groups == {"gold", "mixed"}]
        )
        report("all hosts", rows)
    if (labels / "urls.csv").exists():
        rows = read_rows(
            labels / "urls.csv",
            "url",
            lambda line: classify_url(line["url"]),
            lambda line: [line["source"], *(["gold"] if line["gold"] == "1" else [])],
        )
        report("curated URLs", [row for row in rows if "curated-public-docs" in row.groups])
        report("gold URLs", [row for row in rows if "gold" in row.groups])
        report("all URLs", rows)
    if (labels / "cookies.csv").exists():
        rows = read_rows(
            labels / "cookies.csv",
            "name",
            lambda line: classify_cookie(line["example"]),
            lambda line: [line["label_basis"]],
        )
        report(
            "cookies, dependable rows",
            [row for row in rows if row.groups & {"source", "source+name"}],
        )
        report("all cookies", rows)

    if (labels / "pages.json").exists():
        rows = read_pages(labels, catalogue)
        report(
            "elements of pages, without mentions, mixed hosts and the page's own",
            [row for row in rows if row.groups.isdisjoint({"mention", "mixed", "own"})],
        )
        report("mentions, mixed hosts aside", [r for r in rows if "mention" in r.groups])
        report("all elements of pages", rows)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
