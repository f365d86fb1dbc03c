"""The body of a request for a digest."""

from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, Field, WrapValidator, model_validator
from pydantic_core import PydanticCustomError

from service.api.contract.examples import EXAMPLE_TEXT, example
from service.api.contract.fields import Text
from service.api.contract.known_fields import KnownFields
from service.api.contract.requests import BadItem, OneArticle, keep_bad_item
from service.feeds.incoming.dates import LONGEST_DATE, read_date
from service.feeds.incoming.marks import LONGEST_LINE
from service.text.addresses import is_web_address

MAX_SOURCES: Final = 100
MAX_ENTRIES: Final = 50

_STORY: Final = "Panne chez Nuagis : des sites français inaccessibles"
_TITLE: Final = "Le point sur l’actualité tech, 29 novembre 2026"
# Shortened examples of a digest, by media type.
EXAMPLES: Final[dict[str, Any]] = {
    "text/markdown": f"# {_TITLE}\n\n## Le Quotidien\n\n### [{_STORY}](<https://example.org/1>)\n",
    "text/html": f'<!DOCTYPE html>\n<html lang="fr"><body><h1>{_TITLE}</h1></body></html>\n',
    "application/atom+xml": f'<feed xmlns="http://www.w3.org/2005/Atom"><title>{_TITLE}</title></feed>',
    "application/feed+json": {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _TITLE,
        "items": [{"id": "urn:uuid:…", "title": _STORY, "content_html": "<p>Une panne…</p>"}],
    },
    "application/json": {
        "made": "2026-11-29T08:00:00+00:00",
        "language": "fr",
        "sections": [{"heading": "Le Quotidien", "entries": [{"headline": _STORY}]}],
        "health": [],
        "feeds": ["https://example.org/feed.xml"],
        "left_out": 0,
    },
}


def answers() -> dict[str, Any]:
    """The answers of `POST /digest` by media type, as OpenAPI documents them."""
    return {
        kind: {
            "schema": {"type": "string" if isinstance(example, str) else "object"},
            "example": example,
        }
        for kind, example in EXAMPLES.items()
    }


def _refuse_other_names(address: str) -> str:
    """Refuses all but web addresses: a service reads no files for its clients."""
    if not is_web_address(address):
        raise ValueError("An address of the web is needed: http:// or https://")
    return address


Address = Annotated[Text, Field(min_length=8, max_length=2000), AfterValidator(_refuse_other_names)]


def _refuse_unreadable_date(date: str) -> str:
    if read_date(None, date, datetime.now(UTC)) is None:
        raise ValueError("A date in the past is needed, such as 2026-11-29T08:00:00+01:00")
    return date


Date = Annotated[Text, Field(max_length=LONGEST_DATE), AfterValidator(_refuse_unreadable_date)]
Line = Annotated[Text, Field(max_length=LONGEST_LINE)]


class DigestArticle(OneArticle):
    """One article, as `text`, `html` or `url` (exactly one of them), and what is known of it.

    What is not given is taken from the article, as far as it says so.
    """

    model_config = example({"text": EXAMPLE_TEXT, "source": "Le Quotidien"})

    title: Line = Field("", description="Its title.")
    link: Address | None = Field(None, description="The address that readers are sent to.")
    date: Date | None = Field(None, description="When it appeared, in ISO 8601.")
    source: Line = Field("", description="The name of its site.")


class DigestBody(KnownFields):
    """Feeds, lists of feeds (OPML) and pages by their addresses, articles, or both, and what is
    wanted of them."""

    model_config = example(
        {"sources": ["https://example.org/feed.xml"], "since_hours": 24, "format": "markdown"}
    )

    sources: list[Address] = Field(
        [],
        max_length=MAX_SOURCES,
        description="Addresses of feeds (RSS, Atom, JSON Feed), OPML lists or pages; only where "
        "the service allows it.",
    )
    articles: list[Annotated[DigestArticle, WrapValidator(keep_bad_item)]] = Field(
        [],
        description="Articles; how many at most, `GET /info` says. One that cannot be used is "
        "listed at the end by its place, and does not stop the others.",
    )
    since_hours: int = Field(
        24, ge=1, le=720, description="Of feeds, only items that appeared within so many hours."
    )
    language: Literal["fr", "en"] = Field("fr", description="Language of the digest.")
    format: Literal["markdown", "html", "atom", "jsonfeed", "json"] = Field(
        "markdown", description="Format of the digest, and so its media type."
    )
    max_items: int = Field(
        20,
        ge=1,
        le=MAX_ENTRIES,
        description="Most entries. Each counts as an article where articles are counted, if there "
        "are `sources`. Each of `articles` counts too.",
    )

    @model_validator(mode="after")
    def _require_something(self) -> Self:
        if not self.sources and not self.articles:
            raise PydanticCustomError(
                "no_sources", "Nothing is given: give sources, articles or both"
            )
        return self

    @property
    def named_articles(self) -> "dict[str, DigestArticle | BadItem]":
        """The articles, each with the name of its field: `articles.0`."""
        return {f"articles.{place}": article for place, article in enumerate(self.articles)}

    @property
    def has_addresses(self) -> bool:
        """Whether anything is to be fetched."""
        given = (article for article in self.articles if isinstance(article, DigestArticle))
        return bool(self.sources) or any(article.url for article in given)

    @property
    def cost(self) -> int:
        """How many articles count against the client's rate limit."""
        return len(self.articles) + (self.max_items if self.sources else 0)
