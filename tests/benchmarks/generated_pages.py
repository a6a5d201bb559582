"""Pages for the benchmarks, written here: proportioned like real ones, the same on every machine.

Measured on saved front pages of news, shop and company sites: a tag for each hundred bytes or so,
nearly half of the bytes inside scripts and styles, a median of about 120 kB, and the tags of one
site repeating on its pages.
"""

from __future__ import annotations

from random import Random

VENDORS = (
    "https://www.googletagmanager.com/gtm.js?id=GTM-ABC{}",
    "https://connect.facebook.net/en_US/fbevents.js?v={}",
    "https://static.hotjar.com/c/hotjar-{}.js?sv=6",
    "https://securepubads.g.doubleclick.net/tag/js/gpt.js?n={}",
    "//cdn.taboola.com/libtrc/site-{}/loader.js",
)
WORDS = (
    *("plan", "member", "care", "coverage", "doctor", "visit", "network", "premium"),
    *("benefit", "claim", "pharmacy", "health", "family", "and", "the", "of"),
    *("to", "a", "in", "for", "is", "on", "that", "by"),
    *("this", "with", "you", "it", "not", "or", "be", "are"),
    *("from", "at", "as", "your", "all"),
)


def _words(rng: Random, count: int) -> str:
    return " ".join(rng.choice(WORDS) for _ in range(count))


def _script(rng: Random, size: int) -> str:
    lines = []
    written = 0
    while written < size:
        name = rng.choice(WORDS)
        line = rng.choice(
            (
                f'function {name}{written}(a,b){{return a<b?"{name}":a.{name}[b]||null}}',
                f'var {name}={{"id":{written},"url":"\\/{name}\\/{written}","tags":["x"]}};',
                f"if(window.{name}&&i<{written}){{document.getElementById('{name}').hidden=!1}}",
            )
        )
        lines.append(line)
        written += len(line)
    return "".join(lines)


def _card(rng: Random, number: int) -> str:
    title = _words(rng, 6)
    return (
        f'<article class="card card--{number % 7}" id="card-{number}" data-track="{number}">\n'
        f'  <a class="card__link" href="/articles/{number}/{title.replace(" ", "-")}">'
        f'<img class="card__image" loading="lazy" src="https://images.example.com/{number}.jpg" '
        f'srcset="/i/{number}-400.jpg 400w, /i/{number}-800.jpg 800w" alt="{title}"></a>\n'
        f'  <h3 class="card__title"><a href="/articles/{number}">{title}</a></h3>\n'
        f'  <p class="card__text">{_words(rng, 110)} &amp; {_words(rng, 30)}</p>\n'
        f'  <ul class="meta"><li><span class="meta__date">{number} May</span></li>'
        f'<li><svg viewBox="0 0 16 16"><use xlink:href="#icon-{number % 9}"/></svg></li></ul>\n'
        "</article>\n"
    )


def write_page(seed: int, size: int) -> bytes:
    """Write a page of about ``size`` bytes."""
    rng = Random(seed)
    site = seed % 5
    head = f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{_words(rng, 5)}</title>
<link rel="stylesheet" href="/static/site.css">
<link rel="preconnect" href="https://www.google-analytics.com">
<style>{_script(rng, size // 20)}</style>
<script async src="{VENDORS[site].format(site)}"></script>
<script src="/static/app.{site}.js" defer></script>
</head>
<body class="page">
<nav><ul>
"""
    out = [head]
    out.extend(
        f'<li class="nav__item"><a class="nav__link" href="/{word}/">{word}</a></li>\n'
        for word in WORDS[:20]
    )
    out.append("</ul></nav>\n<main>\n")
    written = sum(map(len, out))
    number = 0
    while written < size:
        number += 1
        part = _card(rng, number)
        if number % 3 == 0:
            part += f"<script>{_script(rng, 4200)}</script>\n"
        if number % 11 == 0:
            part += f'<script async src="{rng.choice(VENDORS).format(number)}"></script>\n'
        if number % 17 == 0:
            part += (
                '<noscript><img height="1" width="1" style="display:none" '
                f'src="https://www.facebook.com/tr?id={number}&amp;ev=PageView"></noscript>\n'
            )
        out.append(part)
        written += len(part)
    out.append("</main>\n<footer><!-- end --></footer>\n</body>\n</html>\n")
    return "".join(out).encode()


def write_pages(count: int = 24) -> list[bytes]:
    """Write a corpus: sizes from 20 kB to half a megabyte around the median of real pages."""
    rng = Random(20)
    sizes = [int(120_000 * 2 ** rng.gauss(0, 1)) for _ in range(count)]
    return [write_page(seed, min(max(size, 20_000), 500_000)) for seed, size in enumerate(sizes)]
