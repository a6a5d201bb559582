# ruff: noqa: E501 # the engine's own lines, quoted
"""The fuzzer's power: with one safeguard of the engine switched off, its bounded run finds it."""

import signal
from itertools import chain

import pytest
from fuzzing.documents import Document, plain_pages, write_document
from fuzzing.mutants import Mutant, load_engine
from fuzzing.questions import FAST, build_policy, examine, readings
from fuzzing.regressions import REGRESSIONS

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
        "html.tree",
        'return bool(place) and place[-1].namespace != "html"',
        "return False",
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
        "html.tree",
        "    if tag.self_closing:\n        return (Step(place, top.namespace),)\n    kind =",
        '    if tag.self_closing or name == b"style":\n        return _start_in_html(place, tag, scripting=scripting)\n    kind =',
    ),
    Mutant(
        "integration points",
        "html.tree",
        "return Kind.HTML_POINT if name in _SVG_POINTS else Kind.FOREIGN",
        "return Kind.FOREIGN",
    ),
    Mutant(
        "`annotation-xml` and its encoding",
        "html.tree",
        '    if name == b"annotation-xml":\n        encoding',
        "    if False:\n        encoding",
    ),
    Mutant(
        "text integration points of MathML",
        "html.tree",
        "    if name in _TEXT_POINTS:\n        return Kind.TEXT_POINT",
        "    if False:\n        return Kind.TEXT_POINT",
    ),
    Mutant("tags that break out", "html.tree", "if name in _BREAKOUT or", "if"),
    Mutant(
        "`<font color>` breaks out",
        "html.tree",
        'or (name == b"font" and any(map(tag.get, _BREAKOUT_FONT)))',
        "or False",
    ),
    Mutant(
        "`</p>` breaks out",
        "html.tree",
        "        return place, outside\n",
        "        return (place,)\n",
    ),
    Mutant(
        "`<svg/>`",
        "html.tree",
        "        if tag.self_closing:\n            return (Step(place, namespace),)\n",
        "",
    ),
    Mutant(
        "old select",
        "html.tree",
        'return Step(inside, "html"), Step((*place, Open(Kind.OLD_SELECT, "html", name)), "html")',
        'return (Step(inside, "html"),)',
    ),
    Mutant(
        "frameset",
        "html.scanner",
        "            if self.frames is Frames.OPEN:\n                self.frames = Frames.SHUT\n                inside",
        "            if False:\n                inside",
    ),
    Mutant(
        "noscript without scripts",
        "html.scanner",
        "            self.scripting, parted.scripting = True, False\n        return parted",
        "            self.scripting = True\n        return True",
    ),
    Mutant("`<image>` is `img`", "html.resources", '    b"image": (b"src",),\n', ""),
    Mutant(
        "svg images",
        "html.resources",
        '(b"image", b"script", b"use", b"feimage")',
        '(b"script", b"use", b"feimage")',
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
        "srcset",
        "html.resources",
        "urls = tuple(read_candidates(attribute.text(encoding)))",
        "urls = (attribute.text(encoding),)",
    ),
    Mutant(
        "base",
        "suppression.elements",
        "                self._bases = (*self._bases, base)\n",
        "                pass\n",
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
    Mutant("UTF-16", "html.charset", "codec not in _DECODED_FIRST", "True"),
    Mutant(
        "joining what a cut leaves",
        "html.writing",
        "if edit.apart and _JOINS.search(self._tail):",
        "if False:",
    ),
    Mutant("XML's names and prefixes", "suppression.page", "xml=xml", "xml=False"),
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


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.ingredient)
def test_the_bounded_run_finds_an_engine_that_forgets(mutant):
    policy = build_policy(load_engine(mutant))
    witnesses = readings()
    before = signal.signal(signal.SIGVTALRM, hurry)
    try:
        for document in pages():
            signal.setitimer(signal.ITIMER_VIRTUAL, 5)
            # html5lib is slow, and alone only in how it reads an old `select`.
            slow = "<select" in document.text.lower()
            if examine(policy, document, witnesses if slow else FAST) is not None:
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
