"""Sends texts that no newspaper prints through the pipeline: 200,000 characters of one unit, again
and again.

`make hostile` runs all of them around a scripted engine that builds the real constraint, then a few
with the built-in models, in ten minutes at most. It prints the slowest ones and the memory. A case
fails if it takes longer than CASE_SECONDS, if no other thread runs for a second, or if nobody asks
for UNASKED_SECONDS whether the answer is still wanted: a regular expression whose time grows with
the square of the text does all three. `tests/service/test_hostile.py` runs a few.

All seconds are the processor's: they are the same on a busy machine.
"""

import argparse
import faulthandler
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from tokenizers import Tokenizer

from models.checkpoints.catalog import AUTO, BUILTIN
from models.constraint import FactConstraint, Pieces
from models.engine import Engine, GenerateRequest, GenerateResult, NotSupported, never, stop_if
from service.reading.article import ArticleError
from service.summarizer import Summarizer, SummaryRequest
from tests.engines import ARTICLE, ScriptedEngine
from tests.hostile_cases import Case, all_cases, built_in_cases

ROOT: Final = Path(__file__).parents[1]
CASE_SECONDS: Final = 10.0
BUILT_IN_CASE_SECONDS: Final = 30.0  # the models write with two processors
STOP_SECONDS: Final = 120.0  # of the clock, after which a case is stopped and its stack printed
GAP_SECONDS: Final = 1.0  # without any other thread running
UNASKED_SECONDS: Final = 5.0  # a worker is free so long after a deadline
SWEEP_SECONDS: Final = 600.0
BUILT_IN_SECONDS: Final = 90.0  # of these, for the cases with the built-in models
SLOWEST: Final = 10
MEGABYTE: Final = 2**20
MEMORY_MEGABYTES: Final = 200  # that may be held behind the sweep beyond what was held before it
TICK_SECONDS: Final = 0.01
PAGE_SIZE: Final = os.sysconf("SC_PAGE_SIZE")
ANSWER: Final = 600  # characters that a model writes at most, as it is asked here


@dataclass(frozen=True)
class Outcome:
    """What became of a case.

    Its seconds, the longest time without another thread (`gap`) and without a question whether it
    is still wanted (`unasked`), the memory behind it in MB, the answer.
    """

    case: Case
    seconds: float
    gap: float
    unasked: float
    memory: float
    answer: str

    @property
    def is_well(self) -> bool:
        """True if it was answered in time, others could work, and it could have been given up."""
        most = BUILT_IN_CASE_SECONDS if self.case.is_built_in else CASE_SECONDS
        return (
            self.seconds <= most
            and self.gap <= GAP_SECONDS
            and self.unasked <= UNASKED_SECONDS
            and not self.answer.startswith("!")
        )

    def line(self) -> str:
        """A line for people."""
        case = self.case
        kind = "page" if case.is_page else "text"
        times = f"{self.seconds:6.2f} s, gap {self.gap:5.2f} s, unasked {self.unasked:5.2f} s"
        text = f"{case.unit!r:16} frame {case.frame} {kind} {case.language}"
        return f"{times}, {self.memory:5.0f} MB  {text}  {self.answer}"


class ConstrainedEngine(ScriptedEngine):
    """The scripted engine, which holds what it writes to the facts, as the model does."""

    def __init__(self) -> None:
        super().__init__()
        self._tokenizer = Tokenizer.from_file(str(ROOT / "models" / "builtin" / "tokenizer.json"))
        vocabulary = self._tokenizer.get_vocab()
        special = {vocabulary[f"<{name}>"] for name in ("pad", "eos", "bos")}
        self._pieces = Pieces(sorted(vocabulary, key=vocabulary.__getitem__), special)

    def generate(
        self, requests: Sequence[GenerateRequest], cancelled: Callable[[], bool] = never
    ) -> list[GenerateResult]:
        """Answers all requests."""
        results = [_shortened(result) for result in super().generate(requests, cancelled)]
        self.calls.clear()  # they hold the articles
        for request, result in zip(requests, results, strict=True):
            stop_if(cancelled)
            constraint = FactConstraint.of(self._pieces, request.facts) if request.facts else None
            if constraint is not None:
                tokens = self._tokenizer.encode(
                    result.candidates[0].text, add_special_tokens=False
                ).ids
                for end in range(0, len(tokens), 5):
                    constraint.banned(tokens[:end])
        return results


def _shortened(result: GenerateResult) -> GenerateResult:
    """The answers as a model gives them, which writes a bounded number of tokens."""
    candidates = tuple(
        replace(candidate, text=candidate.text[:ANSWER]) for candidate in result.candidates
    )
    return replace(result, candidates=candidates)


class Listener:
    """Wants every answer, and notes the longest time in seconds in which nobody asks it."""

    def __init__(self) -> None:
        self._asked, self.unasked = time.process_time(), 0.0

    def has_left(self) -> bool:
        """False: the answer is still wanted."""
        now = time.process_time()
        self.unasked = max(self.unasked, now - self._asked)
        self._asked = now
        return False


@contextmanager
def longest_gap() -> Iterator[list[float]]:
    """Watches how long no other thread runs while the block does; the list holds the longest time
    in seconds."""
    gaps = [0.0]
    ended = threading.Event()

    def tick() -> None:
        last = time.process_time()
        while not ended.is_set():
            time.sleep(TICK_SECONDS)
            now = time.process_time()
            gaps[0] = max(gaps[0], now - last)
            last = now

    thread = threading.Thread(target=tick, daemon=True)
    thread.start()
    try:
        yield gaps
    finally:
        ended.set()
        thread.join()


def memory() -> float:
    """What the process holds, in MB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * PAGE_SIZE / MEGABYTE


def outcome(summarizer: Summarizer, case: Case) -> Outcome:
    """Sends one case through the pipeline."""
    request = case.request()
    with longest_gap() as gaps:
        started, listener = time.process_time(), Listener()
        answer = _answer(summarizer, request, listener)
        listener.has_left()
        seconds = time.process_time() - started
    return Outcome(case, seconds, gaps[0], listener.unasked, memory(), answer)


def _answer(summarizer: Summarizer, request: SummaryRequest, listener: Listener) -> str:
    try:
        summary = summarizer.summarize(request, listener.has_left)
    except (ArticleError, NotSupported) as error:
        return getattr(error, "code", type(error).__name__)
    except Exception as error:
        return f"! {type(error).__name__}: {str(error)[:80]}"
    return f"{len(summary.text)} characters"


def warm_summarizer(engine: Engine | None = None) -> Summarizer:
    """The pipeline, with all its tables read; around the scripted engine if no other is given."""
    summarizer = Summarizer(engine or ConstrainedEngine())
    for language in ("fr", "en"):
        summarizer.summarize(SummaryRequest(text=ARTICLE, language=language))
    return summarizer


def _run_child(cases: Sequence[Case], first: int) -> None:
    """Sends the cases from number `first` on; writes a line when it begins and ends each of
    them."""
    summarizer = warm_summarizer(_load_built_in() if cases[first].is_built_in else None)
    for number, case in enumerate(cases[first:], first):
        print(json.dumps({"begun": number, "memory": memory()}), flush=True)
        faulthandler.dump_traceback_later(STOP_SECONDS, exit=True)
        ended = outcome(summarizer, case)
        faulthandler.cancel_dump_traceback_later()
        print(json.dumps({"ended": number, **asdict(ended)}), flush=True)


def _load_built_in() -> Engine:
    from models.loading import load_engine

    return load_engine(BUILTIN, translator=AUTO)


def _children(cases: Sequence[Case], end: float) -> Iterator[dict[str, object]]:
    """The lines of child processes; one that a case has ended is followed by another, which begins
    behind that case."""
    first = 0
    kind = ["--built-in"] if cases[0].is_built_in else []
    while first < len(cases) and time.monotonic() < end:
        command = [sys.executable, "-m", "tests.hostile", "--child", str(first), *kind]
        before = first
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            for line in child.stdout:
                said = json.loads(line)
                first = max(first, int(said.get("begun", -1)) + 1)
                is_last = "ended" in said and time.monotonic() > end
                yield said
                if is_last:
                    break
            child.terminate()
        if first == before:  # It could not begin, and said why.
            return


def sweep(cases: Sequence[Case], seconds: float) -> tuple[list[Outcome], list[float]]:
    """The outcomes of all cases that fit into so many seconds, and the memory before and behind
    those of the last child."""
    outcomes: list[Outcome] = []
    begun: int | None = None
    held: list[float] = []
    for said in _children(cases, time.monotonic() + seconds):
        if "begun" in said:
            if begun is not None:
                outcomes.append(_stopped(cases[begun]))
                held = []
            begun = int(str(said["begun"]))
            held = held[:1] or [float(str(said["memory"]))]
        else:
            said["case"] = cases[int(str(said.pop("ended")))]
            outcomes.append(Outcome(**said))  # type: ignore[arg-type]
            held = [held[0], outcomes[-1].memory]
            begun = None
    if begun is not None:
        outcomes.append(_stopped(cases[begun]))
    return outcomes, held


def _stopped(case: Case) -> Outcome:
    return Outcome(case, STOP_SECONDS, STOP_SECONDS, STOP_SECONDS, 0, "! stopped")


def report(
    cases: Sequence[Case], outcomes: Iterable[Outcome], held: Sequence[float], most: int
) -> int:
    """Prints the slowest cases, at `most` so many, those that are not well and the memory; returns
    the exit status."""
    slowest = sorted(outcomes, key=lambda each: each.seconds, reverse=True)
    bad = [each for each in slowest if not each.is_well]
    print(f"{len(slowest)} of {len(cases)} cases. The slowest:")
    print("\n".join(each.line() for each in slowest[:most]))
    if bad:
        print(f"{len(bad)} cases took too long or let nobody else work:")
        print("\n".join(each.line() for each in bad))
    grown = held[-1] - held[0] if held else 0.0
    if held:
        print(f"Memory: {held[0]:.0f} MB before, {held[-1]:.0f} MB behind.", flush=True)
    return 1 if bad or not slowest or grown > MEMORY_MEGABYTES else 0


def main() -> None:
    """Runs both sweeps, or, as their child, the cases of one of them from one number on."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=SWEEP_SECONDS, help="time for all of it")
    parser.add_argument("--child", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--built-in", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child is not None:
        _run_child(built_in_cases() if options.built_in else all_cases(), options.child)
        return
    cases, few = all_cases(), built_in_cases()
    status = report(cases, *sweep(cases, options.seconds - BUILT_IN_SECONDS), SLOWEST)
    print("With the built-in models:")
    sys.exit(status | report(few, *sweep(few, BUILT_IN_SECONDS), len(few)))


if __name__ == "__main__":
    main()
