"""The application of the ingress: the whole HTTP service except the model."""

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.api.app import assemble, make_parts_around, make_traces
from service.api.observing.metrics import Metrics
from service.cluster.remote_worker import RemoteWorker, Replicas
from service.settings import Settings


def make_ingress_app(replicas: Replicas, settings: Settings) -> FastAPI:
    """The HTTP service in front of the replicas.

    Serve adds error handlers to the result, so it has to be the FastAPI application itself.
    """
    metrics = Metrics()
    worker = RemoteWorker(replicas, settings, metrics)
    traces = make_traces(settings)
    app = assemble(make_parts_around(worker, settings, metrics, traces), traces)
    app.add_middleware(WithoutRequestId)
    return app


class WithoutRequestId:
    """Removes the header X-Request-ID from answers, because Serve adds it with the request's id.

    Serve gives a request without an id a new one before the service sees the request.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on."""

        async def send_without_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                del MutableHeaders(scope=message)["x-request-id"]
            await send(message)

        await self._app(scope, receive, send_without_id)
