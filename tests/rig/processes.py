"""Real ASGI servers as processes of their own, for what only they do."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from .serving import free_socket

ROOT = Path(__file__).parents[2]


@contextlib.contextmanager
def server_process(*command: str, cwd: Path) -> Iterator[int]:
    """Run a server's command, in which `PORT` stands for a free port; yield that port."""
    with free_socket() as bound:
        port = bound.getsockname()[1]
    arguments = [sys.executable, "-m", *(part.replace("PORT", str(port)) for part in command)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(arguments, cwd=cwd, env=environment)
    try:
        deadline = time.monotonic() + 60
        while True:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{command[0]} did not start")
            with contextlib.suppress(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", port)).close()
                break
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)
