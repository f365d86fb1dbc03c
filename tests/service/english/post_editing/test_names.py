"""Names that a translation changed are restored."""

import pytest

from service.english.post_editing.names import (
    restore_changed_names,
    restore_given_names,
    restore_half_translated_names,
    restore_surnames,
)


@pytest.mark.parametrize(
    ("french", "made", "english"),
    [
        (
            "Elle était à l'Union des étudiants de droite.",
            "She was in the Union des étudiants de droit.",
            "She was in the Union des étudiants de droite.",
        ),
        ("Dans « On se donne des nouvelles ».", 'In "On se donnave des nouvelles".',
        'In "On se donne des nouvelles".'),
        ("Le Monde de demain.", "The world of tomorrow.", "The world of tomorrow."),
        ("L'Union des étudiants de droite.", "The union of students.", "The union of students."),
        ("Médecins du Monde accuse Nuagis.", *("Médecins du Monde accuses Nuagis.",) * 2),
        ("L'Université de Lille confirme l'attaque.",
        *("Université de Lille confirms the attack.",) * 2),
        ("Un cycliste du Tour de France cycliste.", *("A Tour de France cyclist.",) * 2),
    ],
)  # fmt: skip
def test_a_french_name_keeps_its_words(french: str, made: str, english: str) -> None:
    assert restore_changed_names(made, french) == english


@pytest.mark.parametrize(
    ("french", "made", "english"),
    [
        ("Édouard Philippe part.", "Edward Philippe is leaving.", "Édouard Philippe is leaving."),
        ("Le pape François part.", "Pope Francis is leaving.", "Pope Francis is leaving."),
        (
            "Jean Martin et John Smith.",
            "John Martin and John Smith.",
            "Jean Martin and John Smith.",
        ),
    ],
)
def test_people_keep_their_given_names(french: str, made: str, english: str) -> None:
    assert restore_given_names(made, french) == english


@pytest.mark.parametrize(
    ("french", "made", "english"),
    [
        (
            "Selon Marion Maréchal Le Pen.",
            "According to Marion Marshal Le Pen.",
            "According to Marion Maréchal Le Pen.",
        ),
        ("Jean-Michel Apathie parle.", "Jean-Michel Apathy speaks.", "Jean-Michel Apathie speaks."),
        (
            "Marion Cotillard a rencontré Marion Maréchal.",
            "Marion Cotillard met Marion Marshal, and Marion Marshal left.",
            "Marion Cotillard met Marion Maréchal, and Marion Maréchal left.",
        ),
        (
            "Pierre Boulanger succède à Pierre Meunier.",
            *("Pierre Baker succeeds Pierre Miller.",) * 2,
        ),
        ("Miss Univers parle.", "Miss Universe speaks.", "Miss Universe speaks."),
        ("Le groupe Apple Plans.", "The Apple Maps group.", "The Apple Maps group."),
        ("Il va à Nouvelle Delhi.", "He is going to New Delhi.", "He is going to New Delhi."),
    ],
)
def test_people_keep_their_surnames(french: str, made: str, english: str) -> None:
    assert restore_surnames(made, french) == english


@pytest.mark.parametrize(
    ("french", "made", "english"),
    [
        ("L'Équipe de France gagne.", "The Team de France wins.", "The Équipe de France wins."),
        (
            "Le MoDem (Mouvement Démocrate).",
            "MoDem (Movement Démocrate).",
            "MoDem (Mouvement Démocrate).",
        ),
        ("Le président du Sénat Gérard Larcher.", *("Speaker of the Senate Gérard Larcher.",) * 2),
        (
            "Une institution du Général de Gaulle.",
            "An institution of General de Gaulle.",
            "An institution of General de Gaulle.",
        ),
        ("L'Équipe de France gagne.", "The French team wins.", "The French team wins."),
    ],
)
def test_names_are_translated_whole_or_not_at_all(french: str, made: str, english: str) -> None:
    assert restore_half_translated_names(made, french) == english
