"""The messages of a replica that works on one article: the names of steps, then one outcome."""

from dataclasses import dataclass
from typing import Final

from models.batching import Pass
from models.engine import Cancelled, EngineDescription, NotSupported
from service.reading.article import ArticleError
from service.summary import Summary

# Errors that concern one article. Any replica would raise the same, so the client is told.
OF_ARTICLE: Final = (ArticleError, NotSupported, Cancelled)


class UnexpectedError(Exception):
    """A replica met an unexpected error. The replica's log has the error's type and place."""


@dataclass(frozen=True)
class Done:
    """The summary of an article, and the model that wrote all of it.

    `passes` are the passes that the replica has run since its last Done; they go to the metrics.
    """

    summary: Summary
    description: EngineDescription
    passes: tuple[Pass, ...]


@dataclass(frozen=True)
class Failed:
    """The article has no summary: one of OF_ARTICLE, or UnexpectedError."""

    error: Exception


@dataclass(frozen=True)
class Refused:
    """The replica takes no work now: another one may."""

    reason: str


Message = str | Done | Failed | Refused
