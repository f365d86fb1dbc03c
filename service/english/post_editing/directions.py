"""The direction of a change: "passer de 38 à 35 %" is a fall, whatever the verb. Translators take
"passer" for a rise.

A word of rising or falling in the English is held to the two figures of the French sentence between
which something changes ("de 38 à 35 %", "à 12,99 euros, contre 15,99"), unless a word of the French
itself gives the same direction: then the figures mean something else. So is the "by" of "fell by
12.5 to 9.8%": what goes "by 5 to 10%" goes from the small figure to the large.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

from service.facts.figures import Figure, FigureKind, figures
from service.text.calendar import MONTHS
from service.text.folding import straight

_UP, _DOWN = 1, -1
# Infinitive, third person, -ing form, past and participle of a verb; a noun has the first two too.
_RISE: Final = "rise rises rising rose risen"
_FALL: Final = "fall falls falling fell fallen"
_INTRANSITIVE: Final = {
    _UP: (
        _RISE, "grow grows growing grew grown", "climb climbs climbing climbed climbed",
        "jump jumps jumping jumped jumped",
        "soar soars soaring soared soared", "surge surges surging surged surged",
        "leap leaps leaping leapt leapt",
        "rocket rockets rocketing rocketed rocketed",
        "skyrocket skyrockets skyrocketing skyrocketed skyrocketed",
    ),
    _DOWN: (
        _FALL, "drop drops dropping dropped dropped",
        "decline declines declining declined declined",
        "plunge plunges plunging plunged plunged",
        "plummet plummets plummeting plummeted plummeted",
        "tumble tumbles tumbling tumbled tumbled", "sink sinks sinking sank sunk",
        "slip slips slipping slipped slipped",
        "shrink shrinks shrinking shrank shrunk",
    ),
}  # fmt: skip
_INCREASE: Final = "increase increases increasing increased increased"
_DECREASE: Final = "decrease decreases decreasing decreased decreased"
_RAISE: Final = "raise raises raising raised raised"
_LOWER: Final = "lower lowers lowering lowered lowered"
_REDUCE: Final = "reduce reduces reducing reduced reduced"
_CUT: Final = "cut cuts cutting cut cut"
# What stands for each of those that may have an object.
_OPPOSITES: Final = (
    (_UP, _INCREASE, _DECREASE), (_DOWN, _DECREASE, _INCREASE), (_UP, _RAISE, _LOWER),
    (_DOWN, _LOWER, _RAISE),
    (_DOWN, _REDUCE, _INCREASE), (_DOWN, _CUT, _INCREASE),
    (_UP, "extend extends extending extended extended", _CUT),
    (_DOWN, "reduction reductions", "increase increases"), (_UP, "up", "down"),
    (_DOWN, "down", "up"),
)  # fmt: skip

# Beginnings of French words for a change that says where it goes, and for one that does not.
_FRENCH: Final = re.compile(
    r"\b(?:(?P<up>augment|progress|(?:re)?grimp|(?:re)?bond(?:i|\b)|(?:sur)?croî|croiss|(?:re"
    r"|sur)?hauss|(?:re)?mont(?:e|er|é|ée|ait)s?\b"
    r"|relev|gonfl|envol|accr(?:oi|u)|major|allong|agrandi|élev|gagn|doubl|tripl)"
    r"|(?P<down>(?:re|a)?baiss|recul|(?:re)?chut|diminu|rédui|tomb|descend|dégringol|ramen|fond\b"
    r"|fondu|rétréci|raccourci|perd|déclin"
    r"|repli|c[èé]d[eé]|plong|divis|allég|dévis)|(?P<neither>pass(?!ag)|évolu|port[eé]))",
    re.IGNORECASE,
)
_WAYS: Final[Mapping[str | None, int]] = {"up": _UP, "down": _DOWN}
_ROUGHLY: Final = r"(?:(?:environ|quelque|seulement|à peine|presque|(?:un peu )?(?:plus|moins) d(?:e |')|près d(?:e |')) ?)?"
_FROM: Final = re.compile(rf"\bd(?:e |'){_ROUGHLY}\Z")
_TO: Final = re.compile(rf"(?:/h)?(?: [\w'-]+){{0,4}} à {_ROUGHLY}")
_AT: Final = re.compile(rf"\bà {_ROUGHLY}\Z")
_AGAINST: Final = re.compile(rf"[^.;:()]{{0,60}}?,? (?:contre|au lieu d(?:e|')) ?{_ROUGHLY}")
_RANK: Final = re.compile(
    r"\b(?:résolution|rang|places?|classement|finesse|gravure)\b", re.IGNORECASE
)  # better if smaller
# What the later figure is compared with: what was, and no other one's ("contre 8 % pour Peugeot").
_BEFORE: Final = (
    r"auparavant|avant|plus tôt|précéd\w+|derni\w+|passée?|même période|initial\w*|actuel\w*"
    r"|aujourd'hui|jusqu'ici|jusque-là"
    r"|l'an|(?:en|à l') ?(?:19|20)\d\d"
    rf"|en (?:{'|'.join(MONTHS)})"
)
_WAS: Final = re.compile(
    rf"(?! (?:pour (?!l'année)|chez |à |aux? |dans ))[^,.;:()]{{0,40}}?\b(?:{_BEFORE})\b"
    r"|(?: (?!pour|chez|à|aux?|dans|en|de|des|du|d')[\w'-]+){0,2}\s?(?:[,.;:)]|\Z)"
)
_SIGN: Final = re.compile(r"[-–−+]\s?\Z")
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_LIKELY: Final = 100  # times one figure of a change may be the other

_ENGLISH_ROUGHLY: Final = r"(?:(?:about|around|some|only|just|nearly|almost|barely|over|(?:just |a little )?(?:more|less) than) )?"
_ENGLISH_FROM: Final = re.compile(rf"\b(?P<by>from|by|of) {_ENGLISH_ROUGHLY}\Z")
_ENGLISH_TO: Final = re.compile(rf"(?:/h)?(?: [\w'’-]+){{0,4}} to {_ENGLISH_ROUGHLY}")
_ENGLISH_AT: Final = re.compile(rf"\b(?:to|at) {_ENGLISH_ROUGHLY}\Z")
_COMPARED: Final = re.compile(
    rf"[^.;:()]{{0,60}}?,? (?:compared (?:with|to)|(?:as )?against|versus|instead of|as opposed to"
    rf"|from) {_ENGLISH_ROUGHLY}"
)
_SLOTS: Final = ("base", "third", "ing", "past", "participle")
# Between the word and its figures; those behind another verb would be that one's.
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
_BEFORE_UP: Final = re.compile(
    r"(?:\b(?:be|is|are|was|were|been|being|go|goes|going|went|gone|moved?|moves)|,) \Z"
)


class _Word(NamedTuple):
    """A form of a word of rising or falling, and the forms of what is put for it; `moves`: it has
    no object."""

    direction: int
    slots: frozenset[str]
    opposite: dict[str, str]
    moves: bool


def _read() -> dict[str, _Word]:
    found: dict[str, _Word] = {}
    rows = [
        (way, verb, _FALL if way == _UP else _RISE, True)
        for way, verbs in _INTRANSITIVE.items()
        for verb in verbs
    ]
    for way, verb, opposite, moves in [*rows, *((*row, False) for row in _OPPOSITES)]:
        forms = dict(zip(_SLOTS, verb.split(), strict=False))
        for form in forms.values():
            slots = frozenset(slot for slot in _SLOTS if forms.get(slot) == form)
            found[form] = _Word(
                way, slots, dict(zip(_SLOTS, opposite.split(), strict=False)), moves
            )
    return found


_WORDS: Final = _read()
_WORD: Final = re.compile(rf"\b(?:{'|'.join(_WORDS)})\b", re.IGNORECASE)


@dataclass(frozen=True)
class _Change:
    """Something that changes between two figures of a French sentence. `said` is the direction that
    the last word before them gives, or 0; `passes`: that word is "passer" or another that gives
    none; `ways`: how many words of the sentence give each."""

    first: Figure
    last: Figure
    said: int
    passes: bool
    ways: Counter[int]

    @property
    def direction(self) -> int:
        """Whether the last figure is the larger, or 0 where that is not sure: "de 5 à 3 milliards"
        has its scale at the end."""
        readings = [
            float(value) for value in self.first.values if ":" not in value
        ]  # no hour of the clock
        end = float(self.last.value)
        likely = [
            value for value in readings if value and end and 1 / _LIKELY <= end / value <= _LIKELY
        ]
        return 0 if len(likely) != 1 or likely[0] == end else _UP if end > likely[0] else _DOWN

    @property
    def may_be_range(self) -> bool:
        """True if the figures may tell by how much something changes ("refluer de 2 à 5 %")."""
        return self.direction == _UP and self.said != _UP and not self.passes


def with_directions(english: str, french: str) -> tuple[str, int]:
    """`english` with its words of rising and falling as the figures of the `french` sentence have
    it, and how many turned."""
    turned = 0
    for change in _changes(straight(french)):
        for first, second in pairwise(figures(english, "en")):
            put = _put_right(english, first, second, change)
            if put != english:
                english, turned = put, turned + 1
                break
    return english, turned


def _changes(french: str) -> Iterator[_Change]:
    """The changes between two figures of one kind, of which it is sure which is the larger."""
    ways = Counter(_WAYS.get(word.lastgroup, 0) for word in _FRENCH.finditer(french))
    for first, second in pairwise([] if _RANK.search(french) else figures(french, "fr")):
        before, between = french[: first.start], french[first.end : second.start]
        if _FROM.search(before) and _TO.fullmatch(between):
            start, end = first, second
        elif _AT.search(before) and _AGAINST.fullmatch(between) and _WAS.match(french, second.end):
            start, end = second, first
        else:
            continue
        words = list(_FRENCH.finditer(before))
        last = words[-1].lastgroup if words else None
        change = _Change(start, end, _WAYS.get(last, 0), last == "neither", ways)
        if (
            _are_comparable(first, second, before, between)
            and change.direction
            and not change.may_be_range
        ):
            yield change


def _are_comparable(first: Figure, second: Figure, before: str, between: str) -> bool:
    """True if both figures are amounts of one unit, no years, and not below nought."""
    amounts = first.kind is second.kind is FigureKind.AMOUNT
    signed = _SIGN.search(before) or _SIGN.search(between)
    years = _YEAR.fullmatch(first.written) and _YEAR.fullmatch(second.written)
    return (
        amounts
        and not signed
        and not years
        and (not first.unit or not second.unit or first.unit == second.unit)
    )


def _put_right(english: str, first: Figure, second: Figure, change: _Change) -> str:
    """`english` with the word for a `change` turned, and "from" for "by", if its two figures stand
    there so."""
    before, between = english[: first.start], english[first.end : second.start]
    since = _ENGLISH_FROM.search(before)
    if (
        since
        and _is(first, change.first)
        and _is(second, change.last)
        and _ENGLISH_TO.fullmatch(between)
    ):
        word = _word(english, since.start(), change)
        if word is None or (since["by"] == "of" and word.end() != since.start() - 1):
            return english
        if since["by"] != "from" and (change.direction == _DOWN or change.passes):
            english = english[: since.start("by")] + "from" + english[since.end("by") :]
        return _turned(english, word, change)
    at = _ENGLISH_AT.search(before)
    if (
        at
        and _is(first, change.last)
        and _is(second, change.first)
        and _COMPARED.fullmatch(between)
    ):
        # "at 10 million, up from 12"
        compared = list(_WORD.finditer(english, first.end, second.start))
        return _turned(
            english, compared[-1] if compared else _word(english, at.start(), change), change
        )
    return english


def _is(english: Figure, french: Figure) -> bool:
    return bool(english.values & french.values)


def _word(english: str, end: int, change: _Change) -> re.Match[str] | None:
    """The last word of rising or falling before the figures of a change, which begin at `end`."""
    words = [word for word in _WORD.finditer(english, 0, end) if _is_of_change(english, word)]
    return words[-1] if words and _BETWEEN.fullmatch(english, words[-1].end(), end) else None


def _is_of_change(english: str, word: re.Match[str]) -> bool:
    """True unless it is a part of another word's meaning ("set up")."""
    return word[0].lower() not in {"up", "down"} or bool(_BEFORE_UP.search(english[: word.start()]))


def _turned(english: str, word: re.Match[str] | None, change: _Change) -> str:
    """`english` with a `word` that says the contrary of a change turned, where the French does not
    say the same as the word."""
    if word is None or not _is_of_change(english, word):
        return english
    known = _WORDS[word[0].lower()]
    same = sum(
        _WORDS[other[0].lower()].direction == known.direction for other in _WORD.finditer(english)
    )
    if known.direction == change.direction or same <= change.ways[known.direction]:
        return english
    before = english[: word.start()]
    slot = _slot(known, before)
    opposite = known.opposite
    if known.moves and slot == "participle" and not _HAVE.search(before):  # "was dropped"
        opposite = dict(
            zip(_SLOTS, (_LOWER if known.direction == _UP else _RAISE).split(), strict=True)
        )
    put = opposite[slot]
    return before + (put.capitalize() if word[0][0].isupper() else put) + english[word.end() :]


def _slot(word: _Word, before: str) -> str:
    """Which form a `word` is, which may be several, behind the text `before` it."""
    if len(word.slots) == 1:
        return next(iter(word.slots))
    if "base" in word.slots and (
        _MODAL.search(before) or not (_HAVE.search(before) or _BE.search(before))
    ):
        return "base" if _MODAL.search(before) or "past" not in word.slots else "past"
    return "participle" if _HAVE.search(before) or _BE.search(before) else "past"
