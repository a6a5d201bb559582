"""A page as a list of tokens, for whoever wants to look rather than to rewrite."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from consentmw.html.job import Token
from consentmw.html.memory import Memory
from consentmw.html.readers import readers_with
from consentmw.html.rewriter import Rewriter
from consentmw.html.sieve import KEEP, KEEP_TEXT
from consentmw.html.stretches import Stretches

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from consentmw.html.attributes import Tag
    from consentmw.html.names import Namespace
    from consentmw.html.readers import Reader
    from consentmw.html.sieve import Sought, TextVerdict, Verdict

__all__ = ["Token", "tokenize"]


class _Onlooker:
    """A sieve that lets everything pass."""

    encodings = ("latin-1",)
    watched: Mapping[bytes, Sought | None] = {}
    watches_relative = True
    marks: tuple[bytes, ...] = ()

    def __init__(self) -> None:
        self.memory = Memory(Stretches())

    def judge(
        self,
        tag: Tag,  # noqa: ARG002 - the protocol's
        namespaces: Collection[Namespace],  # noqa: ARG002 - the protocol's
        covers: Sequence[Sequence[object]],  # noqa: ARG002 - the protocol's
        *,
        readers: Collection[Reader] | None = None,  # noqa: ARG002 - the protocol's
    ) -> Verdict:
        """Keep every element."""
        return KEEP

    def judge_text(
        self,
        tag: Tag,  # noqa: ARG002 - the protocol's
        text: bytes,  # noqa: ARG002 - the protocol's
        covers: Sequence[Sequence[object]],  # noqa: ARG002 - the protocol's
        *,
        complete: bool,  # noqa: ARG002 - the protocol's
        encoding: str | None = None,  # noqa: ARG002 - the protocol's
        readers: Collection[Reader] | None = None,  # noqa: ARG002 - the protocol's
    ) -> TextVerdict:
        """Keep every text."""
        return KEEP_TEXT

    def rebase(
        self,
        tag: Tag,  # noqa: ARG002 - the protocol's
        counting: Mapping[Reader, bool],  # noqa: ARG002 - the protocol's
        *,
        late: bool,  # noqa: ARG002 - the protocol's
    ) -> Verdict:
        """Read no URL."""
        return KEEP

    def note(self, notes: Sequence[object], offset: int) -> None:
        """Hear nothing: nothing is said."""


def tokenize(page: bytes, *, scripting: bool = True) -> tuple[Token, ...]:
    """List a page's tokens, read by the same scanner that the rewriter uses.

    Args:
        page: In an ASCII-compatible encoding.
        scripting: Whether ``noscript`` holds text, as in a browser that runs scripts, or markup.

    Text of raw-text elements is no token: it lies between the start tag and the end tag. Where
    the page has two readings beyond `scripting`, the tokens of both are listed in order.
    """
    return _tokenized(page, scripting)


# One page after the other is looked at for its links, its resources and its text.
@lru_cache(maxsize=4)
def _tokenized(page: bytes, scripting: bool) -> tuple[Token, ...]:
    return tuple(iterate((page,), scripting=scripting))


def iterate(chunks: Iterable[bytes], *, scripting: bool) -> Iterable[Token]:
    """Yield a page's tokens, read from any chunks of it."""
    found: dict[Token, None] = {}
    rewriter = Rewriter(_Onlooker(), shortcuts=False, readers=readers_with(scripting=scripting))
    rewriter.listen(lambda token: found.setdefault(token))
    for chunk in chunks:
        rewriter.feed(chunk)
    rewriter.close()
    return sorted(found, key=lambda token: (token.start, token.end))
