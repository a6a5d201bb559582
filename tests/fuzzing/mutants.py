"""Copies of the engine with one safeguard switched off, made in memory from the edited source.

Each mutant says which text of which module becomes what. The text has to stand there exactly once:
a safeguard that is rewritten takes its mutant with it, and the test says so instead of passing.
"""

from __future__ import annotations

import importlib
import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

ENGINE = ("consentmw.html", "consentmw.suppression")
"""What is loaded anew for a mutant."""


class Mutant(NamedTuple):
    """One safeguard, and how it is switched off."""

    ingredient: str
    """What of html-rewriting gets past the engine then."""
    module: str
    """Below ``consentmw``."""
    text: str
    becomes: str


class MutantError(AssertionError):
    """A mutant whose text isn't in the source exactly once."""


class _EditingFinder(MetaPathFinder, Loader):
    """Finds the engine's modules, and edits one of them on the way."""

    def __init__(self, sources: dict[str, str]) -> None:
        self._sources = sources

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        return ModuleSpec(name, self, origin="mutant") if name in self._sources else None

    def exec_module(self, module: ModuleType) -> None:
        code = compile(self._sources[module.__name__], f"<mutant of {module.__name__}>", "exec")
        exec(code, module.__dict__)


def load_engine(mutant: Mutant | None) -> type:
    """Load the engine anew, with one edit, beside the one in use; return its ``PagePolicy``."""
    edited = {}
    if mutant is not None:
        name = f"consentmw.{mutant.module}"
        spec = find_spec(name)
        assert spec is not None
        assert spec.origin is not None
        source = Path(spec.origin).read_text("utf-8")
        count = source.count(mutant.text)
        if count != 1:
            raise MutantError(f"{mutant.text!r} stands {count} times in {name}")
        edited[name] = source.replace(mutant.text, mutant.becomes)
    kept = {name: module for name, module in sys.modules.items() if name.startswith(ENGINE)}
    parents = {name: sys.modules.get(name) for name in ("consentmw",)}
    attributes = {name: dict(vars(module)) for name, module in parents.items() if module}
    finder = _EditingFinder(edited)
    for name in kept:
        del sys.modules[name]
    sys.meta_path.insert(0, finder)
    try:
        return importlib.import_module("consentmw.suppression.page").PagePolicy  # type: ignore[no-any-return] # a module
    finally:
        sys.meta_path.remove(finder)
        for name in [name for name in sys.modules if name.startswith(ENGINE)]:
            del sys.modules[name]
        sys.modules.update(kept)
        for name, names in attributes.items():
            vars(sys.modules[name]).update(names)
