"""Whether an element may reach the browser, and what becomes of it if not.

What decides, in this order: a category that a zone denies; the site's own tag on the element, or on
one around it; the catalogue.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from consentmw.html.attributes import Tag
from consentmw.html.cutting import cut_attributes, rename_attributes
from consentmw.html.names import VOID
from consentmw.html.readers import EVERYBODY
from consentmw.html.resources import lists_urls, read_resources, runs
from consentmw.html.sieve import (
    HTML_ONLY,
    JUDGE_TEXT,
    KEEP,
    KEEP_TEXT,
    Edit,
    TextVerdict,
    Verdict,
    make_inert,
)
from consentmw.html.urls import Base, read_url
from consentmw.suppression.attributes import AttributeJudge
from consentmw.suppression.bases import PageBases
from consentmw.suppression.findings import Finding, tell
from consentmw.suppression.reasons import Reason
from consentmw.suppression.shortcuts import is_plain, is_plain_css
from consentmw.suppression.texts import judge_text

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from consentmw.html.attributes import Attribute
    from consentmw.html.memory import Memory
    from consentmw.html.names import Namespace
    from consentmw.html.readers import Reader, Readers
    from consentmw.html.resources import Resource
    from consentmw.suppression.findings import Action
    from consentmw.suppression.page import PagePolicy

_CARRYING: Final = frozenset((b"iframe", b"frame", b"embed", b"object"))
"""Elements that may carry a page in an attribute."""
_NEVER_PLAIN: Final = _CARRYING | {b"script", b"style"}
"""Elements of which something may be denied that no URL tells, by whatever prefix."""


class Tagged(NamedTuple):
    """What the site's own tag says."""

    denied: str
    """The category that denies; empty where none does."""


class PageSieve:
    """Judges the elements of one page."""

    def __init__(
        self,
        policy: PagePolicy,
        *,
        bases: tuple[Base, ...],
        own_host: str,
        encodings: tuple[str, ...],
        on_finding: Callable[[Finding], None] | None,
        depth: int = 0,
        only_zones: bool = False,
        readers: Readers = EVERYBODY,
    ) -> None:
        self._policy = policy
        self._readers = readers
        self._own_host = own_host
        self._bases = PageBases(bases, readers)
        self.encoding = encodings[0]
        self.encodings = encodings
        """All encodings in which a browser may read the page."""
        self._on_finding = on_finding
        self._has_refused_base = False
        self._depth = depth
        self._only_zones = only_zones
        """Whether the site's tag on the frame around this page allows what it shows."""
        self.memory = self._recall()
        self.watched = policy.watch_for(own_host)
        self.watches_relative = policy.index.site_paths or len(bases) > 1
        self.marks = policy.marks

    def _recall(self) -> Memory:
        return self._policy.memory_for(
            self._bases.all,
            self._own_host,
            "+".join(self.encodings),
            self._depth,
            only_zones=self._only_zones,
            readers=self._readers,
        )

    # ---- what the rewriter asks ----

    def judge(
        self,
        tag: Tag,
        namespaces: Collection[Namespace],
        covers: Sequence[Sequence[object]],
        *,
        readers: Readers | None = None,
    ) -> Verdict:
        """Decide about an element."""
        name = tag.name
        if covers or (readers is not None and (name in _CARRYING or self._bases.differ)):
            return self._judge(tag, namespaces, covers, readers=readers)
        raw = tag.raw
        # XML reads the same bytes otherwise: there `SRC` is not `src`.
        in_html = namespaces == HTML_ONLY and type(tag) is Tag
        verdict = self.memory.tags.get(raw) if in_html else None
        if verdict is not None:
            return verdict
        if (
            name not in _NEVER_PLAIN
            and not self.watches_relative
            and is_plain(raw, self.watched, self.marks)
        ):
            verdict = KEEP
        else:
            verdict = self._judge(tag, namespaces, covers)
        if in_html:
            self.memory.keep_tag(raw, verdict)
        return verdict

    def judge_text(
        self,
        tag: Tag,
        text: bytes,
        covers: Sequence[Sequence[object]],
        *,
        complete: bool,
        encoding: str | None = None,
        readers: Readers | None = None,
    ) -> TextVerdict:
        """Decide about a script or a style sheet by its text."""
        policy = self._policy
        verdict = KEEP_TEXT
        if tag.name != b"style" or self.watches_relative or not is_plain_css(text, self.watched):
            allowed = (covers or self.marks) and self._allowed_by_site(tag, covers)
            several = self.encodings if encoding is None else (encoding,)
            verdict = judge_text(
                tag,
                text,
                several if not text.isascii() else several[:1],
                index=policy.zone_index if allowed else policy.index,
                own_host=self._own_host,
                bases=self._bases.of(readers),
                observe=policy.observe,
            )
        if verdict is KEEP_TEXT and not complete:
            note = self._finding(tag, "", None, Reason(""), "inline too long")
            return TextVerdict(notes=(note,))
        return verdict

    def note(self, notes: Sequence[object], offset: int) -> None:
        """Report findings where somebody listens."""
        if self._on_finding is not None:
            for finding in notes:
                if isinstance(finding, Finding) and self._policy.is_news(finding):
                    self._on_finding(replace(finding, offset=offset))

    # ---- elements ----

    def _judge(
        self,
        tag: Tag,
        namespaces: Collection[Namespace],
        covers: Sequence[Sequence[object]],
        *,
        readers: Readers | None = None,
        refused: Finding | None = None,
    ) -> Verdict:
        """Decide about an element; `refused` says why the ``href`` of a ``base`` has to go."""
        policy = self._policy
        own, notes = self._read_tag(tag)
        denied_by_site, allowed_by_site = _sum_up(own, covers)
        allowed_by_site = allowed_by_site or (self._only_zones and not denied_by_site)
        # By most encodings most attributes are the same.
        resources: dict[Resource, str] = {}
        for encoding in ("ascii",) if tag.raw.isascii() else self.encodings:
            for resource in read_resources(tag, namespaces, encoding):
                resources.setdefault(resource, encoding)
        is_code = tag.name == b"script" and runs(tag, namespaces, self.encoding)
        if tag.name == b"script" and not is_code:
            # It may be shown, with an image behind it.
            resources = {
                resource: encoding
                for resource, encoding in resources.items()
                if resource.attribute.name == b"style"
            }
        attributes = AttributeJudge(
            policy,
            tag,
            own_host=self._own_host,
            bases=self._bases.of(readers),
            readers=readers or self._readers,
            depth=self._depth,
            denied_by_site=denied_by_site,
            allowed_by_site=allowed_by_site,
        )
        attributes.judge(resources)
        names, edits, drop = attributes.names, attributes.edits, attributes.drop
        if refused is not None:
            names.add(b"href")
            notes.append(refused)
        notes += attributes.notes
        has_text = (
            tag.name == b"style"
            or (is_code and not _has_source(tag, namespaces))
            or (tag.name == b"script" and self._lists_urls(tag, namespaces))
        )
        if has_text and denied_by_site:
            drop = True
            notes.append(self._finding(tag, "", None, Reason(denied_by_site), "removed"))
        if policy.observe:
            drop, names, edits = False, set(), []
        guards: tuple[Edit, ...] = ()
        if drop and tag.name in {b"script", b"style"}:
            guards = (make_inert(tag),)
        renamed = names | (attributes.noted if edits else set())
        cover = None
        is_void = tag.name in VOID and "html" in namespaces and len(namespaces) == 1
        if own is not None and not is_void and not has_text:
            cover = own
        content = has_text and not drop
        if not (drop or names or edits or cover or notes):
            return JUDGE_TEXT if content else KEEP
        return Verdict(
            drop=drop,
            edits=(*guards, *cut_attributes(tag, names), *edits),
            guards=(*guards, *rename_attributes(tag, renamed)),
            content=content,
            cover=cover,
            cover_lasts=cover is not None and bool(cover.denied),
            notes=tuple(notes),
        )

    # ---- small steps ----

    def _lists_urls(self, tag: Tag, namespaces: Collection[Namespace]) -> bool:
        in_math = all(namespace == "math" for namespace in namespaces)
        return not in_math and lists_urls(tag, self.encoding)

    def _read_tag(self, tag: Tag) -> tuple[Tagged | None, list[Finding]]:
        own, unknown = self._policy.read_tag(tag)
        return own, [self._finding(tag, "", None, Reason(hint), "unknown tag") for hint in unknown]

    def _allowed_by_site(self, tag: Tag, covers: Sequence[Sequence[object]]) -> bool:
        own, _ = self._policy.read_tag(tag)
        denied, allowed = _sum_up(own, covers)
        return allowed or (self._only_zones and not denied)

    def rebase(self, tag: Tag, counting: Mapping[Reader, bool], *, late: bool) -> Verdict:
        """Take in from where relative URLs start from now on."""
        href = tag.get(b"href")
        if href is None:
            return KEEP
        # A page in a frame may have fewer readers than the rewriter knows of.
        counting = {each: surely for each, surely in counting.items() if each in self._readers}
        verdict = KEEP
        refused = self._refuse_base(tag, href) if late else None
        if refused is not None:
            # In the page as it leaves it doesn't count.
            counting = dict.fromkeys(counting, False)
            verdict = self._judge(tag, HTML_ONLY, (), refused=refused)
            if self._has_refused_base:
                # Nor would it have counted before.
                return verdict
            self._has_refused_base = True
        before = self._bases.all
        first, *others = dict.fromkeys(href.text(encoding) for encoding in self.encodings)
        texts = [first, *filter(self._is_watched, others)]
        self._bases.take(texts, counting)
        if self._bases.all != before:
            self.memory = self._recall()
        self.watches_relative = self._policy.index.site_paths or any(
            self.watched[base.host.encode("ascii", "replace")] is not None
            for base in self._bases.all
        )
        return verdict

    def _is_watched(self, href: str) -> bool:
        """Tell whether anything could be denied of what is relative to a URL."""
        return any(
            self.watched[read.host.encode("ascii", "replace")] is not None
            for base in self._bases.own
            for read in read_url(href, base)
        )

    def _refuse_base(self, tag: Tag, href: Attribute) -> Finding | None:
        """Say why a ``base`` may not count to which URLs in front of it may be relative."""
        index = self._policy.index
        if self._allowed_by_site(tag, ()):
            return None
        for encoding in self.encodings:
            url = href.text(encoding)
            for read in (read for base in self._bases.own for read in read_url(url, base)):
                found = index.target(read.host, read.target, own_host=self._own_host)
                foreign = read.host != self._own_host
                if found is not None or (foreign and index.denies_on(read.host)):
                    reason = Reason.by(found) if found is not None else Reason("", "URLs before it")
                    return self._finding(tag, "href", url, reason, "attribute removed")
        return None

    def _finding(
        self, tag: Tag, attribute: str, url: str | None, reason: Reason, action: Action
    ) -> Finding:
        return tell(tag, attribute, url, reason, action, observe=self._policy.observe)


def _sum_up(own: Tagged | None, covers: Sequence[Sequence[object]]) -> tuple[str, bool]:
    """Return the category that the site's tags deny, or whether they allow.

    Denied is what is denied in any reading of the page; allowed, only what is in all of them.
    """
    around = [[said for said in reading if isinstance(said, Tagged)] for reading in covers]
    says = [own] if own is not None else []
    for reading in around:
        says += reading
    denied = next((tagged.denied for tagged in says if tagged.denied), "")
    allowed = own is not None or (bool(around) and all(around))
    return denied, allowed and not denied


def _has_source(tag: Tag, namespaces: Collection[Namespace]) -> bool:
    """Tell whether a script's text is ignored for the sake of a URL, wherever it stands."""
    in_html = "html" not in namespaces or tag.get(b"src") is not None
    in_svg = (
        "svg" not in namespaces
        or tag.get(b"href") is not None
        or tag.get(b"xlink:href") is not None
    )
    return in_html and in_svg
