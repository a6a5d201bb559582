"""Which codings an app may choose from."""

import pytest

from consentmw.asgi import accept_encoding
from consentmw.asgi.accept_encoding import readable_codings


@pytest.mark.parametrize(
    "value",
    [
        b"gzip, deflate, br, zstd",
        b"identity",
        b"x-gzip;q=0.5",
        b"GZIP;Q=1.0 , br;q=0",
    ],
)
def test_a_field_of_readable_codings_stays_the_same_object(value):
    assert readable_codings(value) is value


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (b"gzip, dcb, dcz;q=1", b"gzip"),
        (b"dcb", b"identity"),
        (b"", b"identity"),
        (b"compress;q=0.5, gzip;q=0", b"gzip;q=0"),
        (b"gzipx, gzip", b"gzip"),
        (b"exi;q=1,,br ; q=0.2", b"br ; q=0.2"),
        (b"*", b"br, deflate, gzip, zstd"),
        (b"gzip;q=0, *;q=0.5", b"gzip;q=0, br;q=0.5, deflate;q=0.5, zstd;q=0.5"),
        (b"gzip, *;q=0", b"gzip, *;q=0"),
        (b"gzip, *;q=0.000, dcb", b"gzip, *;q=0.000"),
        (b"br, *;q=0.001", b"br, deflate;q=0.001, gzip;q=0.001, zstd;q=0.001"),
    ],
)
def test_what_can_not_be_read_is_taken_out_and_nothing_added(value, shown):
    assert readable_codings(value) == shown


def test_brotli_is_taken_out_where_its_extra_is_missing(monkeypatch):
    monkeypatch.setattr(accept_encoding, "READABLE", frozenset({"gzip", "deflate"}))
    monkeypatch.setattr(accept_encoding, "_HARMLESS", frozenset({"gzip", "deflate", "identity"}))
    long = b"gzip;q=1.0, br;q=0.9" + b" " * 300

    assert readable_codings(long) == b"gzip;q=1.0"


def test_fields_of_any_length_are_read_but_not_all_remembered():
    value = b"gzip" + b", dcb" * 1000

    assert readable_codings(value) == b"gzip"
