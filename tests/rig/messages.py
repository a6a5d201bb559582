"""Raw ASGI: asks an app as a server would and keeps every message; builds the smallest apps."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, MutableMapping

    Scope = MutableMapping[str, Any]
    Message = MutableMapping[str, Any]
    App = Callable[..., Awaitable[None]]

Pairs = "Iterable[tuple[str, str]]"


@dataclass
class Answer:
    """Every message that an app has sent."""

    messages: list[Message] = field(default_factory=list)
    scope: Scope = field(default_factory=dict)
    """The scope with which the app was called."""

    @property
    def start(self) -> Message:
        (start,) = (m for m in self.messages if m["type"].endswith("response.start"))
        return start

    @property
    def status(self) -> int:
        return self.start["status"]

    @property
    def body(self) -> bytes:
        return b"".join(self.chunks)

    @property
    def chunks(self) -> list[bytes]:
        return [m.get("body", b"") for m in self.messages if m["type"] == "http.response.body"]

    @property
    def complete(self) -> bool:
        bodies = [m for m in self.messages if m["type"] == "http.response.body"]
        return bool(bodies) and not bodies[-1].get("more_body", False)

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        return self.start["headers"]

    def all(self, name: str) -> list[str]:
        return [v.decode("latin-1") for n, v in self.headers if n.lower() == name.encode()]

    def get(self, name: str) -> str | None:
        values = self.all(name)
        assert len(values) <= 1, f"{name} came {len(values)} times"
        return values[0] if values else None


def scope_of(
    path: str = "/", headers: Iterable[tuple[str, str]] = (), *, method: str = "GET", **more: Any
) -> Scope:
    """The scope of a request to `shop.example`, as uvicorn builds it."""
    fields = [("host", "shop.example"), *headers]
    if any(name == "host" for name, _ in headers):
        fields = list(headers)
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.5"},
        "http_version": "1.1",
        "method": method,
        "scheme": "https",
        "path": path,
        "raw_path": path.encode("utf-8", "surrogatepass"),
        "query_string": b"",
        "root_path": "",
        "headers": [(n.encode("latin-1"), v.encode("latin-1")) for n, v in fields],
        "client": ("192.0.2.1", 40000),
        "server": ("192.0.2.2", 443),
        "state": {},
        **more,
    }


def ask(app: App, path: str = "/", headers: Iterable[tuple[str, str]] = (), **more: Any) -> Answer:
    """Send one request without a body and collect what comes back."""
    return asyncio.run(ask_async(app, scope_of(path, list(headers), **more)))


async def ask_async(app: App, scope: Scope, *, into: Answer | None = None) -> Answer:
    """The same in a running loop; `into` is filled while the app runs, should it raise."""
    answer = Answer() if into is None else into
    answer.scope = scope
    requests = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> Message:
        return requests.pop(0) if requests else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        answer.messages.append(message)

    await app(scope, receive, send)
    return answer


class Says:
    """An app that answers with these messages, and keeps the scopes with which it was asked."""

    def __init__(self, *messages: Message) -> None:
        self.messages = messages
        self.scopes: list[Scope] = []

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        self.scopes.append(scope)
        for message in self.messages:
            await send(message)

    @property
    def shown(self) -> list[tuple[bytes, bytes]]:
        """The header list of the last request as the app saw it."""
        return list(self.scopes[-1]["headers"])

    def saw(self, name: str) -> list[str]:
        """The values of one field of the last request as the app saw it."""
        return [v.decode("latin-1") for n, v in self.shown if n == name.encode()]


def start(
    *headers: tuple[str, str],
    status: int = 200,
    content_type: str = "text/html; charset=utf-8",
    **more: Any,
) -> Message:
    """A start message; no `Content-Type` where it is empty."""
    fields = [("content-type", content_type)] if content_type else []
    pairs = [(n.encode("latin-1"), v.encode("latin-1")) for n, v in (*fields, *headers)]
    return {"type": "http.response.start", "status": status, "headers": pairs, **more}


def body(content: bytes = b"", *, more: bool = False) -> Message:
    """A body message."""
    return {"type": "http.response.body", "body": content, "more_body": more}


def says_page(content: bytes, *headers: tuple[str, str], **more: Any) -> Says:
    """An app that answers with one whole page and its length."""
    length = ("content-length", str(len(content)))
    return Says(start(length, *headers, **more), body(content))
