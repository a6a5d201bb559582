import pytest

from consentmw.data.lists import is_distinctive, read_cookie_list, read_host_list
from consentmw.errors import CatalogueError

HEAD = (
    "ID,Platform,Category,Cookie / Data Key name,Domain,Description,Retention period,"
    "Data Controller,User Privacy & GDPR Rights Portals,Wildcard match\n"
)


def written(tmp_path, text):
    path = tmp_path / "list"
    path.write_text(text, "utf-8")
    return path


def test_a_row_is_a_name_and_a_wildcard_the_beginning_of_names(tmp_path):
    rows = '1,Example,Marketing,_exm,,"One, two",,,,0\n2,Example,Marketing,_exm_,,,,,,1\n'
    path = written(tmp_path, "\ufeff" + HEAD + rows + "3,Example,Marketing, ,,,,,,0\n4,x\n")
    assert read_cookie_list(path) == ("_exm", "_exm_*")


@pytest.mark.parametrize("text", ["", "name;wildcard\n_exm;0\n"])
def test_a_file_with_other_columns_says_which_it_misses(tmp_path, text):
    with pytest.raises(CatalogueError, match="no column 'Cookie / Data Key name'"):
        read_cookie_list(written(tmp_path, text))


def test_a_file_that_is_no_csv_says_where(tmp_path):
    with pytest.raises(CatalogueError, match="after line 1: "):
        read_cookie_list(written(tmp_path, HEAD + '1,Example,Marketing,"' + "x" * 200_000 + '"\n'))


def test_hosts_stand_alone_or_behind_an_address(tmp_path):
    text = (
        "# a comment\n\nads.example.com\n0.0.0.0 pixel.example.com other.example.com # both\n"
        "127.0.0.1\ttabbed.example.com\r\n"
    )
    assert read_host_list(written(tmp_path, text)) == (
        "ads.example.com",
        "pixel.example.com",
        "other.example.com",
        "tabbed.example.com",
    )


def test_a_list_of_several_kinds_is_named_with_the_one_that_is_meant(tmp_path):
    rows = "1,E,Marketing,_exm,,,,,,0\n2,E,Analytics,_exa,,,,,,0\n3\n"
    path = written(tmp_path, HEAD + rows)
    assert read_cookie_list(path.with_name("list#Marketing")) == ("_exm",)
    with pytest.raises(
        CatalogueError, match=r"no row of category 'Ads'; there are Analytics, Mark"
    ):
        read_cookie_list(path.with_name("list#Ads"))
    with pytest.raises(CatalogueError, match="no column 'Category'"):
        read_cookie_list(
            written(tmp_path, "Cookie / Data Key name,Wildcard match\n_x,0\n").with_name("list#Ads")
        )


def test_the_machines_own_names_in_a_hosts_file_are_left_out(tmp_path):
    text = (
        "127.0.0.1 localhost localhost.localdomain\n::1 ip6-localhost\n"
        "0.0.0.0 0.0.0.0\n0.0.0.0 ads.example.com\n"
    )
    assert read_host_list(written(tmp_path, text)) == ("ads.example.com",)


@pytest.mark.parametrize(
    ("name", "distinctive"),
    [
        ("_exm_abcde", True),
        ("_exm_*", True),
        ("id", False),
        ("uid", False),
        ("session", False),
        ("my_lang_x", False),
        ("abc", False),
        ("tracker_id", False),
    ],
)
def test_a_name_that_anybody_could_choose_is_not_distinctive(name, distinctive):
    assert is_distinctive(name) is distinctive
