"""A word, number or date in the place of another one of the best evidence."""

import pytest

from service.statements import Statement
from service.swaps import swapped

BEST = "La plateforme a annoncé fin février l'arrêt de 40 des 60 services, deux semaines après un vote."


@pytest.mark.parametrize(
    ("sentence", "others", "wrong"),
    [
        ("La plateforme a annoncé fin février l'arrêt de 40 services.", (), ""),
        ("La plateforme a annoncé fin mars l'arrêt de 40 services.", (), "mars"),
        ("La plateforme a annoncé l'arrêt de 40 services deux mois après le vote.", (), "mois"),
        ("La plateforme a annoncé l'arrêt de 40 services deux ans après le vote, à Lyon.", ("Deux ans après, Lyon vote.",), ""),
        ("La plateforme a annoncé l'arrêt de 50 services.", (), "50"),
        ("La plateforme a annoncé le 3 mai l'arrêt de services.", (), "3 mai"),
        # Elsewhere in the evidence, with nothing else of the sentence …
        ("La plateforme a annoncé l'arrêt de 50 services.", ("Son siège compte 50 étages.",), "50"),
        # … and with something.
        ("La plateforme, dont le siège compte 50 étages, annonce l'arrêt de services.", ("Son siège compte 50 étages.",), ""),
        ("La plateforme annonce l'arrêt de services, ouverts le 3 mai.", ("Ils étaient ouverts depuis le 3 mai.",), ""),
        ("La plateforme annonce l'arrêt en mars des ventes.", ("Les ventes cesseront en mars.",), ""),
    ],
)
def test_what_stands_in_the_place_of_something_else(sentence: str, others: tuple[str, ...], wrong: str) -> None:
    assert swapped(Statement(sentence), [Statement(text) for text in (BEST, *others)]) == wrong
