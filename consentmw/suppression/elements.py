"""Whether an element may reach the browser, and what becomes of it if not.

What decides, in this order: a category that a zone denies; the site's own tag on the element, or on
one around it; the catalogue.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from consentmw.errors import RewriteError
from consentmw.html.attributes import Tag
from consentmw.html.cutting import cut_attributes, rename_attributes
from consentmw.html.names import VOID
from consentmw.html.readers import EVERYBODY, without_scripts
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
from consentmw.suppression.bases import MAX_BASES, PageBases
from consentmw.suppression.findings import Finding, tell
from consentmw.suppression.nested import carried_in, is_sandboxed, put_back, written_by
from consentmw.suppression.reasons import Reason, Reasons
from consentmw.suppression.shortcuts import is_plain, is_plain_css
from consentmw.suppression.texts import edit_style, judge_text

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from consentmw.html.attributes import Attribute
    from consentmw.html.memory import Memory
    from consentmw.html.names import Namespace
    from consentmw.html.readers import Reader, Readers
    from consentmw.html.resources import Resource
    from consentmw.suppression.findings import Action
    from consentmw.suppression.nested import Carried
    from consentmw.suppression.page import PagePolicy

MAX_DEPTH: Final = 8
"""Pages inside pages (``srcdoc``, ``data:``) that are looked into; what lies deeper is removed."""

_CARRYING: Final = frozenset((b"iframe", b"frame", b"embed", b"object"))
"""Elements that may carry a page in an attribute."""
_NEVER_PLAIN: Final = _CARRYING | {b"script", b"style"}
"""Elements of which something may be denied that no URL tells, by whatever prefix."""

# Elements of which a denied resource leaves nothing worth keeping.
_GO_WHOLE: Final = frozenset(
    (b"script", b"iframe", b"img", b"image", b"link", b"source", b"embed", b"track", b"input")
)
# Attributes that an element can lose and be what it is.
_ASIDE: Final = frozenset((b"style", b"background", b"ping", b"srcdoc", b"codebase"))


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
        names: set[bytes] = set()
        if refused is not None:
            names.add(b"href")
            notes.append(refused)
        edits: list[Edit] = []
        settled: set[Attribute] = set()
        for resource, encoding in resources.items():
            attribute = resource.attribute
            if resource.role == "style" and tag.raw.isascii() and b"&" not in attribute.value:
                ask = partial(
                    self._reason,
                    tag=tag,
                    resource=resource,
                    denied_by_site=denied_by_site,
                    allowed_by_site=allowed_by_site,
                    readers=readers,
                )
                for edit, loaded, reason in edit_style(attribute, ask):
                    edits.append(edit)
                    notes.append(
                        self._finding(
                            tag, _text(attribute.name), loaded, reason, "attribute removed"
                        )
                    )
                continue
            if attribute in settled:
                continue
            found = self._judge_resource(
                tag,
                resource,
                encoding,
                denied_by_site=denied_by_site,
                allowed_by_site=allowed_by_site,
                readers=readers,
            )
            if isinstance(found, Edit):
                earlier = [edit for edit in edits if edit.start == found.start]
                if earlier:
                    if earlier != [found]:
                        # No page is right for both encodings in which it may be read.
                        edits.remove(earlier[0])
                        names.add(attribute.name)
                        settled.add(attribute)
                    continue
                edits.append(found)
                notes.append(
                    self._finding(tag, _text(attribute.name), None, Reason(""), "page rewritten")
                )
            elif found is not None:
                url, reason = found
                settled.add(attribute)
                edits = [edit for edit in edits if edit.end != attribute.end]
                stand_in = self._placeholder(tag, attribute, reason)
                if stand_in is not None:
                    edits.append(stand_in)
                    notes.append(self._finding(tag, _text(attribute.name), url, reason, "replaced"))
                    continue
                names.add(attribute.name)
                gone = tag.name in _GO_WHOLE and not _is_aside(tag, attribute.name)
                action: Action = "removed" if gone else "attribute removed"
                notes.append(self._finding(tag, _text(attribute.name), url, reason, action))
        has_text = (
            tag.name == b"style"
            or (is_code and not _has_source(tag, namespaces))
            or (tag.name == b"script" and lists_urls(tag, self.encoding))
        )
        drop = tag.name in _GO_WHOLE and not all(_is_aside(tag, name) for name in names)
        if has_text and denied_by_site:
            drop = True
            notes.append(self._finding(tag, "", None, Reason(denied_by_site), "removed"))
        if policy.observe:
            drop, names, edits = False, set(), []
        guards: tuple[Edit, ...] = ()
        if drop and tag.name in {b"script", b"style"}:
            guards = (make_inert(tag),)
        renamed = names | {_text_at(tag, edit) for edit in edits}
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

    def _placeholder(self, tag: Tag, attribute: Attribute, reason: Reason) -> Edit | None:
        """Return what puts the site's own page into a frame, in the size that the frame has."""
        address = self._policy.placeholders.get(reason.category)
        if address is None or tag.name != b"iframe" or attribute.name != b"src":
            return None
        start = attribute.start + len(attribute.name)
        return Edit(start, attribute.end, b'="' + address.encode("ascii") + b'"')

    def _judge_resource(
        self,
        tag: Tag,
        resource: Resource,
        encoding: str,
        *,
        denied_by_site: str,
        allowed_by_site: bool,
        readers: Readers | None,
    ) -> tuple[str | None, Reason] | Edit | None:
        """Return why a resource is denied, or the edit to a page that it carries."""
        if denied_by_site:
            if not resource.attribute.value.strip():
                return None
            return (resource.urls[0] if resource.urls else None), Reason(denied_by_site)
        carried = carried_in(resource)
        for page in carried:
            try:
                content = self._rewrite(tag, page, allowed_by_site, readers)
            except RewriteError:
                return None, Reason("", "a page that can't be read")
            if content != page.content:
                if page.data is not None and not page.data.certain:
                    return None, Reason("", "a page that browsers may read otherwise")
                return put_back(resource.attribute, page, content, encoding)
        if carried:
            return None
        for url in resource.urls:
            reason = self._reason(
                url,
                tag=tag,
                resource=resource,
                denied_by_site=denied_by_site,
                allowed_by_site=allowed_by_site,
                readers=readers,
            )
            if reason is not None:
                return url, reason
        return None

    def _reason(
        self,
        url: str,
        *,
        tag: Tag,
        resource: Resource,
        denied_by_site: str,
        allowed_by_site: bool,
        readers: Readers | None,
    ) -> Reason | None:
        """Return why an element may not load a URL."""
        if denied_by_site:
            return Reason(denied_by_site)
        policy = self._policy
        index = policy.zone_index if allowed_by_site else policy.index
        reasons = Reasons(index, self._own_host)
        reason = reasons.of_url(url, tag.name, resource.role, self._bases.of(readers))
        if reason is not None or resource.role != "frame":
            return reason
        written = written_by(url)
        if written is None:
            return None
        try:
            content = self._rewrite(tag, written, allowed_by_site, readers)
        except RewriteError:
            return Reason("", "a page that can't be read")
        return Reason("", "a page that a script makes") if content != written.content else None

    def _rewrite(
        self, tag: Tag, carried: Carried, allowed_by_site: bool, readers: Readers | None
    ) -> bytes:
        """Return what is left of a page that an element's attribute carries."""
        if self._depth >= MAX_DEPTH:
            raise RewriteError("too many pages inside one another")
        readers = readers or self._readers
        return self._policy.rewrite_carried(
            carried,
            bases=self._bases.of(readers) if carried.data is None else (Base(""),),
            own_host=self._own_host,
            depth=self._depth + 1,
            only_zones=allowed_by_site,
            readers=without_scripts(readers) if is_sandboxed(tag) else readers,
        )

    # ---- small steps ----

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
        # Each may be two bases, one for each scheme of the page.
        if others and len(texts) * 2 > MAX_BASES:
            raise RewriteError("a base can be read in too many ways")
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


def _is_aside(tag: Tag, name: bytes) -> bool:
    """Tell whether an element can lose an attribute and be what it is."""
    if name == b"srcset" and tag.name == b"img":
        source = tag.get(b"src")
        return source is not None and bool(source.value.strip())
    if name == b"src" and tag.name == b"iframe":
        return tag.get(b"srcdoc") is not None
    return name in _ASIDE


def _has_source(tag: Tag, namespaces: Collection[Namespace]) -> bool:
    """Tell whether a script's text is ignored for the sake of a URL, wherever it stands."""
    in_html = "html" not in namespaces or tag.get(b"src") is not None
    in_svg = (
        "svg" not in namespaces
        or tag.get(b"href") is not None
        or tag.get(b"xlink:href") is not None
    )
    return in_html and in_svg


def _text_at(tag: Tag, edit: Edit) -> bytes:
    return next((each.name for each in tag.attributes if each.start <= edit.start <= each.end), b"")


def _text(name: bytes) -> str:
    return name.decode("latin-1")
