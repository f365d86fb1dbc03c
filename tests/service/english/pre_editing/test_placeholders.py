"""Names that English keeps are masked by placeholders, and stand in the English as they were."""

from collections.abc import Callable, Sequence

import pytest

from models.engine import Candidate, GenerateRequest, GenerateResult
from service.english.lexicon.glossary import Glossary, distinct_terms
from service.english.pre_editing.placeholders import PLACEHOLDERS, MaskedSentence
from service.english.target import TranslationChoice
from service.english.translator import Translator
from service.facts.fact import Source
from tests.engines import ScriptedEngine

GLOSSARY = Glossary.builtin()
FIRST, SECOND = PLACEHOLDERS[:2]


def mask(french: str, glossary: Glossary = GLOSSARY) -> MaskedSentence:
    return MaskedSentence.mask_names(french, distinct_terms(glossary.find(french)))


@pytest.mark.parametrize(
    ("french", "masked", "names"),
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
def test_kept_names_are_masked(french: str, masked: str, names: list[str]) -> None:
    assert (mask(french).text, list(mask(french).names.values())) == (masked, names)


def test_at_most_four_names_are_masked() -> None:
    sentence = mask(
        "Le Monde, Le Figaro, Le Parisien, Le Point et L'Obs en parlent, L'Obs et Le Monde surtout."
    )
    assert sentence.text == "{}, {}, {}, {} et L'Obs en parlent, L'Obs et {} surtout.".format(
        *PLACEHOLDERS, FIRST
    )


@pytest.mark.parametrize(
    ("french", "english", "unmasked"),
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
def test_names_replace_their_placeholders(french: str, english: str, unmasked: str) -> None:
    assert mask(french).unmask(english) == unmasked


class _Translating(ScriptedEngine):
    """Translates with a function, and records the texts that it is given."""

    def __init__(self, translate: Callable[[str], str]) -> None:
        super().__init__()
        self._translate = translate
        self.source_texts: list[str] = []

    def generate(
        self, requests: Sequence[GenerateRequest], cancelled: Callable[[], bool] = lambda: False
    ) -> list[GenerateResult]:
        self.source_texts += [request.text for request in requests]
        return [
            GenerateResult((Candidate(self._translate(request.text), 5, -0.1, True),), 5, 5)
            for request in requests
        ]


def test_the_translator_never_sees_masked_names() -> None:
    french = "Danièle Obono va attaquer Valeurs actuelles en justice."
    engine = _Translating(
        lambda text: text.replace("va attaquer", "is suing").replace(" en justice", "")
    )
    (translation,) = Translator(engine, GLOSSARY, Source(french)).translate([french])
    assert translation.text == "Danièle Obono is suing Valeurs actuelles."
    assert translation.sound
    assert engine.source_texts == [f"Danièle Obono va attaquer {FIRST} en justice."]


def test_a_sentence_that_lost_a_placeholder_is_translated_again_with_its_names() -> None:
    french = "Danièle Obono va attaquer Valeurs actuelles en justice."
    engine = _Translating(
        lambda text: (
            "Danièle Obono is suing."
            if FIRST in text
            else "Danièle Obono is suing Valeurs actuelles in court."
        )
    )
    (translation,) = Translator(engine, GLOSSARY, Source(french)).translate([french])
    assert translation.text == "Danièle Obono is suing Valeurs actuelles in court."
    assert len(engine.source_texts) == 2


def test_numbers_of_a_title_are_no_figures() -> None:
    french = 'Il présente l\'émission "Mille et une vies" depuis dix ans.'
    choice = TranslationChoice(french, Source(french))
    (unmasked,) = choice.source.unmask(
        [Candidate(f'He has presented the show "{FIRST}" for ten years.', 9, -0.1, True)]
    )
    assert (
        choice.judge(unmasked).text
        == 'He has presented the show "Mille et une vies" for ten years.'
    )
    assert choice.judge(unmasked).sound


def test_a_term_of_the_user_is_not_masked() -> None:
    """A name that the user wants translated is not masked."""
    own = GLOSSARY.extended({"Valeurs actuelles": "Current Values"})
    assert mask("Elle attaque Valeurs actuelles.", own).names == {}
