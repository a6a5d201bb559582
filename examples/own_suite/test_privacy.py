"""What a site's own suite says about opt-outs; run it with `pytest examples/own_suite`."""

import pytest

from consentmw.testing import (
    assert_cacheable_by_variant,
    assert_gpc_support_resource,
    assert_login_survives,
    assert_no_advertising,
    assert_same_without,
    assert_site_honours_opt_outs,
)


def test_gpc_keeps_advertising_out(gpc_client):
    assert_no_advertising(gpc_client.get("/"))


def test_a_choice_keeps_advertising_out(opted_out_client):
    assert_no_advertising(opted_out_client.get("/"))


def test_nothing_else_goes_missing(no_signal_client, gpc_client):
    assert_same_without(no_signal_client.get("/"), gpc_client.get("/"), "advertising")


@pytest.mark.consent_states
def test_the_sale_is_on_for_everyone(consent_client):
    assert "Everything must go" in consent_client.get("/sale").text


@pytest.mark.consent_states("gpc", "opted-out")
def test_no_page_sets_the_pixels_cookie(consent_client):
    assert "_fbp" not in consent_client.get("/").cookies


def test_members_stay_logged_in(consent_app):
    assert_login_survives(
        consent_app,
        log_in=lambda client: client.post("/login"),
        members_path="/account",
        shows="Your orders",
    )


def test_caches_keep_the_variants_apart(consent_app):
    assert_cacheable_by_variant(consent_app, "/")


def test_the_site_says_that_it_honours_gpc(no_signal_client):
    assert_gpc_support_resource(no_signal_client)


def test_the_whole_site_at_once(consent_app):
    assert_site_honours_opt_outs(consent_app)
