"""What a French sentence states, read word by word: clauses, quantities with their units, names,
negations.

No grammar: closed lists of small words, capitals and punctuation. What it misreads is measured by
`python -m tests.service.checking.evidence_set`, not hidden.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice
from typing import Final

from service.facts.bounds import MAX_NAMES, MAX_NUMBERS
from service.facts.facts import FIRST_WORDS, MARK, marked_numbers
from service.facts.negation import denied, denied_alone
from service.text.calendar import MONTHS, WEEK_DAYS
from service.text.folding import plain, straight
from service.text.function_words import COMMON, EMPTY, ENDS_CLAUSE
from service.text.quotation_marks import QUOTE_SIGNS, begins_inside, opens_quotation
from service.text.vocabulary import is_known

STEM: Final = 6  # letters: "annoncé", "annonce" and "annoncent" count as one word
_WORD: Final = re.compile(r"\w+")
_PIECE: Final = re.compile(r"[\ue000-\uf8ff]|[^\W\ue000-\uf8ff]+|[%€$£]|[^\w\s'-]")
_JOINS_CLAUSES: Final = frozenset(
    "et mais que qu qui ou tandis contre soit puis car alors donc".split()
)
PLAIN_MONTHS: Final = tuple(map(plain, MONTHS))
_UNIT_NAMES: Final = {
    "%": "% pourcent", "euro": "euro euros €", "dollar": "dollar dollars $", "livre": "livres £",
    "centime": "centime centimes cents", "second": "seconde secondes",
    "minute": "minute minutes min", "heure": "heure heures h", "jour": "jour jours",
    "semaine": "semaine semaines", "mois": "mois", "an": "an ans annee annees",
    "mm": "mm millimetre millimetres",
    "cm": "cm centimetre centimetres", "m": "m metre metres", "km": "km kilometre kilometres",
    "hectare": "hectare hectares ha",
    "gramme": "gramme grammes g", "kilo": "kg kilo kilos kilogramme kilogrammes",
    "tonne": "tonne tonnes",
    "mo": "mo megaoctet megaoctets", "go": "go gigaoctet gigaoctets",
    "to": "to teraoctet teraoctets", "ko": "ko",
    "degre": "degre degres", "point": "point points",
    **{month: month for month in PLAIN_MONTHS},
}  # fmt: skip
_UNITS: Final = {name: unit for unit, written in _UNIT_NAMES.items() for name in written.split()}
_BEFORE_UNIT: Final = frozenset(
    "d de des e eme er ere premiers premieres derniers dernieres autres".split()
)
_TITLES: Final = frozenset("m mm mme mmes mlle me dr pr premier president".split())
_LINKS: Final = {
    "de": "de",
    "d": "de",
    "du": "de",
    "des": "de",
    "a": "a",
    "au": "a",
    "aux": "a",
    "par": "par",
    "avec": "avec",
}
_SMALL_PARTS: Final = frozenset("le la les de du des et".split())
_INTRODUCES: Final = frozenset(
    "parmi en dans pour a au aux selon depuis apres avant chez sur pendant lors avec sans sous".split()
)
_STANDS_FOR_A_NOUN: Final = frozenset("celui celle ceux celles".split())
SIDE: Final = 4  # words and signs beside a name in which its neighbour is looked for
INTRODUCTION: Final = (
    7  # words of a phrase before the sentence's first comma that belong to what follows
)
LONG_WORD: Final = 50  # letters; 30,000 longer ones would be kept in 100 MB
LEAST_ROUNDED: Final = 100  # a smaller number is said as it is
ROUNDED: Final = 0.95  # of the larger of two numbers, the smaller one


def stem(word: str) -> str:
    """The first letters of a content word; nothing for small and common words."""
    return _cut(_bare(word))


def stems(text: str) -> frozenset[str]:
    """The content words of `text`, cut to STEM letters."""
    return frozenset(map(_cut, _WORD.findall(plain(text)))) - {""}


def _cut(word: str) -> str:
    return word[:STEM] if (len(word) > 2 or word.isdigit()) and word not in COMMON else ""


@dataclass(frozen=True)
class Word:
    """A word, number or sign. `clause` counts the clauses; `opens`: it begins a sentence or a
    quotation."""

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
        """True if it is written as names are."""
        return len(self.text) > 1 and self.text[0].isupper() and self.plain not in _TITLES


_NOTHING: Final = Word("", "", 0, False, False)
Date = tuple[str, str, str]


@dataclass(frozen=True)
class Quantity:
    """A number. `unit` is one of _UNIT_NAMES or, failing that, the stem of the next word;
    `measured`: the former."""

    value: str
    written: str
    unit: str
    measured: bool
    clause: int

    @property
    def year(self) -> bool:
        """True if it looks like one."""
        return (
            not self.measured
            and self.value.isdigit()
            and len(self.value) == 4
            and self.value[:2] in {"19", "20"}
        )

    def rounds(self, other: "Quantity") -> bool:
        """True if one is the other rounded: "plus de 260 millions" is 261,2 millions."""
        if self.unit != other.unit or not (_digits(self.value) and _digits(other.value)):
            return False
        values = float(self.value), float(other.value)
        near = max(values) >= LEAST_ROUNDED and min(values) >= ROUNDED * max(values)
        return near and _digits(self.value) != _digits(other.value)


def _digits(value: str) -> int:
    """The significant digits of a number; none if it is no number."""
    return len(value.replace(".", "").strip("0")) if value.replace(".", "", 1).isdigit() else 0


@dataclass(frozen=True)
class Name:
    """Capitalised words in a row. `parts` are their plain forms; `position` counts the words
    before."""

    text: str
    parts: frozenset[str]
    clause: int
    position: int
    end: int


class Statement:
    """A sentence of the summary or of the article, read. What is costly is read when asked for."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def stems(self) -> frozenset[str]:
        """The content words, cut."""
        return stems(self.text)

    @cached_property
    def facts(self) -> frozenset[str]:
        """The words of its names and numbers, cut."""
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
        marked, numbers = marked_numbers(straight(self.text))
        return tuple(_read(marked, numbers))

    @cached_property
    def without_signs(self) -> tuple[Word, ...]:
        """Words and numbers, in order."""
        return tuple(word for word in self.words if not word.sign)

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        """The numbers with their units; the first MAX_NUMBERS of them."""
        places = (k for k, word in enumerate(self.words) if word.value)
        return tuple(map(self._quantity, islice(places, MAX_NUMBERS)))

    def _quantity(self, k: int) -> Quantity:
        word = self.words[k]
        after = [other for other in self.words[k + 1 : k + 5] if other.plain not in _BEFORE_UNIT]
        if not after or after[0].clause != word.clause or after[0].value:
            return Quantity(word.value, word.text, "", False, word.clause)
        measure = _UNITS.get(after[0].plain, "")
        per = (
            _UNITS.get(after[2].plain, "")
            if measure and len(after) > 2 and after[1].plain == "par"
            else ""
        )
        unit = f"{measure}/{per}" if per else measure or after[0].plain.rstrip("s")[:STEM]
        return Quantity(word.value, word.text, unit, bool(measure), word.clause)

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
        """The words with a capital that begin a sentence and are no French words: names
        ("Perplexity a proposé…")."""
        opening = (
            word
            for word in self.words
            if word.opens and word.capital and word.plain not in FIRST_WORDS
        )
        return frozenset(
            word.plain
            for word in opening
            if not (word.text.istitle() and is_known(word.text.lower()))
        )

    def names(self, known: frozenset[str]) -> tuple[Name, ...]:
        """The names, the first MAX_NAMES of them; a word that begins the sentence is one if it is
        in `known` (see `capitals`)."""
        found: list[list[int]] = []
        for k, word in enumerate(self.words):
            if not word.capital or (
                word.opens and (word.plain not in known or word.plain in FIRST_WORDS)
            ):
                continue
            if (
                found
                and found[-1][-1] == k - 1
                and not (self.words[k - 1].text.isupper() and not word.text.isupper())
            ):
                found[-1].append(k)  # but "à l'AFP Anne Leroy" is two
            else:
                found.append([k])
        return tuple(map(self._name, found[:MAX_NAMES]))

    def _name(self, group: list[int]) -> Name:
        words = [self.words[k] for k in group]
        parts = frozenset(w.plain for w in words)
        return Name(
            " ".join(w.text for w in words),
            parts - _SMALL_PARTS or parts,
            words[0].clause,
            group[0],
            group[-1] + 1,
        )

    def sides(self, name: Name) -> tuple[tuple[str, str], tuple[str, str]]:
        """The content words before and after a name, each as (the preposition between, the word
        cut); else empty."""
        before = self.words[max(0, name.position - SIDE) : name.position][::-1]
        linked = any(
            word.plain in _LINKS for word in before[:2]
        )  # "l'ancien ministre de l'Économie voit": not who sees
        return _next(before), ("", "") if linked else _next(self.words[name.end : name.end + SIDE])

    @cached_property
    def clauses(self) -> tuple[frozenset[str], ...]:
        """The content words of each clause, cut; numbers as values. A clause with "ceux" has those
        of the one before it too, less its names and numbers."""
        found: list[set[str]] = [
            set() for _ in range(1 + max((word.clause for word in self.words), default=0))
        ]
        for word in self.words:
            found[word.clause].add(word.value or stem(word.text))
            if word.plain in _STANDS_FOR_A_NOUN and word.clause:
                found[word.clause] |= found[word.clause - 1] - self.facts
        return tuple(frozenset(clause - {""}) for clause in found)

    @cached_property
    def week_days(self) -> dict[str, int]:
        """The week days named, with their clauses."""
        return {word.plain: word.clause for word in self.words if word.plain in WEEK_DAYS}

    @cached_property
    def dates(self) -> tuple[Date, ...]:
        """The dates of at least two parts, as (week day, day of the month, month), the first
        MAX_NUMBERS of them; an unnamed part is empty."""
        found = []
        for k, word in enumerate(self.words):
            following = [*self.words[k + 1 : k + 3], _NOTHING, _NOTHING]
            if word.plain in WEEK_DAYS and following[0].value:
                month = following[1].plain if following[1].plain in PLAIN_MONTHS else ""
                found.append((word.plain, following[0].value, month))
            elif (
                word.value
                and following[0].plain in PLAIN_MONTHS
                and not (k and self.words[k - 1].plain in WEEK_DAYS)
            ):
                found.append(("", word.value, following[0].plain))
        return tuple(found[:MAX_NUMBERS])

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


def _bare(word: str) -> str:
    return _kept_bare(word) if len(word) <= LONG_WORD else plain(word)


@lru_cache(maxsize=1 << 15)
def _kept_bare(word: str) -> str:
    return plain(word)


def _read(marked: str, numbers: list[tuple[str, str]]) -> Iterator[Word]:
    pieces = list(_PIECE.finditer(marked))
    first = [plain(match.group()) for match in pieces[: INTRODUCTION + 1]]
    introduction = first.index(",") if "," in first and first[0] in _INTRODUCES else -1
    clause, quoted, opens = 0, begins_inside(marked), True
    for k, match in enumerate(pieces):
        piece = match.group()
        if MARK <= ord(piece[0]) < MARK + len(numbers):
            value, written = numbers[ord(piece[0]) - MARK]
            yield Word(written, value, clause, quoted, opens, value)
            opens = False
            continue
        bare = _bare(piece)
        aside = piece in "()" and any(
            _is_mark(other.group()) for other in pieces[max(0, k - 3) : k + 3]
        )
        if (piece in ENDS_CLAUSE and k != introduction and not aside) or bare in _JOINS_CLAUSES:
            clause += 1
        if piece in QUOTE_SIGNS:
            quoted = opens_quotation(marked, match.start(), quoted)
        yield Word(piece, bare or piece, clause, quoted, opens)
        elided = len(piece) <= 2 and marked[match.end() : match.end() + 1] == "'"
        opens = (opens and (elided or not piece[0].isalnum())) or piece in '«“"!?:'


def _next(words: Sequence[Word]) -> tuple[str, str]:
    link = ""
    for word in words:
        if word.plain in ENDS_CLAUSE:
            break
        if word.plain not in EMPTY and len(word.plain) > 2 and not word.value:
            return link, word.plain[:STEM]
        link = link or _LINKS.get(word.plain, "")
    return "", ""


def _is_mark(piece: str) -> bool:
    return "\ue000" <= piece <= "\uf8ff"
