"""The preference centre of a real uvicorn behind a real nginx that ends TLS."""

import os
import shutil
import ssl
import subprocess
import time
from pathlib import Path

import httpx
import pytest
import trustme
from rig.serving import free_socket, running
from starlette.applications import Starlette

from consentmw.asgi import ConsentMiddleware

pytestmark = pytest.mark.server

PATH = "/privacy-choices"
HOST = "www.example.com"
CHOICE = "__Host-privacy_choices"
OPT_OUT = {"action": "opt-out"}
ALLOW = {"action": "save", "allow": "advertising"}
CONFIGURATION = """
daemon off; master_process off; error_log {folder}/error.log; pid {folder}/nginx.pid;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    ssl_certificate {folder}/site.pem; ssl_certificate_key {folder}/site.pem;
    server {{
        listen 127.0.0.1:{port} ssl; server_name {host};
        location / {{ proxy_pass http://127.0.0.1:{upstream}; proxy_set_header Host $http_host; }}
    }}
    server {{
        listen 127.0.0.1:{bare_port} ssl; server_name {host};
        location / {{ proxy_pass http://127.0.0.1:{upstream}; }}
    }}
}}
"""


def nginx_or_skip():
    path = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")
    if path is None:
        if os.environ.get("CONSENTMW_REQUIRE_BROWSERS"):
            pytest.fail("nginx is not installed")
        pytest.skip("nginx is not installed")
    return path


def free_port():
    with free_socket() as bound:
        return bound.getsockname()[1]


@pytest.fixture(scope="module")
def proxies(tmp_path_factory):
    """The origins of two proxies: one passes the visitor's `Host` on, one puts in its own."""
    nginx = nginx_or_skip()
    folder = tmp_path_factory.mktemp("nginx")
    authority = trustme.CA()
    certificate = authority.issue_cert(HOST)
    certificate.private_key_and_cert_chain_pem.write_to_path(folder / "site.pem")
    config = {"secret_keys": ["a secret that is long enough"]}
    with running(ConsentMiddleware(Starlette(), config)) as upstream:
        port, bare_port = free_port(), free_port()
        (folder / "nginx.conf").write_text(
            CONFIGURATION.format(
                folder=folder, port=port, bare_port=bare_port, upstream=upstream, host=HOST
            )
        )
        process = subprocess.Popen(
            [nginx, "-c", folder / "nginx.conf", "-p", folder, "-e", "stderr"]
        )
        try:
            context = ssl.create_default_context()
            authority.configure_trust(context)
            wait_for(port, context, folder)
            yield context, port, bare_port
        finally:
            process.terminate()
            process.wait(timeout=10)


def wait_for(port: int, context: ssl.SSLContext, folder: Path) -> None:
    deadline = time.monotonic() + 10
    while True:
        try:
            with visitor(context, port) as client:
                client.get(PATH)
        except httpx.TransportError:
            if time.monotonic() > deadline:
                raise RuntimeError(Path(folder, "error.log").read_text()) from None
            time.sleep(0.05)
        else:
            return


def visitor(context: ssl.SSLContext, port: int) -> httpx.Client:
    """A browser that resolves the site's name to the proxy on this machine."""
    client = httpx.Client(
        base_url=f"https://127.0.0.1:{port}",
        verify=context,
        headers={"Host": HOST, "User-Agent": "Mozilla/5.0 (X11; Linux) Firefox/140.0"},
    )

    def name_host(request: httpx.Request) -> None:
        request.extensions["sni_hostname"] = HOST

    client.event_hooks["request"].append(name_host)
    return client


@pytest.fixture
def client(proxies):
    context, port, _ = proxies
    with visitor(context, port) as client:
        yield client


@pytest.fixture
def renamed(proxies):
    """Behind the proxy that puts in a `Host` of its own, as nginx does unless it is told."""
    context, _, bare_port = proxies
    with visitor(context, bare_port) as client:
        yield client


def test_the_page_and_what_it_loads_come_through(client):
    page = client.get(PATH)
    assert page.status_code == 200
    assert "You have not opted out" in page.text
    assert page.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin", "Origin": f"https://{HOST}"},
        {"Origin": f"https://{HOST}"},
        {"Origin": "null"},
        {},
    ],
    ids=["today", "without-sec-fetch-site", "null", "neither"],
)
def test_every_browser_can_opt_out(client, headers):
    answer = client.post(PATH, data=OPT_OUT, headers=headers)
    assert answer.status_code == 303
    assert answer.headers["set-cookie"].startswith(f"{CHOICE}=1.*.")
    assert "; Secure" in answer.headers["set-cookie"]
    assert answer.headers["location"] == f"{PATH}?saved=1"


def test_a_double_click_is_answered_the_same_twice(client):
    first, second = (client.post(PATH, data=OPT_OUT) for _ in range(2))
    assert first.status_code == second.status_code == 303
    assert first.headers["set-cookie"] == second.headers["set-cookie"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {},
    ],
)
def test_a_forged_post_that_allows_changes_nothing(client, headers):
    answer = client.post(PATH, data=ALLOW, headers=headers)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert "Nothing was changed" in answer.text


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": f"https://{HOST}"}]
)
def test_our_own_page_may_allow_behind_tls_that_ends_before_us(client, headers):
    assert client.post(PATH, data=ALLOW, headers=headers).status_code == 303


def test_an_oversized_post_is_refused_with_a_page(client):
    answer = client.post(PATH, data={**OPT_OUT, "next": "/" + "a" * 20_000})
    assert answer.status_code == 413
    assert "larger than our form can be" in answer.text
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("length", [3_000, 5_000])
def test_a_page_with_a_long_address_is_no_obstacle_to_an_opt_out(client, length):
    # nginx keeps the head of an answer in one page of memory, and refuses to pass on a larger one.
    answer = client.post(PATH, data={**OPT_OUT, "next": "/?gclid=" + "%" * length})
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{PATH}?saved=1"
    assert client.get(answer.headers["location"]).status_code == 200


def test_an_opt_out_also_works_where_the_proxy_renames_the_host(renamed):
    for headers in ({"Sec-Fetch-Site": "same-origin"}, {"Origin": f"https://{HOST}"}, {}):
        assert renamed.post(PATH, data=OPT_OUT, headers=headers).status_code == 303
    assert renamed.post(PATH, data=ALLOW, headers={"Origin": f"https://{HOST}"}).status_code == 403
