"""What the news of an article is, and whether a text tells it."""

import pytest

from service.choosing.news import LEAD_WORDS, News
from service.reading.reader import read_article

TITLE = "# Le Conseil d'État suspend le décret sur les hébergeurs"
LEAD = (
    "Le Conseil d'État a suspendu le décret qui imposait aux hébergeurs de garder les adresses de "
    "leurs clients."
)
BEHIND = (
    "Le décret avait été publié en mars. Les hébergeurs français ont perdu des clients depuis deux "
    "ans."
)


def read_news(text: str) -> News:
    return News(read_article(text), lambda words: float(len(words)))


def test_a_text_tells_the_news_if_it_has_the_words_of_title_and_lead() -> None:
    news = read_news(f"{TITLE}\n\n{LEAD}\n\n{BEHIND}")
    assert news.lead == [LEAD]
    assert news.told(f"{TITLE} {LEAD}") == 1
    assert news.told("Les fusées décollent de Kourou.") == 0
    assert not news.is_missed(LEAD)
    assert news.is_missed("Les hébergeurs français ont perdu des clients depuis deux ans.")


def test_without_a_title_nothing_is_missed() -> None:
    news = read_news(f"{LEAD}\n\n{BEHIND}")
    assert news.told(LEAD) == news.of_title(LEAD) == 0
    assert not news.is_missed("Les fusées décollent de Kourou.")


def test_of_a_text_without_paragraphs_the_first_sentences_are_the_lead() -> None:
    news = read_news(f"{TITLE}\n\n{LEAD} {' '.join([BEHIND] * 6)}")
    assert news.lead[0] == LEAD
    assert len(" ".join(news.lead).split()) <= LEAD_WORDS


def test_words_to_which_the_article_does_not_return_are_ornament() -> None:
    ornament = "La nouvelle réjouit tout un secteur."
    news = read_news(f"{TITLE}\n\n{ornament} {LEAD}\n\n{BEHIND}")
    assert news.told_again(f"{ornament} {LEAD}") == news.told_again(LEAD)
    assert news.told(f"{ornament} {LEAD}") > news.told(LEAD)


def test_a_lead_that_goes_on_from_the_title_does_not_replace_the_news() -> None:
    onward = "Une victoire pour la fédération du cloud, qui la réclamait depuis deux ans."
    news = read_news(f"{TITLE}\n\n{onward}\n\n{LEAD} {BEHIND}")
    assert not news.may_replace(LEAD, onward)
    assert news.may_replace("Les fusées décollent de Kourou.", onward)
    assert news.may_replace(onward, LEAD)


def test_the_title_stands_before_a_text_that_needs_it() -> None:
    news = read_news(f"VIDÉO. {TITLE[2:]}\n\n{LEAD}\n\n{BEHIND}")
    assert news.title == f"{TITLE[2:]}."
    assert news.title_before("La mesure avait été publiée en mars.") == news.title
    assert not news.title_before(LEAD)
    assert not read_news(f"{LEAD}\n\n{BEHIND}").title_before("La mesure avait été publiée en mars.")


def test_the_title_stands_before_a_text_that_misses_the_news() -> None:
    news = read_news(f"{TITLE}\n\n{LEAD}\n\n{BEHIND}")
    half = "Le Conseil d'État a rendu sa décision lundi."  # who, but not what
    assert news.is_plain(half)
    assert news.is_missed(half)
    assert news.title_before(half) == news.title
    assert not news.title_before(f"{TITLE[2:]} lundi.")  # says the title already


def test_a_sentence_is_about_the_news_if_title_or_lead_have_most_of_its_words() -> None:
    news = read_news(f"{TITLE}\n\n{LEAD}\n\n{BEHIND}")
    assert news.is_about("Le Conseil d'État a suspendu un décret sur les adresses des clients.")
    assert not news.is_about("Les hébergeurs français ont perdu des clients depuis deux ans.")
    assert read_news(f"{LEAD}\n\n{BEHIND}").is_about(
        "Les hébergeurs français ont perdu des clients depuis deux ans."
    )


def test_a_title_stands_as_a_sentence_without_its_rubric() -> None:
    assert (
        read_news(f"# Tribune – Pourquoi il faut taxer les serveurs\n\n{LEAD}\n\n{BEHIND}").title
        == "Pourquoi il faut taxer les serveurs."
    )
    assert (
        read_news(f"# Résultats : les serveurs se vendent mieux\n\n{LEAD}\n\n{BEHIND}").title
        == "Les serveurs se vendent mieux."
    )
    assert (
        read_news(f"# Enquête sur les serveurs de Lille\n\n{LEAD}\n\n{BEHIND}").title
        == "Enquête sur les serveurs de Lille."
    )


FINE = "# Google doit verser 572 millions d'euros à Nuagis"
RULING = (
    "La justice allemande oblige Google à payer Nuagis, un comparateur de prix qui réclamait 3,3 "
    "milliards d'euros."
)


def test_a_title_stands_before_a_text_that_leaves_out_what_it_counts() -> None:
    news = read_news(f"{FINE}\n\n{RULING}\n\n{BEHIND}")
    assert news.title_before(RULING) == news.title
    assert not news.title_before(RULING.replace("3,3 milliards", "572 millions"))
    assert not news.title_before(
        RULING.replace("3,3 milliards", "575 millions")
    )  # which it rounded


@pytest.mark.parametrize(
    "title",
    [
        "Google présente Android 16 à Nuagis en Allemagne",
        "Google ferme le comparateur de prix Nuagis en 2026 en Allemagne",
        "Google licencie le patron de Nuagis, 52 ans, en Allemagne",
    ],
)
def test_a_title_that_counts_nothing_stands_before_no_text_for_a_number(title: str) -> None:
    text = (
        f"{title}, un comparateur de prix.".replace("16", "")
        .replace("2026", "mars")
        .replace("52 ans", "")
    )
    assert not read_news(f"# {title}\n\n{RULING}\n\n{BEHIND}").title_before(text)


def test_a_title_that_announces_the_article_stands_before_nothing() -> None:
    beside = "Les hébergeurs français ont perdu des clients depuis deux ans."
    assert read_news(f"{TITLE}\n\n{LEAD}\n\n{BEHIND}").title_before(beside)
    assert not read_news(
        f"# Pourquoi il faut suspendre le décret sur les hébergeurs\n\n{LEAD}\n\n{BEHIND}"
    ).title_before(beside)
