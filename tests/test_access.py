import pytest
from starlette.requests import HTTPConnection

from consentmw.access import SCOPE_KEY, RequestConsent, consent_from_scope, deny, get_consent
from consentmw.core.decision import Policy, Reason, build_consent
from consentmw.errors import ConsentmwError, UnknownCategoryError


def scope_with(consent):
    return {
        "type": "http",
        "headers": [],
        SCOPE_KEY: RequestConsent(consent),
        "state": {"consent": consent},
    }


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.mark.anyio
async def test_every_way_in_leads_to_the_same_consent():
    consent = build_consent(Policy())
    scope = scope_with(consent)
    assert consent_from_scope(scope) is consent
    assert await get_consent(HTTPConnection(scope)) is consent
    assert HTTPConnection(scope).state.consent is consent


@pytest.mark.anyio
async def test_it_is_noted_that_somebody_has_asked():
    async def by_dependency(scope):
        return await get_consent(HTTPConnection(scope))

    async def by_scope(scope):
        return consent_from_scope(scope)

    async def by_tightening(scope):
        return deny(scope, "advertising")

    for ask in (by_dependency, by_scope, by_tightening):
        scope = scope_with(build_consent(Policy()))
        assert not scope[SCOPE_KEY].asked
        await ask(scope)
        assert scope[SCOPE_KEY].asked


def test_an_app_may_tighten_its_response():
    scope = scope_with(build_consent(Policy()))
    tightened = deny(HTTPConnection(scope), "advertising")
    assert consent_from_scope(scope) is tightened
    assert scope["state"]["consent"] is tightened
    assert tightened.reason("advertising") is Reason.APP


def test_a_plain_scope_will_do_even_without_state():
    scope = scope_with(build_consent(Policy()))
    del scope["state"]
    deny(scope, "advertising", "analytics")
    assert scope["state"]["consent"].denied == {"advertising", "analytics"}


def test_a_response_that_has_begun_is_not_tightened():
    scope = scope_with(build_consent(Policy()))
    scope[SCOPE_KEY].started = True
    with pytest.raises(ConsentmwError, match="has begun"):
        deny(scope, "advertising")


def test_a_category_that_nobody_defined_is_refused():
    with pytest.raises(UnknownCategoryError):
        deny(scope_with(build_consent(Policy())), "advertisng")


@pytest.mark.parametrize("scope", [{}, {SCOPE_KEY: "something else"}])
def test_a_request_that_came_past_the_middleware_says_so(scope):
    with pytest.raises(ConsentmwError, match="is ConsentMiddleware around the app"):
        consent_from_scope(scope)
