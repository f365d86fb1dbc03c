"""Sends texts that no newspaper prints through the pipeline: 200,000 characters of one unit, again
and again.

`make hostile` runs all of them around a scripted engine that builds the real constraint, in ten
minutes at most, and prints the slowest ones and the memory. A case fails if it takes longer than
CASE_SECONDS, or if no other thread runs for a second: a regular expression whose time grows with
the square of the text does both. `tests/service/test_hostile.py` runs a few.

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
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from tokenizers import Tokenizer

from models.constraint import FactConstraint, Pieces
from models.engine import GenerateRequest, GenerateResult, NotSupported, never
from service.reading.article import ArticleError
from service.summarizer import Summarizer, SummaryRequest, TargetLanguage
from tests.engines import ARTICLE, ScriptedEngine

ROOT: Final = Path(__file__).parents[1]
SIZE: Final = 200_000  # characters: as many as the service takes
CASE_SECONDS: Final = 10.0
STOP_SECONDS: Final = 120.0  # of the clock, after which a case is stopped and its stack printed
GAP_SECONDS: Final = 1.0  # without any other thread running
SWEEP_SECONDS: Final = 600.0
SLOWEST: Final = 10
MEGABYTE: Final = 2**20
MEMORY_MEGABYTES: Final = 200  # that may be held behind the sweep beyond what was held before it
TICK_SECONDS: Final = 0.01
PAGE_SIZE: Final = os.sysconf("SC_PAGE_SIZE")
ANSWER: Final = 600  # characters that a model writes at most, as it is asked here
OPENING: Final = "Le président du conseil a dit oui "

LETTERS: Final = (
    "a",
    "É",
    "aa ",
    "Ab ",
    "a b ",
    "x1",
    "3f9a",
    "中",
    "ا",
    "😀",
    "e\u0301",
    "\u0301",
)
DIGITS: Final = (
    "1", "1 ", "1 000 ", "1\u202f000 ", "1,", "1, ", "1.", "1. ", "1.5 ", "12:30 ", "12h30 ",
    "10/10/2020 ", "12 mars 2024 ",
    "1 % ", "1 € ", "n° ", "(1) ", "1) ", "1\n", "12:30\n", "3D ", "$",
)  # fmt: skip
SPACES: Final = (
    " ", "\t", "\n", "\n\n", " \n", "\r\n", "\r", "\x0b", "\u00a0", "\u202f", "\u2028", "\u200b",
    "\ufeff", "\x00", "\x85",
)  # fmt: skip
MARKS: Final = (
    ".", ". ", "…", "… ", "!", "! ", "? ", "?!", ",", ", ", "; ", ":", " : ", "-", "- ", " - ", "–",
    " – ", "— ", "@", "+",
    "\"", "\" ", "'", "’", "« ", "«", "»", "« a » ", "“", "”", "(", ")", "( ", "{", "/", "\\", "^",
    "&", "&amp;",
)  # fmt: skip
MARKUP: Final = (
    "_", "*", "* ", "**a** ", "~~", "`", "```\n", "|", "|-|\n", "# ", "===\n", "---\n", "> ", "[",
    "]", "[a](", "](", "![",
    "[^1]", "<", "<b>", "<b ", "</b>", "<br>", "<!--", "www.", "www.a.", "https://", "https://a.b/",
    "a@b.", "Title: a\n",
)  # fmt: skip
WORDS: Final = (
    "l'", "d'", "qu'", "M. ", "Mme ", "A. ", "A.", "J.-P. ", "Jean-", "Jean ", "Jean-Pierre ",
    "-t-", "etc. ", "le ", "de ",
    "et ", "que ", "ne ", "pas ", "a dit ", "selon ", "mille ", "millions, ", "deux ", "par ",
    "publié ", "À lire aussi ",
    "cookies ", "vous ", "oui, ", "Oui. ", "oui…", "lundi ", "• ", "a\n", "a,\n", "a-\n",
)  # fmt: skip
UNITS: Final = LETTERS + DIGITS + SPACES + MARKS + MARKUP + WORDS
PAGE_UNITS: Final = (
    "<b>", "<time>", "<div>", "&amp;", "<!--", "<p>a", "<li>", "<q>", "<h1>", "<br>", "<a href=x>",
    "<meta name=date>", "… ",
    "<sup>",
)  # fmt: skip
FEW_UNITS: Final = (
    "a",
    "1 000 ",
    "1, ",
    "\n",
    " ",
    "… ",
    "« ",
    " - ",
    "A. ",
    "www.a.",
    "[a](",
    "Jean-Pierre ",
)
# What stands before the units and behind them: nothing, a sentence's beginning and its end, an
# article.
FRAMES: Final = (("", ""), (OPENING, " hier."), (f"{ARTICLE}\n\n{OPENING}", f".\n\n{ARTICLE}"))


@dataclass(frozen=True)
class Case:
    """One text of the sweep: `size` characters of a unit in a frame, as text or as a page."""

    unit: str
    frame: int
    language: TargetLanguage
    is_page: bool = False
    size: int = SIZE

    def request(self) -> SummaryRequest:
        """What is asked of the pipeline."""
        before, behind = FRAMES[self.frame]
        units = (self.unit * (self.size // len(self.unit) + 1))[: self.size]
        text = f"{before}{units}{behind}"
        if self.is_page:
            article = f"<h1>Oui</h1><p>{ARTICLE}</p><p>{text}</p>"
            page = f"<html><body><article>{article}</article></body></html>"
            return SummaryRequest(html=page, language=self.language, language_check=False)
        return SummaryRequest(text=text, language=self.language, language_check=False)


@dataclass(frozen=True)
class Outcome:
    """What became of a case: its seconds, the longest time without another thread, memory behind it
    in MB, the answer."""

    case: Case
    seconds: float
    gap: float
    memory: float
    answer: str

    @property
    def is_well(self) -> bool:
        """True if it was answered in time, and others could work meanwhile."""
        return (
            self.seconds <= CASE_SECONDS
            and self.gap <= GAP_SECONDS
            and not self.answer.startswith("!")
        )

    def line(self) -> str:
        """A line for people."""
        case = self.case
        kind = "page" if case.is_page else "text"
        said = f"{self.seconds:6.2f} s, gap {self.gap:5.2f} s, {self.memory:5.0f} MB"
        return f"{said}  {case.unit!r:16} frame {case.frame} {kind} {case.language}  {self.answer}"


class ConstrainedEngine(ScriptedEngine):
    """The scripted engine, which holds what it writes to the facts, as the model does."""

    def __init__(self) -> None:
        super().__init__()
        self._tokenizer = Tokenizer.from_file(str(ROOT / "models" / "builtin" / "tokenizer.json"))
        vocabulary = self._tokenizer.get_vocab()
        special = {vocabulary[f"<{name}>"] for name in ("pad", "eos", "bos")}
        self._pieces = Pieces(sorted(vocabulary, key=vocabulary.__getitem__), special)

    def generate(
        self, requests: Sequence[GenerateRequest], cancelled: object = never
    ) -> list[GenerateResult]:
        """Answers all requests."""
        results = [_shortened(result) for result in super().generate(requests)]
        self.calls.clear()  # they hold the articles
        for request, result in zip(requests, results, strict=True):
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


def all_cases() -> list[Case]:
    """The whole sweep: each unit in each frame, in both languages, and a few of them as pages."""
    languages: tuple[TargetLanguage, ...] = ("fr", "en")
    frames = range(len(FRAMES))
    texts = [
        Case(unit, frame, language) for language in languages for frame in frames for unit in UNITS
    ]
    # A page may have 30,000 tags; of a longer one the service says so at once.
    pages = [Case(unit, 1, "fr", True, min(SIZE, 29_000 * len(unit))) for unit in PAGE_UNITS]
    return pages + texts


def few_cases() -> list[Case]:
    """The short form for the ordinary tests."""
    return [Case(unit, 2, "en" if number % 2 else "fr") for number, unit in enumerate(FEW_UNITS)]


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
        started = time.process_time()
        answer = _answer(summarizer, request)
        seconds = time.process_time() - started
    return Outcome(case, seconds, gaps[0], memory(), answer)


def _answer(summarizer: Summarizer, request: SummaryRequest) -> str:
    try:
        summary = summarizer.summarize(request)
    except (ArticleError, NotSupported) as error:
        return getattr(error, "code", type(error).__name__)
    except Exception as error:
        return f"! {type(error).__name__}: {str(error)[:80]}"
    return f"{len(summary.text)} characters"


def warm_summarizer() -> Summarizer:
    """The pipeline, with all its tables read."""
    summarizer = Summarizer(ConstrainedEngine())
    for language in ("fr", "en"):
        summarizer.summarize(SummaryRequest(text=ARTICLE, language=language))
    return summarizer


def _run_child(first: int) -> None:
    """Sends the cases from number `first` on; writes a line when it begins and ends each of
    them."""
    summarizer = warm_summarizer()
    for number, case in enumerate(all_cases()[first:], first):
        print(json.dumps({"begun": number, "memory": memory()}), flush=True)
        faulthandler.dump_traceback_later(STOP_SECONDS, exit=True)
        ended = outcome(summarizer, case)
        faulthandler.cancel_dump_traceback_later()
        print(json.dumps({"ended": number, **asdict(ended)}), flush=True)


def _children(end: float) -> Iterator[dict[str, object]]:
    """The lines of child processes; one that a case has ended is followed by another, which begins
    behind that case."""
    first, count = 0, len(all_cases())
    while first < count and time.monotonic() < end:
        command = [sys.executable, "-m", "tests.hostile", "--child", str(first)]
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


def sweep(seconds: float) -> tuple[list[Outcome], list[float]]:
    """The outcomes of all cases that fit into so many seconds, and the memory before and behind
    those of the last child."""
    cases = all_cases()
    outcomes: list[Outcome] = []
    begun: int | None = None
    held: list[float] = []
    for said in _children(time.monotonic() + seconds):
        if "begun" in said:
            if begun is not None:
                outcomes.append(Outcome(cases[begun], STOP_SECONDS, STOP_SECONDS, 0, "! stopped"))
                held = []
            begun = int(str(said["begun"]))
            held = held[:1] or [float(str(said["memory"]))]
        else:
            said["case"] = cases[int(str(said.pop("ended")))]
            outcomes.append(Outcome(**said))  # type: ignore[arg-type]
            held = [held[0], outcomes[-1].memory]
            begun = None
    if begun is not None:
        outcomes.append(Outcome(cases[begun], STOP_SECONDS, STOP_SECONDS, 0, "! stopped"))
    return outcomes, held


def report(outcomes: Iterable[Outcome], held: Sequence[float]) -> int:
    """Prints the slowest cases, those that are not well and the memory; returns the exit status."""
    slowest = sorted(outcomes, key=lambda each: each.seconds, reverse=True)
    bad = [each for each in slowest if not each.is_well]
    print(f"{len(slowest)} of {len(all_cases())} cases. The slowest:")
    print("\n".join(each.line() for each in slowest[:SLOWEST]))
    if bad:
        print(f"{len(bad)} cases took too long or let no other thread run:")
        print("\n".join(each.line() for each in bad))
    grown = held[-1] - held[0] if held else 0.0
    if held:
        print(f"Memory: {held[0]:.0f} MB before, {held[-1]:.0f} MB behind.")
    return 1 if bad or not slowest or grown > MEMORY_MEGABYTES else 0


def main() -> None:
    """Runs the sweep, or, as its child, the cases from one number on."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=SWEEP_SECONDS, help="time for all of it")
    parser.add_argument("--child", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child is not None:
        _run_child(options.child)
    else:
        sys.exit(report(*sweep(options.seconds)))


if __name__ == "__main__":
    main()
