"""The service around a scripted engine in a process of its own: its memory and its descriptors are
those of the service alone."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.engines import until

ROOT = Path(__file__).parents[1]
SERVED = """
import resource, sys
import models.loading
from service.cli.main import main
from tests.engines import ForgetfulEngine

resource.setrlimit(resource.RLIMIT_NOFILE, (int(sys.argv[2]), int(sys.argv[2])))
models.loading.load_engine = lambda *_: ForgetfulEngine()
main(["serve", "--port", sys.argv[1]])
"""


@contextmanager
def served(
    log: Path, descriptors: int = 1_024, **settings: str
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The ready service and its port.

    It may have so many descriptors, and gets the `settings` as environment variables. What it
    writes to standard error goes to `log`.
    """
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    command = [sys.executable, "-c", SERVED, str(port), str(descriptors)]
    environment = {**os.environ, **settings}
    with (
        log.open("wb") as errors,
        subprocess.Popen(command, cwd=ROOT, env=environment, stderr=errors) as started,
    ):
        try:
            until(lambda: status(port, "/readyz") == 200, 60)
            yield started, port
        finally:
            started.kill()


def status(port: int, path: str) -> int:
    """The status of its answer; 0 if there is none."""
    try:
        return httpx.get(f"http://127.0.0.1:{port}{path}", timeout=10).status_code
    except httpx.TransportError:
        return 0
