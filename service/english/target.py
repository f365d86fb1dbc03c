"""Compares an English translation with its French sentence, puts right what can be put right, and
chooses the best one.

In this order: terms (`service.english.lexicon.glossary`), figures
(`service.english.post_editing.figures`), names; then whether it is a whole English sentence at all.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from functools import cached_property
from typing import Final

from models.engine import Candidate
from service.english.lexicon.glossary import Glossary, terms_of, with_terms
from service.english.lexicon.inflection import without_genitive
from service.english.lexicon.names import (
    ProperNames,
    in_english,
    is_acronym,
    is_institution,
    is_ordinary,
    is_people_of,
    is_place,
    is_same_name,
    is_translated,
    kept_names,
    places_put_right,
)
from service.english.lexicon.notations import written_out
from service.english.post_editing.apposition import put_names_behind_nouns
from service.english.post_editing.corrections import put_right
from service.english.post_editing.dates import find_week_days
from service.english.post_editing.denials import find_differing_denials
from service.english.post_editing.english_figures import list_number_forms
from service.english.post_editing.figures import hold_to_figures
from service.english.post_editing.hearsay import find_stated_hearsay, restore_hearsay
from service.english.post_editing.names import (
    restore_changed_names,
    restore_given_names,
    restore_half_translated_names,
    restore_surnames,
)
from service.english.source import GivenSentence
from service.facts.bounds import MAX_NAMES
from service.facts.facts import QUOTATION, Fact, FactKind, Source, names, openings
from service.facts.figures import figures
from service.text.folding import plain, straight
from service.text.language import detect_language
from service.text.sentences import is_complete
from service.text.vocabulary import is_known, is_word, not_english, words
from service.text.word_runs import runs

# English words per French word; a human translation has 0.7 to 1.1. Of 2,253 translations of
# sentences of summaries two have less than FULL_RATIO.
SHORT_RATIO: Final = 0.5
FULL_RATIO: Final = 0.6
JUDGED_WORDS: Final = 14  # of the French, below which a few words more or less say nothing
MAX_LENGTH_RATIO: Final = 1.6
# Measured by `python -m tests.service.english.translation_set`.
# below it something is missing; 3 of 2,942 human translations of newstest2013 are so short
LEAST_RATIO: Final = 0.35
FACT_COST: Final = 1.0
TERM_COST: Final = 0.5
LOST_NAME_COST: Final = 0.5
REPAIR_COST: Final = 0.4  # a candidate that needs no repair is better than one that does
LENGTH_COST: Final = 1.0
SHORT_COST: Final = 2.0  # for what the ratio lacks to FULL_RATIO
FLAW_COST: Final = 3.0
RUN: Final = 5  # words in a row that do not come twice, nor from the French sentence
COPIED_SHARE: Final = 0.6
SHORT_NAME: Final = 3  # letters of a name that may be initials of something else in capitals ("Us")
_FRENCH_WORDS: Final = frozenset(
    "le la les l d des du de un une et en a au aux dans pour sur est sont que qui avec par son ses".split()
)
MIN_COPIED: Final = 4  # words without a capital, below which a text is not judged
# Articles that do not go with the next word, where its letters leave no doubt (not "an hour", "a
# one-off", "a user", "an NGO"); 11.5 and 18,000 begin like 11 and 18, and 1878 is a year in one
# case and a number in the other.
_VOWEL: Final = r"(?!(?i:one|once|eu|ew|ouest|oui))[aeioAEIO](?:[a-z]|[A-Z]{2})"
_A: Final = re.compile(rf"(?<![\w'’.])(a|(?<!\w )A)(?= [\"“‘]?(?:{_VOWEL}|8|1[18](?!\d)))")
_AN: Final = re.compile(
    r"(?<![\w'’.])([Aa])n(?= (?:[bcdfgjklmnpqrstvwyz][a-z]{2}|(?!8|1[18](?!\d)|1[18]\d\d(?!\d))\d))"
)
_ONE: Final = (
    r"(?<!\w)(?:[Ll]['’]|(?:[Ll][ea]|[Uu]ne?|[Dd]u|[Aa]u|[Ss]on|[Ss]a|[Cc]et?|[Cc]ette) ){}(?!\w)"
)
_NO_NAME: Final = re.compile(
    r"\d|[IVX]+[eè]?$|(?:Mme|Mlle|MM?|Mmes)$"
)  # no names: "737", "XIVe", "Mme"
_CAPITALISED: Final = re.compile(r"(?<!\w)[A-ZÀ-Ý][\w-]*")
_OPENING: Final = re.compile(
    r'(?:^|[.!?]\s|["“«]\s?)([A-Z][a-z]{3,})(?![\w-])'
)  # a word with a capital where every word has one
CLOSE: Final = (
    0.7  # likeness of a changed name ("Informer", "Informé") to the one that it stands for
)


class Flaw(StrEnum):
    """Why a text is no translation of its sentence, whatever its facts; the words for the
    reader."""

    MISSING = "it is missing"
    FRENCH = "it is still French"
    CUT = "it is cut short"
    REPEATED = "it repeats itself or another sentence"


@dataclass(frozen=True)
class Translation:
    """The English of one French sentence. `unfaithful` is what it states that the French does not,
    or leaves out; `repaired` how many numbers, units and terms were put right; `lost`: a name or a
    week day of the French is missing, or so many words that more must be; `cost` orders the
    candidates."""

    text: str
    unfaithful: tuple[Fact, ...] = ()
    flaw: Flaw | None = None
    repaired: int = 0
    lost: bool = False
    cost: float = 0.0

    @property
    def sound(self) -> bool:
        """True if nothing is wrong with it."""
        return not self.unfaithful and self.flaw is None


class Comparison:
    """Compares translations of one French sentence of an article with it, and chooses the one that
    keeps its facts.

    Facts are compared with `french`, the sentence itself, its notations written out. What is only a
    matter of words is put right by what the translator was `given`.
    """

    def __init__(
        self, french: str, given: GivenSentence, article: Source, glossary: Glossary
    ) -> None:
        self.french, self._article = written_out(straight(french)), article
        self._given, self._terms, self._hidden = given.reworded, given.terms, given.hidden
        self._wordings = [wording for term in self._terms for wording in (term.english, *term.also)]
        self._own = frozenset(word for wording in self._wordings for word in _words(wording))
        self._known = ProperNames(Source(self.french), article, self._own)
        days = find_week_days(self.french)
        own = self._own_names(glossary)
        self._names = [*own, *days]
        # A name that is a word too ("Institut") may be translated.
        self._kept = [
            *days,
            *(name for name in own if not is_translated(name) and not is_known(name.lower())),
        ]

    def _own_names(self, glossary: Glossary) -> list[str]:
        """The names of the sentence that are no terms."""
        terms = [
            *self._terms,
            *terms_of(glossary.find(self.french) if self.french != self._given else ()),
        ]
        translated = frozenset(
            word for term in terms for form in term.french for word in _words(form)
        )
        bare = _without_figures(self.french, "fr")
        named = [*names(bare), *(name for name in openings(bare) if not is_word(name.lower()))]
        return [
            name for name in named if not _NO_NAME.match(name) and not _words(name) <= translated
        ][:MAX_NAMES]

    @cached_property
    def facts(self) -> str:
        """The text whose numbers and names alone a translation may hold (see
        `GenerateRequest.facts`): those of the sentence, and English words for both."""
        return "\n".join(
            [
                self.french,
                *list_number_forms(self.french),
                *self._wordings,
                *self._known.in_english,
                *self._hidden.names,
            ]
        )

    def best(self, candidates: Sequence[Candidate], taken: Collection[str] = ()) -> Translation:
        """The translation with the least cost; `taken` are those of other sentences, which it must
        not repeat."""
        read = [self.read(candidate, taken) for candidate in candidates]
        return min(
            read,
            key=lambda translation: translation.cost,
            default=Translation("", flaw=Flaw.MISSING),
        )

    def read(self, candidate: Candidate, taken: Collection[str] = ()) -> Translation:
        """One candidate, put right as far as possible and judged."""
        bare = self._hidden.without(candidate.text)
        reported = restore_hearsay(
            put_right(" ".join(bare.split()), self._given, self._article.text), self._given
        )
        termed = with_terms(put_names_behind_nouns(reported, self._given), self._given, self._terms)
        # After the terms: a "septuagénaire" comes out as seven years old. The number of "Un jour,
        # un destin" is no figure.
        held = hold_to_figures(termed.text, self._hidden.without(self.french))
        text = self._hidden.shown(held.text)
        restored, renamed = self._with_own_name(self._with_own_initials(self._restored(text)))
        for put_back in (
            restore_changed_names,
            restore_half_translated_names,
            places_put_right,
            restore_given_names,
            restore_surnames,
        ):
            restored = put_back(restored, self.french)
        text = _tidied(restored, is_complete(self.french))
        flaw = (
            Flaw.FRENCH
            if _is_left_french(bare, self._given)
            else self._flaw(text, candidate.finished, taken)
        )
        strange = self._not_english(text) if flaw is None else []
        lost = self.lost_names(text)
        doubts = (
            [Fact(FactKind.TERM, verb)] if (verb := find_stated_hearsay(text, self.french)) else []
        )
        told = [*doubts, *(find_differing_denials(text, self.french) if flaw is None else ())]
        unfaithful = tuple(
            dict.fromkeys(
                (*held.wrong, *termed.missing, *self._invented(text, bool(lost)), *strange, *told)
            )
        )
        repaired = held.repaired + termed.repaired + renamed
        cost = (
            self._cost(text, unfaithful, flaw, len(lost)) + REPAIR_COST * repaired - candidate.score
        )
        missing = bool(lost) or self._lacking(text) > FULL_RATIO - SHORT_RATIO
        return Translation(text, unfaithful, flaw, repaired, missing, cost)

    def _restored(self, english: str) -> str:
        """`english` with the French sentence's own spelling of names that the translation changed a
        little. Where both are words of their languages ("Pacte", "Pact"), the name was
        translated."""
        for name in self._names:
            if (
                len(name) > SHORT_NAME and not name.isupper() and not is_acronym(name)
            ):  # it may have been given in capitals
                english = re.sub(rf"(?<![\w-]){re.escape(name.upper())}(?![\w-])", name, english)
        written = {without_genitive(plain(name)) for name in names(english)}
        lost = {
            plain(name): name
            for name in self._names
            if not {plain(name), self._plural(name)} & written
        }
        for name in names(english):
            has_own = self._known.has(name) or name.endswith("bps")  # "Gbps" for "Gbit/s"
            close = [] if has_own else get_close_matches(plain(name), lost, n=1, cutoff=CLOSE)
            translated = (
                close
                and (is_ordinary(name) or is_institution(name))
                and _is_french(lost[close[0]].lower())
            )
            if close and not translated and not is_people_of(lost[close[0]], name):
                english = re.sub(rf"\b{re.escape(name)}\b", lost[close[0]], english)
        return english

    def _with_own_name(self, english: str) -> tuple[str, bool]:
        """`english` with the French sentence's name in place of one that the translator made up
        ("Cesec" for "Soitec"), where one is lost and one stands there that neither language knows;
        and whether it was."""
        lost = [name for name in self.lost_names(english) if name in self.french and name.isalpha()]
        made_up = set(self._unknown(english)) if len(lost) == 1 else set()
        if len(made_up) != 1:
            return english, False
        strange = made_up.pop()
        if (
            not strange.isalpha()
            or strange.isupper()
            or is_place(strange)
            or is_institution(strange)
        ):  # what has its own name in English
            return english, False
        return re.sub(rf"(?<![\w-]){strange}(?![\w-])", lost[0], english), True

    def _unknown(self, english: str, ordinary: bool = False) -> list[str]:
        """The names that neither the article nor English itself knows, `ordinary` words with a
        capital among them or not, and the words that open a sentence or a quotation and are
        neither; figures are judged elsewhere."""
        english = _without_figures(english, "en")
        foreign = [name for name in names(english) if not self._known.has(name, translated=True)]
        opening = [
            word
            for word in _OPENING.findall(english)
            if not is_word(word.lower(), "en") and not self._known.has(word)
        ]
        return [*(name for name in foreign if ordinary or not is_ordinary(name)), *opening]

    def _with_own_initials(self, english: str) -> str:
        """`english` with the French sentence's initials in place of those that the translator made
        of them ("GMP" for "PSG"), where each has one that the other lacks."""
        ours, theirs = _initials(self.french), _initials(english)
        lost = [one for one in ours - theirs if one in self._names]
        made = [one for one in theirs - ours if not self._known.has(one)]
        return (
            re.sub(rf"(?<![\w-]){made[0]}(?![\w-])", lost[0], english)
            if len(lost) == len(made) == 1
            else english
        )

    def _invented(self, english: str, lost: bool) -> list[Fact]:
        """Unknown names. A common word with a capital is one only where the sentence has `lost` a
        name ("Providence" for "Fourniret")."""
        return [Fact(FactKind.NAME, name) for name in self._unknown(english, ordinary=lost)]

    def _not_english(self, english: str) -> list[Fact]:
        """Words that are not English, outside quotations, which may be titles."""
        unquoted = QUOTATION.sub(" ", self._hidden.without(english))
        known = self._own.union(
            *map(words, (*kept_names(unquoted, self.french), *self._wordings, *self._hidden.names))
        )
        return [
            Fact(FactKind.TERM, word) for word in not_english(unquoted, self._article.words, known)
        ]

    def _flaw(self, english: str, finished: bool, taken: Collection[str]) -> Flaw | None:
        if not _words(english):
            return Flaw.MISSING
        if english in taken or (loops(english) and not loops(self._given)):
            return Flaw.REPEATED
        return Flaw.CUT if not finished or self._ratio(english) < LEAST_RATIO else None

    def _lacking(self, english: str) -> float:
        """How much the ratio of words lacks to that of a full translation."""
        return (
            max(0.0, FULL_RATIO - self._ratio(english))
            if len(self._given.split()) >= JUDGED_WORDS
            else 0.0
        )

    def _ratio(self, english: str) -> float:
        """English words per French word."""
        return len(english.split()) / max(1, len(self._given.split()))

    def lost_names(self, english: str) -> list[str]:
        """The names and the week days of the French that `english` has not, of those that English
        writes alike."""
        written = _words(english) | _words(
            re.sub(r"(?<!\w)[\d,.]+(?=[A-Za-z])", "", english)
        )  # "120Hz"
        hidden = [name for name in self._hidden.names.values() if not _words(name) <= written]
        return [*(name for name in self._kept if not self._stands(name, written)), *hidden]

    def _stands(self, name: str, written: frozenset[str]) -> bool:
        """True if one of the words of the French `name`, or what English has for it, is among the
        words of a translation."""
        forms = _words(f"{name} {in_english(name)}") | {self._plural(name)}
        return bool(forms & written) or any(
            is_same_name(part, word) for part in _words(name) for word in written
        )

    def _plural(self, name: str) -> str:
        """The English plural, plain, of a name of which the sentence has several: a product,
        initials or a week day ("A320s"); empty of others."""
        counted = name.endswith("day") or any(
            character.isupper() or character.isdigit() for character in name[1:]
        )
        return (
            plain(name) + "s"
            if counted and not re.search(_ONE.format(re.escape(name)), self.french)
            else ""
        )

    def _cost(
        self, english: str, unfaithful: Sequence[Fact], flaw: Flaw | None, lost_names: int
    ) -> float:
        length = SHORT_COST * self._lacking(english) + LENGTH_COST * (
            self._ratio(english) > MAX_LENGTH_RATIO
        )
        facts = sum(TERM_COST if fact.kind is FactKind.TERM else FACT_COST for fact in unfaithful)
        return facts + LOST_NAME_COST * lost_names + length + FLAW_COST * (flaw is not None)


def _without_figures(text: str, language: str) -> str:
    """`text` with noughts in place of the figures that have a unit: "Go" is no name."""
    for figure in figures(text, language):
        if figure.unit:
            text = text[: figure.start] + "0" * (figure.end - figure.start) + text[figure.end :]
    return text


def _initials(text: str) -> set[str]:
    """The words of a text that consist of two to five capitals and are no units behind a number."""
    return {
        word
        for word in re.findall(r"(?<![\w-])(?<!\d )[A-ZÀ-Ý]{2,5}(?![\w-])", text)
        if not _NO_NAME.match(word)
    }


def _is_french(word: str) -> bool:
    """True if a word in lower case is French, with the accent that its capital may have lost
    ("Energie")."""
    return is_known(word) or is_known(re.sub(r"\Ae", "é", word))


def loops(text: str) -> bool:
    """True if the same RUN words stand in it twice."""
    found = _runs(text)
    return len(found) != len(set(found))


def is_english(text: str) -> bool:
    """True if `text` reads as English (short texts of names are given the benefit of the doubt)."""
    return detect_language(text).may_be("en")


def _is_left_french(english: str, french: str) -> bool:
    """True if the words without a capital are mostly those of the French sentence or plainly
    French, or if a part of it stands there as it was; quotations, which may be titles, left out."""
    unquoted = QUOTATION.sub(" ", english)
    unnamed = unquoted
    for name in kept_names(unquoted, french):
        unnamed = unnamed.replace(name, " | ")
    copied = set(_runs(_CAPITALISED.sub(" | ", unnamed))) & set(_runs(french))
    if any(len(_FRENCH_WORDS.intersection(run)) >= 2 for run in copied):
        return True
    known = re.findall(r"(?<!\w)[a-zà-ÿœ]{2,}", unquoted)
    if plain(english) == plain(french):
        return bool(known)
    if len(known) < MIN_COPIED:
        return False
    same = sum(word in set(re.findall(r"\w+", french)) for word in known)
    return same > COPIED_SHARE * len(known) or (
        not is_english(english) and detect_language(english).code == "fr"
    )


def _runs(text: str) -> list[tuple[str, ...]]:
    return runs(re.findall(r"\w+", plain(text)), RUN)


def _words(text: str) -> frozenset[str]:
    return frozenset(re.split(r"\W+", plain(text))) - {""}


def _tidied(text: str, is_sentence: bool) -> str:
    text = re.sub(r"(?<=\w) (?=[.,](?:\s|$))", "", " ".join(text.split()))
    if text.count('"') % 2 == 0:
        text = re.sub(r'" ?([^"]*?) ?"', r'"\1"', text)
    text = re.sub(r"(?<=\w)(?:,| )['’] ?(?=s\b)", "'", text)
    text = re.sub(r"\b(Mr|Mrs|Ms|Dr)\. ?(?=[A-Z])", r"\1 ", text)
    text = _AN.sub(r"\1", _A.sub(r"\1n", text))
    return text if not is_sentence or is_complete(text) else text + "."
