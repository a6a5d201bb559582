"""What of a page reaches the browser: the engine of `html` asks, the catalogue of `core` answers.

A `PagePolicy` holds for one decision and is shared by all pages to which it applies; a
`PageRewriter` takes one page. How an element is judged is in `elements`.
"""

from __future__ import annotations

from difflib import get_close_matches
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Protocol

from consentmw.html.charset import Transcoder, read_charset
from consentmw.html.doublebytes import as_browsers
from consentmw.html.inserting import Inserter
from consentmw.html.memory import Memory
from consentmw.html.rewriter import Rewriter
from consentmw.html.stretches import Stretches
from consentmw.html.urls import Base
from consentmw.html.xml import XmlRewriter
from consentmw.suppression.elements import PageSieve, Tagged
from consentmw.suppression.findings import Finding
from consentmw.suppression.shortcuts import HostWatch

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from consentmw.core.catalogue import DeniedIndex
    from consentmw.html.attributes import Tag
    from consentmw.html.readers import Readers
    from consentmw.suppression.nested import Carried

__all__ = ["Finding", "PagePolicy", "PageRewriter"]

_MAX_HOSTS: Final = 16
"""Hosts of one installation for which verdicts are remembered."""
_MAX_NEWS: Final = 256

AnyRewriter = Rewriter | XmlRewriter | Inserter


class Start(Protocol):
    """Starts to rewrite a page of which it is known how to decode it."""

    def __call__(self, encodings: tuple[str, ...]) -> AnyRewriter:
        """Return what takes the page's bytes; they may be read in each of the encodings."""
        ...


class PagePolicy:
    """Everything that decides about pages for one decision."""

    def __init__(
        self,
        *,
        index: DeniedIndex,
        zone_denied: frozenset[str],
        categories: Collection[str],
        tag_attributes: Sequence[str],
        max_inline_bytes: int,
        observe: bool = False,
        shortcuts: bool = True,
        placeholders: Mapping[str, str] = MappingProxyType({}),
        stretches: Stretches | None = None,
    ) -> None:
        """Prepare for pages.

        Args:
            index: The catalogue as this decision sees it.
            zone_denied: Categories that are denied whatever a tag says.
            categories: Every category there is; any other in a tag is denied and reported.
            tag_attributes: The attributes with which the site tags elements.
            max_inline_bytes: How much of an inline script is held to be judged.
            observe: Decide and report, but change nothing.
            shortcuts: Whether to jump over what can't be denied; without, only slower.
            placeholders: For a category, the ASCII address of the page that stands in for its
                frames; those of other categories go without one.
            stretches: Where to keep what comes again; policies that share it have one bound.
        """
        self.index = index
        self.zone_index = index.catalogue.denying(zone_denied)
        self.marks = tuple(name.lower().encode("ascii") for name in tag_attributes)
        self.observe = observe
        self.placeholders = placeholders
        self._categories = frozenset(categories)
        self._max_inline_bytes = max_inline_bytes
        self._shortcuts = shortcuts
        self._watches: dict[str, HostWatch] = {}
        self._stretches = Stretches() if stretches is None else stretches
        self._memories: dict[tuple[object, ...], Memory] = {}
        self._news: set[Finding] = set()

    def rewriter(
        self,
        *,
        host: str,
        path: str = "/",
        xml: bool = False,
        charset: str | None = None,
        insertion: bytes = b"",
        on_finding: Callable[[Finding], None] | None = None,
    ) -> PageRewriter:
        """Start a page.

        Args:
            host: The page's own host: relative URLs are of it.
            path: The page's own path, from which URLs without a leading slash start.
            xml: Whether the page is read by XML's rules.
            charset: What its ``Content-Type`` says; None to find out as a browser does.
            insertion: ASCII to put at the start of the head.
            on_finding: Hears of everything that is suppressed.
        """

        def start(encodings: tuple[str, ...]) -> AnyRewriter:
            def sieve() -> PageSieve:
                return PageSieve(
                    self,
                    bases=(Base(host, path),),
                    own_host=host,
                    encodings=encodings,
                    on_finding=on_finding,
                )

            def build() -> Rewriter:
                return Rewriter(
                    sieve(),
                    max_text_bytes=self._max_inline_bytes,
                    insertion=insertion,
                    shortcuts=self._shortcuts,
                    insert_only=not self.index.denied,
                )

            if xml:
                return XmlRewriter(
                    sieve(),
                    max_text_bytes=self._max_inline_bytes,
                    insertion=insertion,
                    insert_only=not self.index.denied,
                )
            return build() if self.index.denied else Inserter(insertion, build)

        if not (self.index.denied or insertion):
            return PageRewriter(None, charset)
        return PageRewriter(start, charset, xml=xml, denies=self._denies)

    @property
    def _denies(self) -> bool:
        return bool(self.index.denied) and not self.observe

    # ---- what the sieves of all pages share ----

    def watch_for(self, host: str) -> HostWatch:
        """The hosts of which anything could be denied, as pages of one host see it."""
        watch = self._watches.get(host)
        if watch is None:
            if len(self._watches) >= _MAX_HOSTS:
                self._watches.clear()
            watch = self._watches[host] = HostWatch(self.index, host)
        return watch

    def memory_for(
        self,
        bases: tuple[Base, ...],
        own_host: str,
        encoding: str,
        depth: int,
        *,
        only_zones: bool,
        readers: Readers,
    ) -> Memory:
        """The verdicts remembered for pages at one place."""
        # Only where paths of the site itself are denied do its relative URLs depend on where in it
        # the page is; from another host's base, or one with a scheme, they always do.
        starts = tuple(
            base
            if self.index.site_paths or base.scheme or base.host != own_host
            else Base(own_host)
            for base in bases
        )
        key = (starts, own_host, encoding, depth, only_zones, readers)
        memory = self._memories.get(key)
        if memory is None:
            if len(self._memories) >= _MAX_HOSTS:
                self._memories.clear()
            memory = self._memories[key] = Memory(self._stretches)
        return memory

    def read_tag(self, tag: Tag) -> tuple[Tagged | None, list[str]]:
        """Read the site's own tag on an element, and what is unknown in it."""
        raw = tag.raw.lower()
        names: list[str] = []
        for mark in self.marks:
            if mark in raw and (attribute := tag.get(mark)) is not None:
                names += attribute.text("utf-8").replace(",", " ").split()
        if not names:
            return None, []
        unknown = [name for name in names if name not in self._categories]
        denied = next((name for name in names if name in self.index.denied), "")
        if unknown and not denied and self.index.denied:
            denied = unknown[0]
        return Tagged(denied), [self._hint(name) for name in unknown]

    def _hint(self, name: str) -> str:
        near = get_close_matches(name, self._categories, n=1)
        return f"{name!r}" + (f" (did you mean {near[0]!r}?)" if near else "")

    def is_news(self, finding: Finding) -> bool:
        """Tell whether a finding has to be reported: of an unknown tag, only the first."""
        if finding.action != "unknown tag":
            return True
        if finding in self._news or len(self._news) >= _MAX_NEWS:
            return False
        self._news.add(finding)
        return True

    def rewrite_carried(
        self,
        carried: Carried,
        *,
        bases: tuple[Base, ...],
        own_host: str,
        depth: int,
        only_zones: bool,
        readers: Readers,
    ) -> bytes:
        """Rewrite a page that stands inside another one."""

        def start(encodings: tuple[str, ...]) -> AnyRewriter:
            sieve = PageSieve(
                self,
                bases=bases,
                own_host=own_host,
                encodings=encodings,
                on_finding=None,
                depth=depth,
                only_zones=only_zones,
                readers=readers,
            )
            if carried.xml:
                return XmlRewriter(sieve, max_text_bytes=self._max_inline_bytes)
            return Rewriter(
                sieve,
                max_text_bytes=self._max_inline_bytes,
                shortcuts=self._shortcuts,
                readers=readers,
                srcdoc=carried.data is None,
            )

        rewriter = PageRewriter(start, carried.charset, xml=carried.xml, denies=self._denies)
        return rewriter.feed(carried.content) + rewriter.close()


class PageRewriter:
    """Takes one page's bytes and returns what may leave."""

    def __init__(
        self,
        start: Start | None,
        charset: str | None,
        *,
        xml: bool = False,
        denies: bool = False,
    ) -> None:
        """Start a page.

        Args:
            start: Gives what takes its bytes; None where they pass.
            charset: What its ``Content-Type`` says.
            xml: Whether it is read by XML's rules.
            denies: Whether something may have to be taken out.
        """
        self._start = start
        self._label = charset
        self._xml = xml
        self._denies = denies
        self._foreign = b""
        self._rewriter: AnyRewriter | None = None
        self._transcoder: Transcoder | None = None
        self._held = b""

    def feed(self, chunk: bytes) -> bytes:
        """Take the next bytes; `RewriteError` if the page can't be read."""
        if self._rewriter is None:
            return self._begin(self._held + chunk, complete=False)
        if self._foreign:
            # Gone before anything is read: what they stood between may be markup now.
            chunk = chunk.translate(None, self._foreign)
        if self._transcoder is None:
            return self._rewriter.feed(chunk)
        return self._transcoder.encode(self._rewriter.feed(self._transcoder.decode(chunk)))

    def close(self) -> bytes:
        """Return what is left at the end."""
        out = b""
        if self._rewriter is None:
            out = self._begin(self._held, complete=True)
            if self._rewriter is None:
                return out
        last = self._rewriter.close()
        if self._transcoder is not None:
            return out + self._transcoder.encode(last) + self._transcoder.rest()
        return out + last

    def _begin(self, data: bytes, *, complete: bool) -> bytes:
        """Find out how the page is encoded, as soon as enough of it is there."""
        if self._start is None:
            return data
        charset = read_charset(data, self._label, complete=complete, xml=self._xml)
        if charset is None:
            self._held = data
            return b""
        self._held = b""
        codec = charset.codec if charset.ascii_compatible else "utf-8"
        self._rewriter = self._start(tuple(map(as_browsers, (codec, *charset.others))))
        self._foreign = charset.foreign if self._denies else b""
        if not charset.ascii_compatible:
            self._transcoder = Transcoder(charset.codec)
        return charset.mark + self.feed(data[len(charset.mark) :])
