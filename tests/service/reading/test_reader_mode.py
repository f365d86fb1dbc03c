import re
import textwrap
from contextlib import suppress
from pathlib import Path

import pytest

from service.reading.article import TooShort
from service.reading.markdown import clean
from service.reading.reader import read_article
from service.text.source_map import SourcedText
from tests.data import PRESS_ARTICLE, skip_without
from tests.timing import seconds_of

ROOT = Path(__file__).parents[3]
EXAMPLE = (ROOT / "examples" / "article.txt").read_text(encoding="utf-8")
FIRST = "L'hébergeur Nuagis a racheté mardi son concurrent Datavallée pour 45 millions d'euros."
SECOND = (
    "La transaction doit encore recevoir l'aval de l'Autorité de la concurrence, attendu en juin."
)
THIRD = (
    "Les clients pourront ensuite migrer vers la plateforme de Nuagis, sans frais supplémentaires."
)
TITLE = "Nuagis rachète Datavallée"


def paragraphs(text: str) -> list[str]:
    return [paragraph.text for paragraph in read_article(text).paragraphs]


def test_the_header_of_the_example() -> None:
    header = read_article(EXAMPLE).header
    assert header.title == "Cloud souverain : Nuagis rachète Datavallée pour 45 millions d'euros"
    assert header.byline == "Claire Martin, Youssef Benali"
    assert header.published == "2025-03-12"
    assert header.source == "lecourrierdunumerique.example"


def test_the_paragraphs_of_the_example() -> None:
    read = paragraphs(EXAMPLE)
    assert len(read) == 6
    assert [text.split()[0] for text in read] == [
        "C'est",
        "Fondé",
        "Datavallée,",
        "Les",
        "L'opération",
        "«",
    ]
    assert "En 2023, l'entreprise de Grenoble" in read[2]
    assert "sous la houlette de Marc-Olivier Petit" in read[3]
    assert "a appris Le Courrier du numérique." in read[0]
    assert "le logiciel libre OpenStack, sans frais" in read[3]
    assert (
        "« Nous avions les clients mais plus assez de place dans nos salles, explique la "
        "dirigeante. Datavallée" in read[1]
    )
    assert read[5].startswith(
        "« Il n'y aura pas de place pour dix hébergeurs souverains », prévient Anne Leroy"
    )
    assert not re.search(r"Lire aussi|newsletter|4-5 minutes|[*\[\]#]|https?:", "\n".join(read))


@pytest.mark.parametrize("text", [EXAMPLE, EXAMPLE.replace("\n", "\r\n")], ids=["lf", "crlf"])
def test_offsets_give_each_sentence_of_the_input(text: str) -> None:
    article = read_article(text)
    assert len(article.sentences) == 20
    for sentence in article.sentences:
        piece = text[sentence.start : sentence.end]
        if "Lire aussi" not in piece:
            assert clean(SourcedText.of(piece)).text.rstrip("*") == sentence.text


def test_windows_line_ends_change_nothing() -> None:
    unix, windows = read_article(EXAMPLE), read_article(EXAMPLE.replace("\n", "\r\n"))
    assert windows.header == unix.header
    assert windows.body == unix.body


def test_one_line_a_paragraph() -> None:
    article = read_article("\n".join([TITLE, FIRST, SECOND, THIRD]))
    assert article.header.title == TITLE
    assert [paragraph.text for paragraph in article.paragraphs] == [FIRST, SECOND, THIRD]


def test_hard_wrapped_text() -> None:
    long = f"{FIRST} {SECOND} {THIRD}"
    text = f"{TITLE}\n\n" + "\n\n".join(textwrap.fill(part, 72) for part in (long, SECOND))
    assert " ".join(paragraphs(text)) == f"{long} {SECOND}"
    assert not any(re.match(r"[a-zé]", paragraph) for paragraph in paragraphs(text))


def test_a_wrapped_line_may_begin_with_a_date() -> None:
    text = (
        f"{TITLE}\n\n{FIRST} Les serveurs\nde l'hébergeur se sont arrêtés\nle 12 mars 2024 "
        f"à 10 heures\nsans prévenir. {SECOND}"
    )
    assert "se sont arrêtés le 12 mars 2024 à 10 heures sans prévenir." in " ".join(
        paragraphs(text)
    )


def test_markdown_with_headings_and_lists() -> None:
    text = (
        f"# {TITLE}\n\n{FIRST}\n\n## Le rachat\n\n{SECOND}\n\n- {THIRD}\n- {FIRST[:-1]} en mars.\n"
    )
    article = read_article(text)
    assert article.header.title == TITLE
    assert article.paragraphs[0].text == FIRST
    assert SECOND in article.body.split("\n")
    assert THIRD in article.body.split("\n")
    assert not re.search(r"^[-#]", article.body, re.MULTILINE)


def test_a_paragraph_that_was_broken_behind_an_opening_mark_goes_on() -> None:
    text = (
        'Le directeur "assume" et a décidé de faire le saut. "\n\nNous y pensons depuis '
        'des années", dit-il.\n\n"C\'est fait."'
    )
    article = read_article(text)
    assert [paragraph.text for paragraph in article.paragraphs] == [
        'Le directeur "assume" et a décidé de faire le saut. "Nous y pensons depuis des années", '
        "dit-il.",
        '"C\'est fait."',
    ]
    assert all(
        text[s.start : s.end].rsplit(maxsplit=1)[-1] == s.text.split()[-1]
        for s in article.sentences
    )
    assert article.sentences[1].text == '"Nous y pensons depuis des années", dit-il.'


@pytest.mark.parametrize("line_end", ["\n", "\n\n"])
def test_a_compound_that_was_broken_at_its_hyphen_has_no_space(line_end: str) -> None:
    lead = (
        "Nuagis quitte mardi ses salles de Villeneuve-d'Ascq, où il est né. Il gagne "
        "Boulogne-Billancourt."
    )
    broken = lead.replace("Villeneuve-", f"Villeneuve-{line_end}").replace(
        "Boulogne-", f"Boulogne-{line_end}"
    )
    assert paragraphs(f"{TITLE}\n\n{broken}\n\n{SECOND}") == [lead, SECOND]


def test_a_divided_word_of_a_wrapped_text_is_whole() -> None:
    text = (
        f"{TITLE}\n\nNuagis a annoncé mardi le déploie-\nment de ses serveurs à Lille et à "
        f"Paris.\n\n{SECOND}"
    )
    assert (
        paragraphs(text)[0]
        == "Nuagis a annoncé mardi le déploiement de ses serveurs à Lille et à Paris."
    )


def test_behind_a_closing_mark_a_broken_paragraph_goes_on_with_a_space() -> None:
    start = (
        'Son directeur a répété devant les journalistes présents ce matin à Lille le même " oui "'
    )
    assert f"{start} mais sans donner de date." in paragraphs(
        f"{FIRST}\n\n{start}\n\nmais sans donner de date.\n\n{SECOND}"
    )


def test_headings_are_not_joined_to_paragraphs() -> None:
    read = paragraphs(f"# {TITLE}\n\n{FIRST}\n\n## Un rachat sous\n\n{SECOND}")
    assert FIRST in read
    assert SECOND in read


@pytest.mark.parametrize("title", [TITLE, f"# {TITLE}", f"**{TITLE}**"])
def test_a_lead_in_bold_is_a_paragraph(title: str) -> None:
    article = read_article(f"{title}\n\n**{FIRST}**\n\n{SECOND}\n\n**Les clients**\n\n{THIRD}")
    assert article.header.title == TITLE
    assert [paragraph.text for paragraph in article.paragraphs] == [
        FIRST,
        SECOND,
        "Les clients",
        THIRD,
    ]


@pytest.mark.parametrize("mark", ["- ", "* ", "• "])
@pytest.mark.parametrize("between", ["\n", "\n\n"])
def test_each_item_of_a_list_is_a_paragraph(mark: str, between: str) -> None:
    items = [
        "Région de Lille : 9 euros par mois",
        "iPhone et Android sont pris en charge par toutes les formules",
        "eBay paie par carte",
    ]
    text = "\n\n".join(
        [
            TITLE,
            FIRST,
            "Trois formules sont proposées :",
            between.join(mark + item for item in items),
            SECOND,
        ]
    )
    assert paragraphs(text) == [FIRST, "Trois formules sont proposées :", *items, SECOND]


@pytest.mark.parametrize("line", ["Commentaires (2)", "2 commentaires"])
def test_comments_of_readers_are_left_out(line: str) -> None:
    comments = (
        "Ada\nIl y a 2 jours\nMerci à Nuagis, qui est sérieux.\n\nBob\nMoi, je garde mon serveur."
    )
    text = f"{TITLE}\n\n{line}\n\n{FIRST}\n\n{SECOND}\n\n{THIRD}"
    assert paragraphs(text) == [FIRST, SECOND, THIRD]
    assert paragraphs(f"{text}\n\n{line}\n\n{comments}") == [FIRST, SECOND, THIRD]


def test_a_title_directly_above_the_body() -> None:
    article = read_article(f"{TITLE}\n{FIRST}\n\n{SECOND}")
    assert article.header.title == TITLE
    assert [paragraph.text for paragraph in article.paragraphs] == [FIRST, SECOND]


def test_text_without_a_title() -> None:
    article = read_article(f"{FIRST}\n\n{SECOND}")
    assert article.header.title == ""
    assert [paragraph.text for paragraph in article.paragraphs] == [FIRST, SECOND]


LEADS = [
    "Nuagis vend désormais trois formules à Lille. En voici les prix :",
    "Nuagis a racheté mardi son concurrent Datavallée. Mais que deviennent ses clients ?",
    "Personne ne l'attendait aussi tôt : Nuagis a racheté mardi son concurrent !",
    "« Nous voulions nos propres salles », a dit mardi la directrice, qui répète : « Les nôtres »",
]


@pytest.mark.parametrize("byline", ["", "Par Claire Martin\n\n"])
@pytest.mark.parametrize("lead", LEADS)
def test_a_short_lead_stays_whatever_it_ends_in(lead: str, byline: str) -> None:
    article = read_article(f"{TITLE}\n\n{byline}{lead}\n\n{SECOND}\n\n{THIRD}")
    assert article.header.title == TITLE
    assert [paragraph.text for paragraph in article.paragraphs] == [lead, SECOND, THIRD]


BROKEN = [
    [
        "Nuagis a racheté mardi son concurrent. Ses clients passeront chez",
        "Datavallée",
        "en juin. La ville est contente.",
    ],
    [
        "La directrice de Nuagis a présenté mardi à Lille ses comptes de l'année",
        "sur",
        "le site que le groupe a ouvert en juin.",
    ],
    [
        "Nuagis a racheté mardi son concurrent Datavallée. Le groupe a déboursé",
        "45 millions d'euros, moitié en actions, pour l'obtenir.",
    ],
]


@pytest.mark.parametrize("pieces", BROKEN)
def test_a_lead_that_was_broken_stays_whole(pieces: list[str]) -> None:
    article = read_article("\n\n".join([TITLE, "Par Claire Martin", *pieces, SECOND]))
    assert article.header.byline == "Claire Martin"
    assert [paragraph.text for paragraph in article.paragraphs] == [" ".join(pieces), SECOND]


@pytest.mark.parametrize(
    "title",
    [
        "Nuagis : « Les clients ont le choix de leur région »",
        "Faut-il vraiment quitter son hébergeur à Lille ?",
    ],
)
def test_a_title_may_end_as_a_quotation_or_a_question(title: str) -> None:
    article = read_article(f"{title}\n\nPar Claire Martin\n\n{FIRST}\n\n{SECOND}")
    assert (article.header.title, article.header.byline) == (title, "Claire Martin")
    assert [paragraph.text for paragraph in article.paragraphs] == [FIRST, SECOND]


@pytest.mark.parametrize(
    "line",
    [
        "Bonjour,",
        "Le siège du groupe à Lille, mardi. Ludovic Marin / AFP",
        "Une salle de serveurs. (Photo d'illustration) - Pixabay",
    ],
)
def test_greetings_and_captions_above_the_article_are_left_out(line: str) -> None:
    assert paragraphs(f"{TITLE}\n\n{line}\n\n{FIRST}\n\n{SECOND}") == [FIRST, SECOND]


@pytest.mark.parametrize("line", ["Par Claire Martin", "Écrit par Claire Martin", "Claire Martin"])
def test_the_byline_is_read_and_not_repeated(line: str) -> None:
    article = read_article(f"{TITLE}\n\n{line}\n\n{FIRST}\n\n{SECOND}\n\n{line}")
    assert article.header.byline == "Claire Martin"
    assert [paragraph.text for paragraph in article.paragraphs] == [FIRST, SECOND]


@pytest.mark.parametrize(
    "line",
    [
        "Par Claire Martin, publié le 12 mars 2025 à 9h30",
        "Claire Martin Publié le 12 mars 2025",
        "Par Claire Martin, le 12 mars 2025 à 10 h 12",
        "Rédigé par Claire Martin, le 12 mars 2025",
        "Par Claire Martin | mercredi 12 mars 2025",
        "Par Claire Martin - 12/03/2025",
    ],
)
def test_byline_and_date_on_one_line(line: str) -> None:
    header = read_article(f"{TITLE}\n\n{line}\n\n{FIRST}").header
    assert (header.byline, header.published) == ("Claire Martin", "2025-03-12")


def test_the_real_article() -> None:
    skip_without(PRESS_ARTICLE)
    article = read_article(PRESS_ARTICLE.read_text(encoding="utf-8"))
    assert article.header.title == "Cloud : Orange et Huawei mettent fin à leur offre commune"
    assert article.header.byline == "Emmanuel Paquette, Marc Rees"
    assert article.header.published == "2024-09-02"
    assert article.header.source == "linforme.com"
    assert len(article.paragraphs) == 5
    assert "Technologies. En France, le groupe" in article.paragraphs[2].text
    assert "mais aussi aux opérateurs d'importance vitale" in article.paragraphs[4].text


def test_windows_line_ends_between_wrapped_paragraphs() -> None:
    text = (
        f"{TITLE}\n\nL'hébergeur français a racheté son concurrent, a annoncé mardi sa "
        f"patronne\nAnne Leroy."
        "\n\nLa nouvelle entité sera valorisée 4 milliards d'euros, selon les chiffres du "
        "cabinet\nAmpere. Elle sera à Paris."
    )
    wanted = [
        "L'hébergeur français a racheté son concurrent, a annoncé mardi sa patronne Anne Leroy.",
        "La nouvelle entité sera valorisée 4 milliards d'euros, selon les chiffres du cabinet "
        "Ampere. Elle sera à Paris.",
    ]
    assert [paragraphs(text), paragraphs(text.replace("\n", "\r\n"))] == [wanted, wanted]


@pytest.mark.parametrize("link", ["Reuters", "Jumia.com", "l'AFP"])
def test_a_link_inside_a_sentence_is_a_piece_of_it(link: str) -> None:
    begun, ended = (
        "Nuagis prépare un rachat de 300 millions d'euros, selon",
        "confirmé vendredi par le groupe lui-même, à Lille.",
    )
    assert paragraphs(f"{TITLE}\n\n{begun}\n\n{link}\n\n{ended}\n\n{SECOND}") == [
        f"{begun} {link} {ended}",
        SECOND,
    ]


@pytest.mark.parametrize(
    ("title", "lead"),
    [
        (
            "Nuagis s'allie à Canal Plus",
            "L'opérateur a signé mardi un accord avec la chaîne de télévision cryptée.",
        ),
        (
            "Nuagis dévoile sa nouvelle box",
            "30 euros par mois : c'est le prix de la nouvelle box, présentée mardi par le groupe.",
        ),
        (
            "Nuagis corrige une faille de sécurité",
            "iOS 26.1 est disponible depuis mardi, et corrige une faille exploitée.",
        ),
        (
            "Copyright : les éditeurs de presse attaquent Nuagis",
            "Plusieurs éditeurs ont assigné mardi Nuagis devant le tribunal.",
        ),
    ],
)
def test_titles_directly_above_the_text(title: str, lead: str) -> None:
    read = read_article(f"{title}\n{lead}\n\n{SECOND}")
    assert read.header.title == title
    assert [paragraph.text for paragraph in read.paragraphs] == [lead, SECOND]


def test_a_heading_directly_above_its_paragraph() -> None:
    assert paragraphs(f"{TITLE}\n\n{FIRST}\n\nUn marché en croissance\n{SECOND}") == [
        FIRST,
        "Un marché en croissance",
        SECOND,
    ]


def test_a_caption_without_a_full_stop_stays_by_itself() -> None:
    caption = (
        "L'usine de Nuagis à Roubaix, dans le Nord. L'entreprise fabrique les serveurs de Voxcom"
    )
    assert (
        paragraphs(f"{TITLE}\n\n{caption}\n\nLe groupe a annoncé jeudi un rachat.")[-1]
        == "Le groupe a annoncé jeudi un rachat."
    )


def test_an_abbreviation_at_a_line_end_is_no_end() -> None:
    text = (
        f"{TITLE}\n\n{FIRST}\n\nLe plan est de 300 millions d'euros sur cinq ans, selon "
        f"M.\nDupont, le directeur financier."
    )
    assert paragraphs(text)[-1] == (
        "Le plan est de 300 millions d'euros sur cinq ans, selon M. Dupont, le directeur financier."
    )


@pytest.mark.parametrize(
    "line",
    [
        "Publié le 12 mars 2025 à 10h00, modifié le 12 mars 2025 à 11h03 Temps de Lecture 2 min.",
        "Claire Martin - 12 mars 2025", "Claire Martin | 12 mars 2025",
        "Publié par Claire Martin le 12 mars 2025 à 10h00",
    ],
)  # fmt: skip
def test_datelines_of_other_forms(line: str) -> None:
    read = read_article(f"{TITLE}\n\n{line}\n\n{FIRST}\n\n{SECOND}")
    assert read.header.published == "2025-03-12"
    assert [paragraph.text for paragraph in read.paragraphs] == [FIRST, SECOND]


def test_the_byline_stands_behind_a_standfirst_too() -> None:
    read = read_article(
        f"{TITLE}\n\n{FIRST}\n\nPar Claire Martin\n\nPublié le 12 mars 2025 à 10h00\n\n{SECOND}"
    )
    assert read.header.byline == "Claire Martin"
    assert [paragraph.text for paragraph in read.paragraphs] == [FIRST, SECOND]


@pytest.mark.parametrize("line", ["Commentaires", "Voir les 12 commentaires", "Réactions (3)"])
def test_comments_below_a_line_without_a_number(line: str) -> None:
    assert paragraphs(f"{TITLE}\n\n{FIRST}\n\n{SECOND}\n\n{THIRD}\n\n{line}\n\nEncore une arnaque, "
                      f"changez de fournisseur.") == [
        FIRST, SECOND, THIRD,
    ]  # fmt: skip


def test_the_place_line_of_an_agency_is_left_out() -> None:
    assert paragraphs(f"{TITLE}\n\nPARIS (AFP) — {FIRST}\n\n{SECOND}") == [FIRST, SECOND]


def read(*blocks: str) -> list[str]:
    return paragraphs("\n\n".join([TITLE, *blocks]))


OTHER = "Scaleway baisse ses prix de 20 %"


@pytest.mark.parametrize(
    "box",
    [
        f"À lire aussi\n\n{OTHER}",
        f"Pour aller plus loin\n{OTHER}",
        f"Sur le même sujet :\n\n- OVHcloud ouvre une région à Marseille\n- {OTHER}\n- Faut-il "
        f"quitter Nuagis ?",
    ],
)
def test_titles_of_other_articles_below_a_line_that_announces_them_are_left_out(box: str) -> None:
    assert read(FIRST, box, SECOND) == [FIRST, SECOND]
    assert read(
        FIRST, SECOND, box, "Lire aussi", OTHER, "OVHcloud ouvre une région à Marseille"
    ) == [FIRST, SECOND]


@pytest.mark.parametrize(
    "blocks",
    [
        ["La ville est contente."],
        ["Pourquoi ce rachat ?"],
        ["## Un marché en croissance"],
        [
            "Nuagis a d'abord prévenu la presse et les élus de Lille, selon",
            "Reuters",
            "qui l'a répété.",
        ],
        [f"{FIRST[:-1]} {SECOND[:-1]}"],
    ],
)
def test_what_is_no_title_of_another_article_stays(blocks: list[str]) -> None:
    assert read(FIRST, "À lire aussi", *blocks, SECOND) == read(FIRST, *blocks, SECOND)


@pytest.mark.parametrize("line", ["Publicité", "Nuagis, publié le 12 mars 2025 à 10h", "© Nuagis"])
def test_a_box_of_rubrics_and_titles_ends_at_other_boilerplate(line: str) -> None:
    box = ["A lire aussi", "Cloud", OTHER, "Télécoms", "OVHcloud ouvre une région à Marseille"]
    assert read(FIRST, *box, line, SECOND) == [FIRST, SECOND]
    assert read(FIRST, *box[:3], SECOND) == [FIRST, SECOND]


def test_short_lines_far_above_the_article_are_none_of_it() -> None:
    chrome = ["# Le Courrier", "Une question ?", "Votre numérique au quotidien"]
    assert paragraphs("\n\n".join([*chrome, "C'est désormais officiel.", FIRST, SECOND])) == [
        "C'est désormais officiel.", FIRST, SECOND,
    ]  # fmt: skip


def test_a_title_in_the_second_place_is_no_sub_heading() -> None:
    assert (
        read_article("\n\n".join(["Aller au contenu principal", f"# {TITLE}", FIRST])).header.title
        == TITLE
    )


def test_only_one_line_below_is_a_title_of_another_article() -> None:
    assert read(FIRST, "À lire aussi", OTHER, "Un marché en croissance", SECOND) == [
        FIRST,
        "Un marché en croissance",
        SECOND,
    ]


@pytest.mark.parametrize(
    "first", ["C'est désormais officiel.", "Nuagis change de dimension !", "Pourquoi ce rachat ?"]
)
@pytest.mark.parametrize("byline", [[], ["Par Claire Martin"]])
def test_a_short_first_sentence_stays(first: str, byline: list[str]) -> None:
    assert read(*byline, first, FIRST, SECOND) == [first, FIRST, SECOND]


def test_the_questions_of_an_interview_stay() -> None:
    answers = [
        "Nous voulions nos salles.",
        "Et les clients ?",
        "Ils migreront en juin. Rien ne change pour eux.",
    ]
    assert read("Propos recueillis par Claire Martin", "Pourquoi ce rachat ?", *answers) == [
        "Pourquoi ce rachat ?",
        *answers,
    ]
    assert read("Par Claire Martin", "**Pourquoi ce rachat ?**", *answers) == [
        "Pourquoi ce rachat ?",
        *answers,
    ]


@pytest.mark.parametrize(
    "line", ["Le siège du groupe. Crédit : AFP.", "Par Claire Martin.", "Bonjour."]
)
def test_what_ends_like_a_sentence_and_is_none_is_left_out(line: str) -> None:
    assert read(line, FIRST, SECOND) == [FIRST, SECOND]


@pytest.mark.parametrize(
    "blocks",
    [
        [
            "Les Échos",
            TITLE,
            FIRST,
            "Par Claire Martin",
            "Publié le 12 mars 2025",
            SECOND,
            "Claire Martin",
        ],
        ["Le Monde", TITLE, "Par Claire Martin", "Publié le 12 mars 2025", FIRST, SECOND],
        ["Le Monde", TITLE, "Claire Martin", "12 mars 2025", FIRST, SECOND],
        ["Le Monde", TITLE, FIRST, "Claire Martin", "12 mars 2025", SECOND],
        ["Le Monde", TITLE, "Claire Martin | 12 mars 2025", FIRST, SECOND],
        [TITLE, "By Claire Martin", "12 mars 2025", FIRST, SECOND],
        ["Siècle Digital", TITLE, "Claire Martin", FIRST, "Publié le 12 mars 2025", SECOND],
        ["Siècle Digital", TITLE, "Par Claire Martin - ", "le 12 mars 2025 à 14h00", FIRST, SECOND],
        [
            TITLE,
            "L'Usine Nouvelle",
            "Claire Martin",
            "12 mars 2025 \\ 09h15",
            "4 min. de lecture",
            FIRST,
            SECOND,
        ],
        [TITLE, "Claire Martin", "L'Usine Nouvelle", "12 mars 2025", FIRST, SECOND],
        [
            TITLE,
            "Written by Claire Martin, Rédactrice en chef",
            "Publié le 12/03/2025 à 15:20",
            FIRST,
            SECOND,
        ],
        [TITLE, "Par: Claire Martin", "Publié le: 12 mars 2025", FIRST, SECOND],
        [
            TITLE,
            "Par Claire Martin, Spécialiste Hardware.",
            "12 mars 2025",
            FIRST,
            SECOND,
            "Claire Martin, journaliste",
        ],
        [
            TITLE,
            "Par Claire Martin",
            "12 mars 2025",
            FIRST,
            SECOND,
            "Article rédigé par\nClaire Martin\nRédactrice en chef",
        ],
        [TITLE, "Par Claire MartinPublié le 12 mars 2025", FIRST, SECOND],
        [TITLE, "Claire MartinMis à jour le 12 mars 2025", FIRST, SECOND],
    ],
)
def test_the_byline_is_not_the_name_of_the_site(blocks: list[str]) -> None:
    article = read_article("\n\n".join(blocks))
    header = article.header
    assert (header.title, header.byline, header.published) == (TITLE, "Claire Martin", "2025-03-12")
    assert [paragraph.text for paragraph in article.paragraphs] == [FIRST, SECOND]


def test_a_site_alone_above_the_title_is_no_author() -> None:
    assert read_article("\n\n".join(["Siècle Digital", TITLE, FIRST, SECOND])).header.byline == ""


@pytest.mark.parametrize(
    "line", ["La rédaction de 01net", "Rédaction Culture", "AFP", "L'AFP", "Le Monde avec AFP"]
)
def test_a_newsroom_and_an_agency_sign_too(line: str) -> None:
    article = read_article(
        "\n\n".join(["01net", TITLE, line, "26 septembre 2025 à 09:43", FIRST, SECOND])
    )
    assert (article.header.title, article.header.byline) == (TITLE, line)
    assert [paragraph.text for paragraph in article.paragraphs] == [FIRST, SECOND]


def test_an_author_goes_before_an_agency() -> None:
    article = read_article(
        "\n\n".join([TITLE, "Claire Martin", "AFP", "Publié le 12 mars 2025", FIRST, SECOND])
    )
    assert article.header.byline == "Claire Martin"


PAPERS = [
    "Le Journal du Geek",
    "Le Monde Informatique",
    "Le Monde informatique",
    "Journal du Net",
    "La Revue du Digital",
    "L'Usine Nouvelle du Nord",
]


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("above", [[], ["nuagis.example"]])
@pytest.mark.parametrize("mark", ["", "# "])
def test_the_name_of_a_newspaper_above_the_title_is_not_the_title(
    paper: str, above: list[str], mark: str
) -> None:
    title = "Apple lance un Mac à 599 dollars"
    article = read_article(
        "\n\n".join(
            [*above, f"{mark}{paper}", f"{mark}{title}", "Par Claire Martin", FIRST, SECOND]
        )
    )
    assert (article.header.title, article.header.byline) == (title, "Claire Martin")
    assert [paragraph.text for paragraph in article.paragraphs] == [FIRST, SECOND]


@pytest.mark.parametrize(
    "below",
    [
        ["Par Claire Martin", FIRST],
        [FIRST],
        ["Nuagis change de dimension !", FIRST],
        ["C'est officiel.", FIRST],
    ],
)
@pytest.mark.parametrize(
    "title", ["Nuagis Rachète Datavallée", "Nuagis rachète Datavallée", "Le retour de Nokia"]
)
def test_a_title_of_few_words_stays(title: str, below: list[str]) -> None:
    article = read_article("\n\n".join([title, *below, SECOND]))
    assert article.header.title == title
    assert article.paragraphs[-2].text == FIRST


@pytest.mark.parametrize(
    ("first", "rest"),
    [
        (
            "Le Nothing Phone (3a) Lite est disponible dès aujourd'hui",
            "en noir ou en blanc, au prix de 249 euros.",
        ),
        ("L'échantillon que nous avons consulté", "correspond bien aux champs listés."),
        ("« Nous avons les clients", "mais plus de place », dit la directrice."),
    ],
)
def test_a_short_line_that_breaks_off_goes_on_in_lower_case(first: str, rest: str) -> None:
    assert read(FIRST, first, rest, SECOND) == [FIRST, f"{first} {rest}", SECOND]


@pytest.mark.parametrize(
    "blocks",
    [
        [
            "Les points forts du téléphone",
            "des débits stables",
            "un chiffrement matériel",
            "une longue garantie",
        ],
        ["Les atouts", "des débits stables"],
        ["Les points forts du téléphone :", "des débits stables"],
        ["## Les points forts du téléphone", "des débits stables"],
        ["Ce que change la mise à jour", "iOS 26 arrive mardi sur tous les modèles vendus."],
    ],
)
def test_entries_of_a_list_and_names_in_lower_case_stay_by_themselves(blocks: list[str]) -> None:
    assert read(FIRST, *blocks, SECOND) == [
        FIRST,
        *(block.removeprefix("## ") for block in blocks),
        SECOND,
    ]


def test_the_box_of_a_magazine_and_its_byline_are_left_out() -> None:
    assert read(FIRST, SECOND, "Pour approfondir sur IaaS", OTHER, "Par: Paul Petit") == [
        FIRST,
        SECOND,
    ]


@pytest.mark.parametrize("label", ["Le Cercle – ", "Tribune - ", "Édito — "])
def test_a_rubric_before_the_first_sentence_is_left_out(label: str) -> None:
    assert read("Par Claire Martin", f"{label}{FIRST}", SECOND) == [FIRST, SECOND]


@pytest.mark.parametrize("name", ["Le PSG – ", "Nuagis – ", "Le Cercle de Lille – "])
def test_another_name_before_a_dash_stays(name: str) -> None:
    assert read("Par Claire Martin", f"{name}{FIRST}", SECOND) == [f"{name}{FIRST}", SECOND]


def test_a_title_above_a_date_is_no_byline() -> None:
    header = read_article(f"Nuagis Rachète Datavallée\n\n12 mars 2025\n\n{FIRST}").header
    assert (header.title, header.byline) == ("Nuagis Rachète Datavallée", "")


@pytest.mark.parametrize(
    "lines",
    [
        ["Mis à jour le 14 mars 2025 à 10h", "Publié le 12 mars 2025 à 8h"],
        ["Mis à jour le 14 mars 2025, publié le 12 mars 2025"],
        ["Publié le 12 mars 2025, mis à jour le 14 mars 2025"],
    ],
)
def test_the_date_is_that_of_publication(lines: list[str]) -> None:
    assert read_article("\n\n".join([TITLE, *lines, FIRST])).header.published == "2025-03-12"


def test_entries_of_a_chronology_stay_and_date_nothing() -> None:
    entries = [
        "12 mars 2024 - Nuagis dépose le bilan",
        "14 juin 2024 - Datavallée propose de le reprendre",
    ]
    article = read_article("\n\n".join([TITLE, FIRST, *entries, SECOND]))
    assert article.header.published == ""
    assert [paragraph.text for paragraph in article.paragraphs] == [FIRST, *entries, SECOND]


def test_only_a_date_that_says_so_is_that_of_the_article_far_below_its_title() -> None:
    far = [TITLE, FIRST, SECOND, THIRD, FIRST]
    assert read_article("\n\n".join([*far, "12 mars 2024", SECOND])).header.published == ""
    assert (
        read_article("\n\n".join([*far, "Publié le 12 mars 2024", SECOND])).header.published
        == "2024-03-12"
    )


@pytest.mark.parametrize(
    "line", ["COMMUNIQUÉ DE PRESSE", "Pour diffusion immédiate", "Dossier de presse"]
)
def test_the_headline_of_a_press_release_is_its_title(line: str) -> None:
    article = read_article("\n\n".join([line, TITLE, FIRST, SECOND]))
    assert article.header.title == TITLE
    assert [paragraph.text for paragraph in article.paragraphs] == [FIRST, SECOND]


@pytest.mark.parametrize(
    ("first", "last"), [("1", "2"), ("Page 1 sur 2", "Page 2 sur 2"), ("7", "8")]
)
def test_numbers_of_pages_are_left_out(first: str, last: str) -> None:
    begun, ended = (
        "Les clients pourront ensuite migrer vers la plateforme de Nuagis, sans frais",
        "supplémentaires, à Lille.",
    )
    assert read(FIRST, begun, first, ended, SECOND, last) == [FIRST, f"{begun} {ended}", SECOND]


@pytest.mark.parametrize("numbers", [["45"], ["45", "12"]])
def test_a_number_that_counts_no_pages_stays(numbers: list[str]) -> None:
    assert read(FIRST, *numbers, SECOND) == [FIRST, *numbers, SECOND]


@pytest.mark.parametrize(
    "line",
    ["Paris (AFP) - ", "La Haye, 12 mars 2025 (AFP) – ", "San Francisco, le 1er mars (Reuters) - "],
)
def test_the_place_line_of_an_agency_may_hold_a_date(line: str) -> None:
    assert read(line + FIRST, SECOND) == [FIRST, SECOND]
    assert read(f"Nuagis a dit non (AFP) - {FIRST}", SECOND)[0].startswith("Nuagis a dit non")


def test_an_intertitle_between_dashes() -> None:
    assert read(FIRST, "- Trois amendes -", SECOND) == [FIRST, "Trois amendes", SECOND]


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_underlined_headings_and_rules(line_end: str) -> None:
    text = (
        f"{TITLE}\n=====\n\n{FIRST}\n\nUn marché "
        f"sous\n---\n{SECOND}\n---\n{THIRD}\n\n---\n\n{FIRST}"
    )
    article = read_article(text.replace("\n", line_end))
    assert article.header.title == TITLE
    assert [paragraph.text for paragraph in article.paragraphs] == [
        FIRST,
        "Un marché sous",
        SECOND,
        THIRD,
        FIRST,
    ]


def test_an_underlined_heading_is_not_joined_to_its_paragraph() -> None:
    heading = "Un marché de l'hébergement dont les acteurs se regroupent sous"
    assert read(FIRST, f"{heading}\n----------", "la pression de Bruxelles. C'est dit.") == [
        FIRST, heading, "la pression de Bruxelles. C'est dit.",
    ]  # fmt: skip


TABLE = "| Offre | Prix |\n|:--|--:|\n| Une | 9 €. |\n| Deux | 19 € |"
FENCE = "```python\nimport os\n\nprint(os.name)\n```"


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("piece", [TABLE, FENCE, "[1]: https://nuagis.example/rachat 'Nuagis'"])
def test_tables_code_and_references_are_left_out(piece: str, line_end: str) -> None:
    text = f"# {TITLE}\n\n{FIRST}\n\n{piece}\n\n{SECOND}".replace("\n", line_end)
    article = read_article(text)
    assert [paragraph.text for paragraph in article.paragraphs] == [FIRST, SECOND]
    assert [text[sentence.start : sentence.end] for sentence in article.sentences] == [
        FIRST,
        SECOND,
    ]


def test_an_article_in_a_fence_and_a_line_with_bars_stay() -> None:
    assert paragraphs(f"```\n{TITLE}\n\n{FIRST}\n\n{SECOND}\n```") == [FIRST, SECOND]
    assert read(FIRST, "| Nuagis compte neuf salles.", SECOND) == [
        FIRST,
        "| Nuagis compte neuf salles.",
        SECOND,
    ]


def test_a_note_keeps_its_text_and_loses_its_marks() -> None:
    note = "Selon le communiqué de la société."
    assert read(f"{FIRST[:-1]}[^1].", SECOND, f"[^1]: {note} ↩︎") == [FIRST, SECOND, note]


FRONT_MATTER = (
    '---\ntitle: "Nuagis : le rachat"\ndate: 2025-03-12\nauthor: Claire '
    "Martin\ntags:\n  - cloud\n---\n\n"
)
JINA = (
    "Title: Nuagis : le rachat\n\nURL Source: https://www.nuagis.example/rachat.html\n\n"
    "Published Time: 2025-03-12T05:30:06+00:00\n\nMarkdown Content:\n"
)


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("above", "byline", "source"),
    [(FRONT_MATTER, "Claire Martin", ""), (JINA, "", "nuagis.example")],
    ids=["yaml", "jina"],
)
@pytest.mark.parametrize("heading", ["", "# Nuagis : le rachat\n\n"])
def test_what_the_fields_above_a_text_say(
    above: str, byline: str, source: str, heading: str, line_end: str
) -> None:
    text = f"{above}{heading}{FIRST}\n\n{SECOND}".replace("\n", line_end)
    article = read_article(text)
    header = article.header
    assert (header.title, header.published) == ("Nuagis : le rachat", "2025-03-12")
    assert (header.byline, header.source) == (byline, source)
    assert [text[sentence.start : sentence.end] for sentence in article.sentences] == [
        FIRST,
        SECOND,
    ]


def test_a_title_between_two_rules_is_no_front_matter() -> None:
    article = read_article(f"---\nNuagis : le rachat\n---\n\n{FIRST}\n\n{SECOND}")
    assert article.header.title == "Nuagis : le rachat"
    assert [paragraph.text for paragraph in article.paragraphs] == [FIRST, SECOND]


@pytest.mark.parametrize(
    "piece",
    [
        "```a\n",
        "| a\n",
        "|-\n",
        "title: a\n",
        "[a]: ",
        "- a -\n",
        "a\n---\n",
        "À lire aussi\n\n",
        "Le Monde ",
        "Par A, rédacteur ",
    ],
)
@pytest.mark.parametrize("above", ["", "---\n"])
def test_no_text_takes_minutes(piece: str, above: str) -> None:
    text = f"{above}{piece * (20_000 // len(piece))}\n\n{FIRST}"

    def read() -> None:
        with suppress(TooShort):  # where all of it is one sentence
            read_article(text, language_check=False)

    assert seconds_of(read) < 8
