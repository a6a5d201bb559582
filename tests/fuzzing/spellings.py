# ruff: noqa: E501, Q003 # ingredients: a line for each, however it has to be quoted
"""How one URL, one attribute, one tag can be written so that browsers read it and scanners don't."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING
from urllib.parse import quote

from fuzzing.denied import ADDRESS, HOST, MIXED, OWN_PATH, SITE

if TYPE_CHECKING:
    from random import Random

FINE = (
    "fine.example",
    f"not{HOST}",
    f"{HOST}.evil.example",
    f"{HOST}-x.example",
    f"{HOST}x",
    "203.0.113.90",
    "1.203.0.113.9.example",
    SITE,
)
_FULLWIDTH = {ord(c): ord(c) - 0x21 + 0xFF01 for c in "abcdefghijklmnopqrstuvwxyz0123456789"}


def _some(rng: Random, text: str, change: object, share: float = 0.3) -> str:
    return "".join(change(c) if rng.random() < share else c for c in text)  # type: ignore[operator] # a function of one character


def spell_host(rng: Random, host: str) -> str:
    """Write a host in a way that the URL standard maps to it."""
    form = rng.randrange(12)
    if host == ADDRESS:
        return rng.choice(
            ["203.0.113.9", "203.0.113.9.", "0xCB007109", "3405803785", "0313.0.0161.011", "203.0.28937",
             "0xcb.0.0x71.9", "203.28937", "%32%30%33.0.113.9"]
        )  # fmt: skip
    if form == 0:
        return _some(rng, host, str.upper)
    if form == 1:
        return _some(rng, host, lambda c: f"%{ord(c):02{rng.choice('xX')}}")
    if form == 2:
        return _some(rng, host, lambda c: c.translate(_FULLWIDTH))
    if form == 3:
        return host.replace(".", rng.choice("\u3002\uff0e\uff61"))
    if form == 4:
        place = rng.randrange(1, len(host))
        return host[:place] + rng.choice("\u00ad\u200b\u2060\ufeff") + host[place:]
    if form == 5:
        return host + "."
    if form == 6:
        return f"{rng.choice(['a', 'x.y', 'www', '*', '_'])}.{host}"
    return host


def spell_url(rng: Random, host: str, path: str | None = None) -> str:
    """Write a URL of a host as a page may write it, before quoting and references."""
    if path is None:
        path = rng.choice(
            [
                "",
                "/",
                "/a.js",
                "/p?q=1",
                "/x,y.gif",
                "/a b",
                "?q=1",
                "#f",
                "/pagead/x",
                "/a;b?c&d=e&not=f",
            ]
        )
    if host == MIXED:
        path = rng.choice(
            ["/pagead/1", "/x/../pagead/1", "/./pagead/1", "/%2e/pagead/1", "\\pagead\\1", "/x/%2E%2e/pagead/?", "/pagea\td/1",
             "/pagead", "/pageadx/1", "/x/pagead/1", "/?/pagead/"]
        )  # fmt: skip
    name = spell_host(rng, host)
    form = rng.randrange(22)
    scheme = rng.choice(
        ["https", "https", "http", "HTTPS", "hTTp", "ftp", "wss"]
        if form < 14
        else ["https", "http"]
    )
    if form < 5:
        url = f"{scheme}://{name}{path}"
    elif form < 8:
        url = f"//{name}{path}"
    else:
        url = {
            8: f"/\\{name}{path}",
            9: f"\\\\{name}{path}",
            10: f"{scheme}:{name}{path}",
            11: f"{scheme}:/{name}{path}",
            12: f"{scheme}:///{name}{path}",
            13: f"{scheme}:\\\\{name}{path}",
            14: f"{scheme}://u:p@{name}{path}",
            15: f"{scheme}://{rng.choice(FINE)}@{name}{path}",
            16: f"{scheme}://{name}:{rng.choice(['443', '80', '8080', '', '00443'])}{path}",
            17: f"{scheme}://{name}@{rng.choice(FINE)}{path}",
            18: f"{rng.choice([' ', chr(10), chr(9), chr(1), chr(0x1F), chr(0xA0)])}{scheme}://{name}{path} ",
            19: f"////{name}{path}",
            20: f"{scheme}:/\t/\n{name}{path}",
            21: f"/{rng.choice([chr(9), chr(10)])}/{name}{path}",
        }[form]
    if rng.random() < 0.12:
        place = rng.randrange(len(url) + 1)
        url = url[:place] + rng.choice("\t\n\r") + url[place:]
    return url


def denied_url(rng: Random) -> str:
    """A URL of something denied, or nearly."""
    choice = rng.random()
    if choice < 0.72:
        return spell_url(rng, HOST)
    if choice < 0.8:
        return spell_url(rng, ADDRESS)
    if choice < 0.9:
        return spell_url(rng, MIXED)
    own = OWN_PATH + "x.js"
    return rng.choice(
        [own, own, f"/.{own}", f"/x/..{own}", f"https://{SITE}{own}", f"//{SITE.upper()}{own}", "\\ads\\x.js", f"..{own}",
         "/\tads/x.js", f"https:{own}", "/ad%73/x.js"]
    )  # fmt: skip


def fine_url(rng: Random) -> str:
    """A URL of nothing denied."""
    if rng.random() < 0.4:
        return rng.choice(["/a.js", "a.gif", "#", "?x=1", "", "/img/a.png", f"/{HOST}/x", f"?u=https://{HOST}/", f"#//{HOST}/",
                           f"https://fine.example/?u=//{HOST}/", f"https://fine.example/{HOST}", f"mailto:a@{HOST}", f"about:{HOST}"])  # fmt: skip
    return spell_url(rng, rng.choice(FINE))


def refer(rng: Random, value: str) -> str:
    """Write some of a value's characters as character references."""
    named = {":": "&colon;", "/": "&sol;", ".": "&period;", "\t": "&Tab;", "\n": "&NewLine;", "-": "&#45;",
             "\u00ad": "&shy;", "@": "&commat;", "\\": "&bsol;", "?": "&quest;", "=": "&equals;", " ": "&#32;"}  # fmt: skip

    def change(c: str) -> str:
        form = rng.randrange(6)
        if form == 0:
            return named.get(c, c)
        if form == 1:
            return f"&#{ord(c)};"
        if form == 2:
            return f"&#x{ord(c):x};"
        if form == 3:
            return f"&#X{ord(c):06X};"
        if form == 4:
            return f"&#{ord(c):05d}"  # without `;`: whatever follows may not be a digit
        return c

    out = []
    for position, c in enumerate(value):
        written = change(c) if rng.random() < 0.25 else c
        follower = value[position + 1 : position + 2]
        if written.startswith("&") and not written.endswith(";") and follower.isalnum():
            written += ";"
        out.append(written)
    return "".join(out)


_SEPARATORS = (" ", " ", " ", "\n", "\t", "\f", "\r", "\r\n", "/", "  ", " / ", "/ /", " \t\n")


def attribute(rng: Random, name: str, value: str | None) -> str:
    """Write one attribute."""
    if rng.random() < 0.15:
        name = _some(rng, name, str.upper, 0.5)
    if value is None:
        return name
    if rng.random() < 0.2:
        value = refer(rng, value)
    else:
        value = value.replace("&", "&amp;") if rng.random() < 0.7 else value
    equals = rng.choice(["=", "=", "=", "=", " = ", "=\n", "\t=", " =\r"])
    quote_ = rng.choice('"""\'\'-')
    if (
        quote_ == "-"
        and value
        and not set(value) & set(" \t\n\f\r>\"'`=<")
        and not value.endswith("/")
    ):
        return f"{name}{equals}{value}"
    quote_ = '"' if quote_ == "-" else quote_
    return f"{name}{equals}{quote_}{value.replace(quote_, f'&#{ord(quote_)};')}{quote_}"


_JUNK = ("alt=", 'alt="a>b"', "alt='<!--'", 'alt="<script"', "=", '"', "a\"b='c'", "a'=\"", "x<y", "<", "a=b\"c", "a=b'c=d", "/", "\x00a=1", "a\x00=1",
         "title='</script>'", 'title="</noscript>"', "data-x", "data-x=''", "a==b", "a=`b", "==", "é=ü", "İ=1", "=a='>'", "a b", "hidden", "data-consent",
         "title=&gt;", 'title="&quot;>"', "a=/", "a=\"'\"", "a='\"'")  # fmt: skip


def tag(
    rng: Random, name: str, attributes: list[tuple[str, str | None]], *, plain: bool = False
) -> str:
    """Write a start tag; seldom plainly."""
    parts = [attribute(rng, key, value) for key, value in attributes]
    if not plain:
        if rng.random() < 0.15:
            name = _some(rng, name, str.upper, 0.5)
        if rng.random() < 0.2:
            parts.insert(rng.randrange(len(parts) + 1), rng.choice(_JUNK))
        if rng.random() < 0.1 and attributes:  # a duplicate, on either side
            key = rng.choice(attributes)[0]
            twin = attribute(rng, key, rng.choice([denied_url, fine_url])(rng))
            parts.insert(rng.choice([0, len(parts)]), twin)
    out = f"<{name}"
    for part in parts:
        out += (" " if plain else rng.choice(_SEPARATORS)) + part
        if not plain and part.endswith(('"', "'")) and rng.random() < 0.05:
            out += rng.choice(["", "/"])
    return out + (">" if plain else rng.choice([">", ">", ">", " >", "/>", " />", "\n>", " / >"]))


def data_url(rng: Random, page: str) -> str:
    """Carry a page in a URL."""
    kind = "image/svg+xml" if "<svg" in page and rng.random() < 0.5 else "text/html"
    head = rng.choice(
        [f"data:{kind}", f"data:{kind};charset=utf-8", f"DATA:{kind.upper()}", f" data:{kind}"]
    )
    if rng.random() < 0.4:
        return f"{head};base64,{base64.b64encode(page.encode()).decode()}"
    return f"{head},{quote(page) if rng.random() < 0.7 else page.replace('%', '%25').replace('#', '%23')}"
