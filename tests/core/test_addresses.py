import pytest

from consentmw.core.addresses import read_address, read_host


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://example.com/a?b#c", ("example.com", "/a?b")),
        ("//example.com", ("example.com", "/")),
        ("HTTPS://Example.COM:443/A", ("example.com", "/A")),
        ("https://example.com?b", ("example.com", "/?b")),
        ("https://user:pw@example.com/", ("example.com", "/")),
        ("https://a@b@example.com/", ("example.com", "/")),
        ("https://example.com./", ("example.com", "/")),
        ("https:\\\\example.com\\a?b\\c", ("example.com", "/a?b\\c")),
        ("\\\\example.com\\a", ("example.com", "/a")),
        ("  https://exam\nple.com/\ta ", ("example.com", "/a")),
        ("https:example.com/a", ("example.com", "/a")),
        ("https:/example.com/a", ("example.com", "/a")),
        ("///example.com/a", ("example.com", "/a")),
        ("wss://example.com/a", ("example.com", "/a")),
        ("https://exa%6Dple.com/", ("example.com", "/")),
        ("https://ｅxample。com/", ("example.com", "/")),
        ("https://bücher.example/", ("xn--bcher-kva.example", "/")),
        ("https://[::1]:80/a", ("[::1]:80", "/a")),
        ("https:///", ("", "/")),
        ("/a?b#c", ("own.example", "/a?b")),
        ("a/b", ("own.example", "/a/b")),
        ("index", ("own.example", "/index")),
        ("", ("own.example", "/")),
        ("?a", ("own.example", "/?a")),
        ("data:text/html,x", None),
        ("javascript:void 0", None),
        ("blob:https://example.com/1", None),
        ("about:blank", None),
        ("mailto:a@example.com", None),
    ],
)
def test_a_url_is_split_as_browsers_split_it(url, address):
    assert read_address(url, "own.example") == address


@pytest.mark.parametrize("host", ["ü" * 100, "a..ü"])
def test_what_is_no_host_comes_back_as_it_is(host):
    assert read_host(host) == host
