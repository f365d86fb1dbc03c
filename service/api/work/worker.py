"""One model, several articles at a time, a bounded queue: refuses at the door what it cannot do in
time."""

import logging
import math
import threading
import time
from collections.abc import Callable
from concurrent.futures import InvalidStateError
from contextlib import suppress
from typing import Final

from models.batching import BatchingEngine, EngineStopped
from models.engine import Cancelled, Engine, EngineDescription, Task
from service.api.observing.metrics import Metrics
from service.api.refusals import NotReady, State
from service.api.work.admission import AdmissionQueue, Job
from service.english.lexicon.glossary import Glossary
from service.english.target import load_tables
from service.settings import Settings
from service.summarizer import Summarizer, SummaryRequest
from service.summary import Summary
from service.text.vocabulary import load_words

logger = logging.getLogger("breve")

DIED: Final = "The worker thread has died; restart the service."
STOPPING: Final = "The service is stopping."
STUCK_FACTOR: Final = 2.0  # a model that makes no progress for this many deadlines counts as stuck
# Reading asks nobody whether it should go on, and several large pages share one processor: this is
# slow, yet comes to an end.
JOB_FACTOR: Final = 10.0  # a job that runs for this many deadlines, and
JOB_SECONDS: Final = 900.0  # for this long, counts as stuck
WARM_UP: Final = SummaryRequest(
    # a date, whose reader takes half a second to begin
    text="Une faille est corrigée\n\nPar Léa Martin\n12 mars 2024\n\n"
    "Un éditeur de logiciels français annonce une nouvelle version de son outil. "
    "Elle corrige une faille de sécurité découverte la semaine dernière. "
    "Les administrateurs sont invités à installer la mise à jour sans attendre.",
    max_words=30,
)


class Worker:
    """Loads the model and summarises, several articles at a time, in threads of its own.

    Reading, checking and choosing run in `settings.concurrency` threads; the model runs in one,
    which they share (`models.batching`). `load` makes the engine; `ready` is called, in a thread,
    once all is loaded. Raises GlossaryError if the settings name a glossary that is none.
    """

    def __init__(
        self,
        load: Callable[[], Engine],
        settings: Settings,
        metrics: Metrics | None = None,
        ready: Callable[[], None] = lambda: None,
    ) -> None:
        self._load, self._settings, self._metrics, self._ready = (
            load,
            settings,
            metrics or Metrics(),
            ready,
        )
        self._glossary = Glossary.with_file(settings.glossary_file)
        self._state, self._detail = State.LOADING, "The model is loading."
        self._engine: BatchingEngine | None = None
        self._begun: dict[Job, float] = {}
        self.queue = AdmissionQueue(settings.queue_size, settings.queue_tokens)
        self.description: EngineDescription | None = None
        self._loader = threading.Thread(target=self._prepare, name="breve-loader", daemon=True)
        self.threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begins to load the model; returns at once."""
        self._loader.start()

    def stop(self) -> None:
        """Ends the threads after the jobs that they are doing; what still waits is refused, what is
        stuck is left."""
        well = self.state()[0] is State.READY
        self._state, self._detail = State.STOPPED, STOPPING
        self._refuse_waiting()
        self.queue.close()
        end = time.monotonic() + (self._settings.deadline_seconds if well else 1)
        for thread in self.threads:
            thread.join(max(0.0, end - time.monotonic()))
        if self._engine is not None:
            self._engine.close(max(0.0, end - time.monotonic()))

    def state(self) -> tuple[State, str]:
        """What the worker is doing, and a sentence about it."""
        if self._state is not State.READY:
            return self._state, self._detail
        if not self.alive:
            return State.DEAD, DIED
        now = time.monotonic()
        sign = self._engine.last_sign if self._engine is not None else None
        if sign is not None and now - sign > self._settings.stuck_seconds:
            return (
                State.STUCK,
                f"The model has given no sign for over {self._settings.stuck_seconds:.0f} s.",
            )
        if now > self._model_due():
            no_more = STUCK_FACTOR * self._settings.deadline_seconds
            return State.STUCK, f"The model has been at the same answers for over {no_more:.0f} s."
        if now > self._job_due():
            return State.STUCK, f"A request has been running for over {self._longest_job():.0f} s."
        return self._state, self._detail

    @property
    def alive(self) -> bool:
        """True if all threads that a loaded worker needs are there."""
        return (
            self._engine is not None
            and self._engine.alive
            and all(thread.is_alive() for thread in self.threads)
        )

    @property
    def running(self) -> int:
        """How many jobs are being done."""
        return len(self._begun)

    def check(self) -> None:
        """Raises NotReady unless the worker takes work."""
        state, detail = self.state()
        if state is not State.READY:
            raise NotReady(state, detail)

    def submit(self, job: Job) -> None:
        """Puts a job into the queue. Raises NotReady or QueueFull."""
        self.check()
        self.queue.put(job)
        if (
            self.state()[0] is not State.READY
        ):  # it ended meanwhile, perhaps after refusing what waited
            self._refuse_waiting()

    def give_up(self) -> None:
        """Answers all who wait with what is wrong, also those whose job runs: it will not be
        finished."""
        self._refuse_waiting()
        for job in list(self._begun):
            _end(job, NotReady(*self.state()))

    def abandon(self) -> None:
        """Takes no more work, and answers all who wait that the service stops; what runs is given
        up between two steps."""
        running = list(self._begun)
        self._state, self._detail = State.STOPPED, STOPPING
        self.give_up()
        for job in running:
            job.cancel()

    def _model_due(self) -> float:
        """When the model will have taken too long: STUCK_FACTOR deadlines after it began or last
        answered. Who joins a job puts its deadline off: then the pass that it may be in has one
        deadline more than that."""
        since = self._engine.busy_since if self._engine is not None else None
        if since is None:
            return math.inf
        one = self._settings.deadline_seconds
        running = list(self._begun)  # copied at once: the threads change it
        put_off = [job.deadline + one for job in running if job.deadline > job.entered + one]
        return max([since + STUCK_FACTOR * one, *put_off])

    def _job_due(self) -> float:
        """When the first job will have taken too long, whatever it does; one that others join has
        more time."""
        one, running = self._settings.deadline_seconds, list(self._begun.items())
        return min(
            (max(since + self._longest_job(), job.deadline + one) for job, since in running),
            default=math.inf,
        )

    def _longest_job(self) -> float:
        return max(JOB_FACTOR * self._settings.deadline_seconds, JOB_SECONDS)

    def _prepare(self) -> None:
        """Loads the model, lets it write a first summary, then begins to take work."""
        try:
            self._engine = BatchingEngine(
                self._load(), self._settings.batch_tokens, self._metrics.observe_pass
            )
            summarizer = Summarizer(self._engine, self._glossary)
            summarizer.summarize(WARM_UP)
            load_words("fr")
        except BaseException as error:
            self._state, self._detail = (
                State.FAILED,
                f"The model could not be loaded: {str(error) or type(error).__name__}",
            )
            logger.error("model not loaded: %s", str(error) or type(error).__name__)
            return
        self.description = summarizer.description
        for number in range(self._settings.concurrency):
            thread = threading.Thread(
                target=self._run, args=[summarizer], name=f"breve-worker-{number}", daemon=True
            )
            thread.start()
            self.threads.append(thread)
        if self._state is State.LOADING:
            self._state, self._detail = State.READY, "Ready."
        if Task.TRANSLATION in self.description.tasks:
            load_tables()
        self._ready()

    def _run(self, summarizer: Summarizer) -> None:
        try:
            while (job := self.queue.get()) is not None:
                self._do(job, summarizer)
        except BaseException as error:
            # Told by its kind only, and not raised: the interpreter would print its words, which
            # may quote the article.
            logger.critical("worker thread ended: %s", type(error).__name__)
            self._die()

    def _do(self, job: Job, summarizer: Summarizer) -> None:
        """Does one job. An error of one job is its own; only what is no Exception ends the
        thread."""
        done = 0
        self._begun[job] = time.monotonic()
        self._metrics.queue_wait.observe(self._begun[job] - job.entered)
        try:
            if not job.result.set_running_or_notify_cancel():
                return
            if job.cancelled():
                raise Cancelled
            _end(job, summarizer.summarize(job.request, job.cancelled, job.progress))
            done = job.tokens
        except EngineStopped:
            self._die()
            _end(job, NotReady(*self.state()))
        except Exception as error:
            _end(job, error)
        except BaseException:
            self._die()
            _end(job, NotReady(State.DEAD, DIED))
            raise
        finally:
            del self._begun[job]
            self.queue.ended(done)

    def _die(self) -> None:
        """Notes that nothing more can be done, and says so to all who wait."""
        if self._state is State.READY:
            self._state, self._detail = State.DEAD, DIED
        self._refuse_waiting()

    def _refuse_waiting(self) -> None:
        self.queue.refuse(NotReady(*self.state()))


def _end(job: Job, outcome: Summary | Exception) -> None:
    """Gives a job its result or its error, unless it was given up meanwhile."""
    with suppress(InvalidStateError):
        if isinstance(outcome, Exception):
            job.result.set_exception(outcome)
        else:
            job.result.set_result(outcome)
