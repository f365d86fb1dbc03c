"""Finds names of a summary sentence that the article has only beside other words.

The counts under the rules are explained in `agreement.py`.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from service.checking.contradictions.article_statements import ArticleStatements, word_set
from service.checking.speakers import find_quotation, find_speaker
from service.checking.word_lists import read_words
from service.facts.statements import Name, Statement, stem

NEAR: Final = 6  # words between a name and a word that belongs to it
_PRONOUNS: Final = read_words("small_words", "personal_pronouns")
_IMPERSONAL: Final = read_words("small_words", "impersonal")
_NOUN_PRONOUNS: Final = read_words("small_words", "noun_pronouns")
_DETERMINERS: Final = read_words("small_words", "definite_articles", "demonstratives")
_BEFORE_OFFICE: Final = read_words("small_words", "before_office")


def grafted_name(text: Statement, evidence: Sequence[int], article: ArticleStatements) -> str:
    """Returns a name of `text` that replaces another one of the best evidence.

    No article sentence with the name has other words of `text` that the best evidence lacks.
    `evidence` are the indices of the article sentences behind `text`, the best one first.
    """
    # Alone: 3 found, costs 1 of 60 and 10 of 765.
    best = article.sentences[evidence[0]]
    names = text.names(article.known)
    if not _find_other_names(names, best, article):
        return ""
    quoted_names = _find_quoted_names(text, article)
    best_words = word_set(best)
    for name in names:
        # `wrong_speaker` checks the names of those who are quoted.
        if name.parts & quoted_names or _is_in_title_of_office(name, text):
            continue
        if not name.parts & best_words and _is_grafted(name, text, evidence[0], article):
            return name.text
    return ""


def _find_other_names(
    names: Sequence[Name], sentence: Statement, article: ArticleStatements
) -> list[Name]:
    """Returns the names of an article sentence that share no word with `names`."""
    parts = frozenset[str]().union(*(name.parts for name in names))
    return [name for name in sentence.names(article.known) if not name.parts & parts]


def _find_quoted_names(text: Statement, article: ArticleStatements) -> frozenset[str]:
    """Returns the words of the names to which `text` attributes a quotation of the article."""
    if find_quotation(text.text, article.sentences) is None:
        return frozenset()
    speaker = find_speaker(text, article.known)
    return speaker.name_words if speaker else frozenset()


def _is_grafted(name: Name, text: Statement, best: int, article: ArticleStatements) -> bool:
    """True if no sentence with the name has a word of `text` that the best evidence lacks.

    False too if the best evidence has a pronoun or a noun in place of a name, and a sentence before
    it has this name.
    """
    own_stems = {stem(part) for part in name.parts}
    other_stems = text.stems - article.sentences[best].stems - own_stems
    end = _find_end_of_antecedents(text, best, article)
    for index, sentence in enumerate(article.sentences):
        tied = index < end or other_stems & sentence.stems
        if tied and name.parts & word_set(sentence):
            return False
    title_tied = end >= 0 or other_stems & article.title.stems
    return not (title_tied and name.parts & word_set(article.title))


def _find_end_of_antecedents(text: Statement, best: int, article: ArticleStatements) -> int:
    """Returns the index before which sentences may hold the antecedent of the best evidence.

    The antecedent is the name for which the best evidence has a pronoun or a noun. -1 if it has
    neither.
    """
    sentence = article.sentences[best]
    noun = _find_first_noun(sentence)
    if noun and stem(noun) in text.stems:
        # The noun may also be explained in the sentence that follows.
        return best + 2
    return best if noun or _has_pronoun(sentence) else -1


def _has_pronoun(statement: Statement) -> bool:
    """True if a pronoun outside the quotations stands for somebody named before."""
    return any(
        word.plain in _PRONOUNS and not word.quoted and following.plain not in _IMPERSONAL
        for word, following in pairwise(statement.words)
    )


def _find_first_noun(statement: Statement) -> str:
    """Returns the noun that begins a sentence in place of a name: "Le président du groupe…"."""
    beginning = statement.words[:2]
    if len(beginning) < 2:
        return ""
    determiner, noun = beginning
    return noun.text if determiner.plain in _DETERMINERS and noun.text.islower() else ""


def _is_in_title_of_office(name: Name, text: Statement) -> bool:
    """True for "la ministre de la Culture", "le groupe LREM", "selon Le Parisien".

    Such a name describes many persons or groups, or only the source.
    """
    before = [word.plain for word in text.words[max(0, name.position - 2) : name.position]]
    return bool(before) and (before[-1] in _BEFORE_OFFICE or before in (["de", "la"], ["de", "l"]))


def replaced_name(
    text: Statement, evidence: Sequence[Statement], article: ArticleStatements
) -> str:
    """Returns a name beside a word that the best evidence has beside another name.

    "la démission de X" is wrong for "la démission de Y" if the article has "démission" nowhere
    beside X.
    """
    # Alone: 1 found, costs 0 of 60 and 3 of 765.
    names = text.names(article.known)
    other_names = _find_other_names(names, evidence[0], article)
    for name in names:
        rivals = [
            evidence[0].sides(other) for other in other_names if not _is_same_name(name, other)
        ]
        for side, (link, word) in enumerate(text.sides(name)):
            taken = word and any(sides[side] == (link, word) for sides in rivals)
            if taken and not any(_has_beside(s, name, word) for s in article.with_title):
                return name.text
    return ""


def _is_same_name(name: Name, other: Name) -> bool:
    return _abbreviates(name, other) or _abbreviates(other, name)


def _abbreviates(name: Name, other: Name) -> bool:
    """True if `name` begins with the initials of `other`: "RN", "Rassemblement national"."""
    initials = "".join(word[0] for word in other.text.split()).upper()
    is_acronym = name.text.isupper() and len(name.text) > 1
    return is_acronym and name.text.startswith(initials)


def _has_beside(statement: Statement, name: Name, word: str) -> bool:
    """True if the word stands within NEAR words of the name.

    It may also stand anywhere in a sentence with the name and a "celui", which may stand for it.
    """
    words = statement.plain.split()
    if word in statement.stems and not _NOUN_PRONOUNS.isdisjoint(words):
        return not name.parts.isdisjoint(words)
    positions = [position for position, other in enumerate(words) if other in name.parts]
    return any(
        other.startswith(word)
        for position in positions
        for other in words[max(0, position - NEAR) : position + NEAR + 1]
    )
