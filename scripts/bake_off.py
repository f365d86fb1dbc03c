"""Measures the built-in model on our own decoder and on other runtimes, turn by turn.

    pip install 'breve[build]' ctranslate2==4.8.5 llama-cpp-py-sync==0.11739 \\
        onnxruntime-genai==0.18.0 onnx==1.23.2 onnx-ir==1.1.0
    PYTHONPATH=. python scripts/bake_off.py orangesum_valid.jsonl.gz

Prints Markdown. A runtime that is not installed, cannot be converted or fails is reported with its
error. All have the weights that `models.builtin.build` makes and two threads, each in a process of
its own. In each round all take each case in turn; figures are medians of the rounds.

Every answer has 60 tokens. The prompts of a case have one length, so that nobody pads. A step is
the time of 60 tokens less that of the first, by 59. The divergence is that of next-token
distributions from those of float32, in nats, over 100 tokens of reference summaries behind prompts
of each length. On a busy machine `--cpu` counts processor time with one thread instead of wall
time. `--window-fault` shows only at which prompts CTranslate2 goes wrong.
"""

import argparse
import gzip
import json
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple

from bake_off_runtimes import REFERENCE, RUNTIMES, WORDS, Prompt, Runtime

LENGTHS: Final = (400, 900)
CANDIDATES: Final = (1, 4)
NEW_TOKENS: Final = 60
# Prompts, and tokens of each one's summary, whose distributions are compared.
COMPARED: Final = 5
COMPARED_TOKENS: Final = 20
# A case that takes longer is measured in the first round only.
SLOW_SECONDS: Final = 30.0
WINDOW_LENGTHS: Final = (400, 500, 520, 600, 700, 900)


class Case(NamedTuple):
    """So many requests at once: the length of their prompts, and what each is asked for."""

    length: int
    requests: int
    candidates: int
    new_tokens: int


class Failure(Exception):
    """A runtime could not do what it was asked. The message is the runtime's own error."""


def perform(connection: Connection, name: str, model: Path, folder: Path, cpu: bool) -> None:
    """Converts or loads a runtime, then does what it is asked: the work of a process."""
    # Converters print hundreds of lines.
    for stream in (1, 2):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
    clock = time.process_time if cpu else time.perf_counter
    runtime: Runtime | None = None
    while (task := connection.recv()) is not None:
        kind, *arguments = task
        start, outcome = clock(), None
        try:
            if kind == "convert":
                RUNTIMES[name].convert(model, folder)
            elif kind == "load":
                runtime = RUNTIMES[name](model, folder, 1 if cpu else 2)
            else:
                outcome = getattr(runtime, kind)(*arguments)
        except Exception as error:
            # A runtime raises whatever it meets first.
            connection.send(f"{type(error).__name__}: {error}")
        else:
            answer = outcome if kind == "logits" else None
            connection.send((clock() - start, read_memory(), answer))


def read_memory() -> tuple[int, int]:
    """The memory that this process has, and the most that it has had, in MB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    resident, peak = (
        int(status.split(f"{name}:")[1].split()[0]) // 1000 for name in ("VmRSS", "VmHWM")
    )
    return resident, peak


class Worker:
    """A process of one runtime.

    `peak` is the most memory that it has had so far, in MB. It had `loaded` once the checkpoint was
    loaded, which took `load_seconds`.
    """

    def __init__(self, name: str, model: Path, folder: Path, cpu: bool = False) -> None:
        self.name = name
        self.resident = self.peak = self.loaded = 0
        self.load_seconds = 0.0
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(
            target=perform, args=(theirs, name, model, folder, cpu), daemon=True
        )
        self._process.start()
        theirs.close()

    def ask(self, kind: str, *arguments: object) -> tuple[float, Any]:
        """Has it do something; returns the seconds that it took, and logits. Raises Failure."""
        try:
            self._pipe.send((kind, *arguments))
            outcome = self._pipe.recv()
        except (EOFError, OSError) as error:
            self._process.join()
            raise Failure(f"the process ended with {self._process.exitcode}") from error
        if isinstance(outcome, str):
            raise Failure(outcome)
        seconds, (self.resident, self.peak), answer = outcome
        return seconds, answer

    def load(self) -> None:
        """Has it load the checkpoint. Raises Failure."""
        self.load_seconds, _ = self.ask("load")
        self.loaded = self.resident

    def end(self) -> None:
        """Ends the process."""
        with suppress(BrokenPipeError):
            self._pipe.send(None)
        self._process.join()


def convert(name: str, model: Path, scratch: Path) -> Path:
    """The folder of the converted checkpoint. Raises Failure."""
    folder = scratch / RUNTIMES[name].__name__
    folder.mkdir()
    # In a process of its own: its memory is not the runtime's.
    worker = Worker(name, model, folder)
    try:
        worker.ask("convert")
    finally:
        worker.end()
    return folder


def start_workers(model: Path, scratch: Path, cpu: bool) -> tuple[dict[str, Worker], list[str]]:
    """A loaded worker for each runtime that can be had, and why the others cannot."""
    workers: dict[str, Worker] = {}
    failures = []
    for name in RUNTIMES:
        try:
            worker = Worker(name, model, convert(name, model, scratch), cpu)
            worker.load()
        except Failure as error:
            failures.append(f"{name}: {error}")
        else:
            workers[name] = worker
    return workers, failures


class Prompts:
    """Prompts of any length from the articles of a file, and the tokens of their summaries."""

    def __init__(self, articles: Path, model: Path) -> None:
        from tokenizers import Tokenizer

        from models.prompts import summary_marker

        self._articles = articles
        self._tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
        self._begin = json.loads((model / "config.json").read_text(encoding="utf-8"))[
            "bos_token_id"
        ]
        self._marker = self._encode(summary_marker(WORDS))

    def _encode(self, text: str) -> list[int]:
        tokens: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return tokens

    def of_length(self, length: int, count: int = 1) -> list[Prompt]:
        """The first prompts of so many tokens: long articles with long summaries, cut."""
        return list(islice(self._all_of_length(length), max(count, COMPARED)))

    def _all_of_length(self, length: int) -> Iterator[Prompt]:
        kept = length - 1 - len(self._marker)
        with gzip.open(self._articles, "rt", encoding="utf-8") as lines:
            for line in lines:
                record = json.loads(line)
                whole = self._encode(
                    f"{record['title']}\n{record['abstract']}\n{record['article']}"
                )
                summary = self._encode(" " + record["abstract"])[:COMPARED_TOKENS]
                text = self._tokenizer.decode(whole[:kept])
                long = len(whole) >= kept and len(summary) == COMPARED_TOKENS
                # A cut text may have other tokens at its end.
                if long and self._encode(text) == whole[:kept]:
                    yield Prompt(text, [self._begin, *whole[:kept], *self._marker], summary)


def divergence(reference: Any, logits: Any) -> float:
    """The mean Kullback-Leibler divergence of distributions from those of `reference`, in nats.

    Both are logits [places, vocabulary].
    """
    import numpy as np

    def log_probabilities(values: Any) -> Any:
        values = np.asarray(values, np.float64)
        values = values - values.max(1, keepdims=True)
        return values - np.log(np.exp(values).sum(1, keepdims=True))

    expected, given = log_probabilities(reference), log_probabilities(logits)
    return float((np.exp(expected) * (expected - given)).sum(1).mean())


def ask_logits(worker: Worker, prompts: Sequence[Prompt]) -> list[Any]:
    """The logits of the summaries' tokens behind all prompts. Raises Failure."""
    answers = [worker.ask("logits", prompt.tokens, prompt.summary) for prompt in prompts]
    return [logits for _, places in answers for logits in places]


def make_cases(requests: int) -> list[Case]:
    """One request and several at once; of one request the first token alone as well."""
    kinds = ((1, 1), (1, NEW_TOKENS), (requests, NEW_TOKENS))
    return [
        Case(length, number, candidates, new_tokens)
        for length in LENGTHS
        for candidates in CANDIDATES
        for number, new_tokens in kinds
    ]


Times = Mapping[Case, list[float]]


def measure(
    workers: Sequence[Worker],
    prompts: Mapping[int, Sequence[Prompt]],
    cases: Sequence[Case],
    rounds: int,
) -> tuple[dict[str, Times], list[str]]:
    """The seconds of each runtime for each case, and what failed, in words."""
    times: dict[str, Times] = {worker.name: {case: [] for case in cases} for worker in workers}
    failures: dict[tuple[str, Case], str] = {}
    # The first round only warms up.
    for number in range(rounds + 1):
        for case in cases if number else [case for case in cases if case.requests == 1]:
            for worker in workers:
                taken = times[worker.name][case]
                if (worker.name, case) in failures or sum(taken[:1]) > SLOW_SECONDS:
                    continue
                try:
                    asked = prompts[case.length][: case.requests]
                    seconds, _ = worker.ask("write", asked, case.candidates, case.new_tokens)
                except Failure as error:
                    failures[worker.name, case] = f"{worker.name}, {case}: {error}"
                    continue
                print(f"round {number}: {worker.name}, {case}: {seconds:.2f} s", file=sys.stderr)
                if number:
                    taken.append(seconds)
    return times, list(failures.values())


def step_seconds(first: float, whole: float) -> float:
    """The time of a step, from that of the first token and that of a whole answer."""
    return (whole - first) / (NEW_TOKENS - 1)


def figures(times: Times, length: int, candidates: int, requests: int) -> dict[str, float]:
    """The figures of one runtime for one length and number of candidates, by their titles."""

    def middle(number: int, new_tokens: int) -> float:
        return median(times[Case(length, number, candidates, new_tokens)] or [float("nan")])

    first, whole, many = middle(1, 1), middle(1, NEW_TOKENS), middle(requests, NEW_TOKENS)
    return {
        "Time to the first token, ms": 1000 * first,
        "Time of a step, ms": 1000 * step_seconds(first, whole),
        "Articles a minute, one at a time": 60 / whole,
        f"Articles a minute, {requests} at once": 60 * requests / many,
    }


def table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table, all columns but the first to the right."""
    rule = ["---", *["---:"] * (len(titles) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in [titles, rule, *rows]) + "\n"


def print_times(times: Mapping[str, Times], requests: int) -> None:
    """Prints a table for each figure."""
    columns = [(length, candidates) for length in LENGTHS for candidates in CANDIDATES]
    by_runtime = {
        name: [figures(taken, *column, requests) for column in columns]
        for name, taken in times.items()
    }
    for title in next(iter(by_runtime.values()))[0]:
        rows = [[name, *(f"{cell[title]:.1f}" for cell in row)] for name, row in by_runtime.items()]
        print(table([title, *(f"{length} tokens × {count}" for length, count in columns)], rows))


def print_processes(workers: Mapping[str, Worker], prompts: Mapping[int, Sequence[Prompt]]) -> None:
    """Prints a table of memory, load times and divergences."""
    titles = ["Process", "load, s", "loaded, MB", "peak, MB"]
    titles += [f"divergence, {length} tokens" for length in LENGTHS]
    compared = {length: of_length[:COMPARED] for length, of_length in prompts.items()}
    # Before logits take more.
    peaks = {name: worker.peak for name, worker in workers.items()}
    expected = {length: ask_logits(workers[REFERENCE], few) for length, few in compared.items()}
    rows = []
    for name, worker in workers.items():
        row = [name, f"{worker.load_seconds:.1f}", str(worker.loaded), str(peaks[name])]
        for length, few in compared.items():
            try:
                row.append(f"{divergence(expected[length], ask_logits(worker, few)):.4f}")
            except Failure as error:
                row.append(str(error))
        rows.append(row)
    print(table(titles, rows))


def show_window_fault(model: Path, scratch: Path, prompts: Prompts) -> None:
    """Prints how far CTranslate2's next token is from that of float32, by the prompt's length."""
    folder = convert("CTranslate2 int8", model, scratch)
    runtimes = [RUNTIMES[name](model, folder, 2) for name in (REFERENCE, "CTranslate2 int8")]
    for length in WINDOW_LENGTHS:
        prompt = prompts.of_length(length)[0]
        expected, given = (each.logits(prompt.tokens, prompt.summary[:1]) for each in runtimes)
        print(f"{length} tokens: divergence {divergence(expected, given):.4f}")


def main() -> None:
    """Reads the command line and measures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("articles", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--requests", type=int, default=16)
    parser.add_argument("--cpu", action="store_true", help="processor time of one thread")
    parser.add_argument("--window-fault", action="store_true")
    arguments = parser.parse_args()

    from models.builtin.build import build
    from models.builtin.store import built_model

    model = built_model(build)
    prompts = Prompts(arguments.articles, model)
    with TemporaryDirectory() as scratch:
        if arguments.window_fault:
            show_window_fault(model, Path(scratch), prompts)
            return
        workers, failures = start_workers(model, Path(scratch), arguments.cpu)
        texts = {length: prompts.of_length(length, arguments.requests) for length in LENGTHS}
        cases = make_cases(arguments.requests)
        times, failed = measure(list(workers.values()), texts, cases, arguments.rounds)
        print_times(times, arguments.requests)
        print_processes(workers, texts)
        print("\n".join(f"- {failure}" for failure in [*failures, *failed]))
        for worker in workers.values():
            worker.end()


if __name__ == "__main__":
    main()
