"""The plugin as a user meets it: pytest run on a small suite."""

import pytest

import consentmw.testing  # noqa: F401 - stays imported when a run inside of this one ends

pytest_plugins = ["pytester"]

APP = """
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route
from consentmw import ConsentMiddleware

PIXEL = '<script src="https://connect.facebook.net/en_US/fbevents.js"></script>'

def home(request):
    leak = {leak}
    return HTMLResponse("<title>x</title><p>Hello</p>" + PIXEL * leak)

app = Starlette(routes=[Route("/", home)])
app.add_middleware(ConsentMiddleware, config={{"secret_keys": ["only for this test, and long"]}})
"""
CONFTEST = """
import pytest
from site_app import app

@pytest.fixture
def consent_app():
    return app
"""


@pytest.fixture
def suite(pytester):
    pytester.makepyfile(site_app=APP.format(leak=1))
    pytester.makeconftest(CONFTEST)
    pytester.makeini("[pytest]\nfilterwarnings = error\n")
    return pytester


def test_every_visitor_has_a_fixture(suite):
    suite.makepyfile("""
        def test_no_signal(no_signal_client):
            assert "fbevents" in no_signal_client.get("/").text

        def test_gpc(gpc_client):
            assert "fbevents" not in gpc_client.get("/").text

        def test_opted_out(opted_out_client):
            assert "fbevents" not in opted_out_client.get("/").text

        def test_allowed(allowed_client):
            assert "fbevents" in allowed_client.get("/").text
    """)

    suite.runpytest_inprocess("-p", "no:cacheprovider").assert_outcomes(passed=4)


def test_the_marker_runs_a_test_for_each_visitor(suite):
    suite.makepyfile("""
        import pytest

        @pytest.mark.consent_states
        def test_all(consent_client):
            assert "Hello" in consent_client.get("/").text

        @pytest.mark.consent_states("gpc", "opted-out")
        def test_two(consent_client, consent_state):
            assert consent_state.name in ("gpc", "opted-out")
            assert "fbevents" not in consent_client.get("/").text
    """)

    result = suite.runpytest_inprocess("-v", "-p", "no:cacheprovider")

    result.assert_outcomes(passed=6)
    result.stdout.fnmatch_lines(["*test_all?gpc? PASSED*", "*test_two?opted-out? PASSED*"])


def test_it_works_under_xdist_and_anyio_with_warnings_as_errors(suite):
    suite.makepyfile("""
        import pytest
        from consentmw.testing import assert_cacheable_by_variant, assert_no_advertising

        pytestmark = pytest.mark.anyio

        @pytest.fixture
        def anyio_backend():
            return "asyncio"

        @pytest.mark.consent_states("gpc")
        async def test_async(async_consent_client):
            async with async_consent_client as client:
                assert_no_advertising(await client.get("/"))

        async def test_an_assertion_that_needs_a_loop_of_its_own(consent_app):
            assert_cacheable_by_variant(consent_app, "/")
    """)

    result = suite.runpytest_subprocess("-n", "1", "-p", "no:cacheprovider")

    result.assert_outcomes(passed=2)


def test_an_app_that_nobody_named_is_asked_for(pytester):
    pytester.makepyfile("def test_it(gpc_client): pass")

    result = pytester.runpytest_inprocess("-p", "no:cacheprovider")

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*which app to test*", "*def consent_app():*"])


@pytest.mark.parametrize(
    ("test", "message"),
    [
        (
            "@pytest.mark.consent_states('gcp')\ndef test_it(consent_client): pass",
            "*no 'gcp'; there are no-signal, gpc, opted-out, allowed*",
        ),
        ("@pytest.mark.consent_states\ndef test_it(): pass", "*has no effect without*"),
    ],
    ids=["typo", "no-fixture"],
)
def test_a_marker_that_means_nothing_is_refused(suite, test, message):
    suite.makepyfile(f"import pytest\n\n{test}")

    result = suite.runpytest_inprocess("-p", "no:cacheprovider")

    assert result.ret != 0
    result.stdout.fnmatch_lines([message])


def test_a_failing_assertion_names_element_line_category_vendor_and_rule(suite):
    suite.makepyfile("""
        from consentmw.testing import assert_no_advertising

        def test_it(no_signal_client):
            assert_no_advertising(no_signal_client.get("/"))
    """)

    result = suite.runpytest_inprocess("-p", "no:cacheprovider")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*/ (200) holds 1 that is declined:*",
            "*line 1: script <script src=*fbevents.js*(advertising, Meta*, rule *facebook.net*",
        ]
    )


def test_a_run_without_any_of_it_imports_nothing_that_pytest_has_not_imported(pytester):
    pytester.makepyfile("""
        import sys

        def test_it():
            assert "consentmw.pytest_plugin" in sys.modules
            ours = {name for name in sys.modules if name.partition(".")[0] == "consentmw"}
            assert ours == {"consentmw", "consentmw.pytest_plugin"}
            for name in ("starlette", "httpx", "jinja2", "itsdangerous", "asyncio", "ssl"):
                assert name not in sys.modules
    """)
    # Other plugins of this environment import some of these themselves.
    others = ["no:anyio", "no:hypothesispytest", "no:xdist", "no:cacheprovider"]
    arguments = [part for one in others for part in ("-p", one)]

    pytester.runpytest_subprocess(*arguments).assert_outcomes(passed=1)
