"""Reads a French sentence word by word: clauses, quantities with units, names, negations.

The reader has no grammar, only closed lists of function words, capitals and punctuation.
`python -m tests.service.checking.evidence_set` measures what it misreads.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice
from typing import Final

from service.facts.bounds import MAX_NAMES, MAX_NUMBERS
from service.facts.names import FIRST_WORDS
from service.facts.negation import denied, denied_alone
from service.facts.numbers import MARK, mark_numbers
from service.facts.units import NOUNS
from service.text.calendar import MONTHS, WEEK_DAYS
from service.text.folding import plain, straight
from service.text.function_words import (
    BEFORE_UNITS,
    CLAUSE_ENDS,
    CLAUSE_JOINERS,
    DEMONSTRATIVE_PRONOUNS,
    FREQUENT,
    INTRODUCTIONS,
    NAME_PARTICLES,
    WITHOUT_CONTENT,
)
from service.text.quotation_marks import QUOTE_SIGNS, begins_inside, opens_quotation
from service.text.vocabulary import is_known

STEM: Final = 6  # letters: "annoncé", "annonce" and "annoncent" count as one word
_WORD: Final = re.compile(r"\w+")
_PIECE: Final = re.compile(r"[\ue000-\uf8ff]|[^\W\ue000-\uf8ff]+|[%€$£]|[^\w\s'-]")
PLAIN_MONTHS: Final = tuple(map(plain, MONTHS))
# The units of quantities by each of their written forms: units of measure and months ("le 5 mars").
_UNITS: Final = {**NOUNS, **{month: month for month in PLAIN_MONTHS}}
_TITLES: Final = frozenset("m mm mme mmes mlle me dr pr premier president".split())
# Prepositions between a name and its neighbour. Each form is mapped to one: "du" to "de".
_LINKS: Final = {
    "de": "de", "d": "de", "du": "de", "des": "de", "a": "a", "au": "a", "aux": "a",
    "par": "par", "avec": "avec",
}  # fmt: skip
SIDE: Final = 4  # words and signs beside a name that are searched for its neighbour
# Most words of an introductory phrase ("Parmi les contrôleurs,") whose comma ends no clause.
INTRODUCTION: Final = 7
LONG_WORD: Final = 50  # letters; longer words are not cached: 30,000 would take 100 MB
LEAST_ROUNDED: Final = 100  # no smaller number is rounded
# A number and its rounding: the smaller one is at least this share of the larger one.
ROUNDED: Final = 0.95


def stem(word: str) -> str:
    """Returns the first STEM letters of a content word; empty for small and frequent words."""
    return _cut_to_stem(_make_plain(word))


def stems(text: str) -> frozenset[str]:
    """Returns the content words of `text`, cut to STEM letters."""
    return frozenset(map(_cut_to_stem, _WORD.findall(plain(text)))) - {""}


def _cut_to_stem(word: str) -> str:
    is_content = (len(word) > 2 or word.isdigit()) and word not in FREQUENT
    return word[:STEM] if is_content else ""


@dataclass(frozen=True)
class Word:
    """A word, number or sign of a sentence.

    `clause` is the number of its clause, from 0. `quoted`: it stands inside a quotation. `opens`:
    it begins a sentence or a quotation. `value` is empty unless it is a number.
    """

    text: str
    plain: str
    clause: int
    quoted: bool
    opens: bool
    value: str = ""

    @property
    def sign(self) -> bool:
        """True if it is neither a word nor a number."""
        return not self.plain[:1].isalnum()

    @property
    def capital(self) -> bool:
        """True if it begins with a capital, as names do, and is no title ("Mme")."""
        return len(self.text) > 1 and self.text[0].isupper() and self.plain not in _TITLES


_NOTHING: Final = Word("", "", 0, False, False)
Date = tuple[str, str, str]


@dataclass(frozen=True)
class Quantity:
    """A number with its unit.

    `measured`: the unit is in `units.toml`, or is a month. Otherwise `unit` is the stem of the next
    word, or empty.
    """

    value: str
    written: str
    unit: str
    measured: bool
    clause: int

    @property
    def year(self) -> bool:
        """True if the number looks like a year."""
        return (
            not self.measured
            and self.value.isdigit()
            and len(self.value) == 4
            and self.value[:2] in {"19", "20"}
        )

    def rounds(self, other: "Quantity") -> bool:
        """True if one of the two is the other one rounded: "260 millions" for "261,2 millions"."""
        if self.unit != other.unit or not (
            _count_digits(self.value) and _count_digits(other.value)
        ):
            return False
        smaller, larger = sorted((float(self.value), float(other.value)))
        is_near = larger >= LEAST_ROUNDED and smaller >= ROUNDED * larger
        return is_near and _count_digits(self.value) != _count_digits(other.value)


def _count_digits(value: str) -> int:
    """Returns how many significant digits a number has; 0 if it is no number."""
    is_number = value.replace(".", "", 1).isdigit()
    return len(value.replace(".", "").strip("0")) if is_number else 0


@dataclass(frozen=True)
class Name:
    """Capitalised words in a row.

    `parts` are their plain forms, without particles ("de"). `position` and `end` are places in the
    words of the sentence, the end excluded.
    """

    text: str
    parts: frozenset[str]
    clause: int
    position: int
    end: int


class Statement:
    """What a sentence of the summary or of the article states. Costly parts are read on demand."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def stems(self) -> frozenset[str]:
        """The stems of the content words."""
        return stems(self.text)

    @cached_property
    def facts(self) -> frozenset[str]:
        """The stems of its capitalised words, and the values of its numbers."""
        return frozenset(
            word.value or stem(word.text) for word in self.words if word.capital or word.value
        )

    @cached_property
    def plain(self) -> str:
        """The words in lower case without accents, single spaces between them."""
        return " ".join(_WORD.findall(plain(self.text)))

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """Words, numbers and signs, in order."""
        marked, numbers = mark_numbers(straight(self.text))
        return tuple(_read_words(marked, numbers))

    @cached_property
    def without_signs(self) -> tuple[Word, ...]:
        """Words and numbers, in order."""
        return tuple(word for word in self.words if not word.sign)

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        """The numbers with their units; the first MAX_NUMBERS of them."""
        places = (place for place, word in enumerate(self.words) if word.value)
        return tuple(map(self._read_quantity, islice(places, MAX_NUMBERS)))

    def _read_quantity(self, place: int) -> Quantity:
        number = self.words[place]
        following = self.words[place + 1 : place + 5]
        after = [word for word in following if word.plain not in BEFORE_UNITS]
        if not after or after[0].clause != number.clause or after[0].value:
            return Quantity(number.value, number.text, "", False, number.clause)
        unit = _UNITS.get(after[0].plain, "")
        is_measured = bool(unit)
        if is_measured and len(after) > 2 and after[1].plain == "par":  # "kilomètres par heure"
            per = _UNITS.get(after[2].plain, "")
            unit = f"{unit}/{per}" if per else unit
        unit = unit or after[0].plain.rstrip("s")[:STEM]
        return Quantity(number.value, number.text, unit, is_measured, number.clause)

    @cached_property
    def values(self) -> frozenset[str]:
        """The values of all numbers."""
        return frozenset(word.value for word in self.words if word.value)

    @cached_property
    def capitals(self) -> frozenset[str]:
        """The capitalised words that do not begin the sentence, plain."""
        return frozenset(word.plain for word in self.words if word.capital and not word.opens)

    @cached_property
    def opening_names(self) -> frozenset[str]:
        """The names with which a sentence begins ("Perplexity a proposé…").

        They have a capital and are no French words.
        """
        return frozenset(
            word.plain
            for word in self.words
            if word.opens
            and word.capital
            and word.plain not in FIRST_WORDS
            and not (word.text.istitle() and is_known(word.text.lower()))
        )

    def names(self, known: frozenset[str]) -> tuple[Name, ...]:
        """Returns the names, the first MAX_NAMES of them.

        The first word of the sentence counts only if it is in `known`, the capitalised words of the
        article (see `capitals`).
        """
        groups: list[list[int]] = []
        for place, word in enumerate(self.words):
            if not _may_be_name(word, known):
                continue
            if groups and groups[-1][-1] == place - 1 and self._continues_name(place):
                groups[-1].append(place)
            else:
                groups.append([place])
        return tuple(map(self._make_name, groups[:MAX_NAMES]))

    def _continues_name(self, place: int) -> bool:
        """False for the second of two names in a row: "à l'AFP Anne Leroy"."""
        return self.words[place].text.isupper() or not self.words[place - 1].text.isupper()

    def _make_name(self, places: list[int]) -> Name:
        words = [self.words[place] for place in places]
        parts = frozenset(word.plain for word in words)
        return Name(
            " ".join(word.text for word in words),
            parts - NAME_PARTICLES or parts,
            words[0].clause,
            places[0],
            places[-1] + 1,
        )

    def sides(self, name: Name) -> tuple[tuple[str, str], tuple[str, str]]:
        """Returns the nearest content words before and after a name.

        Each is a pair: the preposition between the word and the name, or an empty string, and the
        stem of the word. Where there is no such word, both strings are empty.
        """
        before = self.words[max(0, name.position - SIDE) : name.position][::-1]
        # A name behind a preposition is no subject of the verb that follows. In "L'ancien ministre
        # de l'Économie voit" it is not the economy that sees.
        is_complement = any(word.plain in _LINKS for word in before[:2])
        if is_complement:
            return _find_neighbour(before), ("", "")
        after = self.words[name.end : name.end + SIDE]
        return _find_neighbour(before), _find_neighbour(after)

    @cached_property
    def clauses(self) -> tuple[frozenset[str], ...]:
        """The stems of the content words of each clause, and the values of its numbers.

        A clause with "ceux" or the like also has the stems of the clause before it, without names
        and numbers.
        """
        last = max((word.clause for word in self.words), default=0)
        clauses: list[set[str]] = [set() for _ in range(last + 1)]
        for word in self.words:
            clauses[word.clause].add(word.value or stem(word.text))
            if word.plain in DEMONSTRATIVE_PRONOUNS and word.clause:
                clauses[word.clause] |= clauses[word.clause - 1] - self.facts
        return tuple(frozenset(clause - {""}) for clause in clauses)

    @cached_property
    def week_days(self) -> dict[str, int]:
        """The week days of the sentence, each with the number of its clause."""
        return {word.plain: word.clause for word in self.words if word.plain in WEEK_DAYS}

    @cached_property
    def dates(self) -> tuple[Date, ...]:
        """The dates of at least two parts, the first MAX_NUMBERS of them.

        Each is a week day, a day of the month and a month; an unnamed part is empty.
        """
        dates = []
        for place, word in enumerate(self.words):
            second, third = (*self.words[place + 1 : place + 3], _NOTHING, _NOTHING)[:2]
            before = self.words[place - 1] if place else _NOTHING
            if word.plain in WEEK_DAYS and second.value:
                month = third.plain if third.plain in PLAIN_MONTHS else ""
                dates.append((word.plain, second.value, month))
            elif word.value and second.plain in PLAIN_MONTHS and before.plain not in WEEK_DAYS:
                dates.append(("", word.value, second.plain))
        return tuple(dates[:MAX_NUMBERS])

    @cached_property
    def negated_heads(self) -> frozenset[str]:
        """The words that a "ne" denies: the verb, or what follows an auxiliary."""
        return frozenset(scope[0][:STEM] for scope in denied(self._spoken) if scope)

    @cached_property
    def negated(self) -> frozenset[str]:
        """All content words within reach of a "ne", a "sans" or a "pas" alone."""
        return frozenset(
            word[:STEM]
            for scope in (*denied(self._spoken), *denied_alone(self._spoken))
            for word in scope
        )

    @cached_property
    def _spoken(self) -> list[str]:
        return [word.plain for word in self.words if word.plain not in QUOTE_SIGNS]


def _may_be_name(word: Word, known: frozenset[str]) -> bool:
    """True if a word has a capital, and not only because it begins a sentence."""
    is_opening_name = word.plain in known and word.plain not in FIRST_WORDS
    return word.capital and (not word.opens or is_opening_name)


def _make_plain(word: str) -> str:
    return _make_plain_once(word) if len(word) <= LONG_WORD else plain(word)


@lru_cache(maxsize=1 << 15)
def _make_plain_once(word: str) -> str:
    return plain(word)


def _read_words(marked: str, numbers: list[tuple[str, str]]) -> Iterator[Word]:
    """Yields the words, numbers and signs of a sentence in which numbers are marked."""
    pieces = list(_PIECE.finditer(marked))
    introduction = _find_introduction(pieces)
    clause, quoted, opens = 0, begins_inside(marked), True
    for place, match in enumerate(pieces):
        piece = match.group()
        if MARK <= ord(piece[0]) < MARK + len(numbers):
            value, written = numbers[ord(piece[0]) - MARK]
            yield Word(written, value, clause, quoted, opens, value)
            opens = False
            continue
        plain_piece = _make_plain(piece)
        ends_clause = piece in CLAUSE_ENDS and place != introduction
        if ends_clause and piece in "()":  # Brackets around a number end none.
            beside = pieces[max(0, place - 3) : place + 3]
            ends_clause = not any(_is_mark(other.group()) for other in beside)
        if ends_clause or plain_piece in CLAUSE_JOINERS:
            clause += 1
        if piece in QUOTE_SIGNS:
            quoted = opens_quotation(marked, match.start(), quoted)
        yield Word(piece, plain_piece or piece, clause, quoted, opens)
        is_elided = len(piece) <= 2 and marked[match.end() : match.end() + 1] == "'"
        opens = (opens and (is_elided or not piece[0].isalnum())) or piece in '«“"!?:'


def _find_introduction(pieces: Sequence[re.Match[str]]) -> int:
    """Returns the place of the comma behind "Parmi les contrôleurs" or the like; else -1."""
    first = [plain(match.group()) for match in pieces[: INTRODUCTION + 1]]
    return first.index(",") if "," in first and first[0] in INTRODUCTIONS else -1


def _find_neighbour(words: Sequence[Word]) -> tuple[str, str]:
    """Returns the preposition before the first content word of the clause, and that word's stem."""
    link = ""
    for word in words:
        if word.plain in CLAUSE_ENDS:
            break
        if word.plain not in WITHOUT_CONTENT and len(word.plain) > 2 and not word.value:
            return link, word.plain[:STEM]
        link = link or _LINKS.get(word.plain, "")
    return "", ""


def _is_mark(piece: str) -> bool:
    """True for a character of the private use area, which stands for a number."""
    return "\ue000" <= piece <= "\uf8ff"
