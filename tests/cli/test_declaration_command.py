import json

from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route


def test_declaration_lists_the_cookies_that_are_set_and_declared(run, planted, tmp_path):
    file = tmp_path / "consent.toml"
    file.write_text('[categories.analytics]\ncookies = ["_visits", "se*"]\n')

    _, table, _ = run("declaration", "sites:fixed", "--config", file)
    _, page, _ = run("declaration", "sites:fixed", "--config", file, "-f", "html")
    _, data, _ = run("declaration", "sites:fixed", "--config", file, "-f", "json")

    assert "| `_fbp` | Meta" in table
    assert "| `_visits` |" in table
    assert "se*" not in table  # the scan has met `session`, which it covers
    assert "<td>_fbp</td>" in page
    assert {"_fbp", "_gcl_au", "_visits"} <= {one["name"] for one in json.loads(data)}


def test_what_is_only_in_a_list_is_not_declared(run, folder, tmp_path):
    (tmp_path / "names.csv").write_text(
        "Platform,Category,Cookie / Data Key name,Wildcard match\nX,Marketing,listed_name,0\n"
    )
    file = tmp_path / "consent.toml"
    file.write_text('[categories.advertising]\ncookies = ["own"]\ncookie_lists = ["names.csv"]\n')

    _, table, _ = run("declaration", folder, "-c", file)

    assert "`own`" in table
    assert "listed_name" not in table


def test_what_keeps_the_choice_is_a_cookie_too(run, folder, tmp_path):
    file = tmp_path / "consent.toml"
    file.write_text('secret_keys = ["a secret that is long"]\n[cookie]\nmax_age_days = 180\n')

    _, table, _ = run("declaration", folder, "-c", file)

    assert "| `__Host-privacy_choices` | this site | consent | 6 months |" in table
    assert "| `__Host-privacy_choices_signal` | this site | consent | session |" in table
    assert "privacy_choices" not in run("declaration", folder)[1]


def test_the_sites_own_cookies_are_set_by_the_site(run, module, tmp_path):
    def home(request):
        headers = {"set-cookie": "ba|s`ket=1; HttpOnly"}
        return HTMLResponse("x", headers=headers)

    module("shop", app=Starlette(routes=[Route("/", home)]))
    file = tmp_path / "consent.toml"
    settings = '[categories.status]\ncookies = ["ba*"]\n'
    file.write_text(settings)

    assert (
        "| `ba\\|sket` | this site | status | session |"
        in run("declaration", "shop:app", "-c", file)[1]
    )
    named = 'secret_keys = ["a secret that is long"]\n[preferences]\nsite_name = "Shop"\n'
    file.write_text(named + settings)
    assert "| Shop | status | session |" in run("declaration", "shop:app", "-c", file)[1]
