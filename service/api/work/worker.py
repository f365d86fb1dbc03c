"""Runs one model for several articles at a time, from a bounded queue.

A request for which the queue has no room is refused at once.
"""

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
from models.remembering import RememberingEngine
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
# A model that makes no progress for so many deadlines counts as stuck.
STUCK_FACTOR: Final = 2.0
# A job counts as stuck once it has run for so many deadlines and also for so many seconds. Reading
# cannot be cancelled. Several large pages that share a processor are read slowly, but to the end.
JOB_FACTOR: Final = 10.0
JOB_SECONDS: Final = 900.0
WARM_UP: Final = SummaryRequest(
    # With a date: the first date that is read takes half a second.
    text="Une faille est corrigée\n\nPar Léa Martin\n12 mars 2024\n\n"
    "Un éditeur de logiciels français annonce une nouvelle version de son outil. "
    "Elle corrige une faille de sécurité découverte la semaine dernière. "
    "Les administrateurs sont invités à installer la mise à jour sans attendre.",
    max_words=30,
)


class Worker:
    """Loads the model and summarises, several articles at a time, in threads of its own.

    Reading, checking and choosing run in `settings.concurrency` threads. The model runs in one more
    thread, which they share (`models.batching`). `load` makes the engine. `ready` is called, in a
    thread, once everything is loaded. Raises GlossaryError if `glossary_file` is no glossary.
    """

    def __init__(
        self,
        load: Callable[[], Engine],
        settings: Settings,
        metrics: Metrics | None = None,
        ready: Callable[[], None] = lambda: None,
    ) -> None:
        self._load, self._ready = load, ready
        self._settings, self._metrics = settings, metrics or Metrics()
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

    def wait_until_loaded(self) -> None:
        """Returns once the started worker has loaded the model, or has failed to."""
        self._loader.join()

    def stop(self) -> None:
        """Ends the threads after the jobs that they are doing.

        Waiting jobs are refused. A stuck thread is left alone.
        """
        was_ready = self.state()[0] is State.READY
        self._state, self._detail = State.STOPPED, STOPPING
        self._refuse_waiting()
        self.queue.close()
        end = time.monotonic() + (self._settings.deadline_seconds if was_ready else 1)
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
        if reason := self._why_stuck(time.monotonic()):
            return State.STUCK, reason
        return self._state, self._detail

    def _why_stuck(self, now: float) -> str:
        """Why the worker counts as stuck; empty if it does not."""
        silence = self._settings.stuck_seconds
        last_sign = self._engine.last_sign if self._engine is not None else None
        if last_sign is not None and now - last_sign > silence:
            return f"The model has given no sign for over {silence:.0f} s."
        if now > self._model_due():
            longest = STUCK_FACTOR * self._settings.deadline_seconds
            return f"The model has been at the same answers for over {longest:.0f} s."
        if now > self._job_due():
            return f"A request has been running for over {self._longest_job():.0f} s."
        return ""

    @property
    def alive(self) -> bool:
        """True if all threads of a loaded worker live."""
        return (
            self._engine is not None
            and self._engine.alive
            and all(thread.is_alive() for thread in self.threads)
        )

    @property
    def running(self) -> int:
        """How many jobs are being done."""
        return len(self._begun)

    def count_tokens(self, text: str) -> int:
        """The tokens of a text, by the model's own count; any thread may ask. Raises NotReady."""
        if self._engine is None:
            raise NotReady(*self.state())
        return self._engine.count_tokens(text)

    def check(self) -> None:
        """Raises NotReady unless the worker takes work."""
        state, detail = self.state()
        if state is not State.READY:
            raise NotReady(state, detail)

    def submit(self, job: Job) -> None:
        """Puts a job into the queue. Raises NotReady or QueueFull."""
        self.check()
        self.queue.put(job)
        state, _ = self.state()
        if state is not State.READY:  # It ended, perhaps after it had refused the waiting jobs.
            self._refuse_waiting()

    def give_up(self) -> None:
        """Ends all jobs, waiting or running, with an error that says what is wrong.

        A running job will not be finished.
        """
        self._refuse_waiting()
        for job in list(self._begun):
            end_job(job, NotReady(*self.state()))

    def abandon(self) -> None:
        """Takes no more work, and answers all who wait that the service stops.

        A running job is given up between two of its steps.
        """
        running = list(self._begun)
        self._state, self._detail = State.STOPPED, STOPPING
        self.give_up()
        for job in running:
            job.cancel()

    def _model_due(self) -> float:
        """When the model will have taken too long: STUCK_FACTOR deadlines after its last answer.

        A client that joins a job extends the job's deadline. The model may then work on
        the job for one deadline beyond the extended one.
        """
        since = self._engine.busy_since if self._engine is not None else None
        if since is None:
            return math.inf
        limit = self._settings.deadline_seconds
        running = list(self._begun)  # Copied at once: the threads change it.
        extended = [job.deadline + limit for job in running if job.deadline > job.entered + limit]
        return max([since + STUCK_FACTOR * limit, *extended])

    def _job_due(self) -> float:
        """When the first job will have taken too long. A job that others joined has more time."""
        limit, longest = self._settings.deadline_seconds, self._longest_job()
        running = list(self._begun.items())  # Copied at once: the threads change it.
        dues = [max(since + longest, job.deadline + limit) for job, since in running]
        return min(dues, default=math.inf)

    def _longest_job(self) -> float:
        return max(JOB_FACTOR * self._settings.deadline_seconds, JOB_SECONDS)

    def _prepare(self) -> None:
        """Loads the model, lets it write a first summary, then begins to take work."""
        try:
            summarizer = self._load_summarizer()
        except BaseException as error:
            reason = str(error) or type(error).__name__
            self._state, self._detail = State.FAILED, f"The model could not be loaded: {reason}"
            logger.error("model not loaded: %s", reason)
            return
        self.description = summarizer.description
        self._start_threads(summarizer)
        if self._state is State.LOADING:
            self._state, self._detail = State.READY, "Ready."
        if Task.TRANSLATION in self.description.tasks:
            load_tables()
        self._ready()

    def _load_summarizer(self) -> Summarizer:
        engine = self._load()
        self._engine = BatchingEngine(
            engine, self._settings.batch_tokens, self._metrics.observe_pass
        )
        keeps_answers = self._settings.cache_bytes > 0
        shared = RememberingEngine(self._engine) if keeps_answers else self._engine
        summarizer = Summarizer(shared, self._glossary)
        summarizer.summarize(WARM_UP)
        load_words("fr")
        return summarizer

    def _start_threads(self, summarizer: Summarizer) -> None:
        for number in range(self._settings.concurrency):
            thread = threading.Thread(
                target=self._run, args=[summarizer], name=f"breve-worker-{number}", daemon=True
            )
            thread.start()
            self.threads.append(thread)

    def _run(self, summarizer: Summarizer) -> None:
        try:
            while (job := self.queue.get()) is not None:
                self._do(job, summarizer)
        except BaseException as error:
            # Only its type is logged, and it is not raised: Python would print the error's message,
            # which may quote the article.
            logger.critical("worker thread ended: %s", type(error).__name__)
            self._die()

    def _do(self, job: Job, summarizer: Summarizer) -> None:
        """Does one job.

        An Exception is the result of this job alone. Only other errors end the thread.
        """
        done = 0
        self._begun[job] = time.monotonic()
        self._metrics.queue_wait.observe(self._begun[job] - job.entered)
        try:
            if not job.result.set_running_or_notify_cancel():
                return
            if job.cancelled():
                raise Cancelled
            end_job(job, summarizer.summarize(job.request, job.cancelled, job.progress))
            done = job.tokens
        except EngineStopped:
            self._die()
            end_job(job, NotReady(*self.state()))
        except Exception as error:
            end_job(job, error)
        except BaseException:
            self._die()
            end_job(job, NotReady(State.DEAD, DIED))
            raise
        finally:
            del self._begun[job]
            self.queue.ended(done)

    def _die(self) -> None:
        """Notes that the worker is dead, and refuses all waiting jobs."""
        if self._state is State.READY:
            self._state, self._detail = State.DEAD, DIED
        self._refuse_waiting()

    def _refuse_waiting(self) -> None:
        self.queue.refuse(NotReady(*self.state()))


def end_job(job: Job, outcome: Summary | Exception) -> None:
    """Sets the result or the error of a job, unless it was given up meanwhile."""
    with suppress(InvalidStateError):
        if isinstance(outcome, Exception):
            job.result.set_exception(outcome)
        else:
            job.result.set_result(outcome)
