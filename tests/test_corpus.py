"""Whole pages through the middleware: advertising gone, nothing else, untouched without a signal.

Pages of the project's own always, and those of the folder that CONSENTMW_CORPUS names. Where labels
stand beside that folder they are counted and the counts are printed; run with `-s` to see them.
"""

import json
import os
from collections import Counter
from pathlib import Path

import httpx
import pytest
from benchmarks.generated_pages import write_pages
from fuzzing.liveness import alive, loading_attributes
from fuzzing.places import candidates, place_of, resolve
from fuzzing.questions import only_cuts, readings
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from consentmw.asgi import ConsentMiddleware
from consentmw.data import load_catalogue

DENIED = frozenset({"advertising"})
WITNESSES = readings("turbohtml", "lexbor")
SECRET = "a secret of the tests, long enough"

VENDOR_TAGS = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>A health plan</title>
<link rel="preconnect" href="https://connect.facebook.net">
<link rel="dns-prefetch" href="//googleads.g.doubleclick.net">
<link rel="stylesheet" href="/static/site.css">
<script async src="https://www.googletagmanager.com/gtag/js?id=AW-123456789"></script>
<script>window.dataLayer=window.dataLayer||[];function gtag(){dataLayer.push(arguments)}
gtag('js',new Date());gtag('config','AW-123456789');</script>
<script>!function(f,b,e,v,n,t,s){if(f.fbq)return;n=f.fbq=function(){};t=b.createElement(e);t.async=!0;
t.src=v;s=b.getElementsByTagName(e)[0];s.parentNode.insertBefore(t,s)}(window,document,'script',
'https://connect.facebook.net/en_US/fbevents.js');fbq('init','1234567890');fbq('track','PageView');
</script>
<noscript><img height="1" width="1" style="display:none"
src="https://www.facebook.com/tr?id=1234567890&ev=PageView&noscript=1"></noscript>
</head><body>
<h1>Find a doctor</h1><form action="/search"><input name="q"></form>
<script src="/static/app.js"></script>
<script>document.querySelector('form').addEventListener('submit',function(){fbq('track','Search')})
</script>
<img src="https://www.linkedin.com/px/li_sync?redirect=x" alt="">
<img height="1" width="1" src="//px.ads.linkedin.com/collect/?pid=12345&fmt=gif" alt="">
<iframe src="https://4508839.fls.doubleclick.net/activityi;src=4508839;type=a" hidden></iframe>
<iframe src="https://maps.example.org/embed"></iframe>
<p>Read about facebook.com/tr and https://connect.facebook.net/en_US/fbevents.js here.</p>
</body></html>
"""


class CatalogueJudge:
    """What the shipped catalogue denies, for pages of one host."""

    def __init__(self, host):
        self._host = host
        self._index = load_catalogue().denying(DENIED)
        self.bases = (f"https://{host}/", f"http://{host}/")

    def denies_place(self, place):
        host, target = place
        return bool(host) and self._index.target(host, target, own_host=self._host) is not None

    def denies_on(self, host):
        return self._index.denies_on(host)

    def denies_script(self, text):
        return self._index.inline(text) is not None

    may_deny_script = denies_script

    def denies_tag(self, value):
        return None


def own_pages():
    return [("vendor tags", VENDOR_TAGS.encode(), {})] + [
        (f"generated {number}", page, {}) for number, page in enumerate(write_pages(6))
    ]


def corpus_pages():
    folder = Path(os.environ["CONSENTMW_CORPUS"])
    labels_file = folder.parent / "labels" / "pages.json"
    labels = json.loads(labels_file.read_text("utf-8")) if labels_file.is_file() else {}
    return [
        (path.name, path.read_bytes(), labels.get(path.name, {}))
        for path in sorted(folder.glob("*.htm*"))
    ]


def build_app(pages):
    def page(request):
        return Response(pages[int(request.path_params["number"])][1], media_type="text/html")

    app = Starlette(routes=[Route("/{number:int}", page)])
    config = {
        "secret_keys": [SECRET],
        "signals": {"navigator": False},
        "browser": {"guard": "off"},
    }
    return ConsentMiddleware(app, config=config)


async def fetch(app, host, number, headers):
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url=f"https://{host}") as client:
        return (await client.get(f"/{number}", headers=headers)).content


def host_of(labels):
    return httpx.URL(labels["page_url"]).host if labels.get("page_url") else "www.example.com"


async def check(pages):
    app = build_app(pages)
    counts = Counter()
    missed = Counter()
    wrongly = []
    for number, (name, page, labels) in enumerate(pages):
        host = host_of(labels)
        judge = CatalogueJudge(host)
        assert await fetch(app, host, number, {}) == page, f"{name} changed without a signal"
        out = await fetch(app, host, number, {"Sec-GPC": "1"})
        text = out.decode("utf-8", "replace")
        for reading in WITNESSES:
            assert alive(text, reading, judge) == [], f"{name}, {reading}"
        assert only_cuts(page.decode("latin-1"), out.decode("latin-1"), judge, readings()), (
            f"{name}: more is missing than what is denied"
        )
        count_labels(page.decode("utf-8", "replace"), text, labels, counts, missed, wrongly)
    return counts, missed, wrongly


def resources(text, page_url):
    """Count what a page holds, as the labels name it: an element's name and its URL or its host."""
    found = Counter()
    scripts = set()
    for reading in readings("turbohtml"):
        seen = Counter()
        for element in reading.elements(text):
            for attribute in loading_attributes(element):
                value = element.attributes.get(attribute, "")
                for url in candidates(value) if attribute.endswith("srcset") else [value]:
                    seen.update(keys(element.name, url, page_url))
            if element.name == "script" and "src" not in element.attributes:
                scripts.add(element.text)
        found |= seen
    return found, scripts


def keys(name, url, page_url):
    """What an element is known by: whole URL first, then only its host; the scheme apart."""
    resolved = resolve(url, page_url)
    if resolved is None:
        return []
    place = place_of(resolved)
    return [(name, *place), (name, place.host)]


def count_labels(before, after, labels, counts, missed, wrongly):
    if not labels:
        return
    url = labels["page_url"]
    held, held_scripts = resources(before, url)
    left, left_scripts = resources(after, url)
    for label in labels["elements"]:
        tag = label["tag"].partition("[")[0]
        if label["via"] == "inline-script":
            # The labels put a scheme before what begins with two slashes, and drop backslashes.
            address = label["url"].partition(":")[2]
            gone = any(address in text.replace("\\/", "/") for text in held_scripts - left_scripts)
        else:
            key = next((key for key in keys(tag, label["url"], url) if held[key]), None)
            if key is None:  # inside a comment, a template's source, a script that writes it
                counts["not in the tree", "labelled"] += 1
                continue
            gone = left[key] < held[key]
        if label["bucket"] == "advertising":
            # A label may have another defensible reading; a script may only mention a host.
            doubtful = bool(label["alt_buckets"]) or label["mixed_host"]
            kind = "scripts that name it" if label["via"] == "inline-script" else "elements"
            kind = f"{kind}{', doubtful' if doubtful else ''}"
            counts[kind, "labelled advertising"] += 1
            counts[kind, "suppressed"] += gone
            if not gone:
                missed[kind, label["host"]] += 1
        elif gone and "advertising" not in (label["alt_buckets"] or ""):
            counts["all", "wrongly suppressed"] += 1
            wrongly.append(f"{label['bucket']}: {label['via']} {label['url'][:120]}")


@pytest.fixture
def anyio_backend():
    return "asyncio"  # once is enough: what the pages become has nothing to do with it


@pytest.mark.anyio
async def test_advertising_is_gone_and_nothing_else_on_pages_of_our_own():
    await check(own_pages())


@pytest.mark.anyio
@pytest.mark.corpus
@pytest.mark.skipif("CONSENTMW_CORPUS" not in os.environ, reason="CONSENTMW_CORPUS names no folder")
async def test_advertising_is_gone_and_nothing_else_on_the_pages_of_the_corpus():
    pages = corpus_pages()
    counts, missed, wrongly = await check(pages)
    print(f"\n{len(pages)} pages of the corpus")
    for (kind, what), count in sorted(counts.items()):
        print(f"  {kind}: {count} {what}")
    print("missed, by host:")
    for (kind, host), count in missed.most_common():
        print(f"  {count} {host} ({kind})")
    print("wrongly suppressed:", *wrongly, sep="\n  ")
    if labelled := counts["elements", "labelled advertising"]:
        assert counts["elements", "suppressed"] >= 0.85 * labelled
