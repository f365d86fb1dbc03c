"""Scores of summaries and translations against references: what `breve eval` reports and the
quality floors check.

Two tests look for facts that a summary has and its source lacks. `models.scoring.support` shares no
code with the product's checks; the other test is those checks (`service.facts`).
"""

import math
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from models.scoring.support import foreign_facts, words
from models.scoring.support_english import foreign_facts_in_english
from service.facts.fact import Source
from service.text.language import detect_language
from service.text.words import count_words, runs

REPEATED_GRAM: Final = 3  # words
COPIED_GRAM: Final = 4  # words
# A length counts as kept between these shares of the wished words.
MIN_LENGTH_SHARE: Final = 0.5
MAX_LENGTH_SHARE: Final = 1.5


@dataclass(frozen=True)
class Score:
    """A mean over `items` items, and its standard error. Scores of a whole corpus have no error."""

    mean: float
    error: float | None
    items: int


@dataclass(frozen=True)
class ScoredSummary:
    """A summary beside what it is measured against.

    `wished_words` is 0 where no length was asked for.
    """

    source: str
    reference: str
    summary: str
    wished_words: int = 0


def rouge(items: Sequence[ScoredSummary]) -> dict[str, list[float]]:
    """ROUGE-1, -2 and -L (F1, in percent) of every summary (Lin 2004)."""
    from models.scoring.rouge import MEASURES
    from models.scoring.rouge import rouge as score_rouge

    shares = [score_rouge(item.reference, item.summary) for item in items]
    return {name: [100 * share[name] for share in shares] for name in MEASURES}


def repeated_share(text: str) -> float:
    """The share of the word trigrams of `text` that occurred in it before, in percent."""
    grams = runs(words(text), REPEATED_GRAM)
    return 100 * (1 - len(set(grams)) / len(grams)) if grams else 0.0


def copied_share(source: str, text: str) -> float:
    """The share of the word 4-grams of `text` that stand in `source`, in percent."""
    source_grams = set(runs(words(source), COPIED_GRAM))
    grams = runs(words(text), COPIED_GRAM)
    copied = sum(gram in source_grams for gram in grams)
    return 100 * copied / len(grams) if grams else 0.0


def _is_length_kept(item: ScoredSummary) -> float:
    share = count_words(item.summary) / item.wished_words
    return 100.0 * (MIN_LENGTH_SHARE <= share <= MAX_LENGTH_SHARE)


_MEASURES: Final[dict[str, Callable[[ScoredSummary], float]]] = {
    "foreign_facts": lambda item: 100.0 * bool(foreign_facts(item.source, item.summary)),
    "unsupported": lambda item: 100.0 * bool(Source(item.source).unsupported(item.summary)),
    "french": lambda item: 100.0 * detect_language(item.summary).may_be("fr"),
    "empty": lambda item: 100.0 * (not item.summary.strip()),
    "words": lambda item: float(count_words(item.summary)),
    "repeated": lambda item: repeated_share(item.summary),
    "copied": lambda item: copied_share(item.source, item.summary),
}

MEANINGS: Final = {
    "rouge1": "ROUGE-1, F1",
    "rouge2": "ROUGE-2, F1",
    "rougeL": "ROUGE-L, F1",
    "foreign_facts": (
        "% of summaries with a number or name that the source lacks (independent test)"
    ),
    "unsupported": (
        "% of summaries with a number, name, day or quotation that the source lacks (the product's "
        "checks)"
    ),
    "french": "% of summaries in French",
    "empty": "% of summaries without a word",
    "words": "words of a summary",
    "repeated": "% of word trigrams that occurred before in the summary",
    "copied": "% of word 4-grams that stand in the source",
    "length_kept": "% of summaries of half to one and a half times the wished words",
    "bleu": "BLEU (sacrebleu)",
    "chrf": "chrF (sacrebleu)",
    "english": "% of answers in English",
    "seconds": "seconds an item",
}


def _average(shares: Iterable[float]) -> Score:
    values = list(shares)
    error = statistics.stdev(values) / math.sqrt(len(values)) if len(values) > 1 else None
    return Score(statistics.fmean(values), error, len(values))


def summary_scores(items: Sequence[ScoredSummary]) -> dict[str, Score]:
    """All scores of some summaries, by the names that MEANINGS explains.

    Raises ValueError if there are none.
    """
    if not items:
        raise ValueError("There is nothing to score: no summary was given.")
    scores = {name: _average(values) for name, values in rouge(items).items()}
    scores |= {name: _average(map(measure, items)) for name, measure in _MEASURES.items()}
    wished = [item for item in items if item.wished_words]
    if wished:
        scores["length_kept"] = _average(map(_is_length_kept, wished))
    return scores


def english_scores(items: Sequence[ScoredSummary]) -> dict[str, Score]:
    """Scores of English summaries of French articles.

    The references are not used, because they are French. Raises ValueError if there are no
    summaries.
    """
    if not items:
        raise ValueError("There is nothing to score: no summary was given.")
    scores = {
        "foreign_facts": _average(
            100.0 * bool(foreign_facts_in_english(item.source, item.summary)) for item in items
        ),
        "english": _average(100.0 * detect_language(item.summary).may_be("en") for item in items),
    }
    return scores | {
        name: _average(map(_MEASURES[name], items)) for name in ("empty", "words", "repeated")
    }


def translation_scores(references: Sequence[str], translations: Sequence[str]) -> dict[str, Score]:
    """BLEU and chrF of some English translations, over the whole corpus.

    Raises ValueError if there are none.
    """
    from sacrebleu.metrics.bleu import BLEU
    from sacrebleu.metrics.chrf import CHRF

    if not translations:
        raise ValueError("There is nothing to score: no translation was given.")
    metrics: dict[str, Any] = {"bleu": BLEU(), "chrf": CHRF()}
    scores = {}
    for name, metric in metrics.items():
        corpus_score = metric.corpus_score(list(translations), [list(references)])
        scores[name] = Score(corpus_score.score, None, len(translations))
    shares_english = (100.0 * detect_language(text).may_be("en") for text in translations)
    return scores | {"english": _average(shares_english)}
