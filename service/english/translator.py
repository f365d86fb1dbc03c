"""The step from a French summary to an English one: every French sentence gets an English sentence,
or a word of warning.

A sentence whose translations all miss something is asked for a second time: cut at its semicolons,
where it has any, a long one that came out as no translation at all or lost something at a comma, or
with more candidates, and without its own words where it was left in French. What is still wrong
with the best one is told, with the sentence.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from models.engine import Candidate, Engine, GenerateRequest, Task, never, stop_if
from service.english.lexicon.glossary import Glossary
from service.english.post_editing.attribution import find_attribution
from service.english.post_editing.pronouns import correct_pronouns
from service.english.translation import Flaw, Translation, TranslationChoice
from service.facts.facts import Fact, FactKind, Source
from service.text.quotation_marks import is_balanced
from service.text.words import TOKENS_PER_WORD, count_words
from service.warning import SummaryWarning

CANDIDATES: Final = 6
SECOND_CANDIDATES: Final = 8
TOKEN_STEP: Final = 32
MIN_PART_WORDS: Final = 4
LONG_WORDS: Final = 24  # of a sentence that may be cut at a comma
SHOWN: Final = 60  # characters of a sentence that a warning repeats

_CUT: Final = re.compile(r"\s*;\s+|(?<=[^\d])\s+[–—]\s+(?=\S+\s\S+\s\S)")


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
        room = _tokens(texts)
        requests = [
            GenerateRequest(
                Task.TRANSLATION, choice.ordered, room, candidates=CANDIDATES, facts=choice.facts
            )
            for choice in choices
        ]
        results = self.engine.generate(requests, cancelled)
        chosen: list[Translation] = []
        for choice, result in zip(choices, results, strict=True):
            stop_if(cancelled)
            chosen.append(
                choice.best(
                    find_attribution(choice.french).put_right(choice.shown(result.candidates)),
                    _texts(chosen),
                )
            )
        return self._finished(texts, self._again(choices, chosen, cancelled))

    def _again(
        self,
        choices: Sequence[TranslationChoice],
        chosen: Sequence[Translation],
        cancelled: Callable[[], bool],
    ) -> list[Translation]:
        """A second try for the doubtful sentences, all in one call; the better one of both
        counts."""
        done = list(chosen)
        doubtful = [k for k, one in enumerate(chosen) if _is_doubtful(one)]
        # A name that is lost may be one that a stand-in stood for.
        given = {k: choices[k].whole if chosen[k].lost else choices[k].ordered for k in doubtful}
        parts = {k: _cut(given[k], chosen[k].flaw is not None or chosen[k].lost) for k in doubtful}
        requests = [
            _second(part, len(cut), choices[k].facts, chosen[k].flaw is Flaw.FRENCH)
            for k, (cut, _) in parts.items()
            for part in (
                cut
                if len(cut) > 1
                else [_in_capitals(cut[0], choices[k].lost_names(chosen[k].text))]
            )
        ]
        results = iter(self.engine.generate(requests, cancelled) if requests else [])
        for k, (cut, between) in parts.items():
            stop_if(cancelled)
            found = [next(results).candidates for _ in cut]
            more = (
                found[0]
                if len(cut) == 1
                else [_joined(cut, list(map(self._best, cut, found)), between)]
            )
            right = find_attribution(choices[k].french).put_right(choices[k].shown(more))
            better = choices[k].best(right, _texts([*done[:k], *done[k + 1 :]]))
            done[k] = min(done[k], better, key=lambda translation: translation.cost)
        return done

    def _finished(self, texts: Sequence[str], done: Sequence[Translation]) -> list[Translation]:
        """The translations with the pronouns of which their sentence, or those before it, leave no
        choice, and the capital that the French begins with."""
        return [
            replace(
                one,
                text=_opened_like(
                    correct_pronouns(one.text, text, texts[:k], self.source.text), text
                ),
            )
            for k, (text, one) in enumerate(zip(texts, done, strict=True))
        ]

    def _best(self, part: str, candidates: Sequence[Candidate]) -> Candidate:
        """The best candidate for a part of a sentence."""
        choice = TranslationChoice(part, self.source, self.glossary)
        return min(candidates, key=lambda candidate: choice.read(candidate).cost)


def _opened_like(english: str, french: str) -> str:
    """`english` with a capital at its beginning if the `french` sentence has one, unless that has
    the word, too ("iPhone")."""
    first = english.split(maxsplit=1)[0] if english.strip() else ""
    lost = french[:1].isupper() and first[:1].islower() and first not in french
    return english[:1].upper() + english[1:] if lost else english


def warnings_of(
    texts: Sequence[str], translations: Sequence[Translation], headline: bool = False
) -> list[SummaryWarning]:
    """What the reader should check, a warning for each sentence; the last text is the headline, if
    there is one."""
    found = []
    for number, (text, translation) in enumerate(zip(texts, translations, strict=True)):
        titled = headline and number == len(texts) - 1
        name = "The headline" if titled else f"Sentence {number + 1}"
        where = f"{name} ({_shown(text)})"
        place = None if titled else number
        found += [
            SummaryWarning(code, f"{where}{rest}", place, titled, facts)
            for code, rest, facts in _doubts(translation)
        ]
    return found


def _doubts(translation: Translation) -> Iterator[tuple[str, str, tuple[Fact, ...]]]:
    """The code of each warning about a translation, its words behind the sentence's name, and the
    facts that differ."""
    if translation.flaw is not None:
        yield "translation_language", f" is not translated as a whole: {translation.flaw}.", ()
    if facts := translation.unfaithful:
        listed = ", ".join(fact.text for fact in facts)
        yield (
            "translation",
            f": check the English against the French, these differ: {listed}.",
            facts,
        )
    if repaired := translation.repaired:
        corrected = "numbers, units, days or terms of the English were corrected from the French"
        yield "translation_repaired", f": {corrected}: {repaired}.", ()


def _is_doubtful(translation: Translation) -> bool:
    """True if another try may help: names that are only unknown here stay what they are."""
    return (
        translation.flaw is not None
        or translation.lost
        or any(fact.kind is not FactKind.NAME for fact in translation.unfaithful)
    )


def _second(part: str, parts: int, facts: str, uncopied: bool) -> GenerateRequest:
    """The second request for a sentence, or for one of its `parts`; `facts` are the whole
    sentence's. One that was left in French may not be copied again (`uncopied`)."""
    candidates = CANDIDATES if parts > 1 else SECOND_CANDIDATES
    return GenerateRequest(
        Task.TRANSLATION,
        part,
        _tokens([part]),
        candidates=candidates,
        facts=facts,
        uncopied=uncopied,
    )


def _in_capitals(part: str, names: Sequence[str]) -> str:
    """`part` with `names`, which were lost, in capitals: the translator then spells them out."""
    for name in filter(str.isalpha, names):
        part = re.sub(rf"(?<![\w-]){re.escape(name)}(?![\w-])", name.upper(), part)
    return part


def _texts(translations: Sequence[Translation]) -> frozenset[str]:
    return frozenset(translation.text for translation in translations)


def _tokens(texts: Sequence[str]) -> int:
    """Room for the longest translation, rounded up: only requests with the same room can share a
    pass."""
    longest = max(count_words(text) for text in texts)
    return -(-(24 + round(longest * TOKENS_PER_WORD)) // TOKEN_STEP) * TOKEN_STEP


def _cut(sentence: str, poor: bool) -> tuple[list[str], str]:
    """The sentence cut into clauses that can be translated alone, or whole, and what stands between
    them; `poor`: it came out as no translation at all, or lost something."""
    parts, between = [part.strip() for part in _CUT.split(sentence)], "; "
    if len(parts) < 2 and poor and count_words(sentence) >= LONG_WORDS:
        parts, between = _halves(sentence), ", "
    if (
        len(parts) < 2
        or any(count_words(part) < MIN_PART_WORDS for part in parts)
        or "«" in sentence
        or '"' in sentence
    ):
        return [sentence], between
    return [part[0].upper() + part[1:].rstrip(".") + "." for part in parts], between


def _halves(sentence: str) -> list[str]:
    """The sentence cut at the comma nearest to its middle that stands outside brackets."""
    commas = [
        match for match in re.finditer(", ", sentence) if is_balanced(sentence[: match.start()])
    ]
    if not commas:
        return [sentence]
    middle = min(commas, key=lambda comma: abs(comma.start() - len(sentence) / 2))
    return [sentence[: middle.start()], sentence[middle.end() :]]


def _joined(french: Sequence[str], parts: Sequence[Candidate], between: str) -> Candidate:
    """The translations of the parts of one sentence as one."""
    texts = [part.text.strip().rstrip(".") for part in parts]
    later = [_lowered(text, part) for text, part in zip(texts[1:], french[1:], strict=True)]
    tokens, score = (
        sum(part.tokens for part in parts),
        sum(part.score for part in parts) / len(parts),
    )
    return Candidate(
        between.join([texts[0], *later]) + ".", tokens, score, all(part.finished for part in parts)
    )


def _lowered(english: str, french: str) -> str:
    """`english` with a small first letter, unless it begins with a name of the `french` or "I"."""
    first = re.match(r"\w+", english)
    is_name = first is None or first.group() in re.findall(r"\w+", french) or first.group() == "I"
    return english if is_name else english[0].lower() + english[1:]


def _shown(text: str) -> str:
    return f"“{text}”" if len(text) <= SHOWN else f"“{text[:SHOWN].rsplit(' ', 1)[0]}…”"
