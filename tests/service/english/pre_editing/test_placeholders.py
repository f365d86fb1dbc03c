"""Names that English keeps are hidden from the translator, and stand in the English as the sentence
has them."""

from collections.abc import Callable, Sequence

import pytest

from models.engine import Candidate, GenerateRequest, GenerateResult
from service.english.lexicon.glossary import Glossary, terms_of
from service.english.pre_editing.placeholders import STAND_INS, Hidden
from service.english.translation import TranslationChoice
from service.english.translator import Translator
from service.facts.fact import Source
from tests.engines import ScriptedEngine

GLOSSARY = Glossary.builtin()
FIRST, SECOND = STAND_INS[:2]


def hidden(french: str, glossary: Glossary = GLOSSARY) -> Hidden:
    return Hidden.of(french, terms_of(glossary.find(french)))


@pytest.mark.parametrize(
    ("french", "given", "names"),
    [
        ("Elle attaque Valeurs Actuelles.", f"Elle attaque {FIRST}.", ["Valeurs Actuelles"]),
        ("Selon La Voix du Nord, il part.", f"Selon {FIRST}, il part.", ["La Voix du Nord"]),
        ("Il part, a relevé la Voix du Nord.", f"Il part, a relevé {FIRST}.", ["La Voix du Nord"]),
        ("Selon une enquête du Parisien, il part.", f"Selon une enquête de {FIRST}, il part.",
        ["Le Parisien"]),
        ("Il l'a dit au Figaro et au Parisien.", f"Il l'a dit à {FIRST} et à {SECOND}.",
        ["Le Figaro", "Le Parisien"]),
        ("Le concert des Enfoirés est reporté.", f"Le concert de {FIRST} est reporté.",
        ["Les Enfoirés"]),
        ("Selon L'Obs, L'Obs est vendu.", f"Selon {FIRST}, {FIRST} est vendu.", ["L'Obs"]),
        ('La série "Esprits criminels" revient.', f'La série "{FIRST}" revient.',
        ["Esprits criminels"]),
        ("Son livre « Le temps des tempêtes » paraît.", f"Son livre « {FIRST} » paraît.",
        ["Le temps des tempêtes"]),
        ('L\'émission "Au tableau" de C8.', f'L\'émission "{FIRST}" de C8.', ["Au tableau"]),
        ('Dans le jingle de "L\'Oeil du 20h".', f'Dans le jingle de "{FIRST}".', ["L'Oeil du 20h"]),
        ("Il le dit à Nice-matin.", f"Il le dit à {FIRST}.", ["Nice-matin"]),
        ('Invité des "Grandes Gueules", il part.', f'Invité des "{FIRST}", il part.',
        ["Grandes Gueules"]),
        ("L'auteur de « Soumission » est là.", f"L'auteur de « {FIRST} » est là.", ["Soumission"]),
        ('Son livre "Un quinquennat pour rien" sort.', f'Son livre "{FIRST}" sort.',
        ["Un quinquennat pour rien"]),
        ("Le procès de l'Hyper Cacher.", f"Le procès de l'{FIRST}.", ["Hyper Cacher"]),
        ('L\'acte 19 des "Gilets jaunes".', 'L\'acte 19 des "Gilets jaunes".', []),
        ('Il est accusé de "mentir".', 'Il est accusé de "mentir".', []),
        ('Après les appels du "Lundi 14 septembre".', 'Après les appels du "Lundi 14 septembre".',
        []),
        ('Dans "Il y a un débat. Il reste ouvert."', 'Dans "Il y a un débat. Il reste ouvert."',
        []),
        # Common words, what somebody says, and what no work is called.
        ("Les progrès du monde et la croix du parisien.",
        "Les progrès du monde et la croix du parisien.", []),
        ('Le film est "une réussite".', 'Le film est "une réussite".', []),
        ('Le film est "Une réussite totale" selon lui.',
        'Le film est "Une réussite totale" selon lui.', []),
        ('Il a dit du film : "Je ne l\'ai pas vu."', 'Il a dit du film : "Je ne l\'ai pas vu."',
        []),
        ('Le projet "Nouvelle donne" avance.', 'Le projet "Nouvelle donne" avance.', []),
    ],
)  # fmt: skip
def test_names_that_are_kept_are_hidden(french: str, given: str, names: list[str]) -> None:
    assert (hidden(french).text, list(hidden(french).names.values())) == (given, names)


def test_at_most_four_names_are_hidden() -> None:
    found = hidden(
        "Le Monde, Le Figaro, Le Parisien, Le Point et L'Obs en parlent, L'Obs et Le Monde surtout."
    )
    assert found.text == "{}, {}, {}, {} et L'Obs en parlent, L'Obs et {} surtout.".format(
        *STAND_INS, FIRST
    )


@pytest.mark.parametrize(
    ("french", "english", "shown"),
    [
        ("Il part, a relevé la Voix du Nord.", f"He leaves, the {FIRST} noted.",
        "He leaves, La Voix du Nord noted."),
        ("Selon une enquête du Parisien, il part.", f"A {FIRST}'s survey says so.",
        "A Le Parisien's survey says so."),
        ("Il présente Danse avec les stars.", f"He presents the {FIRST} show.",
        "He presents the Danse avec les stars show."),
        ('La série "Esprits \\1" revient.', f'The series "{FIRST}" is back.',
        'The series "Esprits \\1" is back.'),
        # a name of its own
        ("Elle attaque Valeurs actuelles.", f"She sues {FIRST}es.", f"She sues {FIRST}es."),
    ],
)  # fmt: skip
def test_names_are_put_back(french: str, english: str, shown: str) -> None:
    assert hidden(french).shown(english) == shown


class _Translating(ScriptedEngine):
    """Translates what it is given with a function, and notes it."""

    def __init__(self, translate: Callable[[str], str]) -> None:
        super().__init__()
        self._translate = translate
        self.given: list[str] = []

    def generate(
        self, requests: Sequence[GenerateRequest], cancelled: Callable[[], bool] = lambda: False
    ) -> list[GenerateResult]:
        self.given += [request.text for request in requests]
        return [
            GenerateResult((Candidate(self._translate(request.text), 5, -0.1, True),), 5, 5)
            for request in requests
        ]


def test_the_translator_never_sees_them() -> None:
    french = "Danièle Obono va attaquer Valeurs actuelles en justice."
    engine = _Translating(
        lambda text: text.replace("va attaquer", "is suing").replace(" en justice", "")
    )
    (found,) = Translator(engine, GLOSSARY, Source(french)).translate([french])
    assert found.text == "Danièle Obono is suing Valeurs actuelles."
    assert found.sound
    assert engine.given == [f"Danièle Obono va attaquer {FIRST} en justice."]


def test_a_sentence_that_lost_a_stand_in_is_asked_for_with_its_names() -> None:
    french = "Danièle Obono va attaquer Valeurs actuelles en justice."
    engine = _Translating(
        lambda text: (
            "Danièle Obono is suing."
            if FIRST in text
            else "Danièle Obono is suing Valeurs actuelles in court."
        )
    )
    (found,) = Translator(engine, GLOSSARY, Source(french)).translate([french])
    assert found.text == "Danièle Obono is suing Valeurs actuelles in court."
    assert len(engine.given) == 2


def test_numbers_of_a_title_are_no_figures() -> None:
    french = 'Il présente l\'émission "Mille et une vies" depuis dix ans.'
    choice = TranslationChoice(french, Source(french))
    (shown,) = choice.shown(
        [Candidate(f'He has presented the show "{FIRST}" for ten years.', 9, -0.1, True)]
    )
    assert choice.read(shown).text == 'He has presented the show "Mille et une vies" for ten years.'
    assert choice.read(shown).sound


def test_a_term_of_the_user_comes_first() -> None:
    """What he wants translated is not hidden."""
    own = GLOSSARY.extended({"Valeurs actuelles": "Current Values"})
    assert hidden("Elle attaque Valeurs actuelles.", own).names == {}
