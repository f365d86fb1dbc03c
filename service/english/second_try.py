"""Another wording of a French sentence whose translations all miss something.

A sentence is cut at its semicolons or dashes, where it has any. A long one that came out as no
translation, or lost something, is cut at a comma. Lost names are spelt in capitals.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from models.engine import Candidate
from service.text.quotation_marks import is_balanced
from service.text.words import count_words

MIN_CLAUSE_WORDS: Final = 4
LONG_WORDS: Final = 24  # of a sentence that may be cut at a comma

_CUT: Final = re.compile(r"\s*;\s+|(?<=[^\d])\s+[–—]\s+(?=\S+\s\S+\s\S)")


class Clauses(NamedTuple):
    """A sentence cut into clauses that can be translated alone, or whole in one.

    `separator` stands between their translations.
    """

    texts: list[str]
    separator: str

    def join(self, candidates: Sequence[Candidate]) -> Candidate:
        """The translations of the clauses, one each, as one sentence."""
        first, *others = [candidate.text.strip().rstrip(".") for candidate in candidates]
        later_texts = zip(others, self.texts[1:], strict=True)
        later = [_lower_first(english, french) for english, french in later_texts]
        return Candidate(
            text=f"{self.separator.join([first, *later])}.",
            tokens=sum(candidate.tokens for candidate in candidates),
            score=sum(candidate.score for candidate in candidates) / len(candidates),
            finished=all(candidate.finished for candidate in candidates),
        )


def cut_into_clauses(sentence: str, poor: bool) -> Clauses:
    """The clauses of a French sentence. `poor`: its translations were none, or lost something."""
    clauses, separator = [clause.strip() for clause in _CUT.split(sentence)], "; "
    if len(clauses) < 2 and poor and count_words(sentence) >= LONG_WORDS:
        clauses, separator = _halve(sentence), ", "
    is_quoting = "«" in sentence or '"' in sentence
    is_short = any(count_words(clause) < MIN_CLAUSE_WORDS for clause in clauses)
    if len(clauses) < 2 or is_short or is_quoting:
        return Clauses([sentence], separator)
    sentences = [f"{clause[0].upper()}{clause[1:].rstrip('.')}." for clause in clauses]
    return Clauses(sentences, separator)


def write_in_capitals(sentence: str, lost_names: Iterable[str]) -> str:
    """`sentence` with the names in capitals: the translator then spells them out."""
    for name in lost_names:
        if name.isalpha():
            pattern = rf"(?<![\w-]){re.escape(name)}(?![\w-])"
            sentence = re.sub(pattern, name.upper(), sentence)
    return sentence


def _halve(sentence: str) -> list[str]:
    """The sentence cut at the comma nearest to its middle that stands outside brackets."""
    commas = [
        match for match in re.finditer(", ", sentence) if is_balanced(sentence[: match.start()])
    ]
    if not commas:
        return [sentence]
    middle = len(sentence) / 2
    comma = min(commas, key=lambda match: abs(match.start() - middle))
    return [sentence[: comma.start()], sentence[comma.end() :]]


def _lower_first(english: str, french: str) -> str:
    """`english` with a small first letter, unless it begins with a name of the `french` or "I"."""
    first_word = re.match(r"\w+", english)
    if first_word is None or first_word.group() == "I":
        return english
    is_name = first_word.group() in re.findall(r"\w+", french)
    return english if is_name else english[0].lower() + english[1:]
