"""Which sentences stay beside each other, and in which order."""

from service.checking.evidence import CheckedSentence
from service.choosing.coherence import (
    keep_trusted,
    order_as_article,
    order_as_article_if_standalone,
)
from service.reading.article import Sentence


def checked(text: str, start: int = 0, share: float = 1.0) -> CheckedSentence:
    evidence = Sentence(text, 0, start, start + len(text))
    return CheckedSentence(text, (evidence,), share, ())


OFFER = checked("Nuagis arrête son offre.", 50)
STOP = checked("L'arrêt de cette offre surprend.", 80)
CLIENTS = checked("Les clients ont un an pour partir.", 10)
UNTRUSTED = checked("Microsoft reprend les serveurs de Lille.", 30, share=0.1)
IT = checked("Elle surprend.", 20)


def test_an_untrusted_sentence_takes_the_next_one_that_needs_it_along() -> None:
    assert keep_trusted([OFFER, UNTRUSTED, IT, CLIENTS]) == [OFFER, CLIENTS]
    assert keep_trusted([OFFER, IT, CLIENTS]) == [OFFER, IT, CLIENTS]


def test_a_sentence_stays_behind_the_noun_to_which_it_points() -> None:
    assert keep_trusted([OFFER, STOP]) == [OFFER, STOP]
    assert keep_trusted([CLIENTS, STOP]) == [CLIENTS]


def test_sentences_that_need_the_one_before_are_not_moved() -> None:
    assert order_as_article([OFFER, CLIENTS]) == [CLIENTS, OFFER]
    assert order_as_article_if_standalone([OFFER, CLIENTS]) == [CLIENTS, OFFER]
    assert order_as_article_if_standalone([OFFER, IT, CLIENTS]) == [OFFER, IT, CLIENTS]
