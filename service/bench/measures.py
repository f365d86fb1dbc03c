"""Measures a running contender over HTTP."""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Final, Literal

import httpx

from service.bench.contenders import Contender, Server, prepare, running
from service.bench.texts import BenchArticle, BenchError

ANSWER_SECONDS: Final = 3600
REFUSED: Final = 422  # the article itself cannot be summarised
LANGUAGES: Final[tuple[Literal["fr", "en"], ...]] = ("fr", "en")

Say = Callable[[str], None]
Figures = dict[str, Any]  # as JSON has them


@dataclass(frozen=True)
class Effort:
    """How much is measured."""

    repeats: int = 10  # of the bundled article
    clients: tuple[int, ...] = (1, 4, 16)  # at once
    # The same for a service that works on one article at a time.
    one_at_a_time_clients: tuple[int, ...] = (1, 4, 16)
    least_articles: int = 4  # for each number of clients
    rounds: int = 3  # articles of each client, where the service takes several at once
    lengths: tuple[int, ...] = (250, 500, 1000, 2000, 4000, 8000)  # words of an article
    length_repeats: int = 3


FULL: Final = Effort()
QUICK: Final = Effort(
    repeats=3,
    one_at_a_time_clients=(1, 4),
    least_articles=2,
    lengths=(250, 1000, 4000),
    length_repeats=1,
)


@dataclass(frozen=True)
class Answer:
    """How long an answer took, and how many tokens of the article it was made from."""

    seconds: float
    tokens: int


class Asker:
    """Asks one server for summaries, with several clients at once if wanted.

    Use it in a `with` statement. Its methods raise BenchError.
    """

    def __init__(self, server: Server) -> None:
        self._server = server
        self._http = httpx.Client(
            base_url=server.url, timeout=ANSWER_SECONDS, trust_env=False, limits=httpx.Limits()
        )

    def __enter__(self) -> "Asker":
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def ask(self, text: str, language: str = "fr") -> Answer | None:
        """Returns the answer; None if the service refuses to summarise the article."""
        start = time.perf_counter()
        try:
            response = self._http.post(
                "/summarize", json={"text": text, "language": language, "language_check": False}
            )
        except httpx.HTTPError as error:
            time.sleep(1)  # a process that dies drops its connections before it has ended
            self._server.check()
            raise BenchError(f"no answer: {error or type(error).__name__}") from error
        seconds = time.perf_counter() - start
        if response.status_code == REFUSED:
            return None
        if not response.is_success:
            raise BenchError(f"answered with status {response.status_code}: {response.text[:300]}")
        return Answer(seconds, response.json()["coverage"]["used_tokens"])

    def ask_or_fail(self, text: str, language: str = "fr") -> Answer:
        """Like `ask`, for an article that any contender should answer."""
        answer = self.ask(text, language)
        if answer is None:
            raise BenchError("the bundled article, or one made of it, was refused (status 422)")
        return answer

    def articles_per_minute(self, texts: Sequence[str], clients: int) -> float:
        """Returns how many articles a minute are answered while so many clients ask at once.

        Each client sends its next article when it has an answer.
        """
        start = time.perf_counter()
        with ThreadPoolExecutor(clients) as pool:
            list(pool.map(self.ask_or_fail, texts))
        return 60 * len(texts) / (time.perf_counter() - start)


@dataclass(frozen=True)
class Work:
    """The work of every contender: the bundled article, other articles, and how much of each."""

    article: BenchArticle
    others: tuple[str, ...]
    effort: Effort


def measure(contender: Contender, work: Work, folder: Path, say: Say) -> Figures:
    """Returns the figures of one contender.

    If the contender fails, `error` says why, and the figures taken before are kept.
    """
    figures: Figures = {"about": contender.about}

    def say_step(step: str) -> None:
        say(f"{contender.name}: {step}")

    try:
        say_step("preparing")
        prepare(contender, folder)
        say_step("starting")
        with running(contender, folder) as server:
            _measure_server(contender, server, work, figures, say_step)
    except (BenchError, OSError) as error:
        figures["error"] = str(error)
        say_step(f"failed: {error}")
    return figures


def _measure_server(
    contender: Contender, server: Server, work: Work, figures: Figures, say: Say
) -> None:
    """Adds figures to `figures` one by one, so that those before a failure are kept."""
    server.wait_until_ready()
    with Asker(server) as asker:
        asker.ask_or_fail(work.article.text)
        figures["seconds_to_first_summary"] = time.perf_counter() - server.started
        asker.ask_or_fail(work.article.text, "en")  # untimed: the first one takes longer
        _measure_latencies(asker, work, figures, say)
        rates = figures.setdefault("articles_per_minute", {})
        _measure_rates(asker, work, contender.one_at_a_time, rates, say)
        rows = figures.setdefault("lengths", [])
        _measure_lengths(asker, work, rows, say)
    figures["peak_memory_mb"] = server.peak_mb()


def _measure_latencies(asker: Asker, work: Work, figures: Figures, say: Say) -> None:
    repeats = work.effort.repeats
    for language in LANGUAGES:
        say(f"the article, {language}, {repeats} times")
        seconds = [asker.ask_or_fail(work.article.text, language).seconds for _ in range(repeats)]
        figures.setdefault("latency", {})[language] = spread(seconds)
    for language in LANGUAGES if work.others else ():
        say(f"{len(work.others)} other articles, {language}")
        latencies = figures.setdefault("data_latency", {})
        latencies[language] = _measure_others(asker, work.others, language)


def _measure_rates(asker: Asker, work: Work, one_at_a_time: bool, rates: Figures, say: Say) -> None:
    effort = work.effort
    orders = count()
    rounds = 1 if one_at_a_time else effort.rounds
    for clients in effort.one_at_a_time_clients if one_at_a_time else effort.clients:
        say(f"{clients} clients at once")
        articles = max(clients * rounds, effort.least_articles)
        texts = [work.article.reorder_paragraphs(next(orders)) for _ in range(articles)]
        rates[str(clients)] = asker.articles_per_minute(texts, clients)


def _measure_lengths(asker: Asker, work: Work, rows: list[Figures], say: Say) -> None:
    for words in work.effort.lengths:
        say(f"article of {words} words")
        text = work.article.make_length(words)
        rows.append(_measure_length(asker, text, words, work.effort.length_repeats))


def _measure_others(asker: Asker, texts: Sequence[str], language: str) -> Figures:
    answers = [asker.ask(text, language) for text in texts]
    seconds = [answer.seconds for answer in answers if answer]
    if not seconds:
        raise BenchError("every article of the data was refused (status 422)")
    return {**spread(seconds), "refused": len(answers) - len(seconds)}


def _measure_length(asker: Asker, text: str, words: int, repeats: int) -> Figures:
    answers = [asker.ask_or_fail(text) for _ in range(repeats)]
    return {
        "words": words,
        "seconds": median(answer.seconds for answer in answers),
        "tokens_read": answers[0].tokens,
    }


def spread(seconds: Sequence[float]) -> Figures:
    """Returns the median, the 95th percentile (nearest rank) and the number of some times.

    The times are in seconds.
    """
    ranked = sorted(seconds)
    rank = math.ceil(0.95 * len(ranked))
    return {"p50": median(ranked), "p95": ranked[rank - 1], "count": len(ranked)}


def measure_each(
    contenders: Sequence[Contender], work: Work, folder: Path, say: Say
) -> Iterator[tuple[str, Figures]]:
    """Yields the name and the figures of each contender. Only one contender runs at a time."""
    for contender in contenders:
        # The checkpoint is removed before the next one is made.
        with TemporaryDirectory(dir=folder) as contender_folder:
            figures = measure(contender, work, Path(contender_folder), say)
        yield contender.name, figures
