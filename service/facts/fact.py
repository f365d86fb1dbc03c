"""A fact: an expression of a text that can be checked."""

from dataclasses import dataclass
from enum import StrEnum


class FactKind(StrEnum):
    """What kind of fact an expression states."""

    NUMBER = "number"
    NAME = "name"
    DAY = "day"
    QUOTE = "quote"
    UNIT = "unit"
    NEGATION = "negation"
    SPEAKER = "speaker"
    RELATION = "relation"
    TERM = "term"


@dataclass(frozen=True)
class Fact:
    """A checkable expression of a text, as it is written there."""

    kind: FactKind
    text: str
