"""The choice among candidates: corrected, compared with the French, and ordered by cost."""

import pytest

from models.engine import Candidate
from service.english.lexicon.glossary import Glossary
from service.english.target import TranslationChoice
from service.english.translation import Flaw
from service.facts.fact import FactKind, Source
from tests.service.english.candidates import CHOICE, ENGLISH, candidate, choose_best


def test_a_right_translation_stays_as_it_is() -> None:
    best = CHOICE.choose_best([candidate(ENGLISH)])
    assert (best.text, best.sound, best.repaired) == (ENGLISH, True, 0)


def test_a_candidate_that_needs_no_repair_wins() -> None:
    wrong = candidate(ENGLISH.replace("3.5", "35"), score=-0.2)
    assert CHOICE.choose_best([wrong, candidate(ENGLISH)]).repaired == 0


def test_a_wrong_number_of_the_only_candidate_is_corrected() -> None:
    best = CHOICE.choose_best([candidate(ENGLISH.replace("3.5", "35"))])
    assert (best.text, best.sound, best.repaired) == (ENGLISH, True, 1)


def test_numbers_that_cannot_be_corrected_are_unfaithful() -> None:
    best = CHOICE.choose_best(
        [candidate(ENGLISH.replace("in March 2017 for 3.5 billion euros", "for 35 billion euros"))]
    )
    assert [(fact.kind, fact.text) for fact in best.unfaithful] == [
        (FactKind.NUMBER, "35 billion euros"),
        (FactKind.NUMBER, "2017"),
        (FactKind.NUMBER, "3,5 milliards d'euros"),
    ]


def test_units_are_no_names() -> None:
    french = "Le disque offre 300 Go."
    best = choose_best(french, "The disk offers 300 GB.")
    assert (best.text, best.sound) == ("The disk offers 300 GB.", True)


def test_an_adjective_of_a_city_is_translated_at_the_beginning_too() -> None:
    french = "L'hébergeur lillois Nuagis part."
    best = choose_best(french, "Lillois hosting company Nuagis leaves.")
    assert (best.text, best.sound) == ("Lille-based hosting company Nuagis leaves.", True)


def test_a_candidate_with_its_term_wins_and_a_missing_term_is_unfaithful() -> None:
    french = "L'ANSSI alerte sur un rançongiciel."
    choice = TranslationChoice(french, Source(french))
    email, right = "The ANSSI warns of an email.", "The ANSSI warns of a ransomware."
    assert choice.choose_best([candidate(email, -0.1), candidate(right)]).text == right
    missing = choice.choose_best([candidate(email)]).unfaithful
    assert [fact.text for fact in missing] == ["rançongiciel (ransomware)"]


def test_the_users_terms_are_known_names() -> None:
    french = "Le Guichet unique ouvre mardi à Lille."
    glossary = Glossary.builtin().extended({"Guichet unique": "One-Stop Shop"})
    choice = TranslationChoice(french, Source(french), glossary)
    best = choice.choose_best([candidate("The Guichet unique opens on Tuesday in Lille.")])
    assert (best.text, best.sound) == ("The One-Stop Shop opens on Tuesday in Lille.", True)


@pytest.mark.parametrize(
    "bad", [candidate("Orange is stopping.", -0.1), candidate(ENGLISH[:-1], -0.1, finished=False)]
)
def test_short_and_cut_translations_lose(bad: Candidate) -> None:
    assert CHOICE.choose_best([bad, candidate(ENGLISH)]).text == ENGLISH
    assert CHOICE.choose_best([bad]).flaw is Flaw.CUT


def test_of_a_long_sentence_the_fuller_translation_wins() -> None:
    french = (
        "Les salariés du centre de données ont été évacués mardi matin pendant deux heures, sans "
        "que personne soit blessé."
    )
    choice = TranslationChoice(french, Source(french))
    full = (
        "The employees of the data centre were evacuated on Tuesday morning for two hours, without "
        "anyone being injured."
    )
    short = "The employees of the data centre were evacuated."
    best = choice.choose_best([candidate(short, -0.1), candidate(full, -0.6)])
    assert best.text == full


def test_no_candidate_is_a_missing_translation() -> None:
    assert CHOICE.choose_best([]).flaw is Flaw.MISSING


def test_the_translation_of_another_sentence_loses() -> None:
    other = ENGLISH.replace("is stopping", "stops")
    best = CHOICE.choose_best([candidate(ENGLISH, -0.1), candidate(other)], taken={ENGLISH})
    assert (best.text, best.flaw) == (other, None)
    assert CHOICE.choose_best([candidate(ENGLISH)], taken={ENGLISH}).flaw is Flaw.REPEATED


def test_a_translation_may_hold_the_facts_of_its_sentence_only() -> None:
    french = (
        "EasyJet a promis mardi à Londres 3,5 milliards d'euros et 1 200 emplois avant 16 h 30 à "
        "la Maison Blanche."
    )
    article = Source(f"{french} Airbus livre 99 avions en Finlande.")
    facts = set(TranslationChoice(french, article).facts.split("\n"))
    assert {
        "3.5 billion euros",
        "1,200",
        "1200",
        "4:30",
        "White House",
        "London",
        "Tuesday",
        "The",
    } <= facts
    assert not {"99", "Wednesday", "Canadians", "Paris", "Airbus", "Finland", "Finnish"} & facts


def test_institutions_are_those_of_the_sentence() -> None:
    french = "L'Assemblée nationale honore l'ancien ministre."
    choice = TranslationChoice(french, Source("La mairie vote la loi."))
    words = set(choice.facts.split())
    assert {"Assembly", "National", "Minister"} <= words
    assert not {"Senate", "Parliament", "Prime", "Labour", "North", "Law", "Sea", "City"} & words


def test_an_adjective_of_a_city_is_translated() -> None:
    french = "L'hébergeur lillois rachète son concurrent."
    best = choose_best(french, "The lillois provider is buying its competitor.")
    assert (best.text, best.sound) == ("The Lille-based provider is buying its competitor.", True)


def test_a_longer_term_wins_over_its_part_with_capitals_too() -> None:
    french = "Le Marché aux Puces de Saint-Ouen est visité."
    best = choose_best(french, "The Flea market of Saint-Ouen is visited.")
    assert (best.text, best.sound) == ("The Flea market of Saint-Ouen is visited.", True)


def test_a_candidate_that_lost_its_day_loses() -> None:
    choice = TranslationChoice(
        "Les pompiers ont secouru un homme mardi.",
        Source("Les pompiers ont secouru un homme mardi."),
    )
    short, full = (
        candidate("Firefighters rescued a man.", -0.2),
        candidate("Firefighters rescued a man on Tuesday.", -0.4),
    )
    assert choice.choose_best([short, full]).text == full.text
    assert choice.find_lost_names(short.text) == ["Tuesday"]


@pytest.mark.parametrize(
    ("french", "english"),
    [
        (
            "Pas moins de 16 milliards de mots de passe ont fuité.",
            "More than 16 billion passwords have been leaked.",
        ),
        ("La batterie ne tient pas plus de 8 heures.", "The battery lasts less than 8 hours."),
        ("La vidéo a atteint 10 M de vues.", "The video reached 10 million views."),
        ("L'application compte 500k utilisateurs.", "The app has 500,000 users."),
        (
            "Le bénéfice atteint 1,2 milliard, contre 1,1 un an plus tôt.",
            "Profit is 1.2 billion, compared with 1.1 billion a year earlier.",
        ),
        ("Entre 3 et 4 000 postes sont menacés.", "Between 3,000 and 4,000 jobs are threatened."),
        ("Le groupe a perdu un demi milliard d'euros.", "The group lost half a billion euros."),
        ("Le groupe a perdu un demi-milliard d'euros.", "The group lost half-a-billion euros."),
        (
            "Il a perdu un million et demi d'abonnés.",
            "It has lost one and a half million subscribers.",
        ),
        (
            "Il a gagné trois millions et demi d'abonnés.",
            "It gained 3 million and a half subscribers.",
        ),
        ("La valeur dépasse 3,5 trillions de dollars.", "The value exceeds 3.5 trillion dollars."),
        ("L'iPhone 16e coûte 719 euros.", "The iPhone 16e costs 719 euros."),
        ("Les puces Intel Xe progressent.", "Intel Xe chips are improving."),
        ("L'iPhone 16 128 Go est à 799 euros.", "The iPhone 16 128GB is 799 euros."),
        ("Le Core Ultra 9 285K est rapide.", "The Core Ultra 9 285K is fast."),
        ("Appelez le 0 805 805 817.", "Call 0 805 805 817."),
        (
            "Le rover de la mission Mars 2020 a foré une roche.",
            "The rover of the Mars 2020 mission has drilled a rock.",
        ),
        ("Il n'y a aucune couverture 5G.", "There is no 5G coverage."),
        (
            "La capsule de SpaceX rejoint la station internationale.",
            "SpaceX's capsule joins the International Space Station.",
        ),
        (
            "Bruxelles vise la boutique d'applications d'Apple.",
            "Brussels targets Apple's App Store.",
        ),
        (
            "Le bras de fer entre Arm et Qualcomm se poursuit.",
            "The battle between Arm and Qualcomm continues.",
        ),
        ("La vente, à 2 000 euros, débute à 20h.", "The sale, at 2000 euros, starts at 8 p.m."),
        (
            "Selon Bloomberg, l'iPhone serait vendu 900 dollars.",
            "According to Bloomberg, the iPhone would be sold for 900 dollars.",
        ),
        (
            "Paris a bloqué la fusion, qui aurait créé un géant.",
            "Paris blocked the merger, which would have created a giant.",
        ),
        ("Iter repose sur le confinement magnétique.", "Iter relies on magnetic confinement."),
        (
            "Selon l'Agence internationale de l'Energie (AIE), c'est vrai.",
            "According to the International Energy Agency (IEA), it is true.",
        ),
        ("L'air a trop de dioxyde d'azote (NO2).", "The air has too much nitrogen dioxide (NO2)."),
        ("L'Office des brevets (OEB) refuse.", "The European Patent Office (EPO) refuses."),
        ("L'AESA a certifié l'avion.", "EASA has certified the aircraft."),
        ("La Banque populaire de Chine agit.", "The People's Bank of China acts."),
    ],
)
def test_good_english_stays_as_it_is(french: str, english: str) -> None:
    assert choose_best(french, english).text == english


@pytest.mark.parametrize(
    "french",
    [
        "Que choisir entre deux puces ?",
        "La Banque populaire de Chine agit.",
        "Le groupe vante un service sans faille.",
    ],
)
def test_words_that_only_look_like_names_or_terms_are_not_masked(french: str) -> None:
    assert TranslationChoice(french, Source(french)).source.text == french
