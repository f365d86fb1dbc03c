"""The body of a request for a digest."""

from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from service.api.contract.examples import example
from service.api.contract.fields import Text
from service.api.contract.known_fields import KnownFields

MAX_SOURCES: Final = 100
MAX_ENTRIES: Final = 50


def _refuse_other_names(address: str) -> str:
    """Refuses what is no address of the web: a service reads no files for its clients."""
    if not address.lower().startswith(("http://", "https://")):
        raise ValueError("An address of the web is needed: http:// or https://")
    return address


Address = Annotated[Text, Field(min_length=8, max_length=2000), AfterValidator(_refuse_other_names)]


class DigestBody(KnownFields):
    """Feeds, lists of feeds (OPML) and pages by their addresses, and what is wanted of them."""

    model_config = example(
        {"sources": ["https://example.org/feed.xml"], "since_hours": 24, "format": "markdown"}
    )

    sources: list[Address] = Field(
        min_length=1,
        max_length=MAX_SOURCES,
        description="Addresses of feeds (RSS, Atom, JSON Feed), OPML lists or pages.",
    )
    since_hours: int = Field(
        24, ge=1, le=720, description="Only items that appeared within so many hours."
    )
    language: Literal["fr", "en"] = Field("fr", description="Language of the digest.")
    format: Literal["markdown", "html", "atom", "jsonfeed", "json"] = Field(
        "markdown", description="Format of the digest, and so its media type."
    )
    max_items: int = Field(
        20,
        ge=1,
        le=MAX_ENTRIES,
        description="Most entries. Each counts as an article where articles are counted.",
    )
