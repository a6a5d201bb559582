from consentmw.asgi.cookie_fields import read_cookie_fields


def test_names_stand_in_the_order_of_all_fields():
    assert read_cookie_fields([b"a=1; b=2", b" c =3;;d"]).names == [b"a", b"b", b"c", b"", b"d"]


def test_the_values_of_a_name_are_told_once_each():
    cookies = read_cookie_fields([b'a=1; b=2; a=1; a= "3" ; ab=4'])

    assert cookies.values(b"a") == ("1", "3")
    assert cookies.values(b"c") == ()


def test_what_a_browser_says_again_is_read_once_unless_it_is_long():
    field, long = b"a=1", b"a=" + b"1" * 2000

    assert read_cookie_fields([field]) is read_cookie_fields([b"a=" + b"1"])
    assert read_cookie_fields([long]) is not read_cookie_fields([long])
    assert read_cookie_fields([field, field]) is not read_cookie_fields([field, field])
