import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["https://connect.facebook.net/en_US/fbevents.js"], ["advertising", "Meta"]),
        (["www.facebook.com/tr?id=1"], ["advertising", "Meta"]),
        (["--cookie", "_fbp"], ["advertising", "Meta"]),
    ],
)
def test_explain_says_what_something_is_and_why(run, arguments, words):
    code, out, _ = run("explain", *arguments)

    assert code == 0
    for word in [*words, "rule", "source"]:
        assert word in out


def test_explain_knows_what_only_the_sites_own_file_says(run, tmp_path):
    file = tmp_path / "consent.toml"
    file.write_text('[categories.advertising]\nurls = ["/promo/*"]\n')

    code, out, _ = run("explain", "/promo/summer.js", "--config", file)

    assert code == 0
    assert "/promo/*" in out
    assert "the site itself" in out
    assert run("explain", "/promo/summer.js")[0] == 1


def test_explain_reads_an_inline_script_from_a_file(run, tmp_path):
    script = tmp_path / "inline.js"
    script.write_text("fbq('init', '123');")

    code, out, _ = run("explain", "--inline", script)

    assert code == 0
    assert "Meta" in out


def test_explain_says_where_no_rule_matches(run):
    code, out, _ = run("explain", "https://unheard-of.example/x.js")

    assert code == 1
    assert "no rule matches" in out


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["https://a.example/", "--cookie", "b"],
        ["--cookie", "b", "--page"],
        ["https://"],
        ["http://["],
    ],
    ids=["nothing", "two", "page-of-a-cookie", "no-host", "no-url"],
)
def test_explain_refuses_what_it_cannot_mean(run, arguments):
    assert run("explain", *arguments)[0] == 2


def test_a_url_in_a_query_is_none_of_the_host(run):
    code, out, _ = run("explain", "unheard-of.example/?u=https://www.facebook.com/tr?id=1")

    assert code == 1
    assert "no rule matches" in out


def test_explain_shows_what_is_on_a_page_wherever_it_is(run, module, tmp_path):
    def home(request):
        return RedirectResponse("/en/")

    def page(request):
        return HTMLResponse(
            '<img src="https://www.facebook.com/tr?id=1"><img data-category="status" src="/[x]">'
        )

    routes = [Route("/", home), Route("/en/", page)]
    module("shop", app=Starlette(routes=routes))
    file = tmp_path / "consent.toml"
    file.write_text('tag_attributes = ["data-category"]\n')

    code, out, _ = run("explain", "shop:app", "--page", "--config", file)

    assert code == 0
    for words in ("https://testserver/en/", "Meta Pixel", "status", "/[x]"):
        assert words in out


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (Response(b"%PDF", media_type="application/pdf"), "answers 200 with application/pdf"),
        (HTMLResponse("", 404), "answers 404"),
        (RedirectResponse("/"), "20 redirects in a row"),
    ],
)
def test_a_page_that_is_none_can_not_be_explained(run, module, answer, message):
    module("shop", app=Starlette(routes=[Route("/", lambda request: answer)]))

    code, _, err = run("explain", "shop:app", "--page")

    assert code == 3
    assert message in err
