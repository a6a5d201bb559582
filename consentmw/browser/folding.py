"""How many texts become one: what each shares with the one before it is written as a sign.

`client/rules.js` reads it again (`unfolded`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable

# Signs that stand in no host; in a cookie's name, where they could, they are escaped.
_SIGNS: Final = "!#&'()+,/:;<=>?@[]^`{|}~"
_NOT_PLAIN: Final = re.compile(r"[^\w.*-]+", re.ASCII)


def fold(texts: Iterable[str]) -> str:
    """Write texts in order, each as a sign for how many characters it shares with the one before.

    ``!com.example<.ads`` is ``example.com`` and ``ads.example.com``, both written from the end. It
    saves a tenth of what gzip leaves.
    """
    folded, previous = [], ""
    for text in sorted(texts):
        shared, most = 0, min(len(previous), len(text), len(_SIGNS) - 1)
        while shared < most and previous[shared] == text[shared]:
            shared += 1
        folded.append(_SIGNS[shared] + text[shared:])
        previous = text
    return "".join(folded)


def escape(name: str) -> str:
    """Write a name without signs."""
    return _NOT_PLAIN.sub(lambda match: quote(match[0], safe=""), name)
