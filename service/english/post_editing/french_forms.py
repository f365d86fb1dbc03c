"""Rewrites French forms that a translation kept ("« Bonjour »", "ce mercredi", "30.324", "12 Md€").

Nothing here is an error of the translation, so none of it counts as a repair.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

from service.english.post_editing.english_figures import (
    is_attributive,
    is_in_words,
    write_figure,
)
from service.facts.figures import Figure, FigureKind, figures
from service.text.calendar import MONTHS, WEEK_DAYS

_MONTH: Final = "|".join(MONTHS)
_WEEK_DAY: Final = "|".join(WEEK_DAYS)
# "Mars" with a capital inside a sentence is the planet.
_LEFT_MONTH: Final = re.compile(
    rf"(?<=\d )(?-i:(?!Mars\b))({_MONTH})\b|(?<=\der )({_MONTH})\b|\b(?-i:(?!Mars\b))({_MONTH})(?= "
    rf"\d{{4}}\b)",
    re.IGNORECASE,
)
# Inside a sentence, a week day with a capital or behind "du" is part of a name ("Le Journal du
# Dimanche").
_LEFT_DAY: Final = re.compile(
    rf"(?<!\bdu )(?<!\b[dl]e )\b([Cc]e )?({_WEEK_DAY})\b|\A(?i:({_WEEK_DAY}))\b"
)
_FRENCH_QUOTATION: Final = re.compile(r"«\s*([^«»]*?)\s*»")
# Not "NO2", nor "no 5G".
_NUMERO: Final = re.compile(r"\b(?:[Nn][°º]\s?|No\s(?=\d+\b))(?=\d)|\b[Nn]uméro (?=\d)")
_EURO_CODE: Final = re.compile(r"\bEUR (?=\d)")
_POINTED_NUMBER: Final = re.compile(r"(?<![\w.,])\d{1,3}(?:\.\d{3})+(?![.,]?\d)")
# With a scale behind them, three digits behind a comma are decimals ("1,042 million").
_THOUSANDTHS: Final = re.compile(
    r"(?<![\w.,])(\d{1,3}),(\d{3})(?=\s?(?:[mb]illions?|milliards?|Md|M€)\b)"
)
_GAP_IN_NUMBER: Final = re.compile(r"(?<=\d)[ .,\u00a0\u202f](?=\d{3}(?!\d))")
_NAME_BEFORE: Final = re.compile(r"\b(?!(?:The|A|An|In|On) )[\w-]*[A-ZÀ-Ý][\w-]* \Z")
# In an English sentence, these words are the article of a French name.
_FRENCH_ONES: Final = frozenset({"un", "une"})


def rewrite_french_print(english: str) -> str:
    """Returns `english` with English forms for French signs and dates.

    The forms are quotation marks, "n°", "EUR", and the names of months and week days.
    """
    english = _LEFT_MONTH.sub(lambda month: MONTHS[month.group().lower()], english)
    english = _LEFT_DAY.sub(_translate_week_day, english)
    english = _FRENCH_QUOTATION.sub(r'"\1"', english)
    english = _EURO_CODE.sub("€", english)
    return _NUMERO.sub("No. ", english)


def _translate_week_day(match: re.Match[str]) -> str:
    determiner = {"Ce ": "This ", "ce ": "this "}.get(match[1] or "", "")
    day = match[2] or match[3]
    return determiner + WEEK_DAYS[day.lower()]


def punctuate_numbers(english: str, french: str) -> str:
    """Returns `english` with the points and commas of numbers as English has them.

    Numbers that the French sentence writes with points get commas ("30.324 décès"). Decimals of a
    million that it writes with a comma get a point ("1,042 million").
    """
    for number in _POINTED_NUMBER.findall(french):
        pointed = rf"(?<![\w.,]){re.escape(number)}(?![.,]?\d)"
        english = re.sub(pointed, number.replace(".", ","), english)
    for whole, decimals in _THOUSANDTHS.findall(french):
        with_comma = rf"(?<![\w.,]){whole},{decimals}(?= ?[a-z])"
        english = re.sub(with_comma, f"{whole}.{decimals}", english)
    return english


def punctuate_times(english: str, french: str, french_figures: Sequence[Figure]) -> str:
    """Returns `english` with a colon in the times that it writes as four digits ("at 0803").

    `french_figures` are the figures of the `french` sentence.
    """
    for figure in french_figures:
        digits = figure.value.replace(":", "").zfill(4)
        if figure.kind is FigureKind.TIME and digits not in _GAP_IN_NUMBER.sub("", french):
            four_digits = rf"(?<![\w:.,]){digits}(?: hours)?(?![\w:]|[.,]\d)"
            english = re.sub(four_digits, figure.value, english)
    return english


def translate_number_words(english: str, french_figures: Sequence[Figure]) -> str:
    """Returns `english` with digits for the numbers left in French words ("quatorze jours").

    `french_figures` are the figures of the French sentence.
    """
    values = {value for figure in figures(english, "en") for value in figure.values}
    for figure in french_figures:
        is_number_word = figure.kind is FigureKind.AMOUNT and is_in_words(figure)
        is_article = figure.written.lower() in _FRENCH_ONES
        if is_number_word and not is_article and not figure.values & values:
            words = rf"(?<!\w){re.escape(figure.written)}(?!\w)"
            english = re.sub(words, write_figure(figure), english)
    return english


def translate_foreign_figures(
    english: str,
    english_figures: Sequence[Figure],
    french: str,
    repaired: Collection[Figure],
) -> dict[Figure, str]:
    """Returns the English form of each figure of `english` that has a French form.

    `repaired` are the figures that change anyway. At the end of a range, a unit is written in words
    ("10 to 20 million euros").
    """
    translated = {}
    for place, figure in enumerate(english_figures):
        if not figure.foreign or _is_part_of_name(english, figure, french):
            continue
        previous = english_figures[place - 1] if place > 0 else None
        ends_range = previous is not None and previous.shared and previous not in repaired
        unit_as_printed = replace(figure, symbol=figure.symbol and not ends_range)
        translated[figure] = write_figure(unit_as_printed, attributive=is_attributive(figure))
    return translated


def _is_part_of_name(english: str, figure: Figure, french: str) -> bool:
    """True if a figure ends a name that the French sentence has, too ("iPhone 16e", "Intel Xe")."""
    if figure.kind is not FigureKind.ORDINAL:
        return False
    name = _NAME_BEFORE.search(english, 0, figure.start)
    return name is not None and name.group() + figure.written in french
