"""What the model is shown to write one sentence of a summary."""

from models.training.passages import Page

SENTENCES = [
    "Nuagis ouvre une région à Lille.",
    "Elle a coûté 45 millions d'euros.",
    "L'hébergeur est dirigé par Anne Leroy.",
    "Les serveurs sont refroidis à l'eau de pluie.",
    "La ville a prêté le terrain.",
    "Un autre site ouvrira près de Marseille, selon Anne Leroy.",
]
PAGE = Page("Un nuage à Lille", SENTENCES, lead=2)


def test_the_sources_are_marked_among_what_explains_them() -> None:
    assert PAGE.passage({5}) == "\n".join(
        [
            "Un nuage à Lille",
            "",
            SENTENCES[0],
            SENTENCES[1],
            SENTENCES[2],
            "",
            SENTENCES[4],
            f"* {SENTENCES[5]}",
        ]
    )


def test_what_the_summary_says_stands_last_and_a_told_lead_is_not_shown_again() -> None:
    so_far = " ".join(SENTENCES[:2])
    passage = PAGE.passage({4}, so_far, told=True)
    assert passage == f"{PAGE.title}\n\n{SENTENCES[3]}\n* {SENTENCES[4]}\n\n{so_far}"


def test_a_lead_that_is_a_source_is_shown_though_it_was_told() -> None:
    passage = PAGE.passage({0, 3}, "Nuagis s'agrandit.", told=True)
    assert f"* {SENTENCES[0]}" in passage
    assert SENTENCES[1] not in passage


def test_a_page_without_title_begins_with_its_first_line() -> None:
    untitled = Page("", SENTENCES, 2).passage({2})
    assert untitled == f"{SENTENCES[0]}\n{SENTENCES[1]}\n* {SENTENCES[2]}"


def test_of_a_long_lead_whole_sentences_are_shown() -> None:
    long = Page("", [" ".join(["mot"] * 40), " ".join(["mot"] * 30), "Fin."], lead=2)
    assert long.shown_lead == 1
    assert PAGE.shown_lead == 2


def test_few_introductions_are_shown() -> None:
    names = ["Anne Leroy parle.", "Puis Luc Petit écoute.", "Enfin Léa Roy part."]
    page = Page(
        "", ["Début.", "Suite.", *names, "Fin.", "Alors Leroy, Petit et Roy rient."], lead=1
    )
    passage = page.passage({6})
    assert sum(name in passage for name in names) == 2
