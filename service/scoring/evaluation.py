"""One run of `breve eval`: what is scored, and the report."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path

from models.engine import Engine, EngineDescription
from service.scoring.items import DataError, Item, is_pairs, read_answers, read_items
from service.scoring.scores import (
    MEANINGS,
    Score,
    ScoredSummary,
    english_scores,
    summary_scores,
    translation_scores,
)
from service.scoring.systems import ModelAlone, lead, pipeline, product_translations
from service.summarizer import TargetLanguage


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
        """Returns the report as JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n"

    def as_table(self) -> str:
        """Returns the report for people: each score's value, standard error and meaning."""
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
    """The options of a run: it scores `system`, or the answers in the file `answers`.

    `system` is pipeline, model or lead. `lang` is the language of summaries; only the pipeline
    writes English ones. With `headlines`, headlines are scored against the titles, instead of
    summaries; pipeline and lead write none. `words`, `beams`, `window` (tokens of the body, 0 for
    all) and `constrained` apply to the system `model` only.
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
        """The name of the scored system in the report."""
        return f"answers of {self.answers.name}" if self.answers else self.system


# Takes the answers and their expected number, and shows progress as they are read.
Watch = Callable[[Iterator[str], int], AbstractContextManager[Iterator[str]]]


def evaluate(
    data: Path, options: Options, load_engine: Callable[[str | None], Engine], watch: Watch
) -> Evaluation:
    """Scores a system, or the answers in a file, on `data`.

    Raises DataError, ModelError, and OSError.
    """
    items = read_items(data, options.items or 0)
    needs_engine = not options.answers and options.system != "lead"
    engine = load_engine(options.model) if needs_engine else None
    start = time.perf_counter()
    with watch(_answer(items, data, options, engine), len(items)) as answers:
        texts = list(answers)
    seconds = (time.perf_counter() - start) / len(items)
    scores = _score(items, texts, data, options)
    if not options.answers:
        scores["seconds"] = Score(seconds, None, len(items))
    set_options = {name: str(value) for name, value in asdict(options).items() if value is not None}
    description = engine.describe() if engine else None
    return Evaluation(data.name, len(items), options.name, set_options, description, scores)


def _score(items: list[Item], texts: list[str], data: Path, options: Options) -> dict[str, Score]:
    if is_pairs(data):
        return translation_scores([item.reference for item in items], texts)
    summaries = [
        _pair_with_reference(item, text, options) for item, text in zip(items, texts, strict=True)
    ]
    return english_scores(summaries) if options.lang == "en" else summary_scores(summaries)


def _pair_with_reference(item: Item, text: str, options: Options) -> ScoredSummary:
    if options.headlines:
        return ScoredSummary(item.source, item.title, text)
    source = item.titled if options.with_title else item.source
    wished_words = options.words if options.name == "model" else 0
    return ScoredSummary(source, item.reference, text, wished_words)


def _answer(
    items: list[Item], data: Path, options: Options, engine: Engine | None
) -> Iterator[str]:
    """Returns an iterator that makes the system's answers, in order. Raises DataError."""
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
    if options.system == "model" or options.headlines:
        return _ask_model_alone(items, data, options, engine)
    if is_pairs(data):
        return product_translations(engine)(items)
    return pipeline(engine, options.with_title, options.lang)(items)


def _ask_model_alone(
    items: list[Item], data: Path, options: Options, engine: Engine
) -> Iterator[str]:
    model = ModelAlone(
        engine,
        options.words,
        options.beams,
        options.window or 0,
        options.with_title,
        options.constrained,
    )
    if is_pairs(data):
        return model.translations(items)
    return model.headlines(items) if options.headlines else model.summaries(items)


def _check_titles(items: list[Item], data: Path, options: Options) -> None:
    """Raises DataError if an option about titles does not fit the data or the system."""
    if is_pairs(data) and (options.headlines or options.with_title):
        raise DataError(
            "{path}: sentence pairs have no titles: leave --headlines and --with-title out.",
            path=data,
        )
    is_without_titles = options.name in ("pipeline", "lead")
    if options.headlines and (
        is_without_titles or options.with_title or not all(item.title for item in items)
    ):
        raise DataError(
            "Headlines are scored for the system `model`, which is not shown the titles; all "
            "articles need one."
        )
    if options.with_title and options.name == "lead":
        raise DataError("The first two sentences are those of the body: leave --with-title out.")
