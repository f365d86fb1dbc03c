"""Turns the text that the model wrote into checked sentences."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from models.engine import Candidate
from service.checking.evidence import CheckedSentence, EvidenceFinder
from service.checking.standalone import is_complete_sentence
from service.choosing.coherence import keep_coherent
from service.facts.fact import FactKind
from service.facts.peoples import is_people, remove_peoples
from service.facts.statements import stems
from service.text.calendar import WEEK_DAYS
from service.text.quotation_marks import close_quotation
from service.text.sentences import is_complete, sentences

# A sentence with at least this share of the words of a text says all that the text says.
HELD_SHARE: Final = 0.8
# "son magasin en ligne en ligne"
_DOUBLED: Final = re.compile(r"(?<![\w-])([^\W\d][\w'’-]*(?: [\w'’-]+){1,4})(?: \1)+(?![\w-])")
_DASH: Final = re.compile(r"^[-–—•]\s+")
# Behind these words a day cannot be left out.
_BEFORE_DAY: Final = (
    "le", "du", "de", "dès", "au", "ce", "un", "chaque", "depuis", "avant", "après", "pour", "à",
    "ici", "que", "et", "ou", "ni", "puis", "est", "était", "sera", "serait", "être", "soit",
    "entre", "sauf", "hormis", "vers", "comme",
)  # fmt: skip
# Nor can it behind a comma: the clause between two commas would be empty.
_NOT_BEFORE_DAY: Final = r"(?<=[\w»”)%€])" + "".join(rf"(?<!\b(?i:{word}))" for word in _BEFORE_DAY)
_NOT_BEHIND_DAY: Final = (
    r"\b(?!-| (?:\d|que\b|dernier|prochain|suivant|matin|midi|après[- ]midi|soir)"
    rf"|,? (?:(?:et|ou|à|puis) )?(?:{'|'.join(WEEK_DAYS)})\b)"
)


@dataclass(frozen=True)
class CheckedCandidate:
    """The text that the model wrote, and those of its sentences that are wanted, checked.

    Both are empty where there is no candidate.
    """

    text: str = ""
    sentences: tuple[CheckedSentence, ...] = ()


def check_candidate(
    candidate: Candidate | None,
    finder: EvidenceFinder,
    is_wanted: Callable[[CheckedSentence], bool] = lambda _: True,
) -> CheckedCandidate:
    """Returns a candidate with its checked sentences.

    Sentences that are not wanted are left out, and so are those that depend on them.
    """
    if candidate is None:
        return CheckedCandidate()
    checked = (_check(text, finder) for text in find_complete_sentences(candidate))
    sentences = keep_coherent(checked, lambda sentence, _: is_wanted(sentence))
    return CheckedCandidate(candidate.text, tuple(sentences))


def _check(text: str, finder: EvidenceFinder) -> CheckedSentence:
    """Mends a sentence, and returns it with its evidence.

    Names get the article's spelling, and repeated words are reduced to one ("en ligne en ligne").
    An adjective of a people is removed if the article does not name the people ("le chanteur
    américain"). A week day is removed if the evidence does not name it ("a annoncé mardi").
    """
    spelt = _DOUBLED.sub(r"\1", finder.source.spelt(text))
    checked = finder.support(spelt)
    wrong_facts = (*checked.unsupported, *checked.scattered)
    days = [fact.text for fact in wrong_facts if fact.kind is FactKind.DAY]
    peoples = [fact.text for fact in checked.unsupported if is_people(fact.text)]
    mended = remove_peoples(remove_days(spelt, days), peoples)
    return finder.support(mended) if mended != spelt else checked


def find_complete_sentences(candidate: Candidate) -> list[str]:
    """Returns the complete sentences of a candidate, without the dash of a list before them.

    A last sentence that the token limit cut is left out.
    """
    texts = [_DASH.sub("", sentence) for sentence in sentences(candidate.text)]
    if texts and not is_complete(texts[-1]) and candidate.finished:
        texts[-1] += "."
    return [close_quotation(text) for text in texts if is_complete_sentence(text)]


def remove_days(sentence: str, days: Sequence[str]) -> str:
    """Returns `sentence` without the bare week days among `days`.

    Without a bare day the sentence stays whole: "mardi", but not "le mardi", "depuis mardi",
    "mardi 5", "mardi soir" or "mardi et jeudi".
    """
    for day in days:
        if day in WEEK_DAYS:
            sentence = re.sub(f"{_NOT_BEFORE_DAY} {day}{_NOT_BEHIND_DAY}", "", sentence)
    return sentence


def tells_all(words: frozenset[str], text: str) -> bool:
    """True if the stems `words` hold at least HELD_SHARE of the stems of `text`."""
    text_words = stems(text)
    return len(text_words & words) >= HELD_SHARE * len(text_words) > 0
