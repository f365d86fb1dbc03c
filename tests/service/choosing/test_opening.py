"""How a summary begins: with the news, with whom it is about, and with the title where needed."""

from dataclasses import replace

import pytest

from service.choosing.lengths import Budget
from service.reading.article import Article
from service.reading.reader import read_article
from tests.service.choosing.articles import (
    CENTRES,
    LOOSE,
    OWN,
    UNTITLED,
    candidate,
    choose,
    codes,
    summarize,
    texts,
)

MINI = (
    "Le Mini 3 reprend le boîtier transparent de ses aînés, une puce maison et deux disques, pour "
    "249 euros."
)
AIM = "Depuis sa création, Nuagis joue la carte du boîtier pour se faire une place sur le marché."
QUARTER = (
    "Le géant des serveurs a réalisé au troisième trimestre un chiffre d'affaires record de 57 "
    "millions d'euros."
)
NEXT = "Pour le trimestre en cours, Nuagis vise 65 millions d'euros de recettes, à 2 % près."
LONGER = replace(LOOSE, sentences=3, least=30)
LEAD = (
    "Le Conseil d'État a suspendu le décret qui imposait aux hébergeurs de garder les adresses de "
    "leurs clients."
)
BACKGROUND = "Les hébergeurs français ont perdu des clients depuis deux ans, selon leur fédération."
DECREE = "# Le Conseil d'État suspend le décret sur les hébergeurs"
BEHIND = (
    "Les hébergeurs français ont perdu des clients depuis deux ans, selon leur fédération. "
    "Le décret avait été publié en mars. Les juges doivent encore dire s'il est contraire au droit "
    "européen."
)


def test_the_name_behind_a_colon_is_the_first_one() -> None:
    title, lead = (
        "# Marseille : Anne Leroy prévoit un dixième site\n\n",
        "Anne Leroy prévoit un dixième site près de Marseille.",
    )
    article = read_article(f"{title}{lead}\n\n{' '.join(OWN[:4])}")
    named = "Anne Leroy prévoit un dixième site."
    assert summarize(candidate(named), article=article) == [named]
    quoting = read_article(
        f"# Anne Leroy : « Marseille aura un dixième site »\n\n{lead}\n\n{' '.join(OWN[:4])}"
    )
    assert summarize(candidate(named), article=quoting) == [named]


def test_a_lost_opening_is_replaced() -> None:
    draft = choose(
        candidate("L'américain Microsoft rachète Datavallée pour 45 millions d'euros.", CENTRES)
    )
    assert texts(draft)[0] == OWN[0]
    assert codes(draft)[0] == "repaired"


def test_an_opening_without_the_name_that_begins_the_title_is_replaced_by_one_that_has_it() -> None:
    nameless = "L'hébergeur rachète son concurrent Datavallée pour 45 millions d'euros."
    assert summarize(candidate(nameless)) == [OWN[0]]
    assert summarize(candidate(nameless), article=UNTITLED) == [nameless]


def test_the_sentence_with_the_name_stands_where_the_article_has_it() -> None:
    article = read_article(
        f"# Nuagis Mini : un serveur toujours aussi singulier\n\n{MINI}\n\n{AIM} Il sera livré en "
        f"mars."
    )
    sentences = summarize(candidate(MINI), article=article, limit=LONGER)
    assert sentences == [MINI, AIM]


def test_behind_the_title_sentences_stand_in_the_order_of_the_article() -> None:
    title = "Nuagis bat encore les attentes, mais prévient que Marseille ne comptera plus"
    article = read_article(
        f"# {title}\n\n{QUARTER}\n\n{NEXT} Les ventes de Marseille étaient de 50 000 euros."
    )
    sentences = summarize(candidate(QUARTER), article=article, limit=LONGER)
    assert sentences == [f"{title}.", QUARTER, NEXT]


def test_the_opening_stays_where_no_sentence_has_the_name() -> None:
    text = (
        "# Orange rachète pour 45 millions d'euros\n\n"
        + "\n\n".join(OWN)
        + " Un sondage d'Orange disait autre chose ?"
    )
    first = "L'hébergeur Nuagis rachète son concurrent Datavallée pour 45 millions d'euros."
    assert summarize(candidate(first, CENTRES), article=read_article(text))[0] == first


def test_the_lead_opens_where_the_model_misses_the_news() -> None:
    article = read_article(f"{DECREE}\n\n{LEAD}\n\n{BEHIND}")
    assert summarize(candidate(BACKGROUND), article=article)[0] == LEAD
    news = (
        "Le Conseil d'État a suspendu le décret qui imposait aux hébergeurs de garder les adresses."
    )
    assert summarize(candidate(news), article=article) == [news]
    assert summarize(candidate(BACKGROUND), article=read_article(f"{LEAD}\n\n{BEHIND}")) == [
        BACKGROUND
    ]


def test_a_medium_summary_of_a_page_leaves_out_what_is_not_about_the_news() -> None:
    article = read_article(f"{DECREE}\n\n{LEAD}\n\n{BEHIND}")
    news = (
        "Le Conseil d'État a suspendu le décret qui imposait de garder les adresses de leurs "
        "clients."
    )
    beside, leaning = (
        "Les juges doivent dire s'il est contraire au droit européen.",
        "Ils doivent encore dire s'il est contraire au droit européen.",
    )
    medium = replace(LOOSE, sentences=3)
    assert summarize(candidate(news, beside), article=article, limit=medium) == [news]
    assert summarize(candidate(news, beside, leaning), article=article, limit=medium) == [news]
    assert summarize(candidate(news, beside), article=article) == [news, beside]
    assert summarize(
        candidate(news, beside), article=read_article(f"{LEAD}\n\n{BEHIND}"), limit=medium
    ) == [news, beside]


def test_a_sentence_that_is_cut_short_gives_way_to_the_lead() -> None:
    article, short = (
        read_article(f"{DECREE}\n\n{LEAD}\n\n{BEHIND}"),
        "Le Conseil d'État a suspendu le décret qui imposait.",
    )
    assert summarize(candidate(short), article=article, limit=replace(LOOSE, sentences=3)) == [LEAD]


def test_a_sentence_of_the_lead_stands_with_the_one_that_it_needs() -> None:
    leaning = "Il obligeait le Conseil d'État à trancher."
    article = read_article(f"{DECREE}\n\n{LEAD} {leaning}\n\n{BEHIND}")
    assert summarize(candidate(BACKGROUND), article=article)[0] == LEAD
    article = read_article(
        f"{DECREE}\n\nVoilà une bonne nouvelle pour beaucoup de monde. {LEAD} {leaning}\n\n{BEHIND}"
    )
    assert summarize(candidate(BACKGROUND), article=article)[0] == LEAD


def test_a_lead_that_goes_on_from_the_title_does_not_take_the_place_of_the_news() -> None:
    onward = (
        "La fédération des acteurs du cloud se félicite d'une victoire attendue depuis deux ans."
    )
    article = read_article(f"{DECREE}\n\n{onward}\n\n{LEAD} {BEHIND}")
    news = (
        "Le Conseil d'État a suspendu le décret qui imposait aux hébergeurs de garder les adresses."
    )
    assert summarize(candidate(news), article=article)[0] == news


def test_a_lead_that_goes_on_from_the_title_stands_behind_it() -> None:
    title = "Vin bleu corse : une enquête vise la fraude"
    lead = (
        "La boisson contient un colorant qui est contraire à la réglementation viticole de l'Union."
    )
    behind = (
        "Les ventes ont doublé depuis deux ans. Le producteur conteste toute tromperie du public."
    )
    text = f"# {title}\n\n{lead}\n\n{behind}"
    article = read_article(text)
    draft = choose(candidate(lead), article=article)
    assert texts(draft) == [f"{title}.", lead]
    assert draft.sentences[0].supported
    assert codes(draft) == ["extracted"]
    assert summarize(candidate(lead), article=article, titled=True) == [lead]
    one_sentence = Budget(asked=20, most=40, sentences=1, least=1, least_sentences=1)
    assert summarize(candidate(lead), limit=one_sentence, article=article) == [lead]
    assert summarize(candidate(lead), article=read_article(text.replace("fraude", "fraude ?"))) == [
        lead
    ]


def test_where_the_model_s_text_may_not_open_the_own_sentence_closest_to_it_does() -> None:
    wrong = candidate("Les clients de Microsoft migreront gratuitement vers la plateforme commune.")
    assert summarize(wrong, article=UNTITLED) == [OWN[3]]


WHOLE = replace(LOOSE, sentences=3, whole_lead=60)


def page(lead: str, title: str = DECREE) -> Article:
    return read_article(f"{title}\n\n{lead}\n\n{BEHIND}")


def test_a_lead_that_tells_the_news_stands_as_it_is() -> None:
    cut = candidate("Le Conseil d'État a suspendu le décret.")
    assert summarize(cut, article=page(LEAD), limit=WHOLE) == [LEAD]
    assert summarize(cut, article=page(LEAD), limit=LOOSE) != [LEAD]
    two = f"{LEAD} Les hébergeurs français s'en félicitent."
    assert " ".join(summarize(cut, article=page(two), limit=WHOLE)) == two


@pytest.mark.parametrize(
    ("why", "lead"),
    [
        ("it asks", f"{LEAD} Les hébergeurs vont-ils l'appliquer ?"),
        ("it teases", f"{LEAD} Explications."),
        ("it is not of the news", "Les hébergeurs français ont tenu leur congrès jeudi à Lyon."),
        ("it points back", f"Cette décision était attendue. {LEAD}"),
        ("it is too long", f"{LEAD} {' '.join(['Les juges ont longuement hésité.'] * 9)}"),
    ],
)
def test_a_lead_does_not_stand_whole_if(why: str, lead: str) -> None:
    told = "Le Conseil d'État a suspendu le décret qui imposait aux hébergeurs de garder."
    answer = " ".join(summarize(candidate(told), article=page(lead), limit=WHOLE))
    assert answer
    assert answer != lead, why


def test_a_lead_without_the_number_that_the_title_counts_does_not_stand_whole() -> None:
    lead = "La justice suspend le décret sur les adresses, demandé par les hébergeurs de France."
    title = "# La justice suspend le décret qui coûtait 60 millions d'euros aux hébergeurs"
    told = "La justice suspend le décret sur les adresses, demandé par les hébergeurs."
    assert summarize(candidate(told), article=page(lead), limit=WHOLE)[0] == lead
    assert summarize(candidate(told), article=page(lead, title), limit=WHOLE)[0] != lead


def test_under_its_title_a_lead_need_not_say_the_title_again() -> None:
    told = candidate("Le Conseil d'État a suspendu le décret qui imposait aux hébergeurs.")
    onward = "Les juges estiment que la mesure porte atteinte au secret des correspondances."
    article = page(onward)
    assert summarize(told, article=article, limit=WHOLE) != [onward]
    assert summarize(told, article=article, limit=WHOLE, titled=True) == [onward]
    teaser = page(f"{onward} Explications.")
    assert " ".join(summarize(told, article=teaser, limit=WHOLE, titled=True)) != teaser.body


@pytest.mark.parametrize(
    "lead",
    [
        "« Les juges ont tranché », se réjouit la fédération des acteurs du cloud, à Lyon.",
        "La fédération se félicite de ce vaste soutien des juges à ses membres.",
    ],
)
def test_under_its_title_a_lead_may_begin_with_words_of_somebody_or_point(lead: str) -> None:
    told = candidate("Le Conseil d'État a suspendu le décret qui imposait aux hébergeurs.")
    assert summarize(told, article=page(lead), limit=WHOLE, titled=True) == [lead]
