"""Patterns that read French and English figures, and functions that write English numbers."""

import re
from decimal import Decimal
from typing import Final

from service.facts.numbers import (
    ABOUT_VALUES,
    DIGITS,
    FRENCH_SCALE,
    IMPLIED_VALUES,
    SMALL_NUMBERS,
    multiply,
)
from service.facts.units import ENGLISH_UNITS, FRENCH_UNITS

_UNITS: Final = {"fr": FRENCH_UNITS, "en": ENGLISH_UNITS}
_SMALL_ENGLISH: Final = "|".join(SMALL_NUMBERS["en"])
SPACE: Final = re.compile(r"[\u00a0\u2007\u2009\u202f]")
_ENGLISH_SCALE: Final = (
    r"thousand|millions?|billions?|trillions?|bn|mn|milliers?|mille|milliards?|mds?"
)
# "M" and "k" are scales before money, and before a counted noun ("10 M de vues", "500k
# utilisateurs").
_BEFORE_MONEY: Final = (
    r"[mk](?=\s?(?:[€$£]|euros|dollars|d['’]euros|de\sdollars))"
    r"|(?-i:M)(?=\s(?:de\s|d['’])[a-zà-ÿ])|(?-i:[kM])(?=\s[a-zà-ÿ]{4,})"
)
# Between a number and its unit.
_LINK: Final = r"(?:[\s-]?d['’]\s?|\s?de\s|[\s-])?"
# Scales that only French has. An English text with one of them is partly untranslated.
FRENCH_ONLY: Final = frozenset({"mille", "millier", "milliard", "md"})


def _compile_amount(language: str) -> re.Pattern[str]:
    scale = FRENCH_SCALE if language == "fr" else _ENGLISH_SCALE
    return re.compile(
        rf"(?P<before>(?:US)?[$€£¥]\s?)?(?<!\w)(?<!\d[.,])(?P<number>{DIGITS})"
        rf"(?:[\s-]?(?P<scale>{scale}|{_BEFORE_MONEY}|(?(before)[mbk]|(?!)))(?!\w))?"
        rf"(?P<half>\s+et\sdemie?(?!\w))?(?:{_LINK}(?P<unit>{_UNITS[language]})(?!\w))?",
        re.IGNORECASE,
    )


AMOUNTS: Final = {language: _compile_amount(language) for language in ("fr", "en")}
FRENCH_TIME: Final = re.compile(
    r"(?<![\w:.,])(?P<hour>[01]?\d|2[0-4])"
    r"(?:\s?[hH](?:(?:eures?)?\s?(?P<minute>[0-5]\d)(?!\s?%))?|:(?P<digits>[0-5]\d))(?![\w:])"
)
# "6:30 p.m.", "18:30"
ENGLISH_TIME: Final = re.compile(
    r"(?<![\w:.,])(?P<hour>[01]?\d|2[0-4])(?:[:h.]\s?(?P<minute>[0-5]\d))?\s?"
    r"(?:(?P<half>a|p)\.?m\b\.?)"
    r"|(?<![\w:.,])(?P<hour24>[01]?\d|2[0-4]):(?P<minute24>[0-5]\d)(?![\w:])",
    re.IGNORECASE,
)
# Behind one of these words "18h" in an English text is a time of day, elsewhere a duration.
CLOCK: Final = re.compile(
    r"\b(?:at|from|to|by|until|till|around|about|before|after|since|between|and|or) \Z",
    re.IGNORECASE,
)
# "4 hours 56 minutes" is what French writes as "4h56".
DURATION: Final = {
    "fr": re.compile(
        r"(?<![\w:.,])([01]?\d|2[0-4])\s?heures?\s(?:et\s)?([0-5]?\d)\s?min(?:utes?)?(?!\w)",
        re.IGNORECASE,
    ),
    "en": re.compile(
        r"(?<![\w:.,])([01]?\d|2[0-4])\s?hours?,?\s(?:and\s)?([0-5]?\d)(?:\s?min(?:utes?)?(?!\w)"
        r"|(?=[.,;]))",
        re.IGNORECASE,
    ),
}
NOON: Final = {
    "fr": re.compile(r"(?<![\w-])(midi|minuit)(?![\w-])", re.IGNORECASE),
    "en": re.compile(r"(?<![\w-])(noon|midnight)(?![\w-])", re.IGNORECASE),
}
FRENCH_ORDINAL: Final = re.compile(
    r"(?<![\w.,])(?:(?P<number>\d+)\s?(?:(?:(?<=1)|(?<=1\s))ers?|[èe]res?|res?|[èe]mes?|es?|ndes?|ᵉʳ|ᵉ)"
    # Not the "3 e" of "3 e-mails".
    r"|(?P<roman>(?=[IVX])X{0,3}(?:IX|IV|V?I{0,3}))(?:e|ème))(?!\w)(?!-[a-z])"
)
ENGLISH_ORDINAL: Final = re.compile(r"(?<![\w.,])(\d+)(?:st|nd|rd|th)(?!\w)", re.IGNORECASE)
# Orders of magnitude: "des millions", "hundreds".
VAGUE: Final = {
    "fr": re.compile(
        r"(?<!\w)(dizaines|centaines|milliers|millions|milliards|billions)(?!\w)", re.IGNORECASE
    ),
    "en": re.compile(
        r"(?<!\w)(?:(?:few|several) (?=dozen|hundred|thousand|[mb]illion))?"
        r"(tens|dozens?|hundreds?|thousands?|[mb]illions?|trillions)(?!\w)",
        re.IGNORECASE,
    ),
}
VAGUE_NAMES: Final = {
    1: "dozens", 2: "hundreds", 3: "thousands", 6: "millions", 9: "billions", 12: "trillions",
}  # fmt: skip
HALVED: Final = re.compile(r"(?<!\w)(?:deux|2) fois (?:moins|plus petite?s?)(?!\w)", re.IGNORECASE)
LAST_WORD: Final = re.compile(r"([^\W\d_][\w-]*)\s$")
# "une vingtaine", "une bonne dizaine de millions"
ABOUT: Final = re.compile(
    r"(?<!\w)(?:une?|la(?= (?:centaine|dizaine))) (?:bon(?:ne)? |petite? )?"
    rf"({'|'.join(ABOUT_VALUES)})"
    r"(?: de (millions?|milliards?))?(?!\w)",
    re.IGNORECASE,
)
# "both", "tenfold"
IMPLIED: Final = re.compile(
    rf"(?<!\w)(?<!few )(?<!several )(?:({'|'.join(IMPLIED_VALUES)})"
    rf"|({_SMALL_ENGLISH})-?fold)(?!\w)",
    re.IGNORECASE,
)
# "un demi-million", "half a billion"
HALF: Final = re.compile(
    r"(?<!\w)(?:(?:un )?demi[- ](million|milliard)|half[ -]an?[ -](million|billion"
    r"|trillion))(?!\w)",
    re.IGNORECASE,
)
# "one and a half million", "a million and a half"
ENGLISH_AND_A_HALF: Final = re.compile(
    rf"(?<!\w)(\d{{1,3}}|an?|one|{_SMALL_ENGLISH}) "
    r"(?:(million|billion|trillion)s? and a half|and a half (million|billion|trillion))(?!\w)",
    re.IGNORECASE,
)
# "an hour and a half"
HOURS_AND_A_HALF: Final = re.compile(
    rf"(?<!\w)(\d{{1,2}}|an|one|{_SMALL_ENGLISH}) (?:hours? and a half|and a half hours)(?!\w)",
    re.IGNORECASE,
)
AND_A_HALF: Final = re.compile(r"\s+et\sdemie?(?!\w)", re.IGNORECASE)
# The scale behind a number in words.
WORD_SCALE: Final = {
    "fr": re.compile(
        r"\s(milliers?|millions?|milliards?|billions?|trillions?)(?!\w)", re.IGNORECASE
    ),
    "en": re.compile(r"\s(thousand|millions?|billions?|trillions?)(?!\w)", re.IGNORECASE),
}
# A scale with "un" or "a" before it.
ONE_SCALE: Final = {
    "fr": re.compile(r"(?<!\w)un (billion|trillion)(?!\w)", re.IGNORECASE),
    "en": re.compile(
        r"(?<!\w)(?:an?|one) (hundred|thousand|million|billion|trillion)(?!\w|\s(?:and|thousand"
        r"|[mb]illion)\b)",
        re.IGNORECASE,
    ),
}
AFTER_UNIT: Final = {
    "fr": re.compile(rf"{_LINK}({_UNITS['fr']})(?!\w)", re.IGNORECASE),
    "en": re.compile(rf"{_LINK}({_UNITS['en']})(?!\w)", re.IGNORECASE),
}
# Between the two figures of a range.
RANGE: Final = re.compile(r"\s?(?:à|et|ou|to|and|or|-|–)\s?")
# Replaces each character that has been read.
MASK: Final = ";"

# How English names powers of ten.
SCALES: Final = {6: "million", 9: "billion", 12: "trillion"}
POWERS_OF_SCALES: Final = {name: power for power, name in SCALES.items()}
_LAST_DIGITS: Final = re.compile(r"[.,](\d{1,2})$")


def write_number(number: str, power: int, digits: str) -> tuple[str, str]:
    """Returns the English writing of `number` times ten to the `power`, and its scale.

    `number` is a plain decimal. `digits` is the same number as the text writes it, so that "5,0 %"
    and "1.50 €" keep their last zero.
    """
    scale = SCALES.get(power, "")
    if power == 18:
        number, digits, scale = multiply(number, 6), "", "trillion"
    elif not scale:
        number = multiply(number, power)
    whole, point, fraction = number.partition(".")
    written = _LAST_DIGITS.search(digits)
    if written and power != 3 and (not point or len(written.group(1)) > len(fraction)):
        fraction = written.group(1)
    is_grouped = len(whole) > 4 or (len(whole) == 4 and (power == 3 or not digits.isdigit()))
    whole = f"{int(whole):,}" if is_grouped else whole
    return f"{whole}.{fraction}" if fraction else whole, scale


def write_value(value: Decimal) -> tuple[str, str]:
    """Returns the English digits and scale of a value that the text has in words."""
    power = next((power for power in (12, 9, 6) if value >= Decimal(10) ** power), 0)
    number = Decimal(multiply(format(value.normalize(), "f"), -power))
    return f"{number:,}", SCALES.get(power, "")
