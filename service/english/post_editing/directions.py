"""Corrects the direction of a change: "passer de 38 à 35 %" is a fall, whatever the verb.

Translators take "passer" for a rise. A word of rising or falling in the English is held to the two
figures of the French sentence between which something changes ("de 38 à 35 %", "à 12,99 euros,
contre 15,99"). It stays where a word of the French gives the same direction: then the figures mean
something else.

In "fell by 12.5 to 9.8%" the "by" becomes "from": a range ("by 5 to 10%") has its small figure
first. `directions.toml` has the words.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, NamedTuple

from service.facts.figures import Figure, FigureKind, figures
from service.text.calendar import MONTHS
from service.text.folding import straight
from service.text.tables import table

_UP, _DOWN, _UNKNOWN = 1, -1, 0
_DIRECTIONS: Final[Mapping[str | None, int]] = {"up": _UP, "down": _DOWN}
_TABLE: Final[dict[str, Any]] = table(__package__, "directions")
_SLOTS: Final = ("base", "third", "ing", "past", "participle")
# One figure of a change is at most so many times the other.
_MOST_TIMES: Final = 100

_FRENCH_WORD: Final = re.compile(
    rf"\b(?:(?P<up>{'|'.join(_TABLE['french']['up'])})"
    rf"|(?P<down>{'|'.join(_TABLE['french']['down'])})"
    rf"|(?P<neither>{'|'.join(_TABLE['french']['neither'])}))",
    re.IGNORECASE,
)
_ROUGHLY: Final = (
    r"(?:(?:environ|quelque|seulement|à peine|presque"
    r"|(?:un peu )?(?:plus|moins) d(?:e |')|près d(?:e |')) ?)?"
)
_FROM: Final = re.compile(rf"\bd(?:e |'){_ROUGHLY}\Z")
_TO: Final = re.compile(rf"(?:/h)?(?: [\w'-]+){{0,4}} à {_ROUGHLY}")
_AT: Final = re.compile(rf"\bà {_ROUGHLY}\Z")
_AGAINST: Final = re.compile(rf"[^.;:()]{{0,60}}?,? (?:contre|au lieu d(?:e|')) ?{_ROUGHLY}")
# What is better if it is smaller.
_RANK: Final = re.compile(
    r"\b(?:résolution|rang|places?|classement|finesse|gravure)\b", re.IGNORECASE
)
# The later figure is compared with what was before, not with another one's ("contre 8 % pour
# Peugeot").
_EARLIER_TIME: Final = (
    r"auparavant|avant|plus tôt|précéd\w+|derni\w+|passée?|même période|initial\w*|actuel\w*"
    r"|aujourd'hui|jusqu'ici|jusque-là"
    r"|l'an|(?:en|à l') ?(?:19|20)\d\d"
    rf"|en (?:{'|'.join(MONTHS)})"
)
_EARLIER_VALUE: Final = re.compile(
    rf"(?! (?:pour (?!l'année)|chez |à |aux? |dans ))[^,.;:()]{{0,40}}?\b(?:{_EARLIER_TIME})\b"
    r"|(?: (?!pour|chez|à|aux?|dans|en|de|des|du|d')[\w'-]+){0,2}\s?(?:[,.;:)]|\Z)"
)
_SIGN: Final = re.compile(r"[-–−+]\s?\Z")
_YEAR: Final = re.compile(r"(?:19|20)\d\d")

_ENGLISH_ROUGHLY: Final = (
    r"(?:(?:about|around|some|only|just|nearly|almost|barely|over"
    r"|(?:just |a little )?(?:more|less) than) )?"
)
_ENGLISH_FROM: Final = re.compile(rf"\b(?P<preposition>from|by|of) {_ENGLISH_ROUGHLY}\Z")
_ENGLISH_TO: Final = re.compile(rf"(?:/h)?(?: [\w'’-]+){{0,4}} to {_ENGLISH_ROUGHLY}")
_ENGLISH_AT: Final = re.compile(rf"\b(?:to|at) {_ENGLISH_ROUGHLY}\Z")
_COMPARED_WITH: Final = re.compile(
    rf"[^.;:()]{{0,60}}?,? (?:compared (?:with|to)|(?:as )?against|versus|instead of|as opposed to"
    rf"|from) {_ENGLISH_ROUGHLY}"
)
# Between a word and its figures. Those behind another verb would belong to that one.
_BETWEEN: Final = re.compile(
    r"(?!.*\b(?:go(?:es|ing)?|went|gone|pass(?:e[sd]|ing)?|mov\w+|shift\w*|which|that|who|while|as"
    r"|because|when|if)\b)[^.;:()]{0,70}"
)
_MODAL: Final = re.compile(
    r"\b(?:to|will|would|can|could|may|might|shall|should|must|do|does|did|not) (?:[a-z]+ly )?\Z"
)
_HAVE: Final = re.compile(
    r"\b(?:has|have|had|having) (?:(?:[a-z]+ly|also|even|then|since|not) ){0,2}\Z"
)
_BE: Final = re.compile(
    r"\b(?:be|is|are|was|were|been|being) (?:(?:[a-z]+ly|also|even|then|not) ){0,2}\Z"
)
# What stands before an "up" or "down" of its own, unlike that of "set up".
_BEFORE_ADVERB: Final = re.compile(
    r"(?:\b(?:be|is|are|was|were|been|being|go|goes|going|went|gone|moved?|moves)|,) \Z"
)


class _Word(NamedTuple):
    """An English form of rising or falling.

    `slots` are the forms that it may be: "fell" is a past, "rose" too. `opposite` has the forms of
    what stands in its place. `is_intransitive`: it has no object.
    """

    direction: int
    slots: frozenset[str]
    opposite: dict[str, str]
    is_intransitive: bool


def _name_forms(forms: str) -> dict[str, str]:
    """Returns the forms of a row of the table by the names of their slots."""
    return dict(zip(_SLOTS, forms.split(), strict=False))


def _read_words() -> dict[str, _Word]:
    """Returns each form of the table with what is known of it."""
    words: dict[str, _Word] = {}
    verbs = _TABLE["intransitive"]
    for name, other_name in (("up", "down"), ("down", "up")):
        rows = [(forms, verbs[other_name][0], True) for forms in verbs[name]]
        rows += [(forms, opposite, False) for forms, opposite in _TABLE["opposites"][name]]
        for forms, opposite, is_intransitive in rows:
            named = _name_forms(forms)
            for form in named.values():
                slots = frozenset(slot for slot in _SLOTS if named.get(slot) == form)
                words[form] = _Word(
                    _DIRECTIONS[name], slots, _name_forms(opposite), is_intransitive
                )
    return words


_WORDS: Final = _read_words()
_WORD: Final = re.compile(rf"\b(?:{'|'.join(_WORDS)})\b", re.IGNORECASE)
_RAISE: Final = _name_forms(_TABLE["passive"]["up"])
_LOWER: Final = _name_forms(_TABLE["passive"]["down"])


@dataclass(frozen=True)
class _Change:
    """Something that changes between two figures of a French sentence.

    `verb_direction` is what the last word of change before them tells. `is_neutral`: that word is
    "passer" or another that tells none. `word_counts`: how many words of the sentence tell each
    direction.
    """

    first: Figure
    last: Figure
    verb_direction: int
    is_neutral: bool
    word_counts: Counter[int]

    @property
    def direction(self) -> int:
        """Whether the last figure is the larger; unknown where that is not sure.

        In "de 5 à 3 milliards" the first figure has its scale at the end.
        """
        # No hours of the clock.
        readings = [float(value) for value in self.first.values if ":" not in value]
        end = float(self.last.value)
        likely = [
            start
            for start in readings
            if start and end and 1 / _MOST_TIMES <= end / start <= _MOST_TIMES
        ]
        if len(likely) != 1 or likely[0] == end:
            return _UNKNOWN
        return _UP if end > likely[0] else _DOWN

    @property
    def may_be_range(self) -> bool:
        """True if the figures may tell by how much something changes ("refluer de 2 à 5 %")."""
        return self.direction == _UP and self.verb_direction != _UP and not self.is_neutral


def correct_directions(english: str, french: str) -> tuple[str, int]:
    """Returns `english` with its words of rising and falling turned as the French figures want it.

    The number is how many changes were corrected.
    """
    corrected = 0
    for change in _find_changes(straight(french)):
        for first, second in pairwise(figures(english, "en")):
            new = _correct_change(english, first, second, change)
            if new != english:
                english, corrected = new, corrected + 1
                break
    return english, corrected


def _find_changes(french: str) -> Iterator[_Change]:
    """Yields the changes between two figures of one kind, of which the larger is sure."""
    if _RANK.search(french):
        return
    word_counts = Counter(
        _DIRECTIONS.get(word.lastgroup, _UNKNOWN) for word in _FRENCH_WORD.finditer(french)
    )
    for left, right in pairwise(figures(french, "fr")):
        ordered = _order_in_time(french, left, right)
        if ordered is None or not _are_comparable(french, left, right):
            continue
        words = list(_FRENCH_WORD.finditer(french[: left.start]))
        group = words[-1].lastgroup if words else None
        verb_direction = _DIRECTIONS.get(group, _UNKNOWN)
        change = _Change(*ordered, verb_direction, group == "neither", word_counts)
        if change.direction and not change.may_be_range:
            yield change


def _order_in_time(french: str, left: Figure, right: Figure) -> tuple[Figure, Figure] | None:
    """Returns the earlier and the later of two figures, where something changes between them."""
    before, between = french[: left.start], french[left.end : right.start]
    if _FROM.search(before) and _TO.fullmatch(between):
        return left, right
    is_compared = _AT.search(before) and _AGAINST.fullmatch(between)
    if is_compared and _EARLIER_VALUE.match(french, right.end):
        return right, left
    return None


def _are_comparable(french: str, left: Figure, right: Figure) -> bool:
    """True if both figures are amounts of one unit, no years, and not below nought."""
    before, between = french[: left.start], french[left.end : right.start]
    are_amounts = left.kind is right.kind is FigureKind.AMOUNT
    are_signed = _SIGN.search(before) or _SIGN.search(between)
    are_years = _YEAR.fullmatch(left.written) and _YEAR.fullmatch(right.written)
    same_unit = not left.unit or not right.unit or left.unit == right.unit
    return are_amounts and not are_signed and not are_years and same_unit


def _correct_change(english: str, first: Figure, second: Figure, change: _Change) -> str:
    """Returns `english` with the words for a `change` corrected.

    Nothing changes unless `first` and `second` are the figures of the change.
    """
    before, between = english[: first.start], english[first.end : second.start]
    from_phrase = _ENGLISH_FROM.search(before)
    is_in_order = _are_equal(first, change.first) and _are_equal(second, change.last)
    if from_phrase and is_in_order and _ENGLISH_TO.fullmatch(between):
        return _correct_from_to(english, from_phrase, change)
    at_phrase = _ENGLISH_AT.search(before)
    is_reversed = _are_equal(first, change.last) and _are_equal(second, change.first)
    if at_phrase and is_reversed and _COMPARED_WITH.fullmatch(between):
        # "at 10 million, up from 12"
        words_between = list(_WORD.finditer(english, first.end, second.start))
        if words_between:
            return _turn_word(english, words_between[-1], change)
        return _turn_word(english, _find_word(english, at_phrase.start()), change)
    return english


def _correct_from_to(english: str, from_phrase: re.Match[str], change: _Change) -> str:
    """Returns `english` with the word before "from 38 to 35%" turned, and with "from" for "by"."""
    word = _find_word(english, from_phrase.start())
    preposition = from_phrase["preposition"]
    if word is None or (preposition == "of" and word.end() != from_phrase.start() - 1):
        return english
    if preposition != "from" and (change.direction == _DOWN or change.is_neutral):
        start, end = from_phrase.span("preposition")
        english = english[:start] + "from" + english[end:]
    return _turn_word(english, word, change)


def _are_equal(english: Figure, french: Figure) -> bool:
    return bool(english.values & french.values)


def _find_word(english: str, end: int) -> re.Match[str] | None:
    """Returns the last word of rising or falling before the figures that begin at `end`."""
    words = [word for word in _WORD.finditer(english, 0, end) if _is_of_change(english, word)]
    return words[-1] if words and _BETWEEN.fullmatch(english, words[-1].end(), end) else None


def _is_of_change(english: str, word: re.Match[str]) -> bool:
    """True unless the word is a part of another one's meaning ("set up")."""
    is_adverb = word[0].lower() in {"up", "down"}
    return not is_adverb or bool(_BEFORE_ADVERB.search(english[: word.start()]))


def _turn_word(english: str, word: re.Match[str] | None, change: _Change) -> str:
    """Returns `english` with a `word` that tells the contrary of a change turned.

    It stays where as many words of the French tell its direction as of the English.
    """
    if word is None or not _is_of_change(english, word):
        return english
    known = _WORDS[word[0].lower()]
    directions = Counter(_WORDS[other[0].lower()].direction for other in _WORD.finditer(english))
    is_backed = directions[known.direction] <= change.word_counts[known.direction]
    if known.direction == change.direction or is_backed:
        return english
    before, behind = english[: word.start()], english[word.end() :]
    slot = _find_slot(known, before)
    opposite = known.opposite
    is_passive = slot == "participle" and not _HAVE.search(before)  # "was dropped"
    if known.is_intransitive and is_passive:
        opposite = _LOWER if known.direction == _UP else _RAISE
    new = opposite[slot]
    return before + (new.capitalize() if word[0][0].isupper() else new) + behind


def _find_slot(word: _Word, before: str) -> str:
    """Returns which form a `word` is, of those that it may be, behind the text `before` it."""
    if len(word.slots) == 1:
        return next(iter(word.slots))
    is_infinitive = _MODAL.search(before) is not None
    is_participle = _HAVE.search(before) is not None or _BE.search(before) is not None
    if "base" in word.slots and (is_infinitive or not is_participle):
        return "base" if is_infinitive or "past" not in word.slots else "past"
    return "participle" if is_participle else "past"
