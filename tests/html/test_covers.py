"""Where a container ends, as browsers see it."""

import re

import pytest

from consentmw.html.covers import MAX_OPEN, Cover, closed, opened
from consentmw.html.tree import VOID


def goes_on(page):
    """Tell whether the first element of a page is still open at its end."""
    (_, first), *tags = re.findall(rb"<(/?)(\w+)", page.encode())
    covers = (Cover(first, "tagged"),)
    for slash, name in tags:
        if name not in VOID:
            covers = (closed if slash else opened)(covers, name)
    return bool(covers)


@pytest.mark.parametrize(
    "page",
    [
        "<div><p>text<img></div>",
        "<div><div></div></div>",
        "<div><table><tr><td><div></div></table></div>",
        "<span><div><span></span></div></span>",
        "<span><p>one<p>two<div></div></span>",
        "<span><ul><li>one<li>two</ul></span>",
        "<section><p><table><tr><td>a</table></section>",
        "<li><ul><li>a</ul></li>",
        "<form><p>text</form>",
        "<form><b><p></p></b></form>",
        "<b><p></b>",
        "<h1><b></h1>",
        "<svg><g></g></svg>",
    ],
)
def test_a_container_ends_at_its_own_end_tag(page):
    assert not goes_on(page)


@pytest.mark.parametrize(
    "page",
    [
        "<span><p></span>",
        "<picture><div></picture>",
        "<noscript><p></noscript>",
        "<div><table></div>",
        "<span><div><table></div></span>",
        "<li><ul></li>",
        "<h1><div><h2></h1>",
        "<form><div></form>",
        "<form><b></form>",
        "<b><table></b>",
        "<b>" + "<div>" * 8 + "</b>",
        "<td><table></td>",
        "<body></body>",
        "<div></span>",
        "<span>" + "<td>" * (MAX_OPEN + 1) + "</td>" * (MAX_OPEN + 1) + "</span>",
    ],
)
def test_a_container_goes_on_behind_an_end_tag_that_does_not_reach_it(page):
    assert goes_on(page)


def test_the_end_of_a_formatting_element_leaves_open_what_it_moves_out():
    assert goes_on("<span><b><p></b></span>")
    assert not goes_on("<span><b><p></b></p></span>")
