from dataclasses import replace

import pytest

from models.engine import Candidate
from service.checking.evidence import EvidenceFinder
from service.choosing.candidates import find_complete_sentences, measure_consensus
from service.choosing.choice import Chooser, Draft
from service.choosing.lengths import Budget, Length, budget
from service.reading.article import Article
from service.reading.reader import read_article
from service.text.words import count_words

ARTICLE = read_article(
    "# Nuagis rachète Datavallée pour 45 millions d'euros\n\n"
    "L'hébergeur lillois Nuagis rachète son concurrent Datavallée pour 45 millions d'euros. "
    "Le nouvel ensemble exploitera neuf centres de données en France. "
    "La transaction doit recevoir l'aval de l'Autorité de la concurrence.\n\n"
    "Les clients pourront migrer gratuitement vers la plateforme commune. "
    "Anne Leroy prévoit un dixième site près de Marseille."
)
OWN = [sentence.text for sentence in ARTICLE.sentences]
NEWS = "Nuagis rachète Datavallée, son concurrent, pour 45 millions d'euros."
CENTRES = "Le nouvel ensemble exploitera neuf centres de données."
WRONG = "Le nouvel ensemble exploitera douze centres de données avec Microsoft."
UNTITLED = read_article(" ".join(OWN))
LOOSE = Budget(asked=40, most=80, sentences=6, least=1, least_sentences=1)


def candidate(*sentences: str, score: float = -0.5, finished: bool = True) -> Candidate:
    return Candidate(" ".join(sentences), 20, score, finished)


class Sections:
    """The candidates for further sections, and how many were asked for each time."""

    def __init__(self, *candidates: list[Candidate]) -> None:
        self.left, self.asked = list(candidates), list[int]()

    def read_next(self, count: int) -> list[list[Candidate]]:
        if self.left:
            self.asked.append(count)
        sections, self.left = self.left[:count], self.left[count:]
        return sections


def choose(
    *candidates: Candidate,
    limit: Budget = LOOSE,
    article: Article = ARTICLE,
    titled: bool = False,
    sections: Sections | None = None,
) -> Draft:
    finder = EvidenceFinder(article.sentences, article.header.title)
    chooser = Chooser(article, finder, limit, titled)
    selection = chooser.start(candidates)
    while sections and (wanted := chooser.count_wanted_sections(selection)):
        further = sections.read_next(wanted)
        if not further:
            break
        selection = chooser.add_sections(selection, further)
    return chooser.finish(selection)


def texts(draft: Draft) -> list[str]:
    return [sentence.text for sentence in draft.sentences]


def codes(draft: Draft) -> list[str]:
    return [warning.code for warning in draft.warnings]


def test_a_faithful_candidate_is_kept_as_it_is() -> None:
    draft = choose(candidate(NEWS, CENTRES))
    assert texts(draft) == [NEWS, CENTRES]
    assert draft.warnings == ()


def test_a_candidate_that_says_its_words_twice_comes_behind() -> None:
    twice = "Nuagis rachète son concurrent Datavallée, son concurrent, pour 45 millions d'euros."
    assert texts(choose(candidate(twice, score=-0.4), candidate(NEWS)))[0] == NEWS
    assert texts(choose(candidate(twice)))[0] == twice


def test_unsupported_sentences_are_dropped() -> None:
    draft = choose(candidate(NEWS, WRONG))
    assert texts(draft) == [NEWS]
    assert codes(draft) == ["repaired"]


def test_a_sentence_that_leans_on_a_dropped_one_goes_too() -> None:
    leaning = "Elle doit recevoir l'aval de l'Autorité de la concurrence."
    assert texts(choose(candidate(NEWS, leaning))) == [NEWS, leaning]
    assert texts(choose(candidate(NEWS, WRONG, leaning))) == [NEWS]


def test_a_sentence_put_together_from_distant_ones_is_dropped() -> None:
    article = read_article(
        " ".join([*OWN, "La ville de Brest accueille un salon consacré aux logiciels libres."])
    )
    blended = "Le nouvel ensemble accueille un salon consacré aux centres de données."
    draft = choose(candidate(NEWS, blended), article=article)
    assert texts(draft) == [NEWS]
    assert codes(draft) == ["repaired"]


def test_a_sentence_that_tells_all_of_another_again_is_left_out() -> None:
    own = "Le site de Brest emploie vingt personnes, dont huit ingénieurs venus de Paris, de Lyon et de Marseille avec armes."
    article = read_article(" ".join([*OWN, own]))
    short, whole = "Le site de Brest emploie vingt personnes.", own
    draft = choose(
        candidate(NEWS, short),
        candidate(NEWS, whole, score=-0.6),
        limit=replace(LOOSE, least=25),
        article=article,
    )
    assert texts(draft)[:2] == [NEWS, short]
    assert whole not in texts(draft)


def test_of_faithful_candidates_one_in_the_order_of_the_article_wins() -> None:
    moved = (
        "Pour 45 millions d'euros, l'hébergeur lillois Nuagis rachète son concurrent Datavallée."
    )
    kept = "L'hébergeur lillois Nuagis rachète son concurrent Datavallée pour 45 millions."
    assert texts(choose(candidate(moved, score=-0.45), candidate(kept), article=UNTITLED)) == [
        f"{kept[:-1]} d'euros."
    ]


def test_the_name_behind_a_colon_is_the_first_one() -> None:
    title, lead = (
        "# Marseille : Anne Leroy prévoit un dixième site\n\n",
        "Anne Leroy prévoit un dixième site près de Marseille.",
    )
    article = read_article(f"{title}{lead}\n\n{' '.join(OWN[:4])}")
    named = "Anne Leroy prévoit un dixième site."
    assert texts(choose(candidate(named), article=article)) == [named]
    said = read_article(
        f"# Anne Leroy : « Marseille aura un dixième site »\n\n{lead}\n\n{' '.join(OWN[:4])}"
    )
    assert texts(choose(candidate(named), article=said)) == [named]


def test_a_sentence_that_points_to_nothing_is_dropped() -> None:
    pointing = "L'aval de cette Autorité de la concurrence doit être reçu pour la transaction."
    assert texts(choose(candidate(NEWS, pointing, CENTRES)))[:2] == [NEWS, CENTRES]


def test_a_lost_opening_is_replaced() -> None:
    draft = choose(
        candidate("L'américain Microsoft rachète Datavallée pour 45 millions d'euros.", CENTRES)
    )
    assert texts(draft)[0] == OWN[0]
    assert codes(draft)[0] == "repaired"


def test_an_opening_without_the_name_that_begins_the_title_is_replaced_by_one_that_has_it() -> None:
    nameless = "L'hébergeur rachète son concurrent Datavallée pour 45 millions d'euros."
    assert texts(choose(candidate(nameless))) == [OWN[0]]
    assert texts(choose(candidate(nameless, score=-0.1), candidate(NEWS, CENTRES, score=-3))) == [
        NEWS
    ]
    assert texts(choose(candidate(nameless), article=UNTITLED)) == [nameless]


MINI = "Le Mini 3 reprend le boîtier transparent de ses aînés, une puce maison et deux disques, pour 249 euros."
AIM = "Depuis sa création, Nuagis joue la carte du boîtier pour se faire une place sur le marché."
QUARTER = "Le géant des serveurs a réalisé au troisième trimestre un chiffre d'affaires record de 57 millions d'euros."
NEXT = "Pour le trimestre en cours, Nuagis vise 65 millions d'euros de recettes, à 2 % près."
LONGER = replace(LOOSE, sentences=3, least=30)


def test_the_sentence_with_the_name_stands_where_the_article_has_it() -> None:
    article = read_article(
        f"# Nuagis Mini : un serveur toujours aussi singulier\n\n{MINI}\n\n{AIM} Il sera livré en "
        f"mars."
    )
    found = texts(choose(candidate(MINI), candidate(AIM, score=-3), article=article, limit=LONGER))
    assert found == [MINI, AIM]


def test_behind_the_title_sentences_stand_in_the_order_of_the_article() -> None:
    title = "Nuagis bat encore les attentes, mais prévient que Marseille ne comptera plus"
    article = read_article(
        f"# {title}\n\n{QUARTER}\n\n{NEXT} Les ventes de Marseille étaient de 50 000 euros."
    )
    found = texts(
        choose(candidate(QUARTER), candidate(NEXT, score=-3), article=article, limit=LONGER)
    )
    assert found == [f"{title}.", QUARTER, NEXT]


def test_where_nothing_names_it_the_opening_stays() -> None:
    text = (
        "# Orange rachète pour 45 millions d'euros\n\n"
        + "\n\n".join(OWN)
        + " Un sondage d'Orange disait autre chose ?"
    )
    first = "L'hébergeur Nuagis rachète son concurrent Datavallée pour 45 millions d'euros."
    assert texts(choose(candidate(first, CENTRES), article=read_article(text)))[0] == first


LEAD = "Le Conseil d'État a suspendu le décret qui imposait aux hébergeurs de garder les adresses de leurs clients."
BACKGROUND = "Les hébergeurs français ont perdu des clients depuis deux ans, selon leur fédération."
DECREE = "# Le Conseil d'État suspend le décret sur les hébergeurs"
BEHIND = (
    "Les hébergeurs français ont perdu des clients depuis deux ans, selon leur fédération. "
    "Le décret avait été publié en mars. Les juges doivent encore dire s'il est contraire au droit "
    "européen."
)


def test_where_the_news_of_title_and_lead_is_missed_the_lead_opens() -> None:
    article = read_article(f"{DECREE}\n\n{LEAD}\n\n{BEHIND}")
    assert texts(choose(candidate(BACKGROUND), article=article))[0] == LEAD
    told = (
        "Le Conseil d'État a suspendu le décret qui imposait aux hébergeurs de garder les adresses."
    )
    assert texts(choose(candidate(told), article=article)) == [told]
    assert (
        texts(choose(candidate(BACKGROUND), candidate(told, score=-2), article=article))[0] == told
    )
    assert texts(choose(candidate(BACKGROUND), article=read_article(f"{LEAD}\n\n{BEHIND}"))) == [
        BACKGROUND
    ]


def test_what_stands_beside_the_news_of_a_page_is_left_out_of_a_medium_summary() -> None:
    article = read_article(f"{DECREE}\n\n{LEAD}\n\n{BEHIND}")
    told = "Le Conseil d'État a suspendu le décret qui imposait de garder les adresses de leurs clients."
    beside, leaning = (
        "Les juges doivent dire s'il est contraire au droit européen.",
        "Ils doivent encore dire s'il est contraire au droit européen.",
    )
    medium = replace(LOOSE, sentences=3)
    assert texts(choose(candidate(told, beside), article=article, limit=medium)) == [told]
    assert texts(choose(candidate(told, beside, leaning), article=article, limit=medium)) == [told]
    assert texts(choose(candidate(told, beside), article=article)) == [told, beside]
    assert texts(
        choose(candidate(told, beside), article=read_article(f"{LEAD}\n\n{BEHIND}"), limit=medium)
    ) == [told, beside]


def test_a_sentence_that_is_cut_short_gives_way_to_the_lead() -> None:
    article, short = (
        read_article(f"{DECREE}\n\n{LEAD}\n\n{BEHIND}"),
        "Le Conseil d'État a suspendu le décret qui imposait.",
    )
    assert texts(choose(candidate(short), article=article, limit=replace(LOOSE, sentences=3))) == [
        LEAD
    ]


def test_a_sentence_of_the_lead_stands_with_the_one_that_it_leans_on() -> None:
    leaning = "Il obligeait le Conseil d'État à trancher."
    article = read_article(f"{DECREE}\n\n{LEAD} {leaning}\n\n{BEHIND}")
    assert texts(choose(candidate(BACKGROUND), article=article))[0] == LEAD
    article = read_article(
        f"{DECREE}\n\nVoilà une bonne nouvelle pour beaucoup de monde. {LEAD} {leaning}\n\n{BEHIND}"
    )
    assert texts(choose(candidate(BACKGROUND), article=article))[0] == LEAD


def test_a_lead_that_goes_on_from_the_title_does_not_take_the_place_of_the_news() -> None:
    onward = (
        "La fédération des acteurs du cloud se félicite d'une victoire attendue depuis deux ans."
    )
    article = read_article(f"{DECREE}\n\n{onward}\n\n{LEAD} {BEHIND}")
    told = (
        "Le Conseil d'État a suspendu le décret qui imposait aux hébergeurs de garder les adresses."
    )
    assert texts(choose(candidate(told), article=article))[0] == told


def test_a_lead_that_goes_on_from_the_title_stands_behind_it() -> None:
    title = "Vin bleu corse : une enquête vise la fraude"
    onward = "Cette boisson contient un colorant qui est contraire à la réglementation viticole de l'Union."
    plain = onward.replace("Cette boisson", "La boisson")
    text = f"# {title}\n\n{plain}\n\nLes ventes ont doublé depuis deux ans. Le producteur conteste toute tromperie du public."
    article = read_article(text)
    draft = choose(candidate(plain), article=article)
    assert texts(draft) == [f"{title}.", plain]
    assert draft.sentences[0].supported
    assert codes(draft) == ["extracted"]
    assert texts(choose(candidate(plain), article=article, titled=True)) == [plain]
    one = Budget(asked=20, most=40, sentences=1, least=1, least_sentences=1)
    assert texts(choose(candidate(plain), limit=one, article=article)) == [plain]
    assert texts(
        choose(candidate(plain), article=read_article(text.replace("fraude", "fraude ?")))
    ) == [plain]


def test_words_that_stand_twice_in_a_row_stand_once() -> None:
    twice = "Le nouvel ensemble exploitera neuf centres de données de données en France."
    assert texts(choose(candidate(twice), article=UNTITLED)) == [
        "Le nouvel ensemble exploitera neuf centres de données en France."
    ]
    single = (
        "Le nouvel ensemble exploitera neuf neuf centres de données en France."  # "nous nous" may
    )
    assert texts(choose(candidate(single), article=UNTITLED)) == [single]


def test_a_medium_summary_of_a_page_with_its_title_may_be_shorter() -> None:
    medium = budget(Length.MEDIUM, None)
    first = f"Après des mois de discussions avec ses banques et ses actionnaires, l'{OWN[0][2:]}"
    rest = " ".join([first, *OWN[1:]])
    pages = (
        read_article(f"# Nuagis rachète Datavallée pour 45 millions d'euros\n\n{rest}"),
        read_article(rest),
    )
    assert 21 <= count_words(first) < medium.least
    assert [len(texts(choose(candidate(first), article=page, limit=medium))) for page in pages] == [
        1,
        2,
    ]


def test_the_candidate_without_inventions_wins() -> None:
    assert texts(choose(candidate(WRONG, score=-0.1), candidate(NEWS, score=-0.6))) == [NEWS]


def test_of_faithful_candidates_one_that_others_agree_with_wins() -> None:
    alone, other = (
        candidate(CENTRES, score=-0.45),
        "Nuagis rachète son concurrent Datavallée pour 45 millions d'euros.",
    )
    assert texts(choose(alone, candidate(NEWS), article=UNTITLED)) == [CENTRES]
    assert texts(choose(alone, candidate(NEWS), candidate(other), article=UNTITLED)) in (
        [NEWS],
        [other],
    )


def test_consensus() -> None:
    assert measure_consensus([]) == []
    assert measure_consensus(["Un accord."]) == [0]
    assert measure_consensus(["Un accord signé", "un accord signé."]) == [1, 1]
    first, second, third = measure_consensus(["a b c d", "a b c e", "f g"])
    assert first == second == pytest.approx((3 / 4 + 2 / 3) / 2 / 2)
    assert third == 0


def test_the_news_is_not_told_twice_in_other_words() -> None:
    again = "L'hébergeur lillois Nuagis rachète son concurrent Datavallée pour 45 millions d'euros."
    assert texts(choose(candidate(NEWS, again, CENTRES))) == [NEWS, CENTRES]


def test_repetitions_are_dropped() -> None:
    assert texts(choose(candidate(NEWS, NEWS, CENTRES))) == [NEWS, CENTRES]


@pytest.mark.parametrize("most", [10, 14, 20, 25])
@pytest.mark.parametrize("length", Length)
def test_no_more_words_than_asked_and_whole_sentences(length: Length, most: int) -> None:
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


@pytest.mark.parametrize(
    "candidates", [(), (candidate("Microsoft licencie 300 personnes à Tokyo."),)]
)
def test_without_usable_candidates_the_article_speaks(candidates: tuple[Candidate, ...]) -> None:
    draft = choose(*candidates)
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
def test_where_no_sentence_fits_the_limit_is_kept_and_said(text: str) -> None:
    article = read_article(text, language_check=False)
    draft = choose(candidate(NEWS), limit=budget(Length.SHORT, 10), article=article)
    (cut,) = draft.sentences
    assert cut.text.endswith("…")
    assert 4 <= count_words(cut.text) <= 10
    assert article.text.startswith(cut.text[:-1])
    assert set(cut.evidence) <= set(article.sentences)
    assert codes(draft) == ["extracted", "max_words"]


def test_a_cut_sentence_is_left_out() -> None:
    assert find_complete_sentences(candidate(NEWS, "Le nouvel ensemble", finished=False)) == [NEWS]
    assert find_complete_sentences(candidate(NEWS, "Le nouvel ensemble exploite")) == [
        NEWS,
        "Le nouvel ensemble exploite.",
    ]
    assert find_complete_sentences(candidate("")) == []
    assert find_complete_sentences(candidate(f"- {NEWS}")) == [NEWS]
    assert find_complete_sentences(candidate(f"► {NEWS}")) == []


def test_where_no_opening_may_be_used_the_article_s_own_says_what_the_candidates_say() -> None:
    wrong = candidate("Les clients de Microsoft migreront gratuitement vers la plateforme commune.")
    assert texts(choose(wrong, article=UNTITLED)) == [OWN[3]]


def test_a_day_of_another_sentence_is_cut_out() -> None:
    article = read_article(
        f"Un incendie a touché un site de Datavallée mardi à Rennes. {' '.join(OWN[1:])} {OWN[0]}"
    )
    days = candidate(
        "L'hébergeur lillois Nuagis rachète mardi son concurrent Datavallée pour 45 millions "
        "d'euros."
    )
    assert texts(choose(days, article=article)) == [OWN[0]]


def test_sections_each_add_a_sentence() -> None:
    limit = Budget(asked=40, most=80, sentences=3, least=15, least_sentences=3)
    draft = choose(candidate(NEWS), limit=limit, sections=Sections([candidate(OWN[3])]))
    assert texts(draft) == [NEWS, OWN[3], OWN[1]]


def test_sections_are_asked_for_as_they_are_wanted() -> None:
    limit = Budget(asked=70, most=150, sentences=6, least=25, least_sentences=4)
    sections = Sections(*([candidate(text)] for text in (WRONG, WRONG, OWN[1], OWN[2], OWN[3])))
    assert texts(choose(candidate(NEWS), limit=limit, sections=sections)) == [
        NEWS,
        OWN[1],
        OWN[2],
        OWN[3],
    ]
    assert sections.asked == [3, 2]


def test_for_one_missing_sentence_the_articles_own_stands_in_and_nothing_is_read() -> None:
    limit = Budget(asked=40, most=80, sentences=3, least=15, least_sentences=2)
    sections = Sections([candidate(OWN[3])])
    assert texts(choose(candidate(NEWS), limit=limit, sections=sections)) == [NEWS, OWN[1]]
    assert sections.asked == []


def test_a_summary_that_is_long_enough_asks_for_no_section() -> None:
    sections = Sections([candidate(OWN[3])])
    assert texts(choose(candidate(NEWS), limit=LOOSE, sections=sections)) == [NEWS]
    assert sections.asked == []


def test_sections_come_to_an_end() -> None:
    limit = Budget(asked=70, most=150, sentences=6, least=100, least_sentences=6)
    draft = choose(candidate(NEWS), limit=limit, sections=Sections([candidate(WRONG)]))
    assert texts(draft)[0] == NEWS
    assert WRONG not in texts(draft)
