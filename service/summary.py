"""What the pipeline answers."""

from dataclasses import asdict, dataclass, field
from typing import Any

from service.facts.fact import Fact
from service.reading.article import Article, Sentence
from service.warning import SummaryWarning


@dataclass(frozen=True)
class SummarySentence:
    """A sentence of the summary. `french` is what it was translated from (itself if it is French),
    and `french_supported` whether the article supports that; `supported`: that it does, and that
    the English keeps to it."""

    text: str
    french: str
    evidence: tuple[Sentence, ...]
    supported: bool
    french_supported: bool
    unsupported: tuple[Fact, ...]


@dataclass(frozen=True)
class Coverage:
    """How many of the article's tokens the model read to write the summary: its opening and, where
    that made too short a summary, further sections. The checks read all of it. `truncated`: more
    was wanted than could be read. `left_out_characters`: those of sentences that are too long to be
    prose, which nothing read."""

    tokens: int
    used_tokens: int
    truncated: bool
    left_out_characters: int = 0


@dataclass(frozen=True)
class Summary:
    """A summary with its evidence. `timings_ms` has one entry a step, and `total`; `caught` are
    facts for which generated sentences were left out."""

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
    """A summary as plain data, in the shape of the service's answer; the command line prints the
    same. `with_text` adds the text that the offsets point into."""
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
