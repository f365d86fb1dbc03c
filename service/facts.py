"""Numbers, names, days and quotes: what a summary must not invent.

Numbers are compared by value: "3,5 milliards" = "3.5 billion" = "3 500 000 000", "six ans" = "6 ans".
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Final

from text_to_num import alpha2digit

from service.sentences import sentences


class FactKind(StrEnum):
    """What kind of fact an expression states."""

    NUMBER = "number"
    NAME = "name"
    DAY = "day"
    QUOTE = "quote"


@dataclass(frozen=True)
class Fact:
    """A checkable expression of a text, as it is written there."""

    kind: FactKind
    text: str


_FRENCH_SCALES: Final = {"mille": 3, "millier": 3, "k": 3, "million": 6, "m": 6, "milliard": 9, "md": 9, "mds": 9, "billion": 12}
_ENGLISH_SCALES: Final = {"thousand": 3, "k": 3, "million": 6, "m": 6, "mn": 6, "billion": 9, "bn": 9, "b": 9, "trillion": 12}
_SCALES: Final = {"fr": _FRENCH_SCALES, "en": _ENGLISH_SCALES}
_VERSION: Final = re.compile(r"(?<![\w.,])(?!\d{1,3}(?:\.\d{3})+(?![\w.]))\d+(?:\.\d+){2,}(?![\w])")
_TIME: Final = re.compile(r"(?<!\w)(\d{1,2})\s?h\s?(\d{2})(?!\w)")
_NUMBER: Final = re.compile(
    r"([€$£]\s?)?(?<![\w])(?<![\d][.,])(\d{1,3}(?:[ .,]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)?)"
    r"(?:\s?(milliers?|milliards?|millions?|billions?|trillions?|thousand|mille|mds?|bn|mn|[mk](?=\s?[€$£])|(?(1)[mbk]|(?!)))(?!\w))?",
    re.IGNORECASE,
)
_TOKEN: Final = re.compile(r"[^\W_][\w&+]*(?:[.'’-][^\W_][\w&+]*)*", re.UNICODE)
_ELISION: Final = re.compile(r"^(?:[dlscnjmt]|qu|jusqu|lorsqu|puisqu|quoiqu)['’](?=\w)", re.IGNORECASE)
_QUOTE: Final = re.compile(r"«\s*([^«»]+?)\s*»|“([^“”]+)”|\"([^\"]+)\"")
_SPLIT: Final = re.compile(r"[^\w]+")
MIN_QUOTE_WORDS: Final = 3
WEEK_DAYS: Final = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
DAYS: Final = frozenset(
    (
        *WEEK_DAYS,
        *("hier", "avant-hier", "demain"),
        *("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août"),
        *("septembre", "octobre", "novembre", "décembre"),
    )
)
_AMBIGUOUS_DAYS: Final = frozenset({"mars", "mai"})
# Words that begin a sentence before a name without being part of it.
_OPENERS: Final = frozenset(
    (
        "après avant avec chez contre cette comme dans depuis derrière dès devant entre face grâce lorsque malgré mais "
        "même ni outre par parmi pendant plus pour puis quand quant sans sauf selon seul seule sous suite sur tandis vers "
        "alors ainsi aussi désormais enfin quelques plusieurs certains certaines leur leurs elle elles nous vous que qui "
        "quel quelle"
    ).split()
)


def plain(text: str) -> str:
    """`text` in lower case without accents, with straight apostrophes and single spaces."""
    decomposed = unicodedata.normalize("NFKD", text.replace("’", "'").replace("œ", "oe").replace("Œ", "OE"))
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join(bare.casefold().split())


def _value(digits: str, scale: str | None, language: str) -> str:
    digits = digits.replace(" ", "").replace("\u202f", "").replace("\xa0", "")
    thousands, decimal = (",", ".") if language == "en" else (".", ",")
    if re.fullmatch(rf"\d{{1,3}}(?:{re.escape(thousands)}\d{{3}})+(?:{re.escape(decimal)}\d+)?", digits):
        digits = digits.replace(thousands, "")
    number = Decimal(digits.replace(",", ".") if digits.count(",") + digits.count(".") <= 1 else re.sub(r"[.,]", "", digits))
    if scale:
        name = scale.lower() if scale.lower() in _SCALES[language] else scale.lower().rstrip("s")
        number *= Decimal(10) ** _SCALES[language].get(name, 0)
    return format(number.normalize(), "f")


def numbers(text: str, language: str = "fr") -> dict[str, str]:
    """The numbers of `text`, digits and words, as {value: how it is written}."""
    text = _TIME.sub(r"\1:\2", text.replace("\xa0", " ").replace("\u202f", " "))
    found = {match.group(): match.group() for match in _VERSION.finditer(text)}
    text = _VERSION.sub(" ", text)

    def take(match: re.Match[str]) -> str:
        found.setdefault(_value(match.group(2), match.group(3), language), match.group().strip())
        return " ; "

    in_words = alpha2digit(_NUMBER.sub(take, text), language)
    for match in _NUMBER.finditer(in_words):
        found.setdefault(_value(match.group(2), match.group(3), language), match.group().strip())
    return found


def names(text: str) -> list[str]:
    """The capitalised words and product names of `text`, as written; a sentence's first word only where a name
    plainly begins there (another capitalised word follows, or it holds a digit or a capital further on)."""
    found = []
    for sentence in sentences(text):
        tokens = [(_ELISION.sub("", token.group()), token.start()) for token in _TOKEN.finditer(sentence)]
        for k, (token, start) in enumerate(tokens):
            if not _is_name(token):
                continue
            opens = k == 0 or sentence[:start].rstrip().endswith(("«", ":", "“", '"'))
            follows = k + 1 < len(tokens) and _is_name(tokens[k + 1][0])
            inner = any(character.isupper() or character.isdigit() for character in token[1:])
            if not opens or (follows and len(token) > 3 and token.lower() not in _OPENERS) or (inner and not token.istitle()):
                found.append(token)
    return found


def _is_name(token: str) -> bool:
    if token[0].isdigit():
        return any(character.isupper() for character in token[1:])  # 5G, 3DS
    return (len(token) > 1 and token[0].isupper()) or any(c.isupper() for c in token[1:])


def quotes(text: str) -> list[str]:
    """The quotations of at least MIN_QUOTE_WORDS words."""
    found = ["".join(groups) for groups in _QUOTE.findall(text)]
    return [quote for quote in found if len(quote.split()) >= MIN_QUOTE_WORDS]


def days(text: str) -> list[str]:
    """The week days and months that `text` names ("mars" and "mai" only after a day number)."""
    found = []
    for match in re.finditer(r"(\d\s+|1er\s+)?\b([a-zûé-]+)\b", text.lower()):
        if match.group(2) in DAYS and (match.group(1) or match.group(2) not in _AMBIGUOUS_DAYS):
            found.append(match.group(2))
    return found


class Source:
    """The facts of a French source text, against which a summary is checked."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def words(self) -> frozenset[str]:
        """All words, without case and accents, split at hyphens and apostrophes."""
        return frozenset(_SPLIT.split(plain(self._text)))

    @cached_property
    def _numbers(self) -> frozenset[str]:
        return frozenset(numbers(self._text))

    @cached_property
    def _run(self) -> str:
        return " ".join(_SPLIT.split(plain(self._text)))

    def has_name(self, name: str) -> bool:
        """True if every part of `name` is a word of the source."""
        parts = [part for part in _SPLIT.split(plain(name)) if len(part) > 1 or part.isdigit()]
        return all(part in self.words or part.rstrip("s") in self.words for part in parts)

    def has_number(self, value: str) -> bool:
        """True if the source has a number of this value."""
        return value in self._numbers

    def has_quote(self, quote: str) -> bool:
        """True if the source has these words in this order."""
        return " ".join(_SPLIT.split(plain(quote))).strip() in self._run

    def unsupported(self, text: str) -> tuple[Fact, ...]:
        """What the French `text` states and the source does not contain, in kinds."""
        return (
            *_facts(FactKind.NUMBER, (written for value, written in numbers(text).items() if not self.has_number(value))),
            *_facts(FactKind.NAME, (name for name in names(text) if not self.has_name(name))),
            *_facts(FactKind.DAY, (day for day in days(text) if plain(day) not in self.words)),
            *_facts(FactKind.QUOTE, (quote for quote in quotes(text) if not self.has_quote(quote))),
        )


def _facts(kind: FactKind, texts: Iterable[str]) -> Iterable[Fact]:
    return (Fact(kind, text) for text in dict.fromkeys(texts))
