"""URLs in style sheets."""

import pytest

from consentmw.html.css import read_css_urls


@pytest.mark.parametrize(
    ("css", "urls"),
    [
        ("a{b:url(x)}", ["x"]),
        ("a{b:URL( 'x' ), url(\"y\")}", ["x", "y"]),
        ("a{b:u\\72 l(x) \\75\\72\\6c(y)}", ["x", "y"]),
        ("a{b:url(x\\2f y)}", ["x/y"]),
        ("@import 'x'; @IMPORT url(y) print;", ["x", "y"]),
        ("@\\69mport 'x'", ["x"]),
        ("@media print { a{content:'no'} }", []),
        ("a{b:image-set('x' 1x, url(y) 2x)}", ["x", "y"]),
        ("a{b:-webkit-image-set('';'x')}", ["", "x"]),
        ("/* url(x) */ a{b:c}", []),
        ("a{b:'url(x)'}", []),
        ("a{b:url(x y)} c{d:url(z)}", ["z"]),
        ("a{b:url(x'y)", []),
        ("a{b:url(", [""]),
        ("a{b:notaurl(x)}", []),
        ("a{b:'un\nclosed' url(x)", []),
        ("a{b:'un\nclosed url(x)", ["x"]),
        ("a{b:url(\\0 \\110000 x)}", ["\ufffd\ufffdx"]),
        ("a{b:rotate(1) url(x)} /* open", ["x"]),
    ],
)
def test_a_style_sheets_urls_are_found(css, urls):
    found = list(read_css_urls(css))
    assert [url.text for url in found] == urls
    assert all(css[url.start : url.end].isascii() for url in found)
