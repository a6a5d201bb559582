"""What an element's attributes load: which of them go, and which are changed or replaced.

Whether the site's own tags deny or allow what the element loads is settled in `elements`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from consentmw.errors import RewriteError
from consentmw.html.readers import without_scripts
from consentmw.html.sieve import Edit
from consentmw.html.urls import Base
from consentmw.suppression.findings import Finding, tell
from consentmw.suppression.nested import carried_in, is_sandboxed, put_back, written_by
from consentmw.suppression.reasons import Reason, Reasons
from consentmw.suppression.texts import edit_style

if TYPE_CHECKING:
    from collections.abc import Mapping

    from consentmw.html.attributes import Attribute, Tag
    from consentmw.html.readers import Readers
    from consentmw.html.resources import Resource
    from consentmw.suppression.findings import Action
    from consentmw.suppression.nested import Carried
    from consentmw.suppression.page import PagePolicy

MAX_DEPTH: Final = 8
"""Pages inside pages (``srcdoc``, ``data:``) that are looked into; what lies deeper is removed."""

# Elements of which a denied resource leaves nothing worth keeping.
_GO_WHOLE: Final = frozenset(
    (b"script", b"iframe", b"img", b"image", b"link", b"source", b"embed", b"track", b"input")
)
# Attributes that an element can lose and be what it is.
_ASIDE: Final = frozenset((b"style", b"background", b"ping", b"srcdoc", b"codebase"))


class AttributeJudge:
    """Judges the attributes of one tag, and collects what is to be done about them.

    Args:
        policy: What is denied.
        tag: The element's start tag.
        own_host: The page's host.
        bases: Where relative URLs may start from.
        readers: For whom it is an element.
        depth: How many pages its own page stands in.
        denied_by_site: The category in which the site's tags deny all that it loads, if one does.
        allowed_by_site: Whether they allow all but what zones deny.
    """

    __slots__ = (
        "_allowed_by_site",
        "_bases",
        "_denied_by_site",
        "_depth",
        "_own_host",
        "_policy",
        "_readers",
        "_reasons",
        "_settled",
        "_tag",
        "edits",
        "names",
        "noted",
        "notes",
    )

    def __init__(
        self,
        policy: PagePolicy,
        tag: Tag,
        *,
        own_host: str,
        bases: tuple[Base, ...],
        readers: Readers,
        depth: int,
        denied_by_site: str,
        allowed_by_site: bool,
    ) -> None:
        self._policy = policy
        self._tag = tag
        self._own_host = own_host
        self._bases = bases
        self._readers = readers
        self._depth = depth
        self._denied_by_site = denied_by_site
        self._allowed_by_site = allowed_by_site
        self._reasons = Reasons(policy.zone_index if allowed_by_site else policy.index, own_host)
        self._settled: set[Attribute] = set()
        self.names: set[bytes] = set()
        """The attributes that have to go."""
        self.edits: list[Edit] = []
        """Changes to others."""
        self.noted: set[bytes] = set()
        """All of which something is noted."""
        self.notes: list[Finding] = []

    @property
    def drop(self) -> bool:
        """Whether nothing worth keeping is left of the element."""
        return self._tag.name in _GO_WHOLE and not all(map(self._is_aside, self.names))

    def judge(self, resources: Mapping[Resource, str]) -> None:
        """Judge what the attributes load, each read by an encoding."""
        for resource, encoding in resources.items():
            attribute = resource.attribute
            if attribute in self._settled:
                continue
            if resource.role == "style" and self._tag.raw.isascii() and b"&" not in attribute.value:
                self._edit_style(attribute, resource)
                continue
            found = self._judge_resource(resource, encoding)
            if isinstance(found, Edit):
                self._rewrite_page(attribute, found)
            elif found is not None:
                self._take_out(attribute, *found)

    def _edit_style(self, attribute: Attribute, resource: Resource) -> None:
        """Make a style's URLs harmless; what else it says stays."""
        for edit, url, reason in edit_style(attribute, lambda url: self._reason(url, resource)):
            self.edits.append(edit)
            self._note(attribute, url, reason, "attribute removed")

    def _rewrite_page(self, attribute: Attribute, edit: Edit) -> None:
        """Put what is left of a page in the place of it."""
        earlier = [each for each in self.edits if each.start == edit.start]
        if not earlier:
            self.edits.append(edit)
            self._note(attribute, None, Reason(""), "page rewritten")
        elif earlier != [edit]:
            # No page is right for both encodings in which it may be read.
            self.edits.remove(earlier[0])
            self.names.add(attribute.name)
            self._settled.add(attribute)

    def _take_out(self, attribute: Attribute, url: str | None, reason: Reason) -> None:
        """Take an attribute out, or put the site's own page into the frame, in the size it has."""
        self._settled.add(attribute)
        self.edits = [edit for edit in self.edits if edit.end != attribute.end]
        address = self._policy.placeholders.get(reason.category)
        if address is not None and self._tag.name == b"iframe" and attribute.name == b"src":
            start = attribute.start + len(attribute.name)
            self.edits.append(Edit(start, attribute.end, b'="' + address.encode("ascii") + b'"'))
            self._note(attribute, url, reason, "replaced")
            return
        self.names.add(attribute.name)
        gone = self._tag.name in _GO_WHOLE and not self._is_aside(attribute.name)
        self._note(attribute, url, reason, "removed" if gone else "attribute removed")

    def _is_aside(self, name: bytes) -> bool:
        """Tell whether the element can lose an attribute and be what it is."""
        tag = self._tag
        if name == b"srcset" and tag.name == b"img":
            source = tag.get(b"src")
            return source is not None and bool(source.value.strip())
        if name == b"src" and tag.name == b"iframe":
            return tag.get(b"srcdoc") is not None
        return name in _ASIDE

    def _judge_resource(
        self, resource: Resource, encoding: str
    ) -> tuple[str | None, Reason] | Edit | None:
        """Return why a resource is denied, or the edit to a page that it carries."""
        if self._denied_by_site:
            if not resource.attribute.value.strip():
                return None
            return (resource.urls[0] if resource.urls else None), Reason(self._denied_by_site)
        carried = carried_in(resource)
        for page in carried:
            try:
                content = self._rewrite(page)
            except RewriteError:
                return None, Reason("", "a page that can't be read")
            if content != page.content:
                if page.data is not None and not page.data.certain:
                    return None, Reason("", "a page that browsers may read otherwise")
                return put_back(resource.attribute, page, content, encoding)
        if carried:
            return None
        for url in resource.urls:
            reason = self._reason(url, resource)
            if reason is not None:
                return url, reason
        return None

    def _reason(self, url: str, resource: Resource) -> Reason | None:
        """Return why the element may not load a URL."""
        if self._denied_by_site:
            return Reason(self._denied_by_site) if url.strip() else None
        reason = self._reasons.of_url(url, self._tag.name, resource.role, self._bases)
        written = written_by(url) if resource.role == "frame" else None
        if reason is not None or written is None:
            return reason
        try:
            content = self._rewrite(written)
        except RewriteError:
            return Reason("", "a page that can't be read")
        return Reason("", "a page that a script makes") if content != written.content else None

    def _rewrite(self, carried: Carried) -> bytes:
        """Return what is left of a page that an attribute carries."""
        if self._depth >= MAX_DEPTH:
            raise RewriteError("too many pages inside one another")
        readers = self._readers
        return self._policy.rewrite_carried(
            carried,
            bases=self._bases if carried.data is None else (Base(""),),
            own_host=self._own_host,
            depth=self._depth + 1,
            only_zones=self._allowed_by_site,
            readers=without_scripts(readers) if is_sandboxed(self._tag) else readers,
        )

    def _note(self, attribute: Attribute, url: str | None, reason: Reason, action: Action) -> None:
        self.noted.add(attribute.name)
        name = attribute.name.decode("latin-1")
        observe = self._policy.observe
        self.notes.append(tell(self._tag, name, url, reason, action, observe=observe))
