"""Beam search for one request: the same answers as transformers' beam search with early stopping.

Each request has its own search, so that requests with different numbers of beams and lengths share
the model's steps. With one beam it is greedy search.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt
import torch

from models.gemma.search.next_tokens import NextTokens

Banned = Callable[[Sequence[int]], npt.NDArray[np.bool_]]
# So many tokens more than needed are taken from each beam, since some may be banned.
SPARE: Final = 24
# The score of beams that do not count yet.
UNUSED: Final = -1e9


@dataclass(frozen=True)
class Answer:
    """Tokens and their mean log-probability. The last token of a `finished` answer ends it."""

    tokens: tuple[int, ...]
    score: float
    finished: bool


@dataclass(frozen=True)
class Rules:
    """The rules for the tokens of an answer.

    - `ends`: the tokens that end an answer.
    - `no_repeat`: no answer repeats a run of this many tokens.
    - `banned`: says which tokens may not follow those of an answer, bool [vocabulary].
    - `runs`: sequences of tokens that may not stand in an answer. All have one length.
    """

    ends: Collection[int]
    no_repeat: int
    banned: Banned | None = None
    runs: Collection[tuple[int, ...]] = ()

    @cached_property
    def _run_ends(self) -> dict[tuple[int, ...], list[int]]:
        """The last tokens of the runs, by the tokens before them."""
        ends: dict[tuple[int, ...], list[int]] = {}
        for run in self.runs:
            ends.setdefault(run[:-1], []).append(run[-1])
        return ends

    def never_after(self, tokens: Sequence[int]) -> list[int]:
        """The tokens that would complete a repetition, or a forbidden run, after `tokens`."""
        never = repeated(tokens, self.no_repeat)
        if self.runs:
            size = len(next(iter(self._run_ends)))
            never += self._run_ends.get(tuple(tokens[-size:]), [])
        return never

    def likeliest(
        self, following: NextTokens, answers: Sequence[Sequence[int]], most: int
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Log-probabilities and tokens of the likeliest continuations of each answer.

        Both are [answers, `most` or more]. Where these rules forbid a token, its log-probability is
        minus infinity.
        """
        size = following.vocabulary
        count = min(size, most + SPARE)
        banned = [self._all_banned(before, size) for before in answers]
        # Few of the likeliest tokens are banned: checking them costs less than masking all tokens.
        scores, tokens = following.likeliest(count)
        out = np.stack([mask[likely] for mask, likely in zip(banned, tokens.numpy(), strict=True)])
        scores.masked_fill_(torch.from_numpy(out), -torch.inf)
        scant = np.flatnonzero((~out).sum(1) < most)
        if len(scant):
            # The original tensor belongs to `following`.
            tokens = tokens.clone()
            masks = torch.from_numpy(np.stack([banned[row] for row in scant]))
            scores[scant], tokens[scant] = following.rows(scant.tolist()).likeliest(count, masks)
        return scores, tokens

    def _all_banned(self, before: Sequence[int], size: int) -> npt.NDArray[np.bool_]:
        """Which tokens may not follow `before`, bool [vocabulary]."""
        again = self.never_after(before)
        banned = self.banned(before) if self.banned is not None else np.zeros(size, dtype=bool)
        if again:
            # The owner of `self.banned` may keep the mask that it returned.
            banned = banned.copy()
            banned[again] = True
        return banned


class BeamSearch:
    """The search for the `beams` best answers of at most `max_tokens` tokens to one prompt."""

    def __init__(self, beams: int, max_tokens: int, rules: Rules) -> None:
        self.beams, self.max_tokens, self._rules = beams, max_tokens, rules
        self.running: list[tuple[int, ...]] = [()] * beams
        self.answers: tuple[Answer, ...] = ()
        # All beams are alike at first: only one of them counts.
        self._scores = torch.tensor([0.0] + [UNUSED] * (beams - 1))

    @property
    def done(self) -> bool:
        """True once there are as many answers as beams: no better ones are looked for."""
        return len(self.answers) == self.beams

    def advance(self, following: NextTokens) -> None:
        """Continues each of the answers under way with one of the tokens that may follow."""
        length = len(self.running[0]) + 1
        ended, going = [], []
        for rank, (score, beam, token) in enumerate(self._best(following)):
            tokens = (*self.running[beam], token)
            finished = token in self._rules.ends
            if not finished and length < self.max_tokens:
                going.append((score, tokens))
            elif rank < self.beams:
                # An answer of a lower rank may only go on: one that ends there is dropped.
                ended.append(Answer(tokens, score / length, finished))
        best = sorted([*self.answers, *ended], key=lambda answer: -answer.score)
        self.answers = tuple(best[: self.beams])
        if not self.done:
            self._go_on(going[: self.beams])

    def _best(self, following: NextTokens) -> list[tuple[float, int, int]]:
        """Score, beam and token of the best continuations. At least `beams` of them do not end."""
        most = min(following.vocabulary, self.beams * max(2, 1 + len(self._rules.ends)))
        scores, tokens = self._rules.likeliest(following, self.running, most)
        scores, order = (scores + self._scores[:, None]).flatten().topk(most)
        chosen = tokens.flatten()[order]
        beams = order // tokens.shape[1]
        return list(zip(scores.tolist(), beams.tolist(), chosen.tolist(), strict=True))

    def _go_on(self, going: Sequence[tuple[float, tuple[int, ...]]]) -> None:
        self._scores = torch.tensor([score for score, _ in going])
        self.running = [tokens for _, tokens in going]


def repeated(tokens: Sequence[int], size: int) -> list[int]:
    """The tokens that, behind `tokens`, would repeat a run of `size` tokens."""
    past = tuple(tokens[len(tokens) - size + 1 :])
    starts = range(len(tokens) - size + 1)
    return [tokens[k + size - 1] for k in starts if tuple(tokens[k : k + size - 1]) == past]
