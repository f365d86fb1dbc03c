"""Puts phrases of time into English before a French sentence is translated: "il y a vingt ans" came out as "last year"."""

import re
from typing import Final

_NUMBERS: Final = {
    "un": "a", "une": "a", "deux": "two", "trois": "three", "quatre": "four", "cinq": "five", "six": "six", "sept": "seven",
    "huit": "eight", "neuf": "nine", "dix": "ten", "onze": "eleven", "douze": "twelve", "treize": "thirteen",
    "quatorze": "fourteen", "quinze": "fifteen", "seize": "sixteen", "vingt": "twenty", "trente": "thirty",
    "quarante": "forty", "cinquante": "fifty", "soixante": "sixty", "quelques": "a few", "plusieurs": "several",
}  # fmt: skip
_UNITS: Final = {
    "an": "year", "ans": "years", "année": "year", "années": "years", "mois": "months", "semaine": "week",
    "semaines": "weeks", "jour": "day", "jours": "days", "heure": "hour", "heures": "hours", "minutes": "minutes",
}  # fmt: skip
_DEGREES: Final = {"près de": "nearly", "presque": "almost", "environ": "about", "plus de": "more than", "moins de": "less than"}
_FRAMES: Final = {"il y a": "{} ago", "depuis": "for {}", "pendant": "for {}"}
_DURATION: Final = re.compile(
    rf"\b(?P<frame>{'|'.join(_FRAMES)}) (?:(?P<degree>{'|'.join(_DEGREES)}) )?(?P<number>\d+|{'|'.join(_NUMBERS)}) "
    rf"(?P<unit>{'|'.join(sorted(_UNITS, key=len, reverse=True))})\b(?! et demie?\b)",
    re.IGNORECASE,
)


def with_english_durations(french: str) -> str:
    """`french` with its "il y a deux ans", "depuis près de 3 mois" in English ("two years ago", "for nearly 3 months")."""
    return _DURATION.sub(_in_english, french)


def _in_english(duration: re.Match[str]) -> str:
    number, unit = duration["number"].lower(), _UNITS[duration["unit"].lower()]
    if number in ("un", "une", "1"):
        unit = unit.removesuffix("s")
    counted = f"{'an' if number in ('un', 'une') and unit == 'hour' else _NUMBERS.get(number, number)} {unit}"
    if duration["degree"]:
        counted = f"{_DEGREES[duration['degree'].lower()]} {counted}"
    english = _FRAMES[duration["frame"].lower()].format(counted)
    return english[0].upper() + english[1:] if duration["frame"][0].isupper() else english
