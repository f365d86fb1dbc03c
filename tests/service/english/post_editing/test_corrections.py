"""Errors of the translator in plain French."""

import pytest

from service.english.post_editing.corrections import put_right


@pytest.mark.parametrize(
    ("french", "translated", "english"),
    [
        ("Il en a perdu moitié moins.", "It lost twice as many.", "It lost half as many."),
        ("Elles sont moitié moins importantes.", "They are half as small.",
        "They are half as large."),
        ("La faille est connue.", "Vulnerability is known.", "The vulnerability is known."),
        ("On se sert de la faille.", "They make use of vulnerability.",
        "They make use of the vulnerability."),
        ("La faille CVE-2025-1 est connue.", "Vulnerability CVE-2025-1 is known.",
        "Vulnerability CVE-2025-1 is known."),
        ("Les députés ont voté.", "MEPs voted.", "MPs voted."),
        ("Une levée de série A.", "An A series funding.", "A Series A funding."),
        ("L'étage supérieur du lanceur.", "The rocket's upper floor.", "The rocket's upper stage."),
        ("Le message a été signalé.", "The message has been posted.",
        "The message has been reported."),
        ("Le site de Crolles et ses salariés.", "The Crolles website and its staff.",
        "The Crolles site and its staff."),
        ("Le cours a atteint un record.", "The course reached a record.",
        "The price reached a record."),
        ("Le premier étage du lanceur est là.", "The rocket's first floor is there.",
        "The rocket's first stage is there."),
        ("Le premier étage de la tour, un lanceur.", "The tower's first floor, a rocket.",
        "The tower's first floor, a rocket."),
        ("Les eurodéputés ont voté.", "MEPs voted.", "MEPs voted."),
        ("Le cours de l'action a bondi.", "The course of action jumped.",
        "The share price jumped."),
        ("Il a 3 ans et demi d'avance.", "It is 31⁄2 years ahead.",
        "It is 3 and a half years ahead."),
        ("La dernière navette américaine habitée.", "The last inhabited shuttle.",
        "The last crewed shuttle."),
        ("Ils ont successivement cédé.", "They successfully gave in.",
        "They successively gave in."),
        ("Le dernier fabricant mondial.", "The latest global manufacturer.",
        "The last global manufacturer."),
        ("La fuite de l'ex-patron.", "The leak of the former boss.",
        "The escape of the former boss."),
        ("Le constructeur, selon les autorités.", "The carmaker, say the authorities.",
        "The manufacturer, say the authorities."),
        ("Le constructeur Renault.", "The carmaker Renault.", "The carmaker Renault."),
        ("La loi Mobilités.", "The Mobilitys Act.", "The Mobilities Act."),
        ("La Britannique Ada Lovelace.", "Britishwoman Ada Lovelace.", "Briton Ada Lovelace."),
        ("Le taliban Daud est libre.", "Talibanman Daud is free.", "Taliban Daud is free."),
        ("La Française est une Anglaise.", "The Frenchwoman is an Englishwoman.",
        "The Frenchwoman is an Englishwoman."),
        ("Les vols habités ont repris.", "The domestic US flights resumed.",
        "The crewed US flights resumed."),
        ("Il est sur la flèche de la cathédrale.", "It is on the cathedral's arrow.",
        "It is on the cathedral's spire."),
        ("La flèche rouge.", "The red arrow.", "The red arrow."),
        ("Un gain de 3 millions au Loto.", "A Loto gain of 3 million.", "A Loto win of 3 million."),
        ("Sur la voie publique.", "On the open road.", "On the public highway."),
        ("La puce a 12 cœurs.", "The chip has 12 hearts.", "The chip has 12 cores."),
        ("L'autonomie atteint 36 heures.", "The autonomy is 36 hours.",
        "The battery life is 36 hours."),
        ("Pas à n'importe quel prix, dit-il.", "It is not sold at any price.",
        "It is not sold at just any price."),
    ],
)  # fmt: skip
def test_usual_errors_are_corrected(french: str, translated: str, english: str) -> None:
    assert put_right(translated, french, "Un article.") == english
    assert put_right(english, french, "Un article.") == english


def test_members_of_the_european_parliament_stay() -> None:
    assert (
        put_right(
            "MEPs voted.", "Les députés ont voté.", "Le Parlement européen siège à Strasbourg."
        )
        == "MEPs voted."
    )
