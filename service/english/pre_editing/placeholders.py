"""Names that stay as they are in English, hidden from the translator: it would translate a part of
them ("Values Actuelles").

A made-up name stands in the sentence for each, since a translator copies names that it does not
know, and the name is put back into what it writes. These are the names that a glossary has as
`kept`, newspapers and programmes mostly, and titles in quotation marks: of what the sentence says
to be a film, a book or the like, and others with a capital behind a preposition, where no speech
begins. A term of the glossary ("Gilets jaunes") is no title. Source of the idea: Crego et al.,
"SYSTRAN's Pure Neural Machine Translation Systems", 2016 (arXiv:1610.05540).
"""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Final, NamedTuple, Self

from service.english.lexicon.glossary import Term

# Made up: words of neither language.
STAND_INS: Final = ("Kervalin", "Tormanel", "Valdoreau", "Brunquet")
_WORK: Final = (
    "album|appli|application|association|ballet|bande "
    "dessinée|BD|biographie|chanson|clip|collectif|comédie|conte|documentaire"
    "|dessin animé|émission|essai|feuilleton|film|jeu|jeu vidéo|journal|livre|long[- "
    "]métrage|magazine|manga|opéra|ouvrage|pièce"
    "|podcast|programme|revue|roman|saga|série|single|spectacle|téléfilm|thriller|titre|tube"
)
_BETWEEN: Final = (
    r"(?: (?!(?:est|était|sera|fut|a|avait|ont|sont)\b)[\w'’-]+){0,3},?"  # a work and its title
)
_OPEN, _CLOSE = r"(?:[«“]\s?|\")", r"(?:\s?[»”]|\")"
_TITLE: Final = re.compile(
    rf"(?<![\w-])(?:{_WORK})s?{_BETWEEN} {_OPEN}([A-ZÀ-Ý0-9][^«»“”\"!?.]{{2,60}}?){_CLOSE}"
)
_BEFORE: Final = (
    "à|avec|baptisée?s?|chez|dans|de|des|du|intitulée?s?|selon|sur"  # a title, if it has a capital
)
_NO_DATE: Final = "(?!(?:Lundi|Mardi|Mercredi|Jeudi|Vendredi|Samedi|Dimanche) \\d)"
_NAMED: Final = re.compile(
    rf"(?<![\w-])(?:{_BEFORE}) {_OPEN}{_NO_DATE}([A-ZÀ-Ý][^«»“”\"!?.:;]{{2,45}}?){_CLOSE}"
)
_ARTICLE: Final = re.compile(r"(L[ae]s?|au|aux|du|des) |L['’]", re.IGNORECASE)
_CONTRACTED: Final = {"au": "à ", "aux": "à ", "du": "de ", "des": "de "}


class Hidden(NamedTuple):
    """A French sentence with stand-ins, and the name that each of them stands for."""

    text: str
    names: Mapping[str, str]

    @classmethod
    def of(cls, french: str, terms: Collection[Term]) -> Self:
        """`french` without the names of those of its `terms` that are kept, and without titles; the
        first four names of it."""
        kept, others = (
            [term for term in terms if term.kept],
            [term for term in terms if not term.kept],
        )
        places = [
            (*found.span(), *_name(found.group(), term))
            for term in kept
            for found in term.in_french.finditer(french)
        ]
        titles = (found for pattern in (_TITLE, _NAMED) for found in pattern.finditer(french))
        places += [
            (*found.span(1), "", found.group(1))
            for found in titles
            if not _is_term(found.group(1), others)
        ]
        text, end, standing = "", 0, dict[str, str]()
        for start, stop, preposition, name in sorted(places):
            if start < end or (name not in standing and len(standing) == len(STAND_INS)):
                continue
            if name not in standing:
                standing[name] = STAND_INS[len(standing)]
            text, end = text + french[end:start] + preposition + standing[name], stop
        return cls(text + french[end:], {stand_in: name for name, stand_in in standing.items()})

    def shown(self, english: str) -> str:
        """A translation of the sentence with the names in their places; a name with an article of
        its own needs no other."""
        for stand_in, name in self.names.items():
            article = r"(?:\b[Tt]he )?" if re.match(r"L[ae]s? |L['’]", name) else ""
            english = re.sub(
                rf"{article}(?<!\w){stand_in}(?!\w)", name.replace("\\", r"\\"), english
            )
        return english

    def without(self, english: str) -> str:
        """`english` with the stand-ins again: its own words."""
        for stand_in, name in self.names.items():
            english = english.replace(name, stand_in)
        return english


def _is_term(title: str, terms: Iterable[Term]) -> bool:
    return any(term.in_french.fullmatch(title) for term in terms)


def _name(written: str, term: Term) -> tuple[str, str]:
    """The preposition that is contracted with the article of a kept name, and the name, spelt as in
    the sentence behind its article."""
    article, own = _ARTICLE.match(written), _ARTICLE.match(term.english)
    if own is None or article is None:
        return "", written
    return _CONTRACTED.get(article.group().strip().lower(), ""), own.group() + written[
        article.end() :
    ]
