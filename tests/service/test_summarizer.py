"""The pipeline on an engine without a model: how much of an article is read, and what the answer
says of it."""

from types import SimpleNamespace

import pytest

from models.engine import Cancelled, GenerateRequest, Task
from service.choosing.lengths import Length
from service.reading.article import TooShort
from service.summarizer import Summarizer, SummaryRequest, Timings
from service.summary import Coverage
from tests.engines import ARTICLE, ScriptedEngine

PLACES = (
    "Brest",
    "Lyon",
    "Nice",
    "Metz",
    "Dijon",
    "Nantes",
    "Rouen",
    "Tours",
    "Lens",
    "Pau",
    "Sète",
    "Gap",
)
OTHERS = " ".join(
    f"Une salle voisine du port de {place} abrite {number} baies refroidies par l'air frais venu "
    f"des collines proches. "
    f"Les riverains de {place} demandent {number + 1} mesures de bruit avant toute extension du "
    f"bâtiment."
    for number, place in enumerate(PLACES, 20)
)

SHORT = "Le site de Nuagis ouvre mardi à Lille. Il compte 1 200 serveurs."


def summarize(engine: ScriptedEngine, length: Length) -> Coverage:
    return (
        Summarizer(engine)
        .summarize(SummaryRequest(text=f"{ARTICLE} {OTHERS}", length=length))
        .coverage
    )


ENGLISH = (
    "The hosting company Nuagis opens a new cloud region in Lille on Tuesday, its director said. "
    "The site has 1,200 servers and cost 45 million euros to build over two years. "
    "The machines are cooled with rain water that is collected on the roof of the building. "
    "The company employs 320 people and wants to win public administrations as its customers. "
    "Its competitor Datavallée announced a similar site in Brest, which will open in spring. "
    "Both companies hope that the administrations will leave American companies in three years."
)


def candidates_written(engine: ScriptedEngine) -> int:
    return sum(call.task is Task.SUMMARY for call in engine.calls)


def test_the_opening_is_enough_for_a_medium_summary() -> None:
    engine = ScriptedEngine()
    coverage = summarize(engine, Length.MEDIUM)
    assert candidates_written(engine) == 1
    assert 0 < coverage.used_tokens < coverage.tokens / 2
    assert not coverage.truncated


def test_a_long_summary_is_the_beginning_of_the_article() -> None:
    engine = ScriptedEngine()
    text = f"{ARTICLE} {OTHERS}"
    summary = Summarizer(engine).summarize(SummaryRequest(text=text, length=Length.LONG))
    assert " ".join(text.split()).startswith(summary.text)
    assert candidates_written(engine) == 0
    assert summary.coverage.used_tokens == engine.count_tokens(summary.text)


def test_time_of_a_step_inside_another_counts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 5.0
    monkeypatch.setattr("service.summarizer.time", SimpleNamespace(perf_counter=lambda: now))
    timings = Timings(lambda step: None)
    with timings.step("choose"):
        now += 0.02
        with timings.step("generate"):
            now += 0.1
        now += 0.03
    assert timings.all() == {"generate": 100, "choose": 50, "total": 150}


@pytest.mark.parametrize(
    ("last", "begun"),
    [
        ("read", ["read"]),
        ("generate", ["read", "generate"]),
        ("choose", ["read", "generate", "choose"]),
        ("headline", ["read", "generate", "choose", "headline"]),
    ],
)
def test_what_nobody_waits_for_ends_before_the_next_step(last: str, begun: list[str]) -> None:
    """The engine of this test never asks whether it should go on: the steps around it do."""
    engine, steps = ScriptedEngine(), list[str]()
    request = SummaryRequest(text=ARTICLE, language="en", headline=True)
    with pytest.raises(Cancelled):
        Summarizer(engine).summarize(request, lambda: last in steps, steps.append)
    assert steps == begun
    assert len(engine.calls) == sum(step in ("generate", "headline") for step in begun)


def test_a_short_article_that_nobody_waits_for_is_not_returned() -> None:
    steps = list[str]()
    request = SummaryRequest(text=SHORT)
    assert Summarizer(ScriptedEngine()).summarize(request).text == request.text
    with pytest.raises(Cancelled):
        Summarizer(ScriptedEngine()).summarize(request, lambda: "read" in steps, steps.append)


class Waiting:
    """Somebody who leaves after being asked `patience` times whether he waits."""

    def __init__(self, patience: int = 1_000_000) -> None:
        self.patience, self.asked = patience, 0

    def has_left(self) -> bool:
        self.asked += 1
        return self.asked > self.patience


def questions(request: SummaryRequest) -> int:
    """How often the steps around an engine that never asks do so."""
    waiting = Waiting()
    assert Summarizer(ScriptedEngine()).summarize(request, waiting.has_left).text
    return waiting.asked


REQUESTS = [
    SummaryRequest(text=ARTICLE),
    SummaryRequest(text=ARTICLE, language="en", headline=True),
    SummaryRequest(text=SHORT, language="en"),
]


@pytest.mark.parametrize("request_", REQUESTS)
def test_every_question_may_be_the_last_one(request_: SummaryRequest) -> None:
    for patience in range(questions(request_)):
        with pytest.raises(Cancelled):
            Summarizer(ScriptedEngine()).summarize(request_, Waiting(patience).has_left)


def test_a_summary_that_is_finished_is_given_however_late() -> None:
    for request in REQUESTS:
        waiting = Waiting(questions(request))
        assert Summarizer(ScriptedEngine()).summarize(request, waiting.has_left).text


def test_sentences_that_are_checked_are_asked_for() -> None:
    """Before each it is asked whether somebody still waits."""
    few = questions(SummaryRequest(text=f"{ARTICLE} {OTHERS}", length=Length.LONG, max_words=40))
    many = questions(SummaryRequest(text=f"{ARTICLE} {OTHERS}", length=Length.LONG))
    assert 1 <= few < many


def test_every_sentence_that_is_translated_is_asked_for() -> None:
    """Once before it is read, and once before its translations are."""
    french = questions(SummaryRequest(text=SHORT))
    english = questions(SummaryRequest(text=SHORT, language="en"))
    assert english - french >= 2 * 2


@pytest.mark.parametrize("title", ["", "Nuagis opens a new region in Lille\n\n"])
@pytest.mark.parametrize("length", Length)
def test_an_article_in_another_language_keeps_its_order(title: str, length: Length) -> None:
    request = SummaryRequest(text=title + ENGLISH, length=length, language_check=False)
    summary = Summarizer(ScriptedEngine()).summarize(request)
    places = [ENGLISH.index(sentence.text) for sentence in summary.sentences]
    assert places == sorted(places)
    assert len(places) == 1 or length is not Length.SHORT


def test_a_text_of_signs_is_refused() -> None:
    """It has few words, but is no article that could be returned, or translated, as it is."""
    request = SummaryRequest(text=f"Le site de Nuagis ouvre mardi à Lille{', ' * 60_000}.")
    with pytest.raises(TooShort):
        Summarizer(ScriptedEngine()).summarize(request)


class CountingEngine(ScriptedEngine):
    """Keeps the texts whose tokens it counts."""

    def __init__(self) -> None:
        super().__init__()
        self.counted: list[str] = []

    def count_tokens(self, text: str) -> int:
        self.counted.append(text)
        return super().count_tokens(text)


def test_an_article_is_planned_once() -> None:
    engine = CountingEngine()
    request = SummaryRequest(text=f"{ARTICLE} {OTHERS}", length=Length.LONG, headline=True)
    summary = Summarizer(engine).summarize(request)
    assert summary.headline
    assert engine.counted.count(summary.article.body) == 1


LEAD = (
    "L'hébergeur lillois Nuagis rachète son concurrent Datavallée pour 45 millions d'euros, et "
    "exploitera ainsi neuf centres de données en France dès le mois de mars prochain."
)


def with_lead(lead: str) -> str:
    return f"# Nuagis rachète Datavallée pour 45 millions d'euros\n\n{lead}\n\n{ARTICLE}"


@pytest.mark.parametrize("headline", [True, False])
def test_where_the_lead_stands_the_model_writes_nothing(headline: bool) -> None:
    engine, steps = ScriptedEngine(), list[str]()
    request = SummaryRequest(text=with_lead(LEAD), headline=headline)
    summary = Summarizer(engine).summarize(request, progress=steps.append)
    assert summary.text == LEAD
    assert engine.calls == []
    assert steps == ["read", "choose"]
    assert summary.timings_ms.keys() == {"read", "choose", "total"}
    tokens = engine.count_tokens(summary.article.body)
    assert summary.coverage == Coverage(tokens, engine.count_tokens(LEAD), False, 0)


def test_a_short_summary_of_two_sentences_has_one() -> None:
    summaries = {
        length: Summarizer(ScriptedEngine()).summarize(SummaryRequest(text=SHORT, length=length))
        for length in Length
    }
    assert len(summaries[Length.SHORT].sentences) == 1
    for length in (Length.MEDIUM, Length.LONG):
        assert [warning.code for warning in summaries[length].warnings] == ["unchanged"]


@pytest.mark.parametrize("title", ["", " ".join(["Nuagis ouvre un site à Lille"] * 4)])
def test_a_headline_that_is_missing_is_told(title: str) -> None:
    class Inventive(ScriptedEngine):
        @staticmethod
        def _answer(request: GenerateRequest, rank: int) -> str:
            if request.task is Task.HEADLINE:
                return "Le ministre Bertrand inaugure 900 salles à Toulouse"
            return ScriptedEngine._answer(request, rank)

    text = f"{title}\n\n{ARTICLE}" if title else ARTICLE
    request = SummaryRequest(text=text, headline=True)
    summary = Summarizer(Inventive()).summarize(request)
    assert summary.headline is None
    (warning,) = [warning for warning in summary.warnings if warning.code == "headline"]
    assert ("too long" in warning.detail) == bool(title)


def test_a_lead_is_translated_as_any_summary() -> None:
    engine = ScriptedEngine()
    summary = Summarizer(engine).summarize(SummaryRequest(text=with_lead(LEAD), language="en"))
    assert {call.task for call in engine.calls} == {Task.TRANSLATION}
    assert summary.sentences[0].french == LEAD


def test_a_lead_that_is_longer_than_was_asked_for_does_not_stand() -> None:
    engine = ScriptedEngine()
    request = SummaryRequest(text=with_lead(LEAD), headline=True, max_words=20)
    assert Summarizer(engine).summarize(request).text != LEAD
    assert candidates_written(engine) == 1


def test_a_lead_that_is_too_short_is_filled_up() -> None:
    lead = f"{LEAD.split(', et', maxsplit=1)[0]}."
    engine = ScriptedEngine()
    request = SummaryRequest(text=with_lead(lead), headline=True)
    summary = Summarizer(engine).summarize(request)
    assert summary.text.startswith(lead)
    assert len(summary.sentences) > 1
    assert candidates_written(engine) >= 1
