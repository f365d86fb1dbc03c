"""The bodies of requests: one article, or several."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

from pydantic import (
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from service.api.contract.examples import EXAMPLE_TEXT, example
from service.api.contract.fields import GlossaryPairs, Identifier, Text, read_identifier
from service.api.contract.known_fields import KnownFields
from service.api.contract.layouts import Layout
from service.choosing.lengths import MAX_MAX_WORDS, MIN_MAX_WORDS, Length
from service.summarizer import SummaryRequest


class OneArticle(KnownFields):
    """One article, as `text`, `html` or `url` (exactly one of them)."""

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

    @model_validator(mode="after")
    def _require_one_source(self) -> Self:
        sources = [name for name in ("text", "html", "url") if getattr(self, name) is not None]
        if not sources:
            raise PydanticCustomError(
                "no_article", "The article is missing: give it as text, html or url"
            )
        if len(sources) > 1:
            raise PydanticCustomError(
                "several_articles",
                "Give the article once: as text, html or url, not as {names}",
                {"names": " and ".join(sources)},
            )
        return self


class SummarizeBody(OneArticle):
    """One article, as `text`, `html` or `url` (exactly one of them), and what is wanted of it."""

    model_config = example(
        {"text": EXAMPLE_TEXT, "language": "fr", "length": "medium", "headline": True}
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
    format: Layout = Field(
        "paragraph",
        description="How Markdown and plain text are laid out: `bullets` gives each sentence a "
        "line of its own. In JSON the sentences stand apart in any case.",
    )
    language_check: bool = Field(
        True, description="Whether an article that is not French is refused."
    )
    model: Text | None = Field(
        None,
        description="The model that is expected; it must be the one that is served.",
        max_length=200,
    )
    glossary: GlossaryPairs = Field(
        {},
        description="French terms and their English, which the translation has to have; they win "
        "over the service's own. Only used where English is asked for.",
        examples=[{"jumeau numérique": "digital twin"}],
    )
    deadline_seconds: float | None = Field(
        None,
        ge=1,
        le=3600,
        description="Longest time to wait; the service's own deadline counts if it is shorter.",
    )

    def request(self) -> SummaryRequest:
        """The pipeline's request. Where the body has a `url`, its page is still to be fetched."""
        terms = tuple(sorted(self.glossary.items())) if self.language == "en" else ()
        return SummaryRequest(
            text=self.text,
            html=self.html,
            language=self.language,
            length=self.length,
            max_words=self.max_words,
            headline=self.headline,
            language_check=self.language_check,
            glossary=terms,
        )


class BatchItem(SummarizeBody):
    """One article of a batch, with a name of its own."""

    model_config = example({"id": "a-1", "text": EXAMPLE_TEXT})

    id: Identifier | None = Field(None, description="Comes back with the result.")


@dataclass(frozen=True)
class BadItem:
    """An item that cannot be read, with its errors as pydantic lists them."""

    id: str | int | None
    errors: Sequence[Any]


def keep_bad_item(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    """Reads an item. One that cannot be read becomes a BadItem, so that it fails alone."""
    try:
        return read(value)
    except ValidationError as error:
        identifier = value.get("id") if isinstance(value, dict) else None
        return BadItem(read_identifier(identifier), error.errors())


class BatchBody(KnownFields):
    """Several articles; how many at most, `GET /info` says."""

    model_config = example(
        {"items": [{"id": "a-1", "text": EXAMPLE_TEXT}, {"id": "a-2", "text": "Nuagis ouvre"}]}
    )

    items: list[Annotated[BatchItem, WrapValidator(keep_bad_item)]] = Field(min_length=1)
