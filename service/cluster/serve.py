"""The service on Ray Serve: one application, two deployments.

`Ingress` is the HTTP service with everything but the model: its routes, its queue, its cache, its
limits. `Pipeline` is a number of replicas that each load the model once. Start it with

    serve run service.cluster.serve:build min_replicas=2 max_replicas=8
"""

import asyncio
import math
from collections.abc import AsyncGenerator, Mapping
from contextlib import suppress
from typing import Any, Final

from ray import serve
from ray.exceptions import RayError, RayTaskError
from ray.serve.exceptions import BackPressureError, DeploymentUnavailableError, RayServeException
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models.engine import EngineDescription
from service.api.app import assemble, make_parts_around, make_traces
from service.api.observing import logs
from service.api.observing.metrics import Metrics
from service.cluster import THREADS, messages
from service.cluster.remote_worker import RemoteWorker, ReplicaLost
from service.cluster.replica import Replica
from service.settings import Settings
from service.summarizer import SummaryRequest

PIPELINE: Final = "Pipeline"
INGRESS: Final = "Ingress"
# Requests that an ingress holds. It bounds their bytes itself, and refuses in words of its own.
MAX_REQUESTS: Final = 10_000
# Calls of a replica beside the articles: to describe its model and to count tokens.
OTHER_CALLS: Final = 4
# A dead replica is noticed after so long, and a hanging one after three times as long.
HEALTH_SECONDS: Final = 2.0
_SCALING: Final = ("min_replicas", "max_replicas")


def build(arguments: Mapping[str, Any]) -> Any:
    """The application for `serve run` and for a file of Serve.

    `arguments` are `min_replicas`, `max_replicas`, and settings of the service by their names. They
    win over the environment. Raises ValueError for a name that is neither, and for a service that
    would be open to all.
    """
    known = {*_SCALING, *Settings.model_fields}
    if unknown := sorted({*arguments} - known):
        raise ValueError(f"{', '.join(unknown)}: expected are {', '.join(sorted(known))}.")
    scaling = {name: int(arguments[name]) for name in _SCALING if name in arguments}
    chosen = {name: value for name, value in arguments.items() if name not in _SCALING}
    settings = Settings(**chosen)
    if settings.is_open_to_others:
        raise ValueError("No keys are set: set BREVE_API_KEYS, or BREVE_ALLOW_OPEN=true.")
    return make_application(settings, scaling)


def make_application(
    settings: Settings, scaling: Mapping[str, Any], replica: type[Any] = Replica
) -> Any:
    """The application with these settings.

    `scaling` has fields of Serve's AutoscalingConfig. `replica` is a class like Replica.
    """
    least = scaling.get("min_replicas", 1)
    threads = settings.threads or THREADS
    settings = settings.model_copy(update={"threads": threads})
    pipeline = serve.deployment(
        name=PIPELINE,
        ray_actor_options={"num_cpus": threads},
        max_ongoing_requests=settings.concurrency + OTHER_CALLS,
        max_queued_requests=settings.queue_size,
        # Serve does not see what waits in the queue of the ingress. So replicas that are half full
        # get company.
        autoscaling_config={
            "min_replicas": least,
            "max_replicas": least,
            "target_ongoing_requests": max(1, settings.concurrency / 2),
            **scaling,
        },
        health_check_period_s=HEALTH_SECONDS,
        graceful_shutdown_timeout_s=settings.deadline_seconds,
        logging_config={"enable_access_log": False},
    )(replica)
    ingress = serve.deployment(
        name=INGRESS,
        ray_actor_options={"num_cpus": 0},
        max_ongoing_requests=MAX_REQUESTS,
        graceful_shutdown_timeout_s=settings.deadline_seconds,
        logging_config={"enable_access_log": False},
    )(serve.ingress(lambda: make_ingress_app(settings))(Ingress))
    return ingress.bind(pipeline.bind(settings))


class Ingress:
    """The deployment that Serve sends requests to. Its application finds the replicas by name."""

    def __init__(self, pipeline: Any) -> None:
        """`pipeline` makes Serve start the replicas."""


def make_ingress_app(settings: Settings) -> ASGIApp:
    """The HTTP service, in a replica of INGRESS."""
    logs.configure(settings)
    metrics = Metrics()
    worker = RemoteWorker(ServeReplicas(settings.concurrency), settings, metrics)
    traces = make_traces(settings)
    return WithoutRequestId(assemble(make_parts_around(worker, settings, metrics, traces), traces))


class WithoutRequestId:
    """Leaves the header X-Request-ID of answers to Serve, which adds it: the id of the request.

    Where a request has no id, Serve gives it one before the service sees it.
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


class ServeReplicas:
    """Implements `service.cluster.remote_worker.Replicas` with the deployment PIPELINE.

    Each replica takes `concurrency` articles at a time. To be made in a replica of INGRESS.
    """

    def __init__(self, concurrency: int) -> None:
        self._concurrency = concurrency
        self._application = serve.get_replica_context().app_name
        self._handle = serve.get_deployment_handle(PIPELINE)
        self._streaming = self._handle.options(stream=True)

    async def count_places(self) -> int:
        """How many articles this ingress may send at a time: its share of all places."""
        return await asyncio.to_thread(self._count_places)

    def _count_places(self) -> int:
        deployments = serve.status().applications[self._application].deployments
        replicas, ingresses = (
            deployments[name].replica_states.get("RUNNING", 0) for name in (PIPELINE, INGRESS)
        )
        return math.ceil(replicas * self._concurrency / max(1, ingresses))

    async def summarize(
        self, request: SummaryRequest, seconds: float
    ) -> AsyncGenerator[messages.Message]:
        """The messages of one replica. To close the generator cancels the work."""
        response = self._streaming.summarize.remote(request, seconds)
        has_outcome = False
        try:
            async for message in response:
                has_outcome = not isinstance(message, str)
                yield message
        except RayTaskError:  # Our own code has failed there.
            raise
        except (BackPressureError, DeploymentUnavailableError) as error:
            yield messages.Refused(type(error).__name__)
        except (RayError, RayServeException) as error:
            if not has_outcome:
                raise ReplicaLost from error
        except (GeneratorExit, asyncio.CancelledError):
            if not has_outcome:
                with suppress(RayError, RayServeException):  # It may just have ended.
                    response.cancel()
            raise

    async def describe(self) -> EngineDescription:
        """The model of a replica."""
        description: EngineDescription = await self._handle.describe.remote()
        return description

    async def count_tokens(self, text: str) -> int:
        """The tokens of a text, by the model's own count."""
        return int(await self._handle.count_tokens.remote(text))
