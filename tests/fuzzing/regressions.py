"""The smallest pages of defects that the fuzzer, or somebody reading the engine, has found."""

from __future__ import annotations

REGRESSIONS: tuple[str, ...] = (
    # An element's text ends at its own end tag, not at one whose name only starts alike.
    "<title></titlex><img src=//tag-denied.example/></title>",
    "<xmp></xmpx><script src=//tag-denied.example/></script></xmp>",
    # A reference without semicolon is held back by ASCII letters and digits only.
    "<img src='https://tag-&shy\uff44enied.example/'>",
    # Within a frameset no element but a few is made, so none of them hides a frame.
    "<frameset><style><frame src=//tag-denied.example/></style>",
    "<frameset><plaintext><frame src=//tag-denied.example/>",
    "<frameset></frameset><title><noframes></title>",
    "<svg><desc><frameset><xmp><frame src=//tag-denied.example/>",
    # Any heading's end tag closes any heading, and then CDATA is possible again.
    "<svg><desc><h2></h1><![CDATA[ > <!-- ]]><img src=//tag-denied.example/><!-- -->",
    "<svg><desc><select><input><![CDATA[ > <!-- ]]><img src=//tag-denied.example/><!-- -->",
    # NUL becomes U+FFFD, which no URL parser strips from the front.
    "<img src='\0https://tag-denied.example/'>",
    "<img src='//\0.tag-denied.example'>",
    # What a cut joins must not become a tag.
    "<<script src=//tag-denied.example/></script>img src=//tag-denied.example/>",
    "a<<img src=//tag-denied.example/>!-- <b>",
    "&l<img src=//tag-denied.example/>t;b",
    "<noscript><<img src=//tag-denied.example/>/noscript><img src=//tag-denied.example/>",
    # What one reading cuts, another one may want to change.
    "<noscript><style>@\\69mport</noscript><svg><image\nhref='http:mixed.example/pagead'>",
    "<noscript><title></noscript><script src=//tag-denied.example/></script><img/sr",
    "<<noscript><plaintext></noscript></3><p>y</script/>/noscript><img src=//tag-denied.example/>",
    # A style sheet within svg, and what its bytes stand for.
    "<div data-consent=advertising><svg><style>@import'//tag-denied.example/x'</style></svg></div>",
    "<style>a{b:url(//tag-denied\uff0eexample/x)}</style>",
    "<p style='background:u\\72 l(//tag-denied.example/x)'>",
    "<style>@\\69 mport '//tag-denied.example/x';</style>",
    "<svg><base href='//tag-denied.example/'><img src=s>",
    "<svg><script language=x>deniedtag('init')</script></svg>",
    "<!doctype html><table><select><plaintext>a<caption>b",
    "<svg></d><style>",
    # A container goes on behind an end tag that a browser ignores.
    "<picture data-consent=advertising><p></picture><embed src=/x>",
    "<section data-consent=advertising><table></section><img src=/x>",
    "<p data-consent=advertising><svg><foreignObject></p><script>x</script>",
    # A base that can't count, and one that does.
    "<base href><noscript><base href=//tag-denied.example/><img src=s>",
    "<base href=//tag-denied.example/><iframe srcdoc='<img src=s>'></iframe>",
    "<body background=p><base href=//tag-denied.example/>",
    # One that counts with scripting off, and what is only an element with it on; and so around.
    "<noscript><base href=//tag-denied.example/><style></noscript><img src=s></style>",
    "<noscript><style></noscript><base href=//a.tag-denied.example></style><noscript><img src=s>",
    # What is cut out had kept no frameset out.
    "<select><track data-consent=x src=/y><noscript><frameset>b</noscript><p>",
    "<d><noscript><img src=//tag-denied.example/></noscript><frameset>",
    "<l><noscript><t data-consent=g>></noscript><img src=a><frameset>",
    # What is cut out begins where a chunk's bytes have left, in the reading that is behind.
    "<img src=//tag-denied.example/><noscript><xmp></noscript><frameset><frame src=/x></xmp>",
    "<img src=//tag-denied.example/><noscript><!--</noscript><frameset><p title=................",
    "<image src= 'http://tag-denied.example/a b'>><select><xmp><frameset>pt sr",
    # Foster parenting puts a base in front of what came before it, and a frameset takes one away.
    "<table><style>@import'x'</style><base href=//tag-denied.example>",
    "<table><style>@import'x'</style><base href=//tag-denied.example><image>",
    "<table><td><base href=//a.example/></td><base href=//tag-denied.example/><td><img src=s>",
    "<base href=//a.example/><table><base href=//tag-denied.example/><td><img src=s>",
    "<div><base href=//a.example/></div><frameset><frame src=/ads/x>",
    # html5lib trips over one of these, turbohtml over the other.
    "<svg><template data-consent=status><title><p></template><img src=//tag-denied.example/>",
    "<svg></p><style><img src=//tag-denied.example/><svg><select><desc><select><select>",
    # Only what stands directly inside is a style sheet's text within svg.
    "<svg><style>a{b:url(../ads/x<t>(",
    "<svg><desc><select><style><select><select><style><script src=//tag-denied.example/>",
    "<template></template><base href=//a.example/><base href=//tag-denied.example/><img src=s>",
    "<noscript>><body background=//203.0.113.9>",
    # What let a frameset in may not be cut out in front of it.
    "<img src=//tag-denied.example/><frameset><style><frame src=//tag-denied.example/></style>",
    # Allowed is only what is inside in every reading.
    "<noscript><div data-consent=status></noscript><img src=//tag-denied.example/>",
    "<table data-consent=status><img src=//tag-denied.example/></table>",
    "<td data-consent=status><img src=//tag-denied.example/>",
    "<p data-consent=status><div><img src=//tag-denied.example/></div></p>",
    "<select><title><table data-consent=status><script>deniedtag('init')</script>",
    # Nor is what the end of a formatting element takes out of a container later on.
    "<b><x data-consent=status><p><img src=//tag-denied.example/></b>",
    "<b><div><x data-consent=status><p><img src=//tag-denied.example/></b>",
    "<b><x data-consent=status><p><object><img src=//tag-denied.example/></object></b>",
    "<nobr><x data-consent=status><p><svg><style>@import '//tag-denied.example/'</style><nobr>",
    "<b data-consent=status><p style='background:url(//tag-denied.example/)'></b>",
    "<b><i data-consent=status><u><s><em><code><p><img src=//tag-denied.example/></b>",
    # An element of svg may be a container whatever its name.
    "<svg><frame data-consent=status><style>@import '//tag-denied.example/",
    "<svg><frame data-consent=advertising><style>@import '/x",
    "<div><svg></div><style><img src=//tag-denied.example/></style>",
    "<template><svg></template><style><img src=//tag-denied.example/></style>",
    # Small pages that once were refused.
    "<math><mi><table><tr><td><select><td><noscript><table><m></noscript>",
    "<math><ms><table><table><tr><td><table><select><tr>",
    "<body background=/x><body data-consent=advertising>",
    # A shape's end tag that is one of HTML.
    "<path><svg></path><style><img src=//tag-denied.example/></style>",
    "<noscript><path></noscript><svg></path><style><img src=//tag-denied.example/></style>",
    # Where `body` isn't written, browsers forget what a template before it holds.
    "<img src=//tag-denied.example/><template>></template><m><frameset><frame src=/x>",
    "<template>x</template><m><frameset><frame src=//tag-denied.example/>",
    "<template>x</template><m><frameset><plaintext><img src=//tag-denied.example/>",
    "<template><br></template><img src=//tag-denied.example/q><b><frameset><frame src=/x>",
    "<head><template><img src=//tag-denied.example/q></template></head><frameset><frame src=/x>",
    # A tag that allows, on what is cut out, allows nothing around it.
    "<div data-consent=advertising><nobr><iframe data-consent=status></iframe></div><img src=/ads>",
    "<math><p data-consent=e><b><iframe src=s data-consent=status></iframe></p><img src=/ads>",
    # As above, where it isn't the first thing of the page, which stays.
    "<p><img src=//tag-denied.example/><noscript><xmp></noscript><frameset><frame src=/x></xmp>",
    "<p><img src=//tag-denied.example/><noscript><!--</noscript><frameset><p title=...............",
    # A site's tag that denies, on a style that loads nothing.
    '<iframe srcdoc="<s/data-consent=v\nstyle=&#34URL(&#34>">',
)

SEEDS: tuple[int, ...] = (
    *(270515, 271183, 273258, 273486, 7002133, 8022061, 8043475),
    *(8067821, 8082422, 8148009, 8160923, 8189024, 20103199, 20116189, 30014940),
    *(30122898, 50026423, 60007786, 60108230, 60038807),
    *(60133494, 70149244, 70006657, 70017088, 70035643, 70116683, 70122403, 70125130),
    *(60044205, 70140235, 80054354, 90011191, 90019353, 90038885, 90050676, 92023413),
    *(92030593, 92085291, 93094530, 94063867, 96004618, 99000375, 99064084, 110035353),
    *(111032667, 113014501, 114027217, 120072212),
)
"""Pages of the generator on which an earlier engine went wrong."""
