"""The queue in front of the model: its bounds, its turns, and what becomes of jobs that nobody
waits for."""

import threading
import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.engine import Cancelled
from service.api.refusals import QueueFull
from service.api.work.admission import AdmissionQueue, DrainRate, Job, estimate_tokens
from service.summarizer import SummaryRequest
from tests.engines import ARTICLE


def job(characters: int = 370, group: object = None) -> Job:
    made = Job(SummaryRequest("a" * characters), time.monotonic() + 60, lambda _: None)
    if group is not None:
        made.group = group
    return made


def test_estimate_is_near_the_count() -> None:
    assert 70 <= estimate_tokens(SummaryRequest(ARTICLE)) <= 120
    assert estimate_tokens(SummaryRequest(html="<p>" * 100_000)) < 10_000
    assert estimate_tokens(SummaryRequest("")) == 1


def test_bounded_in_count() -> None:
    queue = AdmissionQueue(2, 10_000)
    queue.put(job())
    queue.put(job())
    with pytest.raises(QueueFull, match="2 requests with about 200 tokens"):
        queue.put(job())
    assert queue.get()
    queue.put(job())


def test_bounded_in_tokens_but_an_empty_queue_takes_anything() -> None:
    queue = AdmissionQueue(100, 250)
    queue.put(job(100_000))
    assert queue.get()
    queue.put(job())
    queue.put(job())
    with pytest.raises(QueueFull):
        queue.put(job())
    queue.put(job(100))
    assert (queue.jobs, queue.tokens) == (3, 227)


def test_retry_after_follows_the_measured_rate() -> None:
    queue = AdmissionQueue(1, 10_000)
    queue.put(job(37_000))
    assert queue.get()
    queue.put(job(18_500))
    with pytest.raises(QueueFull) as slow:
        queue.put(job())
    queue.rate = DrainRate()
    queue.rate.begin(0)
    queue.rate.end(1_000_000, 10)
    with pytest.raises(QueueFull) as fast:
        queue.put(job())
    assert (slow.value.retry_after, fast.value.retry_after) == (10, 1)


def test_rate_is_measured_while_there_is_work_only() -> None:
    rate = DrainRate()
    for round_ in range(100):
        start = 1_000.0 * round_
        rate.begin(start)
        rate.begin(start + 1)
        rate.end(300, start + 2)
        rate.end(100, start + 4)
    assert rate.seconds(1_000) in (10, 11)
    assert rate.seconds(10**9) == 600


def test_groups_take_turns() -> None:
    queue = AdmissionQueue(1_000, 1_000_000)
    batch = object()
    of_batch = [job(group=batch) for _ in range(100)]
    for queued in of_batch:
        queue.put(queued)
    singles = [job(), job()]
    for queued in singles:
        queue.put(queued)
    assert [queue.get() for _ in range(5)] == [of_batch[0], *singles, of_batch[1], of_batch[2]]


def test_job_that_nobody_waits_for_leaves_at_once() -> None:
    queue = AdmissionQueue(2, 10_000)
    first, second = job(), job()
    queue.put(first)
    queue.put(second)
    first.cancel()
    first.cancel()
    assert isinstance(first.result.exception(1), Cancelled)
    assert (queue.jobs, queue.tokens) == (1, 100)
    assert queue.get() is second
    second.cancel()
    assert not second.result.done(), "what runs is ended by who runs it"
    assert second.cancelled()


def test_refusing_and_closing() -> None:
    queue = AdmissionQueue(2, 10_000)
    waiting = job()
    queue.put(waiting)
    queue.refuse(ValueError("no"))
    assert isinstance(waiting.result.exception(1), ValueError)
    taken: list[Job | None] = []
    thread = threading.Thread(target=lambda: taken.append(queue.get()))
    thread.start()
    queue.close()
    thread.join(5)
    assert taken == [None]


@settings(max_examples=100, deadline=None, database=None)
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(["put", "get", "cancel"]), st.integers(0, 5), st.integers(1, 2_000)
        ),
        max_size=60,
    )
)
def test_counts_stay_true(steps: list[tuple[str, int, int]]) -> None:
    queue = AdmissionQueue(10, 2_000)
    waiting: list[Job] = []
    for step, number, characters in steps:
        if step == "put":
            made = job(characters, group=f"group {number}")
            with suppress(QueueFull):
                queue.put(made)
                waiting.append(made)
        elif step == "get" and waiting:
            taken = queue.get()
            assert taken is not None
            assert taken is next(other for other in waiting if other.group == taken.group), (
                "first in, first out in a group"
            )
            waiting.remove(taken)
        elif waiting:
            waiting.pop(number % len(waiting)).cancel()
        assert (queue.jobs, queue.tokens) == (len(waiting), sum(other.tokens for other in waiting))
        assert queue.jobs <= 10
        assert queue.tokens <= 2_000 or queue.jobs == 1
