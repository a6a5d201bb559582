"""Every character that a host can be written with, against ada, the URL parser of Node.js."""

from random import Random

import ada_url
import pytest
from fuzzing.denied import HOST, MIXED
from fuzzing.places import place_of, resolve
from fuzzing.spellings import spell_url

from consentmw.html.urls import Base, read_host, read_url

# The planes left out hold rarer Chinese characters, private use and nothing.
CODE_POINTS = (*range(0x80, 0xD800), *range(0xE000, 0x20000), *range(0xE0000, 0xE0200))


def host_by_ada(text):
    try:
        return ada_url.URL(f"https://{text}/").hostname
    except ValueError:
        return None


def test_no_character_hides_a_host_or_makes_one():
    hidden, made = [], []
    for code_point in CODE_POINTS:
        for written, host in (
            (f"a{chr(code_point)}b.example", "ab.example"),
            (f"a{chr(code_point)}.example", None),
        ):
            theirs, ours = host_by_ada(written), read_host(written)
            if host is None:  # what the character is mapped to, where that is ASCII
                plain = theirs is not None and "xn--" not in theirs
                if plain and ours != theirs:
                    hidden.append((hex(code_point), theirs, ours))
            elif (theirs == host) != (ours == host):
                (hidden if theirs == host else made).append((hex(code_point), theirs, ours))
    assert hidden == []
    assert made == []


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_url_leads_where_ada_says(scheme):
    base = f"{scheme}://site.example/section/page.html"
    for seed in range(20_000):
        url = spell_url(Random(seed), HOST if seed % 2 else MIXED)
        resolved = resolve(url, base)
        if resolved is None:
            continue
        place = place_of(resolved)
        if not place.host:
            continue
        read = read_url(url, Base("site.example", "/section/page.html"))
        found = {(each.host, each.target) for each in read}
        # The query's own percent-encoding is nothing that a rule looks at.
        assert place.host in {host for host, _ in found}, url
        assert any(
            host == place.host and plain(target) == plain(place.target) for host, target in found
        ), (url, place, found)


def plain(target):
    return target.replace(" ", "%20").removesuffix("?")
