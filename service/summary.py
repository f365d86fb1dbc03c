"""The answer of the pipeline: a summary with its evidence."""

from dataclasses import asdict, dataclass, field
from typing import Any

from service.facts.fact import Fact
from service.reading.article import Article, Sentence
from service.warning import SummaryWarning


@dataclass(frozen=True)
class SummarySentence:
    """A sentence of the summary.

    `french` is the sentence before its translation; in a French summary it equals `text`.
    `french_supported`: the article supports the French sentence. `supported`: the article supports
    it, and the English says the same. `unsupported` holds the facts that the article does not
    support, or that the English changes.
    """

    text: str
    french: str
    evidence: tuple[Sentence, ...]
    supported: bool
    french_supported: bool
    unsupported: tuple[Fact, ...]


@dataclass(frozen=True)
class Coverage:
    """How much of the article the summary was made from. The checks read the whole article.

    `tokens` counts the tokens of the article.

    `used_tokens` counts those of the article's beginning, where this beginning is the summary.
    Otherwise it counts those of the opening, which the model read.

    `truncated`: a sentence of the opening was longer than the model reads.

    `left_out_characters` counts the characters of sentences that are too long to be prose. No step
    reads such a sentence.
    """

    tokens: int
    used_tokens: int
    truncated: bool
    left_out_characters: int = 0


@dataclass(frozen=True)
class Summary:
    """A summary with its evidence.

    `timings_ms` holds the milliseconds of each step, and `total`. `caught` holds the facts because
    of which generated sentences were left out.
    """

    text: str
    language: str
    headline: str | None
    sentences: tuple[SummarySentence, ...]
    article: Article
    coverage: Coverage
    warnings: tuple[SummaryWarning, ...]
    model_id: str
    model_revision: str
    timings_ms: dict[str, int] = field(default_factory=dict)
    caught: tuple[Fact, ...] = ()


def as_json(summary: Summary, with_text: bool) -> dict[str, Any]:
    """Returns a summary as plain data, in the shape of the service's and the command line's answer.

    `with_text` adds the text that the offsets point into.
    """
    article = summary.article
    return {
        "summary": summary.text,
        "language": summary.language,
        "headline": summary.headline,
        "sentences": [asdict(sentence) for sentence in summary.sentences],
        "article": {
            **asdict(article.header),
            "language": article.language.code,
            "language_score": article.language.score,
            "words": article.words,
            "text": article.text if with_text else None,
            "paragraphs": [asdict(span) for span in article.spans],
            "set_aside": [asdict(span) for span in article.set_aside],
        },
        "coverage": asdict(summary.coverage),
        "warnings": [asdict(warning) for warning in summary.warnings],
        "model": {"id": summary.model_id, "revision": summary.model_revision},
        "timings_ms": summary.timings_ms,
    }
