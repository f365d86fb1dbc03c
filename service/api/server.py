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

GRACE_SECONDS: Final = 30  # in which running requests may end
# of the grace: then who still waits is told that the service stops, before open streams are cut
TOLD_AFTER: Final = 0.9
# Longer than proxies keep theirs (nginx and the balancers of clouds 60 s): a request that meets the
# end of one is answered 502.
KEEP_ALIVE_SECONDS: Final = 75
MAX_BACKLOG: Final = 128  # clients that have connected and are not accepted yet
BROKEN: Final = 1  # the exit status of a service whose worker is broken


class Server(uvicorn.Server):
    """A server that answers all who wait before it cuts them off, and knows whether it stops
    because `worker` is broken."""

    def __init__(self, config: uvicorn.Config, worker: Worker) -> None:
        super().__init__(config)
        self._worker = worker
        self._broken = False

    def end(self) -> None:
        """Stops gracefully, as the worker is broken."""
        self._broken = self.should_exit = True

    def until_stopped(self) -> int:
        """Serves until it is stopped; the exit status."""
        with suppress(
            KeyboardInterrupt, SystemExit
        ):  # the second is uvicorn's, with a status of its own, where it cannot listen
            self.run()
        return BROKEN if self._broken or not self.started else 0

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Waits for what runs, as long as the grace lasts."""
        seconds = TOLD_AFTER * (self.config.timeout_graceful_shutdown or 0)
        telling = asyncio.get_running_loop().call_later(seconds, self._worker.abandon)
        try:
            await super().shutdown(sockets)
        finally:
            telling.cancel()


def make_server(settings: Settings, load: Callable[[], Engine] | None = None) -> Server:
    """The service with these settings, ready to be run; `load` as in `create_app`."""

    begun = time.monotonic()

    def end() -> None:
        server.end()

    def ready() -> None:
        gc.collect()
        # what is loaded stays: the collector need not go through it again, while everybody waits
        gc.freeze()
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        seconds = time.monotonic() - begun
        logger.info(
            "ready on http://%s:%d, model %s, in %.0f s",
            host,
            settings.port,
            settings.model,
            seconds,
        )

    app = create_app(settings, load, end=end, ready=ready)
    server = Server(configured(app, settings), app.state.parts.worker)
    return server


def configured(
    app: FastAPI, settings: Settings, port: int | None = None, grace: int = GRACE_SECONDS
) -> uvicorn.Config:
    """How uvicorn serves `app`; `port` 0 takes a free one, and `grace` is in seconds."""
    descriptors = _max_descriptors()
    limits = ConnectionLimits(
        min(settings.max_connections, descriptors // 2), settings.header_seconds
    )
    return uvicorn.Config(
        app, host=settings.host, port=settings.port if port is None else port, log_config=None,
        log_level=settings.log_level,
        access_log=False, http=limited_protocol(limits), ws="none",
        backlog=min(MAX_BACKLOG, descriptors // 16),
        timeout_graceful_shutdown=grace, timeout_keep_alive=KEEP_ALIVE_SECONDS, server_header=False,
        # else the variable WEB_CONCURRENCY counts, which hosts set: the model is in this process,
        # once
        workers=1,
    )  # fmt: skip


def _max_descriptors() -> int:
    """How many files and connections this process may have open. Half of them are for connections,
    and up to three times the backlog for those that are just being accepted or closed: asyncio
    accepts a whole backlog before it closes one."""
    try:
        import resource
    except ImportError:  # not on Windows, which has no such limit
        return sys.maxsize
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return sys.maxsize if limit == resource.RLIM_INFINITY else limit
