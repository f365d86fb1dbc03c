"""How French and English write figures: the patterns and tables that `service.facts.figures` reads
with."""

import re
from typing import Final

from service.facts.units import FRENCH_UNITS, UNITS

SPACE: Final = re.compile(r"[\u00a0\u2007\u2009\u202f]")
# Groups of three digits have one sign between them all: "12,000 300 mm wafers" are two numbers. No
# such groups are telephone numbers ("0 805 805 817") and numbers of products ("iPhone 16 128 Go",
# "Core Ultra 9 285K").
_GROUPS: Final = (
    r"(?<!\b0 )(?<!\b0 \d\d\d )(?<!\b0\d\d\d )[1-9]\d{0,2}(?P<sign>[ .,'’])(?!(?:128|256|512) "
    r"?[GT][oOB]\b)\d{3}"
    r"(?:(?P=sign)\d{3})*(?!\d|(?-i:[HUXFSTV]|K(?![o€$£]))(?!\w))(?:[.,]\d+)?|\d+(?:[.,]\d+)?"
)
_FRENCH_SCALE: Final = (
    r"milliers?|mille(?! (?:nautique|marin))|millions?|milliards?|billions?|trillions?|mds?"
)
_ENGLISH_SCALE: Final = (
    r"thousand|millions?|billions?|trillions?|bn|mn|milliers?|mille|milliards?|mds?"
)
# M and k before money, and before what is counted ("10 M de vues", "500k utilisateurs").
_BEFORE_MONEY: Final = r"[mk](?=\s?(?:[€$£]|euros|dollars|d['’]euros|de\sdollars))|(?-i:M)(?=\s(?:de\s|d['’])[a-zà-ÿ])|(?-i:[kM])(?=\s[a-zà-ÿ]{4,})"
_LINK: Final = r"(?:[\s-]?d['’]\s?|\s?de\s|[\s-])?"  # between a number and its unit
# Powers of ten. French "billion" is 10^12, "trillion" 10^18.
POWERS: Final = {
    "fr": {"mille": 3, "millier": 3, "k": 3, "million": 6, "m": 6, "milliard": 9, "md": 9,
    "billion": 12, "trillion": 18},
    "en": {
        "hundred": 2, "thousand": 3, "k": 3, "million": 6, "m": 6, "mn": 6, "billion": 9, "bn": 9,
        "b": 9, "trillion": 12,
        "mille": 3, "millier": 3, "milliard": 9, "md": 9,
    },
}  # fmt: skip
ENGLISH_NAMES: Final = {6: "million", 9: "billion", 12: "trillion"}
ENGLISH_POWERS: Final = {name: power for power, name in ENGLISH_NAMES.items()}
FRENCH_ONLY: Final = frozenset({"mille", "millier", "milliard", "md"})


def _amount(language: str) -> re.Pattern[str]:
    scale = _FRENCH_SCALE if language == "fr" else _ENGLISH_SCALE
    return re.compile(
        rf"(?P<before>(?:US)?[$€£¥]\s?)?(?<!\w)(?<!\d[.,])(?P<number>{_GROUPS})"
        rf"(?:[\s-]?(?P<scale>{scale}|{_BEFORE_MONEY}|(?(before)[mbk]|(?!)))(?!\w))?"
        rf"(?P<half>\s+et\sdemie?(?!\w))?(?:{_LINK}(?P<unit>{FRENCH_UNITS if language == 'fr' else UNITS})(?!\w))?",
        re.IGNORECASE,
    )


AMOUNTS: Final = {language: _amount(language) for language in ("fr", "en")}
VERSION: Final = re.compile(r"(?<![\w.,])(?!\d{1,3}(?:\.\d{3})+(?![\w.]))\d+(?:\.\d+){2,}(?!\w)")
FRENCH_TIME: Final = re.compile(
    r"(?<![\w:.,])([01]?\d|2[0-4])(?:\s?[hH](?:(?:eures?)?\s?([0-5]\d)(?!\s?%))?"
    r"|:([0-5]\d))(?![\w:])"
)
ENGLISH_TIME: Final = re.compile(
    r"(?<![\w:.,])([01]?\d|2[0-4])(?:[:h.]\s?([0-5]\d))?\s?(?:(a|p)\.?m\b\.?)|(?<![\w:.,])([01]?\d"
    r"|2[0-4]):([0-5]\d)(?![\w:])",
    re.IGNORECASE,
)
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
    r"(?<![\w.,])(?:(\d+)\s?(?:(?:(?<=1)|(?<=1\s))ers?|[èe]res?|res?|[èe]mes?|es?|ndes?|ᵉʳ|ᵉ)"
    # "3 e-mails" are no third ones
    r"|((?=[IVX])X{0,3}(?:IX|IV|V?I{0,3}))(?:e|ème))(?!\w)(?!-[a-z])"
)
ENGLISH_ORDINAL: Final = re.compile(r"(?<![\w.,])(\d+)(?:st|nd|rd|th)(?!\w)", re.IGNORECASE)
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
VAGUE_POWERS: Final = {
    "dizaine": 1, "ten": 1, "dozen": 1, "centaine": 2, "hundred": 2, "millier": 3, "thousand": 3,
}  # fmt: skip
VAGUE_NAMES: Final = {
    1: "dozens",
    2: "hundreds",
    3: "thousands",
    6: "millions",
    9: "billions",
    12: "trillions",
}
HALVED: Final = re.compile(r"(?<!\w)(?:deux|2) fois (?:moins|plus petite?s?)(?!\w)", re.IGNORECASE)
LAST_WORD: Final = re.compile(r"([^\W\d_][\w-]*)\s$")
ROUND: Final = {
    "dizaine": 10, "douzaine": 12, "quinzaine": 15, "vingtaine": 20, "trentaine": 30,
    "quarantaine": 40,
    "cinquantaine": 50, "soixantaine": 60, "centaine": 100, "millier": 1000,
}  # fmt: skip
ABOUT: Final = re.compile(
    rf"(?<!\w)(?:une?|la(?= (?:centaine|dizaine))) (?:bon(?:ne)? |petite? )?({'|'.join(ROUND)})"
    r"(?: de (millions?|milliards?))?(?!\w)",
    re.IGNORECASE,
)
# Words with a number in them.
IMPLIED_VALUES: Final = {"both": 2, "twice": 2, "pair": 2, "couple": 2, "dozen": 12, "decade": 10}
FOLD: Final = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11,
    "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "hundred": 100, "thousand": 1000,
}  # fmt: skip
IMPLIED: Final = re.compile(
    rf"(?<!\w)(?<!few )(?<!several )(?:({'|'.join(IMPLIED_VALUES)})"
    rf"|({'|'.join(FOLD)})-?fold)(?!\w)",
    re.IGNORECASE,
)
HALF: Final = re.compile(
    r"(?<!\w)(?:(?:un )?demi[- ](million|milliard)|half[ -]an?[ -](million|billion"
    r"|trillion))(?!\w)",
    re.IGNORECASE,
)
# "one and a half million", "a million and a half"
ENGLISH_AND_A_HALF: Final = re.compile(
    rf"(?<!\w)(\d{{1,3}}|an?|one|{'|'.join(FOLD)}) "
    r"(?:(million|billion|trillion)s? and a half|and a half (million|billion|trillion))(?!\w)",
    re.IGNORECASE,
)
HOURS_AND_A_HALF: Final = re.compile(
    rf"(?<!\w)(\d{{1,2}}|an|one|{'|'.join(FOLD)}) (?:hours? and a half|and a half hours)(?!\w)",
    re.IGNORECASE,
)
AND_A_HALF: Final = re.compile(r"\s+et\sdemie?(?!\w)", re.IGNORECASE)
WORD_SCALE: Final = {
    "fr": re.compile(
        r"\s(milliers?|millions?|milliards?|billions?|trillions?)(?!\w)", re.IGNORECASE
    ),
    "en": re.compile(r"\s(thousand|millions?|billions?|trillions?)(?!\w)", re.IGNORECASE),
}
ONE_SCALE: Final = {
    "fr": re.compile(r"(?<!\w)un (billion|trillion)(?!\w)", re.IGNORECASE),
    "en": re.compile(
        r"(?<!\w)(?:an?|one) (hundred|thousand|million|billion|trillion)(?!\w|\s(?:and|thousand"
        r"|[mb]illion)\b)",
        re.IGNORECASE,
    ),
}
AFTER_UNIT: Final = {
    "fr": re.compile(rf"{_LINK}({FRENCH_UNITS})(?!\w)", re.IGNORECASE),
    "en": re.compile(rf"{_LINK}({UNITS})(?!\w)", re.IGNORECASE),
}
PIECE: Final = re.compile(r"\w+|\s+|[^\w\s]")
RANGE: Final = re.compile(r"\s?(?:à|et|ou|to|and|or|-|–)\s?")
ROMAN: Final = {"I": 1, "V": 5, "X": 10}
MASK: Final = ";"
