"""The server around the application: how long it waits for clients, and how it stops."""

import asyncio
import gc
import logging
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import uvicorn
from fastapi import FastAPI

from models.engine import Engine
from service.api.app import create_app
from service.api.entry.connections import ConnectionLimits, limited_protocol
from service.api.work.worker import Worker
from service.settings import Settings

logger = logging.getLogger("breve")

GRACE_SECONDS: Final = 30  # Time for running requests to end.
# The share of the grace after which clients that still wait are told that the service stops. Open
# streams are cut at the end of the grace.
ABANDON_AFTER: Final = 0.9
# Longer than proxies keep idle connections (nginx and cloud load balancers: 60 s). Otherwise a
# proxy may send a request just as the connection ends, and answer it with 502.
KEEP_ALIVE_SECONDS: Final = 75
MAX_BACKLOG: Final = 128  # Clients that have connected and are not accepted yet.
BROKEN: Final = 1  # The exit status of a service whose worker is broken.


class Server(uvicorn.Server):
    """A server that answers all who wait before it stops.

    It knows whether it stops because `worker` is broken.
    """

    def __init__(self, config: uvicorn.Config, worker: Worker) -> None:
        super().__init__(config)
        self._worker = worker
        self._broken = False

    def end(self) -> None:
        """Stops gracefully, as the worker is broken."""
        self._broken = self.should_exit = True

    def until_stopped(self) -> int:
        """Serves until it is stopped. Returns the exit status."""
        # uvicorn raises SystemExit, with a status of its own, where it cannot listen.
        with suppress(KeyboardInterrupt, SystemExit):
            self.run()
        return BROKEN if self._broken or not self.started else 0

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Waits for running requests, as long as the grace lasts."""
        seconds = ABANDON_AFTER * (self.config.timeout_graceful_shutdown or 0)
        abandoning = asyncio.get_running_loop().call_later(seconds, self._worker.abandon)
        try:
            await super().shutdown(sockets)
        finally:
            abandoning.cancel()


def make_server(settings: Settings, load: Callable[[], Engine] | None = None) -> Server:
    """The service with these settings, ready to be run. `load` is as in `create_app`."""
    begun = time.monotonic()

    def end() -> None:
        server.end()

    def announce() -> None:
        gc.collect()
        # The loaded objects stay. The garbage collector need not go through them again, while all
        # requests wait.
        gc.freeze()
        _log_ready(settings, time.monotonic() - begun)

    app = create_app(settings, load, end=end, ready=announce)
    server = Server(configured(app, settings), app.state.parts.worker)
    return server


def _log_ready(settings: Settings, seconds: float) -> None:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    logger.info(
        "ready on http://%s:%d, model %s, in %.0f s", host, settings.port, settings.model, seconds
    )


def configured(
    app: FastAPI, settings: Settings, port: int | None = None, grace: int = GRACE_SECONDS
) -> uvicorn.Config:
    """The configuration of uvicorn for `app`. `port` 0 takes a free one; `grace` is in seconds."""
    descriptors = _max_descriptors()
    connections = min(settings.max_connections, descriptors // 2)
    limits = ConnectionLimits(connections, settings.header_seconds)
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port if port is None else port,
        log_config=None,
        log_level=settings.log_level,
        access_log=False,
        # Otherwise uvicorn would take uvloop where the extra `ray` has installed it.
        loop="asyncio",
        http=limited_protocol(limits),
        ws="none",
        backlog=min(MAX_BACKLOG, descriptors // 16),
        timeout_graceful_shutdown=grace,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        server_header=False,
        # Otherwise the variable WEB_CONCURRENCY would count, which hosting platforms set. The
        # model is loaded once, in this process.
        workers=1,
    )


def _max_descriptors() -> int:
    """How many files and connections this process may have open.

    Half of them are for connections. Up to three times the backlog is for connections that are
    just being accepted or closed: asyncio accepts a whole backlog before it closes a connection.
    """
    try:
        import resource
    except ImportError:  # Windows has no such limit.
        return sys.maxsize
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return sys.maxsize if limit == resource.RLIM_INFINITY else limit
