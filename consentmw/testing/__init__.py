"""Tests of opt-out behaviour in a site's own suite.

``clients`` makes the four visitors that an opt-out knows (no signal, Global Privacy Control, opted
out and allowed by the signed choice), ``assertions`` says what each of them must and must not get,
``site`` does both for every page of an app. ``plugin`` gives pytest the same as fixtures.

Needs the extra ``testing`` (``pip install "consentmw[testing]"``).
"""

from consentmw.inspection.states import STATE_NAMES, VisitorState, build_states, find_config
from consentmw.testing.assertions import (
    assert_gpc_support_resource,
    assert_login_survives,
    assert_no_advertising,
    assert_no_cookies,
    assert_same_without,
    assert_suppressed,
)
from consentmw.testing.clients import async_client, client, starlette_client
from consentmw.testing.site import assert_cacheable_by_variant, assert_site_honours_opt_outs

__all__ = [
    "STATE_NAMES",
    "VisitorState",
    "assert_cacheable_by_variant",
    "assert_gpc_support_resource",
    "assert_login_survives",
    "assert_no_advertising",
    "assert_no_cookies",
    "assert_same_without",
    "assert_site_honours_opt_outs",
    "assert_suppressed",
    "async_client",
    "build_states",
    "client",
    "find_config",
    "starlette_client",
]
