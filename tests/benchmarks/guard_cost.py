"""What the guard costs a page in Chromium, by `python tests/benchmarks/guard_cost.py`.

The demo, and three saved pages where CONSENTMW_CORPUS names a folder of them, are shown to a
browser without a signal ("plain"), to one with Global Privacy Control where the server suppresses
but inserts nothing ("no guard"), and to one where it inserts the guard. Prints medians of first
contentful paint and total blocking time (what tasks take beyond 50 ms), in milliseconds and as
ratios of one run, and how long the guard itself runs. Every other host answers with an empty file.
"""

from __future__ import annotations

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

ROUNDS = 9
TIMES = """async () => {
  const paint = performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0;
  const tasks = await new Promise((done) => {
    new PerformanceObserver((list) => done(list.getEntries())).observe(
      { type: "longtask", buffered: true });
    setTimeout(() => done([]), 300);
  });
  return [paint, tasks.reduce((sum, task) => sum + Math.max(0, task.duration - 50), 0)];
}"""
RUN = """(text) => {
  const started = performance.now();
  const script = document.createElement("script");
  script.text = text;
  document.head.append(script);
  return performance.now() - started;
}"""


def build_app(page: bytes, guard: str) -> Any:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        status = 200 if scope["path"] == "/" else 404
        await Response(page, media_type="text/html", status_code=status)(scope, receive, send)

    return ConsentMiddleware(app, config={"browser": {"guard": guard}})


def build_demo(guard: str) -> Any:
    """The demo's own app, without its middleware, in one with this value of `guard`."""
    demo = importlib.import_module("app").app
    while type(demo).__name__ == "ConsentMiddleware":
        demo = demo.app
    return ConsentMiddleware(demo, config={"browser": {"guard": guard}})


def measure(open_browser: Callable[[bool], Any], urls: dict[str, tuple[str, bool]]) -> None:
    """Print the medians for each variant, visited in turn so that all share the machine's mood."""
    browsers = {gpc: open_browser(gpc) for gpc in (False, True)}
    times: dict[str, list[list[float]]] = {name: [] for name in urls}
    for _ in range(ROUNDS):
        for name, (url, gpc) in urls.items():
            browser = browsers[gpc]
            browser.navigate(url)
            times[name].append(browser.evaluate(TIMES))
    base = [statistics.median(one) for one in zip(*times["plain"], strict=True)]
    for name, found in times.items():
        paint, blocked = (statistics.median(one) for one in zip(*found, strict=True))
        ratios = f"{paint / max(base[0], 1):5.2f} {(blocked + 50) / (base[1] + 50):5.2f}"
        print(f"  {name:10} paint {paint:7.1f}  blocked {blocked:7.1f}  ratios {ratios}")
    for browser in browsers.values():
        browser.stop()


def guard_text() -> str:
    scripts = site_scripts(Config.from_mapping({})).rules_of({"advertising"})
    return "".join(script.content.decode() for script in (*scripts, code("guard")))


def main() -> None:
    with ExitStack() as stack:
        network = stack.enter_context(Network(Authority()))
        thread = chromium.PlaywrightThread()
        stack.callback(thread.close)

        def open_browser(gpc: bool) -> Any:
            profile = stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
            options = BrowserOptions(gpc=gpc)
            browser = chromium.Chromium(
                thread, network=network, profile=Path(profile), options=options
            )
            browser.start()
            return browser

        def serve(host: str, app: Any) -> str:
            network.serve(host, stack.enter_context(running(app)))
            return f"https://{host}/"

        def compare(title: str, build: Callable[[str], Any]) -> None:
            print(title)
            number = len(network.requests)
            plain = serve(f"p{number}.site.example", build("script"))
            bare = serve(f"n{number}.site.example", build("off"))
            urls = {"plain": (plain, False), "no guard": (bare, True), "guard": (plain, True)}
            measure(open_browser, urls)

        compare("demo", build_demo)
        if folder := os.environ.get("CONSENTMW_CORPUS"):
            labels = Path(folder).parent / "labels" / "pages.json"
            described = json.loads(labels.read_text("utf-8"))
            most = sorted(described, key=lambda n: -described[n]["summary"].get("advertising", 0))
            for name in most[:3]:
                page = (Path(folder) / name).read_bytes()
                compare(name, lambda guard, page=page: build_app(page, guard))
        blank = serve("blank.site.example", build_app(b"<!doctype html><title>-</title>", "off"))
        browser = open_browser(False)
        runs = []
        for _ in range(ROUNDS):
            browser.navigate(blank)
            runs.append(browser.evaluate(RUN, guard_text()))
        print(f"the guard and the rules of advertising run in {statistics.median(runs):.1f} ms")
        browser.stop()


if __name__ == "__main__":
    main()
