"""Checks an English translation against its French sentence: numbers, names, completeness, language."""

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Final

from models.engine import Candidate
from service.facts import Fact, FactKind, Source, names, numbers, plain
from service.language import detect_language
from service.sentences import is_complete

MIN_LENGTH_RATIO: Final = 0.55  # English words per French word; a real translation has 0.7 to 1.1
MAX_LENGTH_RATIO: Final = 1.6
FACT_COST: Final = 1.0
LENGTH_COST: Final = 1.0
CLOSE: Final = 0.7  # likeness of a changed name ("Informer", "Informé") to the one that it stands for

# English writes with a capital what French writes without: these are no names that could be invented.
_ENGLISH_CAPITALS: Final = frozenset(
    plain(word)
    for word in (
        "I January February March April May June July August September October November December Monday Tuesday Wednesday "
        "Thursday Friday Saturday Sunday French American Chinese German British English European Japanese Korean Italian "
        "Spanish Russian Indian Dutch Belgian Swiss Canadian Swedish Irish Israeli Iranian Ukrainian Brazilian African "
        "Asian Taiwanese Turkish Finnish Polish Norwegian Danish Australian Californian Parisian Europeans Americans "
        "Internet Web State States Union Government Minister Ministry President Mr Mrs Ms Dr Prime Commission IT CEO CFO "
        "CTO PC TV Parliament Court Council Agency GDPR AI EU UN US USA UK NATO"
    ).split()
)
_PLACES: Final = {
    "Germany": "Allemagne", "Spain": "Espagne", "Italy": "Italie", "China": "Chine", "Japan": "Japon", "Korea": "Corée",
    "India": "Inde", "Russia": "Russie", "Switzerland": "Suisse", "Belgium": "Belgique", "Netherlands": "Pays-Bas",
    "Ireland": "Irlande", "Sweden": "Suède", "Finland": "Finlande", "Poland": "Pologne", "Brazil": "Brésil",
    "Israel": "Israël", "Turkey": "Turquie", "Europe": "européenne", "London": "Londres", "Beijing": "Pékin",
    "Brussels": "Bruxelles", "California": "Californie", "Kingdom": "Royaume", "United": "Unis", "America": "Amérique",
    "Taiwan": "Taïwan", "Ukraine": "Ukraine", "Geneva": "Genève", "Africa": "Afrique", "Asia": "Asie", "Moscow": "Moscou",
}  # fmt: skip
_PLAIN_PLACES: Final = {plain(english): french for english, french in _PLACES.items()}


class TranslationChoice:
    """Chooses, for one French sentence of an article, the translation that keeps its facts."""

    def __init__(self, french: str, article: Source) -> None:
        self._french, self._article = french, article
        self._values = set(numbers(french))
        self._names = [name for name in names(french) if not name[0].isdigit()]

    def best(self, candidates: Sequence[Candidate]) -> tuple[str, tuple[Fact, ...]]:
        """The translation with the least cost, and what it states that the French does not, or leaves out."""
        costs = [(self._cost(candidate), k) for k, candidate in enumerate(candidates)]
        text = self._restored(_tidied(candidates[min(costs)[1]].text))
        return text, self.unfaithful(text)

    def _restored(self, english: str) -> str:
        """`english` with the French sentence's own spelling of names that the translation changed a little."""
        written = {plain(name) for name in names(english)}
        lost = {plain(name): name for name in self._names if plain(name) not in written}
        for name in names(english):
            if not self._knows(name) and (close := get_close_matches(plain(name), lost, n=1, cutoff=CLOSE)):
                english = re.sub(rf"\b{re.escape(name)}\b", lost[close[0]], english)
        return english

    def unfaithful(self, english: str) -> tuple[Fact, ...]:
        """Numbers that differ from the French sentence, names that the article lacks."""
        written = numbers(english, "en")
        added = [Fact(FactKind.NUMBER, text) for value, text in written.items() if value not in self._values]
        lost = [Fact(FactKind.NUMBER, text) for value, text in numbers(self._french).items() if value not in written]
        invented = [Fact(FactKind.NAME, name) for name in names(english) if not self._knows(name)]
        return tuple(dict.fromkeys([*(fact for fact in added if not _is_article_one(fact)), *_not_one(lost), *invented]))

    def _knows(self, name: str) -> bool:
        parts = [part for part in re.split(r"\W+", plain(re.sub(r"['’]s$", "", name))) if part]
        return all(self._knows_part(part) for part in parts)

    def _knows_part(self, part: str) -> bool:
        known = part in _ENGLISH_CAPITALS or self._article.has_name(part)
        return known or (part in _PLAIN_PLACES and self._article.has_name(_PLAIN_PLACES[part]))

    def _cost(self, candidate: Candidate) -> float:
        text = candidate.text
        english = set(re.split(r"\W+", plain(text)))
        lost_names = sum(not set(re.split(r"\W+", plain(name))) & english for name in self._names)
        facts = len(self.unfaithful(text)) + 0.5 * lost_names
        ratio = len(text.split()) / max(1, len(self._french.split()))
        bad_length = not MIN_LENGTH_RATIO <= ratio <= MAX_LENGTH_RATIO
        unfinished = not candidate.finished or not is_complete(text)
        return FACT_COST * facts + LENGTH_COST * (bad_length + unfinished) - candidate.score


def is_english(text: str) -> bool:
    """True if `text` reads as English (short texts of names are given the benefit of the doubt)."""
    return detect_language(text).may_be("en")


def _not_one(facts: Iterable[Fact]) -> list[Fact]:
    return [fact for fact in facts if not _is_article_one(fact)]


def _is_article_one(fact: Fact) -> bool:
    """French "un" and English "one" are articles and pronouns as often as numbers."""
    return fact.text.strip() in {"1", "1."}


def _tidied(text: str) -> str:
    text = " ".join(text.split())
    return text if is_complete(text) else text + "."
