"""The README's recipe for a caching proxy, run as it stands by a real nginx."""

import re
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from rig.processes import ROOT
from rig.serving import free_socket, running
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route
from test_preference_proxy import nginx_or_skip

from consentmw import Choice, Config, ConsentMiddleware

pytestmark = pytest.mark.server

CONFIG = Config.from_mapping(
    {
        "secret_keys": ["a secret that is long enough"],
        "signals": {"navigator": False},
        "caching": {"strategy": "edge"},
        "categories": {"advertising": {"hosts": ["ads.example"]}},
    }
)
AROUND = """
daemon off; master_process off; error_log {folder}/error.log; pid {folder}/nginx.pid;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    proxy_cache_path {folder}/cache keys_zone=pages:1m;
    upstream app {{ server 127.0.0.1:{upstream}; }}
    add_header X-Cache $upstream_cache_status always;
    {recipe}
}}
"""


def recipe():
    readme = (ROOT / "README.md").read_text()
    (block,) = re.findall(r"^```nginx\n(.*?)^```$", readme, re.DOTALL | re.MULTILINE)
    return block


def cookie(*, allowed=(), denied=()):
    choice = Choice(
        allowed=frozenset(allowed),
        denied=frozenset(denied),
        revision=1,
        chosen_on=datetime.now(UTC).date(),
    )
    return f"theme=dark; __Host-privacy_choices={CONFIG.choice_signer.sign(choice)}"


@pytest.fixture(scope="module")
def edge(tmp_path_factory):
    nginx = nginx_or_skip()
    folder = tmp_path_factory.mktemp("edge")

    async def page(request):
        body = "<p>Hello</p><script src='https://ads.example/ad.js'></script>"
        return HTMLResponse(body, headers={"Cache-Control": "public, max-age=600"})

    site = Starlette(routes=[Route("/{name}", page)])
    with running(ConsentMiddleware(site, CONFIG)) as upstream, free_socket() as bound:
        port = bound.getsockname()[1]
        bound.close()
        server = recipe().replace("server {", f"server {{ listen 127.0.0.1:{port};", 1)
        text = AROUND.format(folder=folder, upstream=upstream, recipe=server)
        Path(folder / "nginx.conf").write_text(text)
        process = subprocess.Popen([nginx, "-p", folder, "-c", folder / "nginx.conf"])
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
                deadline = time.monotonic() + 20
                while True:
                    try:
                        client.get("/up")
                        break
                    except httpx.ConnectError:
                        assert time.monotonic() < deadline, "nginx did not start"
                        time.sleep(0.05)
                yield client
        finally:
            process.terminate()
            process.wait(timeout=10)


VISITORS = {
    "plain": ({}, True),
    "zero": ({"Sec-GPC": "0"}, True),
    "gpc": ({"Sec-GPC": "1"}, False),
    "joined": ({"Sec-GPC": "0, 1"}, False),
    "opted-out": ({"Cookie": cookie(denied=["advertising", "analytics"])}, False),
    "declined-one": ({"Cookie": cookie(denied=["advertising"], allowed=["analytics"])}, False),
    "allowed": ({"Cookie": cookie(allowed=["advertising", "analytics"])}, True),
    "allowed-and-gpc": (
        {"Cookie": cookie(allowed=["advertising", "analytics"]), "Sec-GPC": "1"},
        False,
    ),
    "forged": ({"X-Privacy-Variant": "0", "Sec-GPC": "1"}, False),
}


@pytest.mark.parametrize("first", VISITORS)
def test_no_visitor_gets_the_page_of_another_kind_from_the_cache(edge, first):
    order = [first, *(name for name in VISITORS if name != first)]
    for name in order + order:
        headers, advertising = VISITORS[name]
        answer = edge.get(f"/first-{first}", headers=headers)
        assert ("ads.example" in answer.text) is advertising, name
        assert "<p>Hello</p>" in answer.text


def test_visitors_of_one_kind_share_one_copy(edge):
    assert edge.get("/shared").headers["X-Cache"] == "MISS"
    assert edge.get("/shared", headers={"Cookie": "theme=dark"}).headers["X-Cache"] == "HIT"
    gpc = {"Sec-GPC": "1"}
    assert edge.get("/shared", headers=gpc).headers["X-Cache"] == "MISS"
    assert edge.get("/shared", headers=gpc | {"Cookie": "a=1"}).headers["X-Cache"] == "HIT"
    opted_out = {"Cookie": cookie(denied=["advertising", "analytics"])}
    assert edge.get("/shared", headers=opted_out).headers["X-Cache"] == "HIT"
