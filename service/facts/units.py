"""Units of measure in French and in English: what they are called, and how English writes an amount
in them."""

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Unit:
    """`kind` says what it measures: units of different kinds are never mistaken for each other, but
    left out or added.

    `before` is the sign that English puts before a number, `after` what it puts behind it, in the
    plural.
    """

    name: str
    kind: str
    french: str
    english: str
    after: str
    before: str = ""


_TABLE: Final = (
    Unit("%", "share", "%|pour[\\s-]?cent", "%|per\\s?cent", "%"),
    Unit("EUR", "money", "€|euros?|eur", "€|euros?|eur", " euros", "€"),
    Unit(
        "USD",
        "money",
        "dollars?(?:\\saméricains?)?|usd|US\\$|\\$",
        "(?:U\\.?S\\.? )?dollars?|usd|US\\$|\\$",
        " dollars",
        "$",
    ),
    Unit(
        "GBP", "money", "livres?\\ssterling|£|gbp", "pounds(?:\\ssterling)?|£|gbp", " pounds", "£"
    ),
    Unit("JPY", "money", "yens?|¥|jpy", "yens?|¥|jpy", " yen"),
    Unit("CNY", "money", "yuans?|cny", "yuans?|cny", " yuan"),
    Unit("CHF", "money", "francs?\\ssuisses?|chf", "swiss\\sfrancs?|chf", " Swiss francs"),
    Unit("KB", "bytes", "ko|kilo-?octets?", "kb|kilobytes?", " KB"),
    Unit("MB", "bytes", "mo|m[ée]ga-?octets?", "mb|megabytes?", " MB"),
    Unit("GB", "bytes", "go|giga-?octets?", "gb|gigabytes?", " GB"),
    Unit("TB", "bytes", "to|t[ée]ra-?octets?", "tb|terabytes?", " TB"),
    Unit("PB", "bytes", "po|p[ée]ta-?octets?", "pb|petabytes?", " PB"),
    Unit("year", "span", "ans?|années?", "years?", " years"),
    Unit("month", "span", "mois", "months?", " months"),
    Unit("week", "span", "semaines?", "weeks?", " weeks"),
    Unit("day", "span", "jours?", "days?", " days"),
    Unit("hour", "span", "heures?", "hours?", " hours"),
    Unit("minute", "span", "minutes?", "minutes?", " minutes"),
    Unit("second", "span", "secondes?", "seconds?", " seconds"),
    Unit("km", "length", "km|kilom[èe]tres?", "km|kilomet(?:re|er)s?", " km"),
    Unit("m", "length", "m[èe]tres?", "met(?:re|er)s?", " metres"),
    Unit("kg", "mass", "kg|kilogrammes?|kilos?", "kg|kilograms?|kilos?", " kg"),
    Unit("tonne", "mass", "tonnes?", "tonnes?|tons?", " tonnes"),
)
# A change in these loses a fact even where English need not repeat the unit.
STRICT: Final = frozenset({"share", "money", "bytes"})
BY_NAME: Final = {unit.name: unit for unit in _TABLE}
FRENCH_UNITS: Final = "|".join(unit.french for unit in _TABLE)
# "to" and "go" are English words: French byte units are only known in capitals, as French texts
# write them.
_LEFT: Final = r"€|\$|£|¥|(?-i:[KkMGTP]o|[KMGTP]O)(?!-)|d['’]?\s?€"
UNITS: Final = "|".join([_LEFT, *(unit.english for unit in _TABLE)])
_ALL: Final = [
    (re.compile(rf"(?:{unit.english}|{unit.french})\Z", re.IGNORECASE), unit.name)
    for unit in _TABLE
]


def unit_of(written: str) -> str:
    """The name of a unit as either language writes it."""
    bare = re.sub(r"^d['’]?\s?(?=€)", "", written.strip())
    return next((name for pattern, name in _ALL if pattern.match(bare)), "")


def kind_of(name: str) -> str:
    """What a unit measures; empty for no unit."""
    return BY_NAME[name].kind if name else ""
