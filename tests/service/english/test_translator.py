"""The translator of a summary, with an engine that knows the answers."""

from collections.abc import Callable, Mapping, Sequence

import pytest

from models.engine import (
    Cancelled,
    Candidate,
    EngineDescription,
    GenerateRequest,
    GenerateResult,
    Task,
    never,
)
from service.english.lexicon.glossary import Glossary
from service.english.translator import CANDIDATES, SECOND_CANDIDATES, Translator, find_warnings
from service.facts.fact import Source

FIRST = "Nuagis rachète Datavallée pour 45 millions d'euros."
SECOND = "L'hébergeur emploie 320 personnes ; il ouvre un site à Lille en mars."
ENGLISH = "Nuagis buys Datavallée for 45 million euros."


class Answers:
    """An engine that knows the candidates for some texts.

    Those of `more` are for the second try. `cancellations` has what it could ask in each call.
    """

    def __init__(
        self, known: Mapping[str, Sequence[str]], more: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        self._known, self._more = known, more or {}
        self.requests: list[GenerateRequest] = []
        self.cancellations: list[Callable[[], bool]] = []

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
        self.cancellations.append(cancelled)
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


def test_a_sound_sentence_is_translated_once() -> None:
    engine = Answers({FIRST: [ENGLISH]})
    (translation,) = translator(engine).translate([FIRST])
    assert (translation.text, translation.sound, len(engine.requests)) == (ENGLISH, True, 1)
    assert find_warnings([FIRST], [translation]) == []


def test_a_sentence_that_was_left_in_french_is_translated_once_more() -> None:
    engine = Answers({FIRST: [FIRST]}, {FIRST: [FIRST, ENGLISH]})
    (translation,) = translator(engine).translate([FIRST])
    assert (translation.text, translation.sound) == (ENGLISH, True)
    assert [request.candidates for request in engine.requests] == [CANDIDATES, SECOND_CANDIDATES]
    assert [request.uncopied for request in engine.requests] == [
        False,
        True,
    ]  # it was left in French


@pytest.mark.parametrize(("patience", "requests"), [(0, 0), (1, 0), (2, 2), (3, 2)])
def test_before_each_sentence_the_caller_may_leave(patience: int, requests: int) -> None:
    engine = Answers({FIRST: [ENGLISH], SECOND: ["It employs 320 people."]})
    questions = iter(range(4))
    with pytest.raises(Cancelled):
        translator(engine).translate([FIRST, SECOND], lambda: next(questions) >= patience)
    assert len(engine.requests) == requests


def test_both_tries_of_a_sentence_can_be_cancelled() -> None:
    def has_left() -> bool:
        return len(engine.requests) == 2

    engine = Answers({FIRST: [FIRST]}, {FIRST: [ENGLISH]})
    with pytest.raises(Cancelled):
        translator(engine).translate([FIRST], has_left)
    assert engine.cancellations == [has_left, has_left]


def test_a_warning_names_its_sentence() -> None:
    engine = Answers(
        {
            FIRST: [FIRST],
            SECOND: ["The hosting company employs people; it opens a site in Lille in March."],
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
