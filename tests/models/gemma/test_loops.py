"""Loops that run beside each other: who takes the next request, with how many threads, and what
comes of errors."""

import threading
from collections.abc import Iterator
from functools import partial

import pytest
import torch

from models.cpu.processors import in_thread_of_its_own
from models.gemma.loops import WORTH, Crew

SECONDS = 10  # by which a thread that hangs is found out


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Gives torch back as many threads as it had."""
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize(("threads", "shared"), [(2, 1), (3, 1), (4, 2)])
def test_two_loops_share_the_threads_and_the_requests(threads: int, shared: int) -> None:
    crew = Crew(threads)
    second, ended = threading.Event(), threading.Event()
    events: list[object] = []

    def other(number: int) -> None:
        events.append((number, crew.takes(number, 0), torch.get_num_threads()))
        second.set()
        assert ended.wait(SECONDS)

    def first(number: int) -> None:
        events.append(
            (
                number,
                crew.takes(number, WORTH - 1),
                torch.get_num_threads(),
                crew.worth_another(WORTH - 1),
            )
        )
        assert crew.worth_another(WORTH)
        crew.start(other)
        assert second.wait(SECONDS)
        # The other one has fewer; there is none beside the two.
        events.append(
            (number, crew.takes(number, 1), torch.get_num_threads(), crew.worth_another(WORTH))
        )
        ended.set()

    crew.run(first)
    assert events == [(0, True, threads, False), (1, True, shared), (0, False, shared, False)]
    later = in_thread_of_its_own(torch.get_num_threads, "later").result(SECONDS)
    assert (torch.get_num_threads(), later) == (threads, threads)


def test_one_thread_has_one_loop() -> None:
    crew, events = Crew(1), []
    crew.run(lambda number: events.append((crew.takes(number, 0), crew.worth_another(100))))
    assert events == [(True, False)]


@pytest.mark.parametrize("failing", [0, 1])
def test_an_error_is_told_when_all_loops_have_ended_and_nothing_new_begins(failing: int) -> None:
    crew, failed, ended = Crew(2), threading.Event(), []

    def loop(start: bool, number: int) -> None:
        if start:
            crew.start(partial(loop, False))
        if number == failing:
            failed.set()
            raise ValueError("no")
        assert failed.wait(SECONDS)
        while crew.takes(number, 0):  # the other one may not have fallen yet
            pass
        ended.append(number)

    with pytest.raises(ValueError, match="no"):
        crew.run(partial(loop, True))
    assert ended == [1 - failing]


def test_a_thread_of_its_own_ends_with_its_work() -> None:
    thread = in_thread_of_its_own(threading.current_thread, "work").result(SECONDS)
    thread.join(SECONDS)
    assert not thread.is_alive()
    with pytest.raises(ZeroDivisionError):
        in_thread_of_its_own(lambda: 1 / 0, "work").result(SECONDS)
