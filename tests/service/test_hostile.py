"""Texts that no newspaper prints: the short form of `make hostile`, and what was found with the
long one."""

import gc
import time
from collections.abc import Callable, Iterator

import pytest

from models.engine import Cancelled
from service.reading.article import TooShort
from service.reading.boilerplate import MAX_BLOCK, boilerplate
from service.reading.bylines import is_byline
from service.reading.genre import is_link_list
from service.reading.markdown import clean
from service.reading.reader import read_article
from service.reading.reader_mode.reading import read
from service.summarizer import Summarizer, SummaryRequest
from service.text.sentences import MAX_SENTENCE, prose_parts, sentence_spans, sentences
from service.text.source_map import SourcedText
from tests.engines import ARTICLE, ScriptedEngine, running, until
from tests.hostile import FEW_UNITS, SIZE, Case, few_cases, outcome, warm_summarizer

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


@pytest.mark.parametrize("case", few_cases(), ids=[repr(unit) for unit in FEW_UNITS])
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


@pytest.mark.parametrize("unit", ["… ", "Oui.\n\n"])
def test_a_hostile_text_has_its_answer_at_the_deadline(unit: str) -> None:
    with running() as service:
        text = SENTENCE + unit * (SIZE // len(unit) - 100) + "hier."
        started = time.monotonic()
        body = {"text": text, "deadline_seconds": 1, "language_check": False}
        status = service.client.post("/summarize", json=body).status_code
        assert status in {200, 422, 504}
        until(lambda: service.worker.running == 0, 10)
        assert time.monotonic() - started < 10


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
    with pytest.raises(TooShort, match=f"more than {MAX_SENTENCE} characters"):
        read_article(SENTENCE * 200)
