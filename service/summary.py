"""The answer of the pipeline: a summary with its evidence."""

from dataclasses import asdict, dataclass, field
from typing import Any

from service.facts.fact import Fact
from service.reading.article import Article, Sentence
from service.warning import SummaryWarning


@dataclass(frozen=True)
class SummarySentence:
    """A sentence of the summary.

    `french` is the sentence before its translation, and the same as `text` in a French summary.
    `french_supported`: the article supports the French. `supported`: it does, and the English says
    the same. `unsupported` are the facts that speak against that.
    """

    text: str
    french: str
    evidence: tuple[Sentence, ...]
    supported: bool
    french_supported: bool
    unsupported: tuple[Fact, ...]


@dataclass(frozen=True)
class Coverage:
    """How much of the article the summary was made from. The checks read all of it.

    `tokens` are those of the article.

    `used_tokens` are those of the article's beginning, where it is the summary. Else they are those
    of the opening, which the model read.

    `truncated`: a sentence of the opening was longer than the model reads.

    `left_out_characters` are those of sentences that are too long to be prose, which nothing read.
    """

    tokens: int
    used_tokens: int
    truncated: bool
    left_out_characters: int = 0


@dataclass(frozen=True)
class Summary:
    """A summary with its evidence.

    `timings_ms` has one entry a step, and `total`. `caught` are facts for which generated sentences
    were left out.
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
