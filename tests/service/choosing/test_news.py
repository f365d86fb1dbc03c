"""What the news of an article is, and whether a text tells it."""

import pytest

from service.choosing.news import LEAD_WORDS, News
from service.reading.reader import read_article

TITLE = "# Le Conseil d'État suspend le décret sur les hébergeurs"
LEAD = "Le Conseil d'État a suspendu le décret qui imposait aux hébergeurs de garder les adresses de leurs clients."
BEHIND = "Le décret avait été publié en mars. Les hébergeurs français ont perdu des clients depuis deux ans."


def news(text: str) -> News:
    return News(read_article(text), lambda words: float(len(words)))


def test_a_text_tells_the_news_if_it_has_the_words_of_title_and_lead() -> None:
    found = news(f"{TITLE}\n\n{LEAD}\n\n{BEHIND}")
    assert found.lead == [LEAD]
    assert found.told(f"{TITLE} {LEAD}") == 1
    assert found.told("Les fusées décollent de Kourou.") == 0
    assert not found.is_missed(LEAD)
    assert found.is_missed("Les hébergeurs français ont perdu des clients depuis deux ans.")


def test_without_a_title_nothing_is_missed() -> None:
    found = news(f"{LEAD}\n\n{BEHIND}")
    assert found.told(LEAD) == found.of_title(LEAD) == 0
    assert not found.is_missed("Les fusées décollent de Kourou.")


def test_of_a_text_without_paragraphs_the_first_sentences_are_the_lead() -> None:
    found = news(f"{TITLE}\n\n{LEAD} {' '.join([BEHIND] * 6)}")
    assert found.lead[0] == LEAD
    assert len(" ".join(found.lead).split()) <= LEAD_WORDS


def test_what_the_article_does_not_come_back_to_is_ornament() -> None:
    ornament = "La nouvelle réjouit tout un secteur."
    found = news(f"{TITLE}\n\n{ornament} {LEAD}\n\n{BEHIND}")
    assert found.told_again(f"{ornament} {LEAD}") == found.told_again(LEAD)
    assert found.told(f"{ornament} {LEAD}") > found.told(LEAD)


def test_a_lead_that_goes_on_from_the_title_does_not_replace_what_tells_it() -> None:
    onward = "Une victoire pour la fédération du cloud, qui la réclamait depuis deux ans."
    found = news(f"{TITLE}\n\n{onward}\n\n{LEAD} {BEHIND}")
    assert not found.may_replace(LEAD, onward)
    assert found.may_replace("Les fusées décollent de Kourou.", onward)
    assert found.may_replace(onward, LEAD)


def test_the_title_stands_before_what_is_not_understood_without_it() -> None:
    found = news(f"VIDÉO. {TITLE[2:]}\n\n{LEAD}\n\n{BEHIND}")
    assert found.title == f"{TITLE[2:]}."
    assert found.title_before("La mesure avait été publiée en mars.") == found.title
    assert not found.title_before(LEAD)
    assert not news(f"{LEAD}\n\n{BEHIND}").title_before("La mesure avait été publiée en mars.")


def test_the_title_stands_before_what_misses_the_news() -> None:
    found = news(f"{TITLE}\n\n{LEAD}\n\n{BEHIND}")
    half = "Le Conseil d'État a rendu sa décision lundi."  # who, but not what
    assert found.is_plain(half)
    assert found.is_missed(half)
    assert found.title_before(half) == found.title
    assert not found.title_before(f"{TITLE[2:]} lundi.")  # says the title already


def test_a_sentence_is_about_the_news_if_title_or_lead_have_most_of_its_words() -> None:
    found = news(f"{TITLE}\n\n{LEAD}\n\n{BEHIND}")
    assert found.is_about("Le Conseil d'État a suspendu un décret sur les adresses des clients.")
    assert not found.is_about("Les hébergeurs français ont perdu des clients depuis deux ans.")
    assert news(f"{LEAD}\n\n{BEHIND}").is_about(
        "Les hébergeurs français ont perdu des clients depuis deux ans."
    )


def test_a_title_stands_as_a_sentence_without_what_kind_of_article_it_says_it_is() -> None:
    assert (
        news(f"# Tribune – Pourquoi il faut taxer les serveurs\n\n{LEAD}\n\n{BEHIND}").title
        == "Pourquoi il faut taxer les serveurs."
    )
    assert (
        news(f"# Résultats : les serveurs se vendent mieux\n\n{LEAD}\n\n{BEHIND}").title
        == "Les serveurs se vendent mieux."
    )
    assert (
        news(f"# Enquête sur les serveurs de Lille\n\n{LEAD}\n\n{BEHIND}").title
        == "Enquête sur les serveurs de Lille."
    )


FINE = "# Google doit verser 572 millions d'euros à Nuagis"
RULING = "La justice allemande oblige Google à payer Nuagis, un comparateur de prix qui réclamait 3,3 milliards d'euros."


def test_a_title_stands_before_a_text_that_leaves_out_what_it_counts() -> None:
    found = news(f"{FINE}\n\n{RULING}\n\n{BEHIND}")
    assert found.title_before(RULING) == found.title
    assert not found.title_before(RULING.replace("3,3 milliards", "572 millions"))
    assert not found.title_before(
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
    told = (
        f"{title}, un comparateur de prix.".replace("16", "")
        .replace("2026", "mars")
        .replace("52 ans", "")
    )
    assert not news(f"# {title}\n\n{RULING}\n\n{BEHIND}").title_before(told)


def test_a_title_that_promises_what_the_article_says_stands_before_nothing() -> None:
    beside = "Les hébergeurs français ont perdu des clients depuis deux ans."
    assert news(f"{TITLE}\n\n{LEAD}\n\n{BEHIND}").title_before(beside)
    assert not news(
        f"# Pourquoi il faut suspendre le décret sur les hébergeurs\n\n{LEAD}\n\n{BEHIND}"
    ).title_before(beside)
