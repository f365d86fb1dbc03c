"""Drawing answers: as likely as the model finds them, each by itself, until all have ended."""

import math

import pytest
import torch

from models.sampling import Sampler

END = 0


def drawn(probabilities: list[float], temperature: float, count: int = 4000) -> list[float]:
    """How often each token is drawn first."""
    torch.manual_seed(5)
    sampler = Sampler(9, count, 2, [END], temperature)
    sampler.advance(torch.tensor([probabilities]).log().expand(count, -1))
    firsts = [tokens[0] for tokens in sampler.running]
    return [firsts.count(token) / count for token in range(len(probabilities))]


def test_tokens_are_drawn_as_often_as_the_model_says() -> None:
    assert drawn([0.5, 0.3, 0.2], 1.0) == pytest.approx([0.5, 0.3, 0.2], abs=0.03)


def test_a_low_temperature_makes_likely_tokens_likelier() -> None:
    squares = [0.25, 0.09, 0.04]
    assert drawn([0.5, 0.3, 0.2], 0.5) == pytest.approx([square / sum(squares) for square in squares], abs=0.03)


def test_an_answer_that_has_ended_stays_as_it_is_while_others_go_on() -> None:
    sampler = Sampler(9, 2, 5, [END], 1.0)
    certain = torch.full((2, 3), -math.inf)
    certain[0, END], certain[1, 2] = 0.0, math.log(0.5)
    sampler.advance(certain)
    assert not sampler.done
    certain = torch.full((2, 3), -math.inf)
    certain[0, 1], certain[1, END] = 5.0, math.log(0.5)
    sampler.advance(certain)
    assert sampler.done
    first, second = sampler.answers
    assert (first.tokens, first.finished, first.score) == ((END,), True, 0.0)
    assert (second.tokens, second.finished) == ((2, END), True)
    assert second.score == pytest.approx(math.log(0.5))


def test_an_answer_that_the_limit_cuts_is_not_finished() -> None:
    sampler = Sampler(9, 1, 2, [END], 1.0)
    for _ in range(2):
        sampler.advance(torch.tensor([[-math.inf, 0.0]]))
    assert sampler.done
    assert not sampler.answers[0].finished
