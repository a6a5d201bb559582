"""What the guard costs a page in Chromium, by `python tests/benchmarks/guard_cost.py`.

The demo, and three saved pages where CONSENTMW_CORPUS names a folder of them, are shown to a
visitor without a signal ("plain"), to one with Global Privacy Control where the server suppresses
but inserts nothing ("no guard"), and to one where it inserts the guard: in one browser, by turns,
and each round begins with another. Prints, in milliseconds, first contentful paint, when the page
was ready (DOMContentLoaded) and total blocking time (what tasks take beyond 50 ms): the median,
between which quartiles, and the ratio of the medians to the plain page's. And how long the guard
itself runs. Every other host answers with an empty file.

Where advertising's scripts hold up the parser, Chromium paints meanwhile: without them a page may
paint later although it is ready earlier.

    python tests/benchmarks/guard_cost.py [--rounds 15]
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))  # for the rig of the browser tests
sys.path.insert(0, str(Path(__file__).parents[2] / "examples" / "health_plan"))  # for the demo

from rig import chromium
from rig.browsers import BrowserOptions
from rig.network import Authority, Network
from rig.serving import running
from starlette.responses import Response

from consentmw import ConsentMiddleware
from consentmw.browser.scripts import code, site_scripts
from consentmw.config import Config

WHAT = ("paint", "ready", "blocked")
VARIANTS = ("plain", "no guard", "guard")
TIMES = """async () => {
  const seen = (type, wait) => new Promise((done) => {
    const entries = [];
    new PerformanceObserver((list) => {
      entries.push(...list.getEntries());
      if (type === "paint" && entries.some(({ name }) => name === "first-contentful-paint"))
        done(entries);
    }).observe({ type, buffered: true });
    setTimeout(() => done(entries), wait);
  });
  const paints = await seen("paint", 5000);
  const tasks = await seen("longtask", 300);
  const [{ domContentLoadedEventEnd }] = performance.getEntriesByType("navigation");
  return [paints.find(({ name }) => name === "first-contentful-paint").startTime,
    domContentLoadedEventEnd,
    tasks.reduce((sum, task) => sum + Math.max(0, task.duration - 50), 0)];
}"""
RUN = """(text) => {
  const started = performance.now();
  const script = document.createElement("script");
  script.text = text;
  document.head.append(script);
  return performance.now() - started;
}"""


def build_config(guard: str) -> dict[str, Any]:
    return {"secret_keys": ["k" * 40], "browser": {"guard": guard}}


def build_app(page: bytes, guard: str) -> Any:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        status = 200 if scope["path"] == "/" else 404
        await Response(page, media_type="text/html", status_code=status)(scope, receive, send)

    return ConsentMiddleware(app, config=build_config(guard))


def build_demo(guard: str) -> Any:
    """The demo's own app, without its middleware, in one with this value of `guard`."""
    demo = importlib.import_module("app").app
    while type(demo).__name__ == "ConsentMiddleware":
        demo = demo.app
    return ConsentMiddleware(demo, config=build_config(guard))


def measure(browser: Any, urls: dict[str, str], rounds: int) -> None:
    """Print a line for each variant, visited by turns so that all share the machine's mood."""
    times: dict[str, list[list[float]]] = {name: [] for name in VARIANTS}
    for number in range(-1, rounds):  # the first fills the browser's caches
        first = number % len(VARIANTS)
        for name in VARIANTS[first:] + VARIANTS[:first]:
            browser.set_gpc(name != "plain")
            browser.navigate(urls[name])
            found = browser.evaluate(TIMES)
            if number >= 0:
                times[name].append(found)
    quartiles = {
        name: [
            statistics.quantiles(one, n=4, method="inclusive") for one in zip(*found, strict=True)
        ]
        for name, found in times.items()
    }
    for name, measured in quartiles.items():
        print(f"  {name:8}", end="")
        for what, found, (_, base, _) in zip(WHAT, measured, quartiles["plain"], strict=True):
            low, middle, high = found
            ratio = f"{middle / base:.2f}" if base else "-"
            print(f"  {what} {middle:6.1f} ({low:.1f} to {high:.1f}) {ratio:>5}", end="")
        print()


def guard_text() -> str:
    scripts = site_scripts(Config.from_mapping(build_config("script"))).rules_of({"advertising"})
    return "".join(script.content.decode() for script in (*scripts, code("guard")))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    with ExitStack() as stack:
        network = stack.enter_context(Network(Authority()))
        thread = chromium.PlaywrightThread()
        stack.callback(thread.close)
        profile = stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
        browser = stack.enter_context(
            chromium.Chromium(
                thread, network=network, profile=Path(profile), options=BrowserOptions()
            )
        )

        def serve(host: str, app: Any) -> str:
            network.serve(host, stack.enter_context(running(app)))
            return f"https://{host}/"

        def compare(title: str, build: Callable[[str], Any]) -> None:
            print(title)
            number = len(network.requests)
            plain = serve(f"p{number}.site.example", build("script"))
            bare = serve(f"n{number}.site.example", build("off"))
            measure(browser, dict(zip(VARIANTS, (plain, bare, plain), strict=True)), rounds)

        compare("demo", build_demo)
        if folder := os.environ.get("CONSENTMW_CORPUS"):
            labels = Path(folder).parent / "labels" / "pages.json"
            described = json.loads(labels.read_text("utf-8"))
            most = sorted(described, key=lambda n: -described[n]["summary"].get("advertising", 0))
            for name in most[:3]:
                page = (Path(folder) / name).read_bytes()
                compare(name, lambda guard, page=page: build_app(page, guard))
        blank = serve("blank.site.example", build_app(b"<!doctype html><title>-</title>", "off"))
        runs = []
        for _ in range(rounds):
            browser.navigate(blank)
            runs.append(browser.evaluate(RUN, guard_text()))
        low, middle, high = statistics.quantiles(runs, n=4)
        print(
            "the guard and the rules of advertising run in"
            f" {middle:.1f} ({low:.1f} to {high:.1f}) ms"
        )


if __name__ == "__main__":
    main()
