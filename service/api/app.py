"""Assembles the application from its parts."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

import anyio
from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from starlette.concurrency import run_in_threadpool
from starlette.middleware.cors import CORSMiddleware

from models.engine import Engine
from service import __version__
from service.api import batch, digest, page, routes
from service.api.chat import routes as chat
from service.api.contract import documentation, problems
from service.api.entry.access import Keys
from service.api.entry.body_memory import BodyRoom
from service.api.entry.request_guards import (
    BodyGuard,
    BodyLimits,
    HeadAsGet,
    HostGuard,
    KeyGuard,
    RequestId,
    UnreadBodies,
)
from service.api.entry.shared_limit import SharedLimit
from service.api.observing.metrics import UNMATCHED, Measured, Metrics
from service.api.refusals import State
from service.api.work.answers import Answers
from service.api.work.dependencies import Parts
from service.api.work.fetching import MAX_DIGESTS, MAX_FETCHES, MAX_MEASURED
from service.api.work.job_taker import JobTaker
from service.api.work.watch import terminate, watch
from service.api.work.worker import Worker
from service.settings import Settings

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
    from opentelemetry.sdk.trace import TracerProvider

    from service.api.observing.tracing import Traces

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]

# FastAPI 0.165 makes spans of its own once there is a tracer provider. They hold the path and query
# of requests and the messages of errors, any of which may quote an article. Older versions ignore
# the option.
NO_TELEMETRY: Final[dict[str, Any]] = {
    "telemetry": {
        "tracing": False,
        "metrics": False,
        "logs": False,
        "operation_spans": False,
        "auto_configure": False,
    }
}

# The methods and headers that pages of other origins (BREVE_CORS_ORIGINS) may send, and the headers
# of answers that they may read.
FROM_OTHER_ORIGINS: Final[dict[str, Any]] = {
    "allow_methods": ["GET", "HEAD", "POST"],
    "allow_headers": ["Authorization", "Content-Type", "MCP-Protocol-Version", "X-Request-ID"],
    "expose_headers": ["Retry-After", "X-Cache", "X-Request-ID", "X-Warnings"],
}


def create_app(
    settings: Settings,
    load: Callable[[], Engine] | None = None,
    provider: "TracerProvider | None" = None,
    end: Callable[[], None] = terminate,
    ready: Callable[[], None] = lambda: None,
) -> FastAPI:
    """Makes the application of a service with these settings.

    `load` makes the engine, in a thread of the worker; by default it loads the model that the
    settings name. `provider` takes the spans, if tracing is on; by default they go to a
    collector. `end` ends the process when the worker is broken, if the settings ask for that.
    `ready` is called once everything is loaded.
    """
    traces = make_traces(settings, provider)
    metrics = Metrics()
    worker = Worker(load or make_loader(settings), settings, metrics, ready)
    return assemble(make_parts_around(worker, settings, metrics, traces), traces, end)


def assemble(
    parts: Parts, traces: "Traces | None" = None, end: Callable[[], None] = terminate
) -> FastAPI:
    """Makes the application from its parts. `end` is as in `create_app`."""
    manager = _mcp_manager(parts) if parts.settings.mcp else None
    app = _make_app(_lifespan(parts, traces, manager, end))
    app.state.parts = parts
    app.include_router(routes.router)
    app.include_router(batch.router)
    app.include_router(digest.router)
    app.include_router(chat.router)
    app.include_router(page.router())
    if manager is not None:
        _add_mcp(app, manager, parts.metrics)
    problems.install(app)
    _add_door(app, parts, traces)
    documentation.complete(app.openapi())
    _expect_series(app, parts.metrics, parts.worker)
    return app


def make_parts_around(
    worker: JobTaker, settings: Settings, metrics: Metrics, traces: "Traces | None" = None
) -> Parts:
    """The parts of an application whose jobs `worker` takes."""
    spans = [traces.steps] if traces else []
    return Parts(
        settings,
        worker,
        Answers(worker, settings.cache_bytes, metrics, *spans),
        metrics,
        Keys(settings.keys),
        SharedLimit(settings.rate_limit, settings.rate_limit_store),
        fetches=anyio.CapacityLimiter(MAX_FETCHES),
        measures=anyio.CapacityLimiter(MAX_MEASURED),
        digests=anyio.CapacityLimiter(MAX_DIGESTS),
    )


def make_loader(settings: Settings) -> Callable[[], Engine]:
    """Makes the function that loads the model that the settings name."""

    def load() -> Engine:
        from models.loading import load_engine

        return load_engine(
            settings.model,
            settings.threads,
            settings.translator,
            settings.allow_pickle,
            settings.runtime,
        )

    return load


def make_traces(settings: Settings, provider: "TracerProvider | None" = None) -> "Traces | None":
    """Makes the service's traces; None if `otel` is off. `provider` is as in `create_app`."""
    if not settings.otel:
        return None
    from service.api.observing.tracing import Traces, exporting_provider

    return Traces(provider or exporting_provider())


def _mcp_manager(parts: Parts) -> "StreamableHTTPSessionManager":
    from service.api.mcp import make_manager

    return make_manager(parts)


def _add_mcp(app: FastAPI, manager: "StreamableHTTPSessionManager", metrics: Metrics) -> None:
    from service.api import mcp

    app.include_router(mcp.router(manager))
    metrics.expect(mcp.PATH, mcp.STATUSES)


def _lifespan(
    parts: Parts,
    traces: "Traces | None",
    manager: "StreamableHTTPSessionManager | None",
    end: Callable[[], None],
) -> Lifespan:
    """Makes the lifespan, which starts the worker with the application and stops it at the end."""
    worker, settings = parts.worker, parts.settings

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        worker.start()
        watching = asyncio.create_task(watch(worker, end)) if settings.exit_when_broken else None
        async with AsyncExitStack() as running:
            if manager is not None:
                await running.enter_async_context(manager.run())
            yield
        if watching is not None:
            watching.cancel()
        # The event loop goes on meanwhile, so refused and finished requests still get answers.
        await run_in_threadpool(worker.stop)
        parts.limit.close()
        if traces is not None:
            await run_in_threadpool(traces.close)

    return lifespan


def _make_app(lifespan: Lifespan) -> FastAPI:
    app: FastAPI = FastAPIOffline(
        title="Brève",
        version=__version__,
        description="Short, faithful summaries of French tech news, in French or in English.",
        lifespan=lifespan,
        # Behind a proxy, a redirect would name an address that only the proxy knows.
        redirect_slashes=False,
        openapi_tags=documentation.TAGS,
        responses=documentation.errors(421),  # HostGuard may refuse any path.
        **NO_TELEMETRY,
    )
    return app


def _add_door(app: FastAPI, parts: Parts, traces: "Traces | None") -> None:
    """Adds the middleware that each request passes before its route.

    A request meets the middleware in reverse order: the last one added comes first. So a refused
    body has an id already, and every request is counted.
    """
    app.add_middleware(HeadAsGet)
    _limit_bodies(app, parts)
    app.add_middleware(KeyGuard, keys=parts.keys)
    if hosts := parts.settings.hosts:
        app.add_middleware(HostGuard, allowed=hosts)
    app.add_middleware(RequestId, is_stopping=lambda: _is_stopping(parts.worker))
    if traces is not None:
        from service.api.observing.tracing import Traced

        app.add_middleware(Traced, traces=traces, route=parts.metrics.route)
    if parts.settings.origins:
        app.add_middleware(
            CORSMiddleware, allow_origins=parts.settings.origins, **FROM_OTHER_ORIGINS
        )
    app.add_middleware(UnreadBodies)
    app.add_middleware(Measured, metrics=parts.metrics)


def _is_stopping(worker: JobTaker) -> bool:
    return worker.state()[0] is State.STOPPED


def _limit_bodies(app: FastAPI, parts: Parts) -> None:
    """Limits the size of bodies, of each one and of all together."""
    room = BodyRoom(parts.settings.max_bodies_bytes)
    parts.metrics.body_bytes.set_function(lambda: room.held)
    app.add_middleware(
        BodyGuard,
        limits=BodyLimits(
            parts.settings.max_body_bytes,
            parts.settings.body_seconds,
            _max_containers(parts.settings),
        ),
        room=room,
        retry_after=parts.worker.queue.next_seconds,
        left=parts.metrics.cancelled.labels("left").inc,
    )


def _max_containers(settings: Settings) -> int:
    """The most lists and objects that a body may hold.

    An article of a batch needs two objects: itself and its glossary. The rest is room to spare.
    """
    return 1_000 + 3 * settings.batch_items


def _expect_series(app: FastAPI, metrics: Metrics, worker: JobTaker) -> None:
    """Creates all series of the metrics before the first request."""
    for path, operations in app.openapi()["paths"].items():
        statuses = {
            status for operation in operations.values() for status in operation["responses"]
        }
        metrics.expect(path, statuses)
    for path in page.page_files():
        metrics.expect(path, ["200", "304"])
    metrics.expect(UNMATCHED, ["404"])
    metrics.watch(worker.queue)
    metrics.running.set_function(lambda: worker.running)
    metrics.ready.set_function(lambda: worker.state()[0] is State.READY)
