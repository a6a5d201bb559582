"""Which labels name an encoding."""

import pytest
from test_charset import POLICY

from consentmw.errors import RewriteError
from consentmw.html.encodings import (
    ASCII_COMPATIBLE,
    REPLACEMENT,
    all_labels,
    read_codec,
    read_label,
)


def test_it_knows_as_many_labels_as_the_standard_lists():
    assert len(all_labels()) == 228


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("utf-8", "utf-8"),
        (" \t\n\f\rUTF-8 ", "utf-8"),
        ("latin2", "iso8859-2"),
        ("greek", "iso8859-7"),
        ("cyrillic", "iso8859-5"),
        ("arabic", "iso8859-6"),
        ("logical", "iso8859-8"),
        ("visual", "iso8859-8"),
        ("iso-8859-8-i", "iso8859-8"),
        ("iso_8859-5:1988", "iso8859-5"),
        ("csISO88598E", "iso8859-8"),
        ("iso-ir-149", "cp949"),
        ("x-user-defined", "latin-1"),
        ("hz-gb-2312", REPLACEMENT),
        ("iso-2022-kr", REPLACEMENT),
        ("replacement", REPLACEMENT),
    ],
)
def test_a_label_names_what_browsers_read(label, codec):
    assert read_codec(label) == codec


@pytest.mark.parametrize(
    "label",
    [
        *("", "utf-7", "utf7", "unicode-1-1-utf-7", "utf-32", "utf-32le", "utf-32be", "hz"),
        *("iso-2022-jp-2", "iso-2022-jp-3", "hex", "idna", "undefined", "koi8-t", "euckr"),
        *("iso_8859-14", "iso-8859-12", "utf-8\xa0", "utf-8\x1f", "\u212aoi8-r", "ut\u0066\u0300"),
        *("windows-1252\0", "utf 8", "'utf-8'"),
    ],
)
def test_any_other_names_nothing(label):
    assert read_codec(label) is None
    assert read_label(label) is None


@pytest.mark.parametrize("codec", ASCII_COMPATIBLE)
def test_ascii_stands_for_itself(codec):
    every = bytes(range(0x80))
    assert every.decode(codec) == every.decode("ascii")


HOSTILE = [
    b"<img src=//ads.example/>\xff\xfe\0\xd8\xdc\x80\x85\x9f\x81\x30\x1b$B\x1b(",
    b"\xd8\x00\xdc\x00\x00<\x00p\x00>\xd8",
    b"\0\xd8<\0p\0>\0\0\xdc\xff",
    bytes(range(256)) * 2,
    b"\x1b$B!\x1b(B\x0e\x0f~{\xe3\x81",
]


@pytest.mark.parametrize("label", sorted(all_labels()))
def test_whatever_the_bytes_and_the_label_no_page_raises_anything_unforeseen(label):
    for page in HOSTILE:
        for xml in (False, True):
            rewriter = POLICY.rewriter(host="own.example", charset=label, xml=xml)
            try:
                for at in range(len(page)):
                    rewriter.feed(page[at : at + 1])
                rewriter.close()
            except RewriteError:
                assert xml
