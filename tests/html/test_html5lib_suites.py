"""html5lib's suites: what our tokenizer calls a tag is one, and its attributes are the suite's.

The suites are found beside the folder that CONSENTMW_CORPUS names.
"""

import json
import os
import re
from pathlib import Path
from typing import ClassVar

import pytest
from fuzzing.suites import read_tree, tokenizer_cases, tree_cases, write_tree

from consentmw.html.names import TEXT_KINDS
from consentmw.html.readers import readers_with
from consentmw.html.references import decode_references
from consentmw.html.rewriter import Rewriter
from consentmw.html.sieve import KEEP

SUITES = Path(os.environ.get("CONSENTMW_CORPUS", "."), "..", "html5lib-tests")
pytestmark = pytest.mark.skipif(
    "CONSENTMW_CORPUS" not in os.environ or not SUITES.is_dir(),
    reason="html5lib's suites are not beside CONSENTMW_CORPUS",
)


class KeepAll:
    """A sieve that lets everything pass."""

    watched: ClassVar = {}
    watches_relative = False
    marks = ()
    watches_scripts = False

    def judge(self, tag, namespaces, covers, *, readers=None):
        return KEEP


def tokens_of(page, scripting):
    """Every token of every reading of a page, in the order of the source."""
    rewriter = Rewriter(KeepAll(), shortcuts=False, readers=readers_with(scripting=scripting))
    found = []
    rewriter.listen(found.append)
    rewriter.feed(page)
    rewriter.close()
    return sorted(found, key=lambda token: token.start)


def as_browser(name):
    return name.decode("utf-8", "surrogatepass").replace("\0", "\ufffd")


def attributes_of(tag):
    """The attributes that count: the first of each name."""
    found = {}
    for attribute in tag.attributes:
        # Line ends are normalised, and NUL replaced, before a browser's tokenizer sees the page.
        value = attribute.value.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        text = decode_references(
            value.replace(b"\0", b"\xef\xbf\xbd").decode("utf-8", "surrogatepass")
        )
        found.setdefault(as_browser(attribute.name), text)
    return found


# What has to stand in front so that our tokenizer, which follows the tree, is in the state.
STATES = {
    "Data state": "",
    "RCDATA state": "<{}>",
    "RAWTEXT state": "<{}>",
    "Script data state": "<script>",
    "PLAINTEXT state": "<plaintext>",
    "CDATA section state": "<svg><![CDATA[",
}


def exception_from_the_tokenizer_suite(case):
    """Why a case can't be asked of a tokenizer that follows the tree; None where it can."""
    names = [name for kind, name, _, _ in case.tags if kind == "StartTag"]
    if any(name.encode("utf-8", "replace") in TEXT_KINDS for name in names[:-1] or names):
        return "a tag after which a tree builder, which the suite leaves out, switches the state"
    if case.state == "Script data state" and case.last_start_tag not in {None, "script"}:
        return "a script that another end tag than its own would close"
    return None


def test_tags_and_attributes_are_those_of_the_tokenizer_suite():
    exceptions = {}
    asked = 0
    for case in tokenizer_cases(SUITES / "tokenizer"):
        reason = exception_from_the_tokenizer_suite(case)
        if reason:
            exceptions.setdefault(reason, []).append(case.name)
            continue
        name = case.last_start_tag or {"RCDATA state": "title"}.get(case.state, "style")
        prefix = STATES[case.state].format(name)
        page = (prefix + case.text).encode("utf-8", "surrogatepass")
        found = [
            (
                "StartTag" if token.kind == "start" else "EndTag",
                as_browser(token.name),
                attributes_of(token.tag) if token.tag is not None else {},
                token.tag is not None and token.tag.self_closing,
            )
            for token in tokens_of(page, scripting=True)
            if token.kind in {"start", "end"} and token.start >= len(prefix)
        ]
        assert found == [
            (k, n, a if k == "StartTag" else {}, s and k == "StartTag") for k, n, a, s in case.tags
        ], case
        asked += 1
    print(f"\n{asked} cases of the tokenizer suite agree; exceptions:")
    for reason, names in exceptions.items():
        print(f"  {len(names)}: {reason}: {', '.join(names[:8])} …")
    assert asked > 6_900


def test_references_in_text_are_those_of_the_tokenizer_suite():
    for case in tokenizer_cases(SUITES / "tokenizer"):
        if (
            case.state == "Data state"
            and not case.tags
            and "<" not in case.text
            and "\0" not in case.text
        ):
            text = case.text.replace("\r\n", "\n").replace("\r", "\n")
            assert decode_references(text, attribute=False) == case.characters, case


MARK = re.compile(r' x-seen="([0-9a-f]*)"')
IMPLIED = {"html", "head", "body", "tbody", "tr", "colgroup", "p", "br"}


def mark(page, scripting, after):
    """Write into each start tag behind a position what the tokenizer makes of it."""
    out = []
    copied = 0
    for token in tokens_of(page, scripting):
        at = token.start + 1 + len(token.name)
        if token.kind == "start" and token.start >= after and at > copied:
            seen = json.dumps(attributes_of(token.tag)).encode().hex().encode()
            out += [page[copied:at], b' x-seen="', seen, b'"']
            copied = at
    return b"".join([*out, page[copied:]])


def take_marks(nodes):
    """Take a tree's marks out.

    Return the tree, the elements that our tokenizer saw otherwise, and whether it saw more.
    """
    plain, otherwise, stray = [], [], False
    for node in nodes:
        attributes = dict(node.attributes)
        seen = attributes.pop("x-seen", None)
        text = MARK.sub("", node.text)
        stray = stray or text != node.text
        plain.append(node._replace(attributes=attributes, text=text))
        if seen is None:
            if node.name and node.name not in IMPLIED:
                otherwise.append(node)
        elif node.name not in {"html", "body"}:  # a second tag adds to the attributes of the first
            ours = json.loads(bytes.fromhex(seen))
            theirs = {name.replace(" ", ":").lower(): value for name, value in attributes.items()}
            if ours != theirs:
                otherwise.append((node, ours))
    return plain, otherwise, stray


def test_tags_and_attributes_are_those_of_the_tree_construction_suite():
    exact, wider, left_out = 0, [], []
    for case in tree_cases(SUITES / "tree-construction"):
        mode = {"context": case.context, "scripting": case.scripting}
        if write_tree(read_tree(case.text, **mode)) != case.tree:
            left_out.append(case)  # the reference parser runs no scripts
            continue
        context = "".join(f"<{name}>" for name in (case.context or "").split()).encode()
        page = context + case.text.encode("utf-8", "surrogatepass")
        marked = mark(page, case.scripting, len(context)).removeprefix(context)
        nodes = read_tree(marked.decode("utf-8", "surrogatepass"), **mode)
        plain, otherwise, stray = take_marks(nodes)
        assert write_tree(plain) == case.tree, case
        assert otherwise == [], case
        if stray:
            wider.append(case)
        exact += not stray
    print(f"\n{exact} cases of the tree-construction suite agree in their one reading")
    print(f"{len(wider)} agree, and are read in another way too:")
    for case in wider:
        print(f"  {case.name}: {case.text[:90]!r}")
    print(f"{len(left_out)} need scripts to run: {', '.join(case.name for case in left_out)}")
    assert exact > 3_400
