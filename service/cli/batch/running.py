"""Runs a batch: several articles may be under way at a time, and share the model's passes."""

import threading
from collections.abc import Generator, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Final

from filelock import FileLock, Timeout

from service.cli.answering import Answerer
from service.cli.batch.answers import answer_line, as_line
from service.cli.batch.earlier import Work
from service.cli.batch.lines import BatchError, Line
from service.cli.batch.retrying import begin_collection, put_in_place
from service.cli.output.messages import message

STOP_SECONDS: Final = 1.0  # Time for calls under way when a run ends early.

Pending = dict[int, Future[dict[str, Any]]]  # Answers under way, by the places of their lines.


@contextmanager
def locked(output: Path) -> Iterator[None]:
    """Keeps other runs away from `output`.

    Raises BatchError if another run is under way, or if the folder does not exist.
    """
    target = output.resolve()
    if not target.parent.is_dir():
        raise BatchError(message("batch.no_folder", output=output))
    path = target.with_name(f".{target.name}.lock")
    lock = FileLock(path, timeout=0)
    try:
        lock.acquire()
        if not path.exists():  # Another run, just ending, has removed the file.
            lock.release()
            lock.acquire()
    except Timeout as error:
        raise BatchError(message("batch.locked", output=output)) from error
    try:
        yield
    finally:
        with suppress(OSError):  # Some systems keep a file that is open.
            path.unlink()
        lock.release()


def run_work(
    work: Work, output: Path, answer: Answerer, at_once: int, stop: threading.Event
) -> Generator[bool]:
    """`run_lines` for the lines that are done again, then for those without an answer."""
    if work.again:
        collection = begin_collection(work.again, output)
        try:
            yield from run_lines([*work.again.values()], collection, answer, at_once, stop)
        finally:
            put_in_place(output)
        stop.clear()
    yield from run_lines(work.left, output, answer, at_once, stop)


def run_lines(
    lines: Sequence[Line], output: Path, answer: Answerer, at_once: int, stop: threading.Event
) -> Generator[bool]:
    """Appends the answer to each line to `output`, in order, whole lines only.

    Yields True for a summary, False for a problem. `answer` is called in `at_once` threads; if that
    is 1, in this thread. When a run of several threads ends, even early, it writes the finished
    answers that are next in order. Then it sets `stop`, which should end the calls under way. Close
    the iterator to be sure of that (`contextlib.closing`).
    """
    with output.open("ab") as file:
        if at_once == 1:
            for line in lines:
                yield _write(answer_line(line, answer), file)
        else:
            yield from _run_in_threads(lines, file, answer, at_once, stop)


def _run_in_threads(
    lines: Sequence[Line], file: BinaryIO, answer: Answerer, at_once: int, stop: threading.Event
) -> Generator[bool]:
    left = enumerate(lines)
    pending: Pending = {}
    threads = ThreadPoolExecutor(at_once)
    # The place of the next answer to be written, and where it begins in the file. They change
    # together: a signal may come between any two statements.
    position = (0, file.tell())
    try:
        _submit(islice(left, at_once), pending, threads, answer)
        while position[0] in pending:
            succeeded = _write(pending[position[0]].result(), file)
            position = (position[0] + 1, file.tell())
            del pending[position[0] - 1]
            _submit(islice(left, 1), pending, threads, answer)
            yield succeeded
    finally:
        try:
            _write_finished(pending, position, file)
        finally:
            stop.set()
            _shut_down(threads)


def _submit(
    lines: Iterator[tuple[int, Line]],
    pending: Pending,
    threads: ThreadPoolExecutor,
    answer: Answerer,
) -> None:
    for place, line in lines:
        pending[place] = threads.submit(answer_line, line, answer)


def _shut_down(threads: ThreadPoolExecutor) -> None:
    """Waits for calls under way, but not as long as a service may take to answer."""
    ending = threading.Thread(target=threads.shutdown, kwargs={"cancel_futures": True}, daemon=True)
    ending.start()
    ending.join(STOP_SECONDS)


def _write_finished(
    pending: Mapping[int, Future[dict[str, Any]]], position: tuple[int, int], file: BinaryIO
) -> None:
    """Writes the finished answers that are next in order.

    An answer whose writing was broken off is removed first: otherwise it would be there twice.
    """
    place, start = position
    file.truncate(start)
    while (future := pending.get(place)) and _has_succeeded(future):
        _write(future.result(), file)
        place += 1


def _write(answer: dict[str, Any], file: BinaryIO) -> bool:
    """Writes the line of an answer. True if it is a summary."""
    file.write(as_line(answer))
    file.flush()
    return "problem" not in answer


def _has_succeeded(future: Future[dict[str, Any]]) -> bool:
    return future.done() and not future.cancelled() and not future.exception()
