"""Which hosts a response's header fields may name."""

import json

import pytest

from consentmw.core.catalogue import Catalogue, Rule
from consentmw.suppression.hints import keep_hints, keep_links

CATALOGUE = Catalogue(
    [
        Rule(kind=kind, pattern=pattern, category="advertising", vendor="V", source="test")
        for kind, pattern in [
            ("host", "ads.example"),
            ("url", "https://cdn.example/pixel/*"),
        ]
    ]
)
INDEX = CATALOGUE.denying(frozenset({"advertising"}))


def _keep(name, value, *, index=INDEX):
    kept = keep_hints([(name.encode(), value.encode())], index=index, own_host="shop.example")
    (left,) = kept.values
    return None if left is None else left.decode()


@pytest.mark.parametrize(
    "relation",
    [
        "preload",
        "preconnect",
        "prefetch",
        "dns-prefetch",
        "modulepreload",
        "prerender",
        "stylesheet",
        '"preload"',
        "PRELOAD",
        '"nofollow preconnect"',
        '"pre\\load"',
    ],
)
def test_a_link_that_a_browser_follows_by_itself_is_dropped(relation):
    assert _keep("link", f"<https://x.ads.example/a.js>; rel={relation}") is None


@pytest.mark.parametrize(
    "link",
    [
        "<https://ads.example/>; rel=canonical",
        "<https://ads.example/>",
        "<https://notads.example/>; rel=preload",
        "<https://ads.example.shop.example/>; rel=preload",
        "</ads.example/a.js>; rel=preload",
        "<https://cdn.example/app.js>; rel=preload; as=script",
        "",
    ],
)
def test_other_links_are_kept(link):
    assert _keep("link", link) == link


@pytest.mark.parametrize(
    "target",
    [
        "//ads.example/a.js",
        "HTTPS://ADS.EXAMPLE./a.js",
        "https:\\\\ads.example/a.js",
        " https://user@ads.example:8443/",
        "https://cdn.example/pixel/1.gif",
    ],
)
def test_a_target_is_read_as_browsers_read_it(target):
    assert _keep("link", f"<{target}>; rel=preload") is None


def test_quotes_that_the_grammar_does_not_know_hide_no_relation():
    assert _keep("link", "<https://ads.example/a.js>; rel='preload'") is None


def test_of_several_links_the_others_stay_as_they_are():
    value = (
        '</a.css>;rel=preload;as=style,  <https://ads.example/1>; rel="preload"; title="a, b>",'
        '<https://cdn.example/x,y>; rel=preload ;title="\\"," , <https://ads.example/2>;rel=prefetch'
    )

    assert _keep("link", value) == (
        '</a.css>;rel=preload;as=style, <https://cdn.example/x,y>; rel=preload ;title="\\","'
    )


def test_a_set_of_images_to_preload_is_dropped_for_one_of_them():
    value = '</a.png>; rel=preload; as=image; imagesrcset="/a.png 1x, https://ads.example/b.png 2x"'

    assert _keep("link", value) is None
    assert _keep("link", value.replace("ads.example", "img.example")) is not None


@pytest.mark.parametrize(
    "rest", ['</b>; rel=preload; title="open', "no link at all", "<https://ads.example"]
)
def test_where_a_link_field_can_not_be_read_only_what_stands_before_is_kept(rest):
    assert _keep("link", f"</a.css>; rel=preload, {rest}") == "</a.css>; rel=preload"


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("speculation-rules", '"https://ads.example/r.json"', None),
        ("speculation-rules", '"/r.json", "https://ads.example/r.json";a', '"/r.json"'),
        ("speculation-rules", '"/r.json";a="x,y" ,"/s.json"', '"/r.json";a="x,y" ,"/s.json"'),
        ("speculation-rules", '"https:\\\\\\\\ads.example/r.json"', None),
        ("speculation-rules", "https://ads.example/r.json", None),
        ("reporting-endpoints", 'default="https://ads.example/r"', None),
        ("reporting-endpoints", 'a="/r", b="//ads.example"', 'a="/r"'),
        ("reporting-endpoints", 'a="/r", b', None),
        ("reporting-endpoints", 'a="/r"', 'a="/r"'),
    ],
)
def test_structured_fields_lose_the_members_that_name_a_denied_host(name, value, kept):
    assert _keep(name, value) == kept


def _group(*urls, **more):
    return {"max_age": 60, "endpoints": [{"url": url} for url in urls], **more}


def test_report_to_loses_endpoints_and_groups_without_any():
    value = ", ".join(
        json.dumps(group)
        for group in [
            _group("https://ads.example/r", "/r", group="mixed"),
            _group("https://ads.example/r", group="ads"),
            {"max_age": 0, "group": "forgotten"},
        ]
    )

    kept = json.loads("[" + _keep("report-to", value) + "]")

    assert kept == [_group("/r", group="mixed"), {"max_age": 0, "group": "forgotten"}]


def test_report_to_stays_as_it_is_where_nothing_is_denied():
    value = '{"endpoints":[{"url":"/r"}, {}, 5],"max_age":1}'

    assert _keep("report-to", value) == value


@pytest.mark.parametrize("value", ["{", "[1]", "1", "[" * 100_000])
def test_report_to_is_dropped_where_nobody_can_read_it(value):
    assert _keep("report-to", value) is None


@pytest.mark.parametrize(
    ("report_to", "nel", "kept"),
    [
        (_group("https://ads.example/r", group="net"), '{"report_to":"net","max_age":1}', False),
        (_group("https://ads.example/r"), '{"max_age":1}', False),
        (_group("/r", group="net"), '{"report_to":"net","max_age":1}', True),
        (_group("https://ads.example/r", group="x"), '{"report_to":"net","max_age":1}', True),
        (_group("https://ads.example/r", group="x"), "not json", True),
    ],
)
def test_network_error_logging_goes_with_its_group(report_to, nel, kept):
    fields = [(b"nel", nel.encode()), (b"report-to", json.dumps(report_to).encode())]

    values = keep_hints(fields, index=INDEX, own_host="shop.example").values

    assert (values[0] is not None) is kept


def test_what_is_dropped_is_told_with_its_rule():
    kept = keep_links(b"<https://ads.example/a>; rel=preload", index=INDEX, own_host="s.example")

    (denied,) = kept.denied
    assert (denied.field, denied.url) == ("link", "https://ads.example/a")
    assert denied.classification.rule.pattern == "ads.example"
