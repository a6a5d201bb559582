"""Which labels name which encoding, and Python's name of what decodes it.

Every label of the Encoding standard and no other: to a browser `utf-7`, `utf-32`, `hz` and
`iso-2022-jp-2` name nothing, as `hex`, `idna` and `undefined` don't, which Python knows besides.

Python's codecs decode what is valid as browsers do, with these exceptions, none of which is
markup. A byte that an encoding of single bytes leaves open (0x81 of windows-1252) is a control
character to browsers and U+FFFD here; how much isn't valid, see `doublebytes`.
EUC-JP and Big5 lack some hundred characters (NEC's and IBM's, ETEN's), and KOI8-U the two letters
of Belarusian.
"""

from __future__ import annotations

from typing import Final

REPLACEMENT: Final = "replacement"
"""Not a codec: of a page in one of these encodings browsers show a single U+FFFD."""
ISO_2022_JP: Final = "iso2022_jp"
USER_DEFINED: Final = "latin-1"
UTF_16: Final = ("utf-16-le", "utf-16-be")
_WHITE_SPACE: Final = "\t\n\f\r "

# Encoding standard, 4.2, "names and labels", and the codec of each encoding.
_LABELS: Final = {
    "utf-8": "unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 x-unicode20utf8",
    "cp1252": "ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100"
    " iso8859-1 iso88591 iso_8859-1 iso_8859-1:1987 l1 latin1 us-ascii windows-1252 x-cp1252",
    "cp932": "csshiftjis ms932 ms_kanji shift-jis shift_jis sjis windows-31j x-sjis",
    "euc_jp": "cseucpkdfmtjapanese euc-jp x-euc-jp",
    # GBK is decoded as GB18030 is.
    "gb18030": "chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 gbk iso-ir-58 x-gbk"
    " gb18030",
    "big5hkscs": "big5 big5-hkscs cn-big5 csbig5 x-x-big5",
    "cp949": "cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989"
    " ksc5601 ksc_5601 windows-949",
    "cp1250": "cp1250 windows-1250 x-cp1250",
    "cp1251": "cp1251 windows-1251 x-cp1251",
    "cp1253": "cp1253 windows-1253 x-cp1253",
    "cp1254": "cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9"
    " iso_8859-9:1989 l5 latin5 windows-1254 x-cp1254",
    "cp1255": "cp1255 windows-1255 x-cp1255",
    "cp1256": "cp1256 windows-1256 x-cp1256",
    "cp1257": "cp1257 windows-1257 x-cp1257",
    "cp1258": "cp1258 windows-1258 x-cp1258",
    "cp874": "dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 windows-874",
    "cp866": "866 cp866 csibm866 ibm866",
    "iso8859-2": "csisolatin2 iso-8859-2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987"
    " l2 latin2",
    "iso8859-3": "csisolatin3 iso-8859-3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 iso_8859-3:1988"
    " l3 latin3",
    "iso8859-4": "csisolatin4 iso-8859-4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 iso_8859-4:1988"
    " l4 latin4",
    "iso8859-5": "csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 iso8859-5 iso88595 iso_8859-5"
    " iso_8859-5:1988",
    "iso8859-6": "arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6"
    " iso-8859-6-e iso-8859-6-i iso-ir-127 iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987",
    "iso8859-7": "csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 iso-ir-126 iso8859-7"
    " iso88597 iso_8859-7 iso_8859-7:1987 sun_eu_greek",
    # ISO-8859-8 and ISO-8859-8-I differ in the direction in which they are shown.
    "iso8859-8": "csiso88598e csisolatinhebrew hebrew iso-8859-8 iso-8859-8-e iso-ir-138 iso8859-8"
    " iso88598 iso_8859-8 iso_8859-8:1988 visual csiso88598i iso-8859-8-i logical",
    "iso8859-10": "csisolatin6 iso-8859-10 iso-ir-157 iso8859-10 iso885910 l6 latin6",
    "iso8859-13": "iso-8859-13 iso8859-13 iso885913",
    "iso8859-14": "iso-8859-14 iso8859-14 iso885914",
    "iso8859-15": "csisolatin9 iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9",
    "iso8859-16": "iso-8859-16",
    "koi8-r": "cskoi8r koi koi8 koi8-r koi8_r",
    "koi8-u": "koi8-ru koi8-u",
    "mac-roman": "csmacintosh mac macintosh x-mac-roman",
    "mac-cyrillic": "x-mac-cyrillic x-mac-ukrainian",
    # Each byte above 0x7F is of a private plane, so that only their number counts in a URL.
    USER_DEFINED: "x-user-defined",
    ISO_2022_JP: "csiso2022jp iso-2022-jp",
    "utf-16-le": "csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 utf-16le",
    "utf-16-be": "unicodefffe utf-16be",
    REPLACEMENT: "csiso2022kr hz-gb-2312 iso-2022-cn iso-2022-cn-ext iso-2022-kr replacement",
}
_CODECS: Final = {label: codec for codec, labels in _LABELS.items() for label in labels.split()}

ASCII_COMPATIBLE: Final = tuple(
    codec for codec in _LABELS if codec not in {*UTF_16, ISO_2022_JP, REPLACEMENT}
)
"""The codecs of all encodings in which ASCII stands for itself, whatever is around it."""


def all_labels() -> frozenset[str]:
    """Return every label there is."""
    return frozenset(_CODECS)


def read_label(label: str) -> str | None:
    """Return a label as the Encoding standard lists it; None for one that names nothing."""
    # Only ASCII folds: the Kelvin sign is no `k`.
    known = label.strip(_WHITE_SPACE).lower() if label.isascii() else ""
    return known if known in _CODECS else None


def read_codec(label: str) -> str | None:
    """Encoding standard, "get an encoding": return the codec of a label, or `REPLACEMENT`."""
    known = read_label(label)
    return _CODECS[known] if known is not None else None
