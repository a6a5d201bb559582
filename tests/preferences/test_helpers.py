import re
from datetime import UTC, datetime, timedelta

import pytest
from jinja2 import Environment
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route
from visits import PATH, Visitor, configure

from consentmw.errors import ConfigError, UnknownCategoryError
from consentmw.preferences import TemplateHelpers

GPC = {"sec-gpc": "1"}


def visit(config, template, *, today=None, target="/news?a=1&b=2", **settings):
    """Show a page of the app's own, whose template uses the helpers."""
    environment = Environment(autoescape=True)
    TemplateHelpers(config, today=today).install(environment)

    async def page(request: Request) -> HTMLResponse:
        return HTMLResponse(environment.from_string(template).render(request=request))

    app = Starlette(routes=[Route("/news", page)])
    visitor = Visitor(config, app=app, **settings)
    return visitor, visitor.get(target)


def test_the_link_has_the_statutory_words_and_the_icon():
    _, page = visit(configure(), "{{ privacy_choices_link() }}")
    assert re.search(
        r'<a class="pc-link" lang="en" href="/privacy-choices\?next=/news%3Fa%3D1%26b%3D2">'
        r'Your Privacy Choices <img src="/privacy-choices/choices\.[0-9a-f]{10}\.svg" alt="" '
        r'width="30" height="14"></a>',
        page.text,
    )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("label='california'", "Your California Privacy Choices"),
        ("label='do_not_sell'", "Do Not Sell or Share My Personal Information"),
        ("label='choices', language='es'", "Sus opciones de privacidad"),
        ("text='Privacy <3'", "Privacy &lt;3"),
    ],
)
def test_the_link_has_the_other_words_of_the_law_or_the_sites_own(options, words):
    _, page = visit(configure(), f"{{{{ privacy_choices_link({options}) }}}}")
    assert f">{words} <img" in page.text


def test_the_link_follows_the_browsers_language_and_the_apps_prefix():
    _, page = visit(
        configure(),
        "{{ privacy_choices_link() }}",
        headers={"accept-language": "es"},
        root_path="/shop",
    )
    assert 'href="/shop/privacy-choices?next=/shop/news' in page.text
    assert "Sus opciones de privacidad" in page.text


def test_what_leads_back_is_the_path_alone_where_the_address_is_long():
    config = configure(regime="opt-in")
    _, page = visit(
        config,
        "{{ privacy_choices_link() }}{{ privacy_choices_notice() }}",
        target="/news?gclid=" + "a%3D" * 600,
    )
    assert 'href="/privacy-choices?next=/news"' in page.text
    assert '<input type="hidden" name="next" value="/news">' in page.text


def test_a_template_can_ask_what_is_allowed():
    template = "{{ consent_allows('advertising') }} {{ consent_allows('analytics') }}"
    _, page = visit(configure(), template, headers=GPC)
    assert page.text.endswith("False True")


def test_a_template_that_asks_for_a_category_nobody_defined_fails_loudly():
    with pytest.raises(UnknownCategoryError):
        visit(configure(), "{{ consent_allows('advertisng') }}")


def test_the_notice_asks_in_the_opt_in_regime_and_declining_is_as_easy_as_accepting():
    _visitor, page = visit(configure(regime="opt-in"), "{{ privacy_choices_notice() }}")
    assert "May this site use Measurement and Advertising?" in page.text
    buttons = re.findall(r"<button ([^>]*)>([^<]*)</button>", page.text)
    assert buttons == [
        ('class="pca-button" name="action" value="opt-out"', "Decline"),
        ('class="pca-button" name="action" value="accept"', "Accept"),
    ]
    assert '<input type="hidden" name="next" value="/news?a=1&amp;b=2">' in page.text
    assert f'action="{PATH}"' in page.text


@pytest.mark.parametrize("action", ["opt-out", "accept"])
def test_the_notice_goes_with_the_choice_and_leads_back_to_the_page(action):
    visitor, _ = visit(configure(regime="opt-in"), "[{{ privacy_choices_notice() }}]")
    answer = visitor.post({"action": action, "next": "/news?a=1"})
    assert visitor.follow(answer)["location"] == "/news?a=1"
    assert visitor.get("/news?a=1").text.endswith("[]")


def test_the_notice_asks_only_about_what_is_open():
    _, page = visit(configure(regime="opt-in"), "{{ privacy_choices_notice() }}", headers=GPC)
    assert "May this site use Measurement?" in page.text


def test_the_opt_out_regime_has_no_notice():
    _, page = visit(configure(), "[{{ privacy_choices_notice() }}]")
    assert page.text.endswith("[]")


@pytest.mark.parametrize(("days", "asks"), [(365, False), (366, True)])
def test_a_new_revision_does_not_ask_whoever_declined_for_twelve_months(days, asks):
    visitor, _ = visit(configure(regime="opt-in"), "")
    visitor.post({"action": "save", "allow": "analytics"})
    _, page = visit(
        configure(regime="opt-in", revision=2),
        "[{{ privacy_choices_notice(language='es') }}]",
        cookies=visitor.cookies,
        today=lambda: datetime.now(UTC).date() + timedelta(days=days),
    )
    assert ("¿Puede este sitio usar lo siguiente: Medición?" in page.text) is asks


def test_the_notice_is_not_what_filter_lists_hide():
    _, page = visit(configure(regime="opt-in"), "{{ privacy_choices_notice() }}")
    for name in re.findall(r'(?:id|class|name|href|src|action)="([^"]*)"', page.text):
        assert not re.search("cookie|consent|gdpr|banner|popup", name), name


def test_without_a_secret_the_helpers_say_so_at_start_up():
    with pytest.raises(ConfigError, match="secret_keys: a choice can't be kept without one"):
        TemplateHelpers(configure(secret_keys=[]))
