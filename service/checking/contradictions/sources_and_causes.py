"""Sources and causes of a summary sentence that the article does not give.

The counts under the rules are explained in `agreement.py`.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from service.checking.contradictions.article_statements import ArticleStatements, word_set
from service.checking.speakers import Speaker, find_speaker, says
from service.checking.word_lists import read_words
from service.facts.statements import Statement, Word, stem
from service.text.tables import table

NEAR_SOURCE: Final = 2  # sentences between a source and what it says
# Share of the weight of the reported words in the sentence that has most of them. With less, the
# sentence that names the source reports something else.
MIN_REPORTED_SHARE: Final = 0.5

Phrases = Sequence[tuple[str, ...]]


def _read_phrases(list_name: str) -> Phrases:
    # In the order of the table: the first phrase that is wrong is returned.
    return [tuple(phrase.split()) for phrase in table("service.checking", "small_words")[list_name]]


_CAUSES: Final = _read_phrases("causes")
_SOURCES: Final = _read_phrases("sources")
_STUDIES: Final = frozenset(map(stem, read_words("nouns", "studies")))


def unsupported_cause(
    text: Statement, evidence: Sequence[Statement], article: ArticleStatements
) -> str:
    """Returns the first content word of a cause that neither the evidence nor the title has.

    Small models make up causes of the article's own words ("en raison de la concurrence"): most
    words of such a sentence have evidence.
    """
    # `python -m tests.models.training.cause_set`: of sentences that no other rule flags, it finds
    # 65 of 65 with an invented cause, and 33 of 34 with the cause of another article. It costs 13
    # of 103 references, where "hausse" may stand for "augmentation".
    known = _join_stems([article.title, *evidence])
    return next(_find_unknown_heads(text, _CAUSES, known), "")


def unknown_source(text: Statement, article: ArticleStatements) -> str:
    """Returns a study, poll or report that the article has nowhere: "selon une étude".

    Other sources without a name may stand for one with a name: "selon les médias".
    """
    # Of 128 abstracts with such a phrase it flags 1; without the list of studies 33.
    known = _join_stems(article.with_title)
    heads = _find_unknown_heads(text, _SOURCES, known)
    return next((head for head in heads if stem(head) in _STUDIES), "")


def _join_stems(statements: Sequence[Statement]) -> frozenset[str]:
    return frozenset().union(*(statement.stems for statement in statements))


def _find_unknown_heads(text: Statement, phrases: Phrases, known: frozenset[str]) -> Iterator[str]:
    """Yields the first content words behind the phrases whose stems are not `known`."""
    words = [word.plain for word in text.words]
    for phrase in phrases:
        for start in range(len(words) - len(phrase)):
            end = start + len(phrase)
            if tuple(words[start:end]) != phrase:
                continue
            head = _find_head(text.words[end:])
            if head and stem(head.text) not in known:
                yield head.text


def _find_head(words: Sequence[Word]) -> Word | None:
    """Returns the first content word of the clause; None if a name or a number comes first.

    Other rules compare names and numbers.
    """
    for word in words:
        if word.clause != words[0].clause or word.capital or word.value:
            return None
        if stem(word.text):
            return word
    return None


def far_source(text: Statement, article: ArticleStatements) -> str:
    """Returns a source that the article names once, far from what `text` has it say.

    In the article the source reports something else.
    """
    speaker = find_speaker(text, article.known)
    if speaker is None or not speaker.name_words:
        return ""
    if speaker.name_words & word_set(article.title):
        return ""
    naming = [
        index
        for index, sentence in enumerate(article.sentences)
        if speaker.name_words & word_set(sentence)
    ]
    is_far = len(naming) == 1 and _reports_something_else(naming[0], speaker, text, article)
    return speaker.text if is_far else ""


def _reports_something_else(
    index: int, speaker: Speaker, text: Statement, article: ArticleStatements
) -> bool:
    """True if what `text` reports stands far from the sentence at `index`, and hardly in it."""
    own_stems = {stem(part) for part in speaker.name_words}
    verbs = {stem(word.text) for word in text.words if says(word)}
    reported = text.stems - own_stems - verbs
    weights = [article.weight(reported & sentence.stems) for sentence in article.sentences]
    most = max(weights)
    is_distant = abs(index - weights.index(most)) > NEAR_SOURCE
    return is_distant and weights[index] < MIN_REPORTED_SHARE * most
