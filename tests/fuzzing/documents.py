# ruff: noqa: E501, Q003 # ingredients: a line for each, however it has to be quoted
"""Pages around something denied, mixed from everything that browsers read and naive scanners don't.

A page is a pure function of its seed. Nothing here knows what is alive in a page: its ingredients
nest and break one another, and only the parsers can say what came out.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from fuzzing.denied import HOST, LOADER, START
from fuzzing.spellings import data_url, denied_url, fine_url, tag
from fuzzing.xml_documents import write_xml_document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True, slots=True)
class Document:
    """One page of the fuzzer."""

    seed: int
    text: str
    encoding: str = "utf-8"
    """What the page is encoded in, as Python names it."""
    label: str | None = "utf-8"
    """What ``Content-Type`` says of it."""
    prefix: bytes = b""
    """A byte order mark."""
    xml: bool = False

    @property
    def body(self) -> bytes:
        """The page as a server sends it."""
        return self.prefix + self.text.encode(self.encoding, "xmlcharrefreplace")


# What loads: (element, attribute, further attributes, content and end tag).
_LOADERS: tuple[tuple[str, str, tuple[tuple[str, str | None], ...], str], ...] = (
    ("script", "src", (), "</script>"),
    ("script", "src", (("async", None),), "</script>"),
    ("script", "src", (("type", "module"),), "x()</script >"),
    ("SCRIPT", "src", (("type", "text/javascript"),), "</ScRiPt>"),
    ("script", "src", (("type", "application/json"),), "{}</script>"),
    ("script", "src", (), "</script/ x='>'>"),
    ("script", "src", (), "a<b</scriptx></script>"),
    ("img", "src", (), ""),
    ("img", "src", (("alt", ""), ("width", "1")), ""),
    ("image", "src", (), ""),
    ("img", "srcset", (), ""),
    ("source", "srcset", (), ""),
    ("source", "src", (), ""),
    ("iframe", "src", (), "</iframe>"),
    ("iframe", "src", (("loading", "lazy"),), "<img src=//fine.example/a></iframe >"),
    ("iframe", "src", (), "<!-- </iframe> -->"),
    ("frame", "src", (), ""),
    ("embed", "src", (), ""),
    ("object", "data", (), "x</object>"),
    ("video", "src", (), "y</video>"),
    ("video", "poster", (), "</video>"),
    ("audio", "src", (), "</audio>"),
    ("track", "src", (), ""),
    ("link", "href", (("rel", "preconnect"),), ""),
    ("link", "href", (("rel", "x PRELOAD"), ("as", "script")), ""),
    ("link", "href", (("rel", "stylesheet"),), ""),
    ("link", "imagesrcset", (("rel", "preload"), ("as", "image")), ""),
    ("link", "href", (("rel", "canonical"),), ""),
    ("input", "src", (("type", "IMAGE"),), ""),
    ("input", "src", (("type", "text"),), ""),
    ("body", "background", (), ""),
    ("td", "background", (), ""),
    ("table", "background", (), ""),
    ("base", "href", (), "<img src=x/y.gif><script src=z.js></script><img src=/ads/1>"),
    ("a", "href", (), "z</a>"),
    ("image", "href", (), ""),
    ("image", "xlink:href", (), ""),
    ("use", "href", (), ""),
    ("feImage", "xlink:href", (), ""),
    ("script", "href", (), "</script>"),
    ("script", "xlink:href", (), "</script>"),
    ("scr\x00ipt", "src", (), ""),
    ("\u017fcript", "src", (), "</script>"),
    ("\u0130mg", "src", (), ""),
    ("\u0131mg", "src", (), ""),
    ("scriptx", "src", (), ""),
    ("img", "data-src", (), ""),
    ("img", "sr\x00c", (), ""),
)


class _Writer:
    """Writes one page."""

    def __init__(self, seed: int) -> None:
        self.rng = Random(seed)
        self.depth = 0

    def url(self) -> str:
        return denied_url(self.rng) if self.rng.random() < 0.7 else fine_url(self.rng)

    def srcset(self) -> str:
        rng = self.rng
        parts = [
            rng.choice([self.url, self.url, lambda: "data:image/gif;base64,R0lGODlhAQABAAAAACw=", lambda: "data:,a,b"])()
            + rng.choice(["", " 1x", " 2x", " 100w", " (1,2)", "\t3x ", ","])
            for _ in range(rng.randrange(1, 4))
        ]  # fmt: skip
        return rng.choice([", ", ",", " , ", ",,", ",\n"]).join(parts)

    def loader(self) -> str:
        rng = self.rng
        name, key, further, rest = rng.choice(_LOADERS[:12] if rng.random() < 0.4 else _LOADERS)
        value = self.srcset() if key.endswith("srcset") else self.url()
        attributes = [(key, value), *further]
        if rng.random() < 0.12:
            attributes.insert(0, ("data-consent", self.consent()))
        if rng.random() < 0.1:
            attributes.append(
                (rng.choice(["src", "srcset", "href", "xlink:href", "data-x"]), self.url())
            )
        rng.shuffle(attributes)
        return tag(rng, name, attributes, plain=rng.random() < 0.3) + rest

    def consent(self) -> str:
        return self.rng.choice(
            [
                "advertising",
                "status",
                "advertising status",
                "adverts",
                "",
                "analytics",
                " ADVERTISING",
            ]
        )

    def inline(self) -> str:
        rng = self.rng
        code = rng.choice(
            [f"s.src='https://{LOADER}';", f"{START});", f"/*{HOST}*/x()", "y<z;", f'{START}, "<!--");', f"// <!--\n{START})",
             f"deniedtag('track'); '{HOST}'"]
        )  # fmt: skip
        kind = rng.choice(["", "", "", ' type="module"', ' type="text/javascript"', ' type="application/json"', " type=importmap",
                           ' type="text/plain"', ' language="JavaScript"', ' type=" text/javascript "', " type", ' type="text/x"'])  # fmt: skip
        end = rng.choice(["</script>", "</script>", "</SCRIPT >", "</script/>", "</script\n>", ""])
        return f"<script{kind}>{code}{end}"

    def style(self) -> str:
        rng = self.rng
        url = self.url().replace("\n", "").replace("\r", "")
        hidden = rng.choice(
            [
                "url",
                "URL",
                "u\\72l",
                "u\\72 l",
                "\\75\\72\\6c",
                "u\\000072l",
                "src",
                "image-set",
                "-webkit-image-set",
                "x",
            ]
        )
        value = rng.choice(
            [
                "{}({})",
                '{}("{}")',
                "{}('{}')",
                "{}( {} )",
                "{}(/**/'{}')",
                "{}({}",
                '{}("{}"',
                "/*{}({})*/",
                "'{}({})'",
            ]
        ).format(hidden, url)
        if rng.random() < 0.2:
            value = value.replace("/", "\\/").replace("t", "\\74 ", 1)
        if rng.random() < 0.5:
            return tag(
                rng,
                rng.choice(["div", "p", "img", "svg", "rect"]),
                [("style", f"background:{value}")],
            )
        keyword = rng.choice(
            ["@import", "@IMPORT", "@\\69mport", "@\\69 mport", "@import/**/", "@media"]
        )
        sheet = rng.choice(
            [
                "a{{b:{1}}}",
                "{0} {1};",
                "{0} '{2}';",
                '{0}"{2}"',
                "<!--{0} '{2}';-->",
                "a{{}}{0} {1} print;",
            ]
        )
        end = rng.choice(["</style>", "</STYLE >", ""])
        before, after = rng.choice(
            [
                ("", ""),
                ("", ""),
                ("<svg>", "</svg>"),
                ("<noscript>", "</noscript>"),
                ("<select>", "</select>"),
            ]
        )
        return f"{before}<style>{sheet.format(keyword, value, url)}{end}{after}"

    def nested(self) -> str:
        """A page within the page."""
        rng = self.rng
        page = self.pieces(2)
        form = rng.randrange(6)
        if form < 3:
            return tag(rng, "iframe", [("srcdoc", page)], plain=True) + "</iframe>"
        if form == 3:
            return f"<object data='{data_url(rng, page).replace(chr(39), '%27').replace('&', '%26')}'></object>"
        return (
            tag(
                rng,
                rng.choice(["iframe", "embed", "frame"]),
                [("src", data_url(rng, page))],
                plain=True,
            )
            + "</iframe>"
        )

    def wrapped(self) -> str:
        rng = self.rng
        inner = self.pieces(2)
        before, after = rng.choice(WRAPS)
        return before + inner + (after if rng.random() < 0.85 else "")

    def tagged(self) -> str:
        rng = self.rng
        name = rng.choice(
            [
                "div",
                "p",
                "section",
                "span",
                "picture",
                "table",
                "video",
                "svg",
                "noscript",
                "template",
                "select",
                "b",
            ]
        )
        return (
            tag(rng, name, [("data-consent", self.consent())])
            + self.pieces(2)
            + rng.choice([f"</{name}>", f"</{name} >", ""])
        )

    def noise(self) -> str:
        return self.rng.choice(NOISE)

    def text(self) -> str:
        return self.rng.choice(
            [
                "t",
                "a b\n",
                "é漢",
                "&amp;lt;",
                "1 < 2 & 3 > 2",
                "\r\n",
                f"https://{HOST}/",
                "<",
                "&l",
                "<b>x</b>",
                "<p id=k>y",
                "x=",
            ]
        )

    def pieces(self, most: int) -> str:
        self.depth += 1
        rng = self.rng
        out = []
        for _ in range(rng.randrange(1, most + 1)):
            makers = _SHALLOW if self.depth > 4 else _MAKERS
            out.append(rng.choice(makers)(self))
        self.depth -= 1
        return "".join(out)


_SHALLOW: tuple[Callable[[_Writer], str], ...] = (
    *[_Writer.loader] * 6,
    _Writer.inline,
    _Writer.style,
    _Writer.noise,
    _Writer.noise,
    _Writer.text,
)
_MAKERS: tuple[Callable[[_Writer], str], ...] = (
    *_SHALLOW,
    *[_Writer.wrapped] * 6,
    _Writer.tagged,
    _Writer.nested,
)


# Where a foreign element has made room for HTML again, so that `style` is text.
_READ_AS_HTML = (
    "<svg><desc>", "<svg><title>", "<svg><foreignObject>", "<math><mi>", "<math><mtext>", "<math><annotation-xml encoding=text/html>",
    "<math><annotation-xml encoding=application/xhtml+xml>", "<svg><p>", "<svg><font color=red>", "<svg><table>", "<svg/>", "<math/>",
    "<svg></svg>", "<svg><g></svg>", "<math><annotation-xml><svg><desc>", "<svg><desc><div></div>", "<template>", "<svg><image/></svg>",
)  # fmt: skip
# What stands around: text for one reading, markup for another.
WRAPS: tuple[tuple[str, str], ...] = (
    ("<!--", "-->"),
    ("<!--", "--!>"),
    ("<!--", "-- >"),
    ("<!-->", "-->"),
    ("<!--->", "-->"),
    ("<!-- -- -", "--->"),
    ("<!--<!--", "-->"),
    ("<!-", ">"),
    ("<!x ", ">"),
    ("<?x ", "?>"),
    ("</ x ", ">"),
    ("</>", ""),
    ("</3>", ""),
    ("<!doctype html '>", "'>"),
    ('<!DOCTYPE html PUBLIC "a>b" "', '">'),
    ("<![CDATA[", "]]>"),
    ("<svg><![CDATA[", "]]></svg>"),
    ("<math><![CDATA[", "]]>"),
    ("<svg><desc><![CDATA[", "]]>"),
    ("<script><!--<script>", "</script>--></script>"),
    ("<script><!--<script></script>", "</script>"),
    ("<script><!--</script>", "--></script>"),
    ("<script><!--></script>", ""),
    ("<script><!---></script>", ""),
    ("<script><!--><script></script>", ""),
    ("<script><!---><script></script>", ""),
    ("<script><!--<SCRIPT/", "</script/></script>"),
    ("<script><!--<scriptx></script>", ""),
    ("<script><!-- --><script></script>", ""),
    ("<script><!--<script --></script>", "</script>"),
    ("<script>'<!--'+'<script>'</script>", "</script>"),
    ("<script type=text/template>", "</script>"),
    ("<script>", "</scriptx></script>"),
    ("<script/>", "</script>"),
    ("<style>", "</style>"),
    ("<style/>", "</style\n>"),
    ("<title>", "</title>"),
    ("<title/>", "</TITLE>"),
    ("<textarea>", "</textarea/>"),
    ("<textarea><!--</textarea>", "-->"),
    ("<xmp>", "</xmp>"),
    ("<noembed>", "</noembed>"),
    ("<noframes>", "</noframes x>"),
    ("<iframe>", "</iframe>"),
    ("<plaintext>", "</plaintext>"),
    ("<svg><style>", "</style></svg>"),
    ("<svg><title>", "</title></svg>"),
    ("<math><style>", "</style></math>"),
    ("<svg><textarea>", "</textarea></svg>"),
    ("<svg><script>", "</script></svg>"),
    ("<svg><script/>", "</svg>"),
    ("<svg><style/>", "</svg>"),
    ("<svg/>", ""),
    ("<svg>", "</svg>"),
    ("<svg><g>", "</g></svg>"),
    ("<svg><a>", "</a>"),
    ("<svg><desc>", "</desc></svg>"),
    ("<svg><foreignObject>", "</foreignObject></svg>"),
    ("<svg><foreignObject><style>", "</style></foreignObject></svg>"),
    *((f"{before}<style><!--</style>", "-->") for before in _READ_AS_HTML),
    ("<svg><foreignObject><svg><style>", "</style></svg></foreignObject></svg>"),
    ("<svg><foreignObject/><style>", "</style></svg>"),
    ("<svg><p><style>", "</style>"),
    ("<svg></p><style>", "</style>"),
    ("<svg></br><style>", "</style>"),
    ("<svg><font><style>", "</style>"),
    ("<svg><font color=red><style>", "</style>"),
    ("<svg><FONT SIZE=1><title>", "</title>"),
    ("<svg><b/><style>", "</style>"),
    ("<svg><title><style>", "</style></title></svg>"),
    ("<svg><xmp>", "</xmp></svg>"),
    ("<svg><noscript>", "</noscript></svg>"),
    ("<svg><template>", "</template></svg>"),
    ("<svg><select><style>", "</style></select></svg>"),
    ("<svg><math><style>", "</style>"),
    ("<svg><annotation-xml encoding=text/html><style>", "</style>"),
    ("</svg><svg></g><style>", "</style>"),
    ("<svg></path></svg><style>", "</style>"),
    ("<svg><g></svg><style>", "</style>"),
    ("<svg><desc></svg><style>", "</style>"),
    ("<svg><desc></desc><style>", "</style>"),
    ("<svg><desc><div></svg><style>", "</style>"),
    ("<svg><desc><div></desc><style>", "</style>"),
    ("<svg><foreignObject><div></svg><style>", "</style>"),
    ("<svg><foreignObject><p></foreignObject><style>", "</style>"),
    ("<svg><foreignObject><b></foreignObject></b><style>", "</style>"),
    ("<math><mi><style>", "</style></mi></math>"),
    ("<math><mi><mglyph><style>", "</style></mglyph></mi></math>"),
    ("<math><mtext><malignmark><style>", "</style>"),
    ("<math><mtext><svg><style>", "</style>"),
    ("<math><ms><table><mi><style>", "</style>"),
    ("<math><mtext><table><mglyph><style>", "</style>"),
    ("<math><annotation-xml><style>", "</style></annotation-xml></math>"),
    ("<math><annotation-xml encoding=text/html><style>", "</style></annotation-xml></math>"),
    ("<math><annotation-xml encoding='Application/XHTML+xml'><title>", "</title></annotation-xml></math>"),
    ("<math><annotation-xml encoding=text/htm><style>", "</style>"),
    ("<math><annotation-xml><svg><desc><style>", "</style>"),
    ("<math><annotation-xml encoding=text/plain encoding=text/html><style>", "</style>"),
    ("<math><annotation-xml><foreignObject><style>", "</style>"),
    ("<math><mi></math><style>", "</style>"),
    ("<math><mi><p></mi><style>", "</style>"),
    ("<math><desc><style>", "</style></desc></math>"),
    ("<math/><style>", "</style>"),
    ("<math><mi/><style>", "</style></math>"),
    ("<math><p/><style>", "</style>"),
    ("<p><svg></p><style>", "</style>"),
    ("<table><svg><td><style>", "</style></table>"),
    ("<table><tr><td><svg></td><style>", "</style></table>"),
    ("<table><tr><td><svg><desc></td><style>", "</style></table>"),
    ("<table><caption><svg></caption><style>", "</style></table>"),
    ("<button><svg><desc></button><style>", "</style>"),
    ("<a><svg><desc></a><style>", "</style>"),
    ("<b><svg><desc></b><style>", "</style>"),
    ("<b><p><svg><desc><style>", "</b></style>"),
    ("<a><svg><desc><a><style>", "</style>"),
    ("<select>", "</select>"),
    ("<select><title/>", "</title></select>"),
    ("<select><title>", "</title></select>"),
    ("<select><xmp>", "</xmp></select>"),
    ("<select><style>", "</style></select>"),
    ("<select><textarea>", "</textarea></select>"),
    ("<select><textarea></select>", "</textarea>"),
    ("<select><option><plaintext>", ""),
    ("<select><iframe>", "</iframe></select>"),
    ("<select><noscript>", "</noscript></select>"),
    ("<select><svg><style>", "</style></svg></select>"),
    ("<select><svg><desc></select><style>", "</style>"),
    ("<select><math><mi></select><style>", "</style>"),
    ("<select><input><style>", "</style>"),
    ("<select><select><xmp>", "</xmp>"),
    ("<table><tr><td><select><svg></td><style>", "</style>"),
    ("<table><select><tr><xmp>", "</xmp>"),
    ("<frameset>", "</frameset>"),
    ("<frameset><frame><style>", "</style></frameset>"),
    ("<frameset><noframes>", "</noframes></frameset>"),
    ("<frameset><xmp>", "</xmp></frameset>"),
    ("<frameset><title>", "</title></frameset>"),
    ("<frameset></frameset><noframes>", "</noframes>"),
    ("<frameset></frameset><style>", "</style>"),
    ("<frameset></frameset></html><script>", "</script>"),
    ("<frameset><svg><style>", "</style>"),
    ("<body><frameset><style>", "</style>"),
    ("x<frameset><xmp>", "</xmp>"),
    ("<noscript>", "</noscript>"),
    ("<head><noscript>", "</noscript></head>"),
    ("<noscript><!-- </noscript>", "-->"),
    ("<noscript><style></noscript>", "</style>"),
    ("<noscript><style>", "</style></noscript>"),
    ("<noscript><title></noscript>", "</title>"),
    ("<noscript><p title='</noscript>", "'>"),
    ('<noscript><img alt="</noscript>', '">'),
    ("<noscript><xmp></noscript>", "</xmp></noscript>"),
    ("<noscript><svg><style></noscript>", "</style></svg>"),
    ("<noscript><svg></noscript><style>", "</style></svg>"),
    ("<noscript><svg><desc></noscript><style>", "</style></svg>"),
    ("<noscript><plaintext></noscript>", ""),
    ("<noscript><script></noscript>", "</script></noscript>"),
    ("<noscript><script><!--<script></noscript>", "</script>--></script>"),
    ("<noscript><textarea></noscript>", "</textarea>"),
    ("<noscript><template></noscript>", "</template>"),
    ("<noscript><![CDATA[</noscript>", "]]>"),
    ("<noscript><select></noscript><xmp>", "</xmp></select>"),
    ("<noscript></noscript x='", "'>"),
    ("<noscript><noscript></noscript>", "</noscript>"),
    ("<noscript><iframe></noscript>", "</iframe>"),
    ("<noscript><!--</noscript><!-- -->", "-->"),
    ("<noscript><a =\"</noscript>", '">'),
    ("<head><noscript><base href=//tag-denied.example/></noscript></head>", ""),
    ("<template>", "</template>"),
    ("<template shadowrootmode=open>", "</template>"),
    ("<div><template shadowrootmode=closed>", "</template></div>"),
    ("<template><style>", "</style></template>"),
    ("<template><svg><style>", "</style></svg></template>"),
    ("<template><svg></template><style>", "</style></svg>"),
    ("<svg><desc><template></svg><style>", "</style></template>"),
    ("<template><select><xmp>", "</xmp></select></template>"),
    ("<table><template><td><style>", "</style></template>"),
    ("<template><frameset><xmp>", "</xmp>"),
    ("<head><head x=1>", "</head>"),
    ("<!-- <head> --><header>", "</header>"),
    ("<html><!-- --><HEAD id='a>b'>", "</HEAD>"),
    ("</head>", ""),
    ("<body>", "</body>"),
    ("</body></html>", ""),
    ("<base href='//tag-denied.example/x/'>", ""),
    ("<base href='https://fine.example/'><base href=//tag-denied.example>", ""),
    ("<base target=_top><base href=//tag-denied.example>", ""),
    ("<base href='/'>", ""),
    ("<base href='data:,x'>", ""),
    ("<table>", "</table>"),
    ("<table><tr><td>", "</td></tr></table>"),
    ("<table><style>", "</style></table>"),
    ("<table><noscript>", "</noscript></table>"),
    ("<picture>", "</picture>"),
    ("<object>", "</object>"),
    ("<video>", "</video>"),
    ("<canvas>", "</canvas>"),
    ("<marquee>", "</marquee>"),
    ("<button disabled>", "</button>"),
    ("<details>", "</details>"),
    ("<p title=\"", '">'),
    ("<p title='", "'>"),
    ("<p title=", ">"),
    ("<p ", ">"),
    ("<p a=b\"c d=\"", '">'),
    ("<a =\"", '">'),
    ("<a =>", ""),
    ("<a a=>", ""),
    ('<a b"c=d>', ""),
    ('<a b=c"d e="x>y">', ""),
    ("<<", ""),
    ("<", ""),
    ("</", ""),
    ("<!", ""),
    ("<p", ""),
    ("&l", "t;b"),
    ("&#6", "0;b"),
    ("<", "!-- x -->"),
    ("<", "img src=//tag-denied.example/j>"),
    ("<<", "script src=//tag-denied.example/j></script>"),
    ("<", "/noscript>"),
    ("<noscript><", "/noscript><img src=//tag-denied.example/k></noscript>"),
    ("<title><", "/title>"),
    ("<script>x<", "/script>"),
    ("<svg><style><", "/style>"),
    ("<!-", "- x"),
    ("<!--x-", "->"),
    ("<style>@import '//tag-denied.example/a.css';", "</style>"),
)  # fmt: skip

NOISE: tuple[str, ...] = (
    "<", "</", "<!--", "-->", "--!>", "<![CDATA[", "]]>", ">", '"', "'", "=", "/>", "<!>", "<?>", "</>", "<svg>", "</svg>", "<math>",
    "</math>", "<select>", "</select>", "<script>", "</script>", "<style>", "</style>", "<title>", "</title>", "<textarea>", "</textarea>",
    "<noscript>", "</noscript>", "<template>", "</template>", "<table>", "</table>", "<td>", "<tr>", "</p>", "</br>", "<p>", "<b>", "</b>", "<a>",
    "</a>", "<desc>", "</desc>", "<foreignObject>", "</foreignObject>", "<mi>", "</mi>", "<mglyph>", "<annotation-xml encoding=text/html>",
    "<font color=x>", "<font>", "<body>", "</body>", "<html>", "</html>", "<head>", "</head>", "<frameset>", "</frameset>", "<noframes>", "<xmp>",
    "</xmp>", "<iframe>", "</iframe>", "<option>", "<input>", "<button>", "</button>", "<form>", "</form>", "<div>", "</div>", "\x00", "\r", "\f",
    "<br>", "<image>", "<plaintext>", "<caption>", "</caption>", "<colgroup>", "<h1>", "</h1>", "<li>", "<ruby><rt>", "<object>", "</object>",
    "<svg><", "<math><mtext>", "<nobr>", "</nobr>", "<hr>", "<keygen>", "<noembed>", "</noembed>", "<menuitem>", "<isindex>", "<dialog>", "<search>",
    "<selectedcontent>", "<br/>", "</sarcasm>", "<center>", "<pre>\n", "<listing>\n", "<dl><dt>", "<![CDATA[x]]>", "<marquee>", "</marquee>",
)  # fmt: skip

_HEADS = (
    "", "", "<!doctype html>", "<!DOCTYPE html><html><head><title>x</title></head><body>", "<head>", "<HEAD\n>", "\ufeff<!doctype html>", "<html>",
    "<!-- a --><html lang=en><head>", "text", "<header>", "<body>", "<!doctype html><head><base href='https://fine.example/d/'>", "<p>",
)  # fmt: skip

# (Python's name, Content-Type's label, bytes in front, meta in front)
_CHARSETS: tuple[tuple[str, str | None, bytes, str], ...] = (
    ("utf-16-le", None, b"\xff\xfe", ""),
    ("utf-16-be", None, b"\xfe\xff", ""),
    ("utf-16-le", "utf-16", b"", ""),
    ("utf-16-be", "UTF-16BE", b"", ""),
    ("utf-16-le", "utf-16le", b"\xff\xfe", ""),
    ("utf-8", "windows-1252", b"\xef\xbb\xbf", ""),
    ("utf-8", "utf-16", b"\xef\xbb\xbf", ""),
    ("iso2022_jp", "iso-2022-jp", b"", ""),
    ("iso2022_jp", None, b"", "<meta charset=iso-2022-jp>"),
    ("shift_jis", "shift_jis", b"", ""),
    (
        "shift_jis",
        None,
        b"",
        "<meta http-equiv=content-type content='text/html; charset=Shift_JIS'>",
    ),
    ("gb18030", "gb18030", b"", ""),
    ("gb18030", "gbk", b"", ""),
    ("big5", "big5", b"", ""),
    ("euc-jp", "euc-jp", b"", ""),
    ("euc-kr", "euc-kr", b"", ""),
    ("cp1252", "iso-8859-1", b"", ""),
    ("cp1252", "no-such-thing", b"", ""),
    ("utf-8", None, b"", "<meta charset=utf-8>"),
    ("utf-8", "UTF-8", b"\xef\xbb\xbf", ""),
    ("utf-8", None, b"", "<meta charset=utf-16>"),
    ("cp1252", None, b"", "<meta charset=x-user-defined>"),
)


def write_document(seed: int) -> Document:
    """Write the page of a seed."""
    writer = _Writer(seed)
    rng = writer.rng
    if rng.random() < 0.08:
        return Document(seed, write_xml_document(rng), xml=True)
    text = rng.choice(_HEADS) + writer.pieces(4)
    for _ in range(rng.choice((0, 0, 0, 1, 2))):
        text = _disturb(rng, text)
    if rng.random() < 0.15:
        encoding, label, prefix, meta = rng.choice(_CHARSETS)
        tricky = rng.choice(["\u8868", "\u30bd", "\u4e17", "漢字", "\uff1c", "é", "\u3042"])
        return Document(seed, (meta + tricky + text), encoding, label, prefix)
    return Document(seed, text)


def plain_pages() -> Iterator[Document]:
    """Yield each ingredient once by itself, with something denied inside and behind it."""
    for number, (before, after) in enumerate(WRAPS):
        for place, loader in enumerate(_PLAIN):
            yield Document(-2 * number - place, f"{before}{loader}{after}{loader}")


_PLAIN = (f"<img src=//{HOST}/>", f"<script src=//{HOST}/></script>")


def _disturb(rng: Random, text: str) -> str:
    """Cut, copy, move or insert."""
    one, other = sorted((rng.randrange(len(text) + 1), rng.randrange(len(text) + 1)))
    other = min(other, one + 40)
    match rng.randrange(5):
        case 0:
            return text[:one] + text[other:]
        case 1:
            return text[:other] + text[one:other] + text[other:]
        case 2:
            return text[:one]
        case 3:
            return text[:one] + rng.choice(NOISE) + text[one:]
        case _:
            return text[:one] + rng.choice("<>\"'=/!-&;\x00 \n") + text[one:]
