"""Keeps a sequence of sentences coherent.

No sentence stays without the one that it depends on, and the order can be followed.
"""

from collections.abc import Callable, Iterable, Sequence

from service.checking.evidence import CheckedSentence
from service.checking.standalone import is_understood_after, is_wholly_standalone

# Says whether a sentence may stay behind those that were kept before it.
MayStay = Callable[[CheckedSentence, Sequence[CheckedSentence]], bool]


def join(sentences: Iterable[CheckedSentence]) -> str:
    """The text of some sentences."""
    return " ".join(sentence.text for sentence in sentences)


def keep_coherent(sentences: Iterable[CheckedSentence], may_stay: MayStay) -> list[CheckedSentence]:
    """Returns the sentences that may stay and do not depend on one that was dropped."""
    kept: list[CheckedSentence] = []
    previous_kept = True
    for sentence in sentences:
        previous_kept = may_stay(sentence, kept) and (previous_kept or sentence.standalone)
        if previous_kept:
            kept.append(sentence)
    return kept


def keep_trusted(sentences: Iterable[CheckedSentence]) -> list[CheckedSentence]:
    """Returns the trusted sentences that are understood behind those kept before them."""
    return keep_coherent(sentences, _is_trusted_and_understood)


def _is_trusted_and_understood(
    sentence: CheckedSentence, before: Sequence[CheckedSentence]
) -> bool:
    if not sentence.trusted:
        return False
    return not before or is_understood_after(sentence.text, [other.text for other in before])


def order_as_article(sentences: Iterable[CheckedSentence]) -> list[CheckedSentence]:
    """The sentences in the order of their evidence in the article."""
    return sorted(sentences, key=_first_offset)


def _first_offset(sentence: CheckedSentence) -> int:
    return min((source.start for source in sentence.evidence), default=0)


def order_as_article_if_standalone(sentences: Sequence[CheckedSentence]) -> list[CheckedSentence]:
    """Orders the sentences as the article does, if all have evidence and are wholly standalone."""
    movable = all(
        sentence.evidence and is_wholly_standalone(sentence.text) for sentence in sentences
    )
    return order_as_article(sentences) if movable else list(sentences)
