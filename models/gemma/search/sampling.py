"""Draws answers from the model's distribution instead of searching for the likeliest ones: answers
that differ, to learn from (`models.training.candidates`)."""

import zlib
from collections.abc import Sequence
from typing import Final

import numpy as np
import torch

from models.gemma.search.beam_search import Answer, Rules
from models.gemma.search.next_tokens import NextTokens

# likeliest tokens among which one is drawn (Fan et al. 2018): those behind are mostly mistakes
TOP: Final = 40


class Sampler:
    """Writes `count` answers of at most `max_tokens` tokens to `prompt`: the first takes the
    likeliest token each time, the others are drawn, each by itself.

    To the engine it is what `BeamSearch` is; `beams` of the answers have not ended yet. Below 1
    `temperature` makes likely tokens likelier. A token is drawn as the largest of log-probabilities
    with Gumbel noise, which follows from the prompt: the same prompt gives the same answers.
    """

    def __init__(
        self, prompt: Sequence[int], count: int, max_tokens: int, rules: Rules, temperature: float
    ) -> None:
        self.max_tokens, self._rules, self._temperature = max_tokens, rules, temperature
        self._going = list(range(count))
        self._tokens: list[tuple[int, ...]] = [()] * count
        self._totals = [0.0] * count
        self._noise = torch.Generator().manual_seed(
            zlib.crc32(np.array(prompt, np.int64).tobytes())
        )

    @property
    def beams(self) -> int:
        """How many answers go on."""
        return len(self._going)

    @property
    def running(self) -> list[tuple[int, ...]]:
        """The tokens of the answers that go on."""
        return [self._tokens[k] for k in self._going]

    @property
    def done(self) -> bool:
        """True once all answers have ended."""
        return not self._going

    @property
    def answers(self) -> tuple[Answer, ...]:
        """The answers so far, in the order in which they were begun."""
        return tuple(
            Answer(
                tokens, total / max(1, len(tokens)), bool(tokens) and tokens[-1] in self._rules.ends
            )
            for tokens, total in zip(self._tokens, self._totals, strict=True)
        )

    def advance(self, following: NextTokens) -> None:
        """Takes what the model finds of each answer's next token, and draws one."""
        values, tokens = self._rules.likeliest(
            following, self.running, min(TOP, following.vocabulary)
        )
        noise = torch.empty_like(values).exponential_(generator=self._noise).log_().neg_()
        if self._going[0] == 0:
            noise[0] = 0.0
        drawn = (values / self._temperature + noise).argmax(1)
        rows = range(len(drawn))
        found = zip(
            self._going, tokens[rows, drawn].tolist(), values[rows, drawn].tolist(), strict=True
        )
        for answer, token, value in found:
            self._tokens[answer] = (*self._tokens[answer], token)
            self._totals[answer] += value
        self._going = [answer for answer in self._going if self._goes_on(self._tokens[answer])]

    def _goes_on(self, tokens: tuple[int, ...]) -> bool:
        return tokens[-1] not in self._rules.ends and len(tokens) < self.max_tokens
