"""Compares the runtimes of the built-in model in one process, turn by turn.

    python scripts/measure_speed.py ARTICLE…

Prints, for `torch` and `auto`, the seconds to read 400 and 1,000 tokens and to write NEW_TOKENS
tokens with 1, 4 and 8 beams, then those of the whole pipeline in French and in English for
each article: the least and the median of `--rounds`. On a busy machine `--cpu` counts processor
time with one thread instead of wall time.
"""

import argparse
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Literal

from models.checkpoints.catalog import BUILTIN
from models.engine import Engine, GenerateRequest, Task
from models.loading import Runtime, load_engine
from service.summarizer import Summarizer, SummaryRequest

RUNTIMES: tuple[Runtime, ...] = ("torch", "auto")
SENTENCE = (
    "Le groupe français a annoncé mardi un accord avec son fournisseur de serveurs pour 45 "
    "millions d'euros. "
)
NEW_TOKENS = 24
LANGUAGES: tuple[Literal["fr", "en"], ...] = ("fr", "en")


def compare(
    name: str, work: Sequence[Callable[[], object]], rounds: int, clock: Callable[[], float]
) -> None:
    """Times one function for each runtime, in turns, and prints the figures and the ratio of the
    medians."""
    times: list[list[float]] = [[] for _ in work]
    for _ in range(rounds):
        for function, seconds in zip(work, times, strict=True):
            start = clock()
            function()
            seconds.append(clock() - start)
    figures = "  ".join(
        f"{runtime} {min(seconds):.3f} {median(seconds):.3f}"
        for runtime, seconds in zip(RUNTIMES, times, strict=True)
    )
    ratio = median(times[0]) / median(times[1])
    print(f"{name:<24} {figures}  ratio {ratio:.2f}", flush=True)


def answer(engine: Engine, words: int, beams: int, new_tokens: int) -> Callable[[], object]:
    """Reads a prompt of about 22 tokens for each 18 `words` and writes `new_tokens` tokens."""
    request = GenerateRequest(Task.SUMMARY, SENTENCE * (words // 18), new_tokens, 40, beams)
    return lambda: engine.generate([request])


def pipeline(engine: Engine, text: str, language: Literal["fr", "en"]) -> Callable[[], object]:
    """The summary of one article."""
    summarizer = Summarizer(engine)
    return lambda: summarizer.summarize(SummaryRequest(text=text, language=language))


def main() -> None:
    """Reads the command line and measures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("articles", type=Path, nargs="*")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--cpu", action="store_true", help="processor time of one thread")
    arguments = parser.parse_args()
    clock = time.process_time if arguments.cpu else time.perf_counter
    engines = [
        load_engine(BUILTIN, 1 if arguments.cpu else 0, runtime=runtime) for runtime in RUNTIMES
    ]
    for words in (330, 830):
        compare(
            f"read {words} words",
            [answer(engine, words, 1, 1) for engine in engines],
            arguments.rounds,
            clock,
        )
    for beams in (1, 4, 8):
        work = [answer(engine, 330, beams, NEW_TOKENS) for engine in engines]
        compare(f"+{NEW_TOKENS - 1} steps, {beams} beams", work, arguments.rounds, clock)
    for path in arguments.articles:
        for language in LANGUAGES:
            text = path.read_text(encoding="utf-8")
            compare(
                f"{path} {language}",
                [pipeline(engine, text, language) for engine in engines],
                arguments.rounds,
                clock,
            )


if __name__ == "__main__":
    main()
