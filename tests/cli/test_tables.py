"""What a site sends is printed as it is, and commands neither rich nor the terminal."""

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route

PAGE = """<!doctype html>
<img data-consent="[/] [bold \x1b[31mred" src="https://www.facebook.com/tr?\x1b[2J[/]">
<a href="/[/]\x1b[2J">x</a><p title="\x1b[2J[/]">[bold]text \x1b[2J</p>"""


@pytest.fixture
def hostile(module):
    def home(request):
        opted_out = request.headers.get("sec-gpc") == "1"
        page = HTMLResponse(PAGE.split("<p ")[0] if opted_out else PAGE)
        page.raw_headers.append((b"set-cookie", b"[/]\x1b[2J=1"))
        return page

    module("hostile", app=Starlette(routes=[Route("/", home), Route("/{path}", home)]))


@pytest.mark.parametrize(
    "arguments",
    [["scan", "hostile:app"], ["audit", "hostile:app"], ["explain", "hostile:app", "--page"]],
)
def test_no_text_of_a_site_is_a_command(run, hostile, arguments):
    code, out, err = run(*arguments)

    assert code in (0, 1)
    assert "[/]" in out
    assert "\x1b" not in out + err


def test_what_is_unstable_is_told_in_short(run, module):
    def home(request):
        from secrets import token_hex

        return HTMLResponse(" ".join(f"<p>{token_hex()}</p>" for _ in range(50)))

    module("shop", app=Starlette(routes=[Route("/", home)]))

    _, out, _ = run("audit", "shop:app")

    assert "and 96 more" in out
    assert len(out.splitlines()) < 20
