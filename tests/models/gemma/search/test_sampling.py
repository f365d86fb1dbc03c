"""Drawing answers: as likely as the model finds them, each by itself, until all have ended."""

import math
from dataclasses import replace

import pytest
import torch

from models.gemma.search.beam_search import Rules
from models.gemma.search.next_tokens import NextTokens
from models.gemma.search.sampling import Sampler

END = 0
FREE = Rules([END], 9)


def drawn(probabilities: list[float], temperature: float, count: int = 4000) -> list[float]:
    """How often each token is drawn first."""
    sampler = Sampler([9], count + 1, 2, FREE, temperature)
    sampler.advance(
        NextTokens.of(torch.tensor([probabilities]).log().expand(count + 1, -1).clone())
    )
    firsts = [answer.tokens[0] for answer in sampler.answers[1:]]
    return [firsts.count(token) / count for token in range(len(probabilities))]


def certain(*tokens: int) -> NextTokens:
    """Log-probabilities that leave each answer one token."""
    rows = torch.full((len(tokens), 4), -math.inf)
    rows[range(len(tokens)), tokens] = math.log(0.5)
    return replace(NextTokens.of(rows), totals=torch.zeros(len(tokens), 1))


def test_tokens_are_drawn_as_often_as_the_model_says() -> None:
    assert drawn([0.5, 0.3, 0.2], 1.0) == pytest.approx([0.5, 0.3, 0.2], abs=0.03)


def test_a_low_temperature_makes_likely_tokens_likelier() -> None:
    squares = [0.25, 0.09, 0.04]
    assert drawn([0.5, 0.3, 0.2], 0.5) == pytest.approx(
        [square / sum(squares) for square in squares], abs=0.03
    )


def test_the_first_answer_takes_the_likeliest_token() -> None:
    for prompt in range(20):
        sampler = Sampler([prompt], 2, 1, FREE, 1.0)
        sampler.advance(NextTokens.of(torch.tensor([[0.3, 0.3, 0.4]] * 2).log()))
        assert sampler.answers[0].tokens == (2,)


def test_the_same_prompt_draws_the_same_answers_and_another_one_others() -> None:
    def answers(prompt: list[int]) -> list[tuple[int, ...]]:
        sampler = Sampler(prompt, 30, 1, FREE, 1.0)
        sampler.advance(NextTokens.of(torch.tensor([[0.5, 0.5]] * 30).log()))
        return [answer.tokens for answer in sampler.answers]

    assert answers([7, 9]) == answers([7, 9])
    assert answers([7, 9]) != answers([8, 9])


def test_an_answer_that_has_ended_leaves_the_others_room() -> None:
    sampler = Sampler([9], 3, 5, FREE, 1.0)
    sampler.advance(certain(1, END, 2))
    assert (sampler.beams, sampler.running) == (2, [(1,), (2,)])
    sampler.advance(certain(3, 1))
    assert (sampler.beams, sampler.running) == (2, [(1, 3), (2, 1)])
    sampler.advance(certain(END, 3))
    assert (sampler.beams, sampler.running) == (1, [(2, 1, 3)])
    assert not sampler.done
    sampler.advance(certain(END))
    assert sampler.done
    assert [answer.tokens for answer in sampler.answers] == [(1, 3, END), (END,), (2, 1, 3, END)]
    assert all(answer.finished for answer in sampler.answers)
    assert [answer.score for answer in sampler.answers] == pytest.approx([math.log(0.5)] * 3)


def test_an_answer_that_the_limit_cuts_is_not_finished() -> None:
    sampler = Sampler([9], 1, 2, FREE, 1.0)
    for _ in range(2):
        sampler.advance(certain(1))
    assert sampler.done
    assert not sampler.answers[0].finished


def test_what_is_banned_or_would_repeat_is_not_drawn() -> None:
    def banned(tokens: object) -> object:
        return torch.tensor([False, True, False, False]).numpy()

    sampler = Sampler([9], 40, 3, Rules([END], 1, banned), 1.0)  # type: ignore[arg-type]
    for _ in range(3):
        sampler.advance(NextTokens.of(torch.tensor([[-9.0, 0.0, -1.0, -1.0]] * sampler.beams)))
    for answer in sampler.answers:
        assert 1 not in answer.tokens
        assert len(set(answer.tokens)) == len(answer.tokens)
