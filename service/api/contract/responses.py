"""The bodies of answers: summaries, results of a batch, and what the service says of itself.

The docstrings of classes and the descriptions of fields are published in `docs/openapi.json`.
"""

from typing import Self

from pydantic import BaseModel, Field

from service.api.contract.examples import EXAMPLE_RESULTS, EXAMPLE_SUMMARY, example
from service.api.contract.problems import Problem
from service.facts.fact import FactKind
from service.summary import Summary, as_json
from service.warning import WARNINGS

_FACT_KINDS = ", ".join(FactKind)
_WARNING_CODES = "; ".join(f"`{code}`: {meaning}" for code, meaning in WARNINGS.items())


class EvidenceBody(BaseModel):
    """A sentence of the article; `start` and `end` are offsets into the text that was sent (`text`)
    or into `article.text`."""

    paragraph: int
    start: int
    end: int
    text: str


class FactBody(BaseModel):
    """Something that a summary sentence states and the article does not, or that its English and
    its French do not share."""

    kind: str = Field(description=f"One of: {_FACT_KINDS}.", examples=["number"])
    text: str = Field(examples=["12 millions"])


class SentenceBody(BaseModel):
    """A sentence of the summary with its source. `french` is what an English sentence was
    translated from."""

    text: str
    french: str
    evidence: list[EvidenceBody]
    supported: bool = Field(
        description="The article supports the French, and the English keeps to it."
    )
    french_supported: bool = Field(description="The article supports the French.")
    unsupported: list[FactBody] = Field(
        description="Those that the French has from elsewhere, then those of the English."
    )


class SpanBody(BaseModel):
    """A part of the text: offsets into the text that was sent (`text`) or into `article.text`."""

    start: int
    end: int


class ArticleBody(BaseModel):
    """What was read. `text` is what the offsets point into where HTML was sent; else it is the text
    that was sent."""

    title: str
    byline: str
    published: str
    source: str
    language: str
    language_score: float
    words: int
    text: str | None
    paragraphs: list[SpanBody] = Field(
        [],
        description="Where each paragraph stands in the text, mended ones with what divided them.",
    )
    set_aside: list[SpanBody] = Field(
        [], description="The lines of the text that are in no paragraph: header, links, prompts."
    )


class CoverageBody(BaseModel):
    """What the summary was written from. The checks read the whole article."""

    tokens: int = Field(description="The article's tokens.")
    used_tokens: int = Field(
        description="Of these, the tokens of the lead or the beginning, if that is the summary. "
        "Otherwise the tokens of the article's opening, which the model read."
    )
    truncated: bool = Field(description="A sentence of the opening is longer than the model reads.")
    left_out_characters: int = Field(
        description="Those of sentences of more than 2,000 characters, which are no prose: neither "
        "model nor checks read them."
    )


class WarningBody(BaseModel):
    """Something that the reader of the summary should know."""

    code: str = Field(
        description=f"One of: {_WARNING_CODES}.",
        examples=["round_up"],
    )
    detail: str
    sentence: int | None = Field(
        description="Which of `sentences` its translation is about, from 0; null: none of them."
    )
    headline: bool = Field(description="It is about the translation of the headline.")
    facts: list[FactBody] = Field(description="What its French and its English do not share.")


class ModelBody(BaseModel):
    """The model that answered."""

    id: str
    revision: str


class SummaryBody(BaseModel):
    """A summary with its evidence."""

    model_config = example(EXAMPLE_SUMMARY)

    summary: str
    language: str
    headline: str | None
    sentences: list[SentenceBody]
    article: ArticleBody
    coverage: CoverageBody
    warnings: list[WarningBody]
    model: ModelBody
    timings_ms: dict[str, int]

    @classmethod
    def of(cls, summary: Summary, with_text: bool) -> Self:
        """The body for a summary. `with_text` adds the text that the offsets point into."""
        return cls.model_validate(as_json(summary, with_text))


class BatchResult(BaseModel):
    """What became of one item: a summary or a problem. `index` is its place, from 0."""

    model_config = example(EXAMPLE_RESULTS[0])

    id: str | int | None
    index: int
    summary: SummaryBody | None
    problem: Problem | None


class BatchAnswer(BaseModel):
    """One result for each item, in order."""

    model_config = example({"results": EXAMPLE_RESULTS})

    results: list[BatchResult]


class CatalogBody(BaseModel):
    """A checkpoint that can be served."""

    model_config = example(
        {
            "name": "barthez",
            "id": "moussaKam/barthez-orangesum-abstract",
            "family": "mbart",
            "tasks": ["summary"],
            "languages": ["fr"],
            "window": 768,
            "licence": "Apache-2.0",
            "size_mb": 557,
            "about": "French summaries of one or two sentences (OrangeSum).",
            "served": False,
        }
    )

    name: str
    id: str
    family: str
    tasks: list[str]
    languages: list[str]
    window: int
    licence: str
    size_mb: int
    about: str
    served: bool


class InfoBody(BaseModel):
    """What this service is and what it takes."""

    model_config = example(
        {
            "version": "0.1.0",
            "model": "breve-270m",
            "translator": "breve-opus-mt",
            "revision": "0f3c2a9be41d7786",
            "runtime": "breve int8",
            "state": "ready",
            "languages": ["fr", "en"],
            "lengths": ["short", "medium", "long"],
            "own_terms": False,
            "limits": {
                "max_characters": 200_000,
                "concurrency": 16,
                "min_max_words": 10,
                "max_max_words": 400,
                "allow_urls": False,
            },
        }
    )

    version: str
    model: str
    translator: str | None = Field(
        description="The second checkpoint, which makes the English; null: there is none yet."
    )
    revision: str | None = Field(
        description="Of the model, and of the translator (`… + …`) where there is one."
    )
    runtime: str | None
    state: str
    languages: list[str]
    lengths: list[str]
    own_terms: bool = Field(description="True if `BREVE_GLOSSARY_FILE` is set.")
    limits: dict[str, int | float | bool] = Field(
        description="The settings of these names, and the bounds of `max_words`; `concurrency` is "
        "how many articles are worked on at once: a client that asks for so many at a time keeps "
        "the service busy."
    )


class HealthBody(BaseModel):
    """Whether the service is well."""

    model_config = example({"status": "ready", "detail": "Ready."})

    status: str
    detail: str
