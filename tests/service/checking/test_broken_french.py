"""Generated sentences in broken French, or in words that are not a summary's to say."""

import pytest

from service.checking.broken_french import broken_form
from service.checking.evidence import EvidenceFinder
from service.reading.article import Sentence

ARTICLE = [
    "Entretien avec Anne Leroy, patronne de Nuagis",
    "C'est oublier que la Belgique a imposé une pause et que l'électricité y est chère.",
    "La part des utilisateurs a bondi en un an de 15 points : 48 % des clients ont un compte.",
    "Le forfait est moins cher : 12 euros par mois, contre 15 euros ; le score est de 3 : 2.",
    "Le tribunal de Lille a prononcé la liquidation judiciaire de l'entreprise et son retrait de "
    "la cote.",
    "La start-up française Nuagis, qu'Anne Leroy dirige, a vendu ses parts de marché à la société "
    "Logis Vert.",
    "Nous avons testé une vingtaine de modèles.",
    "Comptez 159 euros pour le moins cher.",
    "« Nous partons », a dit Anne Leroy.",
]


@pytest.mark.parametrize(
    ("sentence", "wrong"),
    [
        ("La Belgique a imposé une pause et que l'électricité y est chère.", "et que"),
        ("Elle dit que la Belgique a imposé une pause et que l'électricité y est chère.", ""),
        ("Si la Belgique impose une pause et que l'électricité manque, elle ferme.", ""),
        ("Au moment où la Belgique impose une pause et que l'électricité manque, elle ferme.", ""),
        ("La part des utilisateurs a bondi de 15 points : 48 %.", "48"),
        ("La part des utilisateurs a bondi de 15 points : 48 % des clients.", ""),
        ("Le score est de 3 : 2.", ""),
        (
            "Le tribunal a prononcé sa liquidation judiciaire de l'entreprise.",
            "sa liquidation judiciaire de l'",
        ),
        ("Le tribunal a prononcé la liquidation judiciaire de l'entreprise.", ""),
        ("Le tribunal a prononcé sa liquidation judiciaire.", ""),
        ("Le tribunal a prononcé son retrait de la cote.", ""),
        ("Elle a vendu ses parts de marché.", ""),
        ("La patronne de la start-up française Anne Leroy vend ses parts.", "Anne Leroy"),
        ("La start-up française Nuagis, de la patronne Anne Leroy, vend ses parts.", ""),
        ("Nuagis a vendu ses parts à la société Logis Vert.", ""),
        ("Nous avons testé des modèles.", "Nous"),
        ("Notre avis sur vingt modèles.", "Notre"),
        ("Comptez 159 euros.", "Comptez"),
        ("Chez Nuagis, on part ; « nous partons », dit Anne Leroy à Notre-Dame.", ""),
        ("Suez vend ses parts.", ""),
        ("Lopez vend ses parts.", ""),
    ],
)
def test_broken_forms(sentence: str, wrong: str) -> None:
    assert broken_form(sentence, ARTICLE) == wrong


def test_broken_french_is_not_trusted_though_the_article_has_its_words() -> None:
    finder = EvidenceFinder(
        tuple(Sentence(text, 0, 0, len(text)) for text in ARTICLE[1:]), ARTICLE[0]
    )
    broken = finder.support(
        "Le tribunal de Lille a prononcé sa liquidation judiciaire de l'entreprise."
    )
    assert (broken.supported, broken.trusted) == (True, False)
    assert finder.support(
        "Le tribunal de Lille a prononcé la liquidation judiciaire de l'entreprise."
    ).trusted
    # The article has what its editors say; a summary does not.
    assert [finder.support(text).trusted for text in ARTICLE[6:]] == [False, False, True]
