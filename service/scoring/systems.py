"""What `breve eval` runs: validation data, and the systems whose answers to them are scored."""

import gzip
import json
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from models.batching import PASS_TOKENS, BatchingEngine
from models.engine import Engine, EngineDescription, GenerateRequest, Task
from service.english.lexicon.glossary import Glossary
from service.english.translator import Translator
from service.facts.fact import Source
from service.reading.article import ArticleError
from service.scoring.scores import (
    MEANINGS,
    Score,
    ScoredSummary,
    english_scores,
    summary_scores,
    translation_scores,
)
from service.summarizer import HEADLINE_TOKENS, Summarizer, SummaryRequest, TargetLanguage
from service.text.sentences import is_complete, sentences
from service.text.words import TOKENS_PER_WORD

BATCH: Final = 16  # items that the model is given at once
ARTICLES: Final = 8  # that the product works on at once, in shared passes, as the service does
LEAD_SENTENCES: Final = 2
# The names under which data sets keep a source and its reference.
SOURCE_FIELDS: Final = ("text", "article")
REFERENCE_FIELDS: Final = ("reference", "abstract", "summary")


class DataError(Exception):
    """A data file cannot be scored. The message names the file and the line."""


@dataclass(frozen=True)
class Item:
    """A text, its reference, and its title where the data have one."""

    id: str
    source: str
    reference: str
    title: str = ""

    @property
    def titled(self) -> str:
        """The title and the text."""
        return f"{self.title}\n{self.source}"


def is_pairs(path: Path) -> bool:
    """True if the file holds sentence pairs to translate (`.tsv`), not articles to summarise
    (`.jsonl`)."""
    return ".tsv" in path.suffixes


def read_items(path: Path, count: int = 0) -> list[Item]:
    """The items of a `.jsonl` file (articles) or a `.tsv` file (French, English), also gzipped.

    `count` of them, spread evenly over the file; 0 takes all. Raises DataError, naming the line,
    and OSError.
    """
    read = _pair if is_pairs(path) else _article
    try:
        with (
            gzip.open(path, "rt", encoding="utf-8-sig")
            if path.suffix == ".gz"
            else path.open(encoding="utf-8-sig") as lines
        ):
            written = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
            # As `breve batch` does, which leaves blank lines out: its answers are matched by these
            # numbers.
            items = [
                read(path, number, line, str(count))
                for count, (number, line) in enumerate(written, 1)
            ]
    except (UnicodeDecodeError, EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise DataError(
            f"{path} cannot be read as UTF-8 text{', gzipped' * (path.suffix == '.gz')}: {error}"
        ) from error
    if not items:
        raise DataError(f"{path} is empty.")
    return items[:: max(1, len(items) // count)][:count] if count else items


def _object(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        row: Any = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise DataError(f"{path}, line {number}: no JSON, or nested too deeply: {error}") from error
    if not isinstance(row, dict):
        raise DataError(f"{path}, line {number}: an object is expected.")
    return row


def _article(path: Path, number: int, line: str, identifier: str) -> Item:
    row = _object(path, number, line)
    source, reference = (
        next((row[name] for name in names if row.get(name)), None)
        for names in (SOURCE_FIELDS, REFERENCE_FIELDS)
    )
    if not isinstance(source, str) or not isinstance(reference, str):
        needed = f"one of {', '.join(SOURCE_FIELDS)} and one of {', '.join(REFERENCE_FIELDS)}"
        raise DataError(f"{path}, line {number}: {needed} are needed; there are: {', '.join(row)}.")
    return Item(str(row.get("id", identifier)), source, reference, str(row.get("title") or ""))


def _pair(path: Path, number: int, line: str, identifier: str) -> Item:
    sides = line.rstrip("\n").split("\t")
    if len(sides) < 2:
        raise DataError(f"{path}, line {number}: French and English, parted by a tab, are needed.")
    return Item(identifier, sides[0], sides[1])


def lead(items: Sequence[Item]) -> Iterator[str]:
    """The first two sentences of each article: the baseline that any summarizer should beat."""
    return (" ".join(sentences(item.source)[:LEAD_SENTENCES]) for item in items)


@dataclass(frozen=True)
class ModelAlone:
    """The model's first candidate, unchecked: `beams` beams, the first `window` tokens, about
    `words` words.

    `constrained` holds its numbers and names to those of the source, as the product does.
    """

    engine: Engine
    words: int = 30
    beams: int = 4
    window: int = 0
    with_title: bool = False
    constrained: bool = False

    def summaries(self, items: Sequence[Item]) -> Iterator[str]:
        """French summaries of articles, in order."""
        limit = round(2 * self.words * TOKENS_PER_WORD)
        shown = ((self._shown(item), item.titled if self.constrained else "") for item in items)
        requests = [
            GenerateRequest(Task.SUMMARY, text, limit, self.words, self.beams, facts)
            for text, facts in shown
        ]
        for text in self._answers(requests):
            found = sentences(text)  # the last one is left out where the limit cut it
            yield " ".join(sentence for sentence in found if is_complete(sentence)) or text

    def headlines(self, items: Sequence[Item]) -> Iterator[str]:
        """French headlines of articles, in order."""
        shown = ((self._shown(item), item.source if self.constrained else "") for item in items)
        return self._answers(
            [
                GenerateRequest(Task.HEADLINE, text, HEADLINE_TOKENS, 0, self.beams, facts)
                for text, facts in shown
            ]
        )

    def translations(self, items: Sequence[Item]) -> Iterator[str]:
        """English translations of French sentences, in order."""
        limits = [24 + round(len(item.source.split()) * TOKENS_PER_WORD) for item in items]
        # Rounded up, so that sentences of about the same length share a forward pass.
        requests = [
            GenerateRequest(
                Task.TRANSLATION, item.source, -(-limit // 32) * 32, candidates=self.beams
            )
            for item, limit in zip(items, limits, strict=True)
        ]
        return self._answers(requests)

    def _shown(self, item: Item) -> str:
        """The title if wanted, and whole sentences of the body up to `window` tokens."""
        start = f"{item.title}\n" if self.with_title and item.title else ""
        if not self.window or self.engine.count_tokens(item.source) <= self.window:
            return start + item.source
        kept = ""
        for sentence in sentences(item.source):
            if kept and self.engine.count_tokens(kept + sentence) > self.window:
                break
            kept += sentence + " "
        return start + kept.strip()

    def _answers(self, requests: Sequence[GenerateRequest]) -> Iterator[str]:
        for start in range(0, len(requests), BATCH):
            for result in self.engine.generate(requests[start : start + BATCH]):
                yield result.candidates[0].text


def pipeline(
    engine: Engine, with_title: bool, language: TargetLanguage = "fr"
) -> Callable[[Sequence[Item]], Iterator[str]]:
    """The product's own summaries. An article that is refused has none ("")."""

    def summary(shared: Engine, item: Item) -> str:
        start = f"# {item.title}\n\n" if with_title and item.title else ""
        text = start + item.source.replace("\n", "\n\n")
        try:
            return (
                Summarizer(shared)
                .summarize(SummaryRequest(text=text, language=language, language_check=False))
                .text
            )
        except ArticleError:
            return ""

    return _in_shared_passes(engine, ARTICLES, summary)


def product_translations(engine: Engine) -> Callable[[Sequence[Item]], Iterator[str]]:
    """English translations as the product makes them: sentence by sentence, hard words and names
    given in English, the best of several candidates."""

    def translation(shared: Engine, item: Item) -> str:
        translator = Translator(shared, Glossary.builtin(), Source(item.source))
        return " ".join(found.text for found in translator.translate(sentences(item.source)))

    return _in_shared_passes(engine, BATCH, translation)


def _in_shared_passes(
    engine: Engine, at_once: int, answer: Callable[[Engine, Item], str]
) -> Callable[[Sequence[Item]], Iterator[str]]:
    """`answer` for each item in order, for several at a time, whose requests share the engine's
    passes."""

    def answers(items: Sequence[Item]) -> Iterator[str]:
        shared = BatchingEngine(engine, PASS_TOKENS)
        threads = ThreadPoolExecutor(at_once)
        try:
            yield from threads.map(lambda item: answer(shared, item), items)
        finally:
            threads.shutdown(cancel_futures=True)
            shared.close()

    return answers


def read_answers(path: Path, items: Sequence[Item]) -> Iterator[str]:
    """The answers of another system: JSON lines with `summary` (as `breve batch` writes them), or a
    line of text each.

    Lines with an `id` are matched by it, others by their order. Raises DataError if an answer is
    missing or cannot be read.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").removesuffix("\n").split("\n")
    except UnicodeDecodeError as error:
        raise DataError(f"{path} cannot be read as UTF-8 text: {error}") from error
    if not lines[0].startswith("{"):
        if len(lines) != len(items):
            raise DataError(f"{path} has {len(lines)} lines, {len(items)} are needed.")
        return iter(lines)
    rows = [_object(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]
    answers = {
        str(row.get("id", number)): str(row.get("summary", ""))
        for number, row in enumerate(rows, 1)
    }
    missing = [item.id for item in items if item.id not in answers]
    if missing:
        raise DataError(
            f"{path} has no answer for {len(missing)} of {len(items)} items, the first being "
            f"{missing[0]}."
        )
    return (answers[item.id] for item in items)


@dataclass(frozen=True)
class Evaluation:
    """The scores of one system on some data, and all that is needed to repeat it."""

    data: str
    items: int
    system: str
    options: dict[str, str]
    model: EngineDescription | None
    scores: dict[str, Score]

    def as_json(self) -> str:
        """The report."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n"

    def as_table(self) -> str:
        """A line a score: value, standard error where there is one, and what it means."""
        model = (
            f", {self.model.id} {self.model.revision} ({self.model.runtime})" if self.model else ""
        )
        lines = [f"{self.data}, {self.items} items, {self.system}{model}"]
        for name, score in self.scores.items():
            error = f"± {score.error:.2f}" if score.error is not None else ""
            lines.append(f"{name:<14}{score.mean:>8.2f} {error:<8} {MEANINGS[name]}")
        return "\n".join(lines)


@dataclass(frozen=True)
class Options:
    """What is scored: `system` (pipeline, model or lead), or the answers in the file `answers`.
    `lang` is that of summaries; only the pipeline writes them in English.

    `words`, `beams`, `window` (tokens of the body, 0 for all), `constrained` and `headlines`
    (instead of summaries, against the titles) are of the model alone.
    """

    system: str = "pipeline"
    answers: Path | None = None
    lang: TargetLanguage = "fr"
    items: int | None = None
    with_title: bool = False
    words: int = 30
    beams: int = 4
    window: int | None = None
    constrained: bool = False
    headlines: bool = False
    model: str | None = None

    @property
    def name(self) -> str:
        """What the report calls it."""
        return f"answers of {self.answers.name}" if self.answers else self.system


Watched = Callable[[Iterator[str], int], AbstractContextManager[Iterator[str]]]


def evaluate(
    data: Path, options: Options, engine_of: Callable[[str | None], Engine], watched: Watched
) -> Evaluation:
    """Scores a system, or the answers in a file, on `data`. `watched` shows the progress of the
    answers.

    Raises DataError, ModelError, and OSError.
    """
    found = read_items(data, options.items or 0)
    engine = None if options.answers or options.system == "lead" else engine_of(options.model)
    start = time.perf_counter()
    with watched(_answers(found, data, options, engine), len(found)) as bar:
        texts = list(bar)
    seconds = (time.perf_counter() - start) / len(found)
    if is_pairs(data):
        scores = translation_scores([item.reference for item in found], texts)
    else:
        scored = [_scored(item, text, options) for item, text in zip(found, texts, strict=True)]
        scores = english_scores(scored) if options.lang == "en" else summary_scores(scored)
    if not options.answers:
        scores["seconds"] = Score(seconds, None, len(found))
    given = {name: str(value) for name, value in asdict(options).items() if value is not None}
    return Evaluation(
        data.name, len(found), options.name, given, engine.describe() if engine else None, scores
    )


def _scored(item: Item, text: str, options: Options) -> ScoredSummary:
    if options.headlines:
        return ScoredSummary(item.source, item.title, text)
    source = item.titled if options.with_title else item.source
    return ScoredSummary(
        source, item.reference, text, options.words if options.name == "model" else 0
    )


def _answers(
    items: list[Item], data: Path, options: Options, engine: Engine | None
) -> Iterator[str]:
    """The system's answers, made one after the other as they are asked for."""
    _check_titles(items, data, options)
    if options.answers:
        return read_answers(options.answers, items)
    if options.lang == "en" and options.system != "pipeline":
        raise DataError(
            "Only the product's own summaries are English: choose the system `pipeline`."
        )
    if engine is None:
        if is_pairs(data):
            raise DataError(
                "The first sentences are no translation: choose another system for sentence pairs."
            )
        return lead(items)
    alone = ModelAlone(
        engine,
        options.words,
        options.beams,
        options.window or 0,
        options.with_title,
        options.constrained,
    )
    if is_pairs(data):
        return (
            alone.translations(items)
            if options.system == "model"
            else product_translations(engine)(items)
        )
    if options.headlines:
        return alone.headlines(items)
    return (
        alone.summaries(items)
        if options.system == "model"
        else pipeline(engine, options.with_title, options.lang)(items)
    )


def _check_titles(items: list[Item], data: Path, options: Options) -> None:
    """Refuses to leave an option about titles out silently. Raises DataError."""
    if is_pairs(data) and (options.headlines or options.with_title):
        raise DataError(
            f"{data}: sentence pairs have no titles: leave --headlines and --with-title out."
        )
    made = options.name in ("pipeline", "lead")
    if options.headlines and (made or options.with_title or not all(item.title for item in items)):
        raise DataError(
            "Headlines are scored for the system `model`, which is not shown the titles; all "
            "articles need one."
        )
    if options.with_title and options.name == "lead":
        raise DataError("The first two sentences are those of the body: leave --with-title out.")
