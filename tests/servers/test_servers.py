"""The demo and the middleware behind real servers: streams, ranges, validators, extensions."""

import socket
import ssl
import time
from pathlib import Path

import h2.config
import h2.connection
import h2.events
import httpx
import pytest
import trustme
from rig.processes import ROOT, server_process

pytestmark = pytest.mark.server

DEMO = ROOT / "examples" / "health_plan"
HERE = Path(__file__).parent
HOST = "www.example.com"
COMMANDS = {
    "uvicorn": ["uvicorn", "{app}", "--port", "PORT", "--log-level", "warning"],
    "hypercorn": ["hypercorn", "{app}", "--bind", "127.0.0.1:PORT", "--log-level", "warning"],
    "granian": ["granian", "{app}", "--interface", "asgi", "--port", "PORT", "--no-log"],
}
GPC = {"Sec-GPC": "1"}
PAGE = GPC | {"Sec-Fetch-Dest": "document"}


def command(server, app):
    return [part.format(app=app) for part in COMMANDS[server]]


@pytest.fixture(scope="module", params=list(COMMANDS))
def demo(request):
    with (
        server_process(*command(request.param, "app:app"), cwd=DEMO) as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
    ):
        yield client


def test_the_demo_loses_its_advertising_to_gpc_and_nothing_else(demo):
    plain, opted_out = demo.get("/"), demo.get("/", headers=PAGE)
    assert plain.text.count("connect.facebook.net/en_US") == 1
    assert "connect.facebook.net/en_US" not in opted_out.text
    assert "<h1>Care that grows with you</h1>" in opted_out.text
    assert opted_out.text.rstrip().endswith("</html>")
    assert "_fbp" in plain.headers["set-cookie"]
    # What the browser got with the plain page is expired, and nothing else is set.
    assert opted_out.headers["set-cookie"].startswith("_fbp=; Max-Age=0")
    assert {"Sec-GPC", "Cookie"} <= set(opted_out.headers["vary"].split(", "))


def test_a_login_lasts(demo):
    with httpx.Client(base_url=demo.base_url, headers=PAGE, trust_env=False) as client:
        answer = client.post("/login", data={"member": "10442"}, follow_redirects=True)
        assert "member 10442" in answer.text
        assert "member 10442" in client.get("/member").text
        assert "googletagmanager" not in client.get("/member").text


def test_a_stream_leaves_as_it_is_made(demo):
    with demo.stream("GET", "/find-care", headers=PAGE) as answer:
        arrivals = [(time.monotonic(), chunk) for chunk in answer.iter_bytes()]
    page = b"".join(chunk for _, chunk in arrivals)
    assert page.count(b"<li><strong>") == 6
    assert b"fbevents.js" not in page
    first = next(at for at, chunk in arrivals if b"<h1>" in chunk)
    assert arrivals[-1][0] - first > 0.5


def test_a_range_of_a_video_is_served(demo):
    answer = demo.get(
        "/static/welcome.webm",
        headers=GPC | {"Range": "bytes=1000-1999", "Sec-Fetch-Dest": "video"},
    )
    whole = (DEMO / "static" / "welcome.webm").read_bytes()
    assert (answer.status_code, answer.content) == (206, whole[1000:2000])
    assert answer.headers["content-range"] == f"bytes 1000-1999/{len(whole)}"


def test_an_image_is_not_sent_again(demo):
    image = demo.get("/static/juniper.svg", headers=GPC | {"Sec-Fetch-Dest": "image"})
    again = demo.get(
        "/static/juniper.svg",
        headers=GPC | {"Sec-Fetch-Dest": "image", "If-None-Match": image.headers["etag"]},
    )
    assert again.status_code == 304
    assert again.content == b""


def test_a_file_that_is_a_page_is_rewritten_and_not_304_across_variants(demo):
    path = "/static/glossary.html"
    plain = demo.get(path, headers={"Sec-Fetch-Dest": "document"})
    assert b"fbevents.js" in plain.content
    asked_again = {"If-None-Match": plain.headers["etag"]}
    across = demo.get(path, headers=PAGE | asked_again)
    assert across.status_code == 200
    assert b"fbevents.js" not in across.content
    same = demo.get(path, headers=PAGE | {"If-None-Match": across.headers["etag"]})
    assert same.status_code == 304
    back = demo.get(
        path, headers={"Sec-Fetch-Dest": "document", "If-None-Match": across.headers["etag"]}
    )
    assert back.status_code == 200
    assert back.content == plain.content


@pytest.mark.parametrize(
    ("path", "dest", "headers", "told_by"),
    [
        ("/welcome.webm", "video", GPC, "pathsend"),
        ("/juniper.svg", "image", GPC, "pathsend"),
        ("/juniper.svg", "document", GPC, "body"),
        ("/glossary.html", "document", GPC, "body"),
        ("/glossary.html", "document", {}, "pathsend"),
    ],
)
def test_granian_sends_files_by_itself_unless_they_may_be_pages_to_rewrite(
    files, path, dest, headers, told_by
):
    answer = files.get(path, headers={"Sec-Fetch-Dest": dest, **headers})

    assert answer.headers["x-told-by"] == f"http.response.{told_by}"
    content = (DEMO / "static" / path[1:]).read_bytes()
    if path == "/glossary.html" and headers:
        assert b"fbevents.js" in content
        assert b"fbevents.js" not in answer.content
    else:
        assert answer.content == content


@pytest.fixture(scope="module")
def files():
    with (
        server_process(*command("granian", "files_app:app"), cwd=HERE) as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
    ):
        yield client


def h2_get(port, headers, context):
    """One exchange by HTTP/2 over TLS: early hints, header, and the body with times."""
    client = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding="utf-8"))
    hints, answer, body = [], {}, []
    with (
        socket.create_connection(("127.0.0.1", port)) as plain,
        context.wrap_socket(plain, server_hostname=HOST) as connection,
    ):
        assert connection.selected_alpn_protocol() == "h2"
        client.initiate_connection()
        fields = [(":method", "GET"), (":path", "/"), (":scheme", "https"), (":authority", HOST)]
        client.send_headers(1, fields + headers, end_stream=True)
        connection.sendall(client.data_to_send())
        while data := connection.recv(65536):
            for event in client.receive_data(data):
                if isinstance(event, h2.events.InformationalResponseReceived):
                    hints += [value for name, value in event.headers if name == "link"]
                elif isinstance(event, h2.events.ResponseReceived):
                    answer = dict(event.headers)
                elif isinstance(event, h2.events.DataReceived):
                    body.append((time.monotonic(), event.data))
                elif isinstance(event, h2.events.StreamEnded):
                    return hints, answer, body
            connection.sendall(client.data_to_send())
    raise AssertionError("the connection ended before the answer did")


def test_http2_over_tls_carries_several_cookie_fields_and_early_hints(tmp_path):
    authority = trustme.CA()
    certificate = tmp_path / "site.pem"
    authority.issue_cert(HOST).private_key_and_cert_chain_pem.write_to_path(certificate)
    context = ssl.create_default_context()
    context.set_alpn_protocols(["h2", "http/1.1"])
    authority.configure_trust(context)
    tls = ["--certfile", str(certificate), "--keyfile", str(certificate)]

    with server_process(*command("hypercorn", "hints_app:app"), *tls, cwd=HERE) as port:
        cookies = [("cookie", "session=1"), ("cookie", "_ads=2"), ("cookie", "theme=dark")]
        hints, answer, body = h2_get(port, [*cookies, ("sec-gpc", "1")], context)
        assert answer["x-scheme"] == "https"
        assert answer["x-cookies"].replace("; ", " | ") == "session=1 | theme=dark"
        assert hints == ["</own.css>; rel=preload; as=style"]
        assert b"".join(data for _, data in body) == b"<p>first</p><p>second</p>"
        first = next(at for at, data in body if b"first" in data)
        second = next(at for at, data in body if b"second" in data)
        assert second - first > 0.1
        hints, answer, body = h2_get(port, cookies, context)
        assert answer["x-cookies"].replace("; ", " | ") == "session=1 | _ads=2 | theme=dark"
        assert len(hints) == 2
        assert b"ads.example" in b"".join(data for _, data in body)


@pytest.mark.parametrize("server", list(COMMANDS))
def test_a_broken_configuration_stops_the_process_with_its_problems(server, tmp_path, capfd):
    (tmp_path / "broken.py").write_text(
        "from starlette.applications import Starlette\n"
        "from consentmw import ConsentMiddleware\n"
        "app = Starlette()\n"
        "app.add_middleware(ConsentMiddleware, config={'regime': 'optout', 'zone': []})\n"
    )
    with (  # noqa: PT012 # whichever comes first: it never listens, or listens for a moment
        pytest.raises(RuntimeError, match="did not start"),
        server_process(*command(server, "broken:app"), cwd=tmp_path) as port,
    ):
        # A server may listen before it has started the app.
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with socket.create_connection(("127.0.0.1", port)):
                time.sleep(0.1)
        pytest.fail("the server keeps running")
    said = "".join(capfd.readouterr())
    if server != "granian":  # which says that the start-up failed, not why
        assert "regime" in said
        assert "zone" in said
