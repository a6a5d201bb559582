"""Content codings: which ones can be read here, and reading and writing them as a bounded stream.

gzip and deflate come with Python; Brotli and Zstandard with the extras `brotli` and `zstd`. What is
decoded comes in pieces of bounded size, because a kilobyte of any of them can stand for megabytes.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any, Final, Protocol

from consentmw.errors import RewriteError

try:
    import brotli
except ImportError:  # pragma: no cover # without the extra
    brotli = None
if not hasattr(getattr(brotli, "Decompressor", None), "can_accept_more_data"):
    brotli = None  # pragma: no cover # before 1.2 nothing limits what a kilobyte can become
try:
    import zstandard
except ImportError:  # pragma: no cover # without the extra
    zstandard = None  # type: ignore[assignment] # a missing module is a value here

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

# A piece of decoded page; small beside a page, large beside what a call costs.
_PIECE_BYTES: Final = 64 * 1024
# Four bytes of Zstandard can stand for 128 kB (RFC 8878, 3.1.1.2.3), and its decoder has no limit
# for what it returns. So the input is cut instead: at worst 2 MB come at once.
_ZSTD_SLICE_BYTES: Final = 64
# RFC 9659, 3: the largest window in a response; browsers refuse more.
_ZSTD_WINDOW_BYTES: Final = 8 * 1024 * 1024
# zlib's numbers for the formats: RFC 1952, RFC 1950, and RFC 1951 bare.
_GZIP, _ZLIB, _BARE_DEFLATE = 31, 15, -15
# Levels for a page that is encoded while someone waits for it.
_ZLIB_LEVEL: Final = 6
_BROTLI_QUALITY: Final = 4
_ZSTD_LEVEL: Final = 3
# One response hardly ever has two; each costs the memory of its window.
_MAX_CODINGS: Final = 3


class Decoder(Protocol):
    """Reads one coding."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The pieces that can be read with `data`.

        Raises:
            RewriteError: It isn't what the coding's name promises.
        """
        ...

    def close(self) -> None:
        """Nothing follows.

        Raises:
            RewriteError: Something is missing.
        """
        ...


class Encoder(Protocol):
    """Writes one coding."""

    def encode(self, data: bytes) -> bytes:
        """What `data` adds to the output; some of it may be kept."""
        ...

    def flush(self) -> bytes:
        """What has been kept, so that a reader can decode all that was written so far."""
        ...

    def finish(self) -> bytes:
        """The end of the output."""
        ...


def read_codings(fields: Sequence[bytes]) -> tuple[str, ...]:
    """The codings that `Content-Encoding` names, in the order in which they were applied."""
    # RFC 9110, 8.4.1: names are case-insensitive; x-gzip is gzip; identity isn't meant to be sent.
    names = (name.strip(b" \t").lower() for field in fields for name in field.split(b","))
    read = (name.decode("latin-1").removeprefix("x-") for name in names if name)
    return tuple(name for name in read if name != "identity")


def is_readable(codings: Sequence[str]) -> bool:
    """Whether all of these can be decoded, and encoded again, by this installation."""
    return len(codings) <= _MAX_CODINGS and all(coding in READABLE for coding in codings)


def build_decoder(codings: Sequence[str]) -> Decoder:
    """A decoder for what `is_readable`; the last coding that was applied is undone first."""
    decoders = [_CODINGS[coding][0]() for coding in reversed(codings)]
    return decoders[0] if len(decoders) == 1 else _DecoderChain(decoders)


def build_encoder(codings: Sequence[str]) -> Encoder:
    """An encoder for what `is_readable`."""
    encoders = [_CODINGS[coding][1]() for coding in codings]
    return encoders[0] if len(encoders) == 1 else _EncoderChain(encoders)


class _ZlibDecoder:
    def __init__(self, format_: int) -> None:
        self._format = format_
        self._head = b""
        self._stream: Any = None

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._stream is None:
            data = self._head = self._head + data
            if len(data) < 2:
                return
            # RFC 9110, 8.4.1.2: some send "deflate" without the zlib format around it. RFC 1950,
            # 2.2: its two bytes name method 8 and divide by 31.
            if self._format == _ZLIB and (data[0] & 15 != 8 or (data[0] << 8 | data[1]) % 31):
                self._format = _BARE_DEFLATE
            self._stream = zlib.decompressobj(self._format)
        while data:
            if self._stream.eof:
                # RFC 1952, 2.2: members may follow one another; other bytes are padding.
                if self._format != _GZIP or not data.startswith(b"\x1f"):
                    return
                self._stream = zlib.decompressobj(_GZIP)
            yield from self._read(data)
            data = self._stream.unused_data

    def close(self) -> None:
        if self._head and (self._stream is None or not self._stream.eof):
            raise RewriteError("the encoded page is cut short")

    def _read(self, data: bytes) -> Iterator[bytes]:
        piece = bytes(_PIECE_BYTES)
        # A full piece may have left something inside although all of the input was taken.
        while (data or len(piece) == _PIECE_BYTES) and not self._stream.eof:
            try:
                piece = self._stream.decompress(data, _PIECE_BYTES)
            except zlib.error as error:
                raise RewriteError(f"the page is not encoded as it says: {error}") from error
            data = self._stream.unconsumed_tail
            if piece:
                yield piece


class _BrotliDecoder:
    def __init__(self) -> None:
        self._stream = brotli.Decompressor()
        self._started = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        self._started = self._started or bool(data)
        while not self._stream.is_finished():
            try:
                piece = self._stream.process(data, output_buffer_limit=_PIECE_BYTES)
            except brotli.error as error:
                raise RewriteError(f"the page is not encoded as it says: {error}") from error
            # Its end of a piece can stay inside although all of the input was taken.
            if not piece and self._stream.can_accept_more_data():
                return
            if piece:
                yield piece
            data = b""

    def close(self) -> None:
        if self._started and not self._stream.is_finished():
            raise RewriteError("the encoded page is cut short")


class _ZstdDecoder:
    def __init__(self) -> None:
        self._frames = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW_BYTES)
        self._stream: Any = None

    def feed(self, data: bytes) -> Iterator[bytes]:
        for start in range(0, len(data), _ZSTD_SLICE_BYTES):
            rest = data[start : start + _ZSTD_SLICE_BYTES]
            while rest:
                # RFC 8878, 3: frames may follow one another.
                if self._stream is None or self._stream.eof:
                    self._stream = self._frames.decompressobj()
                try:
                    piece = self._stream.decompress(rest)
                except zstandard.ZstdError as error:
                    raise RewriteError(f"the page is not encoded as it says: {error}") from error
                rest = self._stream.unused_data
                if piece:
                    yield piece

    def close(self) -> None:
        if self._stream is not None and not self._stream.eof:
            raise RewriteError("the encoded page is cut short")


class _DecoderChain:
    def __init__(self, decoders: Sequence[Decoder]) -> None:
        self._decoders = decoders

    def feed(self, data: bytes) -> Iterator[bytes]:
        return self._feed(data, 0)

    def close(self) -> None:
        for decoder in self._decoders:
            decoder.close()

    def _feed(self, data: bytes, depth: int) -> Iterator[bytes]:
        if depth == len(self._decoders):
            yield data
            return
        for piece in self._decoders[depth].feed(data):
            yield from self._feed(piece, depth + 1)


class _ZlibEncoder:
    def __init__(self, format_: int) -> None:
        self._stream = zlib.compressobj(_ZLIB_LEVEL, zlib.DEFLATED, format_)

    def encode(self, data: bytes) -> bytes:
        return self._stream.compress(data)

    def flush(self) -> bytes:
        return self._stream.flush(zlib.Z_SYNC_FLUSH)

    def finish(self) -> bytes:
        return self._stream.flush()


class _BrotliEncoder:
    def __init__(self) -> None:
        self._stream = brotli.Compressor(quality=_BROTLI_QUALITY)

    def encode(self, data: bytes) -> bytes:
        return bytes(self._stream.process(data))

    def flush(self) -> bytes:
        return bytes(self._stream.flush())

    def finish(self) -> bytes:
        return bytes(self._stream.finish())


class _ZstdEncoder:
    def __init__(self) -> None:
        self._stream = zstandard.ZstdCompressor(level=_ZSTD_LEVEL).compressobj()

    def encode(self, data: bytes) -> bytes:
        return self._stream.compress(data)

    def flush(self) -> bytes:
        return self._stream.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)

    def finish(self) -> bytes:
        return self._stream.flush()


class _EncoderChain:
    def __init__(self, encoders: Sequence[Encoder]) -> None:
        self._encoders = encoders

    def encode(self, data: bytes) -> bytes:
        for encoder in self._encoders:
            data = encoder.encode(data)
        return data

    def flush(self) -> bytes:
        data = b""
        for encoder in self._encoders:
            data = encoder.encode(data) + encoder.flush()
        return data

    def finish(self) -> bytes:
        data = b""
        for encoder in self._encoders:
            data = encoder.encode(data) + encoder.finish()
        return data


_CODINGS: Final[dict[str, tuple[Callable[[], Decoder], Callable[[], Encoder]]]] = {
    "gzip": (lambda: _ZlibDecoder(_GZIP), lambda: _ZlibEncoder(_GZIP)),
    "deflate": (lambda: _ZlibDecoder(_ZLIB), lambda: _ZlibEncoder(_ZLIB)),
}
if brotli is not None:
    _CODINGS["br"] = (_BrotliDecoder, _BrotliEncoder)
if zstandard is not None:
    _CODINGS["zstd"] = (_ZstdDecoder, _ZstdEncoder)
READABLE: Final = frozenset(_CODINGS)
