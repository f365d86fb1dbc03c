"""Placeholders for names that English keeps.

The translator would translate a part of them ("Values Actuelles"). Each placeholder is a made-up
name, since a translator copies names that it does not know. The real name is put back into the
English. Such names are the glossary's `kept` terms, mostly newspapers and programmes, and titles in
quotation marks. A title stands behind a word for a work, like "film", or has a capital behind a
preposition. A term of the glossary ("Gilets jaunes") is no title.

Source of the idea: Crego et al., "SYSTRAN's Pure Neural Machine Translation Systems", 2016
(arXiv:1610.05540).
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final, NamedTuple, Self

from service.english.lexicon.glossary import Term
from service.text.tables import table

# Made up: words of neither language.
PLACEHOLDERS: Final = ("Kervalin", "Tormanel", "Valdoreau", "Brunquet")
_WORKS: Final = "|".join(table(__package__, "placeholders")["works"])
# What may stand between the word for a work and its title.
_BETWEEN: Final = r"(?: (?!(?:est|était|sera|fut|a|avait|ont|sont)\b)[\w'’-]+){0,3},?"
_OPEN, _CLOSE = r"(?:[«“]\s?|\")", r"(?:\s?[»”]|\")"
_TITLE_OF_WORK: Final = re.compile(
    rf"(?<![\w-])(?:{_WORKS})s?{_BETWEEN} {_OPEN}([A-ZÀ-Ý0-9][^«»“”\"!?.]{{2,60}}?){_CLOSE}"
)
_PREPOSITION: Final = "à|avec|baptisée?s?|chez|dans|de|des|du|intitulée?s?|selon|sur"
_NO_DATE: Final = "(?!(?:Lundi|Mardi|Mercredi|Jeudi|Vendredi|Samedi|Dimanche) \\d)"
_TITLE_BEHIND_PREPOSITION: Final = re.compile(
    rf"(?<![\w-])(?:{_PREPOSITION}) {_OPEN}{_NO_DATE}([A-ZÀ-Ý][^«»“”\"!?.:;]{{2,45}}?){_CLOSE}"
)
_ARTICLE: Final = re.compile(r"(L[ae]s?|au|aux|du|des) |L['’]", re.IGNORECASE)
_CONTRACTED: Final = {"au": "à ", "aux": "à ", "du": "de ", "des": "de "}


class _Occurrence(NamedTuple):
    """Where a sentence has a name, and the preposition that its article is contracted with."""

    start: int
    end: int
    preposition: str
    name: str


class MaskedSentence(NamedTuple):
    """A French sentence with placeholders, and the name behind each of them."""

    text: str
    names: Mapping[str, str]

    @classmethod
    def mask_names(cls, french: str, terms: Collection[Term]) -> Self:
        """Masks the first four names of `french`: titles, and its `terms` that are kept."""
        kept_terms = [term for term in terms if term.kept]
        other_terms = [term for term in terms if not term.kept]
        occurrences = sorted(
            [*_find_kept_terms(french, kept_terms), *_find_titles(french, other_terms)]
        )
        placeholders: dict[str, str] = {}
        text, end = "", 0
        for occurrence in occurrences:
            name = occurrence.name
            is_full = name not in placeholders and len(placeholders) == len(PLACEHOLDERS)
            if occurrence.start < end or is_full:
                continue
            if name not in placeholders:
                placeholders[name] = PLACEHOLDERS[len(placeholders)]
            text += french[end : occurrence.start] + occurrence.preposition + placeholders[name]
            end = occurrence.end
        names = {placeholder: name for name, placeholder in placeholders.items()}
        return cls(text + french[end:], names)

    def unmask(self, english: str) -> str:
        """A translation with the names in place of their placeholders.

        A name with an article of its own needs no "the".
        """
        for placeholder, name in self.names.items():
            article = r"(?:\b[Tt]he )?" if re.match(r"L[ae]s? |L['’]", name) else ""
            pattern = rf"{article}(?<!\w){placeholder}(?!\w)"
            english = re.sub(pattern, name.replace("\\", r"\\"), english)
        return english

    def mask(self, english: str) -> str:
        """A translation with placeholders in place of the names: only its own words."""
        for placeholder, name in self.names.items():
            english = english.replace(name, placeholder)
        return english


def _find_kept_terms(french: str, terms: Iterable[Term]) -> Iterator[_Occurrence]:
    for term in terms:
        for match in term.french_pattern.finditer(french):
            preposition, name = _split_preposition(match.group(), term)
            yield _Occurrence(*match.span(), preposition, name)


def _find_titles(french: str, terms: Collection[Term]) -> Iterator[_Occurrence]:
    """The titles in quotation marks that are none of the glossary's `terms`."""
    for pattern in (_TITLE_OF_WORK, _TITLE_BEHIND_PREPOSITION):
        for match in pattern.finditer(french):
            title = match.group(1)
            if not any(term.french_pattern.fullmatch(title) for term in terms):
                yield _Occurrence(*match.span(1), "", title)


def _split_preposition(written: str, term: Term) -> tuple[str, str]:
    """The preposition that the article of a kept name is contracted with, and the name.

    Behind its article the name is spelt as in the sentence.
    """
    article, own_article = _ARTICLE.match(written), _ARTICLE.match(term.english)
    if own_article is None or article is None:
        return "", written
    preposition = _CONTRACTED.get(article.group().strip().lower(), "")
    return preposition, own_article.group() + written[article.end() :]
