"""Draws answers from the model's distribution instead of searching for the likeliest ones: different ones, to learn from."""

from collections.abc import Collection
from typing import Final

import torch

from models.beam_search import Answer

TOP: Final = 40  # likeliest tokens among which one is drawn (Fan et al. 2018): those behind are mostly mistakes


class Sampler:
    """Draws `beams` independent answers of at most `max_tokens` tokens to one prompt, whose last token is `begin`.

    To the engine it is what `BeamSearch` is.

    Below 1 `temperature` makes likely tokens likelier. A token is drawn as the largest of log-probabilities with Gumbel noise.
    """

    parents: list[int] | None = None  # each answer goes on by itself

    def __init__(self, begin: int, beams: int, max_tokens: int, ends: Collection[int], temperature: float) -> None:
        self.beams, self.max_tokens = beams, max_tokens
        self.last = [begin] * beams
        self.running: list[tuple[int, ...]] = [()] * beams
        self._ends, self._temperature = ends, temperature
        self._totals = [0.0] * beams
        self._going = [True] * beams

    @property
    def done(self) -> bool:
        """True once all answers have ended."""
        return not any(self._going)

    @property
    def answers(self) -> tuple[Answer, ...]:
        """The answers so far, in the order in which they were begun."""
        return tuple(
            Answer(tokens, total / max(1, len(tokens)), bool(tokens) and tokens[-1] in self._ends)
            for tokens, total in zip(self.running, self._totals, strict=True)
        )

    def advance(self, log_probabilities: torch.Tensor) -> None:
        """Draws the next token of each answer from the model's log-probabilities [beams, vocabulary]."""
        values, tokens = log_probabilities.topk(min(TOP, log_probabilities.shape[1]))
        noise = torch.empty_like(values).exponential_().log_().neg_()
        drawn = (values / self._temperature + noise).argmax(1)
        for k, place in enumerate(drawn.tolist()):
            if self._going[k]:
                token = int(tokens[k, place])
                self.running[k] = (*self.running[k], token)
                self._totals[k] += float(values[k, place])
                self.last[k] = token
                self._going[k] = token not in self._ends and len(self.running[k]) < self.max_tokens
