"""Paywall notices of French sites are told from sentences of articles."""

import pytest

from service.reading.article import PaywallOnly
from service.reading.boilerplate import MAX_BLOCK, Kind, boilerplate
from service.reading.paywall import is_paywall_notice, split_notice
from service.reading.reader import read_article
from service.text.folding import plain
from service.text.tables import table
from tests.timing import seconds_of

NOTICES = {
    "Le Monde": [
        "Article réservé aux abonnés",
        "Il vous reste 78.12% de cet article à lire. La suite est réservée aux abonnés.",
        "Il vous reste 78 % de cet article à lire",
        "Cet article vous est offert",
        "Pour lire gratuitement cet article réservé aux abonnés, connectez-vous",
        "Votre abonnement n’autorise pas la lecture de cet article",
        "La suite est réservée aux abonnés.",
        "Déjà abonné ? Connectez-vous",
    ],
    "Le Figaro": [
        "Cet article est réservé aux abonnés. Il vous reste 85% à découvrir.",
        "Il vous reste 62 % à découvrir.",
        "Vous avez envie de lire la suite ? Débloquez tous les articles immédiatement.",
        "Débloquez tous les articles immédiatement. Sans engagement.",
        "Déjà abonné ? Je me connecte",
    ],
    "Les Échos": [
        "Cet article est réservé à nos abonnés.",
        "Contenu réservé à nos abonnés",
        "Pour lire l'intégralité de cet article, abonnez-vous.",
        "Vous êtes déjà abonné ? Connectez-vous.",
        "Abonnez-vous pour accéder à l'intégralité de nos contenus",
    ],
    "Libération": [
        "Article réservé aux abonnés",
        "Cet article est réservé aux abonnés. Pour poursuivre votre lecture, abonnez-vous.",
        "Pour lire la suite de cet article, connectez-vous ou abonnez-vous",
        "Déjà abonné(e) ? Se connecter",
    ],
    "Mediapart": [
        "La lecture des articles est réservée aux abonné·es.",
        "Cet article est réservé aux abonné·es.",
        "Déjà abonné·e ? Se connecter",
        "Pas encore abonné·e ?",
        "Ce contenu est réservé aux abonnés de Mediapart.",
    ],
    "Next": [
        "Il reste 67% de l'article à découvrir.",
        "Cet article est en accès réservé aux abonnés",
        "Vous devez être abonné•e pour lire la suite de cet article.",
        "Déjà abonné•e ? Générez une clé RSS dans votre profil.",
    ],
    "L'Informé": [
        "Cet article est réservé à nos abonnés. Abonnez-vous pour lire la suite.",
        "Article abonné",
        "Article réservé aux abonnés de l'Informé",
        "Choisissez votre offre. Déjà abonné ? Se connecter",
    ],
    "Le Parisien": [
        "Réservé aux abonnés",
        "Abonnez-vous pour lire la suite",
        "Cet article est réservé aux abonnés du Parisien",
        "Profitez d'un accès illimité pour lire la suite de cet article",
    ],
    "L'Équipe": [
        "Cet article est réservé aux abonnés L'Équipe.",
        "Pour lire l'article, abonnez-vous",
        "Article réservé aux abonnés.",
    ],
    "La Croix": [
        "Il vous reste 75% de l'article à lire. Lisez la suite en vous abonnant.",
        "Vous êtes abonné ? Identifiez-vous",
        "Réservé à nos abonnés",
    ],
    "L'Express": [
        "Abonnez-vous pour accéder à cet article",
        "Offre réservée aux abonnés",
        "Pour accéder à la suite de cet article, abonnez-vous à partir de 1 €.",
    ],
    "Le Point": [
        "Il vous reste à lire 70 % de l'article",
        "Abonnez-vous pour continuer votre lecture",
        "Ce service est réservé aux abonnés. S'identifier",
    ],
    "L'Usine Nouvelle": [
        "Cet article est réservé à nos abonnés L'Usine Nouvelle",
        "Accès réservé aux abonnés",
        "Connectez-vous ou abonnez-vous pour lire la suite",
    ],
    "Ouest-France": [
        "Il vous reste 70 % de cet article à découvrir",
        "Cet article est premium",
        "Créez un compte gratuit pour lire la suite de cet article",
        "Lisez la suite de cet article gratuitement en vous inscrivant",
    ],
    "Sud Ouest": ["Article abonnés", "Cet article est réservé aux abonnés Sud Ouest"],
    "La Voix du Nord": [
        "Pour poursuivre la lecture de cet article, abonnez-vous",
        "Inscrivez-vous gratuitement pour lire la suite de l'article",
        "Lire la suite pour 1 €",
    ],
    "Le Télégramme": [
        "La suite de cet article est réservée aux abonnés. Il vous reste 70 % à lire.",
        "Article réservé aux abonnés du Télégramme",
    ],
    "Nice-Matin": [
        "La suite est réservée aux abonnés",
        "Abonnez-vous dès 1 € par mois",
        "Vous n'êtes pas encore abonné ? Découvrez nos offres",
    ],
    "La Dépêche": [
        "L'article est réservé aux abonnés",
        "Pour lire la suite, abonnez-vous à partir de 1€ le premier mois",
        "Contenu réservé aux abonnés de La Dépêche du Midi",
    ],
    "Le Progrès, DNA": [
        "Lisez la suite de cet article pour 1 € et accédez à tous nos contenus",
        "Rejoignez notre communauté d'abonnés et accédez à l'intégralité de nos articles",
        "Cet article est réservé aux abonnés. Je m'abonne à partir de 1 € le 1er mois",
        "Vous avez lu vos 3 articles gratuits ce mois-ci",
        "Pour lire la suite et accéder gratuitement à 3 articles par mois, créez votre compte",
    ],
}

SENTENCES = """\
Le site réservera ses articles aux abonnés dès mars.
Le Monde réserve désormais ses enquêtes aux abonnés.
Les articles de Mediapart sont réservés aux abonnés depuis 2008.
Cet article de la loi est réservé aux cas les plus graves.
Cet article est réservé par la loi aux seuls opérateurs de télécommunications.
La suite est réservée aux abonnés de Netflix, qui la verront en mai.
La suite de la série est réservée aux abonnés de la plateforme.
La suite du procès est réservée aux avocats des deux parties.
La suite est réservée aux membres du jury.
Abonnez-vous ou partez : le choix que Meta laisse aux Européens fait débat.
Pour lire la suite, les internautes devront s'abonner, a prévenu Le Monde.
Pour lire un article, il faut désormais s'abonner ou accepter les cookies.
Pour lire cet article, un lecteur sur trois refuse de créer un compte.
Déjà abonnés, deux lecteurs sur trois n'ouvrent plus le journal.
Déjà abonné ? La banque vous demande pourtant de payer deux fois.
Vous êtes abonné à Free ? Vos données ont peut-être fuité.
« Cet article est réservé aux abonnés » : la mention agace les lecteurs.
« La suite est réservée aux abonnés », affiche désormais le site.
Il vous reste deux semaines pour vous inscrire.
Il vous reste 20 % de batterie : le téléphone passe en mode économie.
Il reste 30 % du réseau à moderniser, selon l'Arcep.
Il reste 40 % de l'article 5 à examiner avant le vote.
L'abonnement coûte 9,99 euros par mois et donne accès à tous les articles.
La lecture des articles deviendra payante en septembre.
La lecture est réservée aux adultes, prévient l'éditeur du jeu.
Réservé aux abonnés, le service a perdu la moitié de ses utilisateurs.
Réservée aux abonnés Premium, la fonction arrive sur Spotify.
L'accès à l'article 49.3 est réservé au gouvernement.
L'accès aux salons est réservé aux abonnés de la compagnie.
Connectez-vous à l'application pour lire vos messages, conseille la banque.
Créez un compte gratuit pour lire la suite, demande le formulaire des pirates.
Identifiez-vous auprès de la mairie pour accéder à ce contenu, rappelle la Cnil.
Abonnez-vous à la chaîne de Squeezie, lançait une publicité de 2015.
Les lecteurs qui ont lu cinq articles gratuits doivent payer.
Vous avez lu trois articles sur la même panne : voici ce qu'il faut en retenir.
Le paywall du New York Times a dix ans et onze millions d'abonnés.
Google aide les éditeurs à convaincre leurs lecteurs de s'abonner.
Débloquez votre smartphone sans code : la faille touche les Pixel.
Débloquez tous les niveaux du jeu grâce à ces dix astuces.
Testez gratuitement ses logiciels : l'éditeur change de stratégie.
Offre réservée aux nouveaux clients, le forfait coûte 5 euros.
Profitez d'un accès illimité, promettait la publicité de l'opérateur.
Cet article premier de la loi est contesté.
L'article 3 est réservé aux cas de récidive.
Contenu réservé aux adultes : l'Arcom met en demeure cinq sites.
Ce contenu est réservé aux majeurs, prévient la plateforme.
Le podcast est réservé aux abonnés de Spotify depuis janvier.
Cette vidéo est réservée aux abonnés de la chaîne, explique le vidéaste.
Rejoignez nos abonnés, disait la lettre de l'escroc à ses victimes.
Article payant, article gratuit : les éditeurs cherchent la bonne formule.
""".splitlines()

BODY = (
    "L'hébergeur lillois Nuagis a racheté mardi son concurrent Datavallée pour 45 millions. "
    "Le nouvel ensemble exploitera neuf centres de données en France."
)
LINES = [(site, line) for site, lines in NOTICES.items() for line in lines]


@pytest.mark.parametrize(("site", "line"), LINES)
def test_a_notice_is_told(site: str, line: str) -> None:
    assert boilerplate(line) is Kind.PAYWALL, site


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_sentence_of_an_article_is_no_notice(sentence: str) -> None:
    assert not is_paywall_notice(sentence)
    article = read_article(f"{BODY}\n\n{sentence}\n\n{BODY}")
    assert "paywall" not in {warning.code for warning in article.warnings}


@pytest.mark.parametrize(
    "paragraph",
    [
        "La suite est payante. Microsoft la facture 99 euros par an aux particuliers.",
        "Le reste est payant. Les dix premiers gigaoctets ne coûtent rien.",
        "Réservé aux abonnés. Le service de Netflix coûtera 15 euros en juin.",
    ],
)
def test_a_paragraph_that_goes_on_as_an_article_is_no_notice(paragraph: str) -> None:
    assert not is_paywall_notice(paragraph)


def test_an_article_on_paywalls_has_no_warning() -> None:
    article = read_article("Pourquoi la presse ferme ses articles\n\n" + "\n\n".join(SENTENCES))
    assert "paywall" not in {warning.code for warning in article.warnings}


@pytest.mark.parametrize(("site", "line"), LINES)
def test_a_notice_below_an_article_is_a_warning_and_no_text(site: str, line: str) -> None:
    article = read_article(f"Nuagis rachète Datavallée\n\n{BODY}\n\n{line}")
    assert article.body == BODY, site
    assert [warning.code for warning in article.warnings] == ["paywall"]


@pytest.mark.parametrize("lines", NOTICES.values(), ids=NOTICES)
def test_notices_alone_are_no_article(lines: list[str]) -> None:
    with pytest.raises(PaywallOnly):
        read_article("Nuagis rachète Datavallée\n\n" + "\n\n".join(lines))


@pytest.mark.parametrize(
    "mark", ["{}", "🔒 {}", "— {} —", "{} !", "{} →", "* {}", "**{}**", "{}\u00a0!"]
)
def test_signs_around_a_notice_do_not_matter(mark: str) -> None:
    assert boilerplate(mark.format("Cet article est réservé aux abonnés")) is Kind.PAYWALL


def test_a_notice_may_stand_on_the_line_below() -> None:
    article = read_article(f"{BODY}\nIl vous reste 78 % de cet article à lire.\n{BODY}")
    assert [warning.code for warning in article.warnings] == ["paywall"]
    assert "78" not in article.body


def test_the_table_is_written_as_sentences_are_read() -> None:
    tables = table("service.reading", "paywalls")
    lists = [*(tables[name] for name in ("notices", "alone", "around")), *tables["words"].values()]
    for wording in (wording for entries in lists for wording in entries):
        assert wording.strip() == plain(wording)
        assert "," not in wording
        assert wording.count("*") <= 1


def test_sentences_are_read_as_the_table_writes_them() -> None:
    block = "Déjà abonné·e ? Il reste 78,5% à lire, pour 1€."
    assert split_notice(block) == ["deja abonne", "il reste 78,5 % a lire pour 1 €"]


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "abonnez-vous ",
        "cet article ",
        "1 ",
        "pour lire ",
        "la suite de cet article ",
        ". ",
        "1,",
    ],
)
def test_no_block_takes_long(piece: str) -> None:
    block = (piece * MAX_BLOCK)[:MAX_BLOCK]
    assert seconds_of(lambda: [is_paywall_notice(block) for _ in range(10)]) < 1
