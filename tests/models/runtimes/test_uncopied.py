"""A translation that was left in French is asked for again without its own words, on each
runtime."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from models.checkpoint_finder import locate
from models.checkpoints.tokenizer import load_tokenizer
from models.engine import Engine, EngineDescription, GenerateRequest, Task
from models.loading import load_engine
from models.pair import PairEngine
from models.runtimes.conversion import converted
from models.runtimes.ctranslate2_engine import CTranslateEngine
from models.runtimes.seq2seq import OWN_WORDS, Seq2SeqText, own_runs
from models.runtimes.transformers_engine import TransformersEngine
from tests.checkpoints import BUILDERS, FRENCH

pytestmark = pytest.mark.usefixtures("single_precision", "own_cache")
TASKS = {
    "mt5": Task.SUMMARY,
    "barthez": Task.SUMMARY,
    "marian": Task.TRANSLATION,
    "nllb": Task.TRANSLATION,
}
Run = tuple[int, ...]


@pytest.fixture(scope="module", params=TASKS)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("snapshots") / request.param
    path.mkdir()
    BUILDERS[request.param](path)
    return path


@pytest.fixture(scope="module", params=["torch", "ctranslate2"])
def engine(request: pytest.FixtureRequest, folder: Path) -> Engine:
    checkpoint = locate(str(folder), TASKS[folder.name])
    if request.param == "torch":
        return TransformersEngine(str(folder), checkpoint.entry, "r1", 1)
    return CTranslateEngine(converted(checkpoint, quantization="float32"), checkpoint, 1, "float32")


def asked(folder: Path, text: str, uncopied: bool, candidates: int = 4) -> GenerateRequest:
    return GenerateRequest(TASKS[folder.name], text, 16, 40, candidates, uncopied=uncopied)


def texts(engine: Engine, requests: Sequence[GenerateRequest]) -> list[list[str]]:
    return [
        [candidate.text for candidate in result.candidates] for result in engine.generate(requests)
    ]


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[list[int]]:
    """The tokens of each answer, as they are put in words."""
    tokens: list[list[int]] = []
    decode = Seq2SeqText.decode

    def spy(text: Seq2SeqText, ids: list[int]) -> str:
        tokens.append(ids)
        return decode(text, ids)

    monkeypatch.setattr(Seq2SeqText, "decode", spy)
    return tokens


def pairs(tokens: Sequence[int]) -> set[Run]:
    return set(pairwise(tokens))


@pytest.mark.parametrize("candidates", [1, 4])
def test_a_run_that_is_forbidden_does_not_come(
    engine: Engine,
    folder: Path,
    candidates: int,
    written: list[list[int]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The weights are random: what they would write is forbidden here in place of the text's own
    words."""
    first, other = (asked(folder, text, False, candidates) for text in FRENCH[:2])
    ((before, *_),), (kept,) = (texts(engine, [each]) for each in (first, other))
    runs = tuple(pairs(written[0][1:5]))
    monkeypatch.setattr("models.runtimes.seq2seq.own_runs", lambda _: runs)
    written.clear()
    beside, after = texts(engine, [other, replace(first, uncopied=True)])
    assert before not in after
    assert not any(pairs(tokens) & set(runs) for tokens in written[candidates:])
    assert beside == kept  # what one may not copy is no matter of another one's


def test_the_runs_of_a_text(folder: Path) -> None:
    checkpoint = locate(str(folder), TASKS[folder.name])
    tokenizer = load_tokenizer(checkpoint.folder, checkpoint.entry)
    text = Seq2SeqText(tokenizer, checkpoint.entry, checkpoint.folder)
    written = {
        " ".join(text.decode(list(run)).split())
        for run in text.search(asked(folder, FRENCH[3], True)).runs
    }
    assert {"et vise", "vise les", "qui cherchent", "cherchent à", "à"} <= written
    assert not any(
        character.isupper() or character.isdigit() for run in written for character in run
    )
    assert all(len(run.split()) == OWN_WORDS or not run.isascii() for run in written)
    assert text.search(asked(folder, FRENCH[3], False)).runs == ()


def test_single_words_are_forbidden_where_an_accent_makes_them_french() -> None:
    words = ["▁Il", "▁a", "▁ach", "eté", "▁on", "▁a", "▁plus", ",", "▁a", "▁été", "."]
    tokens = list(enumerate(words))
    assert own_runs([tokens]) == ((1, 2, 3), (2, 3, 4), (5, 6), (2, 3), (8, 9), (9,))
    assert own_runs([[(0, "il"), (1, "a"), (2, "été")]]) == ()  # nothing marks where a word begins


def described(ignores: tuple[tuple[Task, str], ...], tasks: tuple[Task, ...]) -> EngineDescription:
    return EngineDescription(
        "scripted", "r1", "scripted", "python", tasks, 200, "none", ignores=ignores
    )


class Described:
    """An engine that only says what it is."""

    def __init__(self, description: EngineDescription) -> None:
        self._description = description

    def describe(self) -> EngineDescription:
        return self._description

    def count_tokens(self, text: str) -> int:
        raise NotImplementedError

    def generate(
        self, requests: Sequence[GenerateRequest], cancelled: Callable[[], bool] = bool
    ) -> list[object]:
        raise NotImplementedError


def test_a_pair_ignores_what_each_of_the_two_ignores_of_its_tasks() -> None:
    first = described(((Task.SUMMARY, "facts"), (Task.TRANSLATION, "facts")), tuple(Task))
    second = described(
        ((Task.TRANSLATION, "uncopied"), (Task.SUMMARY, "uncopied")), (Task.TRANSLATION,)
    )
    pair = PairEngine(Described(first), Described(second))  # type: ignore[arg-type]  # they answer nothing
    assert pair.describe().ignores == ((Task.SUMMARY, "facts"), (Task.TRANSLATION, "uncopied"))


def test_an_engine_says_what_it_ignores(engine: Engine) -> None:
    ignored = {field for _, field in engine.describe().ignores}
    assert ignored == ({"facts"} if engine.describe().runtime.startswith("ctranslate2") else set())


@pytest.mark.parametrize(
    ("ignores", "expected"),
    [
        ((), []),
        (((Task.TRANSLATION, "facts"),), []),  # they are compared afterwards
        (((Task.SUMMARY, "facts"),), ["is not held to an article's numbers and names"]),
        (((Task.TRANSLATION, "uncopied"),), ["cannot be kept from a sentence's own words"]),
    ],
)
def test_what_matters_is_told_at_the_start(
    ignores: tuple[tuple[Task, str], ...],
    expected: list[str],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(
        "models.loading.load_checkpoint", lambda *_: Described(described(ignores, tuple(Task)))
    )
    with caplog.at_level(logging.WARNING, "breve"):
        load_engine("scripted")
    lines = [record.getMessage() for record in caplog.records]
    assert len(lines) == len(expected)
    assert all(
        line.startswith("scripted (python) ") and words in line
        for line, words in zip(lines, expected, strict=True)
    )
