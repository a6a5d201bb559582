import pytest

from consentmw.asgi.request_cookies import join_fields, raw_names, read_values


@pytest.mark.parametrize(
    ("fields", "values"),
    [
        ([], ()),
        ([b""], ()),
        ([b"aa=1; xa=2; b=a; =a; A=3"], ()),
        ([b"a=1"], (b"1",)),
        ([b'b=2; a= "1" ; c=3'], (b"1",)),
        ([b"b=2; xa=1"], ()),
        ([b"b=2; ax=1"], ()),
        ([b"b=2;a=1"], (b"1",)),
        ([b' a = "1" ;c=a'], (b"1",)),
        ([b"\x0ba\xa0=1"], (b"1",)),
        ([b"a"], (b"",)),
        ([b"a=b=c"], (b"b=c",)),
        ([b"a=2; a=1; a= 2"], (b"1", b"2")),
        ([b"a=2", b"b=3", b"a=1"], (b"1", b"2")),
        ([b"a=\xff"], (b"\xff",)),
    ],
)
def test_all_values_of_a_name_are_told_once_each(fields, values):
    assert read_values(join_fields(fields), b"a") == values


def test_names_stand_in_the_order_of_all_fields():
    cookies = join_fields([b"a=1; b=2", b" c =3;;d"])

    assert [name.strip() for name in raw_names(cookies)] == [b"a", b"b", b"c", b"", b"d"]
