"""A visitor of a site behind the real middleware, by raw ASGI messages."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from consentmw.asgi import ConsentMiddleware
from consentmw.config import Config

SECRET = "a secret that is long enough"
HOST = "www.example.com"
PATH = "/privacy-choices"
OURS = {"sec-fetch-site": "same-origin"}


def configure(**settings: Any) -> Config:
    """A site with a secret and whatever else a test is about."""
    # Without the guard a site is ready at once.
    defaults = {"secret_keys": [SECRET], "browser": {"guard": "off"}}
    return Config.from_mapping({**defaults, **settings}, environ={})


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name]

    def __getitem__(self, name: str) -> str:
        (value,) = self.all(name)
        return value

    @property
    def changed(self) -> bool:
        """Whether the browser was given a choice to keep."""
        return bool(self.all("set-cookie"))


async def hello(scope, receive, send):
    """The site's own page."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hello"})


@dataclass
class Visitor:
    """A browser, as far as a server can tell."""

    config: Config | None = None
    app: Any = hello
    headers: dict[str, str] = field(default_factory=dict)
    host: str = HOST
    root_path: str = ""
    cookies: dict[str, str] = field(default_factory=dict)
    keeps_cookies: bool = True

    def __post_init__(self) -> None:
        if self.config is None:
            self.config = configure()
        self.site = ConsentMiddleware(self.app, self.config)

    def get(self, target: str = PATH, *, method: str = "GET", **headers: str) -> Answer:
        return self.ask(method, target, fields=list(headers.items()))

    def post(
        self,
        form: dict[str, Any] | bytes,
        target: str = PATH,
        *,
        headers: dict[str, str] | None = None,
        kind: str = "application/x-www-form-urlencoded",
    ) -> Answer:
        body = form if isinstance(form, bytes) else urlencode(form, doseq=True).encode()
        fields = {**OURS} if headers is None else dict(headers)
        return self.ask("POST", target, body=body, fields=[("content-type", kind), *fields.items()])

    def ask(
        self,
        method: str,
        target: str,
        *,
        body: bytes = b"",
        fields: list[tuple[str, str]] | None = None,
        messages: list[dict[str, Any]] | None = None,
    ) -> Answer:
        path, _, query = target.partition("?")
        sent = [("host", self.host), *self.headers.items()]
        sent += [(name.replace("_", "-"), value) for name, value in fields or []]
        sent += [("cookie", f"{name}={value}") for name, value in self.cookies.items()]
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": self.root_path + path,
            "raw_path": (self.root_path + path).encode(),
            "query_string": query.encode(),
            "root_path": self.root_path,
            "headers": [(name.lower().encode(), value.encode()) for name, value in sent],
            "client": ("203.0.113.7", 1234),
            "server": (self.host, 80),
        }
        incoming = messages or [{"type": "http.request", "body": body, "more_body": False}]
        out: list[dict[str, Any]] = []

        async def receive():
            return incoming.pop(0) if incoming else {"type": "http.disconnect"}

        async def send(message):
            out.append(message)

        asyncio.run(self.site(scope, receive, send))
        if not out:
            return Answer(0, [], b"")
        start, *rest = out
        headers = [(name.decode(), value.decode()) for name, value in start["headers"]]
        answer = Answer(start["status"], headers, b"".join(m.get("body", b"") for m in rest))
        if self.keeps_cookies:
            for line in answer.all("set-cookie"):
                name, _, value = line.partition(";")[0].partition("=")
                self.cookies[name] = value
        return answer

    def follow(self, answer: Answer) -> Answer:
        assert answer.status == 303
        return self.get(answer["location"].removeprefix(self.root_path))
