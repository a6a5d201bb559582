import tomllib

from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route

from consentmw import load_config


def test_init_writes_a_configuration_that_loads(run, folder, tmp_path, monkeypatch):
    file = tmp_path / "consent.toml"
    monkeypatch.setenv("CONSENT_SECRET", "long enough to be a secret of a test")

    code, out, _ = run("init", folder, "-o", file)

    assert code == 0
    assert "unclassified: 1" in out
    assert "unheard-of.example" in file.read_text()
    assert tomllib.loads(file.read_text())["regime"] == "opt-out"
    assert load_config(file).secret_keys == ("long enough to be a secret of a test",)
    assert run("init", folder, "-o", file)[0] == 2
    assert run("init", folder, "-o", file, "--force")[0] == 0


def test_whatever_a_site_sends_the_file_can_be_read(run, module, tmp_path):
    def home(request):
        page = HTMLResponse(
            '<script src="https://\U0001f600.example/"></script><script data-consent="status"'
            ' src="https://tagged.example/"></script>'
        )
        for cookie in ('a"b=1', "c\\=1", "_fbp\x01=1", "d\x7f\x01=1", "\xe9=1"):
            page.raw_headers.append((b"set-cookie", cookie.encode("latin-1")))
        return page

    module("shop", app=Starlette(routes=[Route("/", home)]))
    file = tmp_path / "consent.toml"

    code, _, _ = run("init", "shop:app", "-o", file)
    uncommented = file.read_text().split("[categories.advertising]\n")[1].split("\n\n")[0]

    assert code == 0
    assert tomllib.loads(file.read_text())
    assert "tagged.example (tagged by the site)" in file.read_text()
    suggested = tomllib.loads(uncommented.replace("# ", ""))
    assert set(suggested["cookies"]) >= {'a"b', "c\\", "\xe9"}
