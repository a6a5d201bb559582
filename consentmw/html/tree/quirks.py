"""Whether a document type puts a page into quirks mode, in which a paragraph may hold a table."""

from __future__ import annotations

import re
from typing import Final

_SPACE: Final = rb"[\t\n\f\r ]*+"
_QUOTED: Final = rb"(?:\"([^\">]*+)\"|'([^'>]*+)')"
_DOCTYPE: Final = re.compile(
    rb"<!doctype"
    + _SPACE
    + rb"([^\t\n\f\r >]++)"
    + _SPACE
    + rb"(?:public"
    + _SPACE
    + _QUOTED
    + _SPACE
    + rb"(?:"
    + _QUOTED
    + rb"[^>]*+)?+|system"
    + _SPACE
    + _QUOTED
    + rb"[^>]*+)?+>",
    re.IGNORECASE,
)
# HTML, "the initial insertion mode".
_PUBLIC: Final = frozenset(
    (b"-//w3o//dtd w3 html strict 3.0//en//", b"-/w3c/dtd html 4.0 transitional/en", b"html")
)
_PREFIXES: Final = tuple(
    b"+//silmaril//dtd html pro v0r11 19970101//" if name == b"+" else b"-//%s//" % name
    for name in (
        b"+",
        b"as//dtd html 3.0 aswedit + extensions",
        b"advasoft ltd//dtd html 3.0 aswedit + extensions",
        *(
            b"ietf//dtd html " + version
            for version in (
                b"2.0 level 1",
                b"2.0 level 2",
                b"2.0 strict level 1",
                b"2.0 strict level 2",
                b"2.0 strict",
                b"2.0",
                b"2.1e",
                b"3.0",
                b"3.2 final",
                b"3.2",
                b"3",
                b"level 0",
                b"level 1",
                b"level 2",
                b"level 3",
                b"strict level 0",
                b"strict level 1",
                b"strict level 2",
                b"strict level 3",
                b"strict",
            )
        ),
        b"ietf//dtd html",
        b"metrius//dtd metrius presentational",
        b"microsoft//dtd internet explorer 2.0 html strict",
        b"microsoft//dtd internet explorer 2.0 html",
        b"microsoft//dtd internet explorer 2.0 tables",
        b"microsoft//dtd internet explorer 3.0 html strict",
        b"microsoft//dtd internet explorer 3.0 html",
        b"microsoft//dtd internet explorer 3.0 tables",
        b"netscape comm. corp.//dtd html",
        b"netscape comm. corp.//dtd strict html",
        b"o'reilly and associates//dtd html 2.0",
        b"o'reilly and associates//dtd html extended 1.0",
        b"o'reilly and associates//dtd html extended relaxed 1.0",
        b"sq//dtd html 2.0 hotmetal + extensions",
        b"softquad software//dtd hotmetal pro 6.0::19990601::extensions to html 4.0",
        b"softquad//dtd hotmetal pro 4.0::19971010::extensions to html 4.0",
        b"spyglass//dtd html 2.0 extended",
        b"sun microsystems corp.//dtd hotjava html",
        b"sun microsystems corp.//dtd hotjava strict html",
        b"w3c//dtd html 3 1995-03-24",
        b"w3c//dtd html 3.2 draft",
        b"w3c//dtd html 3.2 final",
        b"w3c//dtd html 3.2",
        b"w3c//dtd html 3.2s draft",
        b"w3c//dtd html 4.0 frameset",
        b"w3c//dtd html 4.0 transitional",
        b"w3c//dtd html experimental 19960712",
        b"w3c//dtd html experimental 970421",
        b"w3c//dtd w3 html",
        b"w3o//dtd w3 html 3.0",
        b"webtechs//dtd mozilla html 2.0",
        b"webtechs//dtd mozilla html",
    )
)
_WITHOUT_SYSTEM: Final = (
    b"-//w3c//dtd html 4.01 frameset//",
    b"-//w3c//dtd html 4.01 transitional//",
)
_SYSTEM: Final = b"http://www.ibm.com/data/dtd/v11/ibmxhtml1-transitional.dtd"


def is_quirky(doctype: bytes) -> bool:
    """Tell whether a document type, from ``<`` to ``>``, asks for quirks mode."""
    match = _DOCTYPE.fullmatch(doctype)
    if match is None or match[1].lower() != b"html":
        return True
    public = next((part for part in match.group(2, 3) if part is not None), None)
    system = next((part for part in match.group(4, 5, 6, 7) if part is not None), None)
    public = b"" if public is None else public.lower()
    return (
        public in _PUBLIC
        or public.startswith(_PREFIXES)
        or (system is None and public.startswith(_WITHOUT_SYSTEM))
        or (system is not None and system.lower() == _SYSTEM)
    )
