"""The smallest pages of defects that the fuzzer, or somebody reading the engine, has found."""

from __future__ import annotations

REGRESSIONS: tuple[str, ...] = (
    # A reference without semicolon is held back by ASCII letters and digits only.
    "<img src='https://tag&shy\uff44enied.example/'>".replace("tag&shy", "tag-&shy"),
    # Within a frameset no element but a few is made, so none of them hides a frame.
    "<frameset><style><frame src=//tag-denied.example/></style>",
    "<frameset><plaintext><frame src=//tag-denied.example/>",
    "<frameset></frameset><title><noframes></title>",
    "<svg><desc><frameset><xmp><frame src=//tag-denied.example/>",
    # Any heading's end tag closes any heading, and then CDATA is possible again.
    "<svg><desc><h2></h1><![CDATA[ > <!-- ]]><script src=//tag-denied.example/></script><!-- -->",
    "<svg><desc><select><input><![CDATA[ > <!-- ]]><script src=//tag-denied.example/></script><!-- -->",
    # NUL becomes U+FFFD, which no URL parser strips from the front.
    "<img src='\0https://tag-denied.example/'>",
    # What a cut joins must not become a tag.
    "<<script src=//tag-denied.example/></script>img src=//tag-denied.example/>",
    "a<<img src=//tag-denied.example/>!-- <b>",
    "&l<img src=//tag-denied.example/>t;b",
    "<noscript><<img src=//tag-denied.example/>/noscript><img src=//tag-denied.example/></noscript>",
)
