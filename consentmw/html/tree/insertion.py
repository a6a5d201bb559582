"""The insertion modes of tree builders.

HTML standard, "the insertion mode".
"""

from __future__ import annotations

from enum import IntEnum, auto
from typing import Final


# Numbers, for Python hashes other members of an enumeration by a call, and these for every tag.
class Insertion(IntEnum):
    """The insertion modes; what is read in raw text has none, for its end is found elsewhere."""

    INITIAL = auto()
    BEFORE_HTML = auto()
    BEFORE_HEAD = auto()
    IN_HEAD = auto()
    IN_HEAD_NOSCRIPT = auto()
    AFTER_HEAD = auto()
    IN_BODY = auto()
    IN_TABLE = auto()
    IN_CAPTION = auto()
    IN_COLUMN_GROUP = auto()
    IN_TABLE_BODY = auto()
    IN_ROW = auto()
    IN_CELL = auto()
    IN_SELECT = auto()
    IN_SELECT_IN_TABLE = auto()
    IN_TEMPLATE = auto()
    AFTER_BODY = auto()
    IN_FRAMESET = auto()
    AFTER_FRAMESET = auto()
    AFTER_AFTER_BODY = auto()
    AFTER_AFTER_FRAMESET = auto()


BEFORE_BODY: Final = frozenset(
    (
        Insertion.INITIAL,
        Insertion.BEFORE_HTML,
        Insertion.BEFORE_HEAD,
        Insertion.IN_HEAD,
        Insertion.IN_HEAD_NOSCRIPT,
        Insertion.AFTER_HEAD,
    )
)


FOSTERING: Final = frozenset((Insertion.IN_TABLE, Insertion.IN_TABLE_BODY, Insertion.IN_ROW))

MODES: Final[dict[bytes, Insertion]] = {
    b"head": Insertion.IN_HEAD,
    b"body": Insertion.IN_BODY,
    b"frameset": Insertion.IN_FRAMESET,
    b"table": Insertion.IN_TABLE,
    b"caption": Insertion.IN_CAPTION,
    b"colgroup": Insertion.IN_COLUMN_GROUP,
    b"tbody": Insertion.IN_TABLE_BODY,
    b"thead": Insertion.IN_TABLE_BODY,
    b"tfoot": Insertion.IN_TABLE_BODY,
    b"tr": Insertion.IN_ROW,
    b"td": Insertion.IN_CELL,
    b"th": Insertion.IN_CELL,
}
"""The modes in which what is inside an element is read ("reset the insertion mode")."""
