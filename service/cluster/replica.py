"""One replica: the worker of the service with a model of its own, in a process of its own."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable

from models.batching import Pass
from models.engine import Engine, EngineDescription
from service.api.app import make_loader
from service.api.contract.problems import report_error
from service.api.observing import logs
from service.api.observing.metrics import Metrics
from service.api.refusals import NotReady, QueueFull, State
from service.api.work.admission import Job
from service.api.work.answers import retrieve_error
from service.api.work.tickets import next_step
from service.api.work.watch import BROKEN
from service.api.work.worker import Worker
from service.cluster.messages import OF_ARTICLE, Done, Failed, Message, Refused, UnexpectedError
from service.settings import Settings
from service.summarizer import SummaryRequest


class _PassCollector(Metrics):
    """Keeps passes until they are sent to the ingress, which has the metrics."""

    def __init__(self) -> None:
        super().__init__()
        self._passes: deque[Pass] = deque()

    def observe_pass(self, done: Pass) -> None:
        """Keeps a pass."""
        self._passes.append(done)

    def take(self) -> tuple[Pass, ...]:
        """The passes since the last call."""
        return tuple(self._passes.popleft() for _ in range(len(self._passes)))


class Replica:
    """Loads the model once, and summarises up to `settings.concurrency` articles at a time.

    The articles share passes, as in the service of one machine. `load` makes the engine; by
    default, the engine is the model that the settings name. Raises RuntimeError if the model cannot
    be loaded.
    """

    def __init__(self, settings: Settings, load: Callable[[], Engine] | None = None) -> None:
        logs.configure(settings)
        self._passes = _PassCollector()
        self._worker = Worker(load or make_loader(settings), settings, self._passes)
        self._worker.start()
        self._worker.wait_until_loaded()
        state, detail = self._worker.state()
        if state is not State.READY:
            raise RuntimeError(detail)

    async def summarize(
        self, request: SummaryRequest, seconds: float, request_id: str
    ) -> AsyncGenerator[Message]:
        """Yields the steps as they begin, then the outcome, within so many seconds.

        Closing the iterator, or cancelling its task, gives up the article. The log names
        `request_id`.
        """
        loop = asyncio.get_running_loop()
        steps: asyncio.Queue[str] = asyncio.Queue()

        def tell(step: str) -> None:
            loop.call_soon_threadsafe(steps.put_nowait, step)

        job = Job(request, time.monotonic() + seconds, tell)
        try:
            self._worker.submit(job)
            summary = asyncio.wrap_future(job.result)
            summary.add_done_callback(retrieve_error)
            while not summary.done() or not steps.empty():
                step = await next_step(steps, summary)
                if step is not None:
                    yield step
            yield Done(await summary, self._description, self._passes.take())
        except (NotReady, QueueFull) as error:
            yield Refused(str(error))
        except OF_ARTICLE as error:
            yield Failed(error)
        except Exception as error:
            report_error(error, request_id)
            yield Failed(UnexpectedError(type(error).__name__))
        finally:
            job.cancel()

    @property
    def _description(self) -> EngineDescription:
        description = self._worker.description
        assert description is not None
        return description

    # Async, because Serve warns that it will run plain methods in threads some day.
    async def describe(self) -> EngineDescription:
        """The loaded model."""
        return self._description

    async def count_tokens(self, text: str) -> int:
        """The tokens of a text, by the model's own count."""
        return await asyncio.to_thread(self._worker.count_tokens, text)

    async def check_health(self) -> None:
        """Raises RuntimeError if the worker has failed, has died or hangs.

        Serve then starts another replica. Jobs that wait here are refused, so that another replica
        takes them.
        """
        state, detail = self._worker.state()
        if state in BROKEN:
            self._worker.give_up()
            raise RuntimeError(detail)
