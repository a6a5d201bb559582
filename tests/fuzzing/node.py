"""parse5 through Node.js, one more witness for long runs.

It reads a ``select``, and CDATA sections at integration points, as WebKit and Blink did until 2025.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Self

from fuzzing.trees import Element

if TYPE_CHECKING:
    from types import TracebackType


class Parse5:
    """A running Node.js that parses what it is given."""

    __name__ = "parse5"

    def __init__(self, folder: Path) -> None:
        """Start it; ``folder`` is where ``npm install parse5`` was run."""
        self._process = subprocess.Popen(
            ["node", str(Path(__file__).with_name("parse5.mjs")), str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.communicate()

    def __call__(self, text: str, scripting: bool) -> list[Element]:
        """Parse as the functions of ``fuzzing.trees`` do."""
        pipe_in, pipe_out = self._process.stdin, self._process.stdout
        assert pipe_in is not None
        assert pipe_out is not None
        pipe_in.write(json.dumps({"text": text, "scripting": scripting}) + "\n")
        pipe_in.flush()
        astral = any(c > "\uffff" for c in text)  # JavaScript counts these twice
        elements: list[Element] = []
        for space, name, attributes, parent, inert, content, tag, end in json.loads(
            pipe_out.readline()
        ):
            element = Element(
                space, name, attributes, elements[parent] if parent >= 0 else None, inert, content
            )
            if tag and not astral:
                element.tag = (tag[0], tag[1])
                element.end = (end[0], end[1]) if end else None
            elements.append(element)
        return elements
