"""Idioms of the French press become plain French, in every form of their verb."""

import pytest

from service.english.pre_editing.idioms import Idioms, replace_idioms

TABLE = Idioms(
    {
        "phrases": {"en berne": "en baisse", "à couteaux tirés": "en conflit ouvert"},
        "verbs": {
            "donner raison à": "statuer en faveur de",
            "faire barrage à": "bloquer",
            "emboîter le pas à": "suivre l'exemple de",
            "faire fi de": "ignorer",
            "faire les frais de": "être victime de",
            "flamber": "augmenter",
            "mettre au pas": "discipliner",
            "mettre la clé sous la porte": "cesser ses activités",
            "tacler": "critiquer",
            "tirer son épingle du jeu": "réussir",
            "tirer un trait sur": "renoncer à",
        },
        "with_etre": {
            "se tailler la part du lion": "prendre la plus grande part",
            "tomber dans l'escarcelle de": "être racheté par",
            "tomber à l'eau": "échouer",
        },
        "unless": {"en berne": "drapeau", "flamber": "flambée|incendie"},
        "irregular": {
            "avoir": "a ont eu aur av ayant",
            "être": "est sont été ser ét",
            "faire": "fait font fait fer fais",
            "mettre": "met mettent mis mettr mett",
            "prendre": "prend prennent pris prendr pren",
            "réussir": "réussit réussissent réussi réussir réussiss",
            "suivre": "suit suivent suivi suivr suiv",
        },
    }
)


@pytest.mark.parametrize(
    ("french", "plain"),
    [
        (
            "Les deux opérateurs sont à couteaux tirés.",
            "Les deux opérateurs sont en conflit ouvert.",
        ),
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
        (
            "Nuagis fait fi des règles et fait fi du droit.",
            "Nuagis ignore les règles et ignore le droit.",
        ),
        ("Nuagis fera barrage au projet.", "Nuagis bloquera le projet."),
        ("La cour donne raison à Nuagis.", "La cour statue en faveur de Nuagis."),
        ("La cour a donné raison aux salariés.", "La cour a statué en faveur des salariés."),
        # a verb by itself agrees, and is no noun
        (
            "Les sénateurs sont taclés par Nuagis, qui les taclait.",
            "Les sénateurs sont critiqués par Nuagis, qui les critiquait.",
        ),
        ("Ce tacle de Nuagis surprend.", "Ce tacle de Nuagis surprend."),
        ("La mise au pas de Nuagis surprend.", "La mise au pas de Nuagis surprend."),
        # what follows is elided, or not, too
        ("Nuagis emboîte le pas à Apple.", "Nuagis suit l'exemple d'Apple."),
        ("Il a tiré un trait sur l'Europe.", "Il a renoncé à l'Europe."),
        ("Ils font les frais d'ici vendredi.", "Ils font les frais d'ici vendredi."),
        # another auxiliary
        ("Le projet n'est pas tombé à l'eau.", "Le projet n'a pas échoué."),
        ("Les projets seraient tombés à l'eau.", "Les projets auraient échoué."),
        ("Nuagis s'est taillé la part du lion.", "Nuagis a pris la plus grande part."),
        ("Ils se taillent la part du lion.", "Ils prennent la plus grande part."),
        ("Nuagis va se tailler la part du lion.", "Nuagis va prendre la plus grande part."),
        ("Elle est tombée dans l'escarcelle du groupe.", "Elle a été racheté par le groupe."),
        ("Elle tombera dans l'escarcelle de Voxcom.", "Elle sera racheté par Voxcom."),
        ("La société tombée dans l'escarcelle du groupe.", "La société racheté par le groupe."),
        ("Le téléphone tombé à l'eau.", "Le téléphone tombé à l'eau."),
        # where it means something else
        ("Les ventes sont en berne.", "Les ventes sont en baisse."),
        ("Le drapeau est en berne.", "Le drapeau est en berne."),
        ("Les prix flambent.", "Les prix augmentent."),
        ("Une flambée des prix.", "Une flambée des prix."),
        ("Nuagis ne dit rien.", "Nuagis ne dit rien."),
    ],
)
def test_an_idiom_becomes_plain_french(french: str, plain: str) -> None:
    assert TABLE.replace_idioms(french) == plain


def test_the_word_before_an_idiom_is_elided_or_not() -> None:
    table = Idioms({"verbs": {"épingler": "dénoncer", "tacler": "attaquer"}})
    assert table.replace_idioms("Elle a promis d'épingler Nuagis et de tacler l'État.") == (
        "Elle a promis de dénoncer Nuagis et d'attaquer l'État."
    )


def test_an_exception_to_a_missing_idiom_is_refused() -> None:
    with pytest.raises(ValueError, match="voir rouge"):
        Idioms({"unless": {"voir rouge": "feu"}})


def test_a_verb_without_a_known_conjugation_is_refused() -> None:
    with pytest.raises(ValueError, match="prendre"):
        Idioms({"verbs": {"prendre la fuite": "partir"}})


@pytest.mark.parametrize(
    ("french", "plain"),
    [
        ("La start-up a déposé le bilan.", "La start-up a fait faillite."),
        ("Ses concurrents jettent l'éponge.", "Ses concurrents renoncent."),
        ("Les éditeurs sont montés au créneau.", "Les éditeurs ont intervenu publiquement."),
        ("L'étude bat en brèche cette idée reçue.", "L'étude remet en cause ce préjugé."),
        ("Apple lève le voile sur son casque.", "Apple dévoile son casque."),
        ("Le projet est passé à la trappe.", "Le projet a été abandonné."),
        ("Le secteur a le vent en poupe.", "Le secteur est en plein essor."),
        ("L'application cartonne.", "L'application a un grand succès."),
        ("Le PDG botte en touche.", "Le PDG élude la question."),
        ("L'Europe joue la carte de la transparence.", "L'Europe mise sur la transparence."),
        ("Les deux associés sont à couteaux tirés.", "Les deux associés sont en conflit ouvert."),
        ("Uber plie bagage.", "Uber quitte les lieux."),
        ("L'État vole au secours du groupe.", "L'État secourt le groupe."),
        ("Le ministre s'est fendu d'un tweet.", "Le ministre a publié un tweet."),
        ("Le PDG a été remercié.", "Le PDG a été limogé."),
        ("Nuagis revoit à la baisse ses prévisions.", "Nuagis abaisse ses prévisions."),
        ("Le smartphone embarque une puce.", "Le smartphone intègre une puce."),
        ("Des fichiers sont dans la nature.", "Des fichiers sont en circulation."),
        ("Le tribunal a débouté Nuagis.", "Le tribunal a rejeté la demande de Nuagis."),
        ("L'usine est sortie de terre.", "L'usine a été construit."),
        # something else
        ("Le tweet est épinglé.", "Le tweet est épinglé."),
        (
            "Il a remporté l'appel d'offres sans appel.",
            "Il a remporté l'appel d'offres sans appel.",
        ),
        ("Ils vont embarquer sur un navire.", "Ils vont embarquer sur un navire."),
        ("Les animaux vivent dans la nature.", "Les animaux vivent dans la nature."),
        ("Il est tombé à l'eau.", "Il est tombé à l'eau."),
        ("Sur fond de crise, elle fond en larmes.", "Sur fond de crise, elle fond en larmes."),
        ("Une tribune du stade est fermée.", "Une tribune du stade est fermée."),
        ("Une réforme de taille dans ce pays.", "Une réforme de taille dans ce pays."),
    ],
)
def test_the_builtin_table(french: str, plain: str) -> None:
    assert replace_idioms(french) == plain
