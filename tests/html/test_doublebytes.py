"""What isn't valid takes as many bytes as in browsers."""

from random import Random

import pytest

from consentmw.html.doublebytes import as_browsers

CODECS = ("cp932", "euc_jp", "gb18030", "big5hkscs", "cp949")


@pytest.mark.parametrize(
    ("codec", "data", "text"),
    [
        ("cp932", b"\x85\x9f@a", "\ufffd@a"),
        ("cp932", b"\x85 @a", "\ufffd @a"),
        ("cp932", b"\x81", "\ufffd"),
        ("cp932", b"\x83\x5c\x85\x9f\x83\x5c", "ソ\ufffdソ"),
        ("gb18030", b"\xff\x81@", "\ufffd丂"),  # 0xFF is no first byte
        ("gb18030", b"\x810\x81@a", "\ufffd0丂a"),
        ("gb18030", b"\xfe9\xfe9a", "\ufffda"),
        ("gb18030", b"\x81\xff@", "\ufffd@"),
        ("cp949", b"\xc9\xa1Ads", "\ufffdAds"),
        ("big5hkscs", b"\x81\xa1@a", "\ufffd@a"),
        ("euc_jp", b"\xa9\xa1\xb0\xa1", "\ufffd亜"),
        ("euc_jp", b"\x8f\xa1\xa1\xb0\xa1", "\ufffd亜"),
        ("euc_jp", b"\x8f\xa1@", "\ufffd@"),
        ("euc_jp", b"\x8e\xff@", "\ufffd@"),
    ],
)
def test_what_is_not_valid_takes_both_bytes_unless_the_second_is_ascii(codec, data, text):
    assert data.decode(as_browsers(codec), "replace") == text


@pytest.mark.parametrize("codec", CODECS)
def test_what_is_valid_is_pythons_and_all_comes_back(codec):
    name = as_browsers(codec)
    text = "<a href='表'>漢字 あ"
    text = text.encode(codec, "ignore").decode(codec)
    assert text.encode(codec).decode(name) == text
    assert (text + "\U0001f600é").encode(name, "xmlcharrefreplace") == (
        text + "\U0001f600é"
    ).encode(codec, "xmlcharrefreplace")
    rng = Random(1)
    for _ in range(3_000):
        data = bytes(rng.choices([0x30, 0x40, 0x5C, *range(0x80, 0x100)], k=rng.randrange(9)))
        data.decode(name, "replace")
        escaped = data.decode(name, "surrogateescape")
        assert escaped.count("@") == data.decode(name, "replace").count("@")
    with pytest.raises(UnicodeDecodeError):
        b"\x81".decode(name)


def test_other_codecs_are_left_alone():
    assert as_browsers("utf-8") == "utf-8"
    assert as_browsers("cp1252") == "cp1252"
