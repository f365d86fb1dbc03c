"""Draws answers from the model's distribution, instead of searching for the likeliest ones.

Training learns from answers that differ (`models.training.candidates`).
"""

import zlib
from collections.abc import Sequence
from typing import Final

import numpy as np
import torch

from models.gemma.search.beam_search import Answer, Rules
from models.gemma.search.next_tokens import NextTokens

# A token is drawn among this many of the likeliest (Fan et al. 2018). The others are mostly
# mistakes.
TOP: Final = 40


class Sampler:
    """Writes `count` answers of at most `max_tokens` tokens to `prompt`.

    The first answer takes the likeliest token each time. The others are drawn, independently of
    each other. Below 1, `temperature` makes likely tokens likelier. A draw takes the token with the
    largest sum of log-probability and Gumbel noise. The noise depends on the prompt alone: the same
    prompt gives the same answers. The engine uses a `Sampler` like a `BeamSearch`.
    """

    def __init__(
        self, prompt: Sequence[int], count: int, max_tokens: int, rules: Rules, temperature: float
    ) -> None:
        self.max_tokens, self._rules, self._temperature = max_tokens, rules, temperature
        self._going = list(range(count))
        self._tokens: list[tuple[int, ...]] = [()] * count
        self._totals = [0.0] * count
        seed = zlib.crc32(np.array(prompt, np.int64).tobytes())
        self._noise = torch.Generator().manual_seed(seed)

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
        """The answers so far, the first one first."""
        return tuple(map(self._answer, self._tokens, self._totals))

    def _answer(self, tokens: tuple[int, ...], total: float) -> Answer:
        finished = bool(tokens) and tokens[-1] in self._rules.ends
        return Answer(tokens, total / max(1, len(tokens)), finished)

    def advance(self, following: NextTokens) -> None:
        """Draws the next token of each answer that goes on."""
        most = min(TOP, following.vocabulary)
        values, tokens = self._rules.likeliest(following, self.running, most)
        noise = torch.empty_like(values).exponential_(generator=self._noise).log_().neg_()
        if self._going[0] == 0:
            noise[0] = 0.0
        drawn = (values / self._temperature + noise).argmax(1)
        rows = range(len(drawn))
        drawn_tokens, drawn_values = tokens[rows, drawn].tolist(), values[rows, drawn].tolist()
        for answer, token, value in zip(self._going, drawn_tokens, drawn_values, strict=True):
            self._tokens[answer] = (*self._tokens[answer], token)
            self._totals[answer] += value
        self._going = [answer for answer in self._going if self._goes_on(self._tokens[answer])]

    def _goes_on(self, tokens: tuple[int, ...]) -> bool:
        return tokens[-1] not in self._rules.ends and len(tokens) < self.max_tokens
