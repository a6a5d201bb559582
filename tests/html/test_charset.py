"""How a page is decoded, and pages that have to be decoded before they are read."""

from random import Random

import pytest

from consentmw.core.catalogue import Catalogue
from consentmw.core.rules import Rule
from consentmw.errors import RewriteError
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
    [
        (b"", "utf-8", False),
        (b"\xef", "utf-8", False),
        (b"<", "utf-8", True),
        (b"<", None, False),
        (b"<meta charset=utf-8>", None, True),
        (b"<title><meta charset=utf-8>", None, False),
        (b"x" * 1023, None, False),
        (b"x" * 1024, None, True),
    ],
)
def test_it_waits_only_while_more_could_change_the_answer(start, label, known):
    assert (read_charset(start, label, complete=False) is not None) is known


@pytest.mark.parametrize(
    ("page", "label", "expected"),
    [
        (b"<a><meta charset='gbk'/></a>", None, "utf-8"),
        (b"<?xml version='1.0' encoding='gbk'?><a><meta charset='big5'/></a>", None, "gb18030"),
        (b"<?xml version='1.0' encoding='gbk'?><a/>", "big5", "big5hkscs"),
        (b"<?xml version='1.0' encoding='gbk'?><a/>", "utf-7", "gb18030"),
        (b"\xef\xbb\xbf<?xml version='1.0' encoding='gbk'?><a/>", None, "utf-8"),
        (b" <?xml version='1.0' encoding='gbk'?><a/>", None, "utf-8"),
        (b"<?xml version='1.0' encoding='utf-16'?><a/>", None, "utf-8"),
        (b"<?xml version='1.0' encoding='utf-7'?><a/>", None, "utf-8"),
        (b"<?xml version='1.0' encoding='ISO-2022-JP'?><a/>", None, "iso2022_jp"),
        (b"<\0?\0x\0m\0l\0", None, "utf-16-le"),
        (b"", None, "utf-8"),
    ],
)
def test_of_xml_only_the_declaration_at_its_very_start_counts(page, label, expected):
    charset = read_charset(page, label, complete=True, xml=True)
    assert (charset.codec, charset.others) == (expected, ())
    for end in range(len(page)):
        early = read_charset(page[:end], label, complete=False, xml=True)
        assert early is None or early.codec == expected


def test_what_only_chromium_takes_for_a_declaration_of_xml_is_not_certain():
    page = b"<?xml-stylesheet encoding='iso-2022-jp'?><a/>"
    charset = read_charset(page, None, complete=True, xml=True)
    assert charset.ascii_compatible
    assert b"\x1b" in charset.foreign


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


AD = b"//ads.example/x"
TO_KANJI, TO_ASCII = b"\x1b$B", b"\x1b(B"
# Text to whoever takes it for ISO-2022-JP, and an image to others; and the other way about.
HIDDEN = TO_KANJI + b"<img/src=" + AD + b"x>" + TO_ASCII
SPLIT = b"<im" + TO_ASCII + b"g src=" + AD + b">"


def test_what_certainly_is_iso_2022_jp_is_decoded_first():
    meta = b"<meta charset=iso-2022-jp>"
    for label, start in (("iso-2022-jp", b"<p>"), (None, meta + b"<p>")):
        assert rewrite(start + SPLIT + HIDDEN, label) == start + HIDDEN
    # What certainly is something else is left as it is.
    assert rewrite(meta + SPLIT + HIDDEN, "utf-8") == meta + SPLIT + TO_KANJI + TO_ASCII


@pytest.mark.parametrize(
    "start",
    [
        b"",
        b" " * 1024 + b"<meta charset=iso-2022-jp>",
        b"<title><meta charset=iso-2022-jp></title>",
        b"<noscript><meta charset=iso-2022-jp></noscript>",
        b"<meta charset=utf-8 charset=iso-2022-jp>",
        b"<meta charset=&#105;so-2022-jp>",
        b"<meta charset=iso-2022-kr>",
        b"<title><meta charset=iso-2022-jp></title><meta charset=utf-8>",
        b"<meta charset=utf-8>",
    ],
)
def test_where_it_is_not_certain_nothing_is_left_that_makes_iso_2022_jp_of_a_page(start):
    page = start + b"<p>" + SPLIT.replace(TO_ASCII, b"\x1b\x0f") + HIDDEN + b"\x0e<b\x0f>"
    for cuts in ([], range(1, len(page)), [len(page) // 2]):
        assert rewrite(page, None, cuts) == start + b"<p>$B(B<b>"


def test_what_may_be_iso_2022_jp_is_untouched_where_nothing_is_denied():
    catalogue = Catalogue([])
    options = {
        "zone_denied": frozenset(),
        "categories": ("a",),
        "tag_attributes": (),
        "max_inline_bytes": 1000,
    }
    page = b"<head><p>" + HIDDEN
    inserting = PagePolicy(index=catalogue.denying(frozenset()), **options)
    rewriter = inserting.rewriter(host="own.example", insertion=b"<i>")
    assert rewriter.feed(page) + rewriter.close() == b"<head><i><p>" + HIDDEN
    observing = PagePolicy(index=POLICY.index, observe=True, **options)
    rewriter = observing.rewriter(host="own.example")
    assert rewriter.feed(page) + rewriter.close() == page


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_what_nobody_has_declared_is_no_utf_16_when_it_leaves(encoding):
    """Firefox, `SniffBOMlessUTF16BasicLatin`."""
    page = f"<title>a title</title><p><img src={AD.decode()}>".encode(encoding)
    for cuts in ([], range(1, len(page))):
        assert rewrite(page, None, cuts) == b"<title>a title</title><p>"
    assert rewrite(b"<p>a\0b", None) == b"<p>a\0b"


@pytest.mark.parametrize(
    ("url", "encodings"),
    [
        ("//ａｄｓ.example/", ["utf-8", "cp932", "gb18030", "big5hkscs", "euc_jp", "cp949"]),
        ("//ads­.example/", ["cp1252", "utf-8", "cp1254", "iso8859-15", "koi8-r"]),
    ],
)
def test_the_text_of_a_url_is_judged_by_every_encoding_that_a_browser_may_guess(url, encodings):
    for encoding in encodings:
        try:
            image = f"<img alt=é src='{url}'>".encode(encoding, "xmlcharrefreplace")
        except UnicodeEncodeError:
            continue
        found = []
        late = b"<meta charset=%s>" % encoding.encode()
        for page in (image, b" " * 1024 + late + image):
            rewriter = POLICY.rewriter(host="own.example", on_finding=found.append)
            assert image not in rewriter.feed(page) + rewriter.close()
        assert len(found) == 2


def test_what_is_declared_alike_for_all_is_read_by_that_alone():
    image = "<img src=//ａｄｓ.example/>".encode("cp932")
    declared = b"<meta charset=shift_jis><p>"
    assert rewrite(declared + image, None) == declared
    assert image in rewrite(b"<meta charset=windows-1252>" + image, None)


def test_a_base_in_an_unknown_encoding_is_read_in_all_that_could_be_denied():
    page = b"<base href='//x\xe9\xaa\xc4.example/'><img src=/a>"
    assert rewrite(page, None) == page
    base = "<base href=//ａｄｓ.example/><p>".encode("cp932")
    assert rewrite(base + b"<img src=/a>", None) == base


def test_a_base_that_can_be_read_in_too_many_ways_fails_closed():
    with pytest.raises(RewriteError):
        rewrite(b"<base href='//ads.example/\xe9\xaa\xc4/'><img src=a>", None)


@pytest.mark.parametrize(
    ("label", "wrong"),
    [
        ("shift_jis", b"\x85\x9f"),
        ("gbk", b"\x81\xff"),
        ("big5", b"\x81\xa1"),
        ("euc-kr", b"\xc9\xa1"),
    ],
)
def test_what_is_not_valid_swallows_nothing_of_a_url(label, wrong):
    image = b"<p><img src=//" + wrong + b"@ads.example/>"
    sheet = b"<style>a{background:url(//" + wrong + b"@ads.example/)}"
    assert rewrite(image + sheet, label) == b"<p><style>a{background:url(about:invalid#)}"
    assert rewrite(image.replace(b"ads.", b"not.ads."), None) == b"<p>"


SHEET = b'<style>a{b:"\x83\\";background:url(//ads.example/);c:"x"}</style>'


def test_what_is_taken_out_makes_no_declaration_that_was_not_read():
    page = b"<!doctype html><me\x1bta charset=shift_jis><meta charset=windows-1252>" + SHEET
    for cuts in ([], range(1, len(page))):
        left = rewrite(page, None, cuts)
        assert left.startswith(b"<!doctype html><meta charset=shift_jis>")
        assert b"ads.example" not in left
    assert rewrite(b"\x1b" * 50_000 + b"<p>x", None) == b"<p>x"


@pytest.mark.parametrize(
    "text",
    [
        b"<script>//\xe2\x80\xa8/*\nnew Image().src='//ads.example/x';//*/</script>",
        b"<style>li{list-style:\x81@namespace url(//ads.example/)}</style>",
        SHEET,
    ],
    ids=["line end", "half", "escape"],
)
def test_a_text_is_judged_by_every_encoding_by_which_it_says_something_else(text):
    for declared in (b"", b"<title><meta charset=utf-8></title>"):
        left = rewrite(b"<!doctype html>" + declared + b"<p>" + text, None)
        assert b"ads.example" not in left
