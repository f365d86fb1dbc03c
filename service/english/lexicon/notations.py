"""Writes out notations of the French press: "02/09/2024", "T2", "2 h 30", "rémois".

Notations state facts, so both sides of the translator use the sentence with its notations written
out: the translator is given it, and the English is compared with it.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final

from service.text.calendar import MONTHS
from service.text.tables import table

Replacement = str | Callable[[re.Match[str]], str]

_NUMERIC_DATE: Final = re.compile(
    r"(?<![\w/.-])(0?[1-9]|[12]\d|3[01])([/.-])(0?[1-9]|1[0-2])\2((?:19|20)\d{2})(?![\w/-])"
)
# What stands before a length of time.
_LASTING: Final = (
    r"\b(?:dur(?:é|e|er|era|ait|ent)|pendant|durant|en|dans(?: les)?|sous|tient|tenir|toutes les|"
    r"(?:autonomie|durée|bout|délai|moins|plus|près|panne|interruption) de)"
    r"(?: (?:environ|plus de|moins de|près de))? "
)
_HOURS: Final = r"(?P<hours>\d{1,3}) ?h"
_MINUTES: Final = r" ?(?P<minutes>[0-5]?\d)"
# What stands behind a length of time.
_OF_HOURS: Final = (
    r"(?= (?:d(?:e |')(?:autonomie|lecture|panne|interruption|travail|vidéo|formation|vol|écoute"
    r"|utilisation)|par (?:jour|semaine|mois))\b)"
)
_IN_PART: Final = r"(?P<before>\b(?:[Aa]u|[Dd]u|[Ll]e|[Ff]in) )"
# What stands behind a quarter: "le T4 de Nvidia" is a chip.
_NO_CHIP: Final = (
    r"(?= (?:de l'(?:année|exercice)|20\d\d|fiscal|clos)|[.,;:)]|$"
    r"| (?:a|ont|est|sont|par|à|en|grâce|contre|après)\b)"
)
_PARTS_OF_YEAR: Final = {
    "T1": "premier trimestre", "T2": "deuxième trimestre", "T3": "troisième trimestre",
    "T4": "quatrième trimestre", "S1": "premier semestre", "S2": "second semestre",
}  # fmt: skip
_TABLES: Final = table(__package__, "notations")
_ADJECTIVES_OF_PLACES: Final[Mapping[str, str]] = _TABLES["adjectives_of_places"]
# Behind an article an adjective is a noun: "les Brestois".
_NO_ARTICLE: Final = (
    r"(?<!\b[LlCc]es )(?<!\b[Ll][ea] )(?<!\b[Uu]ne )(?<!\b[Uu]n )(?<!\b[Dd]es )(?<!\b[Ll]')"
    r"(?<!\b[Dd]u )(?<!\b[Aa]u )(?<!\b[Cc]e )(?<!\b[Cc]et )"
)


def with_month_names(french: str) -> str:
    """Returns the French text with its numeric dates in words.

    In English, "02/09/2024" may be the 9th of February; in French it is the 2nd of September.
    """
    months = list(MONTHS)
    return _NUMERIC_DATE.sub(
        lambda date: f"{int(date[1])} {months[int(date[3]) - 1]} {date[4]}", french
    )


def _write_out_duration(match: re.Match[str]) -> str:
    """A length of time in words, behind what stood before it."""
    groups = match.groupdict()
    hours, minutes = groups["hours"], groups.get("minutes")
    unit = "heures" if int(hours) > 1 else "heure"
    duration = f"{groups.get('before') or ''}{hours} {unit}"
    return f"{duration} et {minutes} minutes" if minutes else duration


def _write_out_part_of_year(match: re.Match[str]) -> str:
    """A quarter or a half in words, behind what stood before it; "fin T2" has no article."""
    before = match["before"]
    article = "du " if before.lower() == "fin " else ""
    return f"{before}{article}{_PARTS_OF_YEAR[match['part']]}"


def _write_out_marseille(match: re.Match[str]) -> str:
    return "Ville de Marseille" if match[1] == "C" else "ville de Marseille"


# Applied in this order.
_NOTATIONS: Final[tuple[tuple[str, Replacement], ...]] = (
    # Lengths of time, which are no times of the day
    (
        rf"(?P<before>{_LASTING}){_HOURS}(?:{_MINUTES}(?: ?min(?:utes)?)?)?(?!\w)",
        _write_out_duration,
    ),
    (rf"{_HOURS}{_MINUTES} ?min(?:utes)?(?!\w)", _write_out_duration),
    (rf"\b{_HOURS}(?:{_MINUTES})?{_OF_HOURS}", _write_out_duration),
    # Parts of a year
    (r"\b24 ?h(?:/| sur )24\b", "24 heures sur 24"),
    (rf"{_IN_PART}(?P<part>T[1-4]){_NO_CHIP}", _write_out_part_of_year),
    (rf"{_IN_PART}(?P<part>S[12])(?= 20\d\d|[.,;]|$)", _write_out_part_of_year),
    (r"(?P<before>)\b(?P<part>T[1-4])(?= 20\d\d)", _write_out_part_of_year),
    # Sizes and units
    (r"(?<![\w,.])([12]) ?m ?(\d\d)(?!\w)", r"\1,\2 m"),  # how tall somebody is
    (r"\b([Pp]ar) ([GTM])o\b", r"\1 \2B"),
    (r"(?<=[€s])/([GTM])o\b", r"/\1B"),
    # Places
    (
        rf"{_NO_ARTICLE}\b({'|'.join(_ADJECTIVES_OF_PLACES)})(?:ne|e)?s?\b",
        lambda adjective: _ADJECTIVES_OF_PLACES[adjective[1]],
    ),
    (r"\bFrancilien(?:ne)?s\b", "habitants d'Île-de-France"),
    (r"\b([Ll]')?ex-(?=Yougoslavie|URSS|RDA|Union soviétique)", r"\1ancienne "),
    (r"\b([Cc])ité phocéenne\b", _write_out_marseille),
    # Offices
    (r"\b([Ll])'ex-PDG\b", r"\1'ancien PDG"),
    (r"\bex-PDG\b", "ancien PDG"),
    (
        r"\b([Mm]aire|[Mm]inistre|[Ss]énat(?:eur|rice)|[Cc]onseill(?:er|ère)|[Éé]lue?"
        r"|[Pp]résidente?)(s?) PS\b",
        r"\1\2 socialiste\2",
    ),
)
_COMPILED: Final = tuple((re.compile(pattern), replacement) for pattern, replacement in _NOTATIONS)


def write_out(french: str) -> str:
    """`french`, a sentence with straight apostrophes, with its notations in words."""
    text = with_month_names(french)
    for pattern, replacement in _COMPILED:
        text = pattern.sub(replacement, text)
    return text
