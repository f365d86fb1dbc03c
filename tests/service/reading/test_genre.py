"""Inputs that are no articles, and articles that look like them."""

import gzip
import json
import re
from pathlib import Path

import pytest

from service.reading.article import ArticleError, ConsentOnly, EmptyArticle, PaywallOnly
from service.reading.genre import Genre, is_consent
from service.reading.reader import read_article
from service.warning import WARNINGS
from tests.data import PAGES, VALIDATION, skip_without

GENRES = set(Genre)

CONSENT = """Nous respectons votre vie privée

Nous et nos 812 partenaires stockons et accédons à des informations sur un appareil, telles que les cookies, et traitons les données personnelles.

Avec votre accord, nous et nos partenaires pouvons utiliser des données de géolocalisation précises. Vous pouvez à tout moment retirer votre consentement ou vous opposer aux traitements fondés sur l'intérêt légitime en cliquant sur « En savoir plus ».

Tout accepter

Continuer sans accepter

Paramétrer mes choix"""  # noqa: E501

ARTICLE = """Nuagis rachète Datavallée

L'hébergeur lillois Nuagis a racheté mardi son concurrent Datavallée pour 45 millions d'euros. Le nouvel ensemble exploitera neuf centres de données.

Fondé en 2011 par Anne Leroy, Nuagis vend du stockage aux hôpitaux et aux administrations. Son chiffre d'affaires a progressé de 18 % en 2024.

Datavallée traversait une période difficile. L'entreprise de Grenoble avait perdu son principal client l'an dernier."""  # noqa: E501

LINKS = """À ne pas manquer

Nuagis rachète Datavallée pour 45 millions d'euros

Pourquoi les hôpitaux changent d'hébergeur

Cloud souverain : ce que prévoit le nouveau décret

La fibre gagne du terrain dans les campagnes

Comment choisir son mot de passe en 2025

Un rançongiciel paralyse la mairie de Vertville

Les écoles de Brumeval passent au logiciel libre

Notre comparatif des meilleurs écouteurs sans fil

Le satellite Astrale 3 ne répond plus depuis lundi

Tous les services de livraison par drone à l'essai

Ce que la Cnil reproche aux applications de rencontre

La console de Pixelune retardée à l'automne"""

LIVE = """EN DIRECT - Conférence Pixelune : suivez les annonces

18h02 Bonjour à tous et bienvenue dans ce direct consacré à la conférence annuelle de Pixelune.

18h10 La directrice, Maud Ferrand, monte sur scène et salue les 2 000 développeurs présents dans \
la salle.

18h24 Première annonce : une console portable à 249 euros, attendue en magasin au mois de novembre.

18h41 Le service de jeu en nuage sera ouvert dans douze pays européens avant la fin de l'année.

19h05 C'est la fin de la conférence. Merci de l'avoir suivie avec nous."""

ROUNDUP = """# Les infos tech de mardi

## Nuagis s'offre Datavallée

L'hébergeur lillois Nuagis a racheté son concurrent Datavallée pour 45 millions d'euros. Le \
groupe emploiera 620 personnes.

## Un satellite muet

Le satellite Astrale 3 ne répond plus depuis lundi matin. L'agence cherche à rétablir le contact \
avant qu'il ne dérive.

## Les écoles de Brumeval au logiciel libre

Les élèves de la ville de Brumeval travailleront à la rentrée sous Linux, a décidé la \
municipalité pour économiser des licences.

## Pixelune retarde sa console

La sortie de la console portable est repoussée à l'automne, faute de puces. L'éditeur Pixelune \
s'en excuse auprès des joueurs."""

# Headings inside one story.
HEADED = """# Nuagis rachète Datavallée

L'hébergeur lillois Nuagis a racheté mardi son concurrent Datavallée pour 45 millions d'euros.

## Un client perdu

Datavallée traversait une période difficile. L'entreprise de Grenoble avait perdu son principal \
client, l'assureur Mutalis.

## Des salariés repris

Nuagis s'est engagé auprès des syndicats à ne supprimer aucun poste. Les 210 salariés de Grenoble \
seront tous repris.

## Un marché en recomposition

Les hébergeurs français restent modestes face aux géants américains. Nuagis et Datavallée \
garderont leurs deux marques."""

ABOUT_COOKIES = """La Cnil inflige une amende de 10 millions d'euros à Pixelune

La Cnil a infligé mardi une amende de 10 millions d'euros à l'éditeur Pixelune, qui déposait des \
cookies sans le consentement des joueurs. Les traceurs servaient à des publicités personnalisées.

« Nous respectons votre vie privée et nous avons corrigé nos cookies dès que vous nous l'avez \
signalé », répond la directrice, Maud Ferrand. Refuser les cookies demandait cinq clics, les \
accepter un seul."""

TIMES = """Panne chez Nuagis : le récit d'une nuit blanche

À 23h12, les premiers clients signalent des erreurs. À 23h40, la cellule de crise est réunie à \
Lille par Anne Leroy.

Les équipes ont rétabli le stockage à 2h15, puis la messagerie à 4h30. La panne venait d'une mise \
à jour mal testée.

A 8h, le service fonctionnait de nouveau pour tous les clients, selon l'hébergeur."""


def codes(text: str) -> set[str]:
    return {warning.code for warning in read_article(text).warnings}


@pytest.mark.parametrize(
    ("text", "code"), [(LINKS, "link_list"), (LIVE, "live_ticker"), (ROUNDUP, "round_up")]
)
def test_what_is_no_article_is_told(text: str, code: str) -> None:
    assert codes(text) == {code}


@pytest.mark.parametrize("text", [ARTICLE, HEADED, ABOUT_COOKIES, TIMES])
def test_articles_are_articles(text: str) -> None:
    assert codes(text) == set()


def test_a_round_up_without_a_title_is_one() -> None:
    assert codes(ROUNDUP.split("\n\n", 1)[1]) == {"round_up"}


@pytest.mark.parametrize(
    "title",
    ["En bref", "L'actu tech de la semaine", "Les brèves du mardi", "Newsletter : le point"],
)
def test_a_title_that_says_so_is_believed(title: str) -> None:
    text = HEADED.replace("Nuagis et Datavallée", "Les deux").replace(
        "Nuagis s'est engagé", "Le groupe s'est engagé"
    )
    assert codes(text) == set()
    assert codes(text.replace("# Nuagis rachète Datavallée", f"# {title}", 1)) == {"round_up"}


def test_a_live_ticker_with_its_times_alone_on_a_line() -> None:
    lines = [line for block in LIVE.split("\n\n")[1:] for line in block.split(" ", 1)]
    assert codes("Conférence Pixelune\n\n" + "\n\n".join(lines)) == {"live_ticker"}


def test_a_request_for_consent_alone_is_an_error() -> None:
    with pytest.raises(ConsentOnly, match="Answer it in a browser") as caught:
        read_article(CONSENT)
    assert caught.value.code == "consent_only"
    paragraphs = "".join(f"<p>{line}</p>" for line in CONSENT.splitlines())
    with pytest.raises(ConsentOnly):
        read_article(html=f"<html><body><main>{paragraphs}</main></body></html>")


def test_a_request_for_consent_is_left_out_of_an_article() -> None:
    article = read_article(f"{ARTICLE}\n\n{CONSENT}")
    assert "partenaires" not in article.body
    assert article.body.startswith("L'hébergeur lillois Nuagis")
    assert article.warnings == ()


def test_more_consent_than_article_is_told() -> None:
    short = ARTICLE.split("\n\n")[1].split(". ", 1)[0] + "."
    assert codes(f"{CONSENT}\n\n{short}") == {"consent"}


def test_a_paywall_stub_is_told_and_a_notice_alone_is_an_error() -> None:
    stub = "\n\n".join(ARTICLE.split("\n\n")[:2])
    assert codes(
        f"{stub}\n\nLa suite est réservée aux abonnés.\n\nDéjà abonné ? Connectez-vous."
    ) == {"paywall"}
    with pytest.raises(PaywallOnly):
        read_article(
            "Nuagis rachète Datavallée\n\nLa suite est réservée aux abonnés.\n\nDéjà abonné ? "
            "Connectez-vous."
        )


def test_few_links_alone_are_an_error() -> None:
    with pytest.raises(EmptyArticle):
        read_article("\n\n".join(["Lire aussi", *LINKS.split("\n\n")[1:6]]))


def test_sentences_about_consent_are_no_request() -> None:
    assert not is_consent("Le site utilisait des cookies sans consentement, selon ses partenaires.")
    assert not is_consent(
        "« Nous respectons votre vie privée et vos données personnelles », assure l'éditeur de "
        "cookies."
    )


def test_every_code_of_a_warning_is_documented() -> None:
    service = Path(__file__).parents[3] / "service"
    # The translator yields the codes of its warnings.
    code = re.compile(r'(?:\bSummaryWarning\(|\byield \(?)\s*"(\w+)"')
    used = {
        word
        for path in service.rglob("*.py")
        for word in code.findall(path.read_text(encoding="utf-8"))
    }
    assert used | {genre.value for genre in Genre} == set(WARNINGS)


def test_pages_and_articles_raise_no_false_alarm() -> None:
    skip_without(PAGES, VALIDATION)
    alarms = [
        path.name
        for path in sorted(PAGES.glob("*.html"))
        if _is_alarm(html=path.read_text(encoding="utf-8"))
    ]
    with gzip.open(VALIDATION, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line, _ in zip(lines, range(200), strict=False)]
    alarms += [
        row["id"]
        for row in rows
        if _is_alarm(text=f"# {row['title']}\n\n" + row["article"].replace("\n", "\n\n"))
    ]
    assert not alarms


def _is_alarm(text: str | None = None, html: str | None = None) -> bool:
    try:
        article = read_article(text, html, language_check=False)
    except ArticleError:
        return True
    return bool({warning.code for warning in article.warnings} & GENRES)


@pytest.mark.parametrize("byline", ["Par Claire Martin", "Claire Martin"])
def test_a_byline_is_no_heading_of_a_story(byline: str) -> None:
    text = (
        f"Nuagis s'allie à Voxcom\n\n{byline}\n\nLe fournisseur devient le premier actionnaire de "
        f"la jeune pousse.\n\n"
        "Un accord surprise\n\nLes deux groupes ont signé mardi. Leurs équipes travailleront "
        "ensemble à Lille, dans le Nord.\n\n"
        "Quel avenir pour les puces\n\nLe marché des semi-conducteurs progresse de 12 % par an. "
        "Datavallée le domine."
    )
    assert "round_up" not in [warning.code for warning in read_article(text).warnings]
