# ruff: noqa: E501 # the engine's own lines, quoted
"""The fuzzer's power: with one safeguard of the engine switched off, its bounded run finds it."""

import re
import signal
from itertools import chain

import pytest
from fuzzing.documents import Document, plain_pages, write_document
from fuzzing.mutants import Mutant, load_engine
from fuzzing.questions import FAST, PLACING, build_policy, examine, readings
from fuzzing.regressions import REGRESSIONS

OLD = re.compile(r"<select|<(?:svg|math)(?=.*</(?:p|br)\b)", re.IGNORECASE | re.DOTALL)
PAGES = 2_500  # those that the bounded run puts to the engine itself

MUTANTS = [
    # ---- tokenizer ----
    Mutant(
        "double-escaped script",
        "html.tokens",
        "                escape = Escape.TWICE\n",
        "                pass\n",
    ),
    Mutant(
        "`<script><!-->`",
        "html.tokens",
        "            position = match.start() + 2\n            escape = Escape.ONCE",
        "            position = match.start() + 4\n            escape = Escape.ONCE",
    ),
    Mutant(
        "`<!-->` and `<!--->`", "html.tokens", 'if data.startswith(b"->", position):', "if False:"
    ),
    Mutant("`--!>`", "html.tokens", 'rb"--!?>"', 'rb"-->"'),
    Mutant("`</scriptx>`", "html.tokens", 'b"</" + letters + _NAME_END', 'b"</" + letters'),
    Mutant(
        "bogus comments",
        "html.scanner",
        '        if following == b"?":\n            return self.read_bogus(data, start, start + 1)\n',
        "",
    ),
    Mutant(
        "`</3`",
        "html.scanner",
        '            return self.read_bogus(data, start, start + 2)\n        if following == b"!":',
        '            return self._rest_is_text(data, final=True)\n        if following == b"!":',
    ),
    Mutant(
        "CDATA in svg",
        "html.scanner",
        "        if data.startswith(_CDATA, start):\n",
        "        if False:\n",
    ),
    Mutant(
        "quoted values hide `>`",
        "html.attributes",
        r"""    rb"(?:\"[^\"]*+\"|'[^']*+'|(?![\"'])""",
        r"""    rb"(?:\"[^\">]*+\"|'[^'>]*+'|(?![\"'])""",
    ),
    Mutant(
        "the first of two attributes wins",
        "html.attributes",
        "first.setdefault(attribute.name, attribute)",
        "first[attribute.name] = attribute",
    ),
    Mutant(
        "mixed case", "html.scanner", "Tag(match[0], match[2].lower())", "Tag(match[0], match[2])"
    ),
    # ---- tree ----
    Mutant(
        "style in svg",
        "html.tree.foreign",
        '    if top.space == "html":\n        return False\n',
        '    if top.space == "html" or tag.name == b"style":\n        return False\n',
    ),
    Mutant(
        "integration points",
        "html.tree.foreign",
        'point = name != b"annotation-xml" or _holds_html(tag)',
        "point = False",
    ),
    Mutant(
        "`annotation-xml` and its encoding",
        "html.tree.foreign",
        'name != b"annotation-xml" or _holds_html(tag)',
        'name != b"annotation-xml"',
    ),
    Mutant(
        "text integration points of MathML",
        "html.tree.foreign",
        "    if name in FOREIGN_SCOPES[space]:",
        '    if space == "svg" and name in FOREIGN_SCOPES[space]:',
    ),
    Mutant("tags that break out", "html.tree.foreign", "tag.name in BREAKS_OUT or (", "("),
    Mutant(
        "`<font color>` breaks out",
        "html.tree.foreign",
        "any(tag.get(name) is not None for name in BREAKS_OUT_FONT)",
        "False",
    ),
    Mutant(
        "`</p>` breaks out",
        "html.tree.foreign",
        'if name in {b"p", b"br"} and builder.age is not Age.OF_2012:',
        "if False:",
    ),
    Mutant(
        "`</p>` stays inside, as of old",
        "html.tree.foreign",
        'if name in {b"p", b"br"} and builder.age is not Age.OF_2012:',
        'if name in {b"p", b"br"}:',
    ),
    Mutant("`<svg/>`", "html.standing", "        if not tag.self_closing:", "        if True:"),
    Mutant(
        "end tags that reach out of svg",
        "html.standing",
        "return name in SHAPES and not self.misplaced",
        "return True",
    ),
    Mutant(
        "shapes outside of svg",
        "html.standing",
        'if name in SHAPES and "html" in spaces:',
        "if False:",
    ),
    Mutant(
        "old select",
        "html.tree.body",
        "    if builder.age is not Age.TODAY:\n        in_table",
        "    if False:\n        in_table",
    ),
    Mutant(
        "frameset",
        "html.standing",
        '_ASKED: Final = frozenset((b"frameset", b"base"))',
        '_ASKED: Final = frozenset((b"base",))',
    ),
    Mutant(
        "framesets that a cut would let in",
        "html.scanner",
        'if tag.name == b"frameset" and standing.bars():',
        "if False:",
    ),
    Mutant(
        "noscript without scripts",
        "html.scanner",
        '        if plain and tag.name == b"noscript" and begun.text and self.scripting is None:',
        "        if False:",
    ),
    Mutant(
        "templates",
        "html.tree.body",
        "    if builder.top.template is not None:\n        builder.pop_until",
        "    if False:\n        builder.pop_until",
    ),
    Mutant(
        "foster parents",
        "html.tree.builder",
        '        if not self.fostering or top.space != "html" or top.name not in TABLE_MISFITS:',
        "        if True:",
    ),
    Mutant(
        "end tags that take something out of a container",
        "html.tree.builder",
        "return (*around.covers, *lasting), (*firm, *lasting)",
        "return ((*around.covers, *lasting),)",
    ),
    Mutant(
        "the block that is taken out, and not only what is inside it",
        "html.tree.builder",
        "firm = around.bare if moves else around.firm",
        "firm = around.firm",
    ),
    Mutant(
        "allowed is only what is allowed in every reading",
        "suppression.elements",
        "(bool(around) and all(around))",
        "any(around)",
    ),
    Mutant(
        "an element's text that is markup",
        "html.filing",
        "            scanner.awaiting.add(tag, start, scanner, covers)\n",
        "            pass\n",
    ),
    Mutant("`<image>` is `img`", "html.resources", '    b"image": (b"src",),\n', ""),
    Mutant(
        "svg images",
        "html.resources",
        'frozenset((b"image", b"script", ',
        'frozenset((b"script", ',
    ),
    # ---- URL ----
    Mutant(
        "character references",
        "html.attributes",
        "return decode_references(text)",
        "return text",
    ),
    Mutant("references without semicolon", "html.references", "([0-9]+));?", "([0-9]+));"),
    Mutant(
        "tabs and newlines in URLs",
        "html.urls",
        "text = text.strip(_EDGES).translate(_REMOVED)",
        "text = text.strip(_EDGES)",
    ),
    Mutant("backslashes", "html.urls", 're.compile(r"[/\\\\?#]")', 're.compile(r"[/?#]")'),
    Mutant(
        "`https:host`",
        "html.urls",
        '    with_host = _with_host(scheme, rest.lstrip("/\\\\"))',
        '    with_host = _with_host(scheme, rest[2:]) if rest[:2] == "//" else ()',
    ),
    Mutant("userinfo", "html.urls", 'authority.rpartition("@")[2]', "authority"),
    Mutant("ports", "html.urls", 'host = authority.partition(":")[0]', "host = authority"),
    Mutant("per cent signs in hosts", "html.urls", '    if "%" in host:', "    if False:"),
    Mutant(
        "letters beyond ASCII in hosts",
        "html.urls",
        "host.lower() if host.isascii() else _mapped(host)",
        "host.lower()",
    ),
    Mutant("trailing dot", "html.urls", 'host = host.removesuffix(".")', "pass"),
    Mutant(
        "IPv4 in other forms", "html.urls", "        return _read_ipv4(host)", "        return host"
    ),
    Mutant(
        "dot segments",
        "html.urls",
        '    if "/." not in path and "/%2" not in path:',
        "    if True:",
    ),
    Mutant(
        "a base that is put in front of another one",
        "html.tree.builder",
        "return False if self.mode in FOSTERING and self.top.table in self.based else None",
        "return None",
    ),
    Mutant(
        "a base that a frameset takes away",
        "html.tree.builder",
        "return self.mode in BEFORE_BODY or not self.takes_frames",
        "return True",
    ),
    Mutant(
        "srcset",
        "html.resources",
        "urls = tuple(read_candidates(attribute.text(encoding)))",
        "urls = (attribute.text(encoding),)",
    ),
    Mutant(
        "base",
        "suppression.bases",
        "            self._of[reader] = bases or self.own\n",
        "            pass\n",
    ),
    Mutant(
        "srcdoc",
        "html.resources",
        '    if name == b"iframe" and (attribute := tag.get(b"srcdoc")) is not None:',
        "    if False:",
    ),
    Mutant(
        "data: documents", "suppression.nested", '    if resource.role == "frame":', "    if False:"
    ),
    # ---- charset, editing ----
    Mutant(
        "a cut that begins where a chunk's bytes have left",
        "html.rewriter",
        "if edit.end > end\n",
        "if edit.start > end\n",
    ),
    Mutant(
        "UTF-16",
        "html.charset",
        "Charset(codec, codec not in _DECODED_FIRST",
        "Charset(codec, True",
    ),
    Mutant(
        "joining what a cut leaves",
        "html.writing",
        "if edit.apart and self._joins.search(self._tail):",
        "if False:",
    ),
    Mutant("XML's names and prefixes", "suppression.page", "if xml:", "if False:"),
]


class TooLong(BaseException):
    """A mutant that never comes to an end is found too."""


def hurry(*_):
    raise TooLong


def pages():
    return chain(
        plain_pages(),
        (Document(seed, text) for seed, text in enumerate(REGRESSIONS)),
        map(write_document, range(PAGES)),
    )


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.ingredient)
def test_the_bounded_run_finds_an_engine_that_forgets(mutant):
    policy = build_policy(load_engine(mutant))
    witnesses = readings()
    before = signal.signal(signal.SIGVTALRM, hurry)
    try:
        for document in pages():
            signal.setitimer(signal.ITIMER_VIRTUAL, 5)
            # html5lib is slow, and alone only in what it reads as browsers of old did.
            asked = witnesses if OLD.search(document.text) else FAST
            if examine(policy, document, asked, PLACING):
                return
    except TooLong:
        return
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
    pytest.fail(f"{mutant.text!r} in {mutant.module} can become {mutant.becomes!r} unnoticed")


def test_the_engine_loaded_anew_is_the_engine():
    policy = build_policy(load_engine(None))
    for document in map(write_document, range(50)):
        assert examine(policy, document, readings()) is None, document
