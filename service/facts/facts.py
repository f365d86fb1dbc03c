"""Numbers, names, days and quotes: what a summary must not invent.

Numbers are compared by value: "3,5 milliards" = "3.5 billion" = "3 500 000 000", "six ans" = "6
ans".
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Final

from text_to_num import alpha2digit

from service.facts.figure_forms import POWERS, VERSION
from service.facts.magnitudes import has_magnitude, magnitudes, powers
from service.facts.peoples import foreign_peoples
from service.facts.split_numbers import fractions, other_fractions, other_times, times
from service.text.calendar import MONTHS, WEEK_DAYS
from service.text.folding import plain, straight
from service.text.sentences import sentences


class FactKind(StrEnum):
    """What kind of fact an expression states."""

    NUMBER = "number"
    NAME = "name"
    DAY = "day"
    QUOTE = "quote"
    UNIT = "unit"
    NEGATION = "negation"
    SPEAKER = "speaker"
    RELATION = "relation"
    TERM = "term"


@dataclass(frozen=True)
class Fact:
    """A checkable expression of a text, as it is written there."""

    kind: FactKind
    text: str


_TIME: Final = re.compile(r"(?<!\w)(\d{1,2})\s?h\s?(\d{2})(?!\w)")
_HALVED: Final = {
    word: str(number)
    for number, word in enumerate("un deux trois quatre cinq six sept huit neuf dix".split(), 1)
}
_AND_A_HALF: Final = re.compile(
    rf"(?<!\w)(\d+|{'|'.join(_HALVED)}) (million|milliard)s? et demi(?!\w)", re.IGNORECASE
)
_NUMBER: Final = re.compile(
    r"([€$£]\s?)?(?<![\w])(?<![\d][.,])(\d{1,3}(?:[ .,]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)?)"
    r"(?:\s?(milliers?|milliards?|millions?|billions?|trillions?|mille|mds?|[mk](?=\s?[€$£])"
    r"|(?(1)[mbk]|(?!)))(?!\w))?",
    re.IGNORECASE,
)
_TOKEN: Final = re.compile(r"[^\W_][\w&+]*(?:[.'’-][^\W_][\w&+]*)*", re.UNICODE)
_ELISION: Final = re.compile(
    r"^(?:[dlscnjmt]|qu|jusqu|lorsqu|puisqu|quoiqu)['’](?=\w)", re.IGNORECASE
)
QUOTATION: Final = re.compile(r"«\s*([^«»]+?)\s*»|“([^“”]+)”|\"([^\"]+)\"")
_SPLIT: Final = re.compile(r"[^\w]+")
_CAPITALISED: Final = re.compile(r"\b[A-ZÀ-Ý][\w-]{2,}")
MIN_QUOTE_WORDS: Final = 3
FORM: Final = 6  # letters that two forms of a word share
MIN_FORM: Final = 4
# characters in which the mark is looked for that opens a quotation; white space stands between
BEFORE_WORD: Final = 20
MARK: Final = 0xE000  # first of Unicode's private characters
DAYS: Final = frozenset((*WEEK_DAYS, "hier", "avant-hier", "demain", *MONTHS))
_AMBIGUOUS_DAYS: Final = frozenset({"mars", "mai"})
# Words that begin a sentence before a name without being part of it.
_OPENERS: Final = frozenset(
    (
        "après avant avec chez contre cette comme dans depuis derrière dès devant entre face grâce "
        "lorsque malgré mais "
        "même ni outre par parmi pendant plus pour puis quand quant sans sauf selon seul seule "
        "sous suite sur tandis vers "
        "alors ainsi aussi désormais enfin quelques plusieurs certains certaines leur leurs elle "
        "elles nous vous que qui "
        "quel quelle"
    ).split()
)

# How French sentences begin where no name does: the commonest first words of 9,000 articles, less
# names.
FIRST_WORDS: Final = frozenset(
    (
        "le la l les il en une un mais je ce dans a selon pour on des et elle nous cette si ils "
        "apres au ces alors "
        "depuis de sur comme son avec cela quand deux plus plusieurs tout ca parmi par sa face "
        "certains meme lors vous "
        "aujourd ainsi tous cet trois enfin pas elles malgre sans quelques ses du vendredi car "
        "entre mardi dimanche "
        "lundi moi pres jeudi leur puis celle samedi beaucoup quatre outre celui notre mon aucun "
        "sous ne pourquoi "
        "mercredi chaque donc que est bien aucune aux fin qui cote toujours autre vers quelque "
        "rien tres non cinq ceux "
        "ou toutes debut peu deja environ personne voila six toutefois peut dix ma seuls nos oui "
        "grace parce toute "
        "certaines reste neanmoins lui sauf tu quel afin seul desormais se lorsque age ensuite "
        "chez moins photo ici "
        "resultat huit y jamais suite objectif sont seules seule chacun consequence leurs surtout "
        "quelle derriere soit "
        "probleme sept parfois mes mis ni sondage vingt encore neuf contre aussi etre place juste "
        "plutot reponse fait "
        "ancien ensemble sinon me hier signe loin onze celles difficile mi attention bonne "
        "soixante present trente "
        "premiere premier premiers premieres certes trop retour quelles quoi deuxieme dernier pire "
        "marge grand faute "
        "treize quinze souvent tandis nombre membre presente quatorze coup originaire fort "
        "impossible ceci nouveau "
        "jusque tel telle tels telles vu pris mieux hors figure combien bon demain longtemps nul "
        "nulle insolite aupres "
        "victime joint quels eux autres quarante cinquante cent mille ailleurs nouvelle votre vos "
        "hormis dont seront "
        "avait etait presque bientot douze seize quelqu petite petit vive nombreux nombreuses "
        "principal principale "
        "proche proches bref autour idem solidarite grosse gros mauvaise aussitot triste faux "
        "chacune troisieme grande "
        "certain certaine scandale ami amis dedans davantage partout tant tantot quiconque lequel "
        "laquelle lesquels "
        "lesquelles ci tiers soucieux soucieuse desireux desireuse sensible sensibles favorable "
        "hostile fidele fier fiere "
        "recu recue "
        "moitie interdit inquiets inquiete absent absente conscient consciente connu connue "
        "inconnu devenu devenue parti "
        "partie venu venue surpris surprise soutenu soutenue vetu vetue nee mort morte detenu "
        "condamne soumis soumise "
        "reunis reunies prevu prevue attendu attendue conclu conclue elu elue atteint atteinte "
        "construit construite "
        "interpelle assis assise mise mises remis remise sorti sortie paru parue issu issue battu "
        "battue touche "
        "contraint contrainte "
    ).split()
)
_PARTICIPLES: Final = ("ment", "ant", "ants", "ante", "antes", "é", "és", "ée", "ées")
_OPENING: Final = re.compile(
    r"(?:^|[«“\"]\s*)(?:[DdLlNnJjCcSs]['’]|[Qq]u['’])?([A-ZÀ-Ý][a-zà-ÿœ]+)(?=,|\s+[a-zà-ÿ])"
)


def value_of(digits: str, scale: str | None) -> str:
    """The French number in digits, `scale` (a word or letter like "milliards") counted, as a plain
    decimal."""
    power = POWERS["fr"].get((scale or "").lower().removesuffix("s"), 0)
    return format((Decimal(decimal_of(digits, "fr")) * Decimal(10) ** power).normalize(), "f")


def decimal_of(digits: str, language: str) -> str:
    """A number in digits of a French or English text as a plain decimal: the two write point and
    comma otherwise."""
    digits = digits.replace(" ", "").replace("\u202f", "").replace("\xa0", "")
    thousands, decimal = (",", ".") if language == "en" else (".", ",")
    if re.fullmatch(
        rf"\d{{1,3}}(?:{re.escape(thousands)}\d{{3}})+(?:{re.escape(decimal)}\d+)?", digits
    ):
        digits = digits.replace(thousands, "")
    number = Decimal(
        digits.replace(",", ".")
        if digits.count(",") + digits.count(".") <= 1
        else re.sub(r"[.,]", "", digits)
    )
    return format(number.normalize(), "f")


def numbers(text: str) -> dict[str, str]:
    """The numbers of the French `text`, digits and words, as {value: how it is written}."""
    found: dict[str, str] = {}

    def take(value: str, written: str) -> str:
        found.setdefault(value, written)
        return " ; "

    _with_numbers_as(take, text)
    return found


def marked_numbers(text: str) -> tuple[str, list[tuple[str, str]]]:
    """The French `text` with its numbers replaced by the characters MARK, MARK + 1…, and (value,
    writing) of each."""
    found: list[tuple[str, str]] = []

    def mark(value: str, written: str) -> str:
        found.append((value, written))
        return f" {chr(MARK + len(found) - 1)} "

    return _with_numbers_as(mark, text), found


def _with_numbers_as(put: Callable[[str, str], str], text: str) -> str:
    """The French `text` with what `put` makes of the value and the writing of each of its numbers
    in their places."""

    def replaced(match: re.Match[str]) -> str:
        return put(value_of(match.group(2), match.group(3)), match.group().strip())

    text = VERSION.sub(lambda match: put(match.group(), match.group()), _one_by_one(text))
    return _NUMBER.sub(replaced, alpha2digit(_NUMBER.sub(replaced, text), "fr"))


def _one_by_one(text: str) -> str:
    """`text` in common signs; numbers in which the readers would see others are rewritten: "11h30",
    "un million et demi"."""
    text = _TIME.sub(r"\1:\2", straight(text))
    return _AND_A_HALF.sub(
        lambda found: f"{_HALVED.get(found[1].lower(), found[1])},5 {found[2]}s", text
    )


def names(text: str) -> list[str]:
    """The capitalised words and product names of `text`, as written; a sentence's first word only
    where a name plainly begins there (another capitalised word follows, or it holds a digit or a
    capital further on)."""
    found = []
    for sentence in sentences(text):
        tokens = [
            (_ELISION.sub("", token.group()), token.start()) for token in _TOKEN.finditer(sentence)
        ]
        for k, (token, start) in enumerate(tokens):
            if not _is_name(token):
                continue
            opens = k == 0 or sentence[max(0, start - BEFORE_WORD) : start].rstrip().endswith(
                ("«", ":", "“", '"')
            )
            follows = k + 1 < len(tokens) and _is_name(tokens[k + 1][0])
            inner = any(character.isupper() or character.isdigit() for character in token[1:])
            if (
                not opens
                or (follows and len(token) > 3 and token.lower() not in _OPENERS)
                or (inner and not token.istitle())
            ):
                found.append(token)
    return found


def openings(text: str) -> list[str]:
    """The words with a capital that begin a sentence or a quotation and are no words that French
    sentences begin with: a name alone ("Tourcoing a…"), if the source does not have them."""
    found = []
    for sentence in sentences(text):
        for match in _OPENING.finditer(sentence):
            word = plain(match.group(1))
            if (
                len(word) > 2
                and word not in FIRST_WORDS
                and not match.group(1).lower().endswith(_PARTICIPLES)
            ):
                found.append(match.group(1))
    return found


def _is_name(token: str) -> bool:
    if token[0].isdigit():
        return any(character.isupper() for character in token[1:])  # 5G, 3DS
    return (len(token) > 1 and token[0].isupper()) or any(c.isupper() for c in token[1:])


def quotes(text: str) -> list[str]:
    """The quotations of at least MIN_QUOTE_WORDS words."""
    found = ["".join(groups) for groups in QUOTATION.findall(text)]
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
        self.text = text

    @cached_property
    def words(self) -> frozenset[str]:
        """All words, without case and accents, split at hyphens and apostrophes."""
        return frozenset(_SPLIT.split(plain(self.text)))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Its names, as written."""
        return tuple(names(self.text))

    @cached_property
    def _numbers(self) -> frozenset[str]:
        return frozenset(numbers(self.text))

    @cached_property
    def _magnitudes(self) -> frozenset[int]:
        return powers(self._numbers) | magnitudes(self.text).keys()

    @cached_property
    def _times(self) -> dict[str, str]:
        return times(self.text)

    @cached_property
    def _fractions(self) -> dict[str, str]:
        return fractions(self.text)

    @cached_property
    def _run(self) -> str:
        return " ".join(_SPLIT.split(plain(self.text)))

    @cached_property
    def _capitalised(self) -> dict[str, str]:
        """Its capitalised words as written first, by their plain form."""
        return {plain(word): word for word in reversed(_CAPITALISED.findall(self.text))}

    def spelt(self, text: str) -> str:
        """`text` with capitalised words written as the source writes them, where they differ in
        accents only ("Etats-Unis"): what an editor looks for is there, and a name is the
        article's."""

        def written(word: re.Match[str]) -> str:
            return (
                word[0] if word[0] in self.text else self._capitalised.get(plain(word[0]), word[0])
            )

        return _CAPITALISED.sub(written, text)

    def has_name(self, name: str) -> bool:
        """True if every part of `name` is a word of the source."""
        parts = [part for part in _SPLIT.split(plain(name)) if len(part) > 1 or part.isdigit()]
        return all(part in self.words or part.rstrip("s") in self.words for part in parts)

    def _names(self, text: str) -> list[str]:
        return names(text) + [word for word in openings(text) if not self._has_form(word)]

    def _has_form(self, word: str) -> bool:
        """True if the source has a word that begins with the same letters ("Interrogé" for
        "interroge")."""
        beginning = plain(word)[:FORM]
        return (
            any(other.startswith(beginning) for other in self.words)
            if len(beginning) >= MIN_FORM
            else False
        )

    def _foreign_magnitudes(self, text: str) -> list[str]:
        return [
            written
            for power, written in magnitudes(text).items()
            if not has_magnitude(power, self._magnitudes)
        ]

    def has_number(self, value: str) -> bool:
        """True if the source has a number of this value."""
        return value in self._numbers

    def has_quote(self, quote: str) -> bool:
        """True if the source has these words in this order."""
        return " ".join(_SPLIT.split(plain(quote))).strip() in self._run

    def has(self, fact: Fact) -> bool:
        """True if the source has this number, name, day or quotation."""
        if fact.kind is FactKind.NUMBER:
            return not self._foreign_magnitudes(fact.text) and all(
                self.has_number(value) for value in numbers(fact.text)
            )
        if fact.kind is FactKind.NAME:
            return self.has_name(fact.text)
        return (
            plain(fact.text) in self.words
            if fact.kind is FactKind.DAY
            else self.has_quote(fact.text)
        )

    def unsupported(self, text: str) -> tuple[Fact, ...]:
        """What the French `text` states and the source does not contain, in kinds."""
        return (
            *_facts(
                FactKind.NUMBER,
                (written for value, written in numbers(text).items() if not self.has_number(value)),
            ),
            *_facts(FactKind.NUMBER, self._foreign_magnitudes(text)),
            *_facts(FactKind.NUMBER, other_times(times(text), self._times)),
            *_facts(FactKind.NUMBER, other_fractions(fractions(text), self._fractions)),
            *_facts(FactKind.NAME, (name for name in self._names(text) if not self.has_name(name))),
            *_facts(FactKind.NAME, foreign_peoples(text, self.words)),
            *_facts(FactKind.DAY, (day for day in days(text) if plain(day) not in self.words)),
            *_facts(FactKind.QUOTE, (quote for quote in quotes(text) if not self.has_quote(quote))),
        )


def _facts(kind: FactKind, texts: Iterable[str]) -> Iterable[Fact]:
    return (Fact(kind, text) for text in dict.fromkeys(texts))
