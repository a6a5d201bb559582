"""The internet as a browser under test sees it: a proxy that answers for every host there is.

Both browsers are told to use it for everything, loopback included, and trust its throw-away
certificate authority. So nothing that leaves the browser goes unseen, whoever sent it (markup,
script, worker, service worker, preconnect), and nothing reaches the real network: a host that the
test serves is passed on to its server, every other host is answered by a stub.

It speaks HTTP/1.1 only, and knows nothing of consent.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import re
import socket
import socketserver
import ssl
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPMessage, parse_headers
from typing import IO, Self
from urllib.parse import urlsplit

import trustme
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import load_pem_x509_certificate

_PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")

# What an unknown host answers, by the Sec-Fetch-Dest of the request.
_BY_DESTINATION: Mapping[str, tuple[str, bytes]] = {
    "document": ("text/html", b"<!doctype html><title>stub</title><p>stub"),
    "embed": ("text/html", b"<!doctype html><title>stub</title><p>stub"),
    "frame": ("text/html", b"<!doctype html><title>stub</title><p>stub"),
    "iframe": ("text/html", b"<!doctype html><title>stub</title><p>stub"),
    "image": ("image/gif", _PIXEL),
    "object": ("text/html", b"<!doctype html><title>stub</title><p>stub"),
    "script": ("text/javascript", b"/* stub */"),
    "serviceworker": ("text/javascript", b"/* stub */"),
    "sharedworker": ("text/javascript", b"/* stub */"),
    "style": ("text/css", b"/* stub */"),
    "worker": ("text/javascript", b"/* stub */"),
}

# Hosts that browsers ask for things of their own, whatever they are told not to.
_BROWSERS_OWN = {
    "accounts.google.com",
    "content-autofill.googleapis.com",
    "firefox.settings.services.mozilla.com",
    "optimizationguide-pa.googleapis.com",
    "update.googleapis.com",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request that left the browser; `CONNECT` where it only opened a connection."""

    method: str
    url: str
    headers: HTTPMessage = field(repr=False, compare=False)
    body: bytes = field(default=b"", repr=False)

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    @property
    def origin(self) -> str:
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def destination(self) -> str:
        """What the browser says it is for: `script`, `image`, `iframe`, …"""
        return self.headers.get("Sec-Fetch-Dest", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stub:
    """A ready answer of a host that no test serves."""

    body: bytes | str = b""
    content_type: str = "text/html; charset=utf-8"
    status: int = 200
    headers: Iterable[tuple[str, str]] = ()
    delay_seconds: float = 0.0


Responder = Callable[[Request], Stub]


class Authority:
    """A certificate authority of its own for one run of the tests."""

    def __init__(self) -> None:
        self._authority = trustme.CA()
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._lock = threading.Lock()

    @property
    def pem(self) -> bytes:
        return self._authority.cert_pem.bytes()

    @property
    def der_base64(self) -> str:
        return base64.b64encode(ssl.PEM_cert_to_DER_cert(self.pem.decode())).decode()

    @property
    def public_key_digest(self) -> str:
        """The digest that Chromium's --ignore-certificate-errors-spki-list takes."""

        key = load_pem_x509_certificate(self.pem).public_key()
        info = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return base64.b64encode(hashlib.sha256(info).digest()).decode()

    def context(self, host: str) -> ssl.SSLContext:
        with self._lock:
            if host not in self._contexts:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.set_alpn_protocols(["http/1.1"])
                issued = self._authority.issue_cert(host)
                # Chromium's exception wants the authority's own certificate in the chain.
                chain = issued.private_key_and_cert_chain_pem.bytes() + self.pem
                with tempfile.NamedTemporaryFile() as file:
                    file.write(chain)
                    file.flush()
                    context.load_cert_chain(file.name)
                self._contexts[host] = context
            return self._contexts[host]


class Network:
    """Every host there is: those that a test serves, and stubs for all others."""

    def __init__(self, authority: Authority) -> None:
        self.authority = authority
        self.requests: list[Request] = []
        self._sites: dict[str, int] = {}
        self._stubs: list[tuple[re.Pattern[str], Stub | Responder]] = []
        self._last_event = time.monotonic()
        self._unanswered = 0
        self._lock = threading.Lock()
        self._server = _Proxy(self)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        self._thread.start()

    @property
    def port(self) -> int:
        """The port of the proxy on loopback."""
        return self._server.server_address[1]

    def serve(self, host: str, port: int) -> None:
        """Pass what is asked of `host`, by http or https, on to a server at a loopback port."""
        self._sites[host] = port

    def stub(self, url: str, answer: Stub | Responder) -> None:
        """Answer URLs like `https://ads.example/*.js` (`*` is any text); the last one wins."""
        pattern = ".*".join(re.escape(part) for part in url.split("*"))
        self._stubs.append((re.compile(pattern, re.DOTALL), answer))

    def hosts(self, since: int = 0) -> set[str]:
        """The hosts that anything was asked of, or a connection was opened to."""
        return {request.host for request in self.requests[since:]}

    def settle(self, *, quiet_seconds: float = 0.25, timeout_seconds: float = 15.0) -> None:
        """Wait until all is answered and no request has come for a while."""
        began = time.monotonic()
        while self._unanswered or time.monotonic() - max(self._last_event, began) < quiet_seconds:
            if time.monotonic() - began > timeout_seconds:
                raise TimeoutError(f"requests kept coming; the last was {self.requests[-1]}")
            time.sleep(0.02)

    @contextlib.contextmanager
    def answering(self) -> Iterator[None]:
        """Know that a request is being answered; websockets are open for good and don't count."""
        with self._lock:
            self._unanswered += 1
        try:
            yield
        finally:
            with self._lock:
                self._unanswered -= 1
            self._last_event = time.monotonic()

    def disconnect(self) -> None:
        """Hang up on everybody."""
        self._server.disconnect()

    def forget(self) -> None:
        """Be as new: nothing asked for, nobody connected, no site and no stub."""
        self.disconnect()
        self.requests = []
        self._sites.clear()
        self._stubs.clear()

    def close(self) -> None:
        self._server.shutdown()
        self.disconnect()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def record(self, request: Request) -> None:
        """Keep what a page asked for; only a page's request says that it has an initiator."""
        if request.host in _BROWSERS_OWN and "site" not in request.headers.get(
            "Sec-Fetch-Site", ""
        ):
            return
        self._last_event = time.monotonic()
        self.requests.append(request)

    def site_port(self, host: str, port: int) -> int | None:
        """The loopback port that serves a host; loopback addresses are what they are."""
        return self._sites.get(host, port if host in {"127.0.0.1", "localhost"} else None)

    def answer(self, request: Request) -> Stub:
        for pattern, answer in reversed(self._stubs):
            if pattern.fullmatch(request.url):
                return answer if isinstance(answer, Stub) else answer(request)
        media_type, body = _BY_DESTINATION.get(request.destination, ("text/plain", b""))
        return Stub(body=body, content_type=media_type)


class _Proxy(socketserver.ThreadingTCPServer):
    request_queue_size = 128
    allow_reuse_address = True

    def __init__(self, network: Network) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.network = network
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def holding(self, connection: socket.socket) -> Iterator[None]:
        """Know a socket while it is in use, so that closing the network ends its thread."""
        with self._lock:
            self._open.add(connection)
        try:
            yield
        finally:
            with self._lock:
                self._open.discard(connection)
            connection.close()

    def disconnect(self) -> None:
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep quiet about browsers that hang up, as they do all the time."""


class _Connection(socketserver.BaseRequestHandler):
    """One connection of the browser, as a proxy or, after CONNECT, as the host itself."""

    server: _Proxy
    request: socket.socket

    def handle(self) -> None:
        with contextlib.suppress(OSError, ValueError), self.server.holding(self.request):
            self._converse(self.request, scheme="http", authority="")

    def _converse(self, connection: socket.socket, *, scheme: str, authority: str) -> None:
        with connection.makefile("rb") as reader:
            while line := reader.readline(65537).decode("latin-1").split():
                method, target, _ = line
                headers = parse_headers(reader)
                if method == "CONNECT":
                    self._tunnel(connection, target, headers)
                    return
                url = target if not authority else f"{scheme}://{authority}{target}"
                body = _read_body(reader, headers)
                request = Request(method=method, url=url, headers=headers, body=body)
                self.server.network.record(request)
                if not self._respond(connection, request):
                    return

    def _tunnel(self, connection: socket.socket, target: str, headers: HTTPMessage) -> None:
        host, _, port = target.rpartition(":")
        self.server.network.record(
            Request(method="CONNECT", url=f"https://{target}/", headers=headers)
        )
        connection.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
        if connection.recv(1, socket.MSG_PEEK) != b"\x16":  # RFC 8446: a TLS handshake record
            authority = host if port == "80" else target
            self._converse(connection, scheme="http", authority=authority)
            return
        context = self.server.network.authority.context(host.strip("[]"))
        with (
            context.wrap_socket(connection, server_side=True) as secured,
            self.server.holding(secured),
        ):
            authority = host if port == "443" else target
            self._converse(secured, scheme="https", authority=authority)

    def _respond(self, connection: socket.socket, request: Request) -> bool:
        """Answer one request; whether the connection can carry another."""
        network = self.server.network
        port = network.site_port(request.host, urlsplit(request.url).port or 80)
        if "Upgrade" in request.headers:
            if port is not None:
                self._pass_on(connection, request, port)
            else:
                _accept_websocket(connection, request)
            return False
        with network.answering():
            if port is not None:
                self._pass_on(connection, request, port)
            else:
                _send_stub(connection, request, network.answer(request))
        return port is None

    def _pass_on(self, connection: socket.socket, request: Request, port: int) -> None:
        parts = urlsplit(request.url)
        target = parts._replace(scheme="", netloc="").geturl() or "/"
        upgrade = "Upgrade" in request.headers
        kept = [
            (name, value)
            for name, value in request.headers.items()
            if name.lower() not in {"connection", "proxy-connection", "transfer-encoding"}
        ]
        # The proxy is the site's TLS terminator too, and says so as those do.
        kept += [
            ("Connection", "Upgrade" if upgrade else "close"),
            ("X-Forwarded-For", "127.0.0.1"),
            ("X-Forwarded-Proto", parts.scheme),
        ]
        head = f"{request.method} {target} HTTP/1.1\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in kept) + "\r\n"
        try:
            upstream = socket.create_connection(("127.0.0.1", port))
        except ConnectionRefusedError:
            connection.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
            return
        with self.server.holding(upstream):
            upstream.sendall(head.encode("latin-1") + request.body)
            if upgrade:
                threading.Thread(target=_pump, args=(connection, upstream), daemon=True).start()
            _pump(upstream, connection)


def _read_body(reader: IO[bytes], headers: HTTPMessage) -> bytes:
    if headers.get("Transfer-Encoding", "").lower() == "chunked":
        body = b""
        while size := int(reader.readline().split(b";")[0], 16):
            body += reader.read(size)
            reader.readline()
        while reader.readline().strip():
            pass
        return body
    return reader.read(int(headers.get("Content-Length", 0)))


def _send_stub(connection: socket.socket, request: Request, stub: Stub) -> None:
    time.sleep(stub.delay_seconds)
    body = stub.body.encode() if isinstance(stub.body, str) else stub.body
    asked = request.headers.get("Access-Control-Request-Headers", "*")
    fields = [
        ("Content-Type", stub.content_type),
        ("Content-Length", str(len(body))),
        # Vendors' hosts answer any site, and so do these.
        ("Access-Control-Allow-Origin", request.headers.get("Origin", "*")),
        ("Access-Control-Allow-Credentials", "true"),
        ("Access-Control-Allow-Headers", asked),
        ("Access-Control-Allow-Methods", "*"),
        ("Cross-Origin-Resource-Policy", "cross-origin"),
        *stub.headers,
    ]
    head = f"HTTP/1.1 {stub.status} Stub\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in fields) + "\r\n"
    connection.sendall(head.encode() + (b"" if request.method == "HEAD" else body))


def _accept_websocket(connection: socket.socket, request: Request) -> None:
    """Open the websocket (RFC 6455, section 4.2.2) and keep it until the browser hangs up."""
    key = request.headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()
    connection.sendall(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + accept.encode() + b"\r\n\r\n"
    )
    while connection.recv(65536):
        pass


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
