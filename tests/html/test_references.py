"""Character references as attributes decode them."""

import pytest

from consentmw.html.references import decode_references


@pytest.mark.parametrize(
    ("text", "decoded"),
    [
        ("plain", "plain"),
        ("&#104;ttps&colon;//a&period;b&sol;", "https://a.b/"),
        ("&#x68;&#X68&#104&#0104;", "hhhh"),
        ("&Tab;&NewLine;", "\t\n"),
        ("&amp;amp;", "&amp;"),
        ("&not=1", "&not=1"),
        ("&notit;", "&notit;"),
        ("&not;it", "¬it"),
        ("&notin;", "∉"),
        ("&shyx &shy. &shyｄ", "&shyx \xad. \xadｄ"),
        ("&unknown; & &; &#; &#x;", "&unknown; & &; &#; &#x;"),
        ("&#0;&#xD800;&#x110000;&#99999999999999999999;", "\ufffd" * 4),
        ("&#x80;&#x81;", "€\x81"),
        ("&#" + "0" * 9999 + "65;", "A"),
    ],
)
def test_references_in_an_attribute_are_decoded_as_browsers_do(text, decoded):
    assert decode_references(text) == decoded


def test_in_text_a_missing_semicolon_holds_nothing_back():
    assert decode_references("&notit;&not=", attribute=False) == "¬it;¬="
