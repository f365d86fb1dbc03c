"""What the pipeline answers."""

from dataclasses import dataclass, field

from service.article import Article, Sentence, Warning
from service.facts import Fact


@dataclass(frozen=True)
class SummarySentence:
    """A sentence of the summary. `french` is what it was translated from (itself if it is French)."""

    text: str
    french: str
    evidence: tuple[Sentence, ...]
    supported: bool
    unsupported: tuple[Fact, ...]


@dataclass(frozen=True)
class Coverage:
    """How many of the article's tokens the model read to write the summary: its opening and, where that made too short a summary,
    further sections. The checks read all of it. `truncated`: more was wanted than could be read."""

    tokens: int
    used_tokens: int
    truncated: bool


@dataclass(frozen=True)
class Summary:
    """A summary with its evidence. `timings_ms` has one entry a step, and `total`; `caught` are facts for which generated
    sentences were left out."""

    text: str
    language: str
    headline: str | None
    sentences: tuple[SummarySentence, ...]
    article: Article
    coverage: Coverage
    warnings: tuple[Warning, ...]
    model_id: str
    model_revision: str
    timings_ms: dict[str, int] = field(default_factory=dict)
    caught: tuple[Fact, ...] = ()
