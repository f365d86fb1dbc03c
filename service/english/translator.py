"""Translates a French summary into English: each sentence gets an English sentence, or a warning.

All sentences are translated in one call. A sentence that was left in French is translated once
more. Warnings name the errors that remain (`find_warnings`).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from models.engine import (
    Engine,
    GenerateRequest,
    Task,
    never,
    stop_if,
)
from service.english.lexicon.glossary import Glossary
from service.english.target import TranslationChoice
from service.english.translation import Flaw, Translation
from service.facts.fact import Fact, Source
from service.text.words import TOKENS_PER_WORD, count_words
from service.warning import SummaryWarning

CANDIDATES: Final = 6
SECOND_CANDIDATES: Final = 8
TOKEN_STEP: Final = 32  # requests with the same number of tokens share a pass
SPARE_TOKENS: Final = 24  # beyond the estimate by words
SHOWN: Final = 60  # characters of a sentence that a warning repeats


@dataclass(frozen=True)
class Translator:
    """Translates the sentences of one article.

    `source` has the article's facts: an English name may come from it.
    """

    engine: Engine
    glossary: Glossary
    source: Source

    def translate(
        self, texts: Sequence[str], cancelled: Callable[[], bool] = never
    ) -> list[Translation]:
        """Returns the translations of French sentences, in order.

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
            translations.append(choice.choose_best(result.candidates, taken))
        self._retry_french(choices, translations, cancelled)
        return [
            replace(translation, text=_capitalise_like(translation.text, text))
            for text, translation in zip(texts, translations, strict=True)
        ]

    def _retry_french(
        self,
        choices: Sequence[TranslationChoice],
        translations: list[Translation],
        cancelled: Callable[[], bool],
    ) -> None:
        """Translates the sentences that were left in French once more, all in one call.

        A better result replaces the first one in `translations`.
        """
        positions = [
            position
            for position, translation in enumerate(translations)
            if translation.flaw is Flaw.FRENCH
        ]
        requests = [_second_request(choices[position]) for position in positions]
        results = self.engine.generate(requests, cancelled) if requests else []
        for position, result in zip(positions, results, strict=True):
            stop_if(cancelled)
            others = [*translations[:position], *translations[position + 1 :]]
            second = choices[position].choose_best(result.candidates, _texts_of(others))
            first = translations[position]
            translations[position] = second if second.cost < first.cost else first


def find_warnings(
    texts: Sequence[str], translations: Sequence[Translation], headline: bool = False
) -> list[SummaryWarning]:
    """Returns what the reader should check, sentence by sentence.

    With `headline`, the last text is the headline.
    """
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
    """Yields the code, the message and the facts of each warning about a translation.

    Each message continues a text that begins with the sentence's name.
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
    max_tokens = count_max_tokens(texts)
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


def _second_request(choice: TranslationChoice) -> GenerateRequest:
    """The request for a sentence that was left in French. The answer may not copy it again."""
    return GenerateRequest(
        Task.TRANSLATION,
        choice.source.text,
        count_max_tokens([choice.source.text]),
        candidates=SECOND_CANDIDATES,
        facts=choice.facts,
        uncopied=True,
    )


def count_max_tokens(texts: Sequence[str]) -> int:
    """Returns the most tokens that a translation of one of the `texts` may have, rounded up.

    On some engines only requests with the same number can share a pass.
    """
    most_words = max(count_words(text) for text in texts)
    tokens = SPARE_TOKENS + round(most_words * TOKENS_PER_WORD)
    return -(-tokens // TOKEN_STEP) * TOKEN_STEP


def _capitalise_like(english: str, french: str) -> str:
    """Returns `english` with a capital at its beginning if the `french` sentence has one.

    A first word that the French sentence also has stays as it is ("iPhone").
    """
    first_word = english.split(maxsplit=1)[0] if english.strip() else ""
    is_lower = first_word[:1].islower() and first_word not in french
    return english[:1].upper() + english[1:] if french[:1].isupper() and is_lower else english


def _texts_of(translations: Sequence[Translation]) -> frozenset[str]:
    return frozenset(translation.text for translation in translations)


def _shorten(text: str) -> str:
    """`text` in quotation marks, cut behind a word where it is too long for a warning."""
    return f"“{text}”" if len(text) <= SHOWN else f"“{text[:SHOWN].rsplit(' ', 1)[0]}…”"
