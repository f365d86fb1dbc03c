"""Makes the application."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from starlette.concurrency import run_in_threadpool

from service import __version__
from service.api import problems
from service.api.dependencies import Parts
from service.api.door import BodyGuard, RequestId
from service.api.routes import router
from service.api.worker import Worker
from service.settings import Settings
from service.summarizer import Summarizer


def create_app(settings: Settings, load: Callable[[], Summarizer] | None = None) -> FastAPI:
    """The service with these settings. `load` makes the summarizer, in the worker's thread; by default it loads
    the model that the settings name."""

    def load_model() -> Summarizer:
        from models.loading import load_engine

        return Summarizer(
            load_engine(settings.model, settings.threads, settings.translator, settings.allow_pickle, settings.runtime)
        )

    worker = Worker(load or load_model, settings.queue_size, settings.deadline_seconds)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        worker.start()
        yield
        await run_in_threadpool(worker.stop)  # the loop goes on meanwhile: what is refused or finished is still answered

    app: FastAPI = FastAPIOffline(
        title="Brève",
        version=__version__,
        description="Short, faithful summaries of French tech news, in French or in English.",
        lifespan=lifespan,
    )
    app.state.parts = Parts(settings, worker)
    app.include_router(router)
    problems.install(app)
    # The last one added is the first that a request meets: the id is there when a body is refused.
    app.add_middleware(BodyGuard, max_bytes=settings.max_body_bytes)
    app.add_middleware(RequestId)
    _name_problems(app.openapi())
    return app


def _name_problems(schema: dict[str, Any]) -> None:
    """Documents errors under their own media type; FastAPI puts a response's model under that of the route."""
    for path in schema["paths"].values():
        for operation in path.values():
            for documented in operation["responses"].values():
                content = documented.get("content", {})
                if problems.MEDIA_TYPE in content:
                    content[problems.MEDIA_TYPE] |= content.pop("application/json", {})
