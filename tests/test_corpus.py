"""Whole pages through the middleware: advertising gone, nothing else missing, untouched without a signal.

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
from fuzzing.places import candidates, resolve
from fuzzing.questions import only_cuts, readings
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from consentmw import ConsentMiddleware, load_catalogue

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
        assert only_cuts(page.decode("latin-1"), out.decode("latin-1"), judge), (
            f"{name}: more is missing than what is denied"
        )
        count_labels(page.decode("utf-8", "replace"), text, labels, counts, missed, wrongly)
    return counts, missed, wrongly


def resources(text, page_url):
    """Count what a page holds, as the labels name it: element and URL, or the text of a script."""
    found = Counter()
    scripts = []
    for reading in WITNESSES[:2]:
        seen = Counter()
        for element in reading.elements(text):
            for attribute in loading_attributes(element):
                value = element.attributes.get(attribute, "")
                urls = candidates(value) if attribute.endswith("srcset") else [value]
                seen.update((element.name, resolve(url, page_url)) for url in urls)
            if element.name == "script" and "src" not in element.attributes:
                scripts.append(element.text)
        found |= seen
    return found, scripts


def count_labels(before, after, labels, counts, missed, wrongly):
    if not labels:
        return
    url = labels["page_url"]
    held, held_scripts = resources(before, url)
    left, left_scripts = resources(after, url)
    for label in labels["elements"]:
        tag = label["tag"].partition("[")[0]
        if label["via"] == "inline-script":
            mentions = [
                sum(label["url"] in text for text in s) for s in (held_scripts, left_scripts)
            ]
            gone = mentions[1] < mentions[0]
        else:
            key = (tag, resolve(label["url"], url))
            gone = left[key] < held[key]
        if label["bucket"] == "advertising":
            counts["labelled advertising"] += 1
            counts["suppressed"] += gone
            if not gone:
                missed[f"{label['host']} ({label['via']})"] += 1
        elif gone and "advertising" not in (label["alt_buckets"] or ""):
            counts["wrongly suppressed"] += 1
            wrongly.append(f"{label['bucket']}: {label['via']} {label['url'][:120]}")


@pytest.mark.anyio
async def test_advertising_is_gone_and_nothing_else_on_pages_of_our_own():
    await check(own_pages())


@pytest.mark.anyio
@pytest.mark.corpus
@pytest.mark.skipif("CONSENTMW_CORPUS" not in os.environ, reason="CONSENTMW_CORPUS names no folder")
async def test_advertising_is_gone_and_nothing_else_on_the_pages_of_the_corpus():
    pages = corpus_pages()
    counts, missed, wrongly = await check(pages)
    print(f"\n{len(pages)} pages of the corpus: {dict(counts)}")
    print(
        "missed by host:", *(f"{count} {host}" for host, count in missed.most_common()), sep="\n  "
    )
    print("wrongly suppressed:", *wrongly, sep="\n  ")
    if counts["labelled advertising"]:
        assert counts["suppressed"] >= 0.85 * counts["labelled advertising"]
