"""The bodies of requests and answers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    TypeAdapter,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError, PydanticKnownError

from service.api.contract.examples import EXAMPLE_RESULTS, EXAMPLE_SUMMARY, EXAMPLE_TEXT
from service.api.contract.problems import MAX_FIELDS, UNKNOWN_FIELD, Problem, shown_name
from service.choosing.lengths import MAX_MAX_WORDS, MIN_MAX_WORDS, Length
from service.english.lexicon.glossary import MAX_CHARACTERS, MAX_TERMS, checked
from service.facts.fact import FactKind
from service.summarizer import SummaryRequest
from service.summary import Summary, as_json
from service.warning import WARNINGS


def _example(value: dict[str, Any]) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [value]})


def _encodable(text: str) -> str:
    """Refuses half surrogate pairs: JSON can write them, but they are no text."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(
            f"holds a lone surrogate at position {error.start}, which is no character"
        ) from None
    return text


Text = Annotated[str, AfterValidator(_encodable)]
Wording = Annotated[Text, Field(min_length=1, max_length=MAX_CHARACTERS)]


def _few_terms(value: Any) -> Any:
    """Refuses too many terms before they are read one by one: 160,000 of them would hold up the
    event loop for seconds."""
    if isinstance(value, dict) and len(value) > MAX_TERMS:
        raise PydanticKnownError(
            "too_long",
            {"field_type": "Glossary", "max_length": MAX_TERMS, "actual_length": len(value)},
        )
    return value


Pairs = Annotated[
    dict[Wording, Wording],
    Field(max_length=MAX_TERMS),
    AfterValidator(checked),
    BeforeValidator(_few_terms),
]


def _identifier(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    """One error for all that is none: the two of pydantic name its own functions. It would take
    `true` for 1."""
    try:
        if not isinstance(value, bool):
            return read(value)
    except ValidationError:
        pass
    raise ValueError(
        "a text of at most 200 characters, or a whole number from -2^53 to 2^53, is needed"
    )


Identifier = Annotated[
    Annotated[str, AfterValidator(_encodable), Field(max_length=200)]
    | Annotated[int, Field(ge=-(2**53), le=2**53)],
    WrapValidator(_identifier),
]
_IDENTIFIER: TypeAdapter[str | int | None] = TypeAdapter(Identifier | None)


class _KnownFields(BaseModel):
    """A body that refuses fields which it does not know."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="wrap")
    @classmethod
    def _known_only(cls, value: Any, read: ModelWrapValidatorHandler[Self]) -> Self:
        """Says of an unknown field which one may be meant."""
        try:
            return read(cls._with_few_unknown(value))
        except ValidationError as error:
            if not any(item["type"] == "extra_forbidden" for item in error.errors()):
                raise
            raise ValidationError.from_exception_data(
                error.title, [cls._told(item) for item in error.errors()]
            ) from None

    @classmethod
    def _with_few_unknown(cls, value: Any) -> Any:
        """Leaves out the unknown fields that no answer would tell of: an error for each of 180,000
        takes too long."""
        if not isinstance(value, dict) or len(value) <= len(cls.model_fields) + MAX_FIELDS:
            return value
        known = {name: value[name] for name in cls.model_fields if name in value}
        unknown = (name for name in value if name not in known)
        return known | {name: value[name] for name in islice(unknown, MAX_FIELDS)}

    @classmethod
    def _told(cls, item: ErrorDetails) -> InitErrorDetails:
        if item["type"] != "extra_forbidden":
            return InitErrorDetails(
                type=item["type"], loc=item["loc"], input=item["input"], ctx=item.get("ctx", {})
            )
        error = PydanticCustomError(
            UNKNOWN_FIELD, "{words}", {"words": _unknown(str(item["loc"][-1]), cls.model_fields)}
        )
        return InitErrorDetails(type=error, loc=item["loc"], input=item["input"])


def _unknown(name: str, known: Iterable[str]) -> str:
    """What is said of a field that is none."""
    shown = shown_name(name)
    near = get_close_matches(shown.lower(), known, 1)
    return (
        f"Unknown field {shown}; did you mean {near[0]}?"
        if near
        else f"Unknown field {shown}; /docs lists the fields"
    )


class SummarizeBody(_KnownFields):
    """One article, as `text`, `html` or `url` (exactly one of them), and what is wanted of it."""

    model_config = _example(
        {"text": EXAMPLE_TEXT, "language": "fr", "length": "medium", "headline": True}
    )

    text: Text | None = Field(
        None, description="Reader-mode text, plain text or Markdown.", min_length=1
    )
    html: Text | None = Field(None, description="A page.", min_length=1)
    url: Text | None = Field(
        None,
        description="The address of a page; only where the service allows it.",
        min_length=1,
        max_length=2000,
    )
    language: Literal["fr", "en"] = Field("fr", description="Language of the summary.")
    length: Length = Field(Length.MEDIUM, description="One sentence, up to three, or up to six.")
    max_words: int | None = Field(
        None,
        ge=MIN_MAX_WORDS,
        le=MAX_MAX_WORDS,
        description="Most words of the French summary; whole sentences only.",
    )
    headline: bool = Field(False, description="Whether a headline is wanted too.")
    language_check: bool = Field(
        True, description="Whether an article that is not French is refused."
    )
    model: Text | None = Field(
        None,
        description="The model that is expected; it must be the one that is served.",
        max_length=200,
    )
    glossary: Pairs = Field(
        {},
        description="French terms and their English, which the translation has to have; they win over the service's own. "
        "Only used where English is asked for.",
        examples=[{"jumeau numérique": "digital twin"}],
    )
    deadline_seconds: float | None = Field(
        None,
        ge=1,
        le=3600,
        description="Longest time to wait; the service's own deadline counts if it is shorter.",
    )

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        given = [name for name in ("text", "html", "url") if getattr(self, name) is not None]
        if not given:
            raise PydanticCustomError(
                "no_article", "The article is missing: give it as text, html or url"
            )
        if len(given) > 1:
            names = {"names": " and ".join(given)}
            raise PydanticCustomError(
                "several_articles",
                "Give the article once: as text, html or url, not as {names}",
                names,
            )
        return self

    def request(self) -> SummaryRequest:
        """The pipeline's request; where `url` is given, its page is yet to come."""
        return SummaryRequest(
            self.text, self.html, self.language, self.length, self.max_words, self.headline,
            self.language_check,
            tuple(sorted(self.glossary.items())) if self.language == "en" else (),
        )  # fmt: skip


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

    kind: str = Field(description=f"One of: {', '.join(FactKind)}.", examples=["number"])
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
        description="Of these, those that the model read: the article's opening and, where that made too short a summary, more."
    )
    truncated: bool = Field(description="More was wanted than could be read.")
    left_out_characters: int = Field(
        description="Those of sentences of more than 2,000 characters, which are no prose: neither model nor checks read them."
    )


class WarningBody(BaseModel):
    """Something that the reader of the summary should know."""

    code: str = Field(
        description="One of: "
        + "; ".join(f"`{code}`: {meaning}" for code, meaning in WARNINGS.items())
        + ".",
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

    model_config = _example(EXAMPLE_SUMMARY)

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
        """The body for a summary; `with_text` adds the text that the offsets point into."""
        return cls.model_validate(as_json(summary, with_text))


class BatchItem(SummarizeBody):
    """One article of a batch, with a name of its own."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"id": "a-1", "text": EXAMPLE_TEXT}]})

    id: Identifier | None = Field(None, description="Comes back with the result.")


@dataclass(frozen=True)
class BadItem:
    """An item that cannot be read, and what is wrong with it. It fails alone."""

    id: str | int | None
    errors: Sequence[Any]


def _or_bad(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    """The item, or what is wrong with it."""
    try:
        return read(value)
    except ValidationError as error:
        name = value.get("id") if isinstance(value, dict) else None
        try:
            known = _IDENTIFIER.validate_python(name)
        except ValidationError:
            known = None
        return BadItem(known, error.errors())


class BatchBody(_KnownFields):
    """Several articles; how many at most, `GET /info` says."""

    model_config = _example(
        {"items": [{"id": "a-1", "text": EXAMPLE_TEXT}, {"id": "a-2", "text": "Nuagis ouvre"}]}
    )

    items: list[Annotated[BatchItem, WrapValidator(_or_bad)]] = Field(min_length=1)


class BatchResult(BaseModel):
    """What became of one item: a summary or a problem. `index` is its place, from 0."""

    model_config = _example(EXAMPLE_RESULTS[0])

    id: str | int | None
    index: int
    summary: SummaryBody | None
    problem: Problem | None


class BatchAnswer(BaseModel):
    """One result for each item, in order."""

    model_config = _example({"results": EXAMPLE_RESULTS})

    results: list[BatchResult]


class CatalogBody(BaseModel):
    """A checkpoint that can be served."""

    model_config = _example(
        {
            "name": "barthez", "id": "moussaKam/barthez-orangesum-abstract", "family": "mbart",
            "tasks": ["summary"],
            "languages": ["fr"], "window": 768, "licence": "Apache-2.0", "size_mb": 557,
            "about": "French summaries of one or two sentences (OrangeSum).", "served": False,
        }
    )  # fmt: skip

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

    model_config = _example(
        {
            "version": "0.1.0", "model": "breve-270m", "translator": "breve-opus-mt",
            "revision": "0f3c2a9be41d7786",
            "runtime": "breve int8", "state": "ready", "languages": ["fr", "en"],
            "lengths": ["short", "medium", "long"],
            "limits": {
                "max_characters": 200_000, "concurrency": 16, "min_max_words": 10,
                "max_max_words": 400, "allow_urls": False,
            },
        }
    )  # fmt: skip

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
    limits: dict[str, int | float | bool] = Field(
        description="The settings of these names, and the bounds of `max_words`; `concurrency` is how many articles are worked "
        "on at once: a client that asks for so many at a time keeps the service busy."
    )


class HealthBody(BaseModel):
    """Whether the service is well."""

    model_config = _example({"status": "ready", "detail": "Ready."})

    status: str
    detail: str
