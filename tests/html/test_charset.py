"""How a page is decoded, and pages that have to be decoded before they are read."""

from random import Random

import pytest

from consentmw.core.catalogue import Catalogue
from consentmw.core.rules import Rule
from consentmw.html.charset import decode_page, read_charset
from consentmw.html.iso2022jp import Decoder, Encoder
from consentmw.suppression.page import PagePolicy


def codec(page, label=None):
    charset = read_charset(page, label, complete=True)
    return charset.codec


@pytest.mark.parametrize(
    ("page", "label", "expected"),
    [
        (b"x", None, "cp1252"),
        (b"x", "UTF-8 ", "utf-8"),
        (b"\xef\xbb\xbfx", "shift_jis", "utf-8"),
        (b"\xff\xfex\0", None, "utf-16-le"),
        (b"\xfe\xff\0x", "utf-8", "utf-16-be"),
        (b"<meta charset=Shift_JIS>", None, "cp932"),
        (b"<meta charset=utf-16>", None, "utf-8"),
        (b"<meta charset=x-user-defined>", None, "cp1252"),
        (b"<META HTTP-EQUIV='Content-Type' CONTENT='text/html; charset=\"gbk\"'>", None, "gb18030"),
        (b"<meta content='charset=gbk'>", None, "cp1252"),
        (b"<meta http-equiv=content-type content=text/html>", None, "cp1252"),
        (b"<!-- <meta charset=gbk> --><meta charset=big5>", None, "big5hkscs"),
        (b"<!-- <meta charset=gbk>", None, "cp1252"),
        (b"<p title='<meta charset=gbk>'><meta charset=big5>", None, "big5hkscs"),
        (b" " * 1024 + b"<meta charset=gbk>", None, "cp1252"),
        (b"<meta charset=no-such><meta charset=gbk>", "hex", "gb18030"),
        (b"<\0?\0x\0", None, "utf-16-le"),
        (b"\0<\0?\0x", None, "utf-16-be"),
        (b"<?xml version='1.0' encoding='iso-8859-2'?>", None, "iso8859-2"),
    ],
)
def test_the_encoding_is_found_as_the_standard_says(page, label, expected):
    assert codec(page, label) == expected


@pytest.mark.parametrize(
    ("start", "label", "known"),
    [(b"", "utf-8", False), (b"\xef", "utf-8", False), (b"<", "utf-8", True), (b"<", None, False)],
)
def test_it_waits_only_while_more_could_change_the_answer(start, label, known):
    assert (read_charset(start, label, complete=False) is not None) is known


POLICY = PagePolicy(
    index=Catalogue(
        [Rule(kind="host", pattern="ads.example", category="a", vendor="", source="")]
    ).denying(frozenset({"a"})),
    zone_denied=frozenset(),
    categories=("a",),
    tag_attributes=(),
    max_inline_bytes=1000,
)
PAGE = "<p>日本語 {}</p><img src=//ads.example/>テ"


def rewrite(page, label, cuts=()):
    rewriter = POLICY.rewriter(host="own.example", charset=label)
    out = [
        rewriter.feed(page[start:end])
        for start, end in zip([0, *cuts], [*cuts, len(page)], strict=True)
    ]
    return b"".join([*out, rewriter.close()])


@pytest.mark.parametrize(
    ("encoding", "label", "mark"),
    [
        ("utf-8", "utf-8", b""),
        ("utf-8", None, b"\xef\xbb\xbf"),
        ("cp932", "shift_jis", b""),
        ("gb18030", "gbk", b""),
        ("big5hkscs", "big5", b""),
        ("euc_jp", "euc-jp", b""),
        ("iso2022_jp", "iso-2022-jp", b""),
        ("utf-16-le", "utf-16", b""),
        ("utf-16-be", "utf-16be", b""),
        ("utf-16-be", None, b"\xfe\xff"),
    ],
)
def test_a_page_in_any_encoding_is_read_and_otherwise_unchanged(encoding, label, mark):
    page = mark + PAGE.encode(encoding)
    expected = mark + PAGE.replace("<img src=//ads.example/>", "").encode(encoding)
    for cuts in ([], range(1, len(page)), [len(page) // 2]):
        assert rewrite(page, label, cuts) == expected


# Escape sequences, one that isn't any, letters of each set, halves of letters, what is never valid.
JAPANESE = [b"\x1b(B", b"\x1b(J", b"\x1b(I", b"\x1b$B", b"\x1b$@", b"\x1b", b"<p>", b"a", b"\\~"]
JAPANESE += [b"\n"]
JAPANESE += [b"\x80", b"\xff", b"\x0e", b'$"', b"F|", b"-!", b")!", b"0", b" "]


def as_browser(text):
    """What isn't valid is one and the same to a browser."""
    return "".join("\ufffd" if c >= "\U000f0000" else c for c in text)


def test_japanese_with_escape_sequences_comes_back_as_a_browser_reads_it():
    rng = Random(1)
    for _ in range(3_000):
        page = b"".join(rng.choices(JAPANESE, k=rng.randrange(1, 12)))
        text = Decoder().decode(page, final=True)
        back = Encoder().encode(text, final=True)
        assert as_browser(Decoder().decode(back, final=True)) == as_browser(text), page
        cut = Decoder()
        pieces = [cut.decode(page[at : at + 1]) for at in range(len(page))]
        assert "".join([*pieces, cut.decode(b"", final=True)]) == text, page


@pytest.mark.parametrize(
    ("page", "text"),
    [
        (b"\x1b$BF|K\\\x1b(B", "日本"),
        (b"\x1b$B-!\x1b(B", "①"),  # of NEC's, which browsers know and Python's codec doesn't
        (b"\x1b(I12\x1b(J\\~", "ｱｲ¥‾"),
        (b"<im\x1b(Bg>", "<img>"),
        (b"\x1b(B\x1b(B<", "\ufffd<"),
        (b"\x1b$B\n\x1b(B<", "\ufffd<"),
        (b"a\xe9\x0eb", "a\ufffd\ufffdb"),
    ],
)
def test_japanese_with_escape_sequences_is_read_as_the_standard_says(page, text):
    assert as_browser(Decoder().decode(page, final=True)) == text


def test_an_odd_byte_at_the_end_survives():
    page = "<p>x</p>".encode("utf-16-le") + b"y"
    assert rewrite(page, "utf-16le") == page


def test_a_page_is_decoded_into_what_is_scanned():
    assert decode_page(b"\xef\xbb\xbf<p>", None) == b"<p>"
    assert decode_page("é".encode("utf-16"), None) == "é".encode()
    assert decode_page(b"\xe9", "latin1") == b"\xe9"


@pytest.mark.parametrize("label", ["utf-7", "utf-32", "hz", "iso-2022-jp-2"])
def test_what_browsers_do_not_know_is_no_encoding(label):
    """In UTF-7 what is text to a browser would be markup, and could leave as such."""
    page = b"<p>+ADw-img src=x+AD4- ~{<:Ky2;~}</p>"
    assert rewrite(page, label) == page
    assert rewrite(page + b"<img src=//ads.example/>", label) == page
