"""The result of the translation: the English of one French sentence, and what is wrong with it."""

from dataclasses import dataclass
from enum import StrEnum

from service.facts.fact import Fact


class Flaw(StrEnum):
    """Why a text is no translation of its sentence, whatever its facts.

    The values are written for the reader.
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
        """True if nothing is wrong with it."""
        return not self.unfaithful and self.flaw is None
