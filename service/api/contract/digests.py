"""The body of a request for a digest."""

from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field

from service.api.contract.examples import example
from service.api.contract.fields import Text
from service.api.contract.known_fields import KnownFields

MAX_SOURCES: Final = 100
MAX_ENTRIES: Final = 50

_STORY: Final = "Panne chez Nuagis : des sites français inaccessibles"
_TITLE: Final = "Le point sur l’actualité tech, 29 novembre 2026"
# What a digest looks like, shortened, by media type.
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
