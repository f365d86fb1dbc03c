"""The translator of a summary, with an engine that knows the answers."""

from collections.abc import Callable, Mapping, Sequence

import pytest

from models.engine import Candidate, EngineDescription, GenerateRequest, GenerateResult, Task, never
from service.english.lexicon.glossary import Glossary
from service.english.translator import CANDIDATES, SECOND_CANDIDATES, Translator, find_warnings
from service.facts.fact import Source

FIRST = "Nuagis rachète Datavallée pour 45 millions d'euros."
SECOND = "L'hébergeur emploie 320 personnes ; il ouvre un site à Lille en mars."
ENGLISH = "Nuagis buys Datavallée for 45 million euros."


class Answers:
    """An engine that knows the candidates for some texts.

    Those of `more` are for the second try.
    """

    def __init__(
        self, known: Mapping[str, Sequence[str]], more: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        self._known, self._more = known, more or {}
        self.requests: list[GenerateRequest] = []

    def describe(self) -> EngineDescription:
        return EngineDescription(
            "answers", "r1", "answers", "python", tuple(Task), 200, "Apache-2.0"
        )

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def generate(
        self, requests: Sequence[GenerateRequest], cancelled: Callable[[], bool] = never
    ) -> list[GenerateResult]:
        self.requests += requests
        return [self._result(request) for request in requests]

    def _result(self, request: GenerateRequest) -> GenerateResult:
        known = self._more if request.candidates == SECOND_CANDIDATES else self._known
        texts = known.get(request.text, self._known[request.text])
        return GenerateResult(
            tuple(Candidate(text, 9, -0.1 * k, True) for k, text in enumerate(texts, 1)), 9, 9
        )


def translator(engine: Answers) -> Translator:
    return Translator(engine, Glossary.builtin(), Source(f"{FIRST} {SECOND}"))


def test_a_request_has_the_facts_of_its_sentence_only() -> None:
    engine = Answers(
        {FIRST: [ENGLISH], SECOND: ["It employs 320 people; it opens a site in Lille in March."]}
    )
    Translator(engine, Glossary.builtin(), Source(f"{FIRST} {SECOND}")).translate([FIRST, SECOND])
    first, second = (request.facts.split("\n") for request in engine.requests[:2])
    assert "45 million euros" in first
    assert "45 million euros" not in second
    assert "March" in second


def test_a_pronoun_stands_for_the_subject_of_the_sentence_before() -> None:
    first, second = "La plateforme Nuagis change de prix.", "Elle ouvre un site en mars."
    engine = Answers(
        {
            first: ["The Nuagis platform is changing its price."],
            second: ["She is opening a site in March."],
        }
    )
    translations = Translator(engine, Glossary.builtin(), Source(f"{first} {second}")).translate(
        [first, second]
    )
    assert [translation.text for translation in translations] == [
        "The Nuagis platform is changing its price.",
        "It is opening a site in March.",
    ]


@pytest.mark.parametrize(
    ("french", "english", "written"),
    [
        ("Le PDG démissionne.", "the boss resigns.", "The boss resigns."),
        ("L'iPhone est cher.", "iPhone is expensive.", "iPhone is expensive."),
        ("le PDG démissionne", "the boss resigns", "the boss resigns"),
    ],
)
def test_a_translation_begins_with_a_capital_like_the_french(
    french: str, english: str, written: str
) -> None:
    (translation,) = Translator(
        Answers({french: [english]}), Glossary(()), Source(french)
    ).translate([french])
    assert translation.text == written


def test_the_speaker_is_put_before_the_verb() -> None:
    engine = Answers(
        {
            "Le site est fermé, Nuagis a annoncé mardi.": [
                "The site is closed, Nuagis announced on Tuesday."
            ]
        }
    )
    french = "Le site est fermé, a annoncé mardi Nuagis."
    (translation,) = Translator(engine, Glossary.builtin(), Source(french)).translate([french])
    assert (translation.text, translation.sound) == (
        "The site is closed, Nuagis announced on Tuesday.",
        True,
    )


def test_a_lost_name_is_written_in_capitals_for_the_second_try() -> None:
    french = "Le patron de Nuagitec s'en va."
    engine = Answers(
        {
            french: ["The bossitec is leaving."],
            "Le patron de NUAGITEC s'en va.": ["The boss of NUAGITEC is leaving."],
        }
    )
    (translation,) = Translator(engine, Glossary.builtin(), Source(french)).translate([french])
    assert (translation.text, translation.sound) == ("The boss of Nuagitec is leaving.", True)


def test_a_sound_sentence_is_translated_once() -> None:
    engine = Answers({FIRST: [ENGLISH]})
    (translation,) = translator(engine).translate([FIRST])
    assert (translation.text, translation.sound, len(engine.requests)) == (ENGLISH, True, 1)
    assert find_warnings([FIRST], [translation]) == []


@pytest.mark.parametrize(
    "first",
    [
        "The hosting company employs 320 people.",  # a name is lost
        "It opens a site in Lille in March.",  # a number is lost
    ],
)
def test_a_doubtful_sentence_is_cut_at_its_semicolon(first: str) -> None:
    engine = Answers(
        {
            SECOND: [first],
            "L'hébergeur emploie 320 personnes.": ["The hosting company employs 320 people."],
            "Il ouvre un site à Lille en mars.": [
                "Il ouvre un site à Lille en mars.",
                "It opens a site in Lille in March.",
            ],
        }
    )
    (translation,) = translator(engine).translate([SECOND])
    assert (
        translation.text
        == "The hosting company employs 320 people; it opens a site in Lille in March."
    )
    assert translation.sound


def test_a_long_sentence_that_stays_french_is_cut_at_a_comma() -> None:
    french = (
        "L'hébergeur emploie 320 personnes dans ses bureaux de Lille (Nord, Hauts-de-France) et de "
        "Paris, qui ouvriront en mars "
        "avec deux salles de plus pour les clients."
    )
    engine = Answers(
        {
            french: [french],
            "L'hébergeur emploie 320 personnes dans ses bureaux de Lille (Nord, Hauts-de-France) "
            "et de Paris.": [
                "The hosting company employs 320 people in its offices in Lille (Nord, "
                "Hauts-de-France) and Paris."
            ],
            "Qui ouvriront en mars avec deux salles de plus pour les clients.": [
                "Which will open in March with two more rooms for customers."
            ],
        }
    )
    (translation,) = translator(engine).translate([french])
    assert translation.text == (
        "The hosting company employs 320 people in its offices in Lille (Nord, Hauts-de-France) "
        "and Paris, which will open in "
        "March with two more rooms for customers."
    )


def test_a_long_sentence_that_lost_much_is_cut_at_a_comma() -> None:
    start = "Après la panne de mardi à Lille et à Paris"
    end = "l'hébergeur a promis de rembourser en mars tous les clients de ces deux sites."
    first, second = (
        "After Tuesday's outage in Lille and Paris",
        "the hosting company promised to refund all customers in March.",
    )
    engine = Answers(
        {
            f"{start}, {end}": ["The hosting company promised to refund customers in March."],
            f"{start}.": [f"{first}."],
            f"L{end[1:]}": [f"T{second[1:]}"],
        }
    )
    (translation,) = Translator(engine, Glossary.builtin(), Source(start)).translate(
        [f"{start}, {end}"]
    )
    assert (translation.text, translation.lost) == (f"{first}, {second}", False)


def test_the_second_try_has_more_candidates() -> None:
    engine = Answers({FIRST: [FIRST]}, {FIRST: [FIRST, ENGLISH]})
    (translation,) = translator(engine).translate([FIRST])
    assert (translation.text, translation.sound) == (ENGLISH, True)
    assert [request.candidates for request in engine.requests] == [CANDIDATES, SECOND_CANDIDATES]
    assert [request.uncopied for request in engine.requests] == [
        False,
        True,
    ]  # it was left in French


def test_a_warning_names_its_sentence() -> None:
    engine = Answers(
        {
            FIRST: [FIRST],
            SECOND: ["It employs people."],
            "L'hébergeur emploie 320 personnes.": ["It is open."],
            "Il ouvre un site à Lille en mars.": ["It is open."],
        }
    )
    texts = [FIRST, SECOND]
    warnings = find_warnings(texts, translator(engine).translate(texts))
    assert [warning.code for warning in warnings] == ["translation_language", "translation"]
    assert (
        warnings[0].detail
        == f"Sentence 1 (“{FIRST}”) is not translated as a whole: it is still French."
    )
    assert (
        "Sentence 2 (“L'hébergeur emploie 320 personnes ; il ouvre un site à…”)"
        in warnings[1].detail
    )
    assert "320" in warnings[1].detail
    assert [(warning.sentence, warning.headline) for warning in warnings] == [
        (0, False),
        (1, False),
    ]
    assert warnings[0].facts == ()
    assert "320" in [fact.text for fact in warnings[1].facts]


def test_two_sentences_do_not_get_the_same_translation() -> None:
    other = "Nuagis rachète Datavallée."
    engine = Answers({FIRST: [ENGLISH], other: [ENGLISH, "Nuagis buys Datavallée."]})
    translations = translator(engine).translate([FIRST, other])
    assert [translation.text for translation in translations] == [
        ENGLISH,
        "Nuagis buys Datavallée.",
    ]


def test_a_warning_names_the_headline() -> None:
    engine = Answers({FIRST: [ENGLISH], "Nuagis perd 12 clients": ["Nuagis loses clients"]})
    texts = [FIRST, "Nuagis perd 12 clients"]
    (warning,) = find_warnings(texts, translator(engine).translate(texts), headline=True)
    assert warning.detail.startswith("The headline (“Nuagis perd 12 clients”): check the English")
    assert (warning.sentence, warning.headline) == (None, True)
    assert [fact.text for fact in warning.facts] == ["12"]


def test_repairs_get_a_warning() -> None:
    engine = Answers({FIRST: [ENGLISH.replace("million euros", "million dollars")]})
    (translation,) = translator(engine).translate([FIRST])
    assert (translation.text, translation.sound) == (ENGLISH, True)
    assert [warning.code for warning in find_warnings([FIRST], [translation])] == [
        "translation_repaired"
    ]
