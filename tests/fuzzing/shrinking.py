"""The smallest page that still shows a defect."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from fuzzing.documents import Document


def shrink(document: Document, fails: Callable[[Document], bool]) -> Document:
    """Leave away whatever the defect doesn't need, in ever smaller pieces."""
    size = max(1, len(document.text) // 2)
    while size:
        start = 0
        shrunk = False
        while start < len(document.text):
            text = document.text[:start] + document.text[start + size :]
            smaller = replace(document, text=text)
            if fails(smaller):
                document = smaller
                shrunk = True
            else:
                start += size
        if not shrunk:
            size //= 2
    return document
