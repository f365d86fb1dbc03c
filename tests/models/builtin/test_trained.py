"""A small mT5, trained here to two tasks, answers them: alone, in batches, by beams, on torch, on
CTranslate2, in int8."""

import random

import pytest
import torch

from models.checkpoint_finder import Checkpoint, locate
from models.engine import Engine, GenerateRequest, Task
from models.runtimes.conversion import converted
from models.runtimes.ctranslate2_engine import CTranslateEngine
from models.runtimes.transformers_engine import TransformersEngine
from tests.trained import article, english, sentence, train, written

ASKED = 60
RIGHT = 0.95  # share of answers; 1.00 is usual


@pytest.fixture(scope="module")
def checkpoint(
    tmp_path_factory: pytest.TempPathFactory, single_precision: None, own_cache: None
) -> Checkpoint:
    folder = tmp_path_factory.mktemp("trained")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    train(folder)
    torch.set_num_threads(threads)
    return locate(str(folder))


@pytest.fixture(scope="module", params=["torch", "float32", "int8"])
def engine(request: pytest.FixtureRequest, checkpoint: Checkpoint) -> Engine:
    if request.param == "torch":
        return TransformersEngine(str(checkpoint.folder), checkpoint.entry, "r1", 1)
    return CTranslateEngine(
        converted(checkpoint, quantization=request.param), checkpoint, 1, request.param
    )


def questions(task: Task) -> tuple[list[str], list[str]]:
    """Texts that the training did not see in this order, of many lengths, and the right answers."""
    chance = random.Random(f"{task} asked")
    firsts = [sentence(chance) for _ in range(ASKED)]
    if task is Task.SUMMARY:
        return [article(first, chance) for first in firsts], [written(first) for first in firsts]
    return [written(first) for first in firsts], [english(first) for first in firsts]


@pytest.mark.parametrize("task", [Task.SUMMARY, Task.TRANSLATION])
@pytest.mark.parametrize("beams", [1, 4])
def test_it_does_what_it_was_trained_for(engine: Engine, task: Task, beams: int) -> None:
    texts, wanted = questions(task)
    results = engine.generate([GenerateRequest(task, text, 16, 0, beams) for text in texts])
    candidates = [result.candidates[0] for result in results]
    right = sum(
        candidate.text == answer for candidate, answer in zip(candidates, wanted, strict=True)
    )
    assert right / ASKED >= RIGHT
    assert all(candidate.finished for candidate in candidates)
    assert (
        sum(candidate.score > -0.2 for candidate in candidates) / ASKED >= RIGHT
    )  # and it is sure of it


def test_tasks_of_one_call_are_kept_apart(engine: Engine) -> None:
    texts, wanted = questions(Task.TRANSLATION)
    tasks = [Task.SUMMARY if k % 2 else Task.TRANSLATION for k in range(10)]
    requests = [
        GenerateRequest(task, text, 16, 0, 1) for task, text in zip(tasks, texts, strict=False)
    ]
    answers = [result.candidates[0].text for result in engine.generate(requests)]
    expected = [
        text if k % 2 else answer
        for k, (text, answer) in enumerate(zip(texts, wanted, strict=True))
    ][:10]
    assert sum(answer == other for answer, other in zip(answers, expected, strict=True)) >= 9


def test_cut_answers_are_not_finished(engine: Engine) -> None:
    (result,) = engine.generate(
        [GenerateRequest(Task.SUMMARY, questions(Task.SUMMARY)[0][0], 2, 0, 1)]
    )
    assert not result.candidates[0].finished


def test_padding_is_not_read(engine: Engine) -> None:
    """A short text says the same, and as surely, alone and beside long ones (int8 rounds each batch
    in its own way)."""
    texts, _ = questions(Task.SUMMARY)
    requests = [
        GenerateRequest(Task.SUMMARY, text, 16, 0, 1)
        for text in sorted(texts, key=len)[:: ASKED // 6]
    ]
    together = [result.candidates[0] for result in engine.generate(requests)]
    alone = [engine.generate([each])[0].candidates[0] for each in requests]
    assert [candidate.text for candidate in together] == [candidate.text for candidate in alone]
    rough = "int8" in engine.describe().runtime
    for candidate, other in zip(together, alone, strict=True):
        assert candidate.score == pytest.approx(
            other.score, rel=None if rough else 0.02, abs=0.02 if rough else 1e-6
        )


def test_an_answer_has_none_of_the_text_s_own_runs_where_they_are_forbidden(engine: Engine) -> None:
    """The checkpoint was trained to copy the news: here it may not."""
    texts = [
        text
        for text, words in zip(*questions(Task.SUMMARY), strict=True)
        if len(words.split()) == 5
    ][:4]
    free, bound = (
        [GenerateRequest(Task.SUMMARY, text, 16, 0, 2, uncopied=uncopied) for text in texts]
        for uncopied in (False, True)
    )
    copied, others = engine.generate(free), engine.generate(bound)
    for text, copy, other in zip(texts, copied, others, strict=True):
        run = " ".join(text.split()[1:4])
        assert run in copy.candidates[0].text
        assert not any(run in candidate.text for candidate in other.candidates)
