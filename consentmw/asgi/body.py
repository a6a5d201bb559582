"""A page's bytes on their way out: decoded, rewritten and encoded again, as a bounded stream."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from consentmw.asgi.encoding import build_decoder, build_encoder
from consentmw.asgi.pages import sniff_syntax

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from consentmw.asgi.pages import PageType, Sniffed


class Rewriter(Protocol):
    """Takes a page in pieces and gives back what may leave."""

    def feed(self, chunk: bytes) -> bytes:
        """What can leave once `chunk` is known."""
        ...

    def close(self) -> bytes:
        """What was held back, now that nothing follows."""
        ...


class PageBody:
    """The way of one page's body.

    Args:
        rewriter: What reads the plain bytes.
        codings: What the body is encoded with, and is to be encoded with again.
    """

    def __init__(self, rewriter: Rewriter, codings: Sequence[str]) -> None:
        self._rewriter = rewriter
        self._decoder = build_decoder(codings) if codings else None
        self._encoder = build_encoder(codings) if codings else None
        self._unflushed = False

    def feed(self, chunk: bytes) -> bytes:
        """What can leave once `chunk` is known.

        Raises:
            RewriteError: The page can't be read.
        """
        if self._decoder is None or self._encoder is None:
            return self._rewriter.feed(chunk)
        encoded = []
        for piece in self._decoder.feed(chunk):
            plain = self._rewriter.feed(piece)
            self._unflushed = self._unflushed or bool(plain)
            encoded.append(self._encoder.encode(plain))
        return b"".join(encoded)

    def flush(self) -> bytes:
        """What the encoder has kept of a chunk that someone is waiting for."""
        if self._encoder is None or not self._unflushed:
            return b""
        self._unflushed = False
        return self._encoder.flush()

    def close(self) -> bytes:
        """The end of the body.

        Raises:
            RewriteError: The page ends where it can't.
        """
        if self._decoder is None or self._encoder is None:
            return self._rewriter.close()
        self._decoder.close()
        return self._encoder.encode(self._rewriter.close()) + self._encoder.finish()


def build_rewriter(page: PageType, build: Callable[[bool], Rewriter]) -> Rewriter:
    """What reads a body of this type; `build` is told whether by XML's rules."""
    return _SniffedRewriter(build) if page.syntax == "unknown" else build(page.syntax == "xml")


class _SniffedRewriter:
    """For a body without a type: holds its beginning until that tells whether it is a page."""

    def __init__(self, build: Callable[[bool], Rewriter]) -> None:
        self._build = build
        self._rewriter: Rewriter | None = None
        self._beginning: bytes | None = b""

    def feed(self, chunk: bytes) -> bytes:
        """What can leave once `chunk` is known."""
        if self._beginning is not None:
            self._beginning += chunk
            syntax = sniff_syntax(self._beginning, complete=False)
            return b"" if syntax is None else self._decide(syntax)
        return chunk if self._rewriter is None else self._rewriter.feed(chunk)

    def close(self) -> bytes:
        """What was held back, now that nothing follows."""
        released = b""
        if self._beginning is not None:
            released = self._decide(sniff_syntax(self._beginning, complete=True))
        return released + (b"" if self._rewriter is None else self._rewriter.close())

    def _decide(self, syntax: Sniffed | None) -> bytes:
        beginning, self._beginning = self._beginning or b"", None
        if syntax not in ("html", "xml"):
            return beginning
        self._rewriter = self._build(syntax == "xml")
        return self._rewriter.feed(beginning)


class Watcher:
    """Lets a rewriter look at a page and lets the page pass as it is."""

    def __init__(self, rewriter: Rewriter, codings: Sequence[str]) -> None:
        self._rewriter = rewriter
        self._decoder = build_decoder(codings) if codings else None

    def look(self, chunk: bytes) -> None:
        """Let it see the next bytes."""
        for piece in (chunk,) if self._decoder is None else self._decoder.feed(chunk):
            self._rewriter.feed(piece)

    def close(self) -> None:
        """Nothing follows."""
        self._rewriter.close()
