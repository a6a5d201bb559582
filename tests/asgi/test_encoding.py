"""Reading and writing content codings as a bounded stream."""

import gzip
import random
import zlib

import brotli
import pytest
import zstandard

from consentmw.asgi import encoding
from consentmw.asgi.encoding import build_decoder, build_encoder, is_readable, read_codings
from consentmw.errors import RewriteError

TEXT = b"".join(b"<p>%d %d</p>" % (n, n * n) for n in range(3000))


def _deflate_bare(data):
    stream = zlib.compressobj(9, zlib.DEFLATED, -15)
    return stream.compress(data) + stream.flush()


COMPRESS = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "deflate-bare": _deflate_bare,
    "br": brotli.compress,
    "zstd": zstandard.ZstdCompressor().compress,
}


def _coding(name):
    return name.partition("-")[0]


def _decode(codings, chunks):
    decoder = build_decoder(codings)
    plain = b"".join(piece for chunk in chunks for piece in decoder.feed(chunk))
    decoder.close()
    return plain


def _cut(data, seed):
    rng = random.Random(seed)
    cuts = sorted(rng.sample(range(len(data) + 1), 8))
    return [data[a:b] for a, b in zip([0, *cuts], [*cuts, len(data)], strict=True)]


@pytest.mark.parametrize("name", COMPRESS)
def test_it_reads_a_body_however_it_is_cut(name):
    data = COMPRESS[name](TEXT)

    assert _decode([_coding(name)], [data]) == TEXT
    assert _decode([_coding(name)], [data[i : i + 1] for i in range(len(data))]) == TEXT
    for seed in range(20):
        print("seed", seed)
        assert _decode([_coding(name)], _cut(data, seed)) == TEXT


@pytest.mark.parametrize("name", COMPRESS)
def test_a_body_that_is_cut_short_is_noticed(name):
    data = COMPRESS[name](TEXT)

    for length in (1, 2, len(data) // 2, len(data) - 1):
        with pytest.raises(RewriteError, match="cut short"):
            _decode([_coding(name)], [data[:length]])


@pytest.mark.parametrize("name", COMPRESS)
def test_a_body_that_is_none_of_the_kind_is_noticed(name):
    with pytest.raises(RewriteError):
        _decode([_coding(name)], [b"<html>plain text, long enough to tell</html>" * 10])


@pytest.mark.parametrize("name", COMPRESS)
def test_an_empty_body_is_no_error(name):
    assert _decode([_coding(name)], []) == b""
    assert _decode([_coding(name)], [b""]) == b""


@pytest.mark.parametrize("name", COMPRESS)
def test_pieces_are_bounded_whatever_a_kilobyte_stands_for(name):
    bomb = COMPRESS[name](bytes(50_000_000))
    decoder = build_decoder([_coding(name)])

    sizes = [len(piece) for piece in decoder.feed(bomb)]

    assert sum(sizes) == 50_000_000
    assert max(sizes) <= 2 * 1024 * 1024


def test_gzip_may_have_several_members_and_padding():
    data = gzip.compress(b"one ") + gzip.compress(b"two") + b"\0" * 100

    assert _decode(["gzip"], [data]) == b"one two"
    assert _decode(["gzip"], [data[i : i + 1] for i in range(len(data))]) == b"one two"


def test_what_follows_the_end_of_deflate_is_ignored():
    assert _decode(["deflate"], [zlib.compress(b"x") + b"rest", b"more"]) == b"x"


def test_zstd_may_have_several_frames():
    frames = COMPRESS["zstd"](b"one ") + COMPRESS["zstd"](b"two")

    assert _decode(["zstd"], [frames]) == b"one two"


def test_a_zstd_window_that_browsers_refuse_is_refused():
    params = zstandard.ZstdCompressionParameters(window_log=27, enable_ldm=True)
    compressor = zstandard.ZstdCompressor(compression_params=params)
    large = compressor.compressobj()
    data = large.compress(random.Random(1).randbytes(1000) * 100) + large.flush()

    with pytest.raises(RewriteError):
        _decode(["zstd"], [data])


@pytest.mark.parametrize("codings", [["gzip"], ["deflate"], ["br"], ["zstd"], ["gzip", "br"]])
def test_what_is_written_can_be_read_after_each_flush(codings):
    encoder = build_encoder(codings)
    decoder = build_decoder(codings)

    for part in (b"first ", b"", b"second " * 5000, b"third"):
        encoded = encoder.encode(part) + encoder.flush()
        assert b"".join(decoder.feed(encoded)) == part
    assert b"".join(decoder.feed(encoder.encode(b"end") + encoder.finish())) == b"end"
    decoder.close()


def test_several_codings_are_undone_in_the_reverse_order():
    data = brotli.compress(gzip.compress(TEXT))

    assert _decode(["gzip", "br"], _cut(data, 3)) == TEXT
    with pytest.raises(RewriteError):
        _decode(["br", "gzip"], [data])


@pytest.mark.parametrize(
    ("fields", "codings"),
    [
        ([], ()),
        ([b""], ()),
        ([b"identity"], ()),
        ([b"GZIP"], ("gzip",)),
        ([b"x-gzip , br"], ("gzip", "br")),
        ([b"gzip", b"dcb"], ("gzip", "dcb")),
    ],
)
def test_content_encoding_is_read_as_a_list_of_names(fields, codings):
    assert read_codings(fields) == codings


@pytest.mark.parametrize(
    ("codings", "readable"),
    [
        ((), True),
        (("gzip", "br"), True),
        (("zstd",), True),
        (("gzip", "dcz"), False),
        (("compress",), False),
        (("gzip",) * 4, False),
    ],
)
def test_only_what_is_known_and_few_is_readable(codings, readable):
    assert is_readable(codings) is readable


def test_an_extra_that_is_missing_makes_its_coding_unreadable(monkeypatch):
    monkeypatch.setattr(encoding, "READABLE", frozenset({"gzip", "deflate"}))

    assert not is_readable(("br",))
