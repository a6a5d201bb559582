"""Inline scripts: what loads or starts something, beside what merely mentions it."""

import pytest

from consentmw.core.catalogue import Catalogue
from consentmw.core.rules import Rule
from consentmw.core.scripts import compile_marker


def rule(kind, pattern, category="advertising"):
    return Rule(kind=kind, pattern=pattern, category=category, vendor="V", source="test")


CATALOGUE = Catalogue(
    [
        rule("host", "ads.example"),
        rule("url", "https://mixed.example/pixel/*"),
        rule("inline", "fbq('init'"),
        rule("inline", "_partner_id ="),
        rule("inline", "gtag('config', 'AW-*'"),
        rule("inline", "other.example/loader/*"),
    ]
)
LOADER = "var s=document.createElement('script');s.async=1;s.src={};document.head.appendChild(s);"


def found(script):
    return [answer.rule.pattern for answer in CATALOGUE.classify_inline(script)]


@pytest.mark.parametrize(
    "script",
    [
        LOADER.format("'https://ads.example/a.js'"),
        LOADER.format('"//ads.example/a.js"'),
        LOADER.format("`https://ads.example/a.js?${id}`"),
        LOADER.format("`${location.protocol}//ads.example/a.js`"),
        LOADER.format("'https:\\/\\/ads.example\\/a.js'"),
        LOADER.format("p+'://ads.example/a.js'"),
        LOADER.format("'https://'+'ads.example/a.js'"),
        LOADER.format("('https:'==location.protocol?'https://s':'http://w')+'.ads.example/a.js'"),
        LOADER.format("'HTTPS://ADS.EXAMPLE/a.js'"),
        (
            "!function(d,t,u){var s=d.createElement(t);s.src=u;d.body.appendChild(s)}"
            "(document,'script','https://ads.example/a.js');"
        ),
        "new Image().src = 'https://ads.example/p.gif';",
        "import('https://ads.example/a.js');",
        "fetch('https://ads.example/p');",
        "navigator.sendBeacon('https://ads.example/p');",
        "$.getScript('https://ads.example/a.js');",
        "require(['https://ads.example/a.js']);",
        "loadScript('https://ads.example/a.js');",
        "f.setAttribute('src', 'https://ads.example/f');",
        "document.write('<script src=\"https://ads.example/a.js\"><\\/script>');",
        "document.write('<img src=//ads.example/p.gif>');",
        'document.write("<scr" + "ipt src=\'https://ads.example/a.js\'></scr" + "ipt>");',
        "el.innerHTML = '<iframe src=\"https://ads.example/f\"></iframe>';",
        "// comment 'with a quote\n" + LOADER.format("'https://ads.example/a.js'"),
        "var r = /['\"]/g;" + LOADER.format("'https://ads.example/a.js'"),
        "<!--\n" + LOADER.format("'https://ads.example/a.js'") + "\n//-->",
        LOADER.partition("{}")[0] + "'https://ads.example/a.js",
    ],
)
def test_a_url_in_a_string_of_its_own_near_loading_code_is_a_loader(script):
    assert found(script) == ["ads.example"]


@pytest.mark.parametrize(
    "script",
    [
        'window.config = {"pixel": "https://ads.example/a.js"};',
        "window.config = ['https://ads.example/a.js'];",
        LOADER.format("'/own.js'") + 'var c = {"pixel":"https://ads.example/a.js"};',
        LOADER.format("'/own.js'") + "var c = {'a': 1, 'pixel' : 'https://ads.example/a.js'};",
        LOADER.format("'/own.js'") + "// 'https://ads.example/a.js'",
        LOADER.format("'/own.js'") + "/* s.src='https://ads.example/a.js' */",
        LOADER.format("'/own.js'") + "var t = 'see https://ads.example/a.js';",
        LOADER.format("'/own.js'") + "var t = \"s.src='https://ads.example/a.js'\";",
        LOADER.format("'/own.js'") + 'var t = "s.src=\\"https://ads.example/a.js\\"";',
        LOADER.format("'/own.js'") + "if (u === 'https://ads.example/a.js') {}",
        LOADER.format("'/own.js'") + "u.indexOf('https://ads.example/a.js')",
        LOADER.format("'/own.js'") + "location.href = 'https://ads.example/';",
        LOADER.format("'/own.js'") + "window.open('https://ads.example/');",
        LOADER.format("'/own.js'") + "switch(u){case 'https://ads.example/a.js':}",
        'self.__f.push([1,"<script src=\\"https://ads.example/a.js\\">document.write(\'x\')"]);',
        "var t = '<img src=\"https://ads.example/p.gif\">';",
        "a.innerHTML='';var c={\"html\":\"<img src='https://ads.example/p.gif'>\"};",
        "document.write(x); // <img src='https://ads.example/p.gif'>",
        LOADER.format("'https://notads.example/a.js'"),
        LOADER.format("'https://ads.example.com/a.js'"),
        LOADER.format("'https://mixed.example/other/1'"),
        "x = a /b/ 'https://ads.example/'",
        "",
    ],
)
def test_a_mention_is_no_loader(script):
    assert found(script) == []


def test_a_url_is_classified_by_its_path():
    assert found(LOADER.format("'https://mixed.example/pixel/1.js'")) == [
        "https://mixed.example/pixel/*"
    ]


def test_a_rule_that_is_an_address_is_about_loaders():
    script = LOADER.format("'https://other.example/loader/a.js'")
    assert found(script) == ["other.example/loader/*"]
    assert found("var c = 'other.example/loader/a.js';") == []
    assert found(LOADER.format("'https://other.example/a.js'")) == []


def test_a_loader_far_from_any_loading_code_is_a_mention():
    far = "var a = 1;\n" * 1000
    assert found("var u='https://ads.example/a.js';" + far + LOADER.format("'/own.js'")) == []


@pytest.mark.parametrize(
    "script",
    [
        "fbq('init', '1')",
        'fbq("init","1")',
        "fbq( 'init' , '1')",
        "window.fbq(`init`)",
        "if(x){fbq\n('init')}",
        "/* it's */ fbq('init')",
    ],
)
def test_a_start_is_found_however_it_is_written(script):
    assert found(script) == ["fbq('init'"]


@pytest.mark.parametrize(
    "script",
    [
        "fbq('track', 'PageView')",
        "fbq('initialise')",
        "myfbq('init')",
        "$fbq('init')",
        "// fbq('init')",
        "/* fbq('init') */",
        "var t = \"fbq('init', '1')\";",
        "var t = `${x} fbq('init')`;",
        "_partner_id == 1",
        "my_partner_id = 1",
        "gtag('config', 'G-1')",
        "gtag('config', 'AW 1')",
        "gtag('event', 'AW-1')",
    ],
)
def test_a_call_or_a_comparison_is_no_start(script):
    assert found(script) == []


def test_starts_are_found_in_code_beside_strings_that_mention_them():
    assert found("var t = \"fbq('init')\"; _partner_id = '1'; gtag('config', 'AW-1/x')") == [
        "_partner_id =",
        "gtag('config', 'AW-*'",
    ]


def test_a_place_is_given_for_each_loader():
    script = "fbq('init');fbq('init')"
    assert [loader.position for loader in CATALOGUE.find_loaders(script)] == [0, 12]


def test_a_marker_may_begin_with_a_string():
    catalogue = Catalogue([rule("inline", "'ads.start':")])
    assert catalogue.classify_inline("l.push({'ads.start': 1})")
    assert not catalogue.classify_inline("var t = \"{'ads.start': 1}\"")


def test_a_hydration_script_that_mentions_everybody_passes():
    row = (
        '{"url":"https://ads.example/a.js","hint":"fbq(\'init\', 1) or _partner_id = 2",'
        '"html":"<img src=\\"https://ads.example/p.gif\\">"},'
    )
    script = "window.__DATA__=[" + row * 20_000 + "0];"
    assert len(script) > 2_000_000
    assert found(script) == []


def test_non_ascii_text_moves_no_position():
    script = "var t='→ü';fbq('init')"
    assert [loader.position for loader in CATALOGUE.find_loaders(script)] == [11]


@pytest.mark.parametrize(
    ("marker", "text", "matches"),
    [
        ("a.b(", "a.b(", True),
        ("a.b(", "a . b (", True),
        ("a.b(", "xa.b(", False),
        ("ab", "abc", False),
        ("$ab", "$ab", True),
        ("a = 'x'", 'a="x"', True),
        ("a =", "a = 1", True),
        ("a =", "a == 1", False),
    ],
)
def test_white_space_and_quotes_of_a_marker_are_free(marker, text, matches):
    assert (compile_marker(marker).search(text) is not None) is matches


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\u2028", "\u2029"])
def test_a_line_comment_ends_where_javascript_ends_a_line(end):
    assert found(f"// it's{end}fbq('init', '1')") == found("fbq('init', '1')")


@pytest.mark.parametrize("end", ["\u2028", "\u2029", "\\\r\n", "\\\r", "\\\n"])
def test_a_string_goes_on_behind_what_ends_no_line_in_it(end):
    assert not found(f"x = \"a{end}fbq('init', '1')\"")


def test_a_carriage_return_ends_a_string():
    assert not found("\"\r\"fbq('init', '1')")
