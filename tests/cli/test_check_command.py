import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, RedirectResponse
from starlette.routing import Route


def test_check_prints_what_a_configuration_means(run, tmp_path):
    file = tmp_path / "consent.toml"
    file.write_text(
        'secret_keys = ["long enough to be a secret of a test"]\n'
        '[categories.advertising]\nhosts = ["ads.example.com"]\n'
        '[[zones]]\npaths = ["/member/*"]\ndeny = ["advertising"]\n'
    )

    code, out, _ = run("check", file)

    assert code == 0
    for word in ("advertising", "/member/*", "honoured", "/privacy-choices"):
        assert word in out


def test_check_prints_brackets_as_they_are(run, tmp_path):
    file = tmp_path / "consent.toml"
    file.write_text('[[zones]]\npaths = ["/users/[bold]/*"]\ndeny = ["advertising"]\n')

    assert "/users/[bold]/*" in run("check", file)[1]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ("", "not served: [well_known] states nothing"),
        ("[well_known]\ngpc = true\n", "says that GPC is honoured"),
        ("[well_known]\ngpc = false\n", "says that GPC is not honoured"),
        ('[well_known]\ngpc = true\n[enforcement]\nmode = "observe"\n', "and it is NOT"),
        ("[well_known]\ngpc = true\n[signals]\ngpc = false\n", "and it is NOT"),
    ],
)
def test_check_says_whether_what_the_site_states_is_true(run, tmp_path, settings, words):
    file = tmp_path / "consent.toml"
    file.write_text(settings)

    assert words in run("check", file)[1]


@pytest.mark.parametrize(
    ("policy", "code"), [("script-src 'none'", 1), ("script-src 'self'", 0), ("img-src *", 0)]
)
def test_check_says_where_a_sites_own_policy_keeps_the_guard_out(
    run, module, tmp_path, policy, code
):
    def home(request):
        return RedirectResponse("/en/")

    def page(request):
        return HTMLResponse("<p>x</p>", headers={"content-security-policy": policy})

    module("strict", app=Starlette(routes=[Route("/", home), Route("/en/", page)]))
    file = tmp_path / "consent.toml"
    file.write_text("")

    found, out, _ = run("check", file, "--site", "strict:app")

    assert found == code
    assert ("The guard can't run on strict:app" in out) == bool(code)


def test_check_prints_every_problem_and_fails(run, tmp_path):
    file = tmp_path / "consent.toml"
    file.write_text('regime = "opt-aut"\n[signals]\ngcp = true\n')

    code, _, err = run("check", file)

    assert code == 2
    assert "regime" in err
    assert "gcp" in err
