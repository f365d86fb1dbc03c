"""The service on Ray Serve: one application, two deployments.

`Ingress` is the HTTP service with everything but the model: its routes, its queue, its cache, its
limits. `Pipeline` has the replicas, each of which loads the model once. Start the application with

    serve run service.cluster.serve:build min_replicas=2 max_replicas=8
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Final

from fastapi import FastAPI
from ray import serve
from ray.exceptions import RayError, RayTaskError
from ray.serve.exceptions import BackPressureError, DeploymentUnavailableError, RayServeException

from models.engine import EngineDescription
from service.api.observing import logs
from service.cluster import THREADS, messages
from service.cluster.arguments import read_arguments
from service.cluster.ingress import make_ingress_app
from service.cluster.remote_worker import ReplicaLost, is_cancelled
from service.cluster.replica import Replica
from service.settings import Settings
from service.summarizer import SummaryRequest

PIPELINE: Final = "Pipeline"
INGRESS: Final = "Ingress"
# Puts the ingress on the head node, by Ray's own name for it. If the head node ends, the cluster
# ends anyway. On any other node, the ingress could end alone, and all requests with it.
ON_HEAD: Final = {"node:__internal_head__": 0.001}
# Requests that an ingress takes beside those whose articles wait or are in work. They are refused
# at once, answered from the cache, or ask for health or metrics. Serve allows as many threads as
# requests.
OTHER_REQUESTS: Final = 500
# Calls that a replica takes beside its articles. Serve looks at two replicas at random, and may
# wait a second before it looks at others. Without room to spare, it would seldom find a free one.
# Descriptions of the model and counts of tokens take this room too.
SPARE_CALLS: Final = 4
# How often Serve checks the health of a replica, and how long it waits for the answer. Serve
# replaces a replica after three checks without a good answer: after 36 s if the process hangs.
HEALTH_SECONDS: Final = 2.0
HEALTH_TIMEOUT_SECONDS: Final = 10.0


def build(arguments: Mapping[str, Any]) -> Any:
    """Returns the application for `serve run` and for a Serve config file.

    `arguments` are `min_replicas`, `max_replicas`, and settings of the service by their names.
    Raises ValueError.
    """
    return make_application(*read_arguments(arguments))


def make_application(
    settings: Settings, scaling: Mapping[str, Any], replica: type[Any] = Replica
) -> Any:
    """The application with these settings.

    `scaling` has fields of Serve's AutoscalingConfig. `replica` is a class like Replica.
    """
    threads = settings.threads or THREADS
    settings = settings.model_copy(update={"threads": threads})
    least = scaling.get("min_replicas", 1)
    scaling = {"min_replicas": least, "max_replicas": least, **scaling}
    pipeline = serve.deployment(
        name=PIPELINE,
        ray_actor_options={"num_cpus": threads},
        max_ongoing_requests=settings.concurrency + SPARE_CALLS,
        max_queued_requests=settings.queue_size,
        # Serve does not see the jobs that wait in the queue of the ingress. So it adds replicas
        # when the present ones are half full.
        autoscaling_config={
            "target_ongoing_requests": max(1, settings.concurrency / 2),
            **scaling,
        },
        health_check_period_s=HEALTH_SECONDS,
        health_check_timeout_s=HEALTH_TIMEOUT_SECONDS,
        graceful_shutdown_timeout_s=settings.deadline_seconds,
        logging_config={"enable_access_log": False},
    )(replica)
    places = scaling["max_replicas"] * settings.concurrency
    ingress = serve.deployment(
        name=INGRESS,
        ray_actor_options={"num_cpus": 0, "resources": ON_HEAD},
        max_ongoing_requests=places + settings.queue_size + OTHER_REQUESTS,
        health_check_period_s=HEALTH_SECONDS,
        health_check_timeout_s=HEALTH_TIMEOUT_SECONDS,
        graceful_shutdown_timeout_s=settings.deadline_seconds,
        logging_config={"enable_access_log": False},
    )(serve.ingress(lambda: make_app(settings))(Ingress))
    return ingress.bind(pipeline.bind(settings))


class Ingress:
    """The deployment that Serve sends requests to. Its application finds the replicas by name."""

    def __init__(self, pipeline: Any) -> None:
        """Does nothing. Serve starts the replicas because `pipeline` is an argument."""

    async def check_health(self) -> None:
        """Does nothing, in the event loop of the requests: Serve replaces an ingress that hangs."""


def make_app(settings: Settings) -> FastAPI:
    """The HTTP service, in a replica of INGRESS."""
    logs.configure(settings)
    return make_ingress_app(ServeReplicas(settings.concurrency), settings)


class ServeReplicas:
    """Implements `service.cluster.remote_worker.Replicas` with the deployment PIPELINE.

    Each replica takes `concurrency` articles at a time. Make it inside a replica of INGRESS.
    """

    def __init__(self, concurrency: int) -> None:
        self._concurrency = concurrency
        self._application = serve.get_replica_context().app_name
        self._handle = serve.get_deployment_handle(PIPELINE)
        self._streaming = self._handle.options(stream=True)
        # One thread: if Serve's controller hangs, it blocks no other thread.
        self._counter = ThreadPoolExecutor(1)

    async def count_places(self) -> int:
        """How many articles the replicas that run take at a time."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._counter, self._count_places)

    def _count_places(self) -> int:
        deployments = serve.status().applications[self._application].deployments
        replicas = int(deployments[PIPELINE].replica_states.get("RUNNING", 0))
        return replicas * self._concurrency

    async def summarize(
        self, request: SummaryRequest, seconds: float, request_id: str
    ) -> AsyncGenerator[messages.Message]:
        """Yields the messages of one replica. Closing the generator cancels the work."""
        response = self._streaming.summarize.remote(request, seconds, request_id)
        has_outcome = False
        try:
            async for message in response:
                has_outcome = not isinstance(message, str)
                yield message
        except RayTaskError:  # Our own code has failed in the replica.
            raise
        except (BackPressureError, DeploymentUnavailableError) as error:
            yield messages.Refused(type(error).__name__)
        except (RayError, RayServeException) as error:
            if not has_outcome:
                raise ReplicaLost from error
        except asyncio.CancelledError as error:
            if not is_cancelled():
                raise ReplicaLost from error
            _cancel(response)
            raise
        except GeneratorExit:
            if not has_outcome:
                _cancel(response)
            raise

    async def describe(self) -> EngineDescription:
        """The model of a replica."""
        description: EngineDescription = await _answer_of(self._handle.describe.remote())
        return description

    async def count_tokens(self, text: str) -> int:
        """The tokens of a text, by the model's own count."""
        return int(await _answer_of(self._handle.count_tokens.remote(text)))


def _cancel(response: Any) -> None:
    """Cancels a call. The call may have ended already."""
    with suppress(RayError, RayServeException):
        response.cancel()


async def _answer_of(response: Any) -> Any:
    """The answer of a replica. Raises ReplicaLost."""
    try:
        return await response
    except RayTaskError:  # Our own code has failed in the replica.
        raise
    except (RayError, RayServeException) as error:
        raise ReplicaLost from error
    except asyncio.CancelledError as error:
        if is_cancelled():
            raise
        raise ReplicaLost from error
