import re
import textwrap
from pathlib import Path

import pytest

from service.markdown import clean
from service.reading import read_article
from service.sourced_text import SourcedText

ROOT = Path(__file__).parents[1]
EXAMPLE = (ROOT / "examples" / "article.txt").read_text(encoding="utf-8")
REAL = ROOT.parent / "shared" / "data" / "article.txt"
FIRST = "L'hébergeur Nuagis a racheté mardi son concurrent Datavallée pour 45 millions d'euros."
SECOND = "La transaction doit encore recevoir l'aval de l'Autorité de la concurrence, attendu en juin."
THIRD = "Les clients pourront ensuite migrer vers la plateforme de Nuagis, sans frais supplémentaires."
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
    assert [text.split()[0] for text in read] == ["C'est", "Fondé", "Datavallée,", "Les", "L'opération", "«"]
    assert "En 2023, l'entreprise de Grenoble" in read[2]
    assert "sous la houlette de Marc-Olivier Petit" in read[3]
    assert "a appris Le Courrier du numérique." in read[0]
    assert "le logiciel libre OpenStack, sans frais" in read[3]
    assert "« Nous avions les clients mais plus assez de place dans nos salles, explique la dirigeante. Datavallée" in read[1]
    assert read[5].startswith("« Il n'y aura pas de place pour dix hébergeurs souverains », prévient Anne Leroy")
    assert not re.search(r"Lire aussi|newsletter|4-5 minutes|[*\[\]#]|https?:", "\n".join(read))


@pytest.mark.parametrize("text", [EXAMPLE, EXAMPLE.replace("\n", "\r\n")], ids=["lf", "crlf"])
def test_offsets_give_each_sentence_of_the_input(text: str) -> None:
    found = read_article(text).sentences
    assert len(found) == 20
    for sentence in found:
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
        f"{TITLE}\n\n{FIRST} Les serveurs\nde l'hébergeur se sont arrêtés\nle 12 mars 2024 à 10 heures\nsans prévenir. {SECOND}"
    )
    assert "se sont arrêtés le 12 mars 2024 à 10 heures sans prévenir." in " ".join(paragraphs(text))


def test_markdown_with_headings_and_lists() -> None:
    text = f"# {TITLE}\n\n{FIRST}\n\n## Le rachat\n\n{SECOND}\n\n- {THIRD}\n- {FIRST[:-1]} en mars.\n"
    article = read_article(text)
    assert article.header.title == TITLE
    assert article.paragraphs[0].text == FIRST
    assert SECOND in article.body.split("\n")
    assert THIRD in article.body.split("\n")
    assert not re.search(r"^[-#]", article.body, re.MULTILINE)


def test_a_paragraph_that_was_broken_behind_an_opening_mark_goes_on() -> None:
    text = 'Le directeur "assume" et a décidé de faire le saut. "\n\nNous y pensons depuis des années", dit-il.\n\n"C\'est fait."'
    article = read_article(text)
    assert [paragraph.text for paragraph in article.paragraphs] == [
        'Le directeur "assume" et a décidé de faire le saut. "Nous y pensons depuis des années", dit-il.',
        '"C\'est fait."',
    ]
    assert all(text[s.start : s.end].rsplit(maxsplit=1)[-1] == s.text.split()[-1] for s in article.sentences)
    assert article.sentences[1].text == '"Nous y pensons depuis des années", dit-il.'


@pytest.mark.parametrize("line_end", ["\n", "\n\n"])
def test_a_compound_that_was_broken_at_its_hyphen_has_no_space(line_end: str) -> None:
    lead = "Nuagis quitte mardi ses salles de Villeneuve-d'Ascq, où il est né. Il gagne Boulogne-Billancourt."
    broken = lead.replace("Villeneuve-", f"Villeneuve-{line_end}").replace("Boulogne-", f"Boulogne-{line_end}")
    assert paragraphs(f"{TITLE}\n\n{broken}\n\n{SECOND}") == [lead, SECOND]


def test_a_divided_word_of_a_wrapped_text_is_whole() -> None:
    text = f"{TITLE}\n\nNuagis a annoncé mardi le déploie-\nment de ses serveurs à Lille et à Paris.\n\n{SECOND}"
    assert paragraphs(text)[0] == "Nuagis a annoncé mardi le déploiement de ses serveurs à Lille et à Paris."


def test_behind_a_closing_mark_a_broken_paragraph_goes_on_with_a_space() -> None:
    start = 'Son directeur a répété devant les journalistes présents ce matin à Lille le même " oui "'
    assert f"{start} mais sans donner de date." in paragraphs(f"{FIRST}\n\n{start}\n\nmais sans donner de date.\n\n{SECOND}")


def test_headings_are_not_joined_to_paragraphs() -> None:
    read = paragraphs(f"# {TITLE}\n\n{FIRST}\n\n## Un rachat sous\n\n{SECOND}")
    assert FIRST in read
    assert SECOND in read


@pytest.mark.parametrize("title", [TITLE, f"# {TITLE}", f"**{TITLE}**"])
def test_a_lead_in_bold_is_a_paragraph(title: str) -> None:
    article = read_article(f"{title}\n\n**{FIRST}**\n\n{SECOND}\n\n**Les clients**\n\n{THIRD}")
    assert article.header.title == TITLE
    assert [paragraph.text for paragraph in article.paragraphs] == [FIRST, SECOND, "Les clients", THIRD]


@pytest.mark.parametrize("mark", ["- ", "* ", "• "])
@pytest.mark.parametrize("between", ["\n", "\n\n"])
def test_each_item_of_a_list_is_a_paragraph(mark: str, between: str) -> None:
    items = [
        "Région de Lille : 9 euros par mois",
        "iPhone et Android sont pris en charge par toutes les formules",
        "eBay paie par carte",
    ]
    text = "\n\n".join([TITLE, FIRST, "Trois formules sont proposées :", between.join(mark + item for item in items), SECOND])
    assert paragraphs(text) == [FIRST, "Trois formules sont proposées :", *items, SECOND]


@pytest.mark.parametrize("line", ["Commentaires (2)", "2 commentaires"])
def test_comments_of_readers_are_left_out(line: str) -> None:
    comments = "Ada\nIl y a 2 jours\nMerci à Nuagis, qui est sérieux.\n\nBob\nMoi, je garde mon serveur."
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
    ["Nuagis a racheté mardi son concurrent. Ses clients passeront chez", "Datavallée", "en juin. La ville est contente."],
    ["La directrice de Nuagis a présenté mardi à Lille ses comptes de l'année", "sur", "le site que le groupe a ouvert en juin."],
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
    "title", ["Nuagis : « Les clients ont le choix de leur région »", "Faut-il vraiment quitter son hébergeur à Lille ?"]
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
    if not REAL.is_file():
        pytest.skip("the article is not here")
    article = read_article(REAL.read_text(encoding="utf-8"))
    assert article.header.title == "Cloud : Orange et Huawei mettent fin à leur offre commune"
    assert article.header.byline == "Emmanuel Paquette, Marc Rees"
    assert article.header.published == "2024-09-02"
    assert article.header.source == "linforme.com"
    assert len(article.paragraphs) == 5
    assert "Technologies. En France, le groupe" in article.paragraphs[2].text
    assert "mais aussi aux opérateurs d'importance vitale" in article.paragraphs[4].text


def test_windows_line_ends_between_wrapped_paragraphs() -> None:
    text = (
        f"{TITLE}\n\nL'hébergeur français a racheté son concurrent, a annoncé mardi sa patronne\nAnne Leroy."
        "\n\nLa nouvelle entité sera valorisée 4 milliards d'euros, selon les chiffres du cabinet\nAmpere. Elle sera à Paris."
    )
    wanted = [
        "L'hébergeur français a racheté son concurrent, a annoncé mardi sa patronne Anne Leroy.",
        "La nouvelle entité sera valorisée 4 milliards d'euros, selon les chiffres du cabinet Ampere. Elle sera à Paris.",
    ]
    assert [paragraphs(text), paragraphs(text.replace("\n", "\r\n"))] == [wanted, wanted]


@pytest.mark.parametrize("link", ["Reuters", "Jumia.com", "l'AFP"])
def test_a_link_inside_a_sentence_is_a_piece_of_it(link: str) -> None:
    begun, ended = "Nuagis prépare un rachat de 300 millions d'euros, selon", "confirmé vendredi par le groupe lui-même, à Lille."
    assert paragraphs(f"{TITLE}\n\n{begun}\n\n{link}\n\n{ended}\n\n{SECOND}") == [f"{begun} {link} {ended}", SECOND]


@pytest.mark.parametrize(
    ("title", "lead"),
    [
        ("Nuagis s'allie à Canal Plus", "L'opérateur a signé mardi un accord avec la chaîne de télévision cryptée."),
        (
            "Nuagis dévoile sa nouvelle box",
            "30 euros par mois : c'est le prix de la nouvelle box, présentée mardi par le groupe.",
        ),
        ("Nuagis corrige une faille de sécurité", "iOS 26.1 est disponible depuis mardi, et corrige une faille exploitée."),
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
    assert paragraphs(f"{TITLE}\n\n{FIRST}\n\nUn marché en croissance\n{SECOND}") == [FIRST, "Un marché en croissance", SECOND]


def test_a_caption_without_a_full_stop_stays_by_itself() -> None:
    caption = "L'usine de Nuagis à Roubaix, dans le Nord. L'entreprise fabrique les serveurs de Voxcom"
    assert (
        paragraphs(f"{TITLE}\n\n{caption}\n\nLe groupe a annoncé jeudi un rachat.")[-1] == "Le groupe a annoncé jeudi un rachat."
    )


def test_an_abbreviation_at_a_line_end_is_no_end() -> None:
    text = f"{TITLE}\n\n{FIRST}\n\nLe plan est de 300 millions d'euros sur cinq ans, selon M.\nDupont, le directeur financier."
    assert paragraphs(text)[-1] == "Le plan est de 300 millions d'euros sur cinq ans, selon M. Dupont, le directeur financier."


@pytest.mark.parametrize(
    "line",
    [
        "Publié le 12 mars 2025 à 10h00, modifié le 12 mars 2025 à 11h03 Temps de Lecture 2 min.",
        "Claire Martin - 12 mars 2025", "Claire Martin | 12 mars 2025", "Publié par Claire Martin le 12 mars 2025 à 10h00",
    ],
)  # fmt: skip
def test_datelines_of_other_forms(line: str) -> None:
    read = read_article(f"{TITLE}\n\n{line}\n\n{FIRST}\n\n{SECOND}")
    assert read.header.published == "2025-03-12"
    assert [paragraph.text for paragraph in read.paragraphs] == [FIRST, SECOND]


def test_the_byline_stands_behind_a_standfirst_too() -> None:
    read = read_article(f"{TITLE}\n\n{FIRST}\n\nPar Claire Martin\n\nPublié le 12 mars 2025 à 10h00\n\n{SECOND}")
    assert read.header.byline == "Claire Martin"
    assert [paragraph.text for paragraph in read.paragraphs] == [FIRST, SECOND]


@pytest.mark.parametrize("line", ["Commentaires", "Voir les 12 commentaires", "Réactions (3)"])
def test_comments_below_a_line_without_a_number(line: str) -> None:
    assert paragraphs(f"{TITLE}\n\n{FIRST}\n\n{SECOND}\n\n{THIRD}\n\n{line}\n\nEncore une arnaque, changez de fournisseur.") == [
        FIRST, SECOND, THIRD,
    ]  # fmt: skip


def test_the_place_line_of_an_agency_is_left_out() -> None:
    assert paragraphs(f"{TITLE}\n\nPARIS (AFP) — {FIRST}\n\n{SECOND}") == [FIRST, SECOND]
