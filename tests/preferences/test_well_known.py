import json
from datetime import date

import pytest
from visits import Visitor, configure

PATH = "/.well-known/gpc.json"


@pytest.mark.parametrize(
    ("support", "statement"),
    [
        ({"gpc": True}, {"gpc": True}),
        ({"gpc": False}, {"gpc": False}),
        (
            {"gpc": True, "last_update": date(2026, 1, 31)},
            {"gpc": True, "lastUpdate": "2026-01-31"},
        ),
    ],
)
def test_a_site_states_what_it_has_configured(support, statement):
    answer = Visitor(configure(well_known=support)).get(PATH)
    assert answer.status == 200
    assert answer["content-type"] == "application/json"
    assert json.loads(answer.text) == statement


def test_it_is_the_same_for_everyone_and_may_be_cached():
    config = configure(well_known={"gpc": True})
    plain = Visitor(config).get(PATH)
    signalled = Visitor(config, headers={"sec-gpc": "1"}, host="app.example.org").get(PATH)
    assert plain == signalled
    assert plain["cache-control"] == "public, max-age=86400"
    assert not plain.all("vary")
    assert not plain.changed


def test_a_site_that_states_nothing_leaves_the_path_to_its_app():
    assert Visitor().get(PATH).text == "hello"


def test_it_needs_no_secret():
    config = configure(secret_keys=[], well_known={"gpc": True})
    assert json.loads(Visitor(config).get(PATH).text) == {"gpc": True}


def test_it_is_read_and_nothing_else():
    answer = Visitor(configure(well_known={"gpc": True})).get(PATH, method="POST")
    assert (answer.status, answer["allow"]) == (405, "GET, HEAD")
