"""Translates a French summary into English: each sentence gets an English sentence, or a warning.

All sentences are translated in one call. A sentence whose candidates all miss something is
translated a second time (`service.english.second_try`), and the better result counts. What is
still wrong with it is told in a warning (`find_warnings`).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from models.engine import (
    Candidate,
    Engine,
    GenerateRequest,
    GenerateResult,
    Task,
    never,
    stop_if,
)
from service.english.lexicon.glossary import Glossary
from service.english.post_editing.attribution import find_attribution
from service.english.post_editing.pronouns import correct_pronouns
from service.english.second_try import Clauses, cut_into_clauses, write_in_capitals
from service.english.target import TranslationChoice
from service.english.translation import Flaw, Translation
from service.facts.fact import Fact, FactKind, Source
from service.text.words import TOKENS_PER_WORD, count_words
from service.warning import SummaryWarning

CANDIDATES: Final = 6
SECOND_CANDIDATES: Final = 8
TOKEN_STEP: Final = 32  # requests with the same number of tokens share a pass
SPARE_TOKENS: Final = 24  # beyond the estimate by words
SHOWN: Final = 60  # characters of a sentence that a warning repeats


@dataclass(frozen=True)
class Translator:
    """Translates the sentences of one article. `source` is what its names may come from."""

    engine: Engine
    glossary: Glossary
    source: Source

    def translate(
        self, texts: Sequence[str], cancelled: Callable[[], bool] = never
    ) -> list[Translation]:
        """The translations of French sentences, in order.

        `cancelled` is asked before each sentence; Cancelled is raised soon after it turns true.
        """
        choices: list[TranslationChoice] = []
        for text in texts:
            stop_if(cancelled)
            choices.append(TranslationChoice(text, self.source, self.glossary))
        results = self.engine.generate(_first_requests(texts, choices), cancelled)
        translations: list[Translation] = []
        for choice, result in zip(choices, results, strict=True):
            stop_if(cancelled)
            taken = _texts_of(translations)
            translations.append(_choose_best(choice, result.candidates, taken))
        self._retry_doubtful(choices, translations, cancelled)
        return self._finish(texts, translations)

    def _retry_doubtful(
        self,
        choices: Sequence[TranslationChoice],
        translations: list[Translation],
        cancelled: Callable[[], bool],
    ) -> None:
        """Translates the doubtful sentences once more, all in one call.

        A result that is better takes its place among `translations`.
        """
        clauses_of = {
            position: _cut(choices[position], translation)
            for position, translation in enumerate(translations)
            if _is_doubtful(translation)
        }
        requests = [
            request
            for position, clauses in clauses_of.items()
            for request in _second_requests(clauses, choices[position], translations[position])
        ]
        results = iter(self.engine.generate(requests, cancelled) if requests else [])
        for position, clauses in clauses_of.items():
            stop_if(cancelled)
            candidates = self._join_candidates(clauses, [next(results) for _ in clauses.texts])
            others = [*translations[:position], *translations[position + 1 :]]
            second = _choose_best(choices[position], candidates, _texts_of(others))
            first = translations[position]
            translations[position] = second if second.cost < first.cost else first

    def _join_candidates(
        self, clauses: Clauses, results: Sequence[GenerateResult]
    ) -> Sequence[Candidate]:
        """The candidates for a whole sentence.

        They are the engine's, or the best ones for its clauses, joined as one.
        """
        if len(clauses.texts) == 1:
            return results[0].candidates
        best_candidates = [
            self._find_best(clause, result.candidates)
            for clause, result in zip(clauses.texts, results, strict=True)
        ]
        return [clauses.join(best_candidates)]

    def _find_best(self, clause: str, candidates: Sequence[Candidate]) -> Candidate:
        choice = TranslationChoice(clause, self.source, self.glossary)
        return min(candidates, key=lambda candidate: choice.judge(candidate).cost)

    def _finish(
        self, texts: Sequence[str], translations: Sequence[Translation]
    ) -> list[Translation]:
        """The translations with the capital that the French begins with, and with right pronouns.
        A pronoun is replaced only where the sentences so far leave no choice."""
        finished = []
        for position, (text, translation) in enumerate(zip(texts, translations, strict=True)):
            english = correct_pronouns(translation.text, text, texts[:position], self.source.text)
            finished.append(replace(translation, text=_capitalise_like(english, text)))
        return finished


def find_warnings(
    texts: Sequence[str], translations: Sequence[Translation], headline: bool = False
) -> list[SummaryWarning]:
    """What the reader should check, by sentence. With `headline`, the last text is the headline."""
    warnings = []
    for number, (text, translation) in enumerate(zip(texts, translations, strict=True)):
        is_headline = headline and number == len(texts) - 1
        name = "The headline" if is_headline else f"Sentence {number + 1}"
        for code, message, facts in _find_doubts(translation):
            detail = f"{name} ({_shorten(text)}){message}"
            place = None if is_headline else number
            warnings.append(SummaryWarning(code, detail, place, is_headline, facts))
    return warnings


def _find_doubts(translation: Translation) -> Iterator[tuple[str, str, tuple[Fact, ...]]]:
    """The code, the message and the facts of each warning about a translation.

    The message stands behind the sentence's name.
    """
    if translation.flaw is not None:
        yield "translation_language", f" is not translated as a whole: {translation.flaw}.", ()
    if facts := translation.unfaithful:
        listed = ", ".join(fact.text for fact in facts)
        message = f": check the English against the French, these differ: {listed}."
        yield "translation", message, facts
    if repaired := translation.repaired:
        corrected = "numbers, units, days or terms of the English were corrected from the French"
        yield "translation_repaired", f": {corrected}: {repaired}.", ()


def _first_requests(
    texts: Sequence[str], choices: Sequence[TranslationChoice]
) -> list[GenerateRequest]:
    max_tokens = _count_max_tokens(texts)
    return [
        GenerateRequest(
            Task.TRANSLATION,
            choice.source.text,
            max_tokens,
            candidates=CANDIDATES,
            facts=choice.facts,
        )
        for choice in choices
    ]


def _second_requests(
    clauses: Clauses, choice: TranslationChoice, translation: Translation
) -> list[GenerateRequest]:
    """The requests for the clauses of a sentence, with the facts of the whole sentence.

    A sentence that was left in French may not be copied again.
    """
    texts, candidates = clauses.texts, CANDIDATES
    if len(texts) == 1:
        lost_names = choice.find_lost_names(translation.text)
        texts, candidates = [write_in_capitals(texts[0], lost_names)], SECOND_CANDIDATES
    return [
        GenerateRequest(
            Task.TRANSLATION,
            text,
            _count_max_tokens([text]),
            candidates=candidates,
            facts=choice.facts,
            uncopied=translation.flaw is Flaw.FRENCH,
        )
        for text in texts
    ]


def _cut(choice: TranslationChoice, translation: Translation) -> Clauses:
    """The clauses for a second try. A name that was lost may be one behind a placeholder."""
    text = choice.source.pre_edited if translation.lost else choice.source.text
    return cut_into_clauses(text, poor=translation.flaw is not None or translation.lost)


def _choose_best(
    choice: TranslationChoice, candidates: Sequence[Candidate], taken: frozenset[str]
) -> Translation:
    """The best candidate for a sentence, its attribution corrected."""
    unmasked = choice.source.unmask(candidates)
    corrected = find_attribution(choice.source.original).put_right(unmasked)
    return choice.choose_best(corrected, taken)


def _is_doubtful(translation: Translation) -> bool:
    """True if a second try may help. A name that the article does not have stays in it."""
    if translation.flaw is not None or translation.lost:
        return True
    return any(fact.kind is not FactKind.NAME for fact in translation.unfaithful)


def _count_max_tokens(texts: Sequence[str]) -> int:
    """Tokens for the longest translation, rounded up.

    Only requests with the same number can share a pass.
    """
    most_words = max(count_words(text) for text in texts)
    tokens = SPARE_TOKENS + round(most_words * TOKENS_PER_WORD)
    return -(-tokens // TOKEN_STEP) * TOKEN_STEP


def _capitalise_like(english: str, french: str) -> str:
    """`english` with a capital at its beginning if the `french` sentence has one.

    A word that the sentence has, too, stays as it is ("iPhone").
    """
    first_word = english.split(maxsplit=1)[0] if english.strip() else ""
    is_lower = first_word[:1].islower() and first_word not in french
    return english[:1].upper() + english[1:] if french[:1].isupper() and is_lower else english


def _texts_of(translations: Sequence[Translation]) -> frozenset[str]:
    return frozenset(translation.text for translation in translations)


def _shorten(text: str) -> str:
    """`text` in quotation marks, cut behind a word where it is too long for a warning."""
    return f"“{text}”" if len(text) <= SHOWN else f"“{text[:SHOWN].rsplit(' ', 1)[0]}…”"
