"""The steps of choosing: what is kept, filled up, asked for and warned of."""

import pytest

from models.engine import Candidate
from service.choosing.lengths import Budget, Length, budget
from service.reading.reader import read_article
from service.text.words import count_words
from tests.service.choosing.articles import (
    CENTRES,
    NEWS,
    OWN,
    UNTITLED,
    WRONG,
    begin,
    candidate,
    choose,
    codes,
    summarize,
    texts,
)


def test_a_trusted_candidate_is_kept_as_it_is() -> None:
    draft = choose(candidate(NEWS, CENTRES))
    assert texts(draft) == [NEWS, CENTRES]
    assert draft.warnings == ()


def test_unsupported_sentences_are_dropped() -> None:
    draft = choose(candidate(NEWS, WRONG))
    assert texts(draft) == [NEWS]
    assert codes(draft) == ["repaired"]


def test_a_sentence_that_needs_a_dropped_one_is_dropped_too() -> None:
    leaning = "Elle doit recevoir l'aval de l'Autorité de la concurrence."
    assert summarize(candidate(NEWS, leaning)) == [NEWS, leaning]
    assert summarize(candidate(NEWS, WRONG, leaning)) == [NEWS]


def test_a_sentence_put_together_from_distant_ones_is_dropped() -> None:
    article = read_article(
        " ".join([*OWN, "La ville de Brest accueille un salon consacré aux logiciels libres."])
    )
    blended = "Le nouvel ensemble accueille un salon consacré aux centres de données."
    draft = choose(candidate(NEWS, blended), article=article)
    assert texts(draft) == [NEWS]
    assert codes(draft) == ["repaired"]


def test_a_sentence_that_says_all_of_another_again_is_left_out() -> None:
    whole = (
        "Le site de Brest emploie vingt personnes, dont huit ingénieurs venus de Paris, de Lyon et "
        "de Marseille avec armes."
    )
    article = read_article(" ".join([*OWN, whole]))
    short = "Le site de Brest emploie vingt personnes."
    assert summarize(candidate(NEWS, short, whole), article=article) == [NEWS, short]


def test_a_sentence_that_points_to_nothing_is_dropped() -> None:
    pointing = "L'aval de cette Autorité de la concurrence doit être reçu pour la transaction."
    assert summarize(candidate(NEWS, pointing, CENTRES))[:2] == [NEWS, CENTRES]


def test_a_medium_summary_of_a_page_with_its_title_may_be_shorter() -> None:
    medium = budget(Length.MEDIUM, None)
    first = f"Après des mois de discussions avec ses banques et ses actionnaires, l'{OWN[0][2:]}"
    rest = " ".join([first, *OWN[1:]])
    pages = (
        read_article(f"# Nuagis rachète Datavallée pour 45 millions d'euros\n\n{rest}"),
        read_article(rest),
    )
    assert 21 <= count_words(first) < medium.least
    assert [len(summarize(candidate(first), article=page, limit=medium)) for page in pages] == [
        1,
        2,
    ]


def test_the_news_is_not_told_twice_in_other_words() -> None:
    again = "L'hébergeur lillois Nuagis rachète son concurrent Datavallée pour 45 millions d'euros."
    assert summarize(candidate(NEWS, again, CENTRES)) == [NEWS, CENTRES]


def test_repetitions_are_dropped() -> None:
    assert summarize(candidate(NEWS, NEWS, CENTRES)) == [NEWS, CENTRES]


@pytest.mark.parametrize("most", [10, 14, 20, 25])
@pytest.mark.parametrize("length", Length)
def test_the_word_limit_is_kept_with_whole_sentences(length: Length, most: int) -> None:
    draft = choose(candidate(NEWS, CENTRES, OWN[2], OWN[3]), limit=budget(length, most))
    assert draft.sentences
    assert count_words(" ".join(texts(draft))) <= most
    assert set(texts(draft)) <= {NEWS, CENTRES, *OWN}


def test_a_short_summary_is_completed_from_the_article() -> None:
    draft = choose(
        candidate(NEWS), limit=Budget(asked=40, most=80, sentences=3, least=30, least_sentences=3)
    )
    assert texts(draft)[0] == NEWS
    assert len(texts(draft)) == 3
    assert set(texts(draft)[1:]) <= set(OWN)


@pytest.mark.parametrize("written", [None, candidate("Microsoft licencie 300 personnes à Tokyo.")])
def test_where_the_model_writes_nothing_usable_the_article_s_own_sentence_is_taken(
    written: Candidate | None,
) -> None:
    draft = choose(written)
    assert texts(draft) == [OWN[0]]
    assert "extracted" in codes(draft)


@pytest.mark.parametrize(
    "text",
    [
        "Nuagis rachète "
        + ", ".join(f"une société numéro {k}" for k in range(20))
        + " et tout le reste.",
        "Le site compte " + "des serveurs très nombreux et " * 60 + "rien.",
        f"Nuagis ouvre un site à Lille ce mardi et {'a' * 1_900}.",
    ],
)
def test_where_no_sentence_fits_the_limit_one_is_cut_and_a_warning_says_so(text: str) -> None:
    article = read_article(text, language_check=False)
    draft = choose(candidate(NEWS), limit=budget(Length.SHORT, 10), article=article)
    (cut,) = draft.sentences
    assert cut.text.endswith("…")
    assert 4 <= count_words(cut.text) <= 10
    assert article.text.startswith(cut.text[:-1])
    assert set(cut.evidence) <= set(article.sentences)
    assert codes(draft) == ["extracted", "max_words"]


def test_a_long_summary_is_the_beginning_of_the_article() -> None:
    sentences = [f"La salle numéro {k} abrite vingt baies de serveurs." for k in range(40)]
    text = f"{' '.join(sentences[:3])}\n\nNOS SALLES\n\n{' '.join(sentences[3:])}"
    for title in ("", "# Nuagis ouvre quarante salles\n\n"):
        article = read_article(title + text)
        draft = begin(article, budget(Length.LONG, None))
        assert draft is not None
        assert texts(draft) == sentences[:6]  # The most.
        assert codes(draft) == ["extracted"]
        narrow = begin(article, budget(Length.LONG, 40))
        assert narrow is not None
        assert texts(narrow) == sentences[:4]


def test_a_beginning_that_does_not_fit_is_no_summary() -> None:
    endless = f"Nuagis ouvre {', '.join(f'une salle à Lille {k}' for k in range(40))}."
    article = read_article(f"{OWN[0]} {endless} {OWN[1]}")
    assert begin(article, budget(Length.LONG, None)) is None
    assert begin(article, budget(Length.LONG, 10)) is None


def test_a_medium_summary_is_not_the_beginning_of_an_article_without_a_title() -> None:
    assert begin(UNTITLED, budget(Length.MEDIUM, None)) is None
