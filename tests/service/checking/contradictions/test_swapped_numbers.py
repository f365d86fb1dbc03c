"""A number, a unit or a date in the place of another one of the best evidence."""

import pytest

from service.checking.contradictions.swapped_numbers import find_swap
from service.facts.statements import Statement

BEST = (
    "La plateforme a annoncé fin février l'arrêt de 40 des 60 services, "
    "deux semaines après un vote."
)


@pytest.mark.parametrize(
    ("sentence", "others", "wrong"),
    [
        ("La plateforme a annoncé fin février l'arrêt de 40 services.", (), ""),
        ("La plateforme a annoncé fin mars l'arrêt de 40 services.", (), "mars"),
        ("La plateforme a annoncé l'arrêt de 40 services deux mois après le vote.", (), "mois"),
        (
            "La plateforme a annoncé l'arrêt de 40 services deux ans après le vote, à Lyon.",
            ("Deux ans après, Lyon vote.",),
            "",
        ),
        ("La plateforme a annoncé l'arrêt de 50 services.", (), "50"),
        ("La plateforme a annoncé le 3 mai l'arrêt de services.", (), "3 mai"),
        # Other evidence has the number, but nothing else of the sentence.
        ("La plateforme a annoncé l'arrêt de 50 services.", ("Son siège compte 50 étages.",), "50"),
        # Other evidence has the number and something else of the sentence.
        (
            "La plateforme, dont le siège compte 50 étages, annonce l'arrêt de services.",
            ("Son siège compte 50 étages.",),
            "",
        ),
        (
            "La plateforme annonce l'arrêt de services, ouverts le 3 mai.",
            ("Ils étaient ouverts depuis le 3 mai.",),
            "",
        ),
        (
            "La plateforme annonce l'arrêt en mars des ventes.",
            ("Les ventes cesseront en mars.",),
            "",
        ),
    ],
)
def test_swaps(sentence: str, others: tuple[str, ...], wrong: str) -> None:
    assert (
        find_swap(Statement(sentence), [Statement(text) for text in (BEST, *others)], Statement(""))
        == wrong
    )


@pytest.mark.parametrize(
    ("title", "best", "sentence", "wrong"),
    [
        ("Plus de 260 millions", "Il vend pour 261,2 millions d'euros.",
        "Il vend pour 260 millions d'euros.", ""),
        ("", "Il emploie 11 950 salariés.", "Il emploie près de 12 000 salariés.", ""),
        ("", "Il a vendu pour 261,2 millions d'euros.", "Il a vendu pour 260 millions d'euros.",
        ""),
        ("", "Il a vendu pour 261,2 millions d'euros.", "Il a vendu pour 160 millions d'euros.",
        "160 millions"),
        ("Nuagis supprime 500 postes", "Il coupe dans 3 pays.", "Il supprime 500 postes.", ""),
        ("", "Il coupe dans 3 pays.", "Il supprime 500 postes.", ""),  # Another unit.
        ("Le site ferme le 3 mai", "Le site ferme bientôt.", "Le site ferme le 3 mai.", ""),
        ("", "Le site ferme bientôt.", "Le site ferme le 3 mai.", ""),
        ("", "Le site a fermé la veille.", "Le site a fermé le 3 mai.", "3 mai"),
        ("", "Le site ferme le 1er février.", "Le site ferme le 3 février.", "3 février"),
        ("", "Sa deuxième usine ouvre en deux heures.", "Sa seconde usine ouvre.", ""),
        ("", "Le rayon a 1 500 articles. ", "Le rayon a 1 200 articles.", "1 200"),
    ],
)  # fmt: skip
def test_what_the_title_or_a_rounded_number_explains_is_no_swap(
    title: str, best: str, sentence: str, wrong: str
) -> None:
    assert find_swap(Statement(sentence), [Statement(best)], Statement(title)) == wrong


@pytest.mark.parametrize("number", ["50", "1 200", "3,5", "trente"])
def test_a_number_does_not_tie_itself(number: str) -> None:
    evidence = [Statement(BEST), Statement(f"Son siège compte {number} étages.")]
    assert find_swap(
        Statement(f"La plateforme a annoncé l'arrêt de {number} services."), evidence, Statement("")
    )


def test_another_ordinal_is_a_swap() -> None:
    best = Statement("Les ventes de Nuagis ont bondi de 39 % au troisième trimestre.")
    text = Statement("Les ventes de Nuagis ont bondi de 39 % au deuxième trimestre.")
    assert find_swap(text, [best], Statement("")) == "deuxième"
    assert not find_swap(best, [best], Statement(""))
