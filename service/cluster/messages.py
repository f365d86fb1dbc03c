"""What a replica sends while it works on one article: the names of steps, then one outcome."""

from dataclasses import dataclass
from typing import Final

from models.batching import Pass
from models.engine import Cancelled, EngineDescription, NotSupported
from service.reading.article import ArticleError
from service.summary import Summary

# Errors of an article, which the client is told. They are the same on every replica.
OF_ARTICLE: Final = (ArticleError, NotSupported, Cancelled)


class UnexpectedError(Exception):
    """Something went wrong in a replica, whose log has its type and place."""


@dataclass(frozen=True)
class Done:
    """The summary of an article, and the model that wrote all of it.

    `passes` are those that the replica has run since its last outcome, for the metrics.
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
