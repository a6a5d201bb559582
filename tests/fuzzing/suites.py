"""The html5lib suites, and the tree that a reference parser builds, in their form."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

import turbohtml

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class TokenizerCase(NamedTuple):
    """One case of the tokenizer suite, in one state."""

    name: str
    state: str
    last_start_tag: str | None
    text: str
    tags: list[tuple[str, str, dict[str, str], bool]]
    """Kind, name, attributes, self-closing."""
    characters: str
    comments: int
    ends_in_tag: bool
    """Whether the suite calls it an error that the page ends within a tag."""


class TreeCase(NamedTuple):
    """One case of the tree-construction suite, in one mode."""

    name: str
    text: str
    context: str | None
    scripting: bool
    tree: str


def tokenizer_cases(folder: Path) -> Iterator[TokenizerCase]:
    """Yield every case of the tokenizer suite, once for each state."""
    for path in sorted(folder.glob("*.test")):
        content = json.loads(path.read_text("utf-8"))
        for number, case in enumerate(content.get("tests", [])):
            text, output = case["input"], case["output"]
            if case.get("doubleEscaped"):
                text, output = _unescape(text), _unescape(output)
            for state in case.get("initialStates", ["Data state"]):
                yield TokenizerCase(
                    name=f"{path.stem} {number} {state}",
                    state=state,
                    last_start_tag=case.get("lastStartTag"),
                    text=text,
                    tags=[
                        (
                            token[0],
                            token[1],
                            token[2] if len(token) > 2 else {},
                            len(token) > 3 and token[3],
                        )
                        for token in output
                        if token[0] in {"StartTag", "EndTag"}
                    ],
                    characters="".join(t[1] for t in output if t[0] == "Character"),
                    comments=sum(token[0] in {"Comment", "DOCTYPE"} for token in output),
                    ends_in_tag=any(e["code"] == "eof-in-tag" for e in case.get("errors", ())),
                )


def _unescape(value: Any) -> Any:
    if isinstance(value, str):
        return re.sub(r"\\u([0-9A-Fa-f]{4})", lambda m: chr(int(m[1], 16)), value)
    if isinstance(value, list):
        return [_unescape(part) for part in value]
    if isinstance(value, dict):
        return {_unescape(key): _unescape(part) for key, part in value.items()}
    return value


_SECTIONS = frozenset(
    {
        *("#data", "#errors", "#new-errors", "#document-fragment"),
        *("#script-on", "#script-off", "#document"),
    }
)


def tree_cases(folder: Path) -> Iterator[TreeCase]:
    """Yield every case of the tree-construction suite, once for each mode of scripting."""
    for path in sorted(folder.rglob("*.dat")):
        with path.open(encoding="utf-8", newline="\n") as file:
            content = file.read()
        for number, block in enumerate(re.split(r"\n\n(?=#data\n)", content.rstrip("\n"))):
            sections: dict[str, list[str]] = {}
            lines: list[str] = []
            for line in block.split("\n"):
                if line in _SECTIONS:
                    lines = sections.setdefault(line, [])
                else:
                    lines.append(line)
            modes = (True, False)
            if "#script-on" in sections or "#script-off" in sections:
                modes = ("#script-on" in sections,)
            for scripting in modes:
                yield TreeCase(
                    name=f"{path.stem} {number} scripting {'on' if scripting else 'off'}",
                    text="\n".join(sections["#data"]),
                    context="".join(sections.get("#document-fragment", [])) or None,
                    scripting=scripting,
                    # No doctype: which quirks it brings is not the tokenizer's affair.
                    tree="\n".join(
                        line for line in sections["#document"] if not line.startswith("| <!DOCTYPE")
                    ),
                )


class Node(NamedTuple):
    """One node of a tree, in document order."""

    depth: int
    name: str
    """An element's, with ``svg`` or ``math`` in front; empty for what is no element."""
    attributes: dict[str, str]
    text: str
    """What stands for a node that is no element."""


def read_tree(text: str, context: str | None, *, scripting: bool) -> list[Node]:
    """Parse with turbohtml; the doctype is left out."""
    nodes: list[Node] = []
    if context is None:
        root: Any = turbohtml.parse(text, scripting=scripting, allow_declarative_shadow_roots=False)
    else:
        root = turbohtml.parse_fragment(text, context, scripting=scripting)
    for child in root.children:
        _read_node(child, 0, nodes)
    return nodes


def write_tree(nodes: list[Node]) -> str:
    """Write a tree in the suite's form."""
    lines: list[str] = []
    for node in nodes:
        indent = "| " + "  " * node.depth
        lines.append(f"{indent}<{node.name}>" if node.name else f"{indent}{node.text}")
        lines.extend(
            f'{indent}  {name}="{node.attributes[name]}"' for name in sorted(node.attributes)
        )
    return "\n".join(lines)


def _read_node(node: Any, depth: int, nodes: list[Node]) -> None:
    if isinstance(node, turbohtml.Element):
        space = {"HTML": "", "SVG": "svg ", "MATHML": "math "}[node.namespace.name]
        attributes = {
            _written_name(name, foreign=bool(space)): " ".join(value)
            if isinstance(value, list)
            else value or ""
            for name, value in node.attrs.items()
        }
        nodes.append(Node(depth, space + node.tag, attributes, ""))
        for child in node.children:
            if isinstance(child, turbohtml.DocumentFragment):
                nodes.append(Node(depth + 1, "", {}, "content"))
                for inner in child.children:
                    _read_node(inner, depth + 2, nodes)
            else:
                _read_node(child, depth + 1, nodes)
    elif isinstance(node, turbohtml.Comment):
        nodes.append(Node(depth, "", {}, f"<!-- {node.data} -->"))
    elif isinstance(node, turbohtml.Text):
        nodes.append(Node(depth, "", {}, f'"{node.data}"'))
    elif isinstance(node, turbohtml.ProcessingInstruction):
        # The standard's name, since 2025, for what was a comment when the suite was written.
        nodes.append(Node(depth, "", {}, f"<!-- ?{node.target} {node.data} -->"))


_PREFIXES = frozenset({"xlink", "xml", "xmlns"})


def _written_name(name: str, *, foreign: bool) -> str:
    prefix, colon, local = name.partition(":")
    return f"{prefix} {local}" if foreign and colon and prefix in _PREFIXES else name
