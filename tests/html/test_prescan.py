"""What a page declares of its encoding."""

import pytest

from consentmw.html.prescan import read_declaration


# What the standard reads, and whether Chromium reads the same.
@pytest.mark.parametrize(
    ("page", "expected", "certain"),
    [
        (b"<meta charset=gbk>", "gb18030", True),
        (b"<meta/charset=gbk>", "gb18030", True),
        (b"<meta charset=' gbk\n'>", "gb18030", True),
        (b"<meta charset='gbk\xa0'>", None, False),
        (b"<metax charset=gbk>", None, False),
        (b"<meta charset=gbk", None, False),
        (b"<meta charset=&#103;bk>", None, False),
        (b"<meta charset=big5 charset=gbk>", "big5hkscs", False),
        (b"<meta charset=x charset=gbk>", None, False),
        (b"<meta charset=replacement>", "replacement", False),
        # need pragma
        (b"<meta http-equiv=CONTENT-TYPE content='a; charset=gbk'>", "gb18030", True),
        (b"<meta content='a; charset=gbk' http-equiv=content-type>", "gb18030", True),
        (b"<meta content='a; charset=gbk' http-equiv=refresh>", None, False),
        (b"<meta content='charset=gbk' http-equiv=content-type charset=big5>", "big5hkscs", True),
        (b"<meta charset=x content='charset=gbk' http-equiv=content-type>", None, False),
        (b"<meta http-equiv=content-type content='charset charset = \"gbk\"'>", "gb18030", True),
        (b"<meta http-equiv=content-type content='charset=\"gbk'>", None, False),
        (b"<meta http-equiv=content-type content='charset=gbk\"'>", None, False),
        (b"<meta http-equiv=content-type content='charset\x0b=gbk'>", None, False),
        # where it looks
        (b"<!--><meta charset=gbk>", "gb18030", True),
        (b"<!-- --!><meta charset=gbk>", None, False),
        (b"</3><meta charset=gbk>", "gb18030", True),
        (b"</3 <meta charset=gbk>", None, False),
        (b"<? <meta charset=gbk>", None, False),
        (b"<!x '<meta charset=gbk>'>", None, False),
        (b"<3 <meta charset=gbk>", "gb18030", True),
        (b"<a/title='>'<meta charset=gbk>", "gb18030", False),
        (b"<a title='<meta charset=gbk>", None, False),
        (b"<title><meta charset=gbk></title>", "gb18030", False),
        (b"<title><!--</title><meta charset=gbk><!-- -->", None, False),
        (b"<script>'<meta charset=gbk>'</script><meta charset=gbk>", "gb18030", True),
        (b"<script>'<meta charset=gbk>'</script><meta charset=big5>", "gb18030", False),
        (b"<noscript><meta charset=gbk></noscript>", "gb18030", False),
        (b"<noscript><meta charset=gbk></noscript><meta charset=gbk>", "gb18030", True),
        (b"<plaintext><meta charset=gbk>", "gb18030", False),
        (b"<p><meta charset=gbk>", "gb18030", True),
        (b" " * 1000 + b"<meta charset=gbk>", "gb18030", True),
        (b" " * 1010 + b"<meta charset=gbk>", None, False),
        # XML's declaration
        (b"<?xml encoding='gbk'?>", "gb18030", True),
        (b"<?xml encoding='gbk'?><meta charset=big5>", "big5hkscs", True),
        (b"<?xml encoding='gbk'?>" + b" " * 1024, "gb18030", False),
        (b"<?xml encoding='utf-16'?>", "utf-8", True),
        (b"<?xml encoding='gbk '?>", None, False),
        (b" <?xml encoding='gbk'?>", None, False),
        (b"<?xml encoding='gbk?>'", None, False),
    ],
)
def test_what_a_page_declares_is_certain_where_chromium_reads_it_like_the_standard(
    page, expected, certain
):
    assert read_declaration(page, complete=True) == (expected, certain)
    for end in range(len(page)):
        # What was told before all had come is what is told then.
        early = read_declaration(page[:end], complete=False)
        assert early in (None, (expected, certain))
