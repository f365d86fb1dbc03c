"""Idioms of the French press in plain French, in whatever form they stand."""

import pytest

from service.idioms import Conjugations, Idioms, in_plain_words

TABLE = Idioms(
    {
        "phrases": {"à couteaux tirés": "en conflit ouvert"},
        "verbs": {
            "donner raison à": "statuer en faveur de",
            "faire barrage à": "bloquer",
            "faire fi de": "ignorer",
            "mettre la clé sous la porte": "cesser ses activités",
            "tacler": "critiquer",
            "tirer son épingle du jeu": "réussir",
        },
        "irregular": {
            "faire": "fait font fait fer fais",
            "mettre": "met mettent mis mettr mett",
            "réussir": "réussit réussissent réussi réussir réussiss",
        },
    }
)


@pytest.mark.parametrize(
    ("french", "plain"),
    [
        ("Les deux opérateurs sont à couteaux tirés.", "Les deux opérateurs sont en conflit ouvert."),
        # the same form of the plain verb
        ("Nuagis tire son épingle du jeu.", "Nuagis réussit."),
        ("Ils tireront leur épingle du jeu.", "Ils réussiront."),
        ("Nuagis a tiré son épingle du jeu.", "Nuagis a réussi."),
        ("Tirer son épingle du jeu est difficile.", "Réussir est difficile."),
        # a participle that is written as the present is
        ("Nuagis fait fi d'un avis.", "Nuagis ignore un avis."),
        ("Nuagis a toujours fait fi d'un avis.", "Nuagis a toujours ignoré un avis."),
        ("Il ne met pas la clé sous la porte.", "Il ne cesse pas ses activités."),
        ("Elles mettent la clé sous la porte.", "Elles cessent leurs activités."),
        # what the preposition takes with it
        ("Nuagis fait fi des règles et fait fi du droit.", "Nuagis ignore les règles et ignore le droit."),
        ("Nuagis fera barrage au projet.", "Nuagis bloquera le projet."),
        ("La cour donne raison à Nuagis.", "La cour statue en faveur de Nuagis."),
        ("La cour a donné raison aux salariés.", "La cour a statué en faveur des salariés."),
        # a verb by itself agrees, and is no noun
        (
            "Les sénateurs sont taclés par Nuagis, qui les taclait.",
            "Les sénateurs sont critiqués par Nuagis, qui les critiquait.",
        ),
        ("Ce tacle de Nuagis surprend.", "Ce tacle de Nuagis surprend."),
        ("Nuagis ne dit rien.", "Nuagis ne dit rien."),
    ],
)
def test_an_idiom_stands_in_plain_french(french: str, plain: str) -> None:
    assert TABLE.in_plain_words(french) == plain


def test_what_stands_before_it_is_elided_or_not() -> None:
    table = Idioms({"verbs": {"épingler": "dénoncer", "tacler": "attaquer"}})
    assert table.in_plain_words("Elle a promis d'épingler Nuagis et de tacler l'État.") == (
        "Elle a promis de dénoncer Nuagis et d'attaquer l'État."
    )


@pytest.mark.parametrize(
    ("infinitive", "forms"),
    [
        ("donner", ("donne", "donnent", "donné", "donnera", "donnait")),
        ("changer", ("change", "changent", "changé", "changera", "changeait")),
        ("annoncer", ("annonce", "annoncent", "annoncé", "annoncera", "annonçait")),
        ("employer", ("emploie", "emploient", "employé", "emploiera", "employait")),
        ("acheter", ("achète", "achètent", "acheté", "achètera", "achetait")),
        ("révéler", ("révèle", "révèlent", "révélé", "révélera", "révélait")),
        ("créer", ("crée", "créent", "créé", "créera", "créait")),
        ("critiquer", ("critique", "critiquent", "critiqué", "critiquera", "critiquait")),
    ],
)
def test_conjugations(infinitive: str, forms: tuple[str, ...]) -> None:
    found = Conjugations({}).of(infinitive)
    assert tuple(found[name] for name in ("one", "many", "participle", "future a", "imperfect ait")) == forms


def test_a_verb_of_which_no_conjugation_is_known_is_refused() -> None:
    with pytest.raises(ValueError, match="prendre"):
        Idioms({"verbs": {"prendre la fuite": "partir"}})


def test_the_table_of_the_project() -> None:
    assert in_plain_words("La start-up a déposé le bilan.") == "La start-up a fait faillite."
    assert in_plain_words("Ses concurrents jettent l'éponge.") == "Ses concurrents renoncent."
