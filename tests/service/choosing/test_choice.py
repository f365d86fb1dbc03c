"""The steps of choosing: what is kept, filled up, asked for and warned of."""

import pytest

from models.engine import Candidate
from service.choosing.lengths import Budget, Length, budget
from service.reading.reader import read_article
from service.text.words import count_words
from tests.service.choosing.articles import (
    CENTRES,
    LOOSE,
    NEWS,
    OWN,
    WRONG,
    Sections,
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


def test_sections_each_add_a_sentence() -> None:
    limit = Budget(asked=40, most=80, sentences=3, least=15, least_sentences=3)
    draft = choose(candidate(NEWS), limit=limit, sections=Sections(candidate(OWN[3])))
    assert texts(draft) == [NEWS, OWN[3], OWN[1]]


def test_sections_are_asked_for_while_sentences_are_missing() -> None:
    limit = Budget(asked=70, most=150, sentences=6, least=25, least_sentences=4)
    sections = Sections(*(candidate(text) for text in (WRONG, WRONG, OWN[1], OWN[2], OWN[3])))
    assert summarize(candidate(NEWS), limit=limit, sections=sections) == [
        NEWS,
        OWN[1],
        OWN[2],
        OWN[3],
    ]
    assert sections.asked == [3, 2]


def test_for_one_missing_sentence_the_articles_own_stands_in_and_nothing_is_read() -> None:
    limit = Budget(asked=40, most=80, sentences=3, least=15, least_sentences=2)
    sections = Sections(candidate(OWN[3]))
    assert summarize(candidate(NEWS), limit=limit, sections=sections) == [NEWS, OWN[1]]
    assert sections.asked == []


def test_a_summary_that_is_long_enough_asks_for_no_section() -> None:
    sections = Sections(candidate(OWN[3]))
    assert summarize(candidate(NEWS), limit=LOOSE, sections=sections) == [NEWS]
    assert sections.asked == []


def test_sections_may_run_out() -> None:
    limit = Budget(asked=70, most=150, sentences=6, least=100, least_sentences=6)
    draft = choose(candidate(NEWS), limit=limit, sections=Sections(candidate(WRONG)))
    assert texts(draft)[0] == NEWS
    assert WRONG not in texts(draft)
