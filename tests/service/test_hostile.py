"""Texts that no newspaper prints: the short form of `make hostile`, and what was found with the
long one."""

import gc
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from models.engine import Cancelled
from service.choosing.plan import find_opening
from service.reading.article import MAX_SENTENCES, TooShort
from service.reading.boilerplate import MAX_BLOCK, boilerplate
from service.reading.bylines import is_byline
from service.reading.genre import is_link_list
from service.reading.markdown import clean
from service.reading.reader import read_article
from service.reading.reader_mode.reading import read
from service.summarizer import Summarizer, SummaryRequest
from service.text.sentences import MAX_SENTENCE_CHARACTERS, prose_parts, sentence_spans, sentences
from service.text.source_map import SourcedText
from tests.engines import ARTICLE, ScriptedEngine, Service, running, until
from tests.hostile import ConstrainedEngine, outcome, warm_summarizer
from tests.hostile_cases import SIZE, Case, few_cases

SENTENCE = "Le président du conseil a dit oui "


@pytest.fixture(scope="module")
def summarizer() -> Iterator[Summarizer]:
    """As in the service, what is loaded already is nothing for the garbage collector.

    Other tests leave 2 GB here. The collector would hold everybody up by itself.
    """
    summarizer = warm_summarizer()
    gc.collect()
    gc.freeze()
    yield summarizer
    gc.unfreeze()


@pytest.mark.parametrize("case", few_cases(), ids=lambda case: repr(case.unit))
def test_200_000_characters_of_a_unit_hold_nobody_up(summarizer: Summarizer, case: Case) -> None:
    ended = outcome(summarizer, case)
    assert ended.is_well, ended.line()


def seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


@pytest.mark.parametrize("line", ["Aa Aa" + "etAb" * 25 + "!", "Le le" + "etle" * 25 + "!"])
def test_a_line_like_names_is_read_once(line: str) -> None:
    assert seconds(lambda: is_byline(line)) < 1


@pytest.mark.parametrize("mark", ["…", ".", "! ", "»", ": "])
def test_the_end_of_a_line_of_marks_is_read_once(mark: str) -> None:
    block = SENTENCE + mark * (SIZE // len(mark)) + " hier"
    assert seconds(lambda: is_link_list([block] * 5)) < 2


def test_a_line_of_full_stops_is_read_once_by_each_rule() -> None:
    line = "oui " + "." * (MAX_BLOCK - 10) + " oui"
    assert seconds(lambda: [boilerplate(line) for _ in range(200)]) < 1


@pytest.mark.parametrize("unit", ["A. ", "M. ", "J.-P. ", "Hop! et "])
def test_a_sentence_of_abbreviations_is_read_once(unit: str) -> None:
    text = unit * (SIZE // len(unit))
    assert seconds(lambda: sentence_spans(text)) < 4


@pytest.mark.parametrize(
    "text",
    [
        "*" * SIZE + "x",
        "a\n" + "\n\x0b" * (SIZE // 2) + "x",
        "&#" + "1" * 5_000 + ";",
        "e" + "\u0301\u0323" * (SIZE // 2),
    ],
    ids=["stars", "lines", "number", "marks"],
)
def test_marks_are_taken_out_in_one_go(text: str) -> None:
    assert seconds(lambda: clean(SourcedText.of(text))) < 4


@pytest.mark.parametrize(
    "text",
    [" " * SIZE + "x", "url: " + "a" * SIZE + "\n", "\x85" * SIZE + "x"],
    ids=["spaces", "url", "ends"],
)
def test_a_header_is_read_in_one_go(text: str) -> None:
    assert seconds(lambda: read(f"---\ntitle: a\n---\n\n{text}\n\n{ARTICLE}")) < 4
    assert seconds(lambda: read(f"---\ntitle: a\n{text}\n---\n\n{ARTICLE}")) < 4


def test_sentences_that_are_no_prose_are_left_out_and_counted() -> None:
    long = SENTENCE + "oui, " * 500 + "hier."
    before, behind = sentences(ARTICLE)[:2], sentences(ARTICLE)[2:]
    article = read_article(" ".join([*before, long, *behind]))
    assert [sentence.text for sentence in article.sentences] == [*before, *behind]
    assert article.left_out == len(long) + 2
    assert [warning.code for warning in article.warnings] == ["long_sentences"]
    summary = Summarizer(ScriptedEngine()).summarize(SummaryRequest(text=f"{ARTICLE}\n\n{long}"))
    assert summary.coverage.left_out_characters == len(long)


def test_reading_ends_when_it_is_told_to() -> None:
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked > 50

    engine = ScriptedEngine()
    with pytest.raises(Cancelled):
        Summarizer(engine).summarize(SummaryRequest(text="Oui.\n\n" * 20_000), cancelled)
    assert asked == 51
    assert not engine.calls


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    with running(ConstrainedEngine()) as service:
        yield service


@pytest.mark.parametrize("seconds", [1, 3])
@pytest.mark.parametrize(
    "case",
    [
        Case("a\n", 2, "en"),
        Case("1\n", 1, "en"),
        Case("![", 1, "fr"),
        Case("• ", 2, "en"),
        Case("<p>a", 1, "fr", True, 29_000 * 4),
    ],
    ids=lambda case: repr(case.unit),
)
def test_a_deadline_is_kept_and_the_worker_is_free_behind_it(
    service: Service, case: Case, seconds: int
) -> None:
    """The 504 comes within a second of the deadline, and the work ends within five.

    These are seconds of the processor: on a busy machine they take longer.
    """
    request = replace(case, size=min(case.size, SIZE - 1_000)).request()
    body = {
        "language": request.language,
        "language_check": False,
        "deadline_seconds": seconds,
        **({"html": request.html} if case.is_page else {"text": request.text}),
    }
    at_deadline: list[float] = []
    timer = threading.Timer(seconds, lambda: at_deadline.append(time.process_time()))
    timer.start()
    answer = service.client.post("/summarize", json=body)
    answered = time.process_time()
    engine = service.worker._engine
    assert engine is not None
    until(lambda: service.worker.running == 0 and engine.busy_since is None, 60)
    freed = time.process_time()
    timer.join()
    assert answer.status_code in {200, 504}
    assert answered - at_deadline[0] < 1
    assert freed - at_deadline[0] < 5


def test_no_more_sentences_are_read_than_a_model_is_shown() -> None:
    article = read_article(f"{ARTICLE}\n\n" + "Oui. " * 20_000, language_check=False)
    assert len(article.sentences) == MAX_SENTENCES
    opening = find_opening(article, lambda text: len(text.split()), 200)
    assert 0 < opening.tokens < MAX_SENTENCES
    assert opening.article_tokens >= 20_000, "all are counted"


def test_signs_that_are_sentences_without_a_word_take_no_minutes() -> None:
    request = SummaryRequest(text="• " * 15_000, language_check=False)
    assert seconds(lambda: Summarizer(ScriptedEngine()).summarize(request)) < 5


def test_offsets_behind_what_is_left_out_stay() -> None:
    text = f"{ARTICLE} {SENTENCE}{'oui, ' * 500}hier. Le maire a dit non au projet mardi."
    for sentence in read_article(text).sentences:
        assert text[sentence.start : sentence.end] == sentence.text


def test_nothing_of_an_ordinary_article_is_left_out() -> None:
    article = read_article("\n\n".join([ARTICLE] * 20))
    assert article.left_out == 0
    assert prose_parts(ARTICLE * 20) == [(0, len(ARTICLE) * 20)]


def test_a_text_of_one_endless_sentence_is_an_error_that_says_so() -> None:
    with pytest.raises(TooShort, match=f"more than {MAX_SENTENCE_CHARACTERS} characters"):
        read_article(SENTENCE * 200)
