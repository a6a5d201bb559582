"""How cookies from before an opt-out are made to expire."""

import pytest

from consentmw.suppression.leftovers import MAX_EXPIRY_BYTES, expire_cookies


def _expire(*names, host="www.shop.example", path="/", tried=""):
    expiry = expire_cookies(names, host=host, path=path, tried=tried)
    return [field.decode() for field in expiry.fields], expiry.tried


def _size(fields, tried):
    """What the fields of one response take, that which keeps `tried` included."""
    memory = f"privacy_choices_expired={tried}; Path=/; HttpOnly; SameSite=Lax"
    return sum(len(f"set-cookie: {field}\r\n") for field in [*fields, memory])


def test_a_cookie_expires_for_the_host_and_each_parent_domain():
    fields, _ = _expire("_fbp")

    assert fields == [
        "_fbp=; Max-Age=0; Path=/",
        "_fbp=; Max-Age=0; Path=/; Domain=www.shop.example",
        "_fbp=; Max-Age=0; Path=/; Domain=shop.example",
    ]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "", "a b.example", "x..y"])
def test_a_host_without_parents_is_left_at_itself(host):
    assert _expire("_fbp", host=host)[0] == ["_fbp=; Max-Age=0; Path=/"]


def test_a_deep_host_tries_the_domains_next_to_the_top():
    fields, _ = _expire("_fbp", host="a.b.c.d.e.f.shop.example.")

    assert [field.partition("; Path=/")[2] for field in fields] == [
        "",
        "; Domain=c.d.e.f.shop.example",
        "; Domain=d.e.f.shop.example",
        "; Domain=e.f.shop.example",
        "; Domain=f.shop.example",
        "; Domain=shop.example",
    ]


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("__Host-adv", ["__Host-adv=; Max-Age=0; Path=/; Secure"]),
        ("__HOST-adv", ["__HOST-adv=; Max-Age=0; Path=/; Secure"]),
        ("__Host-Http-adv", ["__Host-Http-adv=; Max-Age=0; Path=/; Secure; HttpOnly"]),
        (
            "__Http-adv",
            [
                "__Http-adv=; Max-Age=0; Path=/; Secure; HttpOnly",
                "__Http-adv=; Max-Age=0; Path=/; Domain=shop.example; Secure; HttpOnly",
            ],
        ),
        (
            "__Secure-adv",
            [
                "__Secure-adv=; Max-Age=0; Path=/; Secure",
                "__Secure-adv=; Max-Age=0; Path=/; Domain=shop.example; Secure",
            ],
        ),
    ],
)
def test_a_prefixed_name_has_the_attributes_without_which_browsers_refuse(name, fields):
    assert _expire(name, host="shop.example")[0] == fields


def test_what_comes_back_is_tried_in_the_partitioned_jar_then_in_directories_then_never_again():
    path = "/news/2026/november/story"
    first, tried = _expire("_fbp", host="shop.example", path=path)
    second, tried = _expire("_fbp", host="shop.example", path=path, tried=tried)
    third, tried = _expire("_fbp", host="shop.example", path=path, tried=tried)
    fourth, tried_last = _expire("_fbp", host="shop.example", path=path, tried=tried)

    assert len(first) == 2
    assert second == [
        "_fbp=; Max-Age=0; Path=/; Secure; Partitioned",
        "_fbp=; Max-Age=0; Path=/; Domain=shop.example; Secure; Partitioned",
    ]
    assert third == [
        "_fbp=; Max-Age=0; Path=/news",
        "_fbp=; Max-Age=0; Path=/news; Domain=shop.example",
        "_fbp=; Max-Age=0; Path=/news/2026",
        "_fbp=; Max-Age=0; Path=/news/2026; Domain=shop.example",
        "_fbp=; Max-Age=0; Path=/news/2026/november",
        "_fbp=; Max-Age=0; Path=/news/2026/november; Domain=shop.example",
    ]
    assert fourth == []
    assert tried_last == tried


def test_a_prefixed_name_needs_no_second_prefix_in_the_partitioned_jar():
    _, tried = _expire("__Host-adv")
    fields, tried = _expire("__Host-adv", tried=tried)

    assert fields == ["__Host-adv=; Max-Age=0; Path=/; Secure; Partitioned"]
    assert _expire("__Host-adv", path="/news/x", tried=tried)[0] == []


def test_a_directory_that_could_be_anything_is_not_echoed():
    _, tried = _expire("_fbp")
    _, tried = _expire("_fbp", tried=tried)

    assert _expire("_fbp", path="/a;b/c", tried=tried)[0] == []
    assert _expire("_fbp", path="/", tried=tried)[0] == []
    assert len(_expire("_fbp", path="/ok/a b", tried=tried)[0]) == 3


def test_what_does_not_fit_is_left_to_the_next_response():
    names = [f"_gcl_{number:03}" for number in range(40)]
    seen = set()
    tried = ""
    for _ in range(10):
        held = [name for name in names if name not in seen]
        fields, tried = _expire(*held, tried=tried)
        assert _size(fields, tried) <= MAX_EXPIRY_BYTES
        seen |= {field.partition("=")[0] for field in fields}

    assert seen == set(names)


def test_one_name_that_is_too_much_by_itself_is_tried_as_far_as_it_fits():
    name = "_" * 128
    tried = ""
    for _ in range(3):
        fields, tried = _expire(name, host="a.b.c.d.e.example", path="/x/y/z", tried=tried)
        assert fields
        assert _size(fields, tried) <= MAX_EXPIRY_BYTES

    assert _expire(name, host="a.b.c.d.e.example", path="/x/y/z", tried=tried)[0] == []


@pytest.mark.parametrize("name", ["a b", "a\x00", "a\r\nSet-Cookie: x", "ä", "a" * 129, "日"])
def test_a_name_that_could_be_anything_is_not_echoed(name):
    assert _expire(name) == ([], "")


@pytest.mark.parametrize("tried", ["abc", "abcd", "abcd0", "abcd1x", "abcd1" * 100, "äbcd1"])
def test_what_is_no_memory_of_attempts_counts_as_none(tried):
    assert _expire("_fbp", tried=tried) == _expire("_fbp")


def test_the_memory_of_attempts_is_bounded():
    tried = ""
    for number in range(200):
        fields, tried = _expire(f"_gcl_{number}", tried=tried)
    assert fields == []
    assert len(tried) <= 300


def test_a_name_that_is_sent_twice_expires_once():
    assert _expire("_fbp", "_fbp") == _expire("_fbp")
