"""The queue in front of the model: bounded in requests and in tokens, fair between clients."""

import math
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Final

from models.engine import Cancelled
from service.api.observing.logs import REQUEST_ID
from service.api.refusals import QueueFull
from service.summarizer import SummaryRequest
from service.summary import Summary

# For French press text in the built-in model's tokens: examples/article.txt has 2,399 characters
# and 644 tokens.
CHARACTERS_PER_TOKEN: Final = 3.7
# Most of a page is markup: of 30 French press pages the article was 2 to 8 % of the characters.
PAGE_SHARE: Final = 0.08
# Tokens a second, until the rate is measured: examples/article.txt, 644 tokens in 1.3 s on two
# Zen 4 cores (breve bench --quick).
FIRST_RATE: Final = 500.0
# Busy time after which a measurement has lost two thirds of its weight.
RATE_MEMORY_SECONDS: Final = 60.0
MAX_RETRY_AFTER: Final = 600


def estimate_tokens(request: SummaryRequest) -> int:
    """Estimates how many tokens of the article the model will read.

    To count them would cost the very work that a refusal is to save.
    """
    if request.text is not None:
        characters: float = len(request.text)
    else:
        characters = PAGE_SHARE * len(request.html or "")
    return max(1, round(characters / CHARACTERS_PER_TOKEN))


@dataclass(eq=False)
class Job:
    """One request on its way through the queue and the worker.

    `deadline` and `entered` are times of the monotonic clock. Jobs of one `group` share its turns.
    `request_id` is the id of the HTTP request behind the job; empty where there is none.
    """

    request: SummaryRequest
    deadline: float
    progress: Callable[[str], None]
    group: object = field(default_factory=object)
    result: "Future[Summary]" = field(default_factory=Future)
    tokens: int = 0
    entered: float = field(default_factory=time.monotonic)
    request_id: str = field(default_factory=REQUEST_ID.get)
    _dropped: "Callable[[Job], None] | None" = None
    _gone: threading.Event = field(default_factory=threading.Event)

    def cancel(self) -> None:
        """Says that nobody waits for the result any more.

        A job that still waits leaves the queue at once.
        """
        self._gone.set()
        if self._dropped is not None:
            self._dropped(self)

    def when_dropped(self, drop: "Callable[[Job], None]") -> None:
        """Sets the function that is called with the job when nobody waits for it any more."""
        self._dropped = drop

    def cancelled(self) -> bool:
        """True if nobody waits any more or the deadline has passed."""
        return self._gone.is_set() or time.monotonic() > self.deadline


class DrainRate:
    """Measures the tokens done a second, while there is work. Recent work weighs more."""

    def __init__(self) -> None:
        self._tokens, self._seconds = FIRST_RATE, 1.0
        self._active, self._since = 0, 0.0

    def begin(self, now: float) -> None:
        """Notes that a job begins."""
        self._age(now)
        self._active += 1

    def end(self, tokens: int, now: float) -> None:
        """Notes that a job ends, and how many of its tokens were done (0 if it failed)."""
        self._age(now)
        self._active -= 1
        self._tokens += tokens

    def seconds(self, tokens: int) -> int:
        """The whole seconds until so many tokens will be done, from 1 to MAX_RETRY_AFTER."""
        rate = max(self._tokens, 1.0) / self._seconds
        return min(MAX_RETRY_AFTER, max(1, math.ceil(tokens / rate)))

    def _age(self, now: float) -> None:
        elapsed = now - self._since if self._active else 0.0
        self._since = now
        kept = math.exp(-elapsed / RATE_MEMORY_SECONDS)
        self._tokens, self._seconds = self._tokens * kept, self._seconds * kept + elapsed


class AdmissionQueue:
    """Jobs that wait.

    Groups take turns, so that a batch of many articles does not keep single ones waiting.
    """

    def __init__(self, max_jobs: int, max_tokens: int) -> None:
        self._max_jobs, self._max_tokens = max_jobs, max_tokens
        self._changed = threading.Condition()  # Its lock is reentrant: `put` calls `check`.
        self._groups: dict[object, deque[Job]] = {}  # In the order of their turns.
        self._closed = False
        self.rate = DrainRate()
        self.jobs, self.tokens = 0, 0

    def check(self, tokens: int) -> None:
        """Raises QueueFull if there is no room for so many tokens more.

        An empty queue takes anything.
        """
        with self._changed:
            over = self.tokens + tokens - self._max_tokens
            if self.jobs and (self.jobs >= self._max_jobs or over > 0):
                mean = self.tokens / self.jobs
                waiting = f"{self.jobs} requests with about {self.tokens} tokens are waiting"
                seconds = self.rate.seconds(round(max(over, mean)))
                raise QueueFull(waiting, seconds)

    def next_seconds(self) -> int:
        """Estimates the seconds that one of the waiting jobs will take."""
        with self._changed:
            mean = round(self.tokens / self.jobs) if self.jobs else 1
            return self.rate.seconds(mean)

    def put(self, job: Job) -> None:
        """Adds a job. Raises QueueFull."""
        job.tokens = estimate_tokens(job.request)
        with self._changed:
            self.check(job.tokens)
            job.entered = time.monotonic()
            job.when_dropped(self._drop)
            self._groups.setdefault(job.group, deque()).append(job)
            self._count(job, 1)
            self._changed.notify()

    def get(self) -> Job | None:
        """Waits for the next job, of the group whose turn it is. None once closed and empty."""
        with self._changed:
            while not self._groups and not self._closed:
                self._changed.wait()
            if not self._groups:
                return None
            group, jobs = next(iter(self._groups.items()))
            job = jobs.popleft()
            del self._groups[group]
            if jobs:
                self._groups[group] = jobs  # Behind the others.
            self._count(job, -1)
            self.rate.begin(time.monotonic())
            return job

    def ended(self, tokens: int) -> None:
        """Notes that a job from `get` has ended, with so many tokens done."""
        with self._changed:
            self.rate.end(tokens, time.monotonic())

    def close(self) -> None:
        """Makes `get` return None once no job waits any more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def refuse(self, error: Exception) -> None:
        """Ends all waiting jobs with this error."""
        with self._changed:
            refused = [job for jobs in self._groups.values() for job in jobs]
            self._groups.clear()
            self.jobs = self.tokens = 0
        for job in refused:
            if job.result.set_running_or_notify_cancel():
                job.result.set_exception(error)

    def _drop(self, job: Job) -> None:
        """Removes a job that nobody waits for, if it is still in the queue."""
        with self._changed:
            jobs = self._groups.get(job.group, deque())
            if job not in jobs:
                return
            jobs.remove(job)
            if not jobs:
                del self._groups[job.group]
            self._count(job, -1)
        if job.result.set_running_or_notify_cancel():
            job.result.set_exception(Cancelled())

    def _count(self, job: Job, sign: int) -> None:
        self.jobs += sign
        self.tokens += sign * job.tokens
