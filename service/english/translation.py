"""The result of the translation: the English of one French sentence, and what is wrong with it."""

from dataclasses import dataclass
from enum import StrEnum

from service.facts.fact import Fact


class Flaw(StrEnum):
    """A reason why a text is no translation of its sentence, even if its facts are right.

    The values are words for the reader of a warning.
    """

    MISSING = "it is missing"
    FRENCH = "it is still French"
    CUT = "it is cut short"
    REPEATED = "it repeats itself or another sentence"


@dataclass(frozen=True)
class Translation:
    """The English of one French sentence.

    `unfaithful` holds the facts that the English adds or lacks. `repaired` counts the
    figures, names and terms that were corrected. `cost` orders candidates; less is better.
    """

    text: str
    unfaithful: tuple[Fact, ...] = ()
    flaw: Flaw | None = None
    repaired: int = 0
    cost: float = 0.0

    @property
    def sound(self) -> bool:
        """True if the translation has no flaw and no unfaithful fact."""
        return not self.unfaithful and self.flaw is None
