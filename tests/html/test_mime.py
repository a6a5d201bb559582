"""What a media type says."""

from random import Random

import pytest

from consentmw.html.mime import MimeType, read_mime_type

HTML = "text/html"


@pytest.mark.parametrize(
    ("text", "essence", "parameters"),
    [
        ("text/html", HTML, {}),
        (" \tTEXT/HTML \r\n", HTML, {}),
        ("text/html ; charset=gbk", HTML, {"charset": "gbk"}),
        ("text/html;CHARSET=GBK", HTML, {"charset": "GBK"}),
        ("text/html;charset=gbk ;a=b", HTML, {"charset": "gbk", "a": "b"}),
        ("text/html;charset= gbk", HTML, {"charset": " gbk"}),
        ("text/html;charset =gbk", HTML, {}),
        ("text/html;charset=a;charset=b", HTML, {"charset": "a"}),
        ("text/html;charset=;charset=b", HTML, {"charset": "b"}),
        ('text/html;charset="";charset=b', HTML, {"charset": ""}),
        ("text/html;charset= \t;charset=b", HTML, {"charset": "b"}),
        ("text/html;charset=\x01;charset=b", HTML, {"charset": "b"}),
        ("text/html;charset=\u20ac;charset=b", HTML, {"charset": "b"}),
        ("text/html;charset;charset=b", HTML, {"charset": "b"}),
        ("text/html;;=x;charset=b;", HTML, {"charset": "b"}),
        ('text/html;charset="gbk"x;a=b', HTML, {"charset": "gbk", "a": "b"}),
        ('text/html;charset="g\\b\\"k"', HTML, {"charset": 'gb"k'}),
        ('text/html;charset="gbk', HTML, {"charset": "gbk"}),
        ('text/html;charset="gbk\\', HTML, {"charset": "gbk\\"}),
        ('text/html;charset="gbk ', HTML, {"charset": "gbk"}),
        ('text/html;charset=" gbk "', HTML, {"charset": " gbk "}),
        ('text/html;charset= "gbk"', HTML, {"charset": ' "gbk"'}),
        ("text/html;charset='gbk'", HTML, {"charset": "'gbk'"}),
        ('text/html;a="b;charset=x";charset=gbk', HTML, {"a": "b;charset=x", "charset": "gbk"}),
        ("text/html;a=b=c", HTML, {"a": "b=c"}),
        ("text/html;a\u212a=b", HTML, {}),
        ("", "", {}),
        ("text", "", {}),
        ("/html", "", {}),
        ("text/", "", {}),
        ("text/html charset=gbk", "", {}),
        ("text /html", "", {}),
        ("te\u017ft/html", "", {}),
        ("text/html/x", "", {}),
        (";charset=gbk", "", {}),
    ],
)
def test_a_media_type_is_parsed_as_browsers_do(text, essence, parameters):
    assert read_mime_type(text) == MimeType(essence, parameters)


def test_nothing_makes_it_raise():
    rng = Random(1)
    pieces = ['"', "\\", ";", "=", " ", "\n", "\0", "charset", "a/b", "\u20ac", "\ud800", ","]
    for _ in range(5_000):
        text = "".join(rng.choices(pieces, k=rng.randrange(12)))
        assert isinstance(read_mime_type(text).essence, str)
        read_mime_type("text/html;" + text)
