"""A real uvicorn on a free loopback port, in a thread of the test's own process."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import uvicorn


def free_socket() -> socket.socket:
    """Return a socket bound to a free loopback port, so that nobody can take it meanwhile."""
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind(("127.0.0.1", 0))
    return bound


@contextlib.contextmanager
def running(app: Any, **settings: Any) -> Iterator[int]:
    """Serve an app by uvicorn and yield its port; errors of the start-up are raised."""
    bound = free_socket()
    settings = {"log_level": "warning", "ws": "wsproto", "timeout_graceful_shutdown": 1} | settings
    server = uvicorn.Server(uvicorn.Config(app, **settings))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
    thread.start()
    try:
        while not server.started:
            if not thread.is_alive():
                raise RuntimeError("the app did not start; uvicorn's log says why")
            time.sleep(0.005)
        yield bound.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()
        bound.close()
