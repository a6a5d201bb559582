import re
from xml.etree import ElementTree as ET

import pytest
from visits import PATH, Visitor

from consentmw.preferences.assets import ASK_STYLE, ICON, PAGE_STYLE, build_assets


@pytest.mark.parametrize("asset", [PAGE_STYLE, ASK_STYLE, ICON])
def test_a_file_is_kept_for_good_under_a_name_of_its_content(asset):
    assert re.fullmatch(r"[a-z]+\.[0-9a-f]{10}\.(css|svg)", asset.name)
    answer = Visitor().get(f"{PATH}/{asset.name}")
    assert answer.status == 200
    assert answer.body == asset.content
    assert answer["content-type"].partition(";")[0] == asset.media_type
    assert answer["cache-control"] == "public, max-age=31536000, immutable"
    assert answer["x-content-type-options"] == "nosniff"
    assert not answer.changed


def test_a_file_is_read_and_nothing_else():
    answer = Visitor().get(f"{PATH}/{ICON.name}", method="POST")
    assert (answer.status, answer["allow"]) == (405, "GET, HEAD")


def test_every_file_has_its_path():
    assert set(build_assets("/x")) == {
        f"/x/{asset.name}" for asset in (PAGE_STYLE, ASK_STYLE, ICON)
    }


def test_the_icon_is_an_image_without_anything_that_runs():
    root = ET.fromstring(ICON.content)
    assert root.attrib["viewBox"] == "0 0 30 14"
    assert {element.tag.rpartition("}")[2] for element in root.iter()} == {"svg", "path"}


@pytest.mark.parametrize("style", [PAGE_STYLE, ASK_STYLE])
def test_a_stylesheet_loads_nothing(style):
    assert b"url(" not in style.content
    assert b"@import" not in style.content
