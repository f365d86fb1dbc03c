"""A summary sentence says of its numbers and names what the article says of them."""

import pytest

from service.checking.evidence import EvidenceFinder
from service.facts.fact import FactKind
from service.reading.article import Sentence

TITLE = "Nuagis rachète Datavallée"
TEXTS = (
    "L'hébergeur lillois Nuagis a annoncé mardi 12 mai le rachat de Datavallée pour 45 millions "
    "d'euros.",
    "Le chantier de Marseille durera 18 mois et emploiera 130 personnes.",
    "« Nous n'avons pas l'intention de fermer un seul centre de données », a assuré Anne Leroy.",
    "La filiale belge a perdu 12 clients en 2019, tandis que la filiale suisse en a gagné 38.",
    "Le syndicat, représenté par Paul Morel, refuse le plan.",
    "Les serveurs de Lyon consomment 30 % d'électricité, ceux de Nantes 45 %.",
    "Après la démission de Karim Benali, le conseil a nommé Julie Faure.",
    "Aucun incident n'a été signalé vendredi, mais une panne a touché la plateforme samedi.",
)
FINDER = EvidenceFinder(tuple(Sentence(text, 0, 0, len(text)) for text in TEXTS), TITLE)
N = FactKind


@pytest.mark.parametrize(
    ("sentence", "kind", "words"),
    [
        ("Le chantier de Marseille durera 18 jours.", N.UNIT, "18 jour"),
        ("Le chantier de Marseille emploiera 18 personnes.", N.RELATION, "18"),
        ("La filiale suisse a perdu 12 clients en 2019.", N.RELATION, "12"),
        ("Les serveurs de Lyon consomment 45 % d'électricité.", N.RELATION, "45"),
        (
            "Après la démission de Paul Morel, le conseil a nommé Julie Faure.",
            N.RELATION,
            "Paul Morel",
        ),
        ("Julie Faure refuse le plan.", N.RELATION, "Julie Faure"),
        ("Nuagis a annoncé lundi 12 mai le rachat de Datavallée.", N.DAY, "lundi"),
        ("Nuagis a annoncé vendredi 12 mai le rachat de Datavallée.", N.DAY, "vendredi 12 mai"),
        ("Une panne a touché la plateforme vendredi.", N.DAY, "vendredi"),
        (
            "Anne Leroy assure avoir l'intention de fermer un centre de données.",
            N.NEGATION,
            "intention",
        ),
        ("Le chantier de Marseille ne durera pas 18 mois.", N.NEGATION, "durera"),
        ("Un incident a été signalé vendredi.", N.NEGATION, "signalé"),
        ("Le syndicat accepte le plan.", N.NEGATION, "accepte"),
        (
            "« Nous n'avons pas l'intention de fermer un seul centre », a assuré Paul Morel.",
            N.SPEAKER,
            "Paul Morel",
        ),
        ("Ilford a annoncé mardi le rachat de Datavallée.", N.NAME, "Ilford"),
    ],
)
def test_what_the_article_states_otherwise_is_named(
    sentence: str, kind: FactKind, words: str
) -> None:
    support = FINDER.support(sentence)
    assert (kind, words) in [(fact.kind, fact.text) for fact in support.unsupported]
    assert not support.supported


@pytest.mark.parametrize(
    "sentence",
    [
        "Le chantier de Marseille emploiera 130 personnes pendant 18 mois.",
        "La filiale belge a perdu 12 clients, la suisse en a gagné 38.",
        "Les serveurs de Nantes consomment 45 % d'électricité.",
        "Le conseil a nommé Julie Faure après la démission de Karim Benali.",
        "Le rachat de Datavallée a été annoncé mardi 12 mai par Nuagis.",
        "Une panne a touché la plateforme samedi.",
        "Anne Leroy n'a pas l'intention de fermer un seul centre de données.",
        "Le syndicat n'accepte pas le plan.",
        "« Nous n'avons pas l'intention de fermer un seul centre de données », assure Anne Leroy.",
        "Annoncé mardi, le rachat de Datavallée coûte 45 millions d'euros.",
        *TEXTS,
    ],
)
def test_what_the_article_says_is_supported(sentence: str) -> None:
    assert FINDER.support(sentence).unsupported == ()


def test_a_name_beside_the_same_word_elsewhere_is_no_error() -> None:
    texts = (
        "La démission de Karim Benali surprend.",
        "La démission de Paul Morel, elle, était attendue.",
    )
    finder = EvidenceFinder(tuple(Sentence(text, 0, 0, len(text)) for text in texts))
    assert finder.support("La démission de Paul Morel surprend.").unsupported == ()


def test_a_rounded_number_is_not_another() -> None:
    texts = (
        "La fraude a coûté 261,2 millions d'euros.",
        "Plus de 260 millions d'euros de fraude ont été détectés en 2018.",
    )
    finder = EvidenceFinder(tuple(Sentence(text, 0, 0, len(text)) for text in texts))
    assert (
        finder.support("En 2018, 261,2 millions d'euros de fraude ont été détectés.").unsupported
        == ()
    )


def test_a_pronoun_stands_for_the_name_before() -> None:
    texts = (
        "Julie Faure dirige Nuagis depuis mars.",
        "Elle veut recruter 300 ingénieurs à Toulouse.",
    )
    finder = EvidenceFinder(tuple(Sentence(text, 0, 0, len(text)) for text in texts))
    assert finder.support("Julie Faure veut recruter 300 ingénieurs à Toulouse.").supported
