"""What the catalogue costs: `python tests/benchmarks/classify.py`.

Prints the time to load it in a new process, its memory, and the time of one answer, remembered
(warm) and looked up anew (cold), for hosts, paths of mixed hosts, unknown hosts, cookies and
inline scripts. Times are the processor's, so that a busy machine matters little.
"""

from __future__ import annotations

import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from random import Random
from statistics import median

from consentmw.core.catalogue import Catalogue
from consentmw.data import load_catalogue

URLS = {
    "known host": "https://cdn.taboola.com/libtrc/example/loader.js",
    "mixed host": "https://www.google.com/pagead/1p-user-list/123/?random=1&cv=11",
    "by query": "https://www.googletagmanager.com/gtag/js?id=AW-123",
    "unknown host": "https://static.shop.example/assets/app.js",
    "own path": "/assets/app.js?v=3",
}
GTM = (
    "(function(w,d,s,l,i){w[l]=w[l]||[];var f=d.getElementsByTagName(s)[0],j=d.createElement(s);"
    "j.src='https://www.googletagmanager.com/gtm.js?id='+i;f.parentNode.insertBefore(j,f);"
    "})(window,document,'script','dataLayer','GTM-ABC');"
)
ADVERTISING = frozenset({"advertising"})


def seconds(call: Callable[[], object], times: int) -> float:
    """Return the median cost of a call over some rounds."""
    rounds = []
    for _ in range(7):
        start = time.process_time()
        for _ in range(times):
            call()
        rounds.append((time.process_time() - start) / times)
    return median(rounds)


def show(name: str, value: float, unit: str) -> None:
    print(f"{name:44}{value:10.2f} {unit}")


def measure_loading() -> None:
    script = (
        "import time, consentmw.data.built as b; s = time.process_time(); b.load_catalogue();"
        "print(time.process_time() - s)"
    )
    runs = [
        float(
            subprocess.run([sys.executable, "-c", script], check=True, capture_output=True).stdout
        )
        for _ in range(5)
    ]
    show("loading, in a new process", median(runs) * 1e3, "ms")
    load_catalogue.cache_clear()
    tracemalloc.start()
    catalogue = load_catalogue()
    memory = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    show(f"memory of {len(catalogue.rules)} rules", memory / 2**20, "MiB")
    start = time.process_time()
    catalogue.denying(ADVERTISING)
    show("index of a denied set, once for each", (time.process_time() - start) * 1e3, "ms")


def measure_urls(catalogue: Catalogue) -> None:
    index = catalogue.denying(ADVERTISING)
    for name, url in URLS.items():
        warm = seconds(lambda url=url: catalogue.classify_url(url, own_host="me.example"), 20_000)
        show(f"URL of a {name}, warm", warm * 1e6, "us")
        tail = iter(range(10**9))
        mark = "&" if "?" in url else "?"
        cold = seconds(
            lambda url=url, mark=mark, tail=tail: catalogue.classify_url(
                f"{url}{mark}{next(tail)}", own_host="me.example"
            ),
            4_000,
        )
        show(f"URL of a {name}, cold", cold * 1e6, "us")
    show(
        "target, denied or not, warm",
        seconds(lambda: index.target("cdn.taboola.com", "/x.js", own_host="me.example"), 20_000)
        * 1e6,
        "us",
    )


def measure_cookies(catalogue: Catalogue) -> None:
    for name in ("_fbp", "_ga_ABC123", "session"):
        warm = seconds(lambda name=name: catalogue.classify_cookie(name, set_by_site=True), 20_000)
        show(f"cookie {name}, warm", warm * 1e6, "us")
    tail = iter(range(10**9))
    cold = seconds(lambda: catalogue.classify_cookie(f"c{next(tail)}", set_by_site=True), 2_000)
    show("cookie of an unknown name, cold", cold * 1e6, "us")


def measure_scripts(catalogue: Catalogue) -> None:
    index = catalogue.denying(ADVERTISING)
    show("GTM's snippet, warm", seconds(lambda: index.inline(GTM), 5_000) * 1e6, "us")
    tail = iter(range(10**9))
    show(
        "GTM's snippet, cold",
        seconds(lambda: index.inline(f"{GTM}//{next(tail)}"), 500) * 1e6,
        "us",
    )
    random = Random(7)
    words = [
        "".join(random.choices("abcdefghijklmnop", k=random.randint(2, 9))) for _ in range(5000)
    ]
    data = ",".join(
        f'"{random.choice(words)}":"{random.choice(words)} {random.choice(words)}"'
        for _ in range(120_000)
    )
    for name, text in {
        "3 MB of data without mentions": data,
        "3 MB of data, a mention each 10 kB": data.replace(
            '":"aa', '":"https://cdn.taboola.com/', 300
        ),
        "1 MB of code": "function f(a){return a.b+g('x')/2}" * 30_000,
    }.items():
        script = (
            f"window.__STATE__={{{data}}};" if text is data else f"window.__STATE__={{{text}}};"
        )
        cost = seconds(lambda script=script: index.inline(script), 1)
        show(f"script: {name}", cost * 1e3, f"ms, {len(script) / cost / 2**20:.0f} MiB/s")


def main() -> None:
    measure_loading()
    catalogue = load_catalogue()
    measure_urls(catalogue)
    measure_cookies(catalogue)
    measure_scripts(catalogue)


if __name__ == "__main__":
    main()
