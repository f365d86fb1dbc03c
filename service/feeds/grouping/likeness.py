"""Scores how likely two items tell the same event, by names, days, figures and other words.

Two events of one firm share its name and its field. They differ in the names and figures that one
item's title has and the other item lacks, and in their days: a sequel is another event.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import chain
from math import inf, log
from typing import Final

from service.facts.statements import PLAIN_MONTHS, Quantity, Statement, stem, stems
from service.facts.units import NOUNS
from service.feeds.item import Item
from service.text.calendar import WEEK_DAYS
from service.text.folding import plain
from service.text.sentences import sentences

MAX_SENTENCES: Final = 4  # behind the title; the event stands in the first ones
MAX_CHARACTERS: Final = 600  # of these sentences together
DATING: Final = 3  # The title and the next two sentences say when.
LEAST_TELLING: Final = 20  # Smaller numbers are shared by chance.
# Numbers of these units are shared by chance too: "vers 14 heures", "depuis deux ans", "le 28
# novembre".
OF_TIME: Final = frozenset([*"heure minute second jour semaine mois an".split(), *PLAIN_MONTHS])
# Weights, and the score from which two items tell the same event. Tuned on the half `choose` of
# tests/service/feeds/grouping/stories.jsonl; `python -m tests.service.feeds.grouping.pairs`
# measures both halves. ALIKE is 0.1 higher than is best there: real news is more alike.
NAME: Final = 1.0
NEXT_NAME: Final = 0.3
FIGURE: Final = 1.5
SMALL_FIGURE: Final = 0.5
WORDS: Final = 12.0  # times the share of other words that both items have
OTHER_FIGURE: Final = 1.0
NEAR_FIGURE: Final = 0.75
SAME_WORDS: Final = 0.15  # share of common words that NEAR_FIGURE needs, or else a second name
NEAREST: Final = 1.5  # times; "12 patients" and "15 patients" may be one figure told twice
ALIKE: Final = 3.0
RARE: Final = 5  # A name, figure or word in at most so many items has its full weight.
MOST_NAMES: Final = 3
MOST_FIGURES: Final = 2.0  # the most that all figures add, in telling figures
WINDOW: Final = timedelta(hours=72)  # Items of one event appear within this time.
# Each day between two items takes this from their likeness: news told a day later is a sequel.
# Chosen among 0.5, 1.0, 1.5 and 2.0 by reading what each separated in OrangeSum's September 2020.
FADING: Final = 2.0
_COUNTED: Final = stems(" ".join(NOUNS)) | stems("million milliard millier")


_DAYS: Final = frozenset(map(plain, WEEK_DAYS))


@dataclass(frozen=True)
class Traits:
    """The traits by which items are compared.

    `names` holds the names, each as the set of its plain words (lower case, no accents).
    `title_names` holds the words of the names in the title. `figures` holds the values of telling
    numbers, `title_figures` those in the title, `small_figures` the values of other numbers.
    `counted` has the values of numbers by their units. `words` holds the stems of other content
    words, `all_words` all words, plain. `days` holds days of the week.
    """

    names: frozenset[frozenset[str]]
    title_names: frozenset[str]
    counted: dict[str, frozenset[str]]
    figures: frozenset[str]
    title_figures: frozenset[str]
    small_figures: frozenset[str]
    words: frozenset[str]
    all_words: frozenset[str]
    days: frozenset[str]
    published: datetime | None

    @cached_property
    def signs(self) -> frozenset[str]:
        """All names, figures and words."""
        return self.name_words | self.figures | self.small_figures | self.words

    @cached_property
    def name_words(self) -> frozenset[str]:
        """The words of all names."""
        return frozenset[str]().union(*self.names)


def statements_of(item: Item) -> list[Statement]:
    """The title and the first sentences of an item, as statements."""
    first = sentences(item.text[:MAX_CHARACTERS])[:MAX_SENTENCES]
    return [Statement(text) for text in (item.title, *first)]


def traits_of(item: Item) -> Traits:
    """The traits of an item: of its title and the beginning of its text."""
    statements = statements_of(item)
    known = frozenset[str]().union(*(each.capitals | each.opening_names for each in statements))
    named = [[name.parts for name in each.names(known)] for each in statements]
    names = frozenset(chain.from_iterable(named))
    quantities = [quantity for each in statements for quantity in each.quantities]
    numbers = [quantity for quantity in quantities if not is_year(quantity)]
    figures = frozenset(quantity.value for quantity in numbers if is_telling(quantity))
    words = frozenset[str]().union(*(each.stems for each in statements))
    of_names = set(map(stem, chain.from_iterable(names)))
    return Traits(
        names=names,
        title_names=frozenset(chain.from_iterable(named[0])),
        counted=_values_by_unit(numbers),
        figures=figures,
        title_figures=frozenset(number.value for number in statements[0].quantities) & figures,
        small_figures=frozenset(quantity.value for quantity in numbers) - figures,
        words=frozenset(word for word in words - _COUNTED - of_names if not word[0].isdigit()),
        all_words=frozenset(word.plain for each in statements for word in each.words),
        days=_days_of(statements),
        published=item.published,
    )


def _days_of(statements: Sequence[Statement]) -> frozenset[str]:
    """The days of the week that the first sentence with such a day names.

    Later sentences tell what came before the event or after it.
    """
    for statement in statements[:DATING]:
        if days := frozenset(word.plain for word in statement.words) & _DAYS:
            return days
    return frozenset()


class Comparison:
    """Compares the items of one digest. A trait of many items says little about two of them."""

    def __init__(self, known: Sequence[Traits]) -> None:
        self._items = len(known)
        self._having = Counter(sign for traits in known for sign in traits.signs)

    def likeness(self, traits: Traits, other: Traits) -> float:
        """The likeness of two items; from ALIKE on they tell the same event.

        It is 0 where the titles name different subjects, or the items different days: bulletins
        use the same words for each firm.
        """
        if _have_other_subjects(traits, other) or _have_other_days(traits, other):
            return 0.0
        figures = FIGURE * self._weigh(traits.figures & other.figures)
        small_figures = SMALL_FIGURE * self._weigh(traits.small_figures & other.small_figures)
        share = self._weigh(traits.words & other.words) / (
            self._weigh(traits.words | other.words) or 1
        )
        names = self._weigh_names(traits, other)
        agree = names > NAME or share >= SAME_WORDS
        return (
            names
            + min(figures + small_figures, MOST_FIGURES * FIGURE)
            + WORDS * share
            + _judge_figures(traits, other, agree)
            - FADING * _days_apart(traits, other)
        )

    def _weigh_names(self, traits: Traits, other: Traits) -> float:
        """The weight of the names that both items have, in full or in part."""
        shared = traits.name_words & other.name_words
        names = min(({name & shared for name in each.names} for each in (traits, other)), key=len)
        weights = sorted((max(map(self._rarity, name)) for name in names if name), reverse=True)
        return NAME * sum(weights[:1]) + NEXT_NAME * sum(weights[1:MOST_NAMES])

    def _weigh(self, signs: Iterable[str]) -> float:
        return sum(map(self._rarity, signs))

    def _rarity(self, sign: str) -> float:
        """The weight of a sign: 1 if at most RARE items have it, 0 if all have it.

        In between it falls as the inverse document frequency.
        """
        having = self._having[sign]
        if having <= RARE or self._items <= RARE:
            return 1.0
        return log(self._items / having) / log(self._items / RARE)


def _days_apart(traits: Traits, other: Traits) -> float:
    """Days between two items: infinite beyond WINDOW, 0 if a date is unknown."""
    if traits.published is None or other.published is None:
        return 0.0
    apart = abs(traits.published - other.published)
    return apart / timedelta(days=1) if apart <= WINDOW else inf


def _have_other_subjects(traits: Traits, other: Traits) -> bool:
    """True if each title has a name that the other item lacks."""
    return bool(traits.title_names - other.all_words and other.title_names - traits.all_words)


def _have_other_days(traits: Traits, other: Traits) -> bool:
    """True if both items name days of the week, and none that is the same."""
    return bool(traits.days and other.days) and not traits.days & other.days


def _judge_figures(traits: Traits, other: Traits, agree: bool) -> float:
    """The score of figures that differ; 0 where they do not.

    It is negative for two events, positive for one event that its sources count differently.
    `agree`: names or other words speak for one event.
    """
    if not _have_other_figures(traits, other):
        return 0.0
    return NEAR_FIGURE if agree and _have_near_figures(traits, other) else -OTHER_FIGURE


def _have_near_figures(traits: Traits, other: Traits) -> bool:
    """True if a title counts what the other item counts, and nearly as much of it."""
    return any(
        _is_near(value, counted)
        for unit in traits.counted.keys() & other.counted.keys()
        for value in traits.counted[unit] & traits.figures
        for counted in other.counted[unit] & other.figures
        if value in traits.title_figures or counted in other.title_figures
    )


def _is_near(value: str, other: str) -> bool:
    try:
        smaller, larger = sorted(map(float, (value, other)))
    except ValueError:  # A version
        return False
    return larger <= NEAREST * smaller


def _have_other_figures(traits: Traits, other: Traits) -> bool:
    """True if no figure is shared, and a title has one, or both items count the same thing."""
    if traits.figures & other.figures:
        return False
    if traits.title_figures or other.title_figures:
        return True
    return any(
        not values & other.counted[unit]
        for unit, values in traits.counted.items()
        if unit in other.counted
    )


def _values_by_unit(numbers: Iterable[Quantity]) -> dict[str, frozenset[str]]:
    values: dict[str, frozenset[str]] = {}
    for quantity in numbers:
        if quantity.unit:
            known = values.get(quantity.unit, frozenset())
            values[quantity.unit] = known | {quantity.value}
    return values


def is_year(quantity: Quantity) -> bool:
    """True for "2000", but not for "2 000"."""
    return quantity.year and quantity.written == quantity.value


def is_telling(quantity: Quantity) -> bool:
    """True for a number that two items seldom share by chance."""
    if quantity.unit.split("/")[0] in OF_TIME:
        return False
    try:
        return float(quantity.value) >= LEAST_TELLING
    except ValueError:  # A version: "3.4.1"
        return True
