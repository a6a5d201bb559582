import pytest

from consentmw.data.lists import read_cookie_list, read_host_list
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
