"""Abbreviations and adjectives of the French press that state a fact, written out: "02/09/2024",
"T2", "2 h 30", "rémois".

Both sides of a translation read them here: the translator is given them written out, and its
English is compared with the sentence as it is written out here. So nothing stands here that only
the translator needs (see `service.english.pre_editing.rewording`).
"""

import re
from collections.abc import Callable
from typing import Final

from service.text.calendar import MONTHS

Replacement = str | Callable[[re.Match[str]], str]

NUMERIC_DATE: Final = re.compile(
    r"(?<![\w/.-])(0?[1-9]|[12]\d|3[01])([/.-])(0?[1-9]|1[0-2])\2((?:19|20)\d{2})(?![\w/-])"
)
_LASTING: Final = (
    r"\b(?:dur(?:é|e|er|era|ait|ent)|pendant|durant|en|dans(?: les)?|sous|tient|tenir|toutes les|"
    r"(?:autonomie|durée|bout|délai|moins|plus|près|panne|interruption) de)"
    r"(?: (?:environ|plus de|moins de|près de))? "
)
_HOURS: Final = r"(?P<hours>\d{1,3}) ?h"
_MINUTES: Final = r" ?(?P<minutes>[0-5]?\d)"
_OF_HOURS: Final = (
    r"(?= (?:d(?:e |')(?:autonomie|lecture|panne|interruption|travail|vidéo|formation|vol|écoute"
    r"|utilisation)"
    r"|par (?:jour|semaine|mois))\b)"
)
_IN_PART: Final = r"(?P<before>\b(?:[Aa]u|[Dd]u|[Ll]e|[Ff]in) )"
# "le T4 de Nvidia" is none.
_NO_CHIP: Final = (
    r"(?= (?:de l'(?:année|exercice)|20\d\d|fiscal|clos)|[.,;:)]|$"
    r"| (?:a|ont|est|sont|par|à|en|grâce|contre|après)\b)"
)
_PARTS_OF_YEAR: Final = {
    "T1": "premier trimestre", "T2": "deuxième trimestre", "T3": "troisième trimestre",
    "T4": "quatrième trimestre", "S1": "premier semestre", "S2": "second semestre",
}  # fmt: skip
# Adjectives of places that a translator makes a name of, or another place ("francilien" came out as
# "Franciscan").
_PLACES: Final = {
    "amiénois": "d'Amiens", "angevin": "d'Angers", "ardéchois": "de l'Ardèche",
    "aurillacois": "d'Aurillac",
    "aveyronnais": "de l'Aveyron", "avignonnais": "d'Avignon", "bayonnais": "de Bayonne",
    "bisontin": "de Besançon",
    "biterrois": "de Béziers", "brestois": "de Brest", "caennais": "de Caen",
    "calaisien": "de Calais",
    "cannois": "de Cannes", "clermontois": "de Clermont-Ferrand", "dijonnais": "de Dijon",
    "dionysien": "de Saint-Denis", "drômois": "de la Drôme", "dunkerquois": "de Dunkerque",
    "finistérien": "du Finistère", "francilien": "d'Île-de-France", "gardois": "du Gard",
    "guyanais": "de Guyane",
    "havrais": "du Havre", "héraultais": "de l'Hérault", "isérois": "de l'Isère",
    "landais": "des Landes",
    "limougeaud": "de Limoges", "lorientais": "de Lorient", "messin": "de Metz",
    "morbihannais": "du Morbihan",
    "mulhousien": "de Mulhouse", "nancéien": "de Nancy", "nazairien": "de Saint-Nazaire",
    "nîmois": "de Nîmes",
    "orléanais": "d'Orléans", "palois": "de Pau", "perpignanais": "de Perpignan",
    "quimpérois": "de Quimper",
    "rochelais": "de La Rochelle", "roubaisien": "de Roubaix", "rouennais": "de Rouen",
    "rémois": "de Reims",
    "stéphanois": "de Saint-Étienne", "toulonnais": "de Toulon", "valenciennois": "de Valenciennes",
    "varois": "du Var", "vendéen": "de Vendée", "versaillais": "de Versailles",
}  # fmt: skip


def with_month_names(french: str) -> str:
    """The French text with its numeric dates in words: "02/09/2024" is the 2nd of September, which
    English reads otherwise."""
    months = list(MONTHS)
    return NUMERIC_DATE.sub(
        lambda date: f"{int(date[1])} {months[int(date[3]) - 1]} {date[4]}", french
    )


def _lasting(found: re.Match[str]) -> str:
    """A length of time in words; what stood before it is kept."""
    groups = found.groupdict()
    hours, minutes = groups["hours"], groups.get("minutes")
    text = f"{groups.get('before') or ''}{hours} heure{'s' * (int(hours) > 1)}"
    return f"{text} et {minutes} minutes" if minutes else text


def _part_of_year(found: re.Match[str]) -> str:
    """A quarter or a half in words, behind what stood before it; "fin T2" has no article."""
    before = found["before"]
    return f"{before}{'du ' * (before.lower() == 'fin ')}{_PARTS_OF_YEAR[found['part']]}"


# In this order.
_NOTATIONS: Final[tuple[tuple[str, Replacement], ...]] = (
    # Lengths of time, which are no times of the day
    (rf"(?P<before>{_LASTING}){_HOURS}(?:{_MINUTES}(?: ?min(?:utes)?)?)?(?!\w)", _lasting),
    (rf"{_HOURS}{_MINUTES} ?min(?:utes)?(?!\w)", _lasting),
    (rf"\b{_HOURS}(?:{_MINUTES})?{_OF_HOURS}", _lasting),
    # Parts of a year
    (r"\b24 ?h(?:/| sur )24\b", "24 heures sur 24"),
    (rf"{_IN_PART}(?P<part>T[1-4]){_NO_CHIP}", _part_of_year),
    (rf"{_IN_PART}(?P<part>S[12])(?= 20\d\d|[.,;]|$)", _part_of_year),
    (r"(?P<before>)\b(?P<part>T[1-4])(?= 20\d\d)", _part_of_year),
    # Sizes and units
    (r"(?<![\w,.])([12]) ?m ?(\d\d)(?!\w)", r"\1,\2 m"),  # how tall somebody is
    (r"\b([Pp]ar) ([GTM])o\b", r"\1 \2B"),
    (r"(?<=[€s])/([GTM])o\b", r"/\1B"),
    # Places
    (
        rf"(?<!\b[LlCc]es )(?<!\b[Ll][ea] )(?<!\b[Uu]ne )(?<!\b[Uu]n )(?<!\b[Dd]es )(?<!\b[Ll]')"
        rf"(?<!\b[Dd]u )(?<!\b[Aa]u )(?<!\b[Cc]e )(?<!\b[Cc]et )\b({'|'.join(_PLACES)})(?:ne"
        rf"|e)?s?\b",
        lambda found: _PLACES[found[1]],
    ),
    (r"\bFrancilien(?:ne)?s\b", "habitants d'Île-de-France"),
    (r"\b([Ll]')?ex-(?=Yougoslavie|URSS|RDA|Union soviétique)", r"\1ancienne "),
    (r"\b([Cc])ité phocéenne\b",
    lambda found: f"{'V' if found[1] == 'C' else 'v'}ille de Marseille"),
    # Offices
    (r"\b([Ll])'ex-PDG\b", r"\1'ancien PDG"),
    (r"\bex-PDG\b", "ancien PDG"),
    (
        r"\b([Mm]aire|[Mm]inistre|[Ss]énat(?:eur|rice)|[Cc]onseill(?:er|ère)|[Éé]lue?"
        r"|[Pp]résidente?)(s?) PS\b",
        r"\1\2 socialiste\2",
    ),
)  # fmt: skip
_COMPILED: Final = tuple((re.compile(pattern), replacement) for pattern, replacement in _NOTATIONS)


def written_out(french: str) -> str:
    """`french`, a sentence with straight apostrophes, with these abbreviations and adjectives in
    words."""
    text = with_month_names(french)
    for pattern, replacement in _COMPILED:
        text = pattern.sub(replacement, text)
    return text
