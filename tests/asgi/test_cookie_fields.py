import pytest

from consentmw.asgi.cookie_fields import CookieFields


@pytest.mark.parametrize(
    ("fields", "values"),
    [
        ([], ()),
        ([b""], ()),
        ([b"aa=1; xa=2; b=a; =a; A=3"], ()),
        ([b"a=1"], ("1",)),
        ([b"b=2;a=1"], ("1",)),
        ([b' a = "1" ;c=a'], ("1",)),
        ([b"\x0ba\xa0=1"], ("1",)),
        ([b"a"], ("",)),
        ([b"a=b=c"], ("b=c",)),
        ([b"a=2; a=1; a= 2"], ("1", "2")),
        ([b"a=2", b"b=3", b"a=1"], ("1", "2")),
        ([b"a=\xff"], ("\xff",)),
    ],
)
def test_all_values_of_a_name_are_told_once_each(fields, values):
    assert CookieFields(fields).read(b"a") == values


def test_names_stand_in_the_order_of_all_fields():
    assert CookieFields([b"a=1; b=2", b" c =3;;d"]).names == [b"a", b"b", b"c", b"", b"d"]
