"""Markup that scripts hand to the browser: what is denied goes, all else stays as written."""

from __future__ import annotations

from node import evaluate

RULES = {
    "category": "advertising",
    "layers": [[], [["!example.ads", 1]]],
    "cookies": [],
    "placeholder": "about:blank",
    "ownPaths": False,
    "stubs": [],
    "queues": [],
}
CLEANED = """
    const { cleanMarkup } = await client('markup');
    return given.map(cleanMarkup);
"""
AD = "https://ads.example/x"


def _cleaned(*markup):
    return evaluate(CLEANED, rules=[RULES], origin="https://www.site.example", given=list(markup))


def test_denied_attributes_go_in_all_their_quotings():
    pairs = {
        f'<img alt="a" src="{AD}" width=1>': '<img alt="a"  width=1>',
        f"<IMG SRC='{AD}'>": "<IMG >",
        f"<img src={AD} id=b>": "<img  id=b>",
        f"<img/src={AD}>": "<img >",
        f'<img src = "{AD}"id=b>': "<img id=b>",
        f'<img src="{AD.replace("/", "&#x2F;")}">': "<img >",
        f'<img src="{AD.replace(":", "&#58;")}">': "<img >",
        f"<img alt=it's src='{AD}'>": "<img alt=it's >",
        f'<script async src="{AD}"></script>': "<script async ></script>",
        f'<iframe src="{AD}"></iframe>': '<iframe src="about:blank"></iframe>',
        f'<img srcset="{AD} 1x, /a.png 2x">': '<img srcset=", /a.png 2x">',
        f'<img srcset="/a.png 1x,{AD} 2x,/b,c.png 3x">': '<img srcset="/a.png 1x,/b,c.png 3x">',
        f'<img srcset="{AD} 1x">': "<img >",
        f'<object data="{AD}"><embed src="{AD}"></object>': "<object ><embed ></object>",
        f'<a ping="{AD}" href="{AD}">link</a>': f'<a  href="{AD}">link</a>',
        f'<svg><image xlink:href="{AD}"/></svg>': "<svg><image /></svg>",
    }
    assert dict(zip(pairs, _cleaned(*pairs), strict=True)) == pairs


def test_style_sheets_lose_addresses_only():
    pairs = {
        f"<style>a{{background:url({AD})}}</style>{AD}": (
            f"<style>a{{background:url(about:invalid)}}</style>{AD}"
        ),
        f'<style>@import "{AD}";b{{}}</style>': '<style>@import "about:invalid";b{}</style>',
        f"<p style=\"background:url('{AD}')\">": "<p style=\"background:url('about:invalid')\">",
        f'<p style="background:url(&quot;{AD}&quot;)">': (
            '<p style="background:url(&#34;about:invalid&#34;)">'
        ),
    }
    assert dict(zip(pairs, _cleaned(*pairs), strict=True)) == pairs


def test_what_is_innocent_stays_as_it_was_written():
    kept = [
        "",
        "a < b && c > d // https://ads.example/",
        f'<a href="{AD}" title="{AD}">{AD}</a><form action="{AD}">',
        "<IMG  src = 'https://cdn.example/a.png?x=1&amp;y=2'   >",
        "<p constructor=1 __proto__=2 toString='3' hasOwnProperty>",
        "<img src><img src=><img src=''><img =x src>",
        "<script>if (a<b) document.write(\"<img src='/a.gif'>\")</script>",
        f"<!-- {AD} -->",
        '<img srcset="/a.png 1x,/b.png 2x, data:image/png;base64,AA== 3x">',
        '<svg viewBox="0 0 1 1"><use href="#a"/></svg>',
        '<iframe srcdoc="&lt;p&gt;text&lt;/p&gt;"></iframe>',
        "<div",
        '<div id="',
    ]
    assert _cleaned(*kept) == kept


def test_a_page_inside_an_attribute_is_cleaned_too():
    (found,) = _cleaned(f"<iframe srcdoc=\"<p>a<img src='{AD}'></p>\"></iframe>")
    assert found == '<iframe srcdoc="<p>a<img ></p>"></iframe>'
