"""Pairs the figures of a French sentence with those of its translation.

Figures without a partner were lost or added by the translation.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from service.english.post_editing.dates import is_beside_month
from service.english.post_editing.english_figures import choose_kind, is_in_words
from service.facts.figures import ABOUT, Figure, FigureKind, figures
from service.facts.units import kind_of
from service.text.tables import table

# French sayings with a number, and what English says for each.
_SAYINGS: Final = tuple(
    (
        re.compile(french, re.IGNORECASE),
        re.compile(rf"(?<!\w)(?:{'|'.join(english)})(?!\w)", re.IGNORECASE),
    )
    for french, english in table(__package__, "sayings")["sayings"].items()
)
_SCALES: Final = frozenset({1000, 10**6, 10**9, 10**12})
_SMALL_NUMBERS: Final = frozenset(map(str, range(13)))
_YEAR: Final = re.compile(r"(?:19|20)\d{2}")


class FigurePairs:
    """Compares the figures of a French sentence with those of its translation.

    `matched` are (French, English) figures of the same value. `lost` are French figures that the
    translation lacks. `added` are English figures that the French sentence lacks.
    """

    def __init__(
        self, french_text: str, french_figures: Sequence[Figure], english_text: str
    ) -> None:
        self.french_text, self.english_text = french_text, english_text
        self.french, self.english = french_figures, figures(english_text, "en")
        self.matched = _match_values(self.french, self.english)
        self.lost, self.added = self._find_differing()

    def are_alike(self, french: Figure, english: Figure) -> bool:
        """True if `english` may be the translation of `french`, with a wrong number.

        Both are of one kind (an amount in money, a share, a time…), and both or neither belong to a
        date.
        """
        is_time = french.kind is FigureKind.TIME
        if is_time and english.written.replace(".", ":") == french.number:
            return True
        same_kind = choose_kind(french, english) is english.kind
        same_unit = kind_of(french.unit) == kind_of(english.unit)
        # A small number in words may be anything ("one of them").
        is_small_word = (
            is_in_words(english) and not is_in_words(french) and english.value in _SMALL_NUMBERS
        )
        # "3,540 mètres", "années 1990"
        has_two_readings = bool(french.also) and not french.shared and french.unit != "hour"
        if is_small_word or has_two_readings:
            return False
        return (
            same_kind
            and same_unit
            and french.shared == english.shared
            and self._agree_in_date(french, english)
        )

    def _agree_in_date(self, french: Figure, english: Figure) -> bool:
        """True if both or neither stand beside a month, and both or neither are years."""
        is_french_dated = is_beside_month(self.french_text, french)
        is_english_dated = is_beside_month(self.english_text, english)
        is_french_year = _YEAR.fullmatch(french.written) is not None
        is_english_year = _YEAR.fullmatch(english.written) is not None
        return (
            is_french_dated == is_english_dated
            and is_french_year == is_english_year
            and (french.kind is english.kind or is_french_dated)
        )

    def _find_differing(self) -> tuple[list[Figure], list[Figure]]:
        """Returns the figures that were lost and those that were added.

        A rough number ("une vingtaine") counts as lost only if another number stands in its place.
        """
        french_values, english_values = _all_values(self.french), _all_values(self.english)
        missing = [figure for figure in self.french if not figure.values & english_values]
        lost = [figure for figure in missing if not figure.loose]
        added = [
            figure
            for figure in self.english
            if not figure.loose and not figure.values & french_values
        ]
        lost, added = self._drop_sayings(lost, added)
        lost, added = self._drop_scaled(lost, added)
        rough = [figure for figure in missing if figure.loose and figure.number.startswith(ABOUT)]
        is_rough_replaced = (
            not lost and len(rough) == len(added) == 1 and self.are_alike(rough[0], added[0])
        )
        return rough if is_rough_replaced else lost, added

    def _drop_sayings(
        self, lost: list[Figure], added: list[Figure]
    ) -> tuple[list[Figure], list[Figure]]:
        """Returns both lists without the figures of sayings that both sentences have.

        Each language has its own words, and perhaps another number, for a saying.
        """
        shared = [
            (french, english)
            for french, english in _SAYINGS
            if french.search(self.french_text) and english.search(self.english_text)
        ]
        lost = _drop_inside(lost, self.french_text, [french for french, _ in shared])
        added = _drop_inside(added, self.english_text, [english for _, english in shared])
        return lost, added

    def _drop_scaled(
        self, lost: list[Figure], added: list[Figure]
    ) -> tuple[list[Figure], list[Figure]]:
        """Returns both lists without a pair that is one number with and without its scale.

        If there are several such pairs, nothing is dropped.
        """
        scaled = [
            (french, english)
            for french in lost
            for english in added
            if self._is_scaled(french, english)
        ]
        if len(scaled) != 1:
            return lost, added
        unscaled_french, scaled_english = scaled[0]
        lost = [figure for figure in lost if figure is not unscaled_french]
        added = [figure for figure in added if figure is not scaled_english]
        return lost, added

    def _is_scaled(self, french: Figure, english: Figure) -> bool:
        """True if the English gives a French figure the scale of another figure.

        In "1,2 milliard, contre 1,1" and "entre 3 et 4 000" the scale is meant for both.
        """
        try:
            factor = Decimal(english.value) / Decimal(french.value)
        except ArithmeticError:
            return False
        if french.scale or factor not in _SCALES:
            return False
        other_amounts = [
            Decimal(figure.value)
            for figure in self.french
            if figure is not french and figure.kind is FigureKind.AMOUNT
        ]
        return any(amount >= factor for amount in other_amounts)


def _match_values(
    french_figures: Sequence[Figure], english_figures: Sequence[Figure]
) -> list[tuple[Figure, Figure]]:
    """Returns (French, English) figures of the same value.

    Of several equal French figures the first with the same unit is taken, or else the first.
    """
    unmatched, matched = list(french_figures), []
    for english in english_figures:
        equal = [french for french in unmatched if french.values & english.values]
        if equal:
            same_unit = [french for french in equal if french.unit == english.unit]
            french = (same_unit or equal)[0]
            unmatched.remove(french)
            matched.append((french, english))
    return matched


def _all_values(numbers: Sequence[Figure]) -> frozenset[str]:
    return frozenset(value for figure in numbers for value in figure.values)


def _drop_inside(
    numbers: Sequence[Figure], text: str, sayings: Sequence[re.Pattern[str]]
) -> list[Figure]:
    """Returns the figures of a text that are no part of its `sayings`."""
    spans = [match.span() for saying in sayings for match in saying.finditer(text)]
    return [
        figure
        for figure in numbers
        if not any(figure.start < end and start < figure.end for start, end in spans)
    ]
